package edgefn

import (
	"embed"
	"errors"
	"slices"
	"strings"
)

//go:embed js/*.js
var sources embed.FS

// script is one of the files in js.
func script(name string) string {
	text, err := sources.ReadFile("js/" + name + ".js")
	if err != nil {
		panic(err) // the files are part of the package
	}
	return string(text)
}

// Program is what [Compose] makes of a table.
type Program struct {
	Request  string  // code of the viewer-request function
	Response string  // code of the viewer-response function; "" if there is nothing to change
	Entries  []Entry // what the code needs in its key-value store
	Stored   bool    // the code reads from a key-value store
	Layout   Layout
	Inside   int // how many rows of the table cannot leave the function

	// Parts of the functions, the largest first; nil if both are as short as they have
	// to be.
	RequestParts, ResponseParts []Part
}

// Layout is where the rows of a table are.
type Layout int

const (
	LayoutTree   Layout = iota // each in a tree of comparisons
	LayoutChunks               // most in lists at the leaves of the tree
	LayoutStore                // most in the key-value store
)

// Compose returns the functions that send each request to the first route that
// matches it. An error is about the user's own code or patterns.
func Compose(t Table) (Program, error) {
	if err := t.checkCode(); err != nil {
		return Program{}, err
	}
	t.Routes = withBarePrefixes(t.Routes)
	return t.composeToFit()
}

// compose is [Compose] by a plan.
func (t Table) compose(p plan) (Program, error) {
	c := &composer{numbers: map[string][]string{}, used: map[string]bool{}, plan: p}
	c.addMaintenance(t.Maintenance)
	c.hook("before", &c.own, t.Code.BeforeRequest)
	c.hook("after", &c.own, t.Code.AfterRequest)
	c.hook("responseBefore", &c.ownResponse, t.Code.BeforeResponse)
	c.hook("responseAfter", &c.ownResponse, t.Code.AfterResponse)
	c.conditions = slices.ContainsFunc(t.Routes, func(r Route) bool { return len(r.When) > 0 })
	generated, err := c.find(t.Routes)
	if c.fail(err); c.err != nil {
		return Program{}, c.err
	}
	c.awaits = c.awaits || c.own.awaits
	generated["SPLITS"], generated["DESTINATIONS"] = c.splitWords()
	generated["WORD"], generated["NEEDED"] = c.wordJS()
	request, err := c.own.addTo(c.fill(script("handler"), generated))
	if err != nil {
		return Program{}, err
	}
	response, err := c.responseJS()
	stored := c.stored || c.own.stored || c.ownResponse.stored
	program := Program{Request: request, Response: response, Entries: c.entries, Stored: stored, Layout: p.Layout, Inside: c.inside}
	if max(len(request), len(response)) > MaxBytes {
		program.RequestParts, program.ResponseParts = c.requestParts(generated), c.responseParts()
	}
	return program, errors.Join(err, checkEntries(c.entries))
}

// fill writes a script with what the composer has collected.
func (c *composer) fill(source string, generated map[string]string) string {
	source = selectParts(includeParts(source), c.wanted())
	async, await := "", ""
	if c.awaits {
		async, await = "async ", "await "
	}
	words := []string{"ASYNC ", async, "AWAIT ", await, "VARIABLES", c.declared()}
	for word, js := range generated {
		words = append(words, word, js)
	}
	for word, variable := range map[string]string{
		"OWN_BEFORE": "before", "OWN_AFTER": "after", "OWN_ROUTE_BEFORE": "b", "OWN_ROUTE_AFTER": "c",
		"OWN_RESPONSE_BEFORE": "responseBefore", "OWN_RESPONSE_AFTER": "responseAfter", "OWN_FIRST": "first", "OWN_LAST": "last",
		"ANSWERS": "a", "REWRITES": "w", "QUERIES": "q", "DOCUMENTS": "d", "IMMUTABLES": "kept", "RESPONSES": "r", "MAINTENANCE": "maintenance",
	} {
		words = append(words, word, c.chosen(variable))
	}
	return squeeze(strings.NewReplacer(words...).Replace(source))
}

// wanted are the parts of the scripts that the table has a use for.
func (c *composer) wanted() map[string]bool {
	return map[string]bool{
		"hosts":      c.hosts,
		"stars":      c.stars,
		"shared":     c.shared,
		"lists":      c.plan.Layout != LayoutTree,
		"chunks":     c.plan.Layout == LayoutChunks,
		"reads":      c.plan.Layout == LayoutStore,
		"levels":     c.plan.levels > 1,
		"keys":       c.used["k"],
		"unique":     c.used["g"],
		"stores":     c.used["i"],
		"indexes":    c.indexes,
		"origins":    c.used["o"],
		"elsewhere":  c.used["h"],
		"beside":     c.beside,
		"cloudfront": c.used["o"] || c.used["h"] || c.stored || c.own.cloudfront,
		"before":     c.numbers["before"] != nil,
		"after":      c.numbers["after"] != nil,
		"routeCode":  c.used["b"],
		"routeAfter": c.used["c"],

		"responseCloudfront": c.ownResponse.cloudfront,
		"responseBefore":     c.numbers["responseBefore"] != nil,
		"responseAfter":      c.numbers["responseAfter"] != nil,
		"first":              c.used["first"],
		"last":               c.used["last"],

		"answers":    c.used["a"],
		"splits":     c.used["s"],
		"conditions": c.conditions,
		"methods":    c.used["m"],
		"rewrites":   c.used["w"],
		"queries":    c.used["q"],
		"plain":      c.used["e"],
		"responses":  c.responds(),

		"maintenance":       c.numbers["maintenance"] != nil,
		"hashes":            c.hashes,
		"cookies":           c.used["cookie"],
		"documents":         c.used["d"],
		"contents":          c.contents,
		"immutables":        c.numbers["kept"] != nil,
		"routeResponses":    c.used["r"],
		"documentResponses": c.used["t"],
		"restores":          c.used["restores"],
		"bases":             c.used["base"],
	}
}

// withBarePrefixes adds a row in front of each route to an object store that has
// an index document and keeps its prefix: the bare prefix is redirected to the
// prefix with a slash, or relative links in the document would not resolve. The
// function itself sees to that where the prefix is stripped. A bare prefix that has
// a route of its own is that route's.
func withBarePrefixes(routes []Route) []Route {
	taken := map[string]bool{}
	var out []Route
	for _, r := range routes {
		if r.Kind == Exact && len(r.When) == 0 {
			taken[r.Host+r.Path] = true
		}
		if r.Kind == Prefix && r.Path != "/" && r.Strip == "" && r.indexed() && !taken[r.Host+r.Path] {
			bare := r
			bare.Kind, bare.Strip = Exact, r.Path
			out = append(out, bare)
		}
		out = append(out, r)
	}
	return out
}

// indexed reports whether the route leads to nothing but object stores that have
// an index document. With clean urls the documents say themselves what a bare path
// is.
func (r Route) indexed() bool {
	return !slices.ContainsFunc(r.destinations(), func(d Destination) bool {
		return d.Index == nil || *d.Index == "" || d.Documents != nil && d.Documents.Clean != NoCleanUrls
	})
}
