package edgefn

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What routes have in common is in the function once. The distinct records of the
// listed routes are sorted and have codes in that order, and each variable of the
// handler is set by a tree of comparisons with the code, in which neighbours that
// agree on it are one.

// A row is a distinct record of listed routes.
type row struct {
	exact    bool
	settings map[string]string // JavaScript by variable
}

// at is what the row sets a variable to.
func (r row) at(variable string) string { return cmp.Or(r.settings[variable], defaults[variable], "0") }

// row is the record of a listed route. What depends on the path is made at the
// edge, of the entry.
func (c *composer) row(r Route) row {
	out := row{r.Kind == Exact, map[string]string{}}
	for _, s := range c.record(r) {
		out.settings[s.variable] = s.js
	}
	switch {
	case r.Strip == "" || r.Strip != r.Path:
	case c.hosts:
		out.settings["l"], out.settings["p"] = "entry.length - host.length", "path.slice(0, l)"
	default:
		out.settings["l"], out.settings["p"] = "entry.length", "entry"
	}
	to := "o"
	if r.Elsewhere != "" {
		to = "h"
	}
	if r.Elsewhere != "" && c.places {
		out.settings["h"] = "places[row]"
	}
	switch keyed := out.settings["k"] != ""; {
	case keyed && out.exact:
		out.settings["k"] = "'=' + entry + ' ' + " + to
	case keyed:
		out.settings["k"] = "entry + ' ' + " + to
	}
	return out
}

// rowsOf returns the distinct rows, sorted, and for each entry the number of its
// row. Exact ones come last. Else those stand together that agree on what is said
// in most ways, as that is what takes most bytes to say.
func (c *composer) rowsOf(entries []entry) (rows []row, numbers []int) {
	all := make([]row, len(entries))
	values := map[string]map[string]bool{}
	for i, e := range entries {
		all[i] = c.row(e.Route)
		for variable, js := range all[i].settings {
			if values[variable] == nil {
				values[variable] = map[string]bool{}
			}
			values[variable][js] = true
		}
	}
	variables := slices.SortedFunc(maps.Keys(values), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(values[b]), len(values[a])), cmp.Compare(a, b))
	})
	compare := func(a, b row) int {
		order := strings.Compare(fmt.Sprint(a.exact), fmt.Sprint(b.exact))
		for _, variable := range variables {
			order = cmp.Or(order, strings.Compare(a.at(variable), b.at(variable)))
		}
		return order
	}
	rows = slices.SortedFunc(slices.Values(all), compare)
	rows = slices.CompactFunc(rows, func(a, b row) bool { return compare(a, b) == 0 })
	for _, r := range all {
		number, _ := slices.BinarySearchFunc(rows, r, compare)
		numbers = append(numbers, number)
	}
	return rows, numbers
}

// encode gives entries the codes of their rows and returns what is done with a
// code.
func (c *composer) encode(entries []entry) map[string]string {
	const below = "v < entry + '0' && v >= entry + '/'"
	rows, numbers := c.rowsOf(entries)
	codes := codesFor(len(rows))
	for i := range entries {
		entries[i].code = codes[numbers[i]]
	}
	words := map[string]string{"MATCHES": below, "COLUMNS": c.columns(rows, codes)}
	switch exact := slices.IndexFunc(rows, func(r row) bool { return r.exact }); {
	case exact == 0:
		words["MATCHES"] = "v === entry + '/'"
	case exact > 0:
		words["MATCHES"] = fmt.Sprintf("(x < %s ? %s : v === entry + '/')", strconv.QuoteToASCII(string(codes[exact])), below)
	}
	if !c.hosts && slices.ContainsFunc(entries, func(e entry) bool { return e.nested }) {
		words["COLUMNS"] += "n = 1;"
	}
	return words
}

// codesFor returns n codes in the order of strings, and first those that take a
// byte each. None needs an escape but those beyond ASCII.
func codesFor(n int) []rune {
	var codes []rune
	for c := '!'; len(codes) < n; c++ {
		if unicode.IsPrint(c) && c != '"' && c != '\\' {
			codes = append(codes, c)
		}
	}
	return codes
}

// columns are statements that set the variables of the row whose code is x.
func (c *composer) columns(rows []row, codes []rune) string {
	var out strings.Builder
	for _, variable := range columnOrder(rows) {
		c.used[variable] = true
		var runs []run
		for i, r := range rows {
			if js := r.at(variable); i == 0 || runs[len(runs)-1].js != js {
				runs = append(runs, run{codes[i], js})
			}
		}
		fmt.Fprintf(&out, "%s = %s; ", variable, runsJS(runs))
	}
	return out.String()
}

// columnOrder returns the variables in an order in which each can be made of those
// before it.
func columnOrder(rows []row) []string {
	const last = "kp" // made of o, h and l
	var out []string
	for _, r := range rows {
		out = slices.AppendSeq(out, maps.Keys(r.settings))
	}
	slices.SortFunc(out, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Index(last, a), strings.Index(last, b)), cmp.Compare(a, b))
	})
	return slices.Compact(out)
}

// A run is the JavaScript for a value that neighbours agree on.
type run struct {
	code rune
	js   string
}

func runsJS(runs []run) string {
	if len(runs) == 1 {
		return runs[0].js
	}
	if start, rest := commonStart(runs); (len(runs)-1)*len(start) >= worthACut {
		return fmt.Sprintf("%s + (%s)", quote(start), runsJS(rest))
	}
	middle := len(runs) / 2
	return fmt.Sprintf("x < %s ? %s : %s", strconv.QuoteToASCII(string(runs[middle].code)), runsJS(runs[:middle]), runsJS(runs[middle:]))
}

// worthACut is how many bytes must be saved for a request to put a string
// together, which costs as much as two comparisons.
const worthACut = 20

// commonStart returns what values begin with, if all are strings, and the rest of
// each.
func commonStart(runs []run) (start string, rest []run) {
	texts := make([]string, len(runs))
	for i, r := range runs {
		if !strings.HasPrefix(r.js, `"`) || json.Unmarshal([]byte(r.js), &texts[i]) != nil {
			return "", nil
		}
	}
	start = commonPrefix(texts)
	for i, r := range runs {
		rest = append(rest, run{r.code, quote(texts[i][len(start):])})
	}
	return start, rest
}

// commonPrefix is what all texts begin with.
func commonPrefix(texts []string) string {
	prefix := texts[0]
	for _, text := range texts {
		for !strings.HasPrefix(text, prefix) || !utf8.ValidString(prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	return prefix
}
