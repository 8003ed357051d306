package cfn

import (
	"fmt"
	"strings"
)

// checkCycles refuses resources that need each other, as CloudFormation does.
func (r *resolver) checkCycles(s *scope) error {
	const running, done = 1, 2
	state := map[string]int{}
	var chain []string
	var visit func(id string) error
	visit = func(id string) error {
		chain = append(chain, id)
		defer func() { chain = chain[:len(chain)-1] }()
		switch state[id] {
		case running:
			start := 0
			for chain[start] != id {
				start++
			}
			return fmt.Errorf("circular: %s: resources cannot need each other", strings.Join(chain[start:], " → "))
		case done:
			return nil
		}
		state[id] = running
		for _, next := range s.edges[id] {
			if err := visit(next); err != nil {
				return err
			}
		}
		state[id] = done
		return nil
	}
	for id := range sorted(s.present) {
		if err := visit(id); err != nil {
			return fail(s.stack, err, "Resources")
		}
	}
	return nil
}
