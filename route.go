package cfrouter

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/glob"
)

// route is one declared route.
type route struct {
	pattern pattern
	written string // the pattern as it was written, for messages
	options *RouteOptions
	strip   string
	number  int // in the order of declaration

	row          edgefn.Route   // its row of the table, as far as the route alone decides
	destinations []*destination // where it can lead to; none if the edge answers by itself
}

// destination is one of the places where a route leads to.
type destination struct {
	target *boundTarget
	wants  *wants
	placed placement
}

// placement is what follows for a destination from the behaviors that serve it.
type placement struct {
	selected  bool   // its origin is chosen at the edge
	elsewhere bool   // its origin is none of the distribution's
	unique    bool   // a behavior caches, and this destination must not be cached
	plain     bool   // a behavior forwards what this object store must not see
	forwards  bool   // a behavior forwards or keys headers that must tell the truth
	methods   string // those let through where a behavior allows more; else ""
}

// newRoute checks what can be checked of a route by itself. The names are the
// Router's domain names.
func newRoute(written *string, target Target, options *RouteOptions, names []string) (*route, error) {
	if written == nil {
		return nil, fmt.Errorf(`pattern is nil: write "/" for the route that takes every path, or a path such as "/api"`)
	}
	r := &route{written: *written, options: merged(options)}
	var err error
	if r.pattern, err = parsePattern(*written, value(r.options.Exact, false), names); err != nil {
		return nil, err
	}
	if isNil(target) {
		return nil, fmt.Errorf("pattern %q has a nil target: pass one, such as NewBucketTarget(bucket, nil) or NewUrlTarget(url, nil)", *written)
	}
	if r.strip, err = stripped(r.pattern, r.options.StripPrefix); err != nil {
		return nil, err
	}
	if r.row, err = r.newRow(); err != nil {
		return nil, fmt.Errorf("pattern %q: %w", *written, err)
	}
	return r, nil
}

// newRow is what pattern and options say of the route's row.
func (r *route) newRow() (edgefn.Route, error) {
	row := edgefn.Route{Kind: r.pattern.kind, Path: r.pattern.path, Host: r.pattern.host, Strip: r.strip}
	if value(r.options.EveryHost, false) && r.pattern.host != "" {
		return row, fmt.Errorf("EveryHost is for a route without a host, and this one has the host %q: leave one of them out", r.pattern.host)
	}
	var errs [4]error
	row.When, errs[0] = conditionsOf(r.options)
	row.Rewrites, errs[1] = rewritesOf(r.options)
	row.Query, errs[2] = queryOf(r.options)
	if row.Restore = value(r.options.RestorePrefix, false); row.Restore && r.strip == "" {
		errs[3] = fmt.Errorf("RestorePrefix puts back what is stripped, and nothing is: leave it out, or set StripPrefix")
	}
	row.Code = hooksOf(fmt.Sprintf(" of pattern %q", r.pattern.text()), r.options.ViewerRequest, r.options.ViewerResponse)
	return row, cmp.Or(errs[0], errs[1], errs[2], errs[3])
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
		return "", fmt.Errorf("pattern %q is matched exactly and cannot be stripped, since nothing would be left: leave out StripPrefix", p.text())
	case p.isRoot():
		return "", fmt.Errorf("pattern %q has no prefix to strip: leave out StripPrefix", p.text())
	}
	return "", fmt.Errorf("pattern %q has no whole directory before its first wildcard, so there is nothing to strip: leave out StripPrefix", p.text())
}

// compareRoutes puts the more specific route first. Of routes for the same
// pattern those with more conditions come first, then those declared first.
func compareRoutes(a, b *route) int {
	return cmp.Or(
		comparePatterns(a.pattern, b.pattern),
		-cmp.Compare(len(a.row.When), len(b.row.When)),
		cmp.Compare(a.number, b.number),
	)
}

// conflict explains why two routes cannot both belong to one Router; nil if they
// can.
func conflict(added, other *route) error {
	if r, _ := relate(added.pattern, other.pattern); r == equal {
		return samePattern(added, other)
	}
	if len(added.row.When) > 0 || len(other.row.When) > 0 {
		return nil
	}
	for _, pair := range [2][2]*route{{added, other}, {other, added}} {
		prefix, below := pair[0].pattern, pair[1].pattern
		if prefix.host == below.host && prefix.kind == edgefn.Prefix && below.kind == edgefn.Glob && below.path == prefix.path+"/*" {
			return fmt.Errorf("patterns %q and %q stand side by side: %q already takes everything below it; keep %q, or, if the path %q itself is to go elsewhere, keep %q and add %q with Exact",
				pair[0].written, pair[1].written, prefix, prefix, prefix.path, below, prefix)
		}
	}
	return nil
}

// samePattern explains why one of two routes for the same requests is never
// reached; nil if both can be.
func samePattern(added, other *route) error {
	first, second := added, other
	if compareRoutes(second, first) < 0 {
		first, second = second, first
	}
	switch {
	case len(first.row.When) == 0:
		return fmt.Errorf("pattern %q matches the same paths as %q, which is a route already: keep one of them, or give one of them conditions (When)", added.written, other.written)
	case len(second.row.When) > 0 && edgefn.Implies(second.row.When, first.row.When):
		return fmt.Errorf("pattern %q has two routes of which the second is never reached: whatever fulfils its conditions fulfils those of the first, which is tried before it; leave one out, or look at something else in When", added.written)
	}
	return nil
}

// name is what a route is: no two routes of a Router have the same.
func (r *route) name() string {
	kind := [...]string{edgefn.Prefix: "prefix", edgefn.Exact: "exact", edgefn.Glob: "glob"}[r.pattern.kind]
	if len(r.row.When) == 0 {
		return fmt.Sprintf("%s %s", r.pattern.text(), kind)
	}
	return fmt.Sprintf("%s %s %+v", r.pattern.text(), kind, r.row.When)
}

// seen are the paths that the targets can be asked for.
func (r *route) seen() glob.Set {
	if r.strip != "" || len(r.row.Rewrites) > 0 {
		return glob.Set{"/*"}
	}
	paths := r.pattern.behaviors()
	for _, path := range r.pattern.behaviors() {
		for _, d := range r.destinations {
			if strings.ContainsRune("/*?", rune(path[len(path)-1])) {
				paths = append(paths, path+value(d.target.config.IndexDocument, ""))
			}
		}
	}
	return paths
}

// always reports whether the route matches every request for its paths.
func (r *route) always() bool { return len(r.row.When) == 0 }

// routeIndex finds the routes that a new one could be in conflict with, without
// looking at each of thousands.
type routeIndex struct {
	all, globs []*route
	plain      map[pattern][]*route
}

func (x *routeIndex) add(r *route) {
	if x.plain == nil {
		x.plain = map[pattern][]*route{}
	}
	x.all = append(x.all, r)
	if r.pattern.kind == edgefn.Glob {
		x.globs = append(x.globs, r)
	} else {
		x.plain[r.pattern] = append(x.plain[r.pattern], r)
	}
}

// near are the routes whose paths may be those of another or overlap them
// without containing them: of two plain paths only equal ones do.
func (x *routeIndex) near(r *route) []*route {
	if r.pattern.kind == edgefn.Glob {
		return x.all
	}
	return append(slices.Clip(x.globs), x.plain[r.pattern]...)
}
