package cfrouter

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// What CloudFront chooses by path pattern and what the edge function chooses by
// its table must be the same route, or a request would reach one target with the
// path of another. Both are derived from the same patterns here, without jsii,
// and executed.

// planned is a distribution with an origin for each of the routes.
func planned(t testing.TB, routes []*route) *edgetest.Distribution {
	t.Helper()
	type object = map[string]any
	r := &router{routes: routes}
	sorted := r.sorted()
	var origins, behaviors []any
	behavior := func(id string) object {
		return object{
			"TargetOriginId":       id,
			"FunctionAssociations": []any{object{"EventType": "viewer-request", "FunctionARN": object{"Fn::GetAtt": []any{"Edge", "FunctionARN"}}}},
		}
	}
	standard := behavior("none")
	origins = append(origins, object{"Id": "none", "DomainName": "none.example.com"})
	for _, route := range sorted {
		origins = append(origins, object{"Id": route.ticket(), "DomainName": hash(route.ticket())})
		if route.pattern.isRoot() {
			standard = behavior(route.ticket())
		}
	}
	for _, planned := range planBehaviors(sorted) {
		b := behavior(planned.route.ticket())
		b["PathPattern"] = planned.path
		behaviors = append(behaviors, b)
	}
	d, err := edgetest.Load(object{"Resources": object{
		"Edge": object{"Type": "AWS::CloudFront::Function", "Properties": object{"FunctionCode": r.composed()}},
		"Distribution": object{"Type": "AWS::CloudFront::Distribution", "Properties": object{"DistributionConfig": object{
			"Origins": origins, "CacheBehaviors": behaviors, "DefaultCacheBehavior": standard,
		}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// toyRoutes turns texts into routes, leaving out what is no pattern or in
// conflict with an earlier one. What the texts say beside the pattern decides on
// the options.
func toyRoutes(texts ...string) []*route {
	var routes []*route
	for _, text := range texts {
		p, err := parsePattern(toyPattern(text), len(text)%5 == 0)
		if err != nil {
			continue
		}
		added := &route{pattern: p, text: p.path, options: &RouteOptions{}, cached: true, target: &boundTarget{key: p.path, config: &TargetConfig{}}}
		if len(text)%3 != 0 {
			added.strip = p.strippable()
		}
		if len(text)%4 == 0 {
			added.target.config.IndexDocument = jsii.String([]string{"", "index.html"}[len(text)/4%2])
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

// checkAgreement sends urls through the planned distribution and compares who is
// asked for what with the patterns.
func checkAgreement(t *testing.T, engine edgetest.Engine, routes []*route, urls []string) {
	t.Helper()
	d := planned(t, routes)
	sorted := (&router{routes: routes}).sorted()
	keys := routeKeys(sorted)
	for _, form := range edgetest.Forms() {
		var requests []edgetest.Request
		for _, url := range urls {
			requests = append(requests, edgetest.Request{URL: url, Form: form})
		}
		answers, err := d.Do(engine, requests...)
		if err != nil {
			t.Fatal(err)
		}
		for i, answer := range answers {
			if problem := disagreement(answer, normals(urls[i], form), sorted, keys); problem != "" {
				t.Errorf("%s, %v: %q of %v: %s", engine.Name(), form, urls[i], patternsOf(sorted), problem)
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
func disagreement(answer edgetest.Answer, paths []string, sorted []*route, keys []string) string {
	if answer.Status >= 500 {
		return answer.Err.Error()
	}
	if answer.Status == 400 || answer.Status == 308 {
		return ""
	}
	for _, path := range paths {
		at := slices.IndexFunc(sorted, func(r *route) bool { return r.pattern.matches(path) })
		switch {
		case at < 0 && answer.Status == 0:
			return fmt.Sprintf("no route matches, and it is sent to an origin as %q", answer.URI)
		case at < 0:
			continue
		}
		want := sorted[at]
		switch {
		case answer.Status == 404 && want.target.config.IndexDocument == nil:
			return fmt.Sprintf("it belongs to %q, and is not found", want.pattern)
		case answer.Status == 404:
		case answer.Origin != hash(want.ticket()):
			return fmt.Sprintf("it belongs to %q, and another origin is asked", want.pattern)
		case answer.Headers["x-cfrouter-route"] != keys[at]:
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
