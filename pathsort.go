package cfrouter

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/glob"
)

// A pattern says which paths a route is for:
//
//	"/"           every path
//	"/api"        a prefix: /api, /api/ and everything below; not /apiary
//	"/api" Exact  the path /api alone
//	"/*.jpg"      a glob, as CloudFront matches the path pattern of a behavior
//
// The most specific pattern that matches a path wins:
//
//  1. If every path of one pattern is also a path of another, and not the
//     reverse, the narrower one comes first.
//  2. Else an exact pattern comes first; then the one with the longer literal
//     beginning, the longer shortest match, the more literal characters, the
//     fewer stars; and last, so that the order is total, byte order.
//
// Rule 2 never contradicts rule 1, so comparing needs rule 2 alone; a property
// test holds the two together.
type pattern struct {
	kind edgefn.Kind
	path string // canonical: no slash at the end of a prefix, wildcards in one order
}

// maxPatternLength is CloudFront's limit for the path pattern of a behavior.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern)
const maxPatternLength = 255

// patternCharacters are those that CloudFront takes in a path pattern, next to
// letters, digits and the wildcard "?" (same page).
const patternCharacters = `_-.*$/~"'@:+&`

// parsePattern reads and checks the pattern of a route.
func parsePattern(text string, exact bool) (pattern, error) {
	if err := checkCharacters(text); err != nil {
		return pattern{}, err
	}
	p := classify(text, exact)
	if err := p.check(text); err != nil {
		return pattern{}, err
	}
	return p, nil
}

func classify(text string, exact bool) pattern {
	switch {
	case exact:
		return pattern{edgefn.Exact, text}
	case strings.ContainsAny(text, "*?"):
		return pattern{edgefn.Glob, glob.Canonical(text)}
	case text == "/":
		return pattern{edgefn.Prefix, text}
	}
	return pattern{edgefn.Prefix, strings.TrimSuffix(text, "/")}
}

func checkCharacters(text string) error {
	switch {
	case text == "":
		return fmt.Errorf(`pattern "" is empty: write "/" for the route that takes every path, or a path such as "/api"`)
	case isToken(text):
		return fmt.Errorf("pattern %q holds a value that is known only at deployment: routes are sorted at synthesis, so write the path as plain text", text)
	case text[0] != '/':
		return missingSlash(text)
	}
	for i, c := range text {
		if isAlphanumeric(c) || strings.ContainsRune(patternCharacters, c) || c == '?' {
			continue
		}
		return refusedCharacter(text, i, c)
	}
	return nil
}

func missingSlash(text string) error {
	if _, rest, found := strings.Cut(text, "://"); found {
		_, path, _ := strings.Cut(rest, "/")
		return fmt.Errorf("pattern %q is a URL, and a route is chosen by its path alone: write %q", text, "/"+path)
	}
	host, path, _ := strings.Cut(text, "/")
	if strings.Contains(host, ".") && !strings.ContainsAny(host, "*?") {
		return fmt.Errorf("pattern %q does not begin with a slash: if %q is a host, leave it out, a route is chosen by its path alone: write %q; else write %q", text, host, "/"+path, "/"+text)
	}
	return fmt.Errorf("pattern %q does not begin with a slash: write %q", text, "/"+text)
}

func refusedCharacter(text string, at int, c rune) error {
	question := strings.IndexByte(text, '?')
	switch {
	case c == '#':
		return fmt.Errorf("pattern %q has a fragment: browsers do not send what follows \"#\", so write %q", text, text[:at])
	case c == '=' && 0 <= question && question < at:
		return fmt.Errorf("pattern %q looks as if it had a query string: a \"?\" in a pattern stands for any one character, and CloudFront chooses behaviors by the path alone; write %q and look at the query string in the origin", text, text[:question])
	case c == '%':
		return fmt.Errorf("pattern %q contains \"%%\", which CloudFront refuses in path patterns: write \"*\" where an escaped character is expected", text)
	}
	return fmt.Errorf("pattern %q contains %q, which CloudFront refuses in path patterns: it takes the letters a to z in both cases, digits and %s, besides the wildcard \"?\"; write \"*\" where another character is expected, since it arrives escaped", text, c, patternCharacters)
}

func (p pattern) check(text string) error {
	switch {
	case p.kind == edgefn.Exact && strings.ContainsAny(text, "*?"):
		return fmt.Errorf("pattern %q has a wildcard and is to be matched exactly: leave out Exact, a pattern with wildcards always has to match the whole path", text)
	case p.kind == edgefn.Glob && p.path == "/*":
		return fmt.Errorf(`pattern %q matches every path: write "/"`, text)
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

// behaviors are the path patterns that together match the same paths. A prefix
// needs two, since "/api/*" leaves out "/api" and "/api*" takes "/apiary".
func (p pattern) behaviors() glob.Set {
	switch {
	case p.isRoot():
		return glob.Set{"/*"}
	case p.kind == edgefn.Prefix:
		return glob.Set{p.path, p.path + "/*"}
	}
	return glob.Set{p.path}
}

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

// String shows the pattern as it was written, but for its canonical form.
func (p pattern) String() string {
	if p.kind == edgefn.Exact {
		return p.path + " (exact)"
	}
	return p.path
}

// comparePatterns puts the more specific pattern first. It is zero for equal
// patterns only.
func comparePatterns(a, b pattern) int {
	stars, questions := strings.Count(a.path, "*"), strings.Count(a.path, "?")
	otherStars, otherQuestions := strings.Count(b.path, "*"), strings.Count(b.path, "?")
	return cmp.Or(
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
	disjoint relation = iota
	equal
	narrower // every path of the first is one of the second
	wider    // every path of the second is one of the first
	overlapping
)

// relate decides how the paths of a lie to those of b. Unless they are
// disjoint, witness is a path that both match.
func relate(a, b pattern) (r relation, witness string) {
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

// matches reports whether a path is one of the pattern's.
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
