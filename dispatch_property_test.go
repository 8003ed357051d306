package cfrouter_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
	"github.com/cfrouter/cfrouter/cfsim"
)

// Which target a request goes to does not depend on where that is decided, and no
// target's objects are given out for another's: random routes are synthesized with
// both dispatches, and random requests sent through both, by their caches.

// drawn is a route that was drawn at random.
type drawn struct {
	pattern, target string
	options         *cfrouter.RouteOptions
}

type draw struct{ *rand.Rand }

func pick[T any](d draw, from ...T) T { return from[d.IntN(len(from))] }

func (d draw) chance(percent int) bool { return d.IntN(100) < percent }

// route draws one of a few patterns, so that many of them overlap.
func (d draw) route() drawn {
	path := pick(d, "/", "/", "/a", "/a/b", "/ab", "/b", "/c/d", "/a/*", "/a*", "/*.css", "/a/*.css", "/*b", "/b/?/x")
	out := drawn{
		target:  pick(d, "bucket:A", "bucket:B", "bucket:A", "bucket:B", "httpapi:Api", "function:Fn", "url:https://one.example.org/base", "redirect", "split"),
		options: &cfrouter.RouteOptions{},
	}
	host := ""
	switch {
	case d.chance(35):
		host = pick(d, "example.com", "www.example.com", "*.example.com")
	case d.chance(30):
		out.options.EveryHost = jsii.Bool(true)
	}
	out.pattern = host + path
	glob, root := strings.ContainsAny(path, "*?"), path == "/"
	out.options.Exact = jsii.Bool(!glob && !root && d.chance(15))
	if !glob && !root && d.chance(20) {
		out.options.StripPrefix = jsii.Bool(false)
	}
	if d.chance(35) {
		out.options.When = &[]cfrouter.Condition{pick(d,
			cfrouter.Condition_Header(jsii.String("x-beta")),
			cfrouter.Condition_Cookie(jsii.String("beta"), jsii.String("on")),
			cfrouter.Condition_Country(jsii.String("DE")),
			cfrouter.Condition_Not(cfrouter.Condition_Query(jsii.String("v"))),
			cfrouter.Condition_Method(jsii.String("POST")),
		)}
	}
	switch {
	case out.target == "redirect":
	case d.chance(10):
		out.options.Cache = &awscloudfront.CachePolicyProps{MaxTtl: awscdk.Duration_Minutes(jsii.Number(5))}
	case d.chance(10):
		out.options.Behavior = &awscloudfront.AddBehaviorOptions{AllowedMethods: awscloudfront.AllowedMethods_ALLOW_GET_HEAD()}
	}
	return out
}

// request draws one in the form of [cfsim.Distribution.Expect].
func (d draw) request() (method, url string, header http.Header) {
	url = "https://" + pick(d, "example.com", "www.example.com", "b.example.com") +
		pick(d, "/", "/a", "/a/", "/ab", "/abc", "/zb", "/b/q/x", "/x", "/a/x", "/a/b/x", "/c/d/x", "/x.css", "/a/x.css", "/a/b/x.css", "/b/x.css") +
		pick(d, "", "", "", "?v=1", "?v=2&a=1")
	header = http.Header{"Cookie": {"cfrouter-s=" + pick(d, "10.5", "90.5") + pick(d, "", "; beta=on")}}
	for name, value := range map[string]string{"X-Beta": "on", "X-Forwarded-Host": "evil.example", "X-Cfrouter-Route": "f0f0f0"} {
		if d.chance(25) {
			header.Set(name, value)
		}
	}
	return pick(d, "GET", "GET", "GET", "GET", "HEAD", "POST"), url, header
}

// synthesized is a Router of drawn routes; nil with the reason if it is refused.
// Routes that AddRoute refuses are left out.
func synthesized(t *testing.T, routes []drawn, dispatch cfrouter.Dispatch) (*cfsim.Distribution, string) {
	stack := newStack()
	props := onHosts(stack)
	props.Dispatch = dispatch
	router, targets := routerIn(stack, props), newTargets(stack)
	special := map[string]cfrouter.Target{
		"redirect": cfrouter.NewRedirectTarget(jsii.String("https://other.example.org/new"), nil),
		"split": cfrouter.NewSplitTarget(&cfrouter.SplitTargetProps{Id: jsii.String("s"), Targets: &[]*cfrouter.WeightedTarget{
			{Target: targets.get(t, "bucket:A")}, {Target: targets.get(t, "url:https://two.example.org")},
		}}),
	}
	for _, r := range routes {
		target := special[r.target]
		if target == nil {
			target = targets.get(t, r.target)
		}
		refusal(func() { router.AddRoute(jsii.String(r.pattern), target, r.options) })
	}
	if problems := problemsOf(router); len(problems) > 0 {
		return nil, strings.Join(problems, "\n")
	}
	template := synthesize(t, stack)
	d := cfsim.OpenTemplate(t, &template, cfsim.Options{Country: "DE"})
	for _, name := range append(d.Missing(), "one.example.org", "two.example.org") {
		// There are only those origins that a route leads to.
		_ = d.Attach(name, cfsim.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "max-age=600")
			fmt.Fprint(w, reply(name, r.URL.EscapedPath(), r.Header))
		})))
	}
	return d, ""
}

// reply is what an origin answers: who was asked for what, and what it was told.
func reply(origin, path string, header http.Header) string {
	return fmt.Sprintf("%s %s, host %q, prefix %q", origin, path, header.Get("X-Forwarded-Host"), header.Get("X-Forwarded-Prefix"))
}

// outcome is what becomes of a request, asked of no origin: the same for methods that
// CloudFront does not let through as for those that the edge function does not.
func outcome(trace *cfsim.Trace) string {
	if trace.Origin == "" && trace.Status == 403 {
		return "405"
	}
	return trace.Outcome()
}

// caches reports whether a route may have objects of an origin cached: buckets' are
// unless it says otherwise, and others' only if it does.
func caches(routes []drawn, origin string) bool {
	return origin == "A" || origin == "B" || slices.ContainsFunc(routes, func(r drawn) bool {
		return r.options.Cache != nil && (r.target == "split" || strings.Contains(r.target, origin))
	})
}

// checkAlike sends a request through both, and each answer is the asked target's own.
func checkAlike(t *testing.T, distributions [2]*cfsim.Distribution, routes []drawn, method, url string, header http.Header) {
	t.Helper()
	var outcomes [2]string
	for i, d := range distributions {
		r, err := cfsim.NewRequest(method, url)
		if err != nil {
			t.Fatal(err)
		}
		r.Header = header.Clone()
		planned := d.Explain(r.Clone(t.Context()))
		outcomes[i] = outcome(planned)
		if planned.Origin == "" {
			continue
		}
		response, trace := d.Do(r)
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		name, path, _ := strings.Cut(outcomes[i], " ")
		if want := reply(name, path, planned.OriginRequest.Header); err != nil || method != "HEAD" && string(body) != want {
			t.Errorf("%s %s %v: got %q, %v, want %q\n%s", method, url, header, body, err, want, trace)
		}
		if strings.HasPrefix(response.Header.Get("X-Cache"), "Hit") && !caches(routes, name) {
			t.Errorf("%s %s %v: an answer of %s was cached:\n%s", method, url, header, name, trace)
		}
		if strings.Contains(planned.CacheKey+string(body), "evil") {
			t.Errorf("%s %s %v: the viewer's own x-forwarded-host goes on:\n%s", method, url, header, trace)
		}
	}
	if outcomes[0] != outcomes[1] {
		t.Errorf("%s %s %v: %s with behaviors, %s with the table", method, url, header, outcomes[0], outcomes[1])
	}
}

func TestDispatchesAgreeOnRandomRoutes(t *testing.T) {
	compared := 0
	for seed := range uint64(10) {
		d := draw{rand.New(rand.NewPCG(seed, 4))}
		var routes []drawn
		for range 2 + d.IntN(7) {
			routes = append(routes, d.route())
		}
		behaviors, _ := synthesized(t, routes, cfrouter.Dispatch_BEHAVIORS)
		if behaviors == nil {
			continue // of settings that cannot be joined, or of a redirect loop
		}
		table, reason := synthesized(t, routes, cfrouter.Dispatch_EDGE)
		if table == nil {
			t.Errorf("seed %d: %v: refused with the table alone: %s", seed, routes, reason)
			continue
		}
		compared++
		for range 100 {
			method, url, header := d.request()
			checkAlike(t, [2]*cfsim.Distribution{behaviors, table}, routes, method, url, header)
		}
		if t.Failed() {
			t.Fatalf("seed %d: %s", seed, written(routes))
		}
	}
	if compared < 5 {
		t.Errorf("only %d sets of routes were compared", compared)
	}
}

// written are the routes as a reader of a failure wants them.
func written(routes []drawn) string {
	var out strings.Builder
	for _, r := range routes {
		conditions, _ := cfrouter.ConditionsOf(r.options)
		fmt.Fprintf(&out, "\n%s -> %s, when %v, exact %v", r.pattern, r.target, conditions, *r.options.Exact)
	}
	return out.String()
}
