package edgefn

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// What routes have in common is in the function once. Each listed route has a code:
// a character that says which of the distinct rows it has; or two if that takes
// less, one for what routes differ in most, as a rule the origin, and one for the
// rest.

// A row is the record of a listed route: JavaScript by variable.
type row map[string]string

// match is there in a row as if it were a variable: the condition under which an
// entry that v does not come before matches.
const match = "match"

// row is the row of a listed route. What depends on the path is made at the edge,
// of the entry.
func (c *composer) row(r Route) row {
	out := row{match: r.matchJS(), "route": r.identityJS()}
	for _, s := range c.record(r.listed(c.beside)) {
		c.used[s.variable] = true
		out[s.variable] = s.js
	}
	if length, prefix, made := r.stripJS(c.hosts); made {
		out["l"], out["p"] = length, prefix
	}
	return out
}

// at is what the row sets a variable to.
func (r row) at(variable string) string { return cmp.Or(r[variable], defaults[variable], "0") }

// only is the row without other variables.
func (r row) only(variables []string) row {
	out := row{}
	for _, variable := range variables {
		if js, found := r[variable]; found {
			out[variable] = js
		}
	}
	return out
}

// text is the same for rows that are the same.
func (r row) text() string { return fmt.Sprint(map[string]string(r)) }

// variablesOf are the variables that rows set, and first those that they set to
// the most values.
func variablesOf(rows []row) []string {
	values := map[string]map[string]bool{}
	for _, r := range rows {
		for variable, js := range r {
			if values[variable] == nil {
				values[variable] = map[string]bool{}
			}
			values[variable][js] = true
		}
	}
	return slices.SortedFunc(maps.Keys(values), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(values[b]), len(values[a])), cmp.Compare(a, b))
	})
}

// A part is what one of the characters of a code stands for.
type part struct {
	name       string // of the variable of find.js that has the character
	variables  []string
	rows       []row // the distinct ones, in the order of their characters
	characters map[string]rune
	columns    map[string]string // by variable
}

func newPart(name string, rows []row, variables []string) part {
	distinct := map[string]row{}
	for _, r := range rows {
		of := r.only(variables)
		distinct[of.text()] = of
	}
	p := part{name: name, variables: variables, characters: map[string]rune{}}
	p.rows, p.columns = arranged(slices.Collect(maps.Values(distinct)), variables, name)
	for i, character := range charactersFor(len(p.rows)) {
		p.characters[p.rows[i].text()] = character
	}
	return p
}

// partsOf divides the variables of rows among one character or two, whichever takes
// less of the function.
func (p plan) partsOf(rows []row) []part {
	variables := variablesOf(rows)
	one := []part{newPart("x", rows, variables)}
	if len(variables) < 2 {
		return one
	}
	two := []part{newPart("x", rows, variables[:1]), newPart("y", rows, variables[1:])}
	second := len(rows) // characters
	if p.Layout == LayoutStore {
		second = 0 // none is in the function
	}
	if second+length(two[0].columns)+length(two[1].columns) < length(one[0].columns) {
		return two
	}
	return one
}

// encode gives entries their codes and returns what is done with a code.
func (c *composer) encode(entries []entry) map[string]string {
	rows := make([]row, len(entries))
	for i, e := range entries {
		rows[i] = c.row(e.Route)
	}
	columns := map[string]string{}
	for _, p := range c.plan.partsOf(rows) {
		for i := range entries {
			entries[i].code = append(entries[i].code, p.characters[rows[i].only(p.variables).text()])
		}
		maps.Copy(columns, p.columns)
	}
	if !c.hosts && slices.ContainsFunc(entries, func(e entry) bool { return e.nested || !e.fills() }) {
		columns["n"] = "1"
	}
	matches := columns[match]
	delete(columns, match)
	return map[string]string{"COLUMNS": assignedJS(columns), "MATCHES": matches}
}
