package edgefn

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A record is what the table says of a route besides its number: variables of the
// handler, set where the route is found.
//
//	p  the prefix to strip; l is its length
//	k  value of x-cfrouter-route, "" if the route is not cached
//	i  index document of an object store, "" for none; null: no object store
//	n  spelled otherwise, the path might belong to another route
//	f  the origin is sent the viewer's headers
//	o  id of the origin to select, "" for that of the behavior
//	h  host and path of a server that is no origin of the distribution, "" for none
//	m  the methods that are let through, "" for all
//	g  no two requests may have one cache key
//	e  the origin must not see the query string nor where the request is from
//	a  number of the answer that the edge gives by itself
//	b  number of the user's code that runs before the request is rewritten
//	c  number of the user's code that runs after
//	s  number of the split that says where the route leads
//	w  number of the rewrite rules
//	q  number of the rules for the query string
//	d  number of the rules for documents
//	r  number of what is done to the response
//	t  what the document wants done to the response: see responses.go
//	u  point of a viewer whom a split has not seen before
//
// A number counts the distinct things of its kind from 1; 0 is none.
var defaults = map[string]string{"p": "''", "l": "0", "k": "''", "i": "null", "n": "0", "f": "1", "o": "''", "h": "''", "m": "''", "u": "''"}

// always are the variables that the handler reads whatever the table is.
var always = []string{"p", "l", "n", "f"}

// composer collects what the records of a table need.
type composer struct {
	plan        plan
	hosts       bool                // a route is for a host
	stars       bool                // one of them begins with a star
	shared      bool                // leaves of the tree are the same
	numbers     map[string][]string // JavaScript by the variable that has its number
	used        map[string]bool     // variables that a record sets
	entries     []Entry
	awaits      bool            // something has to be awaited
	stored      bool            // something is read from the key-value store
	beside      bool            // and there is something beside the entries
	inside      int             // how many routes are not listed
	contents    bool            // the keys of an object store are known
	hashes      bool            // a split goes by a header
	sites       map[string]bool // whose documents are among the entries
	splits      []splitJS
	indexes     bool         // an object store has an index document
	conditions  bool         // a route has conditions
	own         ownFunctions // the user's code in the viewer-request function
	ownResponse ownFunctions // and in the viewer-response function
	err         error
}

// fail keeps the first error.
func (c *composer) fail(err error) { c.err = cmp.Or(c.err, err) }

// number is that of a piece of JavaScript among the others of its kind.
func (c *composer) number(variable, js string) string {
	at := slices.Index(c.numbers[variable], js)
	if at < 0 {
		at = len(c.numbers[variable])
		c.numbers[variable] = append(c.numbers[variable], js)
	}
	return fmt.Sprint(at + 1)
}

// chosen is the expression whose value is that of the piece which a variable has
// the number of.
func (c *composer) chosen(variable string) string {
	return chosen(variable, 0, c.numbers[variable])
}

func chosen(variable string, before int, pieces []string) string {
	if len(pieces) == 0 {
		return "0"
	}
	if len(pieces) == 1 {
		return pieces[0]
	}
	middle := len(pieces) / 2
	return fmt.Sprintf("(%s < %d ? %s : %s)", variable, before+middle+1, chosen(variable, before, pieces[:middle]), chosen(variable, before+middle, pieces[middle:]))
}

// settings are assignments to variables of the handler.
type settings []setting

type setting struct{ variable, js string }

func (s *settings) add(variable, js string) { *s = append(*s, setting{variable, js}) }

// record are the settings of a route.
func (c *composer) record(r Route) settings {
	var out settings
	if r.Strip != "" {
		out.add("p", quote(r.Strip))
		out.add("l", fmt.Sprint(len(r.Strip)))
	}
	out = append(out, c.hook("b", &c.own, r.Code.BeforeRequest)...)
	out = append(out, c.hook("c", &c.own, r.Code.AfterRequest)...)
	if r.Rewrites != nil {
		out.add("w", c.number("w", rewritesJS(r.Rewrites)))
	}
	if r.Query != nil {
		out.add("q", c.number("q", r.Query.js()))
	}
	if r.Answer != nil {
		out.add("a", c.number("a", r.Answer.js(r.locationPart)))
		return out
	}
	c.addResponse(&out, r)
	if r.Split != nil {
		c.addSplit(&out, r)
		return out
	}
	return append(out, c.destination(r.Destination)...)
}

// destination are the settings of one of the places where a route leads to.
func (c *composer) destination(d Destination) settings {
	var out settings
	if d.Documents != nil {
		c.addDocuments(&out, d)
		d.Index = cmp.Or(d.Index, new(string))
	}
	if d.Index != nil {
		out.add("i", quote(*d.Index))
		c.indexes = c.indexes || *d.Index != ""
	}
	if !d.Forwards {
		out.add("f", "0")
	}
	if d.Origin != "" {
		out.add("o", quote(d.Origin))
	}
	if d.Elsewhere != "" {
		out.add("h", cmp.Or(d.elsewhereJS, quote(d.Elsewhere)))
	}
	if d.Key != "" {
		out.add("k", cmp.Or(d.keyJS, quote(d.Key)))
	}
	if d.Methods != "" {
		out.add("m", quote(d.Methods))
	}
	if d.Unique {
		out.add("g", "1")
		c.used["k"] = true
	}
	if d.Plain {
		out.add("e", "1")
	}
	return out
}

// assigned writes settings as the beginning of a comma expression.
func (c *composer) assigned(s settings) string {
	var b strings.Builder
	for _, one := range s {
		c.used[one.variable] = true
		fmt.Fprintf(&b, "%s = %s, ", one.variable, one.js)
	}
	return b.String()
}

// declared are the variables that are used, each with its default.
func (c *composer) declared() string {
	var out []string
	for _, name := range strings.Split("abcdefghiklmnopqrstuw", "") {
		if slices.Contains(always, name) || c.used[name] {
			out = append(out, name+" = "+cmp.Or(defaults[name], "0"))
		}
	}
	return strings.Join(out, ", ")
}
