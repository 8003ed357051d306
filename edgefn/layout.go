package edgefn

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// plan is one of the ways to lay out a table.
type plan struct {
	Layout
	width  int  // in LayoutChunks, how many routes a chunk holds
	cut    bool // in LayoutChunks, what the routes of a chunk begin with is there once
	hosts  bool // in LayoutStore, routes for a host are in the store too,
	stars  bool // and those for a host with a star
	levels int  // in LayoutStore, how many values lead to a route
	value  int  // in LayoutStore, how many bytes a value holds
}

// plans are the ways to lay out a table, in the order of what a request costs. A
// later one takes less of the function.
func (t Table) plans() []plan {
	plans := []plan{
		{Layout: LayoutTree},
		// Of one more than a power of two, one more would be another comparison.
		{Layout: LayoutChunks, width: 1},
		{Layout: LayoutChunks, width: 3},
		{Layout: LayoutChunks, width: 7},
		{Layout: LayoutChunks, width: 15},
		{Layout: LayoutChunks, width: 7, cut: true},
	}
	if !t.Store {
		return plans
	}
	for _, hosts := range []bool{false, true} {
		for _, value := range []int{maxStoreValue / 4, maxStoreValue / 2, maxStoreValue} {
			plans = append(plans, plan{Layout: LayoutStore, levels: 1, value: value, hosts: hosts, stars: hosts && t.apart()})
		}
	}
	return append(plans, plan{Layout: LayoutStore, levels: 2, value: maxStoreValue})
}

// apart reports whether no host belongs to two hosts with a star: to look up one, and
// the host itself, and none, takes the three reads that a request may take.
func (t Table) apart() bool {
	stars := starHosts(t.Routes)
	for i, star := range stars {
		if slices.ContainsFunc(stars[i+1:], func(wider string) bool { return strings.HasSuffix(star, wider[1:]) }) {
			return false
		}
	}
	return true
}

// composeToFit composes the table by the first plan whose program fits into a
// function, or if there is none, by the one whose program is the shortest.
func (t Table) composeToFit() (Program, error) {
	var shortest Program
	inside := len(t.Routes)
	for _, p := range t.plans() {
		program, err := t.compose(p)
		if p.Layout == LayoutStore && err == nil {
			inside = program.Inside
		}
		switch {
		case err == errUnsuitable:
		case err != nil || len(program.Request) <= MaxBytes:
			return program, err
		case shortest.Request == "" || len(program.Request) < len(shortest.Request):
			shortest = program
		}
	}
	shortest.Inside = inside
	return shortest, nil
}

// errUnsuitable is that of a plan that a table cannot be laid out by.
var errUnsuitable = errors.New("the table cannot be laid out so")

// find returns the JavaScript for the words in find.js and in what it includes.
func (c *composer) find(routes []Route) (map[string]string, error) {
	stars := starHosts(routes)
	c.stars = len(stars) > 0
	c.hosts = slices.ContainsFunc(routes, func(r Route) bool { return r.Host != "" })
	listed, others := c.plan.divide(locate(routes, c.hosts))
	c.inside = len(others)
	words := c.tree(leaves(others), len(routes))
	words["NEXT_HOST"] = nextHostJS(stars)
	if c.plan.Layout == LayoutTree {
		return words, nil
	}
	if len(listed) == 0 {
		return nil, errUnsuitable
	}
	entries := newEntries(listed)
	c.beside = c.plan.Layout == LayoutStore && slices.ContainsFunc(listed, func(p place) bool { return p.aside() != "" })
	maps.Copy(words, c.encode(entries))
	layOut := c.inChunks
	if c.plan.Layout == LayoutStore {
		layOut = c.inStore
	}
	more, err := layOut(entries)
	maps.Copy(words, more)
	return words, err
}
