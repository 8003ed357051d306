package cfrouter_test

import (
	"testing"

	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
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
			group.Check(t, load(t, synthesize(t, stack)), func(target string) string { return targets.ids[target] })
		})
	}
}
