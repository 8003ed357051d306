package cfrouter_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
	"github.com/cfrouter/cfrouter/cfsim"
	"github.com/cfrouter/cfrouter/edgefn"
)

// What routes of different hosts, or with conditions, make of one path: they
// share its behavior and are told apart at the edge.

// onHosts are the props of a Router for example.com and all hosts under it.
func onHosts(stack awscdk.Stack) *cfrouter.RouterProps {
	return &cfrouter.RouterProps{
		DomainNames: jsii.Strings("example.com", "*.example.com"),
		Certificate: awscertificatemanager.Certificate_FromCertificateArn(stack, jsii.String("Certificate"),
			jsii.String("arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-0000-0000-000000000000")),
	}
}

func everyHost() *cfrouter.RouteOptions { return &cfrouter.RouteOptions{EveryHost: jsii.Bool(true)} }

func TestHosts(t *testing.T) {
	for _, test := range []struct {
		name    string
		routes  [][2]string
		options map[string]*cfrouter.RouteOptions // by pattern
		want    map[string]string
	}{
		{"a host with a root of its own", [][2]string{{"admin.example.com/", "bucket:Admin"}, {"/api", "httpapi:Api"}}, nil, map[string]string{
			"https://admin.example.com/":            "Admin /index.html",
			"https://admin.example.com/a.css":       "Admin /a.css",
			"https://admin.example.com/api/users":   "Admin /api/users",
			"https://example.com/api/users":         "Api /users",
			"https://example.com/api":               "Api /",
			"https://example.com/":                  "404",
			"https://www.example.com/api/users":     "Api /users",
			"POST https://example.com/api/users":    "Api /users",
			"POST https://admin.example.com/api/x":  "405",
			"POST https://example.com/":             "404",
			"POST https://admin.example.com/a.html": "405",
		}},
		{"and a route for every host", [][2]string{{"admin.example.com/", "bucket:Admin"}, {"/api", "httpapi:Api"}}, map[string]*cfrouter.RouteOptions{"/api": everyHost()}, map[string]string{
			"https://admin.example.com/":               "Admin /index.html",
			"https://admin.example.com/api/users":      "Api /users",
			"https://admin.example.com/apis":           "Admin /apis",
			"https://example.com/api/users":            "Api /users",
			"POST https://admin.example.com/api/users": "Api /users",
		}},
		{"a route for every host where nothing hides it", [][2]string{{"www.example.com/x", "httpapi:X"}, {"*.example.com/api/special", "bucket:Special"}, {"/api", "httpapi:Api"}}, map[string]*cfrouter.RouteOptions{"/api": everyHost()}, map[string]string{
			"https://www.example.com/api/special/1":   "Special /1",
			"https://other.example.com/api/special/1": "Special /1",
			"https://www.example.com/api/1":           "Api /1",
			"https://example.com/api/special/1":       "Api /special/1",
		}},
		{"and where a wider host hides it", [][2]string{{"www.example.com/x", "httpapi:X"}, {"*.example.com/api/special", "bucket:Special"}, {"*.example.com/", "bucket:Sites"}, {"/api", "httpapi:Api"}}, map[string]*cfrouter.RouteOptions{"/api": everyHost()}, map[string]string{
			"https://www.example.com/api/special/1": "Special /1",
			"https://www.example.com/api/1":         "Api /1",
			"https://www.example.com/y":             "Sites /y",
		}},
		{"two sites", [][2]string{{"app.example.com/", "bucket:App"}, {"api.example.com/", "httpapi:Api"}, {"/", "bucket:Site"}}, nil, map[string]string{
			"https://app.example.com/":                 "App /index.html",
			"https://app.example.com/a/":               "App /a/index.html",
			"https://api.example.com/users?q=1":        "Api /users",
			"DELETE https://api.example.com/users/1":   "Api /users/1",
			"https://example.com/":                     "Site /index.html",
			"https://www.example.com/x":                "Site /x",
			"PUT https://app.example.com/x":            "405",
			"https://app.example.com/../../etc/passwd": "308 /etc/passwd",
		}},
		{"wildcards", [][2]string{{"*.example.com/docs", "bucket:Docs"}, {"*.eu.example.com/docs", "bucket:Eu"}, {"shop.eu.example.com/docs", "bucket:Shop"}, {"/docs/api", "httpapi:Api"}, {"/", "bucket:Site"}}, nil, map[string]string{
			"https://www.example.com/docs/a":         "Docs /a",
			"https://a.b.example.com/docs/a":         "Docs /a",
			"https://www.eu.example.com/docs/a":      "Eu /a",
			"https://shop.eu.example.com/docs/a":     "Shop /a",
			"https://shop.eu.example.com/docs/api/a": "Shop /api/a",
			"https://example.com/docs/a":             "Site /docs/a",
			"https://example.com/docs/api/a":         "Api /a",
			"https://www.example.com/docs":           "308 /docs/",
			"https://www.example.com/":               "Site /index.html",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, dispatch := range []cfrouter.Dispatch{cfrouter.Dispatch_BEHAVIORS, cfrouter.Dispatch_EDGE} {
				stack := newStack()
				targets := newTargets(stack)
				props := onHosts(stack)
				props.Dispatch = dispatch
				router := routerIn(stack, props)
				for _, route := range test.routes {
					router.AddRoute(jsii.String(route[0]), targets.get(t, route[1]), test.options[route[0]])
				}
				template := synthesize(t, stack)
				cfsim.OpenTemplate(t, &template).Expect(t, test.want)
			}
		})
	}
}

// Settings of one behavior that the edge cannot make up for have to be equal.
func TestSharedBehaviorsDiffer(t *testing.T) {
	minutes := func(n float64) *cfrouter.RouteOptions {
		return &cfrouter.RouteOptions{Cache: &awscloudfront.CachePolicyProps{MaxTtl: awscdk.Duration_Minutes(jsii.Number(n))}}
	}
	for _, test := range []struct {
		name string
		one  *cfrouter.RouteOptions
		two  *cfrouter.RouteOptions
		want string
	}{
		{"caching", minutes(1), minutes(2), `patterns "a.example.com/x" and "b.example.com/x" are both served by the behavior "/x", which CloudFront chooses by the path alone, and differ in Cache: `},
		{"headers", &cfrouter.RouteOptions{Behavior: &awscloudfront.AddBehaviorOptions{ResponseHeadersPolicy: awscloudfront.ResponseHeadersPolicy_SECURITY_HEADERS()}}, nil, `differ in Behavior.ResponseHeadersPolicy: `},
		{"protocol", nil, &cfrouter.RouteOptions{Behavior: &awscloudfront.AddBehaviorOptions{ViewerProtocolPolicy: awscloudfront.ViewerProtocolPolicy_HTTPS_ONLY}}, `differ in Behavior.ViewerProtocolPolicy: `},
	} {
		stack := newStack()
		router := routerIn(stack, onHosts(stack))
		router.AddRoute(jsii.String("a.example.com/x"), urlTarget("https://one.example.org"), test.one)
		router.AddRoute(jsii.String("b.example.com/x"), urlTarget("https://two.example.org"), test.two)
		if got := refusal(func() { synthesize(t, stack) }); !strings.Contains(got, test.want) || strings.Count(got, "differ in") > 1 {
			t.Errorf("%s: got %s, want %s, once", test.name, got, test.want)
		}
	}
}

// What a host hides is for every host, as a rule.
func TestSharedBehaviorsDifferFromEveryHost(t *testing.T) {
	stack := newStack()
	router := routerIn(stack, onHosts(stack))
	router.AddRoute(jsii.String("/x"), urlTarget("https://one.example.org"), &cfrouter.RouteOptions{Cache: &awscloudfront.CachePolicyProps{DefaultTtl: awscdk.Duration_Minutes(jsii.Number(1))}})
	router.AddRoute(jsii.String("a.example.com/"), bucketTarget(stack, "Admin"), nil)
	const want = `patterns "/x" and "a.example.com/" are both served by the behavior "/x", which CloudFront chooses by the path alone, and differ in Cache: set EveryHost of "/x" if it is to be tried on that host as well, give both`
	if got := refusal(func() { synthesize(t, stack) }); !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Own code that runs before routing may move a request to a route that its
// behavior does not belong to.
func TestCodeMovesRequests(t *testing.T) {
	stack := newStack()
	targets := newTargets(stack)
	router := routerIn(stack, &cfrouter.RouterProps{ViewerRequest: &cfrouter.EdgeCode{Before: cfrouter.EdgeSource_FromInline(jsii.String(`
		function handler(event) {
			var request = event.request;
			request.uri = request.uri.replace(/^\/v1\//, '/api/');
			return request;
		}`))}})
	routeTo(t, router, targets, [2]string{"/", "bucket:Site"}, [2]string{"/api", "httpapi:Api"})
	template := synthesize(t, stack)
	d := cfsim.OpenTemplate(t, &template)
	d.Expect(t, map[string]string{"/v1/users": "Api /users", "/v1x": "Site /v1x", "/api/users": "Api /users"})
	asked := 0
	if err := d.Attach("Api", cfsim.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.Header().Set("Cache-Control", "max-age=60")
	}))); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r, err := cfsim.NewRequest("GET", "/v1/users")
		if err != nil {
			t.Fatal(err)
		}
		response, _ := d.Do(r)
		response.Body.Close()
	}
	if asked != 2 {
		t.Errorf("the API was asked %d times for two requests: its responses are not to be cached", asked)
	}
}

// What code before routing moves away from a path that has no route is told its
// methods as well, although the behavior of such paths allows every one.
func TestCodeMovesUnmatchedRequests(t *testing.T) {
	stack := newStack()
	router := routerIn(stack, &cfrouter.RouterProps{ViewerRequest: &cfrouter.EdgeCode{Before: cfrouter.EdgeSource_FromInline(jsii.String(`
		function handler(event) {
			event.request.uri = event.request.uri.replace(/^\/p\//, '/');
			return event.request;
		}`))}})
	router.AddRoute(jsii.String("/a"), bucketTarget(stack, "Bucket"), nil)
	template := synthesize(t, stack)
	cfsim.OpenTemplate(t, &template).Expect(t, map[string]string{
		"/p/a/x": "Bucket /x", "POST /p/a/x": "405", "/a/x": "Bucket /x", "POST /p/b": "404",
	})
}

// Of two routes to a behavior one of which is cached, the cached one is, whichever
// was added first, and what the check of the simulator looks for is not there.
func TestCachedBesideUncached(t *testing.T) {
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}} {
		for _, dispatch := range []cfrouter.Dispatch{cfrouter.Dispatch_BEHAVIORS, cfrouter.Dispatch_EDGE} {
			stack := newStack()
			targets := newTargets(stack)
			props := onHosts(stack)
			props.Dispatch = dispatch
			router := routerIn(stack, props)
			routes := [][2]string{{"/", "bucket:Site"}, {"api.example.com/", "httpapi:Api"}, {"hooks.example.com/", "httpapi:Hooks"}}
			for _, i := range order {
				routeTo(t, router, targets, routes[i])
			}
			template := synthesize(t, stack)
			d := cfsim.OpenTemplate(t, &template)
			if got := explain(t, d, "GET", "https://example.com/a.css"); !got.Cacheable {
				t.Errorf("%s, order %v: the site is not cached:\n%s", dispatch, order, got)
			}
			app, err := cfsim.FromTemplate(template, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, finding := range app.Check() {
				t.Errorf("%s, order %v: %v", dispatch, order, finding)
			}
			app.Close()
		}
	}
}

// What a viewer says of the host is in no key, and reaches no origin.
func TestSpoofedHosts(t *testing.T) {
	stack := newStack()
	router := routerIn(stack, onHosts(stack))
	router.AddRoute(jsii.String("/"), bucketTarget(stack, "Site"), nil)
	router.AddRoute(jsii.String("a.example.com/b"), bucketTarget(stack, "Other"), nil)
	template := synthesize(t, stack)
	r, err := cfsim.NewRequest("GET", "https://www.example.com/x.css")
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Forwarded-Host", "evil.example")
	if got := cfsim.OpenTemplate(t, &template).Explain(r); strings.Contains(got.CacheKey, "evil") || strings.Contains(got.String(), "x-forwarded-host: evil.example\n") {
		t.Errorf("the viewer's own x-forwarded-host goes on:\n%s", got)
	}
}

// The country is known wherever a condition looks at it, if all else is answered by
// the edge too.
func TestCountryWithoutOrigin(t *testing.T) {
	stack := newStack()
	router := routerIn(stack, nil)
	router.AddRoute(jsii.String("/"), cfrouter.NewRedirectTarget(jsii.String("https://eu.example.org"), nil), &cfrouter.RouteOptions{
		When: &[]cfrouter.Condition{cfrouter.Condition_Country(jsii.String("DE"))},
	})
	router.AddRoute(jsii.String("/"), cfrouter.NewResponseTarget(nil), nil)
	template := synthesize(t, stack)
	for country, want := range map[string]int{"DE": 307, "FR": 200} {
		if got := explain(t, cfsim.OpenTemplate(t, &template, cfsim.Options{Country: country}), "GET", "/x"); got.Status != want {
			t.Errorf("from %s: want %d, got\n%s", country, want, got)
		}
	}
}

// A bucket that is not cached is sent the country that a condition looks at, and
// nothing that the viewer has sent.
func TestCountryOpensNothing(t *testing.T) {
	for _, dispatch := range []cfrouter.Dispatch{cfrouter.Dispatch_BEHAVIORS, cfrouter.Dispatch_EDGE} {
		stack := newStack()
		router := routerIn(stack, &cfrouter.RouterProps{Dispatch: dispatch})
		uncached := func(conditions ...cfrouter.Condition) *cfrouter.RouteOptions {
			return withPolicy(awscloudfront.CachePolicy_CACHING_DISABLED(), conditions...)
		}
		for _, path := range []string{"/x", "/y"} {
			router.AddRoute(jsii.String(path), bucketTarget(stack, "De "+path[1:]), uncached(cfrouter.Condition_Country(jsii.String("DE"))))
			router.AddRoute(jsii.String(path), bucketTarget(stack, "Other "+path[1:]), uncached())
		}
		router.AddRoute(jsii.String("/"), cfrouter.NewResponseTarget(nil), &cfrouter.RouteOptions{When: &[]cfrouter.Condition{cfrouter.Condition_Country(jsii.String("DE"))}})
		template := synthesize(t, stack)
		_, policy := only(t, template, "AWS::CloudFront::OriginRequestPolicy")
		config := object(policy["OriginRequestPolicyConfig"])
		same(t, "headers", any(map[string]any{"HeaderBehavior": "whitelist", "Headers": []any{"cloudfront-viewer-country"}}), config["HeadersConfig"])
		same(t, "cookies", any(map[string]any{"CookieBehavior": "none"}), config["CookiesConfig"])
		same(t, "query strings", any(map[string]any{"QueryStringBehavior": "none"}), config["QueryStringsConfig"])

		r, err := cfsim.NewRequest("GET", "/x/a.txt?list-type=2")
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Cookie", "secret=1")
		for _, name := range []string{"Origin", "Forwarded", "X-Forwarded-Host", "X-Other"} {
			r.Header.Set(name, "secret")
		}
		got := cfsim.OpenTemplate(t, &template, cfsim.Options{Country: "DE"}).Explain(r)
		same(t, "who is asked", "Dex /a.txt", got.Outcome())
		if request := fmt.Sprint(got.OriginRequest); strings.Contains(request, "secret") || strings.Contains(request, "list-type") {
			t.Errorf("%s: the bucket is sent %s", dispatch, request)
		}
	}
}

// A cache policy of one's own may name what the edge has to be told.
func TestCountryInOwnKey(t *testing.T) {
	stack := newStack()
	router := routerIn(stack, nil)
	policy := awscloudfront.NewCachePolicy(stack, jsii.String("Policy"), &awscloudfront.CachePolicyProps{
		HeaderBehavior: awscloudfront.CacheHeaderBehavior_AllowList(jsii.String(edgefn.RouteHeader), jsii.String("CloudFront-Viewer-Country")),
	})
	router.AddRoute(jsii.String("/x"), bucketTarget(stack, "De"), withPolicy(policy, cfrouter.Condition_Country(jsii.String("DE"))))
	router.AddRoute(jsii.String("/x"), bucketTarget(stack, "Other"), withPolicy(policy))
	template := synthesize(t, stack)
	count(t, template, "AWS::CloudFront::OriginRequestPolicy", 0)
	for country, want := range map[string]string{"DE": "De /a.txt", "FR": "Other /a.txt"} {
		same(t, "who is asked from "+country, want, explain(t, cfsim.OpenTemplate(t, &template, cfsim.Options{Country: country}), "GET", "/x/a.txt").Outcome())
	}
}

// A redirect to a host that only a wildcard covers leads round in a circle if that
// host is served here, which may be meant otherwise.
func TestLikelyRedirectLoop(t *testing.T) {
	stack := newStack()
	router := routerIn(stack, onHosts(stack))
	router.AddRoute(jsii.String("/"), cfrouter.NewRedirectTarget(jsii.String("https://www.example.com"), nil), nil)
	synthesize(t, stack)
	if got := warningsOf(router); len(got) != 1 || !strings.Contains(got[0], `redirect loop: "/" -> "/"`) || !strings.Contains(got[0], "cfrouter:redirectLoop") {
		t.Errorf("got %q, want a warning about the loop", got)
	}
}

// A behavior all of whose requests the edge answers is there as well: the one
// behind it might not let them through.
func TestAnsweredBehavior(t *testing.T) {
	stack := newStack()
	router := routerIn(stack, nil)
	router.AddRoute(jsii.String("/a"), cfrouter.NewRedirectTarget(jsii.String("/b"), nil), &cfrouter.RouteOptions{Exact: jsii.Bool(true)})
	router.AddRoute(jsii.String("/a"), urlTarget("https://example.com"), nil)
	router.AddRoute(jsii.String("/a*"), bucketTarget(stack, "Bucket"), nil)
	template := synthesize(t, stack)
	cfsim.OpenTemplate(t, &template).Expect(t, map[string]string{"POST /a": "307 /b", "POST /a/x": "example.com /x", "/ax": "Bucket /ax", "/b": "404"})
}
