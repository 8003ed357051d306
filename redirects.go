package cfrouter

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/edgefn"
)

// Redirects are followed through the Router's own routes as a browser would follow
// them, starting with each that redirects, and through what the edge redirects by
// itself: a path to its normal spelling, and for an object store one with a slash at
// the end to the one without, or the reverse. Of what a request may have besides host
// and path it is taken to have what the conditions of the first route ask for. What
// else it has is once unknown, so that no other condition holds, and once nothing, so
// that those hold which want something missing.

// maxRedirects is how many redirects in a row are taken for meant. Browsers give up
// after 20. (https://fetch.spec.whatwg.org/#http-redirect-fetch)
const maxRedirects = 10

// hop is a route, as far as following redirects goes.
type hop struct {
	pattern   pattern
	everyHost bool
	when      []edgefn.Condition
	strip     string
	answer    *edgefn.Response // nil if the target answers,
	site      edgefn.Route     // which is then part of this
}

func (h hop) redirects() bool { return h.answer != nil && h.answer.Location != "" }

// sends reports whether a path is answered with a redirect.
func (h hop) sends(path string) bool { return h.redirects() || h.site.Moved(path) != "" }

// redirectLoops describes the redirects of sorted routes that lead round in a
// circle. The names are the Router's domain names.
func redirectLoops(routes []*route, names []string) []string {
	hops := make([]hop, len(routes))
	for i, r := range routes {
		hops[i] = hop{r.pattern, value(r.options.EveryHost, false), r.row.When, r.strip, r.row.Answer, r.completeRow(nil)}
	}
	return loops(hops, names)
}

// likelyLoops describes those that there are if hosts which only a wildcard of the
// domain names covers are the Router's as well, and else are not.
func likelyLoops(routes []*route, names []string) []string {
	all := slices.Clone(names)
	for _, r := range routes {
		if r.row.Answer == nil {
			continue
		}
		to, err := url.Parse(r.row.Answer.Location)
		if err == nil && to.Host != "" && slices.ContainsFunc(names, func(name string) bool { return within(strings.ToLower(to.Hostname()), name) }) {
			all = append(all, strings.ToLower(to.Hostname()))
		}
	}
	if len(all) == len(names) {
		return nil
	}
	certain := redirectLoops(routes, names)
	return slices.DeleteFunc(redirectLoops(routes, all), func(loop string) bool { return slices.Contains(certain, loop) })
}

// mostLoops are described. One mistake may make many.
const mostLoops = 5

func loops(hops []hop, names []string) []string {
	f := newFollower(hops, names)
	var out []string
	seen := map[string]bool{}
	for i := range hops {
		for _, start := range f.starts(i) {
			chain, problem := f.follow(i, start)
			if problem == "" || seen[chain] {
				continue
			}
			if len(out) == mostLoops {
				return append(out, fmt.Sprintf("redirect loops: there are more than these %d", mostLoops))
			}
			seen[chain] = true
			out = append(out, problem)
		}
	}
	return out
}

// visit is a request on its way from redirect to redirect.
type visit struct {
	host string // in lower case; "" for the distribution's own name
	path string
	has  []edgefn.Condition // that the request fulfils
	only bool               // it has nothing else that a condition could look at
}

// fulfils reports whether conditions hold for the request.
func (v visit) fulfils(when []edgefn.Condition) bool {
	if v.only {
		when = slices.DeleteFunc(slices.Clone(when), v.lacks)
	}
	return edgefn.Implies(v.has, when)
}

// lacks reports whether a condition holds since the request has nothing of what it
// looks at. A method it always has, which is taken for GET, and so it has the headers
// that CloudFront adds.
func (v visit) lacks(c edgefn.Condition) bool {
	there := c.Subject == edgefn.Header && strings.HasPrefix(c.Name, "cloudfront-") ||
		c.Subject == edgefn.Method && slices.Contains(c.Values, "GET") ||
		slices.ContainsFunc(v.has, func(known edgefn.Condition) bool { return known.Subject == c.Subject && known.Name == c.Name })
	return c.Not && !there
}

// key tells visits apart.
func (v visit) key() string {
	if len(v.has) == 0 {
		return v.host + v.path
	}
	return fmt.Sprint(v)
}

// follower finds the routes of visits.
type follower struct {
	hops        []hop
	served      map[string]bool  // hosts whose requests come to the Router
	plain       map[string][]int // routes without wildcards, by host and path
	globs       []int
	everywhere  []int           // routes for every host
	rooted      map[string]bool // hosts with a route for "/", where those for every host take part
	redirecting map[string]bool // hosts with a route that redirects
	negative    bool            // a condition wants something missing
	remainder   string          // of a path, that no pattern spells
}

func newFollower(hops []hop, names []string) *follower {
	f := &follower{
		hops: hops, remainder: unspelled(hops), plain: map[string][]int{},
		served: map[string]bool{}, rooted: map[string]bool{}, redirecting: map[string]bool{},
	}
	for _, name := range names {
		f.served[name] = true
	}
	for i, h := range hops {
		host := h.pattern.host
		f.served[host] = true
		if h.pattern.kind == edgefn.Glob {
			f.globs = append(f.globs, i)
		} else {
			f.plain[host+h.pattern.path] = append(f.plain[host+h.pattern.path], i)
		}
		if h.everyHost {
			f.everywhere = append(f.everywhere, i)
		}
		if h.pattern.isRoot() {
			f.rooted[host] = host != ""
		}
		if h.redirects() {
			f.redirecting[host] = true
		}
		f.negative = f.negative || slices.ContainsFunc(h.when, func(c edgefn.Condition) bool { return c.Not })
	}
	return f
}

// unspelled is a text that only wildcards of the patterns match, and of them not
// even as many question marks as stand side by side.
func unspelled(hops []hop) string {
	var paths strings.Builder
	for _, h := range hops {
		paths.WriteString(h.pattern.path + "/")
	}
	marks := 1
	for strings.Contains(paths.String(), strings.Repeat("?", marks)) {
		marks++
	}
	const letters = "zyxwvutsrqponmlkjihgfedcba0123456789ZYXWVUTSRQPONMLKJIHGFEDCBA_-~"
	at := strings.IndexFunc(letters, func(c rune) bool { return !strings.ContainsRune(paths.String(), c) })
	return strings.Repeat(letters[max(at, 0):][:1], marks+1)
}

// starts are requests that are redirected as the route's, on the hosts where it is
// followed.
func (f *follower) starts(i int) []visit {
	h := f.hops[i]
	paths := slices.DeleteFunc(h.pattern.samples(f.remainder), func(path string) bool { return !h.sends(path) })
	if len(paths) == 0 {
		return nil
	}
	var out []visit
	for _, host := range f.hostsFor(h) {
		host = strings.Replace(host, "*", "x", 1)
		for _, path := range paths {
			for _, only := range []bool{false, true} {
				if only && !f.negative {
					continue
				}
				if number, v := f.arrive(visit{host, path, h.when, only}); number == i {
					out = append(out, v)
				}
			}
		}
	}
	return out
}

// mostHosts are those that a route is followed on besides its own, as there may be
// thousands of both.
const mostHosts = 30

// hostsFor are the hosts that a route is followed on: its own, or for none one that
// no pattern names. If it is not spelled out, they are those as well that have
// redirects which may lead back, and for a route for every host, which is tried
// before others there, those that it takes part on. On any other host it leads to
// where it does on the first.
func (f *follower) hostsFor(h hop) []string {
	var others []string
	if hostRank(h.pattern.host) > 0 {
		others = slices.AppendSeq(others, maps.Keys(f.redirecting))
	}
	if h.everyHost {
		others = slices.AppendSeq(others, maps.Keys(f.rooted))
	}
	slices.Sort(others)
	others = slices.DeleteFunc(slices.Compact(others), func(host string) bool { return host == h.pattern.host })
	return append([]string{h.pattern.host}, others[:min(len(others), mostHosts)]...)
}

// samples are paths of a pattern. Any of them can be another route's, or lead to one
// that is, where most of their kind are not; hence there are several, and one with a
// remainder that no pattern spells.
func (p pattern) samples(unspelled string) []string {
	var out []string
	switch p.kind {
	case edgefn.Exact:
		return []string{p.path}
	case edgefn.Glob:
		for _, stars := range []string{"x", "", "xx", unspelled} {
			out = append(out, strings.NewReplacer("*", stars, "?", "x").Replace(p.path))
		}
		return append(out, strings.NewReplacer("*", unspelled, "?", unspelled[:1]).Replace(p.path))
	}
	out = append(out, p.path)
	for _, remainder := range []string{"x", "xx", "xxx", unspelled} {
		out = append(out, strings.TrimSuffix(p.path, "/")+"/"+remainder)
	}
	return out
}

// find is the number of the route that a visit belongs to, -1 if there is none.
func (f *follower) find(v visit) int {
	best := -1
	consider := func(numbers []int) {
		for _, i := range numbers {
			if (best < 0 || i < best) && f.hops[i].takes(v) {
				best = i
			}
		}
	}
	consider(f.globs)
	for _, host := range append(hostsAround(v.host), "") {
		consider(f.plain[host+v.path])
		for i := len(v.path) - 1; i > 0; i-- {
			if v.path[i] == '/' {
				consider(f.plain[host+v.path[:i]])
			}
		}
		consider(f.plain[host+"/"])
	}
	for _, i := range f.everywhere {
		if best >= 0 && f.hops[i].takes(v) && f.goesBefore(i, best, v.host) {
			return i
		}
	}
	return best
}

// goesBefore reports whether a route for every host is tried before another one: it
// takes part among the routes of each host that has one for "/".
func (f *follower) goesBefore(i, other int, host string) bool {
	there := f.hops[i].pattern
	for _, there.host = range hostsAround(host) {
		if f.rooted[there.host] && comparePatterns(there, f.hops[other].pattern) < 0 {
			return true
		}
	}
	return false
}

// hostsAround are a host and the wildcards that it belongs to.
func hostsAround(host string) []string {
	out := []string{host}
	for _, rest, more := strings.Cut(host, "."); more; _, rest, more = strings.Cut(rest, ".") {
		out = append(out, "*."+rest)
	}
	return out
}

// takes reports whether a visit can be the route's.
func (h hop) takes(v visit) bool {
	if h.pattern.kind == edgefn.Glob && !strings.HasPrefix(v.path, h.pattern.literal()) {
		return false // as most of them do not match, and the whole of it takes far longer
	}
	return h.pattern.hostMatches(v.host) && h.pattern.matches(v.path) && v.fulfils(h.when)
}

// arrive is the route that a visit comes to, and the visit as it is spelled there;
// -1 if there is none.
func (f *follower) arrive(v visit) (int, visit) {
	find := func(path string) int { return f.find(visit{v.host, path, v.has, v.only}) }
	if v.path = edgefn.Respelled(v.path, find); v.path == "" {
		return -1, v
	}
	return f.find(v), v
}

// follow describes the circle, or the long way, that a visit of a route is sent
// round, as the chain of routes and as a whole; "" if it comes to an end.
func (f *follower) follow(i int, start visit) (chain, problem string) {
	way := []int{i}
	var itself [][]string // what the edge redirects by itself, by the step
	before := map[string]bool{start.key(): true}
	for v, again := start, false; !again && len(way) <= maxRedirects; {
		sent, stays := f.redirected(i, v)
		if !stays {
			return "", ""
		}
		var own []string
		if !f.hops[i].redirects() {
			own = append(own, fmt.Sprintf("%q to %q", v.path, sent.path))
		}
		if i, v = f.arrive(sent); i < 0 || !f.hops[i].sends(v.path) {
			return "", ""
		}
		if v.path != sent.path {
			own = append(own, fmt.Sprintf("%q to %q", sent.path, v.path))
		}
		way, itself = append(way, i), append(itself, own)
		again = before[v.key()]
		before[v.key()] = true
	}
	first := start.host + start.path
	for at := len(way) - 2; at >= 0; at-- {
		if way[at] == i {
			chain = f.chain(circle(way[at:]))
			return chain, fmt.Sprintf("redirect loop: %s: a request for %q would be sent round without end%s. Let one of these lead to where another route answers, or narrow it with a host, Exact or When", chain, first, because(itself[at:]))
		}
	}
	chain = f.chain(way)
	return chain, fmt.Sprintf("redirect chain: %s: a request for %q would be redirected more than %d times, and browsers give up on such. Let the first of these lead to where the last one does", chain, first, maxRedirects)
}

// because says what the edge redirects by itself on a way.
func because(itself [][]string) string {
	texts := slices.Concat(itself...)
	if len(texts) == 0 {
		return ""
	}
	slices.Sort(texts)
	return ", as the edge by itself redirects " + strings.Join(slices.Compact(texts), " and ")
}

// circle turns a chain that ends where it began such that it does so with the
// route that is tried first.
func circle(chain []int) []int {
	ring := chain[1:]
	at := slices.Index(ring, slices.Min(ring))
	return append(slices.Concat(ring[at:], ring[:at]), ring[at])
}

func (f *follower) chain(numbers []int) string {
	texts := make([]string, len(numbers))
	for at, i := range numbers {
		texts[at] = fmt.Sprintf("%q", f.hops[i].pattern)
	}
	return strings.Join(texts, " -> ")
}

// redirected is what becomes of a visit, if it stays on the Router. A host that only
// a wildcard of the Router's domain names covers may be that of another distribution.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/alternate-domain-names-wildcard.html)
func (f *follower) redirected(i int, v visit) (next visit, stays bool) {
	h := f.hops[i]
	if !h.redirects() {
		return visit{v.host, h.site.Moved(v.path), v.has, v.only}, true
	}
	to, err := url.Parse(h.answer.Location)
	if err != nil {
		return visit{}, false
	}
	next = visit{host: v.host, path: to.EscapedPath(), has: h.answered(v, to), only: v.only}
	if h.answer.KeepPath {
		rest := strings.TrimPrefix(v.path, h.strip)
		if rest != "" {
			next.path = strings.TrimSuffix(next.path, "/") + "/" + strings.TrimLeft(rest, "/")
		}
	}
	if next.path == "" {
		next.path = "/"
	}
	if to.Host != "" {
		next.host = strings.ToLower(to.Hostname())
	}
	return next, slices.Contains([]string{"", "80", "443"}, to.Port()) && (next.host == v.host || f.served[next.host])
}

// answered are the conditions that a request fulfils once it was redirected.
func (h hop) answered(v visit, to *url.URL) []edgefn.Condition {
	added := to.Query()
	var out []edgefn.Condition
	for _, c := range v.has {
		if h.outlasts(c, to) {
			out = append(out, c)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(added)) {
		out = append(out, edgefn.Condition{Subject: edgefn.Parameter, Name: name, Values: added[name][:1]})
	}
	return out
}

// outlasts reports whether a condition still holds behind the redirect.
func (h hop) outlasts(c edgefn.Condition, to *url.URL) bool {
	switch c.Subject {
	case edgefn.Parameter:
		if c.Not {
			return !to.Query().Has(c.Name)
		}
		return h.answer.KeepQuery
	case edgefn.Method: // browsers make a GET of a POST
		return c.Not || !slices.Equal(c.Values, []string{"POST"}) || h.answer.Status > 302
	case edgefn.Header: // says whether it was http
		return c.Name != "cloudfront-forwarded-proto" || to.Host == ""
	}
	return true
}
