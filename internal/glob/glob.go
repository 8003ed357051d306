// Package glob decides how CloudFront path patterns relate: which paths a
// pattern matches, whether one pattern matches everything another does, and
// which path two patterns share.
//
// A glob is matched as CloudFront matches the path pattern of a cache
// behavior: '*' stands for zero or more characters, '/' included, '?' for
// exactly one, every other character for itself; case matters and the whole
// path has to match.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern)
//
// A [Set] is the union of several globs, since a route may need more than one
// behavior. The decisions are exact. They rest on one observation: a character
// that appears in no glob is matched by wildcards alone, so whatever one glob
// can match and another cannot shows already when every wildcard is filled
// with that one character.
package glob

import "strings"

// Set is a union of globs: it matches a path when one of its members does.
type Set []string

// Canonical returns the one spelling that all globs with the same matches
// have: in every run of wildcards first each '?', then at most one '*'.
func Canonical(glob string) string {
	var b strings.Builder
	star := false
	flush := func() {
		if star {
			b.WriteByte('*')
			star = false
		}
	}
	for i := range len(glob) {
		switch c := glob[i]; c {
		case '*':
			star = true
		case '?':
			b.WriteByte(c)
		default:
			flush()
			b.WriteByte(c)
		}
	}
	flush()
	return b.String()
}

// Match reports whether the set matches path.
func (s Set) Match(path string) bool {
	at := s.start()
	for i := range len(path) {
		at = s.step(at, path[i])
	}
	return s.accepts(at)
}

// Contains reports whether s matches every path that sub matches. If it does
// not, witness is a path that sub matches and s does not.
func (s Set) Contains(sub Set) (witness string, ok bool) {
	fill := filler(s, sub)
	type state struct {
		glob, pos int    // where in sub
		at        places // where in s
	}
	seen := map[state]bool{}
	var queue []path[state]
	push := func(p path[state], to state, char string) {
		if !seen[to] {
			seen[to] = true
			queue = append(queue, path[state]{to, p.text + char})
		}
	}
	for g := range sub {
		push(path[state]{}, state{g, 0, s.start()}, "")
	}
	for len(queue) > 0 {
		p := queue[0]
		queue = queue[1:]
		g := sub[p.at.glob]
		if p.at.pos == len(g) {
			if !s.accepts(p.at.at) {
				return p.text, false
			}
			continue
		}
		next := state{p.at.glob, p.at.pos + 1, p.at.at}
		switch c := g[p.at.pos]; c {
		case '*':
			push(p, next, "")
			push(p, state{p.at.glob, p.at.pos, s.step(p.at.at, fill)}, string(fill))
		case '?':
			next.at = s.step(p.at.at, fill)
			push(p, next, string(fill))
		default:
			next.at = s.step(p.at.at, c)
			push(p, next, string(c))
		}
	}
	return "", true
}

// Overlap reports whether a path exists that both sets match, and returns a
// shortest one.
func (s Set) Overlap(other Set) (witness string, ok bool) {
	best := ""
	for _, a := range s {
		for _, b := range other {
			if w, found := overlap(a, b, filler(s, other)); found && (!ok || len(w) < len(best)) {
				best, ok = w, true
			}
		}
	}
	return best, ok
}

// overlap walks both globs side by side, breadth first, so that the first path
// it completes is a shortest one.
func overlap(a, b string, fill byte) (witness string, ok bool) {
	type state struct{ a, b int }
	seen := map[state]bool{{}: true}
	queue := []path[state]{{}}
	push := func(to state, text string) {
		if !seen[to] {
			seen[to] = true
			queue = append(queue, path[state]{to, text})
		}
	}
	for len(queue) > 0 {
		p := queue[0]
		queue = queue[1:]
		i, j := p.at.a, p.at.b
		if i == len(a) && j == len(b) {
			return p.text, true
		}
		// A star that ends costs no character: follow it at once, ahead of
		// the longer paths that wait.
		if i < len(a) && a[i] == '*' && !seen[state{i + 1, j}] {
			seen[state{i + 1, j}] = true
			queue = append([]path[state]{{state{i + 1, j}, p.text}}, queue...)
		}
		if j < len(b) && b[j] == '*' && !seen[state{i, j + 1}] {
			seen[state{i, j + 1}] = true
			queue = append([]path[state]{{state{i, j + 1}, p.text}}, queue...)
		}
		if i == len(a) || j == len(b) {
			continue
		}
		if c, same := common(a[i], b[j], fill); same {
			push(state{after(a, i), after(b, j)}, p.text+string(c))
		}
	}
	return "", false
}

// path is a state of a search and the text that leads to it.
type path[S any] struct {
	at   S
	text string
}

// common returns a character that both elements of a glob match.
func common(x, y, fill byte) (c byte, ok bool) {
	switch {
	case !wild(x) && !wild(y):
		return x, x == y
	case !wild(x):
		return x, true
	case !wild(y):
		return y, true
	}
	return fill, true
}

// after is where a glob stands once its element i has taken a character.
func after(glob string, i int) int {
	if glob[i] == '*' {
		return i
	}
	return i + 1
}

func wild(c byte) bool { return c == '*' || c == '?' }

// filler returns a character, if possible a letter, that is in none of the
// globs.
func filler(sets ...Set) byte {
	var used [256]bool
	for _, s := range sets {
		for _, g := range s {
			for i := range len(g) {
				used[g[i]] = true
			}
		}
	}
	for _, c := range []byte("xyzabcdefghijklmnopqrstuvwXYZABCDEFGHIJKLMNOPQRSTUVW0123456789-_~") {
		if !used[c] {
			return c
		}
	}
	for c := range used {
		if !used[c] && c != '/' {
			return byte(c)
		}
	}
	panic("glob: a pattern uses every character there is")
}
