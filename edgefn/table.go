package edgefn

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The table is a balanced tree of string comparisons on v, the path with a
// slash appended: the prefix "/api" matches exactly when "/api/" <= v < "/api0",
// as "0" follows "/". Each route thus owns an interval; where intervals nest,
// the most specific route wins, and globs that need a closer look are tried in
// order at the leaf. A request pays for the depth of the tree, whatever the
// number of routes.

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

func (r Route) interval() interval {
	switch {
	case r.Kind == Exact:
		return interval{from: bound{r.Path + "/", false}, to: bound{r.Path + "/", true}}
	case r.Kind == Prefix && r.Path == "/":
		return interval{all: true}
	case r.Kind == Prefix:
		return interval{from: bound{r.Path + "/", false}, to: bound{r.Path + "0", false}}
	}
	// The path "/up" must not be taken for one that begins with "/up/" only
	// because v has a slash at the end, hence "after".
	start := r.Path[:strings.IndexAny(r.Path, "*?")]
	return interval{from: bound{start, true}, to: bound{successor(start), false}}
}

// successor is the least string above all that begin with s.
func successor(s string) string {
	return s[:len(s)-1] + string(s[len(s)-1]+1)
}

func (iv interval) covers(at bound) bool {
	return iv.all || iv.from.compare(at) <= 0 && at.compare(iv.to) < 0
}

// sure reports whether the route matches everywhere in its interval.
func (r Route) sure() bool {
	return r.Kind != Glob || strings.IndexAny(r.Path, "*?") == len(r.Path)-1 && strings.HasSuffix(r.Path, "*")
}

// findJS is the expression that yields the number of the route that matches,
// counted from 1, or 0, and says in p, l, k, i and n what is to be done.
func findJS(routes []Route) string {
	return tree(leaves(routes), routes)
}

// leaf is a stretch of v in which the same routes can match.
type leaf struct {
	from       bound
	candidates []int // in order; all but the last need a closer look
	nested     bool  // a path in this stretch may, spelled otherwise, belong to another route
}

func leaves(routes []Route) []leaf {
	intervals := make([]interval, len(routes))
	bounds := []bound{{}}
	for i, r := range routes {
		intervals[i] = r.interval()
		if !intervals[i].all {
			bounds = append(bounds, intervals[i].from, intervals[i].to)
		}
	}
	slices.SortFunc(bounds, bound.compare)
	bounds = slices.Compact(bounds)
	var out []leaf
	for _, at := range bounds {
		l := leaf{from: at}
		for i, r := range routes {
			if !intervals[i].covers(at) {
				continue
			}
			l.candidates = append(l.candidates, i)
			if r.sure() {
				break
			}
		}
		l.nested = nested(l.candidates, routes, intervals)
		if last := len(out) - 1; last >= 0 && slices.Equal(out[last].candidates, l.candidates) {
			continue
		}
		out = append(out, l)
	}
	return out
}

// nested reports whether a path that matches the candidates could belong to
// another route once it is normalised. It could not if there is a single
// candidate that matches everywhere in its interval and no other route begins
// inside: what follows the candidate's prefix then makes no difference.
func nested(candidates []int, routes []Route, intervals []interval) bool {
	if len(candidates) != 1 || !routes[candidates[0]].sure() {
		return true
	}
	own := candidates[0]
	for i := range routes {
		if i != own && !intervals[i].all && intervals[own].covers(intervals[i].from) {
			return true
		}
	}
	return false
}

// tree writes the leaves as nested conditional expressions.
func tree(leaves []leaf, routes []Route) string {
	if len(leaves) == 1 {
		return leaves[0].js(routes)
	}
	middle := len(leaves) / 2
	split := leaves[middle].from
	operator := "<"
	if split.after {
		operator = "<="
	}
	return fmt.Sprintf("v %s %s ? %s : %s", operator, quote(split.text), tree(leaves[:middle], routes), tree(leaves[middle:], routes))
}

func (l leaf) js(routes []Route) string {
	var b strings.Builder
	for _, c := range l.candidates {
		if r := routes[c]; !r.sure() {
			fmt.Fprintf(&b, "%s ? (%s) : ", r.testJS(), r.foundJS(c, l.nested))
		} else {
			return b.String() + "(" + r.foundJS(c, l.nested) + ")"
		}
	}
	if l.nested {
		return b.String() + "(n = 1, 0)"
	}
	return b.String() + "0"
}

// foundJS assigns what differs from the defaults and yields the route's number.
func (r Route) foundJS(number int, nested bool) string {
	var b strings.Builder
	if nested {
		b.WriteString("n = 1, ")
	}
	if r.Strip != "" {
		fmt.Fprintf(&b, "p = %s, l = %d, ", quote(r.Strip), len(r.Strip))
	}
	if r.Key != "" {
		fmt.Fprintf(&b, "k = %s, ", quote(r.Key))
	}
	if r.Index != nil {
		fmt.Fprintf(&b, "i = %s, ", quote(*r.Index))
	}
	if !r.Forwards {
		b.WriteString("f = 0, ")
	}
	return b.String() + fmt.Sprint(number+1)
}

// testJS is the condition under which a path in the glob's interval matches. What
// stands between two stars is looked for once, from the left, since a later place
// could only match less behind it: a lookahead with a reference to what it found
// keeps the engine from going back, which for several stars and a long path could
// take longer than CloudFront lets a function run.
func (r Route) testJS() string {
	pieces := strings.Split(r.Path, "*")
	var pattern strings.Builder
	pattern.WriteString("^" + expression(pieces[0]))
	for i, piece := range pieces[1:] {
		if i < len(pieces)-2 {
			fmt.Fprintf(&pattern, `(?=(.*?%s))\%d`, expression(piece), i+1)
		} else {
			pattern.WriteString(".*" + expression(piece))
		}
	}
	return "/" + pattern.String() + "$/.test(path)"
}

// expression is a piece of a glob without stars as a regular expression.
func expression(piece string) string {
	quoted := strings.ReplaceAll(regexp.QuoteMeta(piece), `\?`, ".")
	return strings.ReplaceAll(quoted, "/", `\/`)
}

// quote writes a string literal. JSON's form is JavaScript's too.
func quote(text string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		panic(err) // a string can always be encoded
	}
	return strings.TrimSpace(b.String())
}
