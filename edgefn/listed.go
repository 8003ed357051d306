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

// besideJS is what is said beside an entry in the store: what the route has for
// itself, with separators in between, which are in none of it: the parts of the
// location of a redirect, or the server that is no origin of the distribution; and
// the regular expression of a glob, alone or as the fourth.
const (
	besideJS    = "beside[row]"
	separator   = `\`
	separatorJS = `'\\'`
)

// leads are the parts of where the route leads to if that is no origin of the
// distribution; none if it is one.
func (r Route) leads() []string {
	leads := []string{r.Elsewhere}
	if r.Answer != nil {
		parts := r.Answer.parts()
		leads = parts[:]
	}
	for len(leads) > 0 && leads[len(leads)-1] == "" {
		leads = leads[:len(leads)-1]
	}
	return leads
}

// aside is what is said beside the entry of the route in the store; "" for nothing.
func (r Route) aside() string {
	leads := r.leads()
	switch {
	case r.fills():
		return strings.Join(leads, separator)
	case len(leads) == 0:
		return globSource(r.Path)
	}
	var parts [4]string
	copy(parts[:], leads)
	parts[3] = globSource(r.Path)
	return strings.Join(parts[:], separator)
}

// asideJS is the expression for a part of where the route leads to.
func (r Route) asideJS(i int) string {
	if r.fills() && len(r.leads()) == 1 {
		return besideJS
	}
	return fmt.Sprintf("%s.split(%s)[%d]", besideJS, separatorJS, i)
}

// globJS is the expression for the regular expression of a glob.
func (r Route) globJS() string {
	if len(r.leads()) == 0 {
		return besideJS
	}
	return fmt.Sprintf("%[1]s.split(%[2]s).slice(3).join(%[2]s)", besideJS, separatorJS)
}

// locationPart is the expression for a part of the location of a redirect.
func (r Route) locationPart(i int) string {
	if r.asides {
		return r.asideJS(i)
	}
	return r.Answer.literal(i)
}

// listed is the route as its row says it: with as little of its own as can be.
func (r Route) listed(beside bool) Route {
	r.keyJS = r.madeKeyJS(r.Destination)
	if r.asides = beside; beside {
		r.elsewhereJS = r.asideJS(0)
	}
	if r.Split != nil && r.Split.apart() {
		split := *r.Split
		split.Destinations = slices.Clone(split.Destinations)
		for i, d := range split.Destinations {
			split.Destinations[i].keyJS = r.madeKeyJS(d)
		}
		r.Split = &split
	}
	return r
}

// apart reports whether the destinations that are cached can be told apart by their
// origins.
func (s Split) apart() bool {
	seen := map[string]bool{"": true}
	return !slices.ContainsFunc(s.Destinations, func(d Destination) bool {
		origin := d.Origin + d.Elsewhere
		again := seen[origin]
		seen[origin] = true
		return d.Key != "" && again
	})
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
		if p.lists(at.Route) && !(p.Layout == LayoutStore && at.crowds(starts)) && !slices.ContainsFunc(others, left) {
			listed = append(listed, at)
		} else {
			others = append(others, at)
		}
	}
	return listed, others
}

// crowds reports whether a route takes so much of a value that there is no room for
// it beside those that start where it could match: in front of all of them it would
// be said again.
func (p place) crowds(starts []string) bool {
	const many = 8
	e := entry{place: p, text: p.start()}
	first, _ := slices.BinarySearch(starts, e.text)
	alike, _ := slices.BinarySearch(starts, e.text+"\x00")
	after, _ := slices.BinarySearch(starts, e.end())
	size := len(e.text) + len(p.aside())
	switch others := after - first - 1; {
	case others == 0:
		return size > maxStoreValue-16
	case others >= many && !p.fills(), alike-first > many:
		return true
	default:
		return size > maxStoreValue/2
	}
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
		test = "v.startsWith(entry) && new RegExp(" + r.globJS() + ").test(path)"
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

// madeKeyJS is what a destination of a listed route is cached under.
func (r Route) madeKeyJS(d Destination) string {
	mark := ""
	if r.Kind == Exact {
		mark = "="
	}
	if len(r.When) > 0 {
		sum := sha256.Sum256([]byte(r.conditionsJS()))
		mark += "?" + hex.EncodeToString(sum[:3])
	}
	key := "route + ' ' + o"
	if d.Elsewhere != "" {
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
