package cfrouter_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cfrouter/cfrouter"
)

// A resource that gets another logical id is made anew and the old one deleted.
// For an origin access control or a permission that is an outage.

// A declared is a route as it can be added in any order.
type declared struct {
	pattern string
	target  cfrouter.Target
	options *cfrouter.RouteOptions
}

// routesOfAllKinds makes a stack, all targets in it, and the routes to them. The
// resources behind the targets are there whichever routes are added.
func routesOfAllKinds(t *testing.T) (awscdk.Stack, []declared) {
	t.Helper()
	stack := newStack()
	targets := newTargets(stack)
	key := awskms.NewKey(stack, jsii.String("Key"), nil)
	encrypted := func(id string) cfrouter.Target {
		return cfrouter.NewBucketTarget(awss3.NewBucket(stack, jsii.String(id), &awss3.BucketProps{
			Encryption: awss3.BucketEncryption_KMS, EncryptionKey: key,
		}), nil)
	}
	cached := func(hours float64) *cfrouter.RouteOptions {
		return &cfrouter.RouteOptions{Cache: &awscloudfront.CachePolicyProps{MaxTtl: awscdk.Duration_Hours(jsii.Number(hours))}}
	}
	failover := &cfrouter.RouteOptions{Behavior: &awscloudfront.AddBehaviorOptions{
		AllowedMethods:      awscloudfront.AllowedMethods_ALLOW_GET_HEAD(),
		OriginRequestPolicy: awscloudfront.OriginRequestPolicy_CORS_S3_ORIGIN(),
	}}
	atlas := cfrouter.NewOriginTarget(originGroup(stack, "Maps", "maps.example.com"), &cfrouter.OriginTargetProps{Id: jsii.String("maps")})
	media := cfrouter.NewOriginTarget(originGroup(stack, "Media", "media.example.com"), nil)
	routes := []declared{
		{"/", targets.get(t, "bucket:Site"), nil},
		{"/docs", targets.get(t, "bucket:Docs"), nil},
		{"/*.jpg", targets.get(t, "bucket:Docs"), nil},
		{"/docs/old", targets.get(t, "bucket:Site"), cached(1)},
		{"/reports", encrypted("Reports"), nil},
		{"/invoices", encrypted("Invoices"), nil},
		{"/api", targets.get(t, "httpapi:Api"), nil},
		{"/api", targets.get(t, "httpapi-stage:Staged"), &cfrouter.RouteOptions{Exact: jsii.Bool(true)}},
		{"/prices", targets.get(t, "httpapi:Api"), cached(1)},
		{"/jobs", targets.get(t, "function:Jobs"), nil},
		{"/jobs/*/log", targets.get(t, "function:Log"), nil},
		{"/mail", targets.get(t, "function:Mail"), cached(2)},
		{"/echo", targets.get(t, "url:https://example.com"), nil},
		{"/legacy", targets.get(t, "url:http://legacy.example.com:8080/base"), nil},
		{"/media", media, failover},
		{"/maps", atlas, failover},
		{"/atlas", atlas, failover},
	}
	return stack, routes
}

// templateOf is the template with some of the routes, by number, in this order.
func templateOf(t *testing.T, order []int) map[string]any {
	t.Helper()
	stack, routes := routesOfAllKinds(t)
	router := routerIn(stack, nil)
	for _, i := range order {
		router.AddRoute(jsii.String(routes[i].pattern), routes[i].target, routes[i].options)
	}
	return synthesize(t, stack)
}

func TestOrderOfRoutesChangesNothing(t *testing.T) {
	_, routes := routesOfAllKinds(t)
	random := rand.New(rand.NewPCG(1, 2))
	order := make([]int, len(routes))
	for i := range order {
		order[i] = i
	}
	want := templateOf(t, order)
	for range 4 {
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		if diff := cmp.Diff(string(formatted(t, want)), string(formatted(t, templateOf(t, order)))); diff != "" {
			t.Errorf("the order %v changes the template (-in order +in this order):\n%s", order, diff)
		}
	}
}

func TestOtherRoutesChangeNothing(t *testing.T) {
	_, routes := routesOfAllKinds(t)
	random := rand.New(rand.NewPCG(3, 4))
	all := templateOf(t, random.Perm(len(routes)))
	for range 6 {
		some := random.Perm(len(routes))[:1+random.IntN(len(routes)-1)]
		template := templateOf(t, some)
		resources := object(all["Resources"])
		for id, resource := range object(template["Resources"]) {
			kind := object(resource)["Type"]
			switch {
			case resources[id] == nil:
				t.Errorf("with the routes %v alone there is a %v %s that has another id, or is gone, with the others", some, kind, id)
			case kind == "AWS::CloudFront::Distribution", kind == "AWS::CloudFront::Function":
			case kind == "AWS::KMS::Key" && len(statementsOf(t, template, "AWS::KMS::Key", "KeyPolicy")) == 0:
				// The first route to an encrypted bucket changes the policy of the key.
			default:
				if diff := cmp.Diff(resource, resources[id]); diff != "" {
					t.Errorf("%s changes when routes are added to %v (-before +after):\n%s", id, some, diff)
				}
			}
		}
		same(t, "outputs", object(all["Outputs"]), object(template["Outputs"]))
		checkPartOf(t, some, template, all)
	}
}

// checkPartOf holds what a distribution says of some routes to what one with
// more routes says of them.
func checkPartOf(t *testing.T, some []int, part, whole map[string]any) {
	t.Helper()
	partConfig, wholeConfig := configOf(t, part), configOf(t, whole)
	for _, list := range []struct {
		name, id   string
		some, more any
	}{
		{"behavior", "PathPattern", partConfig["CacheBehaviors"], wholeConfig["CacheBehaviors"]},
		{"origin", "Id", partConfig["Origins"], wholeConfig["Origins"]},
		{"origin group", "Id", object(partConfig["OriginGroups"])["Items"], object(wholeConfig["OriginGroups"])["Items"]},
	} {
		more := map[any]map[string]any{}
		for _, item := range objects(list.more) {
			more[item[list.id]] = item
		}
		for _, item := range objects(list.some) {
			id := item[list.id]
			// The exact route takes the bare path of the other, if it is there.
			if id == "Unmatched" || id == "/api" {
				continue
			}
			if diff := cmp.Diff(item, more[id]); diff != "" {
				t.Errorf("%s %v changes when routes are added to %v (-before +after):\n%s", list.name, id, some, diff)
			}
		}
	}
	rest := func(config map[string]any) map[string]any {
		config = maps.Clone(config)
		for _, name := range []string{"CacheBehaviors", "DefaultCacheBehavior", "Origins", "OriginGroups"} {
			delete(config, name)
		}
		return config
	}
	same(t, "settings that have nothing to do with routes", rest(wholeConfig), rest(partConfig))
}

// The ids of resources are part of the contract: a release that changes one of
// them interrupts every distribution that is updated with it. This list is not
// rewritten by -update.
func TestLogicalIds(t *testing.T) {
	_, routes := routesOfAllKinds(t)
	template := templateOf(t, rand.New(rand.NewPCG(5, 6)).Perm(len(routes)))
	var got []string
	for _, kind := range []string{
		"AWS::CloudFront::CachePolicy", "AWS::CloudFront::Distribution", "AWS::CloudFront::Function",
		"AWS::CloudFront::OriginAccessControl", "AWS::Lambda::Permission",
	} {
		got = slices.AppendSeq(got, maps.Keys(resourcesOf(template, kind)))
	}
	for id := range object(template["Outputs"]) {
		got = append(got, id)
	}
	slices.Sort(got)
	same(t, "logical ids", []string{
		"RouterBucketAccessControl9A11AD8C",
		"RouterCachePolicy0525ed90C5521F21",
		"RouterCachePolicy2ca5b197E41FA9E6",
		"RouterCachePolicy44871b1c53E10AAD",
		"RouterCachePolicy71cf8dca7D4955A2",
		"RouterDistribution9B69FF51",
		"RouterDistributionIdA73C668D",
		"RouterDomainName4F444366",
		"RouterFunction0F681190",
		"RouterFunctionAccessControlF3799070",
		"RouterUrlA197DCF0",
		"RouterfunctionStackJobsInvokeFunction3C73DC18",
		"RouterfunctionStackJobsInvokeFunctionUrl9C46167D",
		"RouterfunctionStackLogInvokeFunction4BBC0DFC",
		"RouterfunctionStackLogInvokeFunctionUrl1805FBB0",
		"RouterfunctionStackMailInvokeFunction016150E8",
		"RouterfunctionStackMailInvokeFunctionUrl0F53BF70",
		"RouteroriginmapsS3OriginAccessControlB21A5FEC",
		"RouterroutemediaS3OriginAccessControlF43E39A9",
	}, got)
}
