package edgefn

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// Where not even the lists fit into the function, each chunk is a value in the
// key-value store: its entries, what is said beside each if there is anything beside
// any, and the codes, with spaces in between. The tree in the function says which
// one to read. If that tree gets too big as well, it leads to values that list the
// first entries of chunks.

// value is the chunk as it is stored.
func (ch chunk) value() string {
	var b strings.Builder
	for _, e := range ch.entries {
		b.WriteString(e.text + " ")
	}
	for _, e := range ch.entries {
		if e.beside != "" {
			b.WriteString(e.beside + " ")
		}
	}
	return b.String() + ch.codes()
}

// fits reports whether a value holds the chunk, with a printable character for each
// entry.
func (p plan) fits(ch chunk) bool {
	return len(ch.value()) <= p.value && noParent+len(ch.entries) <= '~'
}

// inStore lays out entries in the key-value store.
func (c *composer) inStore(entries []entry) (map[string]string, error) {
	if c.beside {
		for i, e := range entries {
			entries[i].beside = cmp.Or(e.aside(), nothing)
		}
	}
	chunks := pack(entries, c.plan.fits)
	if err := c.plan.check(chunks); err != nil {
		return nil, err
	}
	var values []string
	var branches []branch
	add := func(from, value string) {
		branches = append(branches, branch{bound{text: from}, fmt.Sprint(len(values))})
		values = append(values, value)
	}
	for _, ch := range chunks {
		add(ch.from, ch.value())
	}
	if c.plan.levels > 1 {
		branches = nil
		for first, list := range c.plan.index(chunks) {
			add(chunks[first].from, list)
		}
	}
	words := codeWords(chunks, "rows.length", "rows[row]")
	words["FOLDER"] = quote(c.store(values))
	words["NUMBER"] = treeJS(branches)
	words["LISTED"] = c.plan.listedJS(entries)
	c.stored, c.awaits = true, true
	return words, nil
}

// check returns why chunks are no values of the plan, nil if all are.
func (p plan) check(chunks []chunk) error {
	for _, ch := range chunks {
		switch {
		case p.fits(ch):
		case p.value < maxStoreValue:
			return errUnsuitable
		default:
			last := ch.entries[len(ch.entries)-1]
			return fmt.Errorf("pattern %q, with the patterns around it, takes %d bytes in the key-value store, where a value holds %d: write shorter patterns, or nest fewer of them",
				last.text, len(ch.value()), maxStoreValue)
		}
	}
	return nil
}

// listedJS is the condition under which a host can have routes in the store. Of
// many hosts it says too often that it can, which is a read in vain.
func (p plan) listedJS(entries []entry) string {
	const few = 16
	hosts := map[string]bool{}
	for _, e := range entries {
		hosts[e.Host] = true
	}
	switch {
	case len(hosts) <= few:
	case p.stars:
		return "1"
	default:
		return "host[0] !== '*'"
	}
	var tests []string
	for _, host := range slices.Sorted(maps.Keys(hosts)) {
		tests = append(tests, "host === "+quote(host))
	}
	return strings.Join(tests, " || ")
}

// index yields values that list the first entries of chunks, and end in the number
// of a chunk: the one whose own first entry is not listed, as the tree in the
// function begins with it. It comes with each.
func (p plan) index(chunks []chunk) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for i := 0; i < len(chunks); {
			number, list := i, ""
			for i++; i < len(chunks); i++ {
				longer := list + chunks[i].entries[chunks[i].first].text + " "
				if len(longer)+len(fmt.Sprint(number)) > p.value {
					break
				}
				list = longer
			}
			if !yield(number, list+fmt.Sprint(number)) {
				return
			}
		}
	}
}

// store adds values to the entries of the program and returns what their keys
// begin with, before the number of each. A hash of them all is part of it: a
// function that meets the store of another table finds nothing there, rather than
// the wrong route.
func (c *composer) store(values []string) (keys string) {
	hash := sha256.Sum256([]byte(strings.Join(values, "\n")))
	keys = "routes/" + hex.EncodeToString(hash[:4]) + "/"
	for i, value := range values {
		c.entries = append(c.entries, Entry{keys + fmt.Sprint(i), value})
	}
	return keys
}

// checkEntries returns what is wrong with all entries together.
func checkEntries(entries []Entry) error {
	size := 0
	for _, e := range entries {
		size += len(e.Key) + len(e.Value)
	}
	if size > maxStore {
		return fmt.Errorf("%d entries take %d bytes, and a key-value store takes %d: leave out routes or the content of sites, or put some of them into another Router", len(entries), size, maxStore)
	}
	return nil
}
