package cfrouter

import (
	"fmt"
	"slices"

	"github.com/cfrouter/cfrouter/edgefn"
)

// A cache policy that was passed in is used untouched. Unless its key names the
// Router's header, nothing in it says whose object it is for. Within a behavior that
// leads to several targets one then answers with the objects of another for certain;
// between behaviors it depends on what AWS does not say (see cache.go), and is a
// matter of warnings.

// nameRouteHeader ends the messages about such policies.
const nameRouteHeader = "a cache policy of your own (Behavior.CachePolicy) whose key does not name the header " + edgefn.RouteHeader +
	", which tells their objects apart: give Cache instead, or name it (edgefn.RouteHeader) in the policy's HeaderBehavior"

// mixedObjects explains why targets would answer with the objects of others; "" if
// they would not.
func (b *plannedBehavior) mixedObjects() string {
	if !b.settings.sharesKey() {
		return ""
	}
	for i, r := range b.routes {
		if len(r.destinations) > 1 && r.fetches() {
			return fmt.Sprintf("pattern %q divides its requests among several targets, and has %s", r.pattern, nameRouteHeader)
		}
		for _, other := range b.routes[:i] {
			if r.asksLike(other) {
				return fmt.Sprintf("patterns %q and %q ask different targets for the same paths, and have %s", other.pattern, r.pattern, nameRouteHeader)
			}
		}
	}
	return ""
}

// asksLike reports whether what may be cached of two routes is asked of different
// targets under one uri, whatever paths their viewers asked for.
func (r *route) asksLike(other *route) bool {
	if !r.fetchesElsewhere(other) {
		return false
	}
	_, overlap := r.seen().Overlap(other.seen())
	return overlap
}

// fetchesElsewhere reports whether what may be cached of two routes is asked of
// different targets.
func (r *route) fetchesElsewhere(other *route) bool {
	return r.fetches() && other.fetches() && r.destinations[0].target != other.destinations[0].target
}

// cacheableMethods are those whose responses CloudFront can be told to cache.
// (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachedMethods.html)
var cacheableMethods = []string{"GET", "HEAD", "OPTIONS"}

// fetches reports whether requests of the route reach an origin whose responses can
// be cached, as far as the method goes.
func (r *route) fetches() bool {
	takes := func(method string) bool {
		return !slices.ContainsFunc(r.row.When, func(c edgefn.Condition) bool {
			return c.Subject == edgefn.Method && slices.Contains(c.Values, method) == c.Not
		})
	}
	return len(r.destinations) > 0 && slices.ContainsFunc(cacheableMethods, takes)
}
