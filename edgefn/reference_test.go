package edgefn_test

import (
	"cmp"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// A reference says what must become of a request: the routing rules, written as
// plainly as they are stated, without a thought for speed and in other words
// than the code that runs at the edge.
type reference []edgefn.Route

// route is the number of the first route that matches a request whose path is
// taken for p, -1 for none.
func (routes reference) route(r edgetest.Request, p string) int {
	return slices.IndexFunc(routes, func(route edgefn.Route) bool {
		return matches(route, p) && matchesHost(route.Host, r.Host) &&
			!slices.ContainsFunc(route.When, func(c edgefn.Condition) bool { return !holds(c, r) })
	})
}

// matchesHost compares the host of a route with what a viewer sends.
func matchesHost(pattern, sent string) bool {
	if pattern == "" {
		return true
	}
	sent, _, _ = strings.Cut(strings.ToLower(sent), ":")
	if end, found := strings.CutPrefix(pattern, "*"); found {
		return strings.HasSuffix(sent, end)
	}
	return sent == pattern
}

// holds looks only at what random requests are made of.
func holds(c edgefn.Condition, r edgetest.Request) bool {
	var sent []string
	add := func(text, separator string) {
		for _, part := range strings.Split(text, separator) {
			if name, value, _ := strings.Cut(strings.TrimSpace(part), "="); name == c.Name {
				sent = append(sent, value)
			}
		}
	}
	switch _, query, _ := strings.Cut(r.URL, "?"); c.Subject {
	case edgefn.Header:
		if value, found := r.Headers[c.Name]; found {
			sent = []string{value}
		}
	case edgefn.Cookie:
		add(r.Headers["cookie"], ";")
	case edgefn.Parameter:
		add(query, "&")
	case edgefn.Method:
		sent = []string{cmp.Or(r.Method, "GET")}
	}
	found := slices.ContainsFunc(sent, func(value string) bool { return len(c.Values) == 0 || slices.Contains(c.Values, value) })
	return found != c.Not
}

func matches(r edgefn.Route, p string) bool {
	switch {
	case r.Kind == edgefn.Exact:
		return p == r.Path
	case r.Kind == edgefn.Glob:
		return matchesGlob(r.Path, p)
	}
	below, found := strings.CutPrefix(p, r.Path)
	return r.Path == "/" || found && (below == "" || below[0] == '/')
}

// matchesGlob goes through the text once and keeps, for each beginning of the
// glob, whether it matches what has been read.
func matchesGlob(glob, text string) bool {
	reached := make([]bool, len(glob)+1)
	skipStars := func() {
		for i := range glob {
			reached[i+1] = reached[i+1] || reached[i] && glob[i] == '*'
		}
	}
	reached[0] = true
	skipStars()
	for i := range len(text) {
		next := make([]bool, len(glob)+1)
		for g := range len(glob) {
			switch glob[g] {
			case '*':
				next[g] = next[g] || reached[g]
			case '?', text[i]:
				next[g+1] = next[g+1] || reached[g]
			}
		}
		reached = next
		skipStars()
	}
	return reached[len(glob)]
}

var (
	escape    = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)
	directory = regexp.MustCompile(`/\.?\.?$`)
	disguised = strings.NewReplacer("%2F", "/", "%2f", "/", "%5C", "/", "%5c", "/", `\`, "/")
)

// decode decodes the escapes of unreserved characters, once.
func decode(p string) string {
	return escape.ReplaceAllStringFunc(p, func(e string) string {
		// QueryEscape is the one that leaves unreserved characters alone and
		// no others.
		if c, err := url.QueryUnescape(e); err == nil && c == url.QueryEscape(c) {
			return c
		}
		return e
	})
}

// normal resolves dot segments and drops empty ones.
func normal(p string) string {
	clean := path.Clean(p)
	if clean != "/" && directory.MatchString(p) {
		clean += "/"
	}
	return clean
}

func isDot(segment string) bool { return segment == "." || segment == ".." }

// answer is what must become of a request: the edge's own answer, or the uri and
// the headers that the request is passed on with. The request must have its
// path seen as it was sent, and be run with rawQueryString.
func (routes reference) answer(r edgetest.Request) edgetest.Answer {
	p, query, _ := strings.Cut(r.URL, "?")
	redirect := func(to string) edgetest.Answer {
		if query != "" {
			to += "?" + query
		}
		return edgetest.Answer{Status: 308, Headers: map[string]string{"location": to, "cache-control": "no-store"}}
	}
	decoded := decode(p)
	segments := strings.Split(decoded, "/")
	for _, s := range segments {
		if !isDot(s) && slices.ContainsFunc(strings.Split(disguised.Replace(s), "/"), isDot) {
			return edgetest.Answer{Status: 400, Headers: map[string]string{"cache-control": "no-store"}}
		}
	}
	number := routes.route(r, p)
	plain := normal(decoded)
	if slices.ContainsFunc(segments, isDot) || routes.route(r, plain) != number || routes.route(r, normal(p)) != number {
		return redirect(strings.ReplaceAll(plain, `\`, "%5C"))
	}
	if number < 0 {
		return edgetest.Answer{Status: 404}
	}
	route := routes[number]
	if route.Answer != nil {
		return edgetest.Answer{Status: route.Answer.Status, Headers: map[string]string{"location": leadingTo(*route.Answer, p[len(route.Strip):], query)}}
	}
	hasDocument := route.Index != nil && *route.Index != ""
	if hasDocument && route.Kind == edgefn.Prefix && p == route.Path && p != "/" {
		return redirect(p + "/")
	}
	return pass(route, r, p)
}

// leadingTo is the location of a redirect, given what is left of the path and the
// query string.
func leadingTo(to edgefn.Response, rest, query string) string {
	location, fragment, hasFragment := strings.Cut(to.Location, "#")
	location, own, _ := strings.Cut(location, "?")
	if to.KeepPath && rest != "" {
		rest = strings.TrimLeft(strings.ReplaceAll(rest, `\`, "%5C"), "/")
		location = strings.TrimSuffix(location, "/") + "/" + rest
	}
	queries := []string{own, query}
	if !to.KeepQuery {
		queries = queries[:1]
	}
	if kept := strings.Join(slices.DeleteFunc(queries, func(q string) bool { return q == "" }), "&"); kept != "" {
		location += "?" + kept
	}
	if hasFragment {
		location += "#" + fragment
	}
	return location
}

// pass is the answer to a request that goes to the origin of a route, or would
// if that were not an object store asked for a list of its keys.
func pass(route edgefn.Route, r edgetest.Request, p string) edgetest.Answer {
	headers := map[string]string{"host": cmp.Or(r.Host, edgetest.DefaultHost)}
	for name, value := range r.Headers {
		headers[name] = value
	}
	delete(headers, "cookie") // which is no header to a function
	delete(headers, "x-forwarded-prefix")
	if route.Strip != "" {
		p = "/" + strings.TrimLeft(p[len(route.Strip):], "/")
		headers["x-forwarded-prefix"] = route.Strip
	}
	if route.Key != "" {
		headers[edgefn.RouteHeader] = route.Key
	}
	if route.Forwards {
		headers["x-forwarded-host"] = headers["host"]
		for _, name := range []string{"forwarded", "x-forwarded-port", "x-original-url", "x-rewrite-url"} {
			delete(headers, name)
		}
	}
	if route.Index != nil && strings.HasSuffix(p, "/") {
		p += *route.Index
	}
	if route.Index != nil && p == "/" {
		return edgetest.Answer{Status: 404}
	}
	origin, base := cmp.Or(route.Origin, "origin")+".example.com", ""
	if route.Elsewhere != "" {
		host, path, found := strings.Cut(route.Elsewhere, "/")
		if origin = host; found {
			base = "/" + path
		}
	}
	return edgetest.Answer{URI: base + p, Headers: headers, Origin: origin}
}
