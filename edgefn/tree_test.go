package edgefn_test

import (
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
)

// Globs that match everywhere between the prefixes are in the code once, and not
// between each two of them.
func TestSharedLeaves(t *testing.T) {
	routes := append(services(30, 5), glob("/*.jpg"), glob("/service01*.css"), glob("/*/a?c/*"), prefix("/"))
	sortRoutes(routes)
	program := composed(t, edgefn.Table{Routes: routes})
	for _, text := range []string{`\.jpg`, `\/a.c\/`} {
		if n := strings.Count(program.Request, text); n > 2 || n == 0 {
			t.Errorf("%s is in the code %d times:\n%s", text, n, program.Request)
		}
	}
	checkNearby(t, routes, program)
}

// What one leaf has is written there.
func TestLeavesOfTheirOwn(t *testing.T) {
	if code := compose(t, append(services(30, 5), glob("/service1*.css"), prefix("/"))); strings.Contains(code, "route>32") {
		t.Errorf("a leaf is led to by its number:\n%s", code)
	}
}
