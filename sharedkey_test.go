package cfrouter_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudfront"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
	"github.com/cfrouter/cfrouter/cfsim"
	"github.com/cfrouter/cfrouter/edgefn"
)

const nameRouteHeader = "a cache policy of your own (Behavior.CachePolicy) whose key does not name the header x-cfrouter-route, which tells their objects apart: give Cache instead, or name it (edgefn.RouteHeader) in the policy's HeaderBehavior"

// withPolicy are options with a policy, and perhaps conditions.
func withPolicy(policy interfacesawscloudfront.ICachePolicyRef, conditions ...cfrouter.Condition) *cfrouter.RouteOptions {
	options := &cfrouter.RouteOptions{Behavior: &awscloudfront.AddBehaviorOptions{CachePolicy: policy}}
	if conditions != nil {
		options.When = &conditions
	}
	return options
}

// keeping has a route keep its prefix.
func keeping(options *cfrouter.RouteOptions) *cfrouter.RouteOptions {
	options.StripPrefix = jsii.Bool(false)
	return options
}

// sharing is a set of routes that share a cache policy of the user's own.
type sharing struct {
	name  string
	build func(stack awscdk.Stack, router cfrouter.Router, policy interfacesawscloudfront.ICachePolicyRef)
	mixed string // what the error begins with; "" if nothing can be mixed up
}

var sharings = []sharing{
	{"a split", func(stack awscdk.Stack, router cfrouter.Router, policy interfacesawscloudfront.ICachePolicyRef) {
		router.AddRoute(jsii.String("/"), cfrouter.NewSplitTarget(&cfrouter.SplitTargetProps{
			Id:      jsii.String("s"),
			Targets: &[]*cfrouter.WeightedTarget{{Target: bucketTarget(stack, "A")}, {Target: urlTarget("https://b.example.org")}},
		}), withPolicy(policy))
	}, `pattern "/" divides its requests among several targets, and has `},
	{"conditions", func(stack awscdk.Stack, router cfrouter.Router, policy interfacesawscloudfront.ICachePolicyRef) {
		router.AddRoute(jsii.String("/x"), bucketTarget(stack, "A"), withPolicy(policy, cfrouter.Condition_Cookie(jsii.String("beta"))))
		router.AddRoute(jsii.String("/x"), bucketTarget(stack, "B"), withPolicy(policy))
	}, `patterns "/x" and "/x" ask different targets for the same paths, and have `},
	{"hosts", func(stack awscdk.Stack, router cfrouter.Router, policy interfacesawscloudfront.ICachePolicyRef) {
		router.AddRoute(jsii.String("a.example.com/"), bucketTarget(stack, "A"), withPolicy(policy))
		router.AddRoute(jsii.String("b.example.com/x*"), bucketTarget(stack, "B"), withPolicy(policy))
	}, `patterns "a.example.com/" and "b.example.com/x*" ask different targets for the same paths, and have `},
	{"one target", func(stack awscdk.Stack, router cfrouter.Router, policy interfacesawscloudfront.ICachePolicyRef) {
		target := bucketTarget(stack, "A")
		router.AddRoute(jsii.String("a.example.com/"), target, withPolicy(policy))
		router.AddRoute(jsii.String("/"), target, withPolicy(policy))
	}, ""},
	{"what is never cached", func(stack awscdk.Stack, router cfrouter.Router, policy interfacesawscloudfront.ICachePolicyRef) {
		router.AddRoute(jsii.String("/x"), urlTarget("https://b.example.org"), withPolicy(policy, cfrouter.Condition_Method(jsii.String("POST"))))
		router.AddRoute(jsii.String("/x"), bucketTarget(stack, "A"), withPolicy(policy))
	}, ""},
	{"another part stripped", func(stack awscdk.Stack, router cfrouter.Router, policy interfacesawscloudfront.ICachePolicyRef) {
		kept := withPolicy(policy, cfrouter.Condition_Cookie(jsii.String("beta")))
		kept.StripPrefix = jsii.Bool(false)
		router.AddRoute(jsii.String("/x"), bucketTarget(stack, "A"), kept)
		router.AddRoute(jsii.String("/x"), bucketTarget(stack, "B"), withPolicy(policy))
	}, `patterns "/x" and "/x" ask different targets for the same paths, and have `},
	{"a rewrite", func(stack awscdk.Stack, router cfrouter.Router, policy interfacesawscloudfront.ICachePolicyRef) {
		rewritten := withPolicy(policy, cfrouter.Condition_Cookie(jsii.String("beta")))
		rewritten.Rewrite = &[]*cfrouter.RewriteRule{{Match: jsii.String("^/v1/"), Replace: jsii.String("/v2/")}}
		router.AddRoute(jsii.String("/x"), bucketTarget(stack, "A"), rewritten)
		router.AddRoute(jsii.String("/x"), bucketTarget(stack, "B"), withPolicy(policy))
	}, `patterns "/x" and "/x" ask different targets for the same paths, and have `},
	{"a prefix within another host's", func(stack awscdk.Stack, router cfrouter.Router, policy interfacesawscloudfront.ICachePolicyRef) {
		router.AddRoute(jsii.String("a.example.com/x"), bucketTarget(stack, "A"), withPolicy(policy))
		router.AddRoute(jsii.String("b.example.com/x/y"), bucketTarget(stack, "B"), withPolicy(policy))
	}, `patterns "a.example.com/x" and "b.example.com/x/y" ask different targets for the same paths, and have `},
	{"other paths", func(stack awscdk.Stack, router cfrouter.Router, policy interfacesawscloudfront.ICachePolicyRef) {
		router.AddRoute(jsii.String("a.example.com/x"), bucketTarget(stack, "A"), keeping(withPolicy(policy)))
		router.AddRoute(jsii.String("b.example.com/y"), bucketTarget(stack, "B"), keeping(withPolicy(policy)))
	}, ""},
	{"an answer of the edge", func(stack awscdk.Stack, router cfrouter.Router, policy interfacesawscloudfront.ICachePolicyRef) {
		router.AddRoute(jsii.String("/x"), cfrouter.NewRedirectTarget(jsii.String("/y"), nil), whoHas("beta"))
		router.AddRoute(jsii.String("/x"), bucketTarget(stack, "B"), withPolicy(policy))
	}, ""},
	{"behaviors of their own", func(stack awscdk.Stack, router cfrouter.Router, policy interfacesawscloudfront.ICachePolicyRef) {
		router.AddRoute(jsii.String("/x"), bucketTarget(stack, "A"), withPolicy(policy))
		router.AddRoute(jsii.String("/y"), bucketTarget(stack, "B"), withPolicy(policy))
	}, ""},
}

// problemsOf are the errors that synthesis would fail with.
func problemsOf(router cfrouter.Router) []string {
	var out []string
	for _, problem := range *router.Node().Validate() {
		out = append(out, *problem)
	}
	return out
}

// A policy that tells no objects apart is refused where a behavior leads to several
// targets with the same paths, and there alone.
func TestSharedCacheKeys(t *testing.T) {
	made := func(id string, headers awscloudfront.CacheHeaderBehavior) func(awscdk.Stack) interfacesawscloudfront.ICachePolicyRef {
		return func(stack awscdk.Stack) interfacesawscloudfront.ICachePolicyRef {
			return awscloudfront.NewCachePolicy(stack, jsii.String(id), &awscloudfront.CachePolicyProps{HeaderBehavior: headers})
		}
	}
	named := made("Named", awscloudfront.CacheHeaderBehavior_AllowList(jsii.String("X-Other"), jsii.String(edgefn.RouteHeader)))
	for _, test := range sharings {
		for name, policy := range map[string]func(awscdk.Stack) interfacesawscloudfront.ICachePolicyRef{
			"a managed policy": func(awscdk.Stack) interfacesawscloudfront.ICachePolicyRef {
				return awscloudfront.CachePolicy_CACHING_OPTIMIZED()
			},
			"one of other names": made("Other", awscloudfront.CacheHeaderBehavior_AllowList(jsii.String("X-Other"))),
			"one that names it":  named,
			"its resource": func(stack awscdk.Stack) interfacesawscloudfront.ICachePolicyRef {
				return named(stack).(awscloudfront.CachePolicy).Node().DefaultChild().(awscloudfront.CfnCachePolicy)
			},
		} {
			for _, dispatch := range []cfrouter.Dispatch{cfrouter.Dispatch_BEHAVIORS, cfrouter.Dispatch_EDGE} {
				stack := newStack()
				props := onHosts(stack)
				props.Dispatch = dispatch
				router := routerIn(stack, props)
				test.build(stack, router, policy(stack))
				want := ""
				if test.mixed != "" && name != "one that names it" && name != "its resource" {
					want = "cfrouter: " + test.mixed + nameRouteHeader
				}
				same(t, fmt.Sprintf("%s, %s, %s", test.name, name, dispatch), want, strings.Join(problemsOf(router), "\n"))
			}
		}
	}
}

// With a policy that names the header no target answers with an object of another.
func TestNamedRouteHeaderSeparates(t *testing.T) {
	stack := newStack()
	router := routerIn(stack, nil)
	policy := awscloudfront.NewCachePolicy(stack, jsii.String("Policy"), &awscloudfront.CachePolicyProps{
		HeaderBehavior: awscloudfront.CacheHeaderBehavior_AllowList(jsii.String(edgefn.RouteHeader)),
	})
	router.AddRoute(jsii.String("/"), bucketTarget(stack, "Beta"), withPolicy(policy, cfrouter.Condition_Header(jsii.String("x-beta"))))
	router.AddRoute(jsii.String("/"), bucketTarget(stack, "Stable"), withPolicy(policy))
	template := synthesize(t, stack)
	d := cfsim.OpenTemplate(t, &template)
	for _, bucket := range []string{"Beta", "Stable"} {
		if err := d.Attach(bucket, cfsim.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, bucket) }))); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []string{"Beta", "Stable", "Beta", "Stable"} {
		r, err := cfsim.NewRequest("GET", "/a.txt")
		if err != nil {
			t.Fatal(err)
		}
		if want == "Beta" {
			r.Header.Set("X-Beta", "on")
		}
		response, trace := d.Do(r)
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || string(body) != want {
			t.Errorf("request %d: got %q, %v, want %q:\n%s", i, body, err, want, trace)
		}
		if hit := strings.HasPrefix(response.Header.Get("X-Cache"), "Hit"); hit != (i >= 2) {
			t.Errorf("request %d: X-Cache is %q", i, response.Header.Get("X-Cache"))
		}
	}
}

// HTML beside immutable documents is kept out of the cache by that header.
func TestImmutableNeedsRouteHeader(t *testing.T) {
	stack := newStack()
	next := routers(stack)
	bucket := awss3.NewBucket(stack, jsii.String("Bucket"), nil)
	add := func(policy interfacesawscloudfront.ICachePolicyRef) func() {
		return func() {
			site := cfrouter.NewBucketTarget(bucket, &cfrouter.BucketTargetProps{Immutable: jsii.Strings("/assets/*")})
			next().AddRoute(jsii.String("/"), site, withPolicy(policy))
		}
	}
	checkMisuse(t, []misuse{{
		"a managed policy", add(awscloudfront.CachePolicy_CACHING_OPTIMIZED()),
		`pattern "/" leads to a bucket with Immutable, whose HTML is not to be kept by CloudFront, and has ` + nameRouteHeader,
	}})
	for name, accepted := range map[string]func(){
		"nothing is cached": add(awscloudfront.CachePolicy_CACHING_DISABLED()),
		"the header is named": add(awscloudfront.NewCachePolicy(stack, jsii.String("Policy"), &awscloudfront.CachePolicyProps{
			HeaderBehavior: awscloudfront.CacheHeaderBehavior_AllowList(jsii.String(edgefn.RouteHeader)),
		})),
	} {
		if got := refusal(accepted); got != "no panic" {
			t.Errorf("%s: %s", name, got)
		}
	}
}
