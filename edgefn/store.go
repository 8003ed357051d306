package edgefn

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Where not even the lists fit into the function, each chunk is a value in the
// key-value store: its entries, where each leads to if any route leads elsewhere than
// to an origin, and the codes, with spaces in between. The tree in
// the function says which one to read. If that tree gets too big as well, it leads
// to values that list the first entries of chunks.

// value is the chunk as it is stored.
func (ch chunk) value() string {
	var b strings.Builder
	for _, e := range ch.entries {
		b.WriteString(e.text + " ")
	}
	for _, e := range ch.entries {
		if e.to != "" {
			b.WriteString(e.to + " ")
		}
	}
	return b.String() + ch.codes()
}

// fits reports whether a value holds the chunk, with a printable character for each
// entry.
func (p plan) fits(ch chunk) bool {
	return len(ch.value()) <= p.value && noParent+len(ch.entries) <= '~'
}

// stored is a value under a key that ends in a number.
type stored struct {
	from   string
	number int
	value  string
}

func (s stored) begin() bound { return bound{s.from, false} }

// inStore lays out entries in the key-value store.
func (c *composer) inStore(entries []entry) (map[string]string, error) {
	if c.places {
		for i := range entries {
			entries[i].to = cmp.Or(entries[i].Elsewhere, noPlace)
		}
	}
	chunks := pack(entries, c.plan.fits)
	var values []stored
	for i, ch := range chunks {
		if !c.plan.fits(ch) {
			e := ch.entries[len(ch.entries)-1]
			return nil, fmt.Errorf("pattern %q, with the patterns around it, takes %d bytes in the key-value store, where a value holds %d: write shorter patterns, or nest fewer of them",
				e.text, len(ch.value()), c.plan.value)
		}
		values = append(values, stored{ch.from, i, ch.value()})
	}
	top := values
	if c.plan.levels > 1 {
		top = c.plan.index(chunks)
		values = append(values, top...)
	}
	words := map[string]string{"PARENT": parentJS(chunks, "rows.length", "rows[row]")}
	words["FOLDER"] = quote(c.store(values))
	words["NUMBER"] = branches(top, stored.begin, func(s stored) string { return fmt.Sprint(s.number) })
	words["LISTED"] = "!host"
	if c.plan.hosts {
		words["LISTED"] = "host[0] !== '*'"
	}
	c.stored, c.awaits = true, true
	return words, nil
}

// index lists the first entries of all chunks but its own first, and the number of
// that one.
func (p plan) index(chunks []chunk) []stored {
	var out []stored
	for i := 0; i < len(chunks); {
		first := stored{chunks[i].from, len(chunks) + len(out), fmt.Sprint(i)}
		list := ""
		for i++; i < len(chunks); i++ {
			longer := list + chunks[i].entries[chunks[i].first].text + " "
			if len(longer)+len(first.value) > p.value {
				break
			}
			list = longer
		}
		first.value = list + first.value
		out = append(out, first)
	}
	return out
}

// store adds values to the entries of the program and returns what their keys
// begin with. A hash of them all is part of it: a function that meets the store of
// another table finds nothing there, rather than the wrong route.
func (c *composer) store(values []stored) (keys string) {
	hash := sha256.New()
	for _, s := range values {
		fmt.Fprintln(hash, s.value)
	}
	keys = "routes/" + hex.EncodeToString(hash.Sum(nil))[:8] + "/"
	for _, s := range values {
		c.entries = append(c.entries, Entry{keys + fmt.Sprint(s.number), s.value})
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
