package cache

import (
	"fmt"
	"net/url"
	"strings"
)

// longestPath is the longest invalidation path, in characters.
const longestPath = 4000

// Invalidate removes the objects with the given paths, whatever their cache
// keys, and returns how many there were. What the origin is sending at that
// moment still reaches those who wait for it, but is not kept.
//
// A path is compared with [Request.Path] as it is: case matters, and so does
// the query string. "*" at the end stands for any characters; "/*" is
// everything. The leading "/" may be left out, as in CloudFront's console. When
// a path is malformed nothing is removed
// (invalidation-specifying-objects.html#invalidation-specifying-objects-paths).
func (c *Cache) Invalidate(paths ...string) (int, error) {
	patterns := make([]pattern, len(paths))
	for i, path := range paths {
		var err error
		if patterns[i], err = parsePattern(path); err != nil {
			return 0, err
		}
	}
	matches := func(path string) bool {
		for _, p := range patterns {
			if p.matches(path) {
				return true
			}
		}
		return false
	}

	c.mu.Lock()
	defer c.mu.Unlock()
	removed := 0
	for at := c.recent.Front(); at != nil; {
		e := at.Value.(*entry)
		at = at.Next()
		if matches(e.path) {
			c.remove(e)
			removed++
		}
	}
	for f := range c.flying {
		if matches(f.path) {
			f.void = true
			c.close(f)
		}
	}
	return removed, nil
}

// pattern is an invalidation path.
type pattern struct {
	text string
	all  bool // whatever begins with text
}

func (p pattern) matches(path string) bool {
	if p.all {
		return strings.HasPrefix(path, p.text)
	}
	return path == p.text
}

func parsePattern(path string) (pattern, error) {
	fail := func(format string, args ...any) (pattern, error) {
		return pattern{}, fmt.Errorf("cfsim: invalidation path %q "+format, append([]any{path}, args...)...)
	}
	text, all := strings.CutSuffix(path, "*")
	switch {
	case path == "":
		return fail(`is empty; write "/*" for everything`)
	case len(path) > longestPath:
		return fail("has %d characters; CloudFront takes %d", len(path), longestPath)
	case strings.Contains(text, "*"):
		return fail(`has a "*" that is not its last character, where alone it is a wildcard; write %q, or every path by itself`, text[:strings.Index(text, "*")+1])
	}
	if encoded := encode(path); encoded != path {
		return fail("has characters that CloudFront compares in their encoded form; write %q", encoded)
	}
	if !strings.HasPrefix(text, "/") {
		text = "/" + text
	}
	return pattern{text, all}, nil
}

// encode escapes what must be escaped in an invalidation path, non-ASCII
// characters and those unsafe by RFC 1738, and leaves escapes as they are.
func encode(path string) string {
	var b strings.Builder
	for i := range len(path) {
		if c := path[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>#{}|\\^[]`", c) >= 0 {
			b.WriteString(url.PathEscape(string([]byte{c})))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
