package cfrouter

import (
	"fmt"

	"github.com/cfrouter/cfrouter/edgefn"
)

// lead binds the target of a route, or those of a split, and finds out what it
// asks of its behaviors.
func (r *router) lead(added *route, target Target) error {
	targets := []Target{target}
	switch t := target.(type) {
	case *answerTarget: // of which there may be thousands, and which make no constructs
		return added.answer(t.answer)
	case *splitTarget:
		row := t.split()
		added.row.Split, targets = &row, t.targets()
	}
	if added.hasSettings() || len(targets) > 1 { // its own defaults suit a target
		for _, target := range targets {
			if err := r.foresee(added, target); err != nil {
				return err
			}
		}
	}
	for _, target := range targets {
		bound, err := r.bind(target, added.pattern)
		if err != nil {
			return err
		}
		if bound.config.Answer != nil && added.row.Split != nil {
			return fmt.Errorf("pattern %q splits requests between targets of which %q has no origin: the edge answers it by itself, so leave it out of the split", added.written, bound.key)
		}
		if bound.config.Answer != nil {
			return added.answer(*bound.config.Answer)
		}
		wants, err := r.wantsFor(added, bound)
		if err != nil {
			return err
		}
		added.destinations = append(added.destinations, &destination{target: bound, wants: wants})
	}
	return nil
}

// wantsFor are the wants of a route to a target. Those of routes without settings
// of their own are the same for each of a target.
func (r *router) wantsFor(added *route, target *boundTarget) (*wants, error) {
	if added.hasSettings() {
		return r.wantsOf(added, target)
	}
	if target.usual == nil {
		usual, err := r.wantsOf(added, target)
		if err != nil {
			return nil, err
		}
		target.usual = usual
	}
	return target.usual, nil
}

// hasSettings reports whether the route asks for other behaviors than its target
// does.
func (r *route) hasSettings() bool { return r.options.Cache != nil || r.options.Behavior != nil }

// answer has the edge answer the route.
func (r *route) answer(answer edgefn.Response) error {
	r.row.Answer = answerUnder(r.pattern, answer)
	for _, option := range []struct {
		name  string
		given bool
	}{
		{"Cache", r.options.Cache != nil},
		{"Behavior", r.options.Behavior != nil},
		{"Rewrite", r.options.Rewrite != nil},
		{"Query", r.options.Query != nil},
		{"RestorePrefix", r.options.RestorePrefix != nil},
		{"ViewerRequest.After", r.row.Code.AfterRequest != nil},
		{"ViewerResponse", r.options.ViewerResponse != nil},
	} {
		if option.given {
			return fmt.Errorf("pattern %q has %s, which is about requests that reach an origin, and the edge answers this route by itself: leave it out", r.written, option.name)
		}
	}
	return nil
}
