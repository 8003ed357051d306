package edgefn

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// registers are the variables that hold the entries of a chunk in the function, and
// start is the one for what all of them begin with, if that is cut off. To set and
// read a variable costs a request a tenth of what an element of an array does.
const (
	registers = "ABCDEFGHIJKLMNO"
	start     = "S"
)

// inChunks lays out entries in the function.
func (c *composer) inChunks(entries []entry) (map[string]string, error) {
	fits := func(ch chunk) bool { return len(ch.entries) <= c.plan.width }
	chunks := pack(entries, fits)
	if slices.ContainsFunc(chunks, func(ch chunk) bool { return !fits(ch) }) {
		return nil, errUnsuitable
	}
	names := strings.Split(registers[:c.plan.width], "")
	values := slices.Clone(names)
	declared := names
	if c.plan.cut {
		declared = append(slices.Clip(names), start)
		for i := range values {
			values[i] = start + " + " + names[i]
		}
	}
	words := codeWords(chunks, fmt.Sprint(c.plan.width), chosen("row", -1, values))
	words["REGISTERS"] = strings.Join(declared, ", ")
	var branches []branch
	for _, ch := range chunks {
		branches = append(branches, branch{bound{text: ch.from}, ch.js(names, c.plan.cut)})
	}
	words["CHUNKS"] = treeJS(branches)
	words["SEARCH"] = searchJS(values, -1, len(values))
	return words, nil
}

// js sets the registers, those that are left to the last entry, and has the codes
// as its value.
func (ch chunk) js(names []string, cut bool) string {
	var b strings.Builder
	common := ""
	if cut {
		common = ch.common()
		fmt.Fprintf(&b, "%s = %s, ", start, quote(common))
	}
	for i, e := range ch.entries {
		set := names[i : i+1]
		if i == len(ch.entries)-1 {
			set = names[i:]
		}
		fmt.Fprintf(&b, "%s = %s, ", strings.Join(set, " = "), quote(e.text[len(common):]))
	}
	for last := len(ch.entries) - 1; len(ch.entries) < len(names); {
		ch.entries = append(slices.Clip(ch.entries), ch.entries[last])
		ch.parents = append(slices.Clip(ch.parents), ch.parents[last])
	}
	return fmt.Sprintf("(%s%s)", b.String(), strconv.QuoteToASCII(ch.codes()))
}

// common is what all entries begin with.
func (ch chunk) common() string {
	texts := make([]string, len(ch.entries))
	for i, e := range ch.entries {
		texts[i] = e.text
	}
	return commonPrefix(texts)
}

// searchJS is the value of the last register that v does not come before, and sets
// the variable row to its number. Without one it is 0. The number is known to be
// from low on, but before high.
func searchJS(values []string, low, high int) string {
	if high-low > 1 {
		middle := (low + high + 1) / 2
		return fmt.Sprintf("v < %s ? %s : %s", values[middle], searchJS(values, low, middle), searchJS(values, middle, high))
	}
	if low < 0 {
		return "0"
	}
	return fmt.Sprintf("(row = %d, %s)", low, values[low])
}
