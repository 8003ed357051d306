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
// them, starting with each that redirects. Of what a request may have besides host
// and path it is taken to have what the conditions of the first route ask for, and
// nothing else that a condition could look at.

// maxRedirects is how many redirects in a row are taken for meant. Browsers give up
// after 20. (https://fetch.spec.whatwg.org/#http-redirect-fetch)
const maxRedirects = 10

// hop is a route, as far as following redirects goes.
type hop struct {
	pattern   pattern
	everyHost bool
	when      []edgefn.Condition
	strip     string
	answer    *edgefn.Response // nil if the target answers
}

func (h hop) redirects() bool { return h.answer != nil && h.answer.Location != "" }

// redirectLoops describes the redirects of sorted routes that lead round in a
// circle. The names are the Router's domain names.
func redirectLoops(routes []*route, names []string) []string {
	hops := make([]hop, len(routes))
	for i, r := range routes {
		hops[i] = hop{r.pattern, value(r.options.EveryHost, false), r.row.When, r.strip, r.row.Answer}
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
	hops       []hop
	names      []string         // the Router's domain names
	served     map[string]bool  // hosts whose requests come to the Router
	plain      map[string][]int // routes without wildcards, by path
	globs      []int
	everywhere []int // routes for every host
}

func newFollower(hops []hop, names []string) *follower {
	f := &follower{hops: hops, names: names, served: map[string]bool{}, plain: map[string][]int{}}
	for _, name := range names {
		f.served[name] = true
	}
	for i, h := range hops {
		f.served[h.pattern.host] = true
		if h.pattern.kind == edgefn.Glob {
			f.globs = append(f.globs, i)
		} else {
			f.plain[h.pattern.path] = append(f.plain[h.pattern.path], i)
		}
		if h.everyHost {
			f.everywhere = append(f.everywhere, i)
		}
	}
	return f
}

// starts are requests that a route redirects: on its own host, or else on each of
// the Router's, for its bare path and for one with a remainder.
func (f *follower) starts(i int) []visit {
	h := f.hops[i]
	if !h.redirects() {
		return nil
	}
	hosts := []string{h.pattern.host}
	if h.pattern.host == "" {
		hosts = append(hosts, f.names...)
	}
	var out []visit
	for _, host := range hosts {
		host = strings.Replace(host, "*", "x", 1)
		for _, candidates := range h.pattern.samples() {
			own := slices.IndexFunc(candidates, func(path string) bool { return f.find(visit{host, path, h.when}) == i })
			if own >= 0 {
				out = append(out, visit{host, candidates[own], h.when})
			}
		}
	}
	return out
}

// samples are paths of a pattern: of each list one that is no other route's will do.
func (p pattern) samples() [][]string {
	var out []string
	switch p.kind {
	case edgefn.Exact:
		return [][]string{{p.path}}
	case edgefn.Glob:
		for _, stars := range []string{"x", "", "xx"} {
			out = append(out, strings.NewReplacer("*", stars, "?", "x").Replace(p.path))
		}
		return [][]string{out}
	}
	for _, remainder := range []string{"x", "xx", "xxx"} {
		out = append(out, strings.TrimSuffix(p.path, "/")+"/"+remainder)
	}
	return [][]string{{p.path}, out}
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
	consider(f.plain[v.path])
	for i := len(v.path) - 1; i > 0; i-- {
		if v.path[i] == '/' {
			consider(f.plain[v.path[:i]])
		}
	}
	consider(f.plain["/"])
	for _, i := range f.everywhere {
		if best >= 0 && f.hops[i].takes(v) && f.hops[i].goesBefore(f.hops[best]) {
			best = i
		}
	}
	return best
}

// takes reports whether a visit can be the route's.
func (h hop) takes(v visit) bool {
	return h.pattern.hostMatches(v.host) && h.pattern.matches(v.path) && edgefn.Implies(v.has, h.when)
}

// goesBefore compares a route for every host with one that may be for a host.
func (h hop) goesBefore(other hop) bool {
	there := h.pattern
	there.host = other.pattern.host
	return comparePatterns(there, other.pattern) < 0
}

// follow describes the circle, or the long way, that a visit of a route is sent
// round, as the chain of routes and as a whole; "" if it comes to an end.
func (f *follower) follow(i int, start visit) (chain, problem string) {
	way := []int{i}
	before := map[string]bool{start.key(): true}
	for v, again := start, false; !again && len(way) <= maxRedirects; {
		next, stays := f.redirected(i, v)
		if !stays {
			return "", ""
		}
		if i = f.find(next); i < 0 || !f.hops[i].redirects() {
			return "", ""
		}
		way = append(way, i)
		again = before[next.key()]
		before[next.key()] = true
		v = next
	}
	first := start.host + start.path
	for at := len(way) - 2; at >= 0; at-- {
		if way[at] == i {
			chain = f.chain(circle(way[at:]))
			return chain, fmt.Sprintf("redirect loop: %s: a request for %q would be sent round without end. Let one of these lead to where another route answers, or narrow it with a host, Exact or When", chain, first)
		}
	}
	chain = f.chain(way)
	return chain, fmt.Sprintf("redirect chain: %s: a request for %q would be redirected more than %d times, and browsers give up on such. Let the first of these lead to where the last one does", chain, first, maxRedirects)
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
	to, err := url.Parse(h.answer.Location)
	if err != nil {
		return visit{}, false
	}
	next = visit{host: v.host, path: to.EscapedPath(), has: h.answered(v, to)}
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
