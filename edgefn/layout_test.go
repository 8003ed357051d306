package edgefn_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// A deployment is a table that is laid out by a plan, in front of its origins.
type deployment struct {
	routes  reference
	program edgefn.Program
	d       *edgetest.Distribution
	// keys are the routes' own by those that are made at the edge for listed routes.
	keys map[string]string
}

// deploy returns nil if the table cannot be laid out so.
func deploy(t testing.TB, routes []edgefn.Route, plan edgefn.Plan) *deployment {
	t.Helper()
	program, ok, err := edgefn.ComposeBy(edgefn.Table{Routes: routes, Store: true}, plan)
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		return nil
	}
	return deployProgram(t, routes, program)
}

func deployProgram(t testing.TB, routes []edgefn.Route, program edgefn.Program) *deployment {
	t.Helper()
	if problems := edgefn.Check(program.Request, edgefn.Runtime2); problems != nil {
		t.Fatalf("%v in:\n%s", problems, program.Request)
	}
	d := &deployment{routes: routes, program: program, keys: map[string]string{}}
	for _, r := range routes {
		if r.Key == "" {
			continue
		}
		made := edgefn.ListedKey(r)
		if other, found := d.keys[made]; found {
			t.Fatalf("%s%s and another route, which has the key %s, are both cached under %q", r.Host, r.Path, other, made)
		}
		d.keys[made] = r.Key
	}
	d.d = deployed(t, program, originsOf(routes)...)
	return d
}

// originsOf are the ids of the origins that routes lead to.
func originsOf(routes []edgefn.Route) []string {
	var ids []string
	for _, r := range routes {
		if r.Origin != "" {
			ids = append(ids, r.Origin)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// maxReads is how often a request may read from the key-value store.
const maxReads = 3

// send returns answers with the routes' own keys.
func (d *deployment) send(t testing.TB, engine edgetest.Engine, requests ...edgetest.Request) []edgetest.Answer {
	t.Helper()
	answers := send(t, engine, d.d, requests...)
	for i, a := range answers {
		if key, found := d.keys[a.Headers[edgefn.RouteHeader]]; found {
			a.Headers[edgefn.RouteHeader] = key
		}
		if a.Reads > maxReads {
			t.Errorf("%s: %d reads, want at most %d", requests[i].URL, a.Reads, maxReads)
		}
	}
	return answers
}

// compare says how an answer differs from the one that must be given, "" if it
// does not. Where it would take too many reads to find out whether a path in
// another spelling leads elsewhere, a redirect is right as well.
func (d *deployment) compare(got edgetest.Answer, r edgetest.Request) string {
	p, _, _ := strings.Cut(r.URL, "?")
	if plain := strings.ReplaceAll(normal(decode(p)), `\`, "%5C"); got.Status == 308 && got.Reads == maxReads && plain != p && strings.HasPrefix(got.Headers["location"], plain) {
		return ""
	}
	return compare(got, d.routes.answer(r))
}
