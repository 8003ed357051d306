package cfrouter

import (
	"fmt"
	"slices"
	"strings"
)

// maxOrigins is CloudFront's quota of origins in a distribution.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-web-distributions)
const maxOrigins = 100

// limitOrigins leaves out of the distribution what it has no room for. With
// [Dispatch_EDGE] the edge function can send requests to servers that are none of
// its origins, if no more than their name has to be known. They take over all
// other settings from the origin of the behavior, which then has to be one that
// has none.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/helper-functions-origin-modification.html#update-request-origin-helper-function)
func (p *plan) limitOrigins(dispatch Dispatch) {
	targets := p.targets()
	excess := len(targets) - maxOrigins
	if excess <= 0 {
		return
	}
	var movable []*boundTarget
	for _, t := range targets {
		if t.config.elsewhere != "" {
			movable = append(movable, t)
		}
	}
	excess++ // the origin without settings takes a place of its own
	if dispatch != Dispatch_EDGE || len(movable) < excess {
		p.problems = append(p.problems, tooManyOrigins(len(targets), len(movable), dispatch))
		return
	}
	elsewhere := map[*boundTarget]bool{}
	for _, t := range movable[len(movable)-excess:] {
		elsewhere[t] = true
	}
	p.moveElsewhere(elsewhere)
}

func tooManyOrigins(origins, movable int, dispatch Dispatch) string {
	advice := fmt.Sprintf("with Dispatch_EDGE those of NewUrlTarget with https, the standard port and no props need be none (%d of these are)", movable)
	if dispatch == Dispatch_EDGE {
		advice = fmt.Sprintf("only those of NewUrlTarget with https, the standard port and no props need be none (%d of these are)", movable)
	}
	return fmt.Sprintf("the routes lead to %d origins, and CloudFront takes %d in a distribution: %s. Lead several routes to one target, or use a second Router on another domain name", origins, maxOrigins, advice)
}

// targets are those of all routes, each once and sorted by key.
func (p *plan) targets() []*boundTarget {
	known := map[*boundTarget]bool{}
	var out []*boundTarget
	for _, r := range p.routes {
		for _, d := range r.destinations {
			if !known[d.target] {
				known[d.target] = true
				out = append(out, d.target)
			}
		}
	}
	slices.SortFunc(out, func(a, b *boundTarget) int { return strings.Compare(a.key, b.key) })
	return out
}

// moveElsewhere takes targets out of the distribution. The behaviors that lead to
// them get the origin without settings, and all their destinations are chosen at
// the edge.
func (p *plan) moveElsewhere(elsewhere map[*boundTarget]bool) {
	for _, b := range p.everyBehavior() {
		leads := func(r *route) bool {
			return slices.ContainsFunc(r.destinations, func(d *destination) bool { return elsewhere[d.target] })
		}
		if !slices.ContainsFunc(b.routes, leads) {
			continue
		}
		b.origin = placeholder
		for _, r := range b.routes {
			for _, d := range r.destinations {
				d.placed.selected, d.placed.elsewhere = true, elsewhere[d.target]
			}
		}
	}
}

// placeholder is the origin of requests for which the edge chooses another one.
var placeholder = &boundTarget{key: nowhereId, originId: nowhereId, config: &TargetConfig{}}
