package cfrouter_test

import (
	"cmp"
	"slices"
	"testing"

	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
	"github.com/cfrouter/cfrouter/cfsim"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// TestRoutingCases executes the acceptance cases against synthesized templates:
// in process and under njs, with the path as it was sent and as it is normalised.
func TestRoutingCases(t *testing.T) {
	groups, err := edgetest.Cases("testdata/routing.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range groups {
		t.Run(group.Name, func(t *testing.T) {
			stack := newStack()
			targets := newTargets(stack)
			router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
			for _, route := range group.Routes {
				router.AddRoute(jsii.String(route.Pattern), targets.get(t, route.Target), &cfrouter.RouteOptions{
					StripPrefix: route.Options.StripPrefix,
					Exact:       route.Options.Exact,
				})
			}
			template := synthesize(t, stack)
			origin := func(target string) string { return targets.ids[target] }
			group.Check(t, load(t, template), origin)
			simulated := cfsim.OpenTemplate(t, &template)
			for _, want := range group.Requests {
				checkSimulated(t, simulated, want, origin(want.Target))
			}
		})
	}
}

// checkSimulated compares a case with what the simulator says, which shares no code
// with what else these tests execute templates by.
func checkSimulated(t *testing.T, d *cfsim.Distribution, want edgetest.Case, origin string) {
	t.Helper()
	r, err := cfsim.NewRequest(cmp.Or(want.Method, "GET"), want.URL)
	if err != nil {
		t.Fatal(err)
	}
	got := d.Explain(r)
	if got.Status != want.Status || got.Origin != origin || want.URI != "" && got.URI != want.URI || want.Behavior != "" && got.Behavior != want.Behavior {
		t.Errorf("want %d %s %s by %s, got %s", want.Status, origin, want.URI, want.Behavior, got)
	}
	header := got.Functions[0].Header
	for name, value := range want.Headers {
		if values := header.Values(name); value == nil && len(values) > 0 || value != nil && !slices.Equal(values, []string{*value}) {
			t.Errorf("the header %s is %q, want %v\n%s", name, values, value, got)
		}
	}
}
