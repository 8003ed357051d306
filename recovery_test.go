package cfrouter_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// A route that was refused leaves nothing of its target behind: the next one
// under the same pattern or key is bound as if it were the first.
func TestRefusedRouteLeavesNothing(t *testing.T) {
	stack := newStack()
	router := routerIn(stack, nil)
	bad := &cfrouter.RouteOptions{Cache: &awscloudfront.CachePolicyProps{MaxTtl: awscdk.Duration_Seconds(jsii.Number(0))}}
	origin := func(host string) cfrouter.Target {
		return cfrouter.NewOriginTarget(awscloudfrontorigins.NewHttpOrigin(jsii.String(host), nil), nil)
	}
	fn := newLambda(stack, "Fn")
	fn.AddFunctionUrl(nil)
	bucket := awss3.NewBucket(stack, jsii.String("Bucket"), nil)
	for _, refused := range []func(){
		func() { router.AddRoute(jsii.String("/a"), origin("one.example.com"), bad) },
		func() {
			router.AddRoute(jsii.String("/fn"), cfrouter.NewFunctionTarget(fn, &cfrouter.FunctionTargetProps{
				Url: &awslambda.FunctionUrlOptions{AuthType: awslambda.FunctionUrlAuthType_NONE},
			}), nil)
		},
		func() { router.AddRoute(jsii.String("/b"), cfrouter.NewBucketTarget(bucket, nil), bad) },
	} {
		if got := refusal(refused); !strings.HasPrefix(got, "cfrouter: ") {
			t.Fatalf("not refused: %s", got)
		}
	}
	router.AddRoute(jsii.String("/a"), origin("two.example.com"), nil)
	router.AddRoute(jsii.String("/fn"), cfrouter.NewFunctionTarget(fn, nil), nil)
	router.AddRoute(jsii.String("/b"), cfrouter.NewBucketTarget(bucket, &cfrouter.BucketTargetProps{IndexDocument: jsii.String("home.html")}), nil)
	template := synthesize(t, stack)
	same(t, "host of the corrected route", any("two.example.com"), originOf(t, template, "/a")["DomainName"])
	count(t, template, "AWS::Lambda::Permission", 2)
	answers, err := load(t, template).Do(edgetest.Goja(), edgetest.Request{URL: "/b/"})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "index document of the corrected route", "/home.html", answers[0].URI)
}

// What a route's own settings are refused for changes none of what its target is made
// of, where no removal of constructs would change it back.
func TestRefusedRouteGrantsNothing(t *testing.T) {
	stack := newStack()
	router := routerIn(stack, nil)
	router.AddRoute(jsii.String("/"), urlTarget("https://example.com"), nil)
	bucket := bucketTarget(stack, "Bucket")
	function := cfrouter.NewFunctionTarget(newLambda(stack, "Fn"), nil)
	split := cfrouter.NewSplitTarget(&cfrouter.SplitTargetProps{
		Id: jsii.String("s"), Targets: &[]*cfrouter.WeightedTarget{{Target: bucket}, {Target: function}},
	})
	for _, behavior := range []*awscloudfront.AddBehaviorOptions{
		{AllowedMethods: &anyMethods{[]string{"GET", "POST"}}},
		{OriginRequestPolicy: awscloudfront.OriginRequestPolicy_ALL_VIEWER()},
		{CachePolicy: awscloudfront.CachePolicy_USE_ORIGIN_CACHE_CONTROL_HEADERS()},
	} {
		for _, target := range []cfrouter.Target{bucket, function, split} {
			got := refusal(func() {
				router.AddRoute(jsii.String("/a"), target, &cfrouter.RouteOptions{Behavior: behavior})
			})
			if !strings.HasPrefix(got, `cfrouter: pattern "/a" `) {
				t.Errorf("not refused: %s", got)
			}
		}
	}
	template := synthesize(t, stack)
	for _, kind := range []string{"AWS::S3::BucketPolicy", "AWS::Lambda::Url", "AWS::Lambda::Permission", "AWS::CloudFront::OriginAccessControl"} {
		count(t, template, kind, 0)
	}
}
