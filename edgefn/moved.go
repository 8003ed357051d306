package edgefn

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// What the edge redirects by itself is said in JavaScript, and here once more in
// Go for those who want to know it before anything is deployed: see js/respell.js,
// the bare prefix in js/handler.js, and js/documents.js.

var (
	unreserved = regexp.MustCompile(`(?i)%(2[de]|3\d|4[1-9a-f]|5[\daf]|6[1-9a-f]|7[\dae])`)
	disguised  = regexp.MustCompile(`(?i)(\\|%2f|%5c)\.\.?(/|\\|%2f|%5c|$)|/\.\.?(\\|%2f|%5c)`)
	dotSegment = regexp.MustCompile(`/\.\.?(/|$)`)
)

// Respelled is what the edge redirects a path to because it is spelled otherwise
// than the one of a route: the path itself if it does not, "" if it refuses the
// path. The function find is the number of the route that a path belongs to,
// below zero for none.
func Respelled(path string, find func(path string) int) string {
	if !strings.Contains(path, "%") && !strings.Contains(path, "/.") && !strings.Contains(path, "//") {
		return path
	}
	decoded := unreserved.ReplaceAllStringFunc(path, unescaped)
	plain := normalized(decoded)
	if disguised.MatchString(decoded) {
		return ""
	}
	if route := find(path); dotSegment.MatchString(decoded) || find(plain) != route || find(normalized(path)) != route {
		return plain
	}
	return path
}

func unescaped(escape string) string {
	text, err := url.PathUnescape(escape)
	if err != nil {
		return escape
	}
	return text
}

// normalized drops empty and "." segments and lets ".." take the one before it.
func normalized(path string) string {
	var kept []string
	last := ""
	for _, last = range strings.Split(path, "/")[1:] {
		switch {
		case last == "..":
			kept = kept[:max(len(kept)-1, 0)]
		case last != "" && last != ".":
			kept = append(kept, last)
		}
	}
	if len(kept) > 0 && (last == "" || last == "." || last == "..") {
		kept = append(kept, "")
	}
	return "/" + strings.Join(kept, "/")
}

// Moved is what the edge redirects a path of the route to because of how its
// object store is laid out: the bare prefix to the one with a slash, and with clean
// urls one spelling of a document's path to the other. It is "" where it does not,
// or where that depends on the viewer, on rules for rewriting or on the user's own
// code.
func (r Route) Moved(path string) string {
	if r.Answer != nil || r.Code.BeforeRequest != nil {
		return ""
	}
	destinations := r.destinations()
	for _, d := range destinations {
		if !r.moves(d, path) {
			return ""
		}
	}
	if bare, slash := strings.CutSuffix(path, "/"); slash {
		return bare
	}
	return path + "/"
}

// destinations are those that the route can lead to.
func (r Route) destinations() []Destination {
	if r.Split != nil {
		return r.Split.Destinations
	}
	return []Destination{r.Destination}
}

// moves reports whether a destination has a path redirected to the one with, or
// without, a slash at the end.
func (r Route) moves(d Destination, path string) bool {
	rest, index := strings.TrimPrefix(path, r.Strip), ""
	if d.Index != nil {
		index = *d.Index
	}
	bare := rest == "" || r.Kind == Prefix && r.Path != "/" && path == r.Path && r.indexed()
	switch {
	case bare && index != "":
		return true
	case d.Documents == nil, rest == "", len(r.Rewrites) > 0, r.Strip != "" && strings.HasPrefix(rest, "//"):
		return false
	}
	return d.Documents.moves(rest, index)
}

// moves reports whether the path of a document has another spelling that is the
// right one.
func (docs Documents) moves(path, index string) bool {
	slash, dotted := strings.HasSuffix(path, "/"), strings.LastIndexByte(path, '.') > strings.LastIndexByte(path, '/')
	switch {
	case docs.Content != nil:
		return docs.signed(path, index)
	case docs.Fallback != "" || dotted:
		return false
	case docs.Clean == HtmlFiles:
		return slash && path != "/"
	}
	return docs.Clean == HtmlFolders && index != "" && !slash
}

// signed reports whether the page of a path has a sign in front.
func (docs Documents) signed(path, index string) bool {
	path, err := url.PathUnescape(path)
	if err != nil {
		return false
	}
	name := strings.TrimSuffix(path, "/")
	may := []string{path, name + ".html", name + "/" + index}
	near := docs
	near.Content = nil
	for _, key := range docs.Content {
		if slices.Contains(may, key) {
			near.Content = append(near.Content, key)
		}
	}
	page := near.pages(index)[path]
	return page != "" && page[0] != '/'
}
