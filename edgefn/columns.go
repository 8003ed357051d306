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

// A column is what rows set a variable to. It is written as a tree of comparisons
// with the characters of the rows, in which neighbours that agree are one.

// arranged returns rows in an order that makes their columns short: those that match
// alike stand together, and of them either those stand together that agree on what takes the most values, or those
// that do on what takes the fewest. The columns are by variable. The variable with
// the row's character has the name given.
func arranged(rows []row, variables []string, name string) (best []row, columns map[string]string) {
	variables = slices.Clone(variables)
	for range 2 {
		slices.SortFunc(rows, func(a, b row) int {
			order := strings.Compare(a[match], b[match])
			for _, variable := range variables {
				order = cmp.Or(order, strings.Compare(a.at(variable), b.at(variable)))
			}
			return order
		})
		if js := columnsOf(rows, variables, name); best == nil || length(js) < length(columns) {
			best, columns = slices.Clone(rows), js
		}
		slices.Reverse(variables)
	}
	return best, columns
}

// columnsOf are the columns of rows by variable.
func columnsOf(rows []row, variables []string, name string) map[string]string {
	out := map[string]string{}
	for _, variable := range variables {
		var runs []run
		for i, character := range charactersFor(len(rows)) {
			if js := rows[i].at(variable); i == 0 || runs[len(runs)-1].js != js {
				runs = append(runs, run{character, js})
			}
		}
		out[variable] = runsJS(runs, name)
	}
	return out
}

func length(columns map[string]string) int {
	n := 0
	for _, js := range columns {
		n += len(js)
	}
	return n
}

// assignedJS writes columns as statements. Each may be made of those before it.
func assignedJS(columns map[string]string) string {
	const last = "kp" // of h, o, l and route
	variables := slices.SortedFunc(maps.Keys(columns), func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Index(last, a), strings.Index(last, b)), cmp.Compare(a, b))
	})
	var out strings.Builder
	for _, variable := range variables {
		fmt.Fprintf(&out, "%s = %s; ", variable, columns[variable])
	}
	return out.String()
}

// charactersFor returns n characters in the order of strings, and first those that
// take a byte each. None needs an escape but those beyond ASCII.
func charactersFor(n int) []rune {
	var out []rune
	for c := '!'; len(out) < n; c++ {
		if unicode.IsPrint(c) && c != '"' && c != '\\' {
			out = append(out, c)
		}
	}
	return out
}

func quoteCharacter(c rune) string { return strconv.QuoteToASCII(string(c)) }

// A run is the JavaScript for a value that rows from one character on agree on.
type run struct {
	from rune
	js   string
}

func runsJS(runs []run, name string) string {
	if len(runs) == 1 {
		return runs[0].js
	}
	if start := commonStart(runs); (len(runs)-1)*len(start) >= worthACut {
		return fmt.Sprintf("%s + (%s)", quote(start), runsJS(cut(runs, len(start)), name))
	}
	at := splitOf(runs)
	return fmt.Sprintf("%s < %s ? %s : %s", name, quoteCharacter(runs[at].from), runsJS(runs[:at], name), runsJS(runs[at:], name))
}

// worthACut is how many bytes must be saved for a request to put a string
// together, which costs as much as two comparisons.
const worthACut = 20

// splitOf is where to branch: about in the middle, and there between values that
// have little of their beginning in common.
func splitOf(runs []run) int {
	best, least := len(runs)/2, len(commonStart(runs[len(runs)/2-1:][:2]))
	for at := max(1, len(runs)/4); at <= len(runs)*3/4; at++ {
		if common := len(commonStart(runs[at-1:][:2])); common < least {
			best, least = at, common
		}
	}
	return best
}

// text is the value if it is a string, and else "".
func (r run) text() string {
	var text string
	if strings.HasPrefix(r.js, `"`) && json.Unmarshal([]byte(r.js), &text) != nil {
		return ""
	}
	return text
}

// commonStart is what values that are strings begin with.
func commonStart(runs []run) string {
	texts := make([]string, len(runs))
	for i, r := range runs {
		texts[i] = r.text()
	}
	return commonPrefix(texts)
}

// cut takes bytes off the beginnings of values.
func cut(runs []run, bytes int) []run {
	out := make([]run, len(runs))
	for i, r := range runs {
		out[i] = run{r.from, quote(r.text()[bytes:])}
	}
	return out
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
