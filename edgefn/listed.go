package edgefn

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Where a table does not fit as a tree, most of its routes are listed: in chunks in
// the function or in the key-value store. An entry of a list is what v begins with
// where the route matches; all else that is said of the route there is a code, so
// that routes must have most of what they do in common with others.

// besideJS is what is said beside an entry in the store: where the route leads, if
// it names that itself, or the regular expression of a glob.
const besideJS = "beside[row]"

// leadsTo is where the route leads to if that is no origin of the distribution: a
// server, or what the location of a redirect begins with.
func (r Route) leadsTo() string {
	if r.Answer != nil {
		return r.Answer.begins()
	}
	return r.Elsewhere
}

// aside is what is said beside the entry of the route in the store; "" for nothing.
func (r Route) aside() string {
	if r.fills() {
		return r.leadsTo()
	}
	return globSource(r.Path)
}

// lists reports whether a route can be listed. What it is cached under must then
// follow from its entry and its origin.
func (p plan) lists(r Route) bool {
	keyed := r.Key != "" && r.Answer == nil && r.Split == nil
	switch {
	case p.Layout == LayoutTree, r.start() == "", keyed && r.Origin+r.Elsewhere == "":
		return false
	case p.Layout == LayoutChunks:
		return r.fills()
	case !r.fills() && r.leadsTo() != "": // there is one thing beside an entry
		return false
	case len(r.start())+len(r.aside()) > maxStoreValue/2:
		return false
	case strings.HasPrefix(r.Host, "*"):
		return p.stars
	}
	return r.Host == "" || p.hosts
}

// divide returns the routes that are listed and those that are left for the tree,
// which is asked after the lists.
func (p plan) divide(places []place) (listed, others []place) {
	starts := make([]string, len(places))
	for i, at := range places {
		starts[i] = at.start()
	}
	slices.Sort(starts)
	for _, at := range places {
		left := func(before place) bool { return before.overlaps(at.interval) }
		if p.lists(at.Route) && !at.crowded(starts) && !slices.ContainsFunc(others, left) {
			listed = append(listed, at)
		} else {
			others = append(others, at)
		}
	}
	return listed, others
}

// crowded reports whether so many routes start within a glob that its regular
// expression would be said again and again.
func (p place) crowded(starts []string) bool {
	const many = 8
	if p.fills() {
		return false
	}
	first, _ := slices.BinarySearch(starts, p.start())
	after, _ := slices.BinarySearch(starts, successor(p.start()))
	return after-first > many
}

// entry is a listed route. It is around another one if that one's text begins with
// its own and goes on with nothing or with a character up to the slash: such come
// between the path of the entry and what is below it, as "/api-v2" does between
// "/api" and "/api/users". Around a glob's, anything may follow.
type entry struct {
	place
	text   string // host and path
	code   []rune
	beside string // in the store, if there is anything beside any entry; then it is not ""
}

// nothing is beside an entry.
const nothing = "-"

// newEntries returns routes in order. Of those with one text, the one to be tried
// first is the last.
func newEntries(listed []place) []entry {
	entries := make([]entry, len(listed))
	for i, p := range listed {
		entries[i] = entry{place: p, text: p.start()}
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.text, b.text), -cmp.Compare(a.number, b.number))
	})
	return entries
}

// end is the least string after what the entry is around.
func (e entry) end() string {
	if e.Kind == Glob {
		return successor(e.text)
	}
	return e.text + "0"
}

// matchJS is the condition under which an entry that v does not come before matches.
func (r Route) matchJS() string {
	test := "v < entry + '0' && v >= entry + '/'"
	switch {
	case r.Kind == Exact:
		test = "v === entry + '/'"
	case r.Kind == Glob && r.fills():
		test = "v.startsWith(entry) && v !== entry"
	case r.Kind == Glob:
		test = "v.startsWith(entry) && new RegExp(" + besideJS + ").test(path)"
	}
	if len(r.When) > 0 {
		test += " && " + r.conditionsJS()
	}
	return test
}

// identityJS tells routes apart of which different spellings of a path could belong
// to one and to the other. An exact path and the prefix that is the same are one: no
// spelling of the one is a path of the other. So are routes with conditions, which
// do not look at the path.
func (r Route) identityJS() string {
	switch {
	case r.Kind != Glob:
		return "entry"
	case r.fills():
		return "'*' + entry"
	}
	return "entry + ' ' + " + besideJS
}

// keyJS is what a listed route is cached under.
func (r Route) keyJS() string {
	mark := ""
	if r.Kind == Exact {
		mark = "="
	}
	if len(r.When) > 0 {
		sum := sha256.Sum256([]byte(r.conditionsJS()))
		mark += "?" + hex.EncodeToString(sum[:3])
	}
	key := "route + ' ' + o"
	if r.Elsewhere != "" {
		key = "route + ' ' + h"
	}
	if mark != "" {
		key = quote(mark) + " + " + key
	}
	return key
}

// stripJS are the length of what is stripped and the prefix itself, made of the
// entry; made is false if they are no part of it.
func (r Route) stripJS(hosts bool) (length, prefix string, made bool) {
	rest, found := strings.CutPrefix(r.start(), r.Host+r.Strip)
	if r.Strip == "" || !found || rest != "" && rest != "/" {
		return "", "", false
	}
	length, prefix = "entry.length", "path.slice(0, l)"
	if hosts {
		length += " - host.length"
	}
	if rest != "" {
		length += fmt.Sprint(" - ", len(rest))
	} else if !hosts {
		prefix = "entry"
	}
	return length, prefix, true
}
