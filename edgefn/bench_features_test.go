package edgefn_test

import (
	"cmp"
	"fmt"
	"os/exec"
	"slices"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
)

// BenchmarkFeatures counts what a request costs that asks for what one of four routes
// does, as [BenchmarkInstructions] counts, and in the end what one to another route of
// such a table does. Run it with:
//
//	go test ./edgefn -run '^$' -bench Features -benchtime 1x -v
func BenchmarkFeatures(b *testing.B) {
	for _, tool := range []string{"njs", "valgrind"} {
		if _, err := exec.LookPath(tool); err != nil {
			b.Skip(err)
		}
	}
	rows := features(b)
	for b.Loop() {
		floor := floorOf(b)
		for _, row := range rows {
			row.measure(b, floor)
		}
	}
	slices.SortStableFunc(rows, func(a, b *measured) int { return cmp.Compare(a.instructions, b.instructions) })
	out := fmt.Sprintf("%-56s %6s %6s %12s\n", "", "bytes", "reads", "instructions")
	for _, row := range rows {
		out += fmt.Sprintf("%-56s %6d %6d %12.0f\n", row.name, len(row.program.Request), row.reads, row.instructions)
	}
	b.Log("\n" + out)
}

// features are tables of four routes, of which one does something.
func features(b *testing.B) []*measured {
	const path, other = "/service00", "/service01"
	under := func(change func(*edgefn.Route)) edgefn.Table {
		routes := prefixes(4, customOrigin)
		change(&routes[0])
		return edgefn.Table{Routes: routes}
	}
	documents := func(d edgefn.Documents) edgefn.Table {
		return under(func(r *edgefn.Route) { *r = at(path, site(d)) })
	}
	answering := func(answer edgefn.Response) edgefn.Table {
		return under(func(r *edgefn.Route) { r.Answer = &answer })
	}
	before := func(code *edgefn.Source) edgefn.Table {
		return under(func(r *edgefn.Route) { r.Code.BeforeRequest = code })
	}
	split := func(change func(*edgefn.Split)) edgefn.Table {
		s := canary(90, 10)
		change(&s)
		return under(func(r *edgefn.Route) { r.Split = &s })
	}
	reading := &edgefn.Source{Code: "async function handler(event) { event.request.headers['x-own'] = { value: await cf.kvs().get('k') }; return event.request; }"}
	plain := edgefn.Table{Routes: prefixes(4, customOrigin)}
	content := documents(edgefn.Documents{NotFound: "/404.html", Content: []string{"/404.html", "/index.html", "/users.html"}})
	byCookie := split(func(*edgefn.Split) {})
	var rows []*measured
	for _, feature := range []struct {
		name  string
		table edgefn.Table
		path  string // that is asked for, and what is below it
	}{
		{"nothing but stripping the prefix", plain, path},
		{"NewResponseTarget", answering(edgefn.Response{Status: 200, Body: "ok"}), path},
		{"bucket with an index document", under(func(r *edgefn.Route) { *r = objectStore(path) }), path},
		{"origin selected", edgefn.Table{Routes: prefixes(4, selectedOrigin)}, path},
		{"FallbackDocument", documents(edgefn.Documents{Fallback: "/index.html"}), path},
		{"CleanUrls_HTML", documents(edgefn.Documents{Clean: edgefn.HtmlFiles}), path},
		{"condition on a header", under(func(r *edgefn.Route) {
			r.When = []edgefn.Condition{{Subject: edgefn.Header, Name: "accept", Values: []string{"*/*"}}}
		}), path},
		{"RestorePrefix, on the request", under(func(r *edgefn.Route) { r.Restore = true }), path},
		{"code of your own that sets a header", before(own("event.request.headers['x-own'] = { value: '1' }; return event.request;")), path},
		{"CleanUrls_HTML and Immutable", documents(edgefn.Documents{Clean: edgefn.HtmlFiles, Immutable: []string{"/assets/*"}}), path},
		{"Maintenance, off", edgefn.Table{Routes: plain.Routes, Maintenance: &edgefn.Response{}}, path},
		{"Content with NotFoundDocument", content, path},
		{"redirect that keeps path and query string", answering(edgefn.Response{Status: 308, Location: "/new", KeepPath: true, KeepQuery: true}), path},
		{"rewrite by one rule", under(func(r *edgefn.Route) {
			r.Rewrites = []edgefn.Rewrite{{Match: "^/(.*)$", Replace: "/v2/$1"}}
		}), path},
		{"code of your own that reads the store", before(reading), path},
		{"split by a header", split(func(s *edgefn.Split) { s.Cookie, s.Header = "", "user-agent" }), path},
		{"a path with an escape, on any route", plain, path + "/a%20b"},
		{"split by a cookie, for a viewer who has none", byCookie, path},
		{"Query, four parameters", under(func(r *edgefn.Route) {
			r.Query = &edgefn.Query{Deny: edgefn.TrackingParameters}
		}), path + "/x?b=2&a=1&utm_source=news&c="},

		{"a plain route beside a split", byCookie, other},
		{"a plain route beside a site with Content", content, other},
	} {
		asked := edgefn.Route{Path: feature.path, Destination: feature.table.Routes[0].Destination}
		row := &measured{name: feature.name, program: composed(b, feature.table), routes: []edgefn.Route{asked}}
		// What the code of a user reads is the user's to store.
		row.program.Entries = append(row.program.Entries, edgefn.Entry{Key: "k", Value: "1"})
		rows = append(rows, row)
	}
	return rows
}
