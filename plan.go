package cfrouter

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/glob"
)

// Planning is plain Go: from what was declared with AddRoute it derives the
// order of the routes, the behaviors and the table of the edge function. Only
// the files that emit constructs talk to the CDK.

// plan is what a Router will be.
type plan struct {
	routes    []*route            // most specific first
	hosts     []string            // those that routes name, and "" as the last
	byHost    map[string][]*route // those that are tried for a host, before the ones of wider hosts
	owners    map[*route]bool     // the routes that have behaviors of their own
	behaviors []*plannedBehavior  // without the default
	standard  *plannedBehavior    // the default behavior
	problems  []string
}

// plannedBehavior is one cache behavior of the distribution.
type plannedBehavior struct {
	path     string   // its path pattern, "/*" for the default
	owner    pattern  // what it was made for, without a host
	routes   []*route // those that its requests can belong to
	settings joint
	origin   *boundTarget // nil if the edge answers every request
	responds bool         // responses may have to be changed
}

// newPlan plans the routes of a Router.
func newPlan(routes []*route, dispatch Dispatch) *plan {
	p := &plan{routes: slices.SortedFunc(slices.Values(routes), compareRoutes)}
	p.groupByHost()
	if p.owners = allOwners(p.routes); dispatch == Dispatch_EDGE {
		p.owners = edgeOwners(p.routes)
	}
	p.planBehaviors()
	for _, b := range p.everyBehavior() {
		p.route(b)
		p.settle(b)
	}
	p.place()
	if dispatch == Dispatch_EDGE {
		p.selectCached()
	}
	p.limitOrigins(dispatch)
	return p
}

// selectCached has the edge choose the origins of all that is cached. The key of a
// listed route is made of its path and of the origin that it chooses (see edgefn),
// so that a route which chooses none would take the more room.
func (p *plan) selectCached() {
	for _, r := range p.routes {
		for _, d := range r.destinations {
			d.placed.selected = d.placed.selected || d.wants.cached && !d.target.readOnly
		}
	}
}

// placeAnywhere is for a Router whose own code may change a path before it is
// routed: any route can then be served by any behavior.
func (p *plan) placeAnywhere() {
	for _, b := range p.everyBehavior() {
		for _, r := range p.routes {
			for _, d := range r.destinations {
				b.settings.place(d)
				d.placed.selected = !d.target.readOnly
			}
		}
	}
}

func (p *plan) everyBehavior() []*plannedBehavior {
	return append(slices.Clip(p.behaviors), p.standard)
}

// groupByHost finds out which routes are tried for each host. One for every host
// takes part among those of a host with a route for "/" as if it named it: other
// hosts hide nothing.
func (p *plan) groupByHost() {
	p.byHost = map[string][]*route{"": nil}
	var everywhere []*route
	for _, r := range p.routes {
		p.byHost[r.pattern.host] = append(p.byHost[r.pattern.host], r)
		if value(r.options.EveryHost, false) {
			everywhere = append(everywhere, r)
		}
	}
	for host, own := range p.byHost {
		if host != "" && slices.ContainsFunc(own, func(r *route) bool { return r.pattern.isRoot() }) {
			p.byHost[host] = withEverywhere(own, everywhere)
		}
	}
	p.hosts = slices.SortedFunc(maps.Keys(p.byHost), compareHosts)
}

// withEverywhere adds to the routes of a host those for every host, but for the
// ones whose pattern the host has a route for that leaves them nothing.
func withEverywhere(own, everywhere []*route) []*route {
	taken := map[pattern]bool{}
	for _, r := range own {
		taken[r.pattern.anyHost()] = taken[r.pattern.anyHost()] || r.always()
	}
	out := slices.Clone(own)
	for _, r := range everywhere {
		if !taken[r.pattern] {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b *route) int {
		if c := comparePatterns(a.pattern.anyHost(), b.pattern.anyHost()); c != 0 {
			return c
		}
		return comparePatterns(a.pattern, b.pattern) // its own first
	})
	return out
}

// anyHost is the pattern without its host, which CloudFront does not look at.
func (p pattern) anyHost() pattern {
	p.host = ""
	return p
}

// allOwners gives behaviors of their own to all routes but those that the edge
// answers: they need none, whatever behavior their requests come by.
func allOwners(sorted []*route) map[*route]bool {
	own := map[*route]bool{}
	for _, r := range sorted {
		own[r] = len(r.destinations) > 0
	}
	return own
}

// planBehaviors lists the behaviors of the owners in the order in which
// CloudFront has to try them. Routes that differ by their host or conditions
// alone share theirs. Where an exact route takes the bare path of a prefix, the
// prefix leaves it out, as CloudFront refuses a path pattern that is there twice.
func (p *plan) planBehaviors() {
	p.standard = &plannedBehavior{path: "/*", owner: pattern{kind: edgefn.Prefix, path: "/"}}
	var own []pattern
	for _, r := range p.routes {
		if p.owners[r] && !r.pattern.isRoot() {
			own = append(own, r.pattern.anyHost())
		}
	}
	slices.SortFunc(own, comparePatterns)
	taken := map[string]bool{}
	for _, owner := range slices.Compact(own) {
		for _, path := range owner.behaviors() {
			if !taken[path] {
				taken[path] = true
				p.behaviors = append(p.behaviors, &plannedBehavior{path: path, owner: owner})
			}
		}
	}
}

// route finds the routes that the requests of a behavior can belong to. For each
// host they are tried in order; what belongs to one with behaviors of its own
// that come earlier does not get here.
func (p *plan) route(b *plannedBehavior) {
	known := map[*route]bool{}
	complete := false
	for _, host := range p.hosts {
		complete = false
		for _, r := range p.byHost[host] {
			overlaps, covers := r.pattern.meets(b.path)
			if !overlaps || p.servedBefore(r, b) {
				continue
			}
			if !known[r] {
				known[r] = true
				b.routes = append(b.routes, r)
			}
			if covers && r.always() {
				complete = true
				break
			}
		}
	}
	// What no route takes, and what leads to no origin, is answered by the edge, and
	// whatever its method: if CloudFront lets the behavior allow it.
	b.settings.answers = !complete || slices.ContainsFunc(b.routes, func(r *route) bool { return r.row.Answer != nil })
	if slices.ContainsFunc(b.routes, (*route).readOnly) {
		b.settings.answers = false
	}
}

// servedBefore reports whether all requests of a route come by behaviors that are
// before another one.
func (p *plan) servedBefore(r *route, b *plannedBehavior) bool {
	if p.owners[r] {
		return comparePatterns(r.pattern.anyHost(), b.owner) < 0
	}
	for _, before := range p.behaviors {
		if comparePatterns(before.owner, b.owner) >= 0 {
			return false
		}
		if relation, _ := relate(r.pattern.anyHost(), before.owner); relation == narrower || relation == equal {
			return true
		}
	}
	return false
}

// readOnly reports whether the route leads to an origin group, for which CloudFront
// takes no writes.
func (r *route) readOnly() bool {
	return slices.ContainsFunc(r.destinations, func(d *destination) bool { return d.target.readOnly })
}

// meets reports whether the pattern matches some, and whether it matches all of
// the paths of a behavior.
func (p pattern) meets(path string) (overlaps, covers bool) {
	below, isTree := strings.CutSuffix(path, "/*")
	switch {
	case p.isRoot():
		return true, true
	case path == "/*":
		return true, false
	case p.kind != edgefn.Glob && !strings.ContainsAny(path, "*?"):
		return p.matches(path), p.matches(path)
	case p.kind != edgefn.Glob && isTree && !strings.ContainsAny(below, "*?"):
		covers = p.kind == edgefn.Prefix && strings.HasPrefix(below+"/", p.path+"/")
		return covers || strings.HasPrefix(p.path, below+"/"), covers
	}
	own, other := p.behaviors(), glob.Set{path}
	_, overlaps = own.Overlap(other)
	if overlaps {
		_, covers = own.Contains(other)
	}
	return overlaps, covers
}

// settle joins the settings of all that a behavior serves.
func (p *plan) settle(b *plannedBehavior) {
	var first *route
	for _, r := range b.routes {
		b.settings.look(r)
		b.responds = b.responds || r.completeRow(nil).Responds()
		for _, d := range r.destinations {
			if difference := b.settings.add(d.wants); difference != "" {
				p.report(notTogether(b.owner.behaviors()[0], first, r, difference))
				return
			}
			b.origin, first = d.target, r
		}
	}
	if b.origin == nil {
		b.settings.wants = answered()
	}
	p.report(b.mixedObjects())
}

// report adds a problem, once if the two behaviors of a prefix have it, and none if
// it is "".
func (p *plan) report(problem string) {
	if problem != "" && !slices.Contains(p.problems, problem) {
		p.problems = append(p.problems, problem)
	}
}

// place tells the destinations how the behaviors serve them.
func (p *plan) place() {
	for _, b := range p.everyBehavior() {
		for _, r := range b.routes {
			for _, d := range r.destinations {
				b.settings.place(d)
				d.placed.selected = d.placed.selected || d.target != b.origin
				p.report(b.groupProblem(r, d))
			}
		}
	}
}

// groupProblem is about origin groups, which have less to choose from.
func (b *plannedBehavior) groupProblem(r *route, d *destination) string {
	switch {
	case !d.target.readOnly:
	case d.target != b.origin:
		return fmt.Sprintf("pattern %q leads to an origin group, and shares the behavior %q with another target: CloudFront lets an edge function choose single origins only. Put the route under a path of its own", r.pattern, b.path)
	case b.settings.methods == everyMethod:
		return fmt.Sprintf("pattern %q leads to an origin group, for which CloudFront takes GET, HEAD and OPTIONS only, and the behavior %q has to allow every method for others: put the route under a path of its own", r.pattern, b.path)
	}
	return ""
}

// table is the route table of the edge function.
func (p *plan) table() edgefn.Table {
	keys := p.keys()
	var table edgefn.Table
	for _, host := range p.hosts {
		for _, r := range p.byHost[host] {
			row := r.completeRow(keys)
			row.Host = host
			table.Routes = append(table.Routes, row)
		}
	}
	return table
}

// completeRow is the row of the route with its destinations.
func (r *route) completeRow(keys map[*destination]string) edgefn.Route {
	row := r.row
	var destinations []edgefn.Destination
	for _, d := range r.destinations {
		destinations = append(destinations, d.row(keys[d]))
	}
	switch {
	case row.Split != nil:
		split := *row.Split
		split.Destinations = destinations
		row.Split = &split
	case len(destinations) > 0:
		row.Destination = destinations[0]
	}
	return row
}

// row is what the table says of a destination.
func (d *destination) row(key string) edgefn.Destination {
	to := edgefn.Destination{
		Key:       key,
		Index:     d.target.config.IndexDocument,
		Base:      d.target.base,
		Forwards:  d.wants.forwards || d.placed.forwards,
		Methods:   d.placed.methods,
		Unique:    d.placed.unique,
		Plain:     d.placed.plain,
		Documents: d.target.config.Documents,
	}
	switch {
	case d.placed.elsewhere:
		to.Elsewhere = d.target.config.elsewhere
	case d.placed.selected:
		to.Origin = d.target.originId
	}
	return to
}

// keys are the values of x-cfrouter-route: for each cached destination a hash of
// what it is, as short as keeps all of them apart.
func (p *plan) keys() map[*destination]string {
	for length := 6; ; length++ {
		if keys := p.keysOfLength(length); keys != nil {
			return keys
		}
	}
}

// keysOfLength are nil if two of them are equal.
func (p *plan) keysOfLength(length int) map[*destination]string {
	keys := map[*destination]string{}
	seen := map[string]bool{}
	for _, r := range p.routes {
		for _, d := range r.destinations {
			if !d.wants.cached {
				continue
			}
			key := hash(r.name() + "\x00" + d.target.key)[:length]
			if seen[key] {
				return nil
			}
			seen[key] = true
			keys[d] = key
		}
	}
	return keys
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
