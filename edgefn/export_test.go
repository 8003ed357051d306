package edgefn

import (
	"errors"
	"fmt"

	"github.com/dop251/goja"
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
	p.stars = p.stars && t.apart()
	program, err = t.compose(p)
	if errors.Is(err, errUnsuitable) {
		return Program{}, false, nil
	}
	return program, true, err
}

// ListedKey is the key that is made at the edge for a listed route.
func ListedKey(r Route) string {
	engine := goja.New()
	for name, value := range map[string]any{"entry": r.start(), "o": r.Origin, "h": r.Elsewhere, "beside": []string{r.aside()}, "row": 0} {
		if err := engine.Set(name, value); err != nil {
			panic(err)
		}
	}
	key, err := engine.RunString("var route = " + r.identityJS() + ";" + r.madeKeyJS(r.Destination))
	if err != nil {
		panic(err)
	}
	return key.String()
}

// CheckEntries checks the size of a store.
func CheckEntries(entries []Entry) error { return checkEntries(entries) }
