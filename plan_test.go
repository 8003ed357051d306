package cfrouter

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// What CloudFront chooses by path pattern and what the edge function chooses by
// its table must be the same route, or a request would reach one target with the
// path of another. Both are derived from the same patterns here, without jsii,
// and executed.

// planned is the plan of some routes and its distribution, with an origin for
// each of them.
func planned(t testing.TB, routes []*route, dispatch Dispatch) (*plan, *edgetest.Distribution) {
	t.Helper()
	type object = map[string]any
	p := newPlan(routes, dispatch)
	if p.problems != nil {
		t.Fatal(p.problems)
	}
	program, err := edgefn.Compose(p.table())
	if err != nil {
		t.Fatal(err)
	}
	behavior := func(b *plannedBehavior) object {
		id := "none"
		if b.origin != nil {
			id = b.origin.originId
		}
		return object{
			"PathPattern":          b.path,
			"TargetOriginId":       id,
			"FunctionAssociations": []any{object{"EventType": "viewer-request", "FunctionARN": object{"Fn::GetAtt": []any{"Edge", "FunctionARN"}}}},
		}
	}
	var behaviors []any
	for _, b := range p.behaviors {
		behaviors = append(behaviors, behavior(b))
	}
	origins := []any{object{"Id": "none", "DomainName": "none.example.com"}}
	for _, r := range p.routes {
		for _, d := range r.destinations {
			origins = append(origins, object{"Id": d.target.originId, "DomainName": d.target.originId})
		}
	}
	standard := behavior(p.standard)
	delete(standard, "PathPattern")
	d, err := edgetest.Load(object{"Resources": object{
		"Edge": object{"Type": "AWS::CloudFront::Function", "Properties": object{"FunctionCode": program.Request}},
		"Distribution": object{"Type": "AWS::CloudFront::Distribution", "Properties": object{"DistributionConfig": object{
			"Origins": origins, "CacheBehaviors": behaviors, "DefaultCacheBehavior": standard,
		}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return p, d
}

// toyRoute is a route to a target of its own.
func toyRoute(p pattern, cached bool) *route {
	r := &route{pattern: p, written: p.text(), options: &RouteOptions{}, row: edgefn.Route{Kind: p.kind, Path: p.path, Host: p.host}}
	r.destinations = []*destination{{
		target: &boundTarget{key: r.name(), originId: hash(r.name())[:8], config: &TargetConfig{}},
		wants:  &wants{options: &awscloudfront.AddBehaviorOptions{}, methods: everyMethod, cached: cached},
	}}
	return r
}

// toyRoutes turns texts into routes, leaving out what is no pattern or in
// conflict with an earlier one. What the texts say beside the pattern decides on
// the options.
func toyRoutes(texts ...string) []*route {
	var routes []*route
	for _, text := range texts {
		host := ""
		if len(text) > 2 {
			host = toyHosts[int(text[2])%len(toyHosts)]
		}
		p, err := parsePattern(host+toyPattern(text), len(text)%5 == 0, toyNames)
		if err != nil {
			continue
		}
		added := toyRoute(p, true)
		added.number = len(routes)
		if len(text)%3 != 0 {
			added.strip = p.strippable()
			added.row.Strip = added.strip
		}
		if len(text)%7 == 0 && host == "" {
			added.options.EveryHost = jsii.Bool(true)
		}
		if len(text)%4 == 0 {
			added.destinations[0].target.config.IndexDocument = jsii.String([]string{"", "index.html"}[len(text)/4%2])
		}
		if !hasConflict(added, routes) {
			routes = append(routes, added)
		}
	}
	return routes
}

func hasConflict(added *route, routes []*route) bool {
	for _, other := range routes {
		if conflict(added, other) != nil {
			return true
		}
	}
	return false
}

// expected is the route that a request belongs to by the rules, nil for none: the
// hosts are compared first, then the paths. A route for every host takes part
// where the host has a route for "/" of its own.
func expected(sorted []*route, host, path string) *route {
	var hosts []string
	for _, r := range sorted {
		if r.pattern.host != "" && r.pattern.hostMatches(host) && !slices.Contains(hosts, r.pattern.host) {
			hosts = append(hosts, r.pattern.host)
		}
	}
	for _, of := range append(hosts, "") {
		var best *route
		hides := slices.ContainsFunc(sorted, func(r *route) bool { return r.pattern.host == of && r.pattern.isRoot() })
		for _, r := range sorted {
			everywhere := hides && value(r.options.EveryHost, false)
			if r.pattern.host != of && !everywhere || !r.pattern.matches(path) {
				continue
			}
			if best == nil || comparePatterns(r.pattern.anyHost(), best.pattern.anyHost()) < 0 {
				best = r
			}
		}
		if best != nil {
			return best
		}
	}
	return nil
}

// checkAgreement sends urls through the planned distribution and compares who is
// asked for what with the patterns.
func checkAgreement(t *testing.T, engine edgetest.Engine, routes []*route, urls []string) {
	t.Helper()
	for _, dispatch := range []Dispatch{Dispatch_BEHAVIORS, Dispatch_EDGE} {
		p, d := planned(t, routes, dispatch)
		keys := p.keys()
		for i, form := range edgetest.Forms() {
			host := requestHosts[(i+len(urls[0]))%len(requestHosts)]
			var requests []edgetest.Request
			for _, url := range urls {
				requests = append(requests, edgetest.Request{URL: url, Form: form, Host: host})
			}
			answers, err := d.Do(engine, requests...)
			if err != nil {
				t.Fatal(err)
			}
			for i, answer := range answers {
				if problem := disagreement(answer, host, normals(urls[i], form), p.routes, keys); problem != "" {
					t.Errorf("%s, %s, %v: %s%s of %v: %s", engine.Name(), dispatch, form, host, urls[i], patternsOf(p.routes), problem)
				}
			}
		}
	}
}

func patternsOf(routes []*route) (out []pattern) {
	for _, r := range routes {
		out = append(out, r.pattern)
	}
	return out
}

// normals are the forms of a path by which its route can be told: the one that
// CloudFront matches, which it may or may not have decoded, and the decoded one.
func normals(url string, form edgetest.Form) []string {
	switch form {
	case edgetest.NormalisedUndecoded:
		seen := edgetest.Normalise(url, false)
		return []string{seen, edgetest.Normalise(seen, true)}
	case edgetest.NormalisedDecoded:
		return []string{edgetest.Normalise(url, true)}
	}
	return []string{edgetest.Normalise(url, true), edgetest.Normalise(url, false)}
}

// disagreement says what is wrong with an answer; "" if nothing is.
func disagreement(answer edgetest.Answer, host string, paths []string, sorted []*route, keys map[*destination]string) string {
	if answer.Status >= 500 {
		return answer.Err.Error()
	}
	if answer.Status == 400 || answer.Status == 308 {
		return ""
	}
	for _, path := range paths {
		want := expected(sorted, host, path)
		switch {
		case want == nil && answer.Status == 0:
			return fmt.Sprintf("no route matches, and it is sent to an origin as %q", answer.URI)
		case want == nil:
			continue
		}
		to := want.destinations[0]
		switch {
		case answer.Status == 404 && to.target.config.IndexDocument == nil:
			return fmt.Sprintf("it belongs to %q, and is not found", want.pattern)
		case answer.Status == 404:
		case answer.Origin != to.target.originId:
			return fmt.Sprintf("it belongs to %q, and another origin is asked", want.pattern)
		case answer.Headers["x-cfrouter-route"] != keys[to]:
			return fmt.Sprintf("it belongs to %q, and the function took another route", want.pattern)
		case answer.Headers["x-forwarded-prefix"] != want.strip:
			return fmt.Sprintf("%q strips %q, and x-forwarded-prefix is %q", want.pattern, want.strip, answer.Headers["x-forwarded-prefix"])
		}
	}
	return ""
}

// toyUrl turns any text into a url over the alphabet of toyPattern, with the
// spellings that could hide where a path leads.
func toyUrl(text string) string {
	var b strings.Builder
	b.WriteByte('/')
	for i := range min(len(text), 10) {
		b.WriteString([]string{"a", "b", "/", "z", "//", "/../", "/.", "%61", "%2e", "ab/"}[int(text[i])%10])
	}
	return b.String()
}

func TestEdgeAgreesWithPlan(t *testing.T) {
	seed := rand.New(rand.NewPCG(1, 2))
	text := func(longest int) string {
		bytes := make([]byte, seed.IntN(longest)+1)
		for i := range bytes {
			bytes[i] = byte(seed.IntN(256))
		}
		return string(bytes)
	}
	engines := edgetest.Engines(t)
	for range 40 {
		var texts, urls []string
		for range 8 {
			texts = append(texts, text(12))
		}
		for range 40 {
			urls = append(urls, toyUrl(text(10)))
		}
		for _, engine := range engines {
			checkAgreement(t, engine, toyRoutes(texts...), urls)
		}
	}
}

func FuzzEdgeAgreesWithPlan(f *testing.F) {
	f.Add("\x00\x01", "\x00\x02\x01\x03", "\x03", "\x00\x04\x01")
	f.Add("\x00", "\x00\x02\x00", "\x04\x00\x03", "\x07\x05\x00")
	f.Add("", "\x02", "\x00\x01\x00\x01\x03", "\x00\x02\x08\x08\x02")
	f.Fuzz(func(t *testing.T, a, b, c, url string) {
		checkAgreement(t, edgetest.Goja(), toyRoutes(a, b, c), []string{toyUrl(url)})
	})
}
