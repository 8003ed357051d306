package edgefn

import (
	"fmt"
	"slices"
	"strings"
)

// Lists are divided into chunks, which are the leaves of a small tree: some entries
// in order, and for each a code that says which of the distinct records the route
// has. The route of v is that of the last entry that v does not come before, or, if
// it does not match, of one of those around it.

// chunk is a list of entries that follow one another.
type chunk struct {
	from    string // where v belongs to this chunk rather than to the one before
	entries []entry
	parents []int // for each entry, the one around it in the chunk; -1 for none
	first   int   // the first entry that is in no chunk before
}

// pack divides entries among chunks that fit; one that does not has an entry that
// cannot. What is around the first entry of a chunk is repeated in front of it, so
// that a chunk has all that v can belong to.
func pack(entries []entry, fits func(chunk) bool) []chunk {
	var chunks []chunk
	var around []entry // around the entry that has been reached, the outermost first
	end := ""          // of all that ends before it
	current := chunk{}
	for _, e := range entries {
		for len(around) > 0 && around[len(around)-1].end() <= e.text {
			end = max(end, around[len(around)-1].end())
			around = around[:len(around)-1]
		}
		if next := current.with(e, around); len(current.entries) == 0 || fits(next) {
			current = next
		} else {
			chunks = append(chunks, current)
			current = chunk{from: between(end, e.text), first: len(around)}
			for i := range around {
				current = current.with(around[i], around[:i])
			}
			current = current.with(e, around)
		}
		around = append(around, e)
	}
	return append(chunks, current)
}

// with returns the chunk with another entry at its end.
func (ch chunk) with(e entry, around []entry) chunk {
	parent := -1
	if len(around) > 0 {
		parent = slices.IndexFunc(ch.entries, func(other entry) bool { return other.number == around[len(around)-1].number })
	}
	ch.entries = append(slices.Clip(ch.entries), e)
	ch.parents = append(slices.Clip(ch.parents), parent)
	return ch
}

// between is the shortest beginning of text that does not come before end.
func between(end, text string) string {
	for i := 1; i < len(text); i++ {
		if text[:i] >= end {
			return text[:i]
		}
	}
	return text
}

// nested reports whether an entry stands within another one.
func (ch chunk) nested() bool { return slices.Max(ch.parents) >= 0 }

// noParent stands for the parent of an entry that has none, and the characters
// after it for the entries of the chunk.
const noParent = '#'

// codes are the first characters of the codes of the entries, the second ones if
// there are any, and then their parents if entries are nested.
func (ch chunk) codes() string {
	var b strings.Builder
	for i := range ch.entries[0].code {
		for _, e := range ch.entries {
			b.WriteRune(e.code[i])
		}
	}
	if ch.nested() {
		for _, parent := range ch.parents {
			b.WriteByte(byte(noParent + 1 + parent))
		}
	}
	return b.String()
}

// codeWords are statements for the characters of the code in a row, and an
// expression for the entry around that one, given how many entries a chunk has and
// which one is in a row.
func codeWords(chunks []chunk, count, entry string) map[string]string {
	words := map[string]string{"CODE": "x = codes[row];", "PARENT": "0"}
	parents := count
	if len(chunks[0].entries[0].code) > 1 {
		words["CODE"] += fmt.Sprintf("y = codes[row + %s];", count)
		parents += " + " + count
	}
	if slices.ContainsFunc(chunks, chunk.nested) {
		words["PARENT"] = fmt.Sprintf("(row = codes.charCodeAt(row + %s) - %d) >= 0 && %s", parents, noParent+1, entry)
	}
	return words
}
