package cfrouter_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
	"github.com/cfrouter/cfrouter/cfsim"
)

// manyPaths are paths of different depth, many of them below others.
func manyPaths(n int) []string {
	var out []string
	for i := range n {
		switch i % 4 {
		case 0:
			out = append(out, fmt.Sprintf("/service%d", i))
		case 1:
			out = append(out, fmt.Sprintf("/service%d/v1", i-1))
		case 2:
			out = append(out, fmt.Sprintf("/teams/team-%d/orders", i))
		case 3:
			out = append(out, fmt.Sprintf("/teams/team-%d", i-1))
		}
	}
	return out
}

// longestPrefix is the route that a path belongs to by the plainest of rules.
func longestPrefix(routes map[string]string, path string) (prefix, host string) {
	for at := path; ; at = at[:strings.LastIndexByte(at, '/')] {
		if host, ok := routes[at]; ok {
			return at, host
		}
		if at == "" {
			return "", ""
		}
	}
}

// TestThousandsOfRoutes sends random urls through a distribution with more routes
// than a function holds, as it was synthesized, and compares who is asked for what.
func TestThousandsOfRoutes(t *testing.T) {
	const routes, hosts, urls = 5000, 60, 10_000
	app := newApp()
	stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
	router := routerIn(stack, &cfrouter.RouterProps{Dispatch: cfrouter.Dispatch_EDGE})
	want := map[string]string{}
	for i, path := range manyPaths(routes) {
		want[path] = fmt.Sprintf("host%d.example.com", i%hosts)
		router.AddRoute(jsii.String(path), urlTarget("https://"+want[path]), nil)
	}
	d := cfsim.Open(t, *app.Synth(nil).Directory())
	paths := manyPaths(routes)
	random := rand.New(rand.NewPCG(1, 2))
	suffixes := []string{"", "/", "/a", "/a/b.css", "/v1", "/v1/x", "x", "0", "-1", "!", "%20"}
	for range urls {
		path := paths[random.IntN(len(paths))] + suffixes[random.IntN(len(suffixes))]
		got := explain(t, d, "GET", path)
		prefix, host := longestPrefix(want, strings.TrimSuffix(path, "/"))
		uri := strings.TrimPrefix(path, prefix)
		if uri == "" {
			uri = "/"
		}
		switch {
		case host == "" && got.Status != 404:
			t.Fatalf("%s: %s, want 404", path, got)
		case host != "" && (got.Origin != host || got.URI != uri):
			t.Fatalf("%s: want %s of %s:\n%s", path, uri, host, got)
		}
	}
}

func explain(t *testing.T, d *cfsim.Distribution, method, url string) *cfsim.Trace {
	t.Helper()
	r, err := cfsim.NewRequest(method, url)
	if err != nil {
		t.Fatal(err)
	}
	return d.Explain(r)
}

// More origins than a distribution takes: what needs no settings of its own is
// reached without being one.
func TestMoreOriginsThanFit(t *testing.T) {
	for _, routes := range []int{150, 2000} { // in the function, and in the store
		app := newApp()
		stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
		router := routerIn(stack, &cfrouter.RouterProps{Dispatch: cfrouter.Dispatch_EDGE})
		router.AddRoute(jsii.String("/files"), bucketTarget(stack, "Files"), nil)
		router.AddRoute(jsii.String("/special"), urlTarget("https://special.example.com:8443"), nil)
		want := map[string]string{"/files/a.txt": "Files /a.txt", "/special/a": "special.example.com /a", "/other": "404"}
		for i := range routes {
			path, base := fmt.Sprint("/shop", i), []string{"", "/base"}[i%2]
			host := fmt.Sprintf("shop%d.example.com", i)
			router.AddRoute(jsii.String(path), urlTarget("https://"+host+base), nil)
			want[path+"/a"] = host + " " + base + "/a"
		}
		d := cfsim.Open(t, *app.Synth(nil).Directory())
		d.Expect(t, want)
	}
}

// What can be synthesized with behaviors can be with the table, and answers alike.
func TestDispatchesAgree(t *testing.T) {
	secured := &cfrouter.RouteOptions{Behavior: &awscloudfront.AddBehaviorOptions{ResponseHeadersPolicy: awscloudfront.ResponseHeadersPolicy_SECURITY_HEADERS()}}
	reading := &cfrouter.RouteOptions{Behavior: &awscloudfront.AddBehaviorOptions{
		AllowedMethods: awscloudfront.AllowedMethods_ALLOW_GET_HEAD(), OriginRequestPolicy: awscloudfront.OriginRequestPolicy_CORS_S3_ORIGIN(),
	}}
	group := func(stack awscdk.Stack) cfrouter.Target {
		return cfrouter.NewOriginTarget(originGroup(stack, "Maps", "maps.example.com"), nil)
	}
	for _, test := range []struct {
		name  string
		build func(awscdk.Stack, cfrouter.Router)
		want  map[string]string
	}{
		{"settings of its own around others", func(stack awscdk.Stack, router cfrouter.Router) {
			router.AddRoute(jsii.String("/a*"), urlTarget("https://one.example.com"), secured)
			router.AddRoute(jsii.String("/a"), bucketTarget(stack, "Bucket"), nil)
			router.AddRoute(jsii.String("/a/*.css"), urlTarget("https://two.example.com"), nil)
		}, map[string]string{"/a/x.css": "two.example.com /a/x.css", "/a/x": "Bucket /x", "/ax": "one.example.com /ax", "/b": "404"}},
		{"a group beside others", func(stack awscdk.Stack, router cfrouter.Router) {
			router.AddRoute(jsii.String("/media"), group(stack), reading)
			router.AddRoute(jsii.String("/media/live"), urlTarget("https://live.example.com"), nil)
			router.AddRoute(jsii.String("/"), urlTarget("https://one.example.com"), nil)
		}, map[string]string{"/x": "one.example.com /x", "POST /x": "one.example.com /x", "POST /media/live/x": "live.example.com /x"}},
		{"a group for everything else", func(stack awscdk.Stack, router cfrouter.Router) {
			router.AddRoute(jsii.String("/"), group(stack), reading)
			router.AddRoute(jsii.String("/api"), urlTarget("https://api.example.com"), nil)
		}, map[string]string{"POST /api/x": "api.example.com /x"}},
	} {
		for _, dispatch := range []cfrouter.Dispatch{cfrouter.Dispatch_BEHAVIORS, cfrouter.Dispatch_EDGE} {
			stack := newStack()
			test.build(stack, routerIn(stack, &cfrouter.RouterProps{Dispatch: dispatch}))
			template := synthesize(t, stack)
			cfsim.OpenTemplate(t, &template).Expect(t, test.want)
		}
	}
}

// An exact route goes before a bucket that keeps the same prefix, whatever else is
// in the table.
func TestExactBeforeKeptPrefix(t *testing.T) {
	for _, others := range []int{0, 150, 400} {
		app := newApp()
		stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
		router := routerIn(stack, &cfrouter.RouterProps{Dispatch: cfrouter.Dispatch_EDGE})
		router.AddRoute(jsii.String("/x"), urlTarget("https://exact.example.com"), &cfrouter.RouteOptions{Exact: jsii.Bool(true)})
		router.AddRoute(jsii.String("/x"), bucketTarget(stack, "Bucket"), &cfrouter.RouteOptions{StripPrefix: jsii.Bool(false)})
		for i := range others {
			router.AddRoute(jsii.String(fmt.Sprint("/service-number-", i)), urlTarget("https://other.example.com"), nil)
		}
		cfsim.Open(t, *app.Synth(nil).Directory()).Expect(t, map[string]string{"/x": "exact.example.com /x", "/x/": "Bucket /x/index.html", "/x/y": "Bucket /x/y"})
	}
}
