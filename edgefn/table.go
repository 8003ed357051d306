package edgefn

import (
	"slices"
	"strings"
)

// Every route owns an interval of strings. Requests are looked up by v, which is
// the path with a slash appended: the prefix "/api" matches exactly when "/api/"
// <= v < "/api0", as "0" follows "/". In front of the path of a route for a host
// stands that host, and the lookup is repeated with the viewer's host in front of
// v, and with the hosts with a star that it belongs to; as no path begins with a
// letter or a star, and no host with a slash, the intervals of different hosts do
// not meet.
//
// Where intervals nest, the route of the inner one is the more specific.

// bound is a place between two strings: before text or right behind it.
type bound struct {
	text  string
	after bool
}

func (b bound) compare(c bound) int {
	if d := strings.Compare(b.text, c.text); d != 0 || b.after == c.after {
		return d
	}
	if b.after {
		return 1
	}
	return -1
}

// interval is the range of v in which a route can match; all of it, if the
// interval has no bounds.
type interval struct {
	from, to bound
	all      bool
}

func (iv interval) covers(at bound) bool {
	return iv.all || iv.from.compare(at) <= 0 && at.compare(iv.to) < 0
}

func (iv interval) overlaps(other interval) bool {
	return iv.covers(other.from) || other.covers(iv.from)
}

// start is what v begins with where the route matches: before a slash, if it is a
// prefix or an exact path, and before anything, if it is a glob.
func (r Route) start() string {
	switch r.Kind {
	case Prefix:
		return r.Host + strings.TrimSuffix(r.Path, "/")
	case Glob:
		return r.Host + r.Path[:strings.IndexAny(r.Path, "*?")]
	}
	return r.Host + r.Path
}

// interval of a table that has routes for hosts leaves none to the route "/".
func (r Route) interval(hosts bool) interval {
	start := r.start()
	switch {
	case r.Kind == Exact:
		return interval{from: bound{start + "/", false}, to: bound{start + "/", true}}
	case r.Kind == Prefix && start == "" && !hosts:
		return interval{all: true}
	case r.Kind == Prefix:
		return interval{from: bound{start + "/", false}, to: bound{start + "0", false}}
	}
	// The path "/up" must not be taken for one that begins with "/up/" only
	// because v has a slash at the end, hence "after".
	return interval{from: bound{start, true}, to: bound{successor(start), false}}
}

// successor is the least string above all that begin with s.
func successor(s string) string {
	return s[:len(s)-1] + string(s[len(s)-1]+1)
}

// fills reports whether the path of the route matches everywhere in its interval.
func (r Route) fills() bool {
	return r.Kind != Glob || strings.IndexAny(r.Path, "*?") == len(r.Path)-1 && strings.HasSuffix(r.Path, "*")
}

// sure reports whether the route matches everywhere in its interval.
func (r Route) sure() bool { return r.fills() && len(r.When) == 0 }

// place is a route and where it stands among the others.
type place struct {
	Route
	interval
	number int // its identity, from 1
	// nested says that another route begins inside the interval. Then a path that
	// this route matches may, spelled otherwise, belong to the other one.
	nested bool
}

// locate returns the places of the routes of a table, in its order.
func locate(routes []Route, hosts bool) []place {
	places := make([]place, len(routes))
	var begins []bound
	for i, r := range routes {
		places[i] = place{Route: r, interval: r.interval(hosts), number: i + 1}
		if !places[i].all {
			begins = append(begins, places[i].from)
		}
	}
	slices.SortFunc(begins, bound.compare)
	for i := range places {
		p := &places[i]
		if p.all {
			p.nested = len(begins) > 0
			continue
		}
		own, _ := slices.BinarySearchFunc(begins, p.from, bound.compare)
		next := own + 1
		p.nested = next < len(begins) && p.covers(begins[next])
	}
	return places
}
