package edgefn

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A tree finds the route of v by comparisons of strings: those at its branches
// are the bounds of the routes' intervals, and at each leaf the routes that need a
// closer look are tried in order. A request pays for the depth of the tree,
// whatever the number of routes.

// leaf is a stretch of v in which the same routes can match.
type leaf struct {
	from       bound
	candidates []place // in order; all but the last need a closer look
}

// A boundary is where a place begins or ends.
type boundary struct {
	bound
	place  int
	begins bool
}

// leaves divides all of v among places, which are in the order in which they are
// tried.
func leaves(places []place) []leaf {
	var boundaries []boundary
	var open []int // places around the bound that has been reached, in order
	for i, p := range places {
		if p.all {
			open = append(open, i)
		} else {
			boundaries = append(boundaries, boundary{p.from, i, true}, boundary{p.to, i, false})
		}
	}
	slices.SortFunc(boundaries, func(a, b boundary) int { return a.compare(b.bound) })
	out := []leaf{{candidates: candidates(open, places)}}
	for i, b := range boundaries {
		at, _ := slices.BinarySearch(open, b.place)
		if b.begins {
			open = slices.Insert(open, at, b.place)
		} else {
			open = slices.Delete(open, at, at+1)
		}
		if i+1 < len(boundaries) && boundaries[i+1].bound == b.bound {
			continue
		}
		l := leaf{b.bound, candidates(open, places)}
		if !slices.EqualFunc(l.candidates, out[len(out)-1].candidates, func(a, b place) bool { return a.number == b.number }) {
			out = append(out, l)
		}
	}
	return out
}

// candidates are the open places up to the first that is sure to match.
func candidates(open []int, places []place) []place {
	var out []place
	for _, i := range open {
		out = append(out, places[i])
		if places[i].sure() {
			break
		}
	}
	return out
}

// nested reports whether a path in this stretch may, spelled otherwise, belong to
// another route. It does not if there is a single candidate that matches
// everywhere in its interval and no other route begins inside: what follows the
// candidate's prefix then makes no difference.
func (l leaf) nested() bool {
	return len(l.candidates) != 1 || !l.candidates[0].sure() || l.candidates[0].nested
}

// tree returns the words for the tree. The value of FIND is the number of the route
// that matches, or 0, and it sets the variables of the route's record. What would
// be at several leaves, as the globs are that match everywhere between prefixes, is
// in SHARED once, under a number above those of all ROUTES.
func (c *composer) tree(leaves []leaf, routes int) map[string]string {
	branches := make([]branch, len(leaves))
	times := map[string]int{}
	for i, l := range leaves {
		branches[i] = branch{l.from, c.leafJS(l)}
		times[branches[i].js]++
	}
	var shared []string
	for i, b := range branches {
		if times[b.js] < 2 || len(b.js) < worthSharing {
			continue
		}
		number := slices.Index(shared, b.js)
		if number < 0 {
			number = len(shared)
			shared = append(shared, b.js)
		}
		branches[i].js = fmt.Sprint(routes + 1 + number)
	}
	c.shared = len(shared) > 0
	return map[string]string{"FIND": treeJS(branches), "SHARED": chosen("route", routes, shared), "ROUTES": fmt.Sprint(routes)}
}

// worthSharing is how many bytes a leaf must have for a request to be led on from a
// number. A record has fewer, and a glob has more.
const worthSharing = 60

// A branch is the JavaScript for v from a bound on.
type branch struct {
	from bound
	js   string
}

// treeJS chooses among branches, in order, by comparisons with v.
func treeJS(branches []branch) string {
	if len(branches) == 1 {
		return branches[0].js
	}
	middle := len(branches) / 2
	split := branches[middle].from
	operator := "<"
	if split.after {
		operator = "<="
	}
	return fmt.Sprintf("v %s %s ? %s : %s", operator, quote(split.text), treeJS(branches[:middle]), treeJS(branches[middle:]))
}

func (c *composer) leafJS(l leaf) string {
	nested := ""
	if l.nested() && !c.hosts {
		nested = "n = 1, "
	}
	var b strings.Builder
	for _, p := range l.candidates {
		found := fmt.Sprintf("(%s%s%d)", nested, c.assigned(c.record(p.Route)), p.number)
		if p.sure() {
			return b.String() + found
		}
		fmt.Fprintf(&b, "%s ? %s : ", p.testJS(), found)
	}
	if nested == "" {
		return b.String() + "0"
	}
	return fmt.Sprintf("%s(%s0)", b.String(), nested)
}

// testJS is the condition under which a route that is not sure matches a path in
// its interval.
func (r Route) testJS() string {
	var tests []string
	if len(r.When) > 0 {
		tests = append(tests, r.conditionsJS())
	}
	if !r.fills() {
		tests = append(tests, globJS(r.Path)+".test(path)")
	}
	return strings.Join(tests, " && ")
}

// conditionsJS is true when all conditions of the route hold.
func (r Route) conditionsJS() string {
	tests := make([]string, len(r.When))
	for i, condition := range r.When {
		tests[i] = condition.js()
	}
	return strings.Join(tests, " && ")
}

// globJS is the literal of the regular expression for what matches a glob.
func globJS(glob string) string { return "/" + globSource(glob) + "/" }

// globSource is the regular expression for what matches a glob. What stands between
// two stars is looked for once, from the left, since a later place could only
// match less behind it: a lookahead with a reference to what it found keeps the
// engine from going back, which for several stars and a long path could take
// longer than CloudFront lets a function run.
func globSource(glob string) string {
	pieces := strings.Split(glob, "*")
	var pattern strings.Builder
	pattern.WriteString("^" + expression(pieces[0]))
	for i, piece := range pieces[1:] {
		if i < len(pieces)-2 {
			fmt.Fprintf(&pattern, `(?=(.*?%s))\%d`, expression(piece), i+1)
		} else {
			pattern.WriteString(".*" + expression(piece))
		}
	}
	return pattern.String() + "$"
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
