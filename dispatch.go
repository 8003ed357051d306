package cfrouter

import "slices"

// With [Dispatch_EDGE] a route has behaviors of its own only if its settings do
// not suit those that would serve it otherwise.

// served is a behavior as far as it is planned: the paths it is for, and its
// settings.
type served struct {
	paths    pattern
	settings joint
	group    bool // it leads to an origin group, which takes no writes
}

// edgeOwners are the routes that need behaviors of their own. They are looked for
// from the widest paths to the narrowest: each is served by the narrowest that
// was found before, and where it overlaps others by those as well.
func edgeOwners(sorted []*route) map[*route]bool {
	widest := slices.Clone(sorted)
	slices.SortStableFunc(widest, func(a, b *route) int {
		return -comparePatterns(a.pattern.anyHost(), b.pattern.anyHost())
	})
	behaviors := []*served{{paths: pattern{path: "/"}, settings: usual(widest)}}
	own := map[*route]bool{}
	for _, r := range widest {
		switch {
		case len(r.destinations) == 0, !r.readOnly() && r.joins(behaviors):
			continue
		case r.pattern.isRoot(): // which has the default behavior, whatever else has it
			behaviors[0].lead(r)
			continue
		}
		own[r] = true
		made := &served{paths: r.pattern.anyHost()}
		made.lead(r)
		behaviors = append(behaviors, made)
	}
	return own
}

// lead has a behavior lead where a route does.
func (b *served) lead(r *route) {
	b.group = b.group || r.readOnly()
	for _, d := range r.destinations {
		b.settings.add(d.wants)
	}
}

// usual are the settings that the default behavior begins with: those of a route
// for every path, or else those that most routes have.
func usual(widest []*route) joint {
	counts := map[[2]string]int{}
	var best *wants
	for _, r := range widest {
		for _, d := range r.destinations {
			if r.pattern.isRoot() {
				return joint{}
			}
			if d.wants.sharesKey() {
				continue // which gets a behavior of its own, see joins
			}
			kind := [2]string{d.wants.print, d.wants.cachePrint}
			if counts[kind]++; best == nil || counts[kind] > counts[[2]string{best.print, best.cachePrint}] {
				best = d.wants
			}
		}
	}
	var j joint
	if best != nil {
		j.add(best)
	}
	return j
}

// joins adds the route to the behaviors that would serve it, and reports whether
// their settings suit it.
func (r *route) joins(behaviors []*served) bool {
	var serving []*served
	var settings []joint
	for _, b := range slices.Backward(behaviors) {
		relation, _ := relate(r.pattern.anyHost(), b.paths)
		if relation == disjoint {
			continue
		}
		joined := b.settings
		for _, d := range r.destinations {
			if joined.add(d.wants) != "" || joined.sharesKey() {
				return false
			}
		}
		if b.group && joined.writes() {
			return false
		}
		serving, settings = append(serving, b), append(settings, joined)
		if relation == narrower || relation == equal {
			break
		}
	}
	for i, b := range serving {
		b.settings = settings[i]
	}
	return true
}
