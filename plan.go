package cfrouter

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/glob"
)

// Planning is plain Go: from what was declared with AddRoute it derives the
// order of the routes, the behaviors and the table of the edge function. Only
// the files that emit constructs talk to the CDK.

// route is one declared route.
type route struct {
	pattern pattern
	text    string // the pattern as it was written, for messages
	options *RouteOptions
	strip   string
	target  *boundTarget

	cached    bool // objects of this route can be in CloudFront's cache
	ownKey    bool // by a policy that was passed in, whose key the Router leaves alone
	keysRoute bool // although passed in, that policy names the Router's header
	forwards  bool // the origin is sent headers of the viewer's
	writes    bool // requests with a body are let through
}

// newRoute checks what can be checked of a route by itself.
func newRoute(text *string, target Target, options *RouteOptions) (*route, error) {
	if text == nil {
		return nil, fmt.Errorf(`pattern is nil: write "/" for the route that takes every path, or a path such as "/api"`)
	}
	r := &route{text: *text, options: merged(options)}
	var err error
	if r.pattern, err = parsePattern(*text, value(r.options.Exact, false)); err != nil {
		return nil, err
	}
	if isNil(target) {
		return nil, fmt.Errorf("pattern %q has a nil target: pass one, such as NewBucketTarget(bucket, nil) or NewUrlTarget(url, nil)", *text)
	}
	r.strip, err = stripped(r.pattern, r.options.StripPrefix)
	return r, err
}

// stripped is what a route takes off the beginning of a path.
func stripped(p pattern, wanted *bool) (string, error) {
	if !value(wanted, p.kind == edgefn.Prefix) {
		return "", nil
	}
	strip := p.strippable()
	if strip != "" || wanted == nil {
		return strip, nil
	}
	switch {
	case p.kind == edgefn.Exact:
		return "", fmt.Errorf("pattern %q is matched exactly and cannot be stripped, since nothing would be left: leave out StripPrefix", p.path)
	case p.isRoot():
		return "", fmt.Errorf("pattern %q has no prefix to strip: leave out StripPrefix", p.path)
	}
	return "", fmt.Errorf("pattern %q has no whole directory before its first wildcard, so there is nothing to strip: leave out StripPrefix", p.path)
}

// conflict explains why two routes cannot both belong to one Router; nil if they
// can.
func conflict(added, other *route) error {
	if r, _ := relate(added.pattern, other.pattern); r == equal {
		return fmt.Errorf("pattern %q matches the same paths as %q, which is a route already: keep one of them", added.text, other.text)
	}
	for _, pair := range [2][2]*route{{added, other}, {other, added}} {
		prefix, below := pair[0].pattern, pair[1].pattern
		if prefix.kind == edgefn.Prefix && below.kind == edgefn.Glob && below.path == prefix.path+"/*" {
			return fmt.Errorf("patterns %q and %q stand side by side: %q already takes everything below it; keep %q, or, if the path %q itself is to go elsewhere, keep %q and add %q with Exact",
				pair[0].text, pair[1].text, prefix.path, prefix.path, prefix.path, below.path, prefix.path)
		}
	}
	return nil
}

// ticket names the behavior of a route in the distribution until the order of
// all routes is known. No behavior added otherwise can have its form, since
// CloudFront takes no spaces in a path pattern.
func (r *route) ticket() string {
	return fmt.Sprintf("%s %s", r.pattern.path, [...]string{edgefn.Prefix: "prefix", edgefn.Exact: "exact", edgefn.Glob: "glob"}[r.pattern.kind])
}

// seen are the paths that the target can be asked for.
func (r *route) seen() glob.Set {
	if r.strip != "" {
		return glob.Set{"/*"}
	}
	paths := r.pattern.behaviors()
	for _, path := range r.pattern.behaviors() {
		if strings.ContainsRune("/*?", rune(path[len(path)-1])) {
			paths = append(paths, path+value(r.target.config.IndexDocument, ""))
		}
	}
	return paths
}

// sorted are the routes, most specific first.
func (r *router) sorted() []*route {
	return sortPatterned(r.routes, func(r *route) pattern { return r.pattern })
}

// plannedBehavior is one cache behavior of the distribution.
type plannedBehavior struct {
	path  string
	route *route
}

// planBehaviors returns the behaviors of sorted routes in the order in which
// CloudFront has to try them. The root route has none: it is the default. Where
// an exact route takes the bare path of a prefix, the prefix leaves it out, as
// CloudFront refuses a path pattern that is there twice.
func planBehaviors(sorted []*route) []plannedBehavior {
	var out []plannedBehavior
	taken := map[string]bool{}
	for _, r := range sorted {
		if r.pattern.isRoot() {
			continue
		}
		for _, path := range r.pattern.behaviors() {
			if !taken[path] {
				taken[path] = true
				out = append(out, plannedBehavior{path, r})
			}
		}
	}
	return out
}

// planTable is the route table of the edge function.
func planTable(sorted []*route) []edgefn.Route {
	keys := routeKeys(sorted)
	table := make([]edgefn.Route, len(sorted))
	for i, r := range sorted {
		table[i] = edgefn.Route{
			Kind:     r.pattern.kind,
			Path:     r.pattern.path,
			Strip:    r.strip,
			Key:      keys[i],
			Index:    r.target.config.IndexDocument,
			Forwards: r.forwards,
		}
	}
	return table
}

// routeKeys are the values of x-cfrouter-route: for each cached route a hash of
// what it is, as short as keeps all of them apart.
func routeKeys(routes []*route) []string {
	for length := 6; ; length++ {
		if keys, distinct := keysOfLength(routes, length); distinct {
			return keys
		}
	}
}

func keysOfLength(routes []*route, length int) (keys []string, distinct bool) {
	keys = make([]string, len(routes))
	seen := map[string]bool{}
	for i, r := range routes {
		if !r.cached {
			continue
		}
		keys[i] = hash(r.ticket() + "\x00" + r.target.key)[:length]
		if seen[keys[i]] {
			return nil, false
		}
		seen[keys[i]] = true
	}
	return keys, true
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
