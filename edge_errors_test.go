package cfrouter_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
	"github.com/cfrouter/cfrouter/edgefn"
)

// whoHas are the options of a route for viewers with a cookie.
func whoHas(cookie string, values ...string) *cfrouter.RouteOptions {
	return &cfrouter.RouteOptions{When: &[]cfrouter.Condition{cfrouter.Condition_Cookie(jsii.String(cookie), *jsii.Strings(values...)...)}}
}

func TestWrongEdgeRoutes(t *testing.T) {
	stack := newStack()
	next := routers(stack)
	target := urlTarget("https://example.com")
	moved := cfrouter.NewRedirectTarget(jsii.String("/new"), nil)
	add := func(pattern string, target cfrouter.Target, options *cfrouter.RouteOptions) func() {
		return func() { next().AddRoute(jsii.String(pattern), target, options) }
	}
	unchanged := cfrouter.EdgeSource_FromInline(jsii.String("function handler(event) { return event.request; }"))
	after := func(first, second *cfrouter.RouteOptions) func() {
		router := next()
		router.AddRoute(jsii.String("/a"), target, first)
		return func() { router.AddRoute(jsii.String("/a"), target, second) }
	}
	const unreachable = `pattern "/a" has two routes of which the second is never reached: whatever fulfils its conditions fulfils those of the first, which is tried before it; leave one out, or look at something else in When`
	const answered = ", which is about requests that reach an origin, and the edge answers this route by itself: leave it out"
	const hidden = " holds a user name or a password, not shown here, and every viewer would see them: leave them out"
	checkMisuse(t, []misuse{
		{"the same conditions", after(whoHas("beta", "1"), whoHas("beta", "1")), unreachable},
		{"narrower ones behind wider ones", after(whoHas("beta"), whoHas("beta", "1")), unreachable},
		{"one route without conditions too many", func() {
			router := next()
			router.AddRoute(jsii.String("/a"), target, nil)
			router.AddRoute(jsii.String("/a"), target, whoHas("beta"))
			router.AddRoute(jsii.String("/a/"), target, nil)
		}, `pattern "/a/" matches the same paths as "/a", which is a route already: keep one of them, or give one of them conditions (When)`},
		{"cache of an answer", add("/a", moved, &cfrouter.RouteOptions{Cache: &awscloudfront.CachePolicyProps{}}), `pattern "/a" has Cache` + answered},
		{"behavior of an answer", add("/a", moved, &cfrouter.RouteOptions{Behavior: &awscloudfront.AddBehaviorOptions{}}), `pattern "/a" has Behavior` + answered},
		{"rewriting for an answer", add("/a", moved, &cfrouter.RouteOptions{Rewrite: &[]*cfrouter.RewriteRule{{Match: jsii.String("a"), Replace: jsii.String("b")}}}), `pattern "/a" has Rewrite` + answered},
		{"code behind an answer", add("/a", moved, &cfrouter.RouteOptions{ViewerRequest: &cfrouter.EdgeCode{After: unchanged}}), `pattern "/a" has ViewerRequest.After` + answered},
		{"code behind a response", add("/a", cfrouter.NewResponseTarget(nil), &cfrouter.RouteOptions{ViewerRequest: &cfrouter.EdgeCode{Before: unchanged, After: unchanged}}), `pattern "/a" has ViewerRequest.After` + answered},
		{"code on the response of an answer", add("/a", moved, &cfrouter.RouteOptions{ViewerResponse: &cfrouter.EdgeCode{Before: unchanged}}), `pattern "/a" has ViewerResponse` + answered},
		{"a password in a location", func() { redirectTo("https://user:secret@www.example.com/", nil) }, `location "https://…@www.example.com/"` + hidden},
		{"a password in what is no URL", func() { redirectTo("https://user:sec ret@www.example.com/%", nil) }, `location "https://…@www.example.com/%"` + hidden},
		{"a user without slashes", func() { redirectTo("https:user:secret@www.example.com", nil) }, `location "…@www.example.com"` + hidden},
		{"a password and a status", func() {
			redirectTo("https://user:secret@www.example.com/", &cfrouter.RedirectTargetProps{Status: "SEE_OTHER"})
		}, `location "https://…@www.example.com/"` + hidden},
		{"a host for every host", add("/a", target, &cfrouter.RouteOptions{EveryHost: jsii.Bool(true), RestorePrefix: jsii.Bool(true), StripPrefix: jsii.Bool(false)}), `pattern "/a": RestorePrefix puts back what is stripped, and nothing is: leave it out, or set StripPrefix`},
		{"gRPC without POST", add("/a", target, &cfrouter.RouteOptions{Behavior: &awscloudfront.AddBehaviorOptions{EnableGrpc: jsii.Bool(true), AllowedMethods: awscloudfront.AllowedMethods_ALLOW_GET_HEAD()}}), `pattern "/a" has EnableGrpc and allows the methods "GET HEAD", and CloudFront takes gRPC only where every method is allowed: use AllowedMethods_ALLOW_ALL()`},
		{"an unknown dispatch", func() {
			cfrouter.NewRouter(stack, jsii.String("Dispatched"), &cfrouter.RouterProps{Dispatch: "edge"})
		}, `Dispatch is "edge": use Dispatch_BEHAVIORS or Dispatch_EDGE, or leave it out`},
	})
	// In the order in which the narrower one is tried first, both are reached.
	after(whoHas("beta", "1"), whoHas("beta", "2"))()
	// Code in front of an answer runs.
	add("/a", moved, &cfrouter.RouteOptions{ViewerRequest: &cfrouter.EdgeCode{Before: unchanged}})()
}

// What no single call can know is an error at synthesis.
func TestEdgeRefusedAtSynthesis(t *testing.T) {
	own := func(stack awscdk.Stack) *cfrouter.RouteOptions {
		return &cfrouter.RouteOptions{
			RestorePrefix: jsii.Bool(true),
			Behavior: &awscloudfront.AddBehaviorOptions{FunctionAssociations: &[]*awscloudfront.FunctionAssociation{{
				EventType: awscloudfront.FunctionEventType_VIEWER_RESPONSE,
				Function: awscloudfront.NewFunction(stack, jsii.String("Own"), &awscloudfront.FunctionProps{
					Code: awscloudfront.FunctionCode_FromInline(jsii.String("function handler(event) { return event.response }")), Runtime: awscloudfront.FunctionRuntime_JS_2_0(),
				}),
			}}},
		}
	}
	for _, test := range []struct {
		name  string
		build func(awscdk.Stack)
		want  string
	}{
		{"two functions on responses", func(stack awscdk.Stack) {
			routerIn(stack, nil).AddRoute(jsii.String("/app"), urlTarget("https://example.com"), own(stack))
		}, `behavior "/app" has a function on viewer responses, where the Router's own has to run as well and CloudFront takes only one: give its code as ViewerResponse of the route, where it is made a part of the Router's`},
		{"101 origins", func(stack awscdk.Stack) {
			router := routerIn(stack, &cfrouter.RouterProps{Dispatch: cfrouter.Dispatch_EDGE})
			for i := range 101 {
				router.AddRoute(jsii.String(fmt.Sprint("/r", i)), urlTarget(fmt.Sprint("http://h", i, ".example.com")), nil)
			}
		}, "the routes lead to 101 origins, and CloudFront takes 100 in a distribution: only those of NewUrlTarget with https, the standard port and no props need be none (0 of these are). Lead several routes to one target, or use a second Router on another domain name"},
		{"too many responses of their own", func(stack awscdk.Stack) {
			router := routerIn(stack, &cfrouter.RouterProps{Dispatch: cfrouter.Dispatch_EDGE})
			router.AddRoute(jsii.String("/"), urlTarget("https://example.com"), nil)
			for i := range 200 {
				router.AddRoute(jsii.String(fmt.Sprint("/page-", i)), cfrouter.NewResponseTarget(&cfrouter.ResponseTargetProps{Body: jsii.String(fmt.Sprint("This is the page with the number ", i))}), nil)
			}
		}, "bytes, and CloudFront takes 10240. What takes the most is the responses of the edge (29"},
		{"a redirect back from a bucket's own", func(stack awscdk.Stack) {
			router := routerIn(stack, nil)
			router.AddRoute(jsii.String("/docs"), bucketTarget(stack, "Docs"), nil)
			router.AddRoute(jsii.String("/docs/"), cfrouter.NewRedirectTarget(jsii.String("/docs"), nil), &cfrouter.RouteOptions{Exact: jsii.Bool(true)})
		}, `redirect loop: "/docs/ (exact)" -> "/docs" -> "/docs/ (exact)": a request for "/docs/" would be sent round without end, as the edge by itself redirects "/docs" to "/docs/". Let one of these`},
		{"what to do about long responses", func(stack awscdk.Stack) {
			router := routerIn(stack, nil)
			for i := range 4 {
				router.AddRoute(jsii.String(fmt.Sprint("/page-", i)), cfrouter.NewResponseTarget(&cfrouter.ResponseTargetProps{Body: jsii.String(strings.Repeat(fmt.Sprint(i), 3000))}), nil)
			}
		}, "set RouterProps.Dispatch to Dispatch_EDGE, which moves routes and the locations of redirects into a key-value store, or shorten the responses, or serve those with long bodies from a bucket, or use a second Router on another domain name"},
		{"long code of one's own", func(stack awscdk.Stack) {
			code := fmt.Sprintf("function handler(event) { var text = '%s'; return event.request; }", strings.Repeat("x", 10_000))
			routerIn(stack, &cfrouter.RouterProps{ViewerRequest: &cfrouter.EdgeCode{Before: cfrouter.EdgeSource_FromInline(jsii.String(code))}}).AddRoute(jsii.String("/"), urlTarget("https://example.com"), nil)
		}, "What takes the most is the code RouterProps.ViewerRequest.Before (10058), the routes (44): shorten the code, or keep its data in the key-value store (RouterProps.KeyValues)"},
		{"conditions beyond measure", func(stack awscdk.Stack) {
			router := routerIn(stack, &cfrouter.RouterProps{Dispatch: cfrouter.Dispatch_EDGE})
			for i := range 200 {
				router.AddRoute(jsii.String("/index.php"), urlTarget("https://example.com"), &cfrouter.RouteOptions{
					When: &[]cfrouter.Condition{cfrouter.Condition_Query(jsii.String("page"), jsii.String(fmt.Sprint(i)))},
				})
			}
		}, "200 routes stay in the function, copies for several hosts included"},
		{"hosts within hosts", func(stack awscdk.Stack) {
			router := cfrouter.NewRouter(stack, jsii.String("Router"), &cfrouter.RouterProps{
				Dispatch: cfrouter.Dispatch_EDGE, DomainNames: jsii.Strings("*.example.com", "*.shop.example.com"), Certificate: certificateIn(stack, "us-east-1"),
			})
			for i := range 400 {
				for _, host := range []string{"*.example.com", "*.shop.example.com"} {
					router.AddRoute(jsii.String(fmt.Sprint(host, "/number-", i)), urlTarget("https://example.com"), nil)
				}
			}
		}, ": 800 routes stay in the function, copies for several hosts included, which are globs with many other routes in their reach, "},
		{"a country that no policy names", func(stack awscdk.Stack) {
			router := routerIn(stack, nil)
			cors := &awscloudfront.AddBehaviorOptions{OriginRequestPolicy: awscloudfront.OriginRequestPolicy_CORS_S3_ORIGIN()}
			router.AddRoute(jsii.String("/x"), urlTarget("https://de.example.com"), &cfrouter.RouteOptions{Behavior: cors, When: &[]cfrouter.Condition{cfrouter.Condition_Country(jsii.String("DE"))}})
			router.AddRoute(jsii.String("/x"), urlTarget("https://example.com"), &cfrouter.RouteOptions{Behavior: cors})
		}, `behavior "/x" serves routes with conditions that look at ["cloudfront-viewer-country"], which CloudFront adds if the origin request policy names it, and theirs does not`},
		{"a country beside a cache policy of one's own", func(stack awscdk.Stack) {
			router := routerIn(stack, nil)
			own := &awscloudfront.AddBehaviorOptions{CachePolicy: awscloudfront.NewCachePolicy(stack, jsii.String("Policy"), &awscloudfront.CachePolicyProps{
				HeaderBehavior: awscloudfront.CacheHeaderBehavior_AllowList(jsii.String(edgefn.RouteHeader)),
			})}
			router.AddRoute(jsii.String("/x"), bucketTarget(stack, "De"), &cfrouter.RouteOptions{Behavior: own, When: &[]cfrouter.Condition{cfrouter.Condition_Country(jsii.String("DE"))}})
			router.AddRoute(jsii.String("/x"), bucketTarget(stack, "Other"), &cfrouter.RouteOptions{Behavior: own})
		}, `look at ["cloudfront-viewer-country"], which CloudFront adds if a policy names it, and has a cache policy of your own that does not: give Cache instead, which names it, or name it in the HeaderBehavior of that policy`},
		{"more of the viewer than a policy takes", func(stack awscdk.Stack) {
			var looks []cfrouter.Condition
			for _, name := range []string{"City", "Country-Name", "Country-Region", "Country-Region-Name", "Latitude", "Longitude", "Metro-Code", "Postal-Code", "Time-Zone", "Address", "ASN"} {
				looks = append(looks, cfrouter.Condition_Header(jsii.String("CloudFront-Viewer-"+name)))
			}
			router := routerIn(stack, nil)
			router.AddRoute(jsii.String("/"), cfrouter.NewResponseTarget(nil), &cfrouter.RouteOptions{When: &looks})
		}, "and CloudFront takes 10 in an origin request policy: look at fewer of them"},
		{"a group beside another target", func(stack awscdk.Stack) {
			read := &awscloudfront.AddBehaviorOptions{AllowedMethods: awscloudfront.AllowedMethods_ALLOW_GET_HEAD(), OriginRequestPolicy: awscloudfront.OriginRequestPolicy_CORS_S3_ORIGIN()}
			router := routerIn(stack, nil)
			router.AddRoute(jsii.String("/"), cfrouter.NewOriginTarget(originGroup(stack, "Maps", "maps.example.com"), nil), &cfrouter.RouteOptions{When: whoHas("beta").When, Behavior: read})
			router.AddRoute(jsii.String("/"), urlTarget("https://example.com"), &cfrouter.RouteOptions{Behavior: read})
		}, "single origins only"},
	} {
		stack := newStack()
		test.build(stack)
		if got := refusal(func() { synthesize(t, stack) }); !strings.Contains(got, test.want) {
			t.Errorf("%s:\ngot  %s\nwant %s", test.name, got, test.want)
		}
	}
}
