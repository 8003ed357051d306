package edgefn

import (
	"errors"
	"fmt"
)

// Plan is one of the ways to lay out a table.
type Plan = plan

// Plans are all of them, but those that use the store with values so short that
// small tables need several.
func Plans() []Plan {
	var plans []Plan
	for _, p := range (Table{Store: true}).plans() {
		switch {
		case p.Layout != LayoutStore:
			plans = append(plans, p)
		case p.value == maxStoreValue:
			p.value = 120
			plans = append(plans, p)
		}
	}
	return plans
}

func (p plan) String() string {
	names := [...]string{"tree", "chunks", "store"}
	out := names[p.Layout]
	if p.width > 0 {
		out += fmt.Sprintf(" of %d", p.width)
	}
	if p.cut {
		out += " cut"
	}
	if p.hosts {
		out += " with hosts"
	}
	if p.levels > 1 {
		out += " and index"
	}
	if p.value > 0 {
		out += fmt.Sprintf(", values of %d", p.value)
	}
	return out
}

// ComposeBy composes a table by one plan, whatever the size of the program. It
// reports whether the table can be laid out so.
func ComposeBy(t Table, p Plan) (program Program, ok bool, err error) {
	t.Routes = withBarePrefixes(t.Routes)
	program, err = t.compose(p)
	if errors.Is(err, errUnsuitable) {
		return Program{}, false, nil
	}
	return program, true, err
}

// CheckEntries checks the size of a store.
func CheckEntries(entries []Entry) error { return checkEntries(entries) }
