package cfrouter

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/glob"
)

// A pattern says which requests a route is for. It is a path, with or without a
// host in front:
//
//	pattern = [ host ] path
//	host    = [ "*." ] label "." label { "." label }
//	path    = "/" { any character that CloudFront takes, "*" and "?" included }
//
// The path says which paths the route is for:
//
//	"/"           every path
//	"/api"        a prefix: /api, /api/ and everything below; not /apiary
//	"/api" Exact  the path /api alone
//	"/*.jpg"      a glob, as CloudFront matches the path pattern of a behavior
//
// The host narrows that to requests for it:
//
//	"admin.example.com/"   every path of that host
//	"*.example.com/docs"   a prefix on every host one or more labels under example.com
//
// The most specific pattern that matches a request wins:
//
//  1. Whatever the paths, a pattern with a host that is spelled out comes before
//     one with a wildcard host, the longer wildcard first, and either before one
//     without a host.
//  2. If the hosts are equal and every path of one pattern is also a path of the
//     other, and not the reverse, the narrower one comes first.
//  3. Else an exact pattern comes first; then the one with the longer literal
//     beginning, the longer shortest match, the more literal characters, the
//     fewer stars; and last, so that the order is total, byte order.
//
// Rule 3 never contradicts rule 2, so comparing needs rules 1 and 3 alone; a
// property test holds the three together.
type pattern struct {
	host string // in lower case; "" for every host
	kind edgefn.Kind
	path string // canonical: no slash at the end of a prefix, wildcards in one order
}

// maxPatternLength is CloudFront's limit for the path pattern of a behavior.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern)
const maxPatternLength = 255

// patternCharacters are those that CloudFront takes in a path pattern, next to
// letters, digits and the wildcard "?" (same page).
const patternCharacters = `_-.*$/~"'@:+&`

// parsePattern reads and checks the pattern of a route. The names are the domain
// names of the Router, which have to cover the host.
func parsePattern(text string, exact bool, names []string) (pattern, error) {
	switch {
	case text == "":
		return pattern{}, fmt.Errorf(`pattern "" is empty: write "/" for the route that takes every path, or a path such as "/api"`)
	case isToken(text):
		return pattern{}, fmt.Errorf("pattern %q holds a value that is known only at deployment: routes are sorted at synthesis, so write it as plain text", text)
	}
	host, err := parseHost(text, names)
	if err != nil {
		return pattern{}, err
	}
	if err := checkCharacters(text, len(host)); err != nil {
		return pattern{}, err
	}
	kind, path := classify(text[len(host):], exact)
	p := pattern{host, kind, path}
	if err := p.check(text); err != nil {
		return pattern{}, err
	}
	return p, nil
}

// classify tells what kind of path it is, and brings it into its canonical form.
func classify(path string, exact bool) (edgefn.Kind, string) {
	switch {
	case exact:
		return edgefn.Exact, path
	case strings.ContainsAny(path, "*?"):
		return edgefn.Glob, glob.Canonical(path)
	case path == "/":
		return edgefn.Prefix, path
	}
	return edgefn.Prefix, strings.TrimSuffix(path, "/")
}

// checkCharacters looks at the path, which starts somewhere in the text.
func checkCharacters(text string, start int) error {
	for i, c := range text[start:] {
		if isAlphanumeric(c) || strings.ContainsRune(patternCharacters, c) || c == '?' {
			continue
		}
		return refusedCharacter(text, start+i, c)
	}
	return nil
}

func refusedCharacter(text string, at int, c rune) error {
	question := strings.IndexByte(text, '?')
	switch {
	case c == '#':
		return fmt.Errorf("pattern %q has a fragment: browsers do not send what follows \"#\", so write %q", text, text[:at])
	case c == '=' && 0 <= question && question < at:
		return fmt.Errorf("pattern %q looks as if it had a query string: a \"?\" in a pattern stands for any one character, and CloudFront chooses behaviors by the path alone; write %q and look at the query string in the origin", text, text[:question])
	case c == '{':
		return fmt.Errorf("pattern %q contains \"{\", and patterns have no parameters: write \"*\" for any text, as in %q", text, withStars(text))
	case c == '%':
		return fmt.Errorf("pattern %q contains \"%%\", which CloudFront refuses in path patterns: write \"*\" where an escaped character is expected", text)
	}
	return fmt.Errorf("pattern %q contains %q, which CloudFront refuses in path patterns: it takes the letters a to z in both cases, digits and %s, besides the wildcard \"?\"; write \"*\" where another character is expected, since it arrives escaped", text, c, patternCharacters)
}

// namedPart is how other routers write a part of a path that may be any text.
var namedPart = regexp.MustCompile(`(/):[^/]*|\{[^/}]*\}?`)

// withStars is a pattern with a star for each parameter.
func withStars(text string) string {
	starred := namedPart.ReplaceAllString(text, "$1*")
	if path := starred[strings.IndexByte(starred, '/'):]; path == "/*" {
		return strings.TrimSuffix(starred, "*")
	}
	return starred
}

func (p pattern) check(text string) error {
	switch {
	case p.kind == edgefn.Exact && strings.ContainsAny(p.path, "*?"):
		return fmt.Errorf("pattern %q has a wildcard and is to be matched exactly: leave out Exact, a pattern with wildcards always has to match the whole path", text)
	case p.kind == edgefn.Glob && p.path == "/*":
		return fmt.Errorf("pattern %q matches every path: write %q", text, p.host+"/")
	}
	segments := strings.Split(text, "/")[1:]
	for i, s := range segments {
		if s == "." || s == ".." || s == "" && i < len(segments)-1 {
			return fmt.Errorf("pattern %q has a segment %q that no path has when it is matched, since CloudFront normalises paths first: leave it out", text, s)
		}
	}
	for _, behavior := range p.behaviors() {
		if len(behavior) > maxPatternLength {
			return fmt.Errorf("pattern %q needs a behavior with a path pattern of %d characters, and CloudFront takes %d: shorten it, perhaps with a wildcard", text, len(behavior), maxPatternLength)
		}
	}
	return nil
}

// behaviors are the path patterns that together match the same paths; CloudFront
// does not look at the host. A prefix needs two, since "/api/*" leaves out "/api"
// and "/api*" takes "/apiary".
func (p pattern) behaviors() glob.Set {
	switch {
	case p.isRoot():
		return glob.Set{"/*"}
	case p.kind == edgefn.Prefix:
		return glob.Set{p.path, p.path + "/*"}
	}
	return glob.Set{p.path}
}

// isRoot reports whether every path is the pattern's, perhaps on a host only.
func (p pattern) isRoot() bool { return p.kind == edgefn.Prefix && p.path == "/" }

// strippable is what a route can take off the beginning of a path: the prefix,
// or the whole directories that a glob begins with.
func (p pattern) strippable() string {
	switch {
	case p.kind == edgefn.Exact || p.isRoot():
		return ""
	case p.kind == edgefn.Prefix:
		return p.path
	}
	return p.path[:strings.LastIndexByte(p.literal(), '/')]
}

// literal is the beginning of the path up to the first wildcard.
func (p pattern) literal() string {
	if p.kind == edgefn.Glob {
		return p.path[:strings.IndexAny(p.path, "*?")]
	}
	return p.path
}

// text is the pattern as it was written, but for its canonical form.
func (p pattern) text() string { return p.host + p.path }

// String shows the pattern with all that it was made of.
func (p pattern) String() string {
	if p.kind == edgefn.Exact {
		return p.text() + " (exact)"
	}
	return p.text()
}

// comparePatterns puts the more specific pattern first. It is zero for equal
// patterns only.
func comparePatterns(a, b pattern) int {
	stars, questions := strings.Count(a.path, "*"), strings.Count(a.path, "?")
	otherStars, otherQuestions := strings.Count(b.path, "*"), strings.Count(b.path, "?")
	return cmp.Or(
		compareHosts(a.host, b.host),
		-compareBool(a.kind == edgefn.Exact, b.kind == edgefn.Exact),
		-cmp.Compare(len(a.literal()), len(b.literal())),
		-cmp.Compare(len(a.path)-stars, len(b.path)-otherStars),
		-cmp.Compare(len(a.path)-stars-questions, len(b.path)-otherStars-otherQuestions),
		cmp.Compare(stars, otherStars),
		cmp.Compare(a.path, b.path),
	)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// relation is how the paths of one pattern lie to those of another.
type relation int

const (
	disjoint relation = iota // no path is both's, or the hosts settle whose it is
	equal
	narrower // every path of the first is one of the second
	wider    // every path of the second is one of the first
	overlapping
)

// relate decides how the paths of a lie to those of b. Unless they are
// disjoint, witness is a path that both match.
func relate(a, b pattern) (r relation, witness string) {
	if a.host != b.host || !a.beginsLike(b) {
		return disjoint, ""
	}
	if a.kind != edgefn.Glob && b.kind != edgefn.Glob {
		return relatePlain(a, b)
	}
	x, y := a.behaviors(), b.behaviors()
	witness, overlap := x.Overlap(y)
	if !overlap {
		return disjoint, ""
	}
	_, within := y.Contains(x)
	_, around := x.Contains(y)
	switch {
	case within && around:
		return equal, witness
	case within:
		return narrower, witness
	case around:
		return wider, witness
	}
	return overlapping, witness
}

// beginsLike reports whether what all paths of one pattern begin with agrees with
// that of the other, which hardly any two of thousands of globs do.
func (p pattern) beginsLike(other pattern) bool {
	a, b := p.literal(), other.literal()
	n := min(len(a), len(b))
	return a[:n] == b[:n]
}

// relatePlain is relate for patterns without wildcards: they cannot overlap
// without one containing the other, so most pairs of routes are decided here.
func relatePlain(a, b pattern) (relation, string) {
	switch {
	case a == b:
		return equal, a.path
	case b.kind == edgefn.Prefix && b.matches(a.path):
		return narrower, a.path
	case a.kind == edgefn.Prefix && a.matches(b.path):
		return wider, b.path
	}
	return disjoint, ""
}

// matches reports whether a path is one of the pattern's, on a host that is.
func (p pattern) matches(path string) bool {
	switch {
	case p.kind == edgefn.Glob:
		return p.behaviors().Match(path)
	case p.kind == edgefn.Prefix:
		return p.isRoot() || strings.HasPrefix(path+"/", p.path+"/")
	}
	return p.path == path
}

// sortPatterned sorts by pattern, most specific first.
func sortPatterned[T any](items []T, of func(T) pattern) []T {
	sorted := slices.Clone(items)
	slices.SortFunc(sorted, func(a, b T) int { return comparePatterns(of(a), of(b)) })
	return sorted
}
