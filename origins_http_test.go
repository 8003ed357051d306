package cfrouter_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// An application redirects to the path that its server knows it by, and viewers to
// the one that they know.
func TestRestorePrefixInsteadOfBase(t *testing.T) {
	stack := newStack()
	router := routerIn(stack, nil)
	made := newTargets(stack)
	origin := func(path string) cfrouter.Target {
		props := &awscloudfrontorigins.HttpOriginProps{OriginPath: jsii.String(path)}
		return cfrouter.NewOriginTarget(awscloudfrontorigins.NewHttpOrigin(jsii.String("origin.example.com"), props), nil)
	}
	split := cfrouter.NewSplitTarget(&cfrouter.SplitTargetProps{Id: jsii.String("s"), Targets: &[]*cfrouter.WeightedTarget{
		{Target: urlTarget("https://blue.example.org/base")},
		{Target: urlTarget("https://green.example.org/v1")},
	}})
	for path, target := range map[string]cfrouter.Target{
		"/url":   urlTarget("https://two.example.org/base"),
		"/deep":  urlTarget("https://two.example.org/base/v1"),
		"/plain": urlTarget("https://two.example.org"),
		"/stage": made.get(t, "httpapi-stage:Staged"),
		"/api":   made.get(t, "httpapi:Plain"),
		"/path":  origin("base/"),
		"/later": origin("/" + *awscdk.Aws_REGION()),
		"/split": split,
	} {
		router.AddRoute(jsii.String(path), target, &cfrouter.RouteOptions{RestorePrefix: jsii.Bool(true)})
	}
	d := load(t, synthesize(t, stack))
	for _, test := range []struct{ url, cookie, location, want string }{
		{"/url/a", "", "/base/x", "/url/x"},
		{"/url/a", "", "/base", "/url"},
		{"/url/a", "", "/x", "/url/x"},
		{"/deep/a", "", "/base/v1/x", "/deep/x"},
		{"/deep/a", "", "/base/x", "/deep/base/x"},
		{"/plain/a", "", "/base/x", "/plain/base/x"},
		{"/stage/a", "", "/v1/x", "/stage/x"},
		{"/api/a", "", "/v1/x", "/api/v1/x"},
		{"/path/a", "", "/base/x", "/path/x"},
		{"/later/a", "", "/eu-west-1/x", "/later/eu-west-1/x"},
		{"/split/a", "cfrouter-s=10", "/base/x", "/split/x"},
		{"/split/a", "cfrouter-s=90", "/base/x", "/split/base/x"},
		{"/split/a", "cfrouter-s=90", "/v1/x", "/split/x"},
	} {
		r := edgetest.Request{URL: test.url, Host: "www.example.com", Headers: map[string]string{"cookie": test.cookie}}
		got, err := d.Respond(edgetest.Goja(), r, edgetest.OriginResponse{Status: 302, Headers: map[string]string{"location": test.location}})
		if err != nil || got.Err != nil || got.Headers["location"] != test.want {
			t.Errorf("%s %s: %q became %v (%v), want %q", test.url, test.cookie, test.location, got, err, test.want)
		}
	}
}
