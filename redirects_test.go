package cfrouter

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// redirect is a route with a redirect, or with a target if the location is "".
type redirect struct {
	pattern  string
	location string
	change   func(*hop)
}

var loopNames = []string{"example.com", "www.example.com", "*.apps.example.com"}

// hopsOf are the routes in the order in which they are tried.
func hopsOf(t *testing.T, redirects []redirect) []hop {
	t.Helper()
	var out []hop
	for _, r := range redirects {
		text, exact := strings.CutSuffix(r.pattern, " exact")
		p, err := parsePattern(text, exact, loopNames)
		if err != nil {
			t.Fatal(err)
		}
		strip, err := stripped(p, nil)
		if err != nil {
			t.Fatal(err)
		}
		h := hop{pattern: p, strip: strip}
		if r.location != "" {
			h.answer = answerUnder(p, edgefn.Response{Status: 308, Location: r.location, KeepPath: true, KeepQuery: true})
		}
		h.site = edgefn.Route{Kind: p.kind, Path: p.path, Strip: strip, Answer: h.answer}
		if r.change != nil {
			r.change(&h)
		}
		out = append(out, h)
	}
	slices.SortStableFunc(out, func(a, b hop) int {
		if c := comparePatterns(a.pattern, b.pattern); c != 0 {
			return c
		}
		return len(b.when) - len(a.when)
	})
	return out
}

func when(conditions ...edgefn.Condition) func(*hop) {
	return func(h *hop) { h.when = conditions }
}

func everyHost(h *hop) { h.everyHost = true }
func dropPath(h *hop)  { h.answer.KeepPath = false }
func dropQuery(h *hop) { h.answer.KeepQuery = false }
func found(h *hop)     { h.answer.Status = 302 }

// bucket is an object store with an index document.
func bucket(h *hop) {
	index := "index.html"
	h.site.Index = &index
}

// clean is one with clean urls.
func clean(urls edgefn.CleanUrls, content ...string) func(*hop) {
	return func(h *hop) {
		bucket(h)
		h.site.Documents = &edgefn.Documents{Clean: urls, Content: content}
	}
}

func (h hop) String() string {
	switch {
	case h.redirects():
		return fmt.Sprintf("%q -> %q (keeps the path: %t)", h.pattern, h.answer.Location, h.answer.KeepPath)
	case h.site.Index == nil:
		return fmt.Sprintf("%q", h.pattern)
	}
	return fmt.Sprintf("%q to a bucket, strips %q (%+v)", h.pattern, h.strip, h.site.Documents)
}

func keepPrefix(h *hop) { h.strip, h.site.Strip = "", "" }

func all(changes ...func(*hop)) func(*hop) {
	return func(h *hop) {
		for _, change := range changes {
			change(h)
		}
	}
}

func cookie(name string) edgefn.Condition {
	return edgefn.Condition{Subject: edgefn.Cookie, Name: name}
}

func not(c edgefn.Condition) edgefn.Condition {
	c.Not = !c.Not
	return c
}

func parameter(name string, values ...string) edgefn.Condition {
	return edgefn.Condition{Subject: edgefn.Parameter, Name: name, Values: values}
}

func method(values ...string) edgefn.Condition {
	return edgefn.Condition{Subject: edgefn.Method, Values: values}
}

func TestRedirectLoops(t *testing.T) {
	proto := edgefn.Condition{Subject: edgefn.Header, Name: "cloudfront-forwarded-proto", Values: []string{"http"}}
	https := edgefn.Condition{Subject: edgefn.Header, Name: "cloudfront-forwarded-proto", Values: []string{"https"}}
	for _, test := range []struct {
		name      string
		redirects []redirect
		want      []string // chains
	}{
		{"none", []redirect{{"/", "", nil}}, nil},
		{"to a target", []redirect{{"/a", "/b", nil}, {"/b", "", nil}}, nil},
		{"to nothing", []redirect{{"/a", "/b", nil}}, nil},
		{"to another site", []redirect{{"/", "https://example.org", nil}}, nil},
		{"to another port", []redirect{{"/", "https://example.com:8443", nil}}, nil},
		{"over several", []redirect{{"/a", "/b", nil}, {"/b", "/c", nil}, {"/c", "", nil}}, nil},

		{"to itself", []redirect{{"/a", "/a", nil}}, []string{`"/a" -> "/a"`}},
		{"deeper into itself", []redirect{{"/a", "/a/b", nil}}, []string{`"/a" -> "/a"`}},
		{"to the one document below", []redirect{{"/a", "/a/b", dropPath}, {"/a/b", "", nil}}, nil},
		{"out of itself", []redirect{{"/a", "/", nil}, {"/", "", nil}}, nil},
		{"everything to one page", []redirect{{"/", "/soon", dropPath}}, []string{`"/" -> "/"`}},
		{"everything else to one page", []redirect{{"/", "/soon", dropPath}, {"/soon exact", "", nil}}, nil},
		{"two", []redirect{{"/b", "/a", nil}, {"/a", "/b", nil}}, []string{`"/a" -> "/b" -> "/a"`}},
		{"three, and one that leads there", []redirect{{"/c", "/a", nil}, {"/b", "/c", nil}, {"/a", "/b", nil}, {"/0", "/a", nil}}, []string{`"/a" -> "/b" -> "/c" -> "/a"`}},
		{"two circles", []redirect{{"/a", "/b", nil}, {"/b", "/a", nil}, {"/c", "/c", nil}}, []string{`"/a" -> "/b" -> "/a"`, `"/c" -> "/c"`}},
		{"with a remainder only", []redirect{{"/a", "/b", nil}, {"/b exact", "", nil}, {"/b", "/a", nil}}, []string{`"/a" -> "/b" -> "/a"`}},
		{"with the bare path only", []redirect{{"/a", "/b", nil}, {"/b exact", "/a", nil}}, []string{`"/b (exact)" -> "/a" -> "/b (exact)"`}},
		{"the remainder is another route's", []redirect{{"/a/x", "", nil}, {"/a exact", "", nil}, {"/a", "/a/y", nil}}, []string{`"/a" -> "/a"`}},
		{"one remainder is another route's further on", []redirect{{"/a", "/a/b", nil}, {"/a exact", "", nil}, {"/a/?/x", "/b", nil}}, []string{`"/a" -> "/a"`}},
		{"remainders of one letter are", []redirect{{"/a", "/a/b", nil}, {"/a exact", "", nil}, {"/a/*/?", "", nil}, {"/a/*/??", "", nil}, {"/a/*/???", "", nil}}, []string{`"/a" -> "/a"`}},
		{"remainders of x are", []redirect{{"/a", "/a/b", nil}, {"/a exact", "", nil}, {"/a/*/*x", "/b", nil}}, []string{`"/a" -> "/a"`}},
		{"every remainder is", []redirect{{"/a", "/a/b", nil}, {"/a exact", "", nil}, {"/a/b/*", "/b", nil}}, nil},
		{"one text for a star is", []redirect{{"/*.php", "/a", nil}, {"/a/x.php", "", nil}, {"/a", "", nil}, {"/a/*p", "/", nil}}, []string{`"/a/*p" -> "/a/*p"`}},
		{"exact", []redirect{{"/a exact", "/a/", nil}, {"/a/ exact", "/a", nil}}, []string{`"/a/ (exact)" -> "/a (exact)" -> "/a/ (exact)"`}},
		{"glob", []redirect{{"/*.php", "/old", nil}, {"/old", "/", nil}}, []string{`"/old" -> "/*.php" -> "/old"`}},
		{"glob to where it does not match", []redirect{{"/*.php", "/index.html", dropPath}}, nil},
		{"slash at the end", []redirect{{"/a", "/b/", nil}, {"/b", "/a/", nil}}, []string{`"/a" -> "/b" -> "/a"`}},

		{"slash off what a bucket puts one on", []redirect{{"/docs", "", bucket}, {"/docs/ exact", "/docs", nil}}, []string{`"/docs/ (exact)" -> "/docs" -> "/docs/ (exact)"`}},
		{"slash off, and the prefix kept", []redirect{{"/docs", "", all(bucket, keepPrefix)}, {"/docs/ exact", "/docs", nil}}, []string{`"/docs/ (exact)" -> "/docs" -> "/docs/ (exact)"`}},
		{"slash off, and the bare path another route's", []redirect{{"/docs", "", all(bucket, keepPrefix)}, {"/docs exact", "", nil}, {"/docs/ exact", "/docs", nil}}, nil},
		{"slash off what no bucket has", []redirect{{"/docs", "", nil}, {"/docs/ exact", "/docs", nil}}, nil},
		{"slash off below a bucket", []redirect{{"/docs", "", bucket}, {"/docs/a/ exact", "/docs/a", nil}}, nil},
		{"slash on, as the bucket does", []redirect{{"/docs", "", bucket}, {"/old", "/docs", nil}}, nil},
		{"slash on what clean urls take off", []redirect{{"/", "", clean(edgefn.HtmlFiles)}, {"/about exact", "/about/", nil}}, []string{`"/about (exact)" -> "/" -> "/about (exact)"`}},
		{"slash off, as clean urls do", []redirect{{"/", "", clean(edgefn.HtmlFiles)}, {"/about/ exact", "/about", nil}}, nil},
		{"slash off what clean urls put on", []redirect{{"/", "", clean(edgefn.HtmlFolders)}, {"/about/ exact", "/about", nil}}, []string{`"/about/ (exact)" -> "/" -> "/about/ (exact)"`}},
		{"slash off a file", []redirect{{"/", "", clean(edgefn.HtmlFolders)}, {"/a.txt/ exact", "/a.txt", nil}}, nil},
		{"slash off a file that folders have", []redirect{{"/", "", clean(edgefn.HtmlFolders, "/about.html")}, {"/about/ exact", "/about", nil}}, nil},
		{"slash on a file that folders have", []redirect{{"/", "", clean(edgefn.HtmlFolders, "/about.html")}, {"/about exact", "/about/", nil}}, []string{`"/about (exact)" -> "/" -> "/about (exact)"`}},
		{"slash off a folder", []redirect{{"/", "", clean(edgefn.HtmlFolders, "/about/index.html")}, {"/about/ exact", "/about", nil}}, []string{`"/about/ (exact)" -> "/" -> "/about/ (exact)"`}},
		{"two sites of two minds", []redirect{{"/", "", clean(edgefn.HtmlFolders)}, {"/about/ exact", "", clean(edgefn.HtmlFiles)}}, []string{`"/about/ (exact)" -> "/" -> "/about/ (exact)"`}},
		{"slash off what is not there", []redirect{{"/", "", clean(edgefn.HtmlFolders, "/index.html")}, {"/about/ exact", "/about", nil}}, nil},

		{"an escape of what needs none", []redirect{{"/old exact", "/%6Fld", nil}}, []string{`"/old (exact)" -> "/old (exact)"`}},
		{"an escape of a tilde", []redirect{{"/a~b exact", "/a%7Eb", nil}}, []string{`"/a~b (exact)" -> "/a~b (exact)"`}},
		{"an escape of what needs one", []redirect{{"/a+b exact", "/a%2Bb", nil}}, nil},
		{"dots", []redirect{{"/old exact", "/x/../old", nil}, {"/", "", nil}}, []string{`"/old (exact)" -> "/old (exact)"`}},
		{"dots that lead elsewhere", []redirect{{"/old exact", "/old/../new", nil}, {"/", "", nil}}, nil},
		{"two slashes", []redirect{{"/a/b exact", "/a//b", nil}, {"/", "", nil}}, []string{`"/a/b (exact)" -> "/a/b (exact)"`}},
		{"two slashes that hide nothing", []redirect{{"/a exact", "/b//c", nil}, {"/b", "", nil}}, nil},
		{"dots that are refused", []redirect{{"/old exact", "/x%2f../old", nil}, {"/", "", nil}}, nil},

		{"apex to www", []redirect{{"example.com/", "https://www.example.com", nil}, {"/", "", nil}}, nil},
		{"everything to www", []redirect{{"/", "https://www.example.com", nil}}, []string{`"/" -> "/"`}},
		{"www and back", []redirect{{"example.com/", "https://www.example.com", nil}, {"www.example.com/", "http://EXAMPLE.com/", nil}}, []string{`"www.example.com/" -> "example.com/" -> "www.example.com/"`}},
		{"a path of one host", []redirect{{"www.example.com/a", "/b", nil}, {"/b", "https://www.example.com/a", nil}}, []string{`"www.example.com/a" -> "/b" -> "www.example.com/a"`}},
		{"a path of another host", []redirect{{"example.com/a", "/b", nil}, {"www.example.com/b", "/a", nil}}, nil},
		{"hosts below", []redirect{{"*.apps.example.com/", "/a", dropPath}}, []string{`"*.apps.example.com/" -> "*.apps.example.com/"`}},
		{"a host that may be another distribution's", []redirect{{"/", "https://shop.apps.example.com", nil}, {"shop.apps.example.com/a", "", func(h *hop) { h.pattern.host = "other.apps.example.com" }}}, nil},
		{"a host that has routes here", []redirect{{"/", "https://shop.apps.example.com", nil}, {"shop.apps.example.com/a", "", nil}}, []string{`"/" -> "/"`}},
		{"on every host", []redirect{{"/a", "https://www.example.com/a", everyHost}, {"www.example.com/", "", nil}}, []string{`"/a" -> "/a"`}},
		{"on every host, where nothing else is", []redirect{{"/a", "/a/b", everyHost}, {"/a/b", "", nil}, {"shop.apps.example.com/", "", nil}}, []string{`"/a" -> "/a"`}},
		{"on every host below, where nothing else is", []redirect{{"/a", "/a/b", everyHost}, {"/a/b", "", nil}, {"*.apps.example.com/", "", nil}}, []string{`"/a" -> "/a"`}},
		{"on every host, where that host's own is", []redirect{{"/a", "/a/b", everyHost}, {"/a/b", "", nil}, {"shop.apps.example.com/", "", nil}, {"shop.apps.example.com/a/b", "", nil}}, nil},
		{"on every host, of which one hides nothing", []redirect{{"/a", "/a/b", everyHost}, {"/a/b", "", nil}, {"shop.apps.example.com/c", "", nil}}, nil},
		{"on every host, behind a route of one that hides nothing", []redirect{{"/a", "https://www.example.com/a", everyHost}, {"www.example.com/a*", "", nil}}, nil},
		{"not on every host", []redirect{{"/a", "https://www.example.com/a", nil}, {"www.example.com/", "", nil}}, nil},
		{"on every host, but that one has its own", []redirect{{"/a", "https://www.example.com/a", everyHost}, {"www.example.com/a", "", nil}}, nil},

		{"condition that no longer holds elsewhere", []redirect{{"/", "/beta", when(cookie("beta"))}, {"/beta", "", nil}, {"/", "", nil}}, nil},
		{"condition that still holds", []redirect{{"/", "/beta", when(cookie("beta"))}, {"/", "", nil}}, []string{`"/" -> "/"`}},
		{"condition of another route", []redirect{{"/a", "/b", nil}, {"/b", "/a", when(cookie("beta"))}, {"/b", "", nil}}, []string{`"/a" -> "/b" -> "/a"`}},
		{"conditions that want something missing", []redirect{
			{"www.example.com/", "https://shop.apps.example.com", when(cookie("beta"))},
			{"www.example.com/", "", nil},
			{"shop.apps.example.com/", "https://www.example.com", when(not(cookie("stay")))},
			{"shop.apps.example.com/", "", nil},
		}, []string{`"shop.apps.example.com/" -> "www.example.com/" -> "shop.apps.example.com/"`}},
		{"a circle for those alone who lack nothing", []redirect{{"/a", "/b", nil}, {"/b", "", when(not(cookie("consent")))}, {"/b", "/a", nil}}, []string{`"/a" -> "/b" -> "/a"`}},
		{"something missing that the redirect adds", []redirect{{"/a", "/b?x=1", nil}, {"/b", "/a", when(not(parameter("x")))}, {"/b", "", nil}}, nil},
		{"something missing that the first asks for", []redirect{{"/a", "/b", when(cookie("x"))}, {"/a", "", nil}, {"/b", "/a", when(not(cookie("x")))}, {"/b", "", nil}}, nil},
		{"what CloudFront says of http is not missing", []redirect{{"/", "https://example.com", when(not(https))}, {"/", "", nil}}, nil},
		{"GET is not missing", []redirect{{"/a", "/b", when(parameter("x"))}, {"/a", "", nil}, {"/b", "/a", all(when(not(method("GET"))), found)}, {"/b", "", nil}}, nil},
		{"opposite conditions", []redirect{{"/a", "/b", when(cookie("beta"))}, {"/b", "/a", when(not(cookie("beta")))}}, nil},
		{"parameter that is dropped", []redirect{{"/a", "/a", all(when(parameter("old")), dropQuery)}, {"/a", "", nil}}, nil},
		{"parameter that is kept", []redirect{{"/a", "/a", when(parameter("old"))}, {"/a", "", nil}}, []string{`"/a" -> "/a"`}},
		{"parameter that is missing and added", []redirect{{"/a", "/a?lang=en", when(not(parameter("lang")))}, {"/a", "", nil}}, nil},
		{"parameter that is missing and stays so", []redirect{{"/a", "/a?x=1", all(when(not(parameter("lang"))), dropQuery)}, {"/a", "", nil}}, []string{`"/a" -> "/a"`}},
		{"parameter that is added", []redirect{{"/a", "/b?v=1", nil}, {"/b", "/a", when(parameter("v", "1"))}, {"/b", "", nil}}, []string{`"/a" -> "/b" -> "/a"`}},
		{"parameter that is added with another value", []redirect{{"/a", "/b?v=2", dropQuery}, {"/b", "/a", when(parameter("v", "1"))}, {"/b", "", nil}}, nil},
		{"parameter that is added beside another value", []redirect{{"/a", "/b?v=2", nil}, {"/b", "/a", when(parameter("v", "1"))}, {"/b", "", nil}}, []string{`"/a" -> "/b" -> "/a"`}},
		{"POST that becomes a GET", []redirect{{"/a", "/a", all(when(method("POST")), found)}, {"/a", "", nil}}, nil},
		{"POST that stays one", []redirect{{"/a", "/a", when(method("POST"))}, {"/a", "", nil}}, []string{`"/a" -> "/a"`}},
		{"PUT", []redirect{{"/a", "/a", all(when(method("POST", "PUT")), found)}, {"/a", "", nil}}, []string{`"/a" -> "/a"`}},
		{"http to https", []redirect{{"/", "https://example.com", when(proto)}, {"/", "", nil}}, nil},
		{"http to a path", []redirect{{"/", "/a", when(proto)}, {"/", "", nil}}, []string{`"/" -> "/"`}},
	} {
		var got []string
		for _, problem := range loops(hopsOf(t, test.redirects), loopNames) {
			chain, rest, _ := strings.Cut(strings.TrimPrefix(problem, "redirect loop: "), ": ")
			got = append(got, chain)
			if !strings.HasPrefix(rest, "a request for ") {
				t.Errorf("%s: %s", test.name, problem)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: the loops are %q, want %q", test.name, got, test.want)
		}
	}
}

func TestRedirectLoopTexts(t *testing.T) {
	line := func(count int) []redirect {
		out := []redirect{{"/", "", nil}}
		for i := range count {
			out = append(out, redirect{fmt.Sprintf("/%02d", i), fmt.Sprintf("/%02d", i+1), nil})
		}
		return out
	}
	for _, test := range []struct {
		redirects []redirect
		want      []string
	}{
		{
			[]redirect{{"/a", "/b", nil}, {"/b", "/a", nil}},
			[]string{`redirect loop: "/a" -> "/b" -> "/a": a request for "/a" would be sent round without end. Let one of these lead to where another route answers, or narrow it with a host, Exact or When`},
		},
		{
			[]redirect{{"www.example.com/a", "/a", nil}},
			[]string{`redirect loop: "www.example.com/a" -> "www.example.com/a": a request for "www.example.com/a" would be sent round without end. Let one of these lead to where another route answers, or narrow it with a host, Exact or When`},
		},
		{
			[]redirect{{"/docs", "", bucket}, {"/docs/ exact", "/d%6Fcs", nil}},
			[]string{`redirect loop: "/docs/ (exact)" -> "/docs" -> "/docs/ (exact)": a request for "/docs/" would be sent round without end, as the edge by itself redirects "/d%6Fcs" to "/docs" and "/docs" to "/docs/". Let one of these lead to where another route answers, or narrow it with a host, Exact or When`},
		},
		{line(10), nil},
		{
			line(11),
			[]string{`redirect chain: "/00" -> "/01" -> "/02" -> "/03" -> "/04" -> "/05" -> "/06" -> "/07" -> "/08" -> "/09" -> "/10": a request for "/00" would be redirected more than 10 times, and browsers give up on such. Let the first of these lead to where the last one does`},
		},
	} {
		if got := loops(hopsOf(t, test.redirects), loopNames); !slices.Equal(got, test.want) {
			t.Errorf("got  %q\nwant %q", got, test.want)
		}
	}
}

func TestRedirectLoopsAreNotAllListed(t *testing.T) {
	var many []redirect
	for i := range 8 {
		path := fmt.Sprintf("/%d", i)
		many = append(many, redirect{path, path, nil})
	}
	got := loops(hopsOf(t, many), loopNames)
	if len(got) != 6 || got[5] != "redirect loops: there are more than these 5" {
		t.Errorf("the loops are %q", got)
	}
	if got := loops(hopsOf(t, many[:5]), loopNames); len(got) != 5 {
		t.Errorf("the loops are %q", got)
	}
}

// Without domain names there is only the distribution's own, which no location can
// name at synthesis.
func TestRedirectLoopsWithoutNames(t *testing.T) {
	hops := hopsOf(t, []redirect{{"/a", "/b", nil}, {"/b", "/a", nil}, {"/c", "https://example.com/c", nil}})
	if got := loops(hops, nil); len(got) != 1 || !strings.HasPrefix(got[0], `redirect loop: "/a" -> "/b" -> "/a": `) {
		t.Errorf("the loops are %q", got)
	}
}

// sites are ways to serve what no redirect takes.
var sites = []func(*hop){
	func(*hop) {},
	bucket, all(bucket, keepPrefix), clean(edgefn.HtmlFiles), clean(edgefn.HtmlFolders),
	all(clean(edgefn.HtmlFiles), keepPrefix), all(clean(edgefn.HtmlFolders), keepPrefix),
	clean(edgefn.HtmlFiles, "/x.html", "/b.html", "/b/index.html"), clean(edgefn.HtmlFolders, "/x.html", "/b/index.html", "/a/index.html"),
}

// What is followed here is what the edge function answers.
func TestRedirectLoopsAtTheEdge(t *testing.T) {
	starts := []string{"/a/", "/b/", "/x/", "/a/b/", "/a/x/", "/b/x/", "/zz/", "/", "/x", "/zz", "/a", "/a/x", "/a/zz", "/b", "/b/x", "/b/zz", "/a/b", "/a/b/x", "/a/b/zz", "/zzx", "/a/zzx", "/b/zzx", "/a/z/x"}
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	looping := 0
	const tables = 50
	for range tables {
		var redirects []redirect
		for _, pattern := range []string{"/", "/a", "/a exact", "/a/ exact", "/b", "/b/ exact", "/a/b", "/*x", "/a/?/x"} {
			if random.IntN(2) == 0 {
				continue
			}
			r := redirect{pattern: pattern, location: pick("", "", "/", "/a", "/a/", "/b", "/b/", "/a/b", "/%61", "/a//b", "/b/../a", "/c?y=1")}
			switch {
			case r.location == "":
				r.change = sites[random.IntN(len(sites))]
			case random.IntN(2) == 0:
				r.change = dropPath
			}
			redirects = append(redirects, r)
		}
		hops := hopsOf(t, redirects)
		found := loops(hops, nil)
		if len(found) > 0 {
			looping++
		}
		for _, engine := range edgetest.Engines(t) {
			if endless := sentRound(t, engine, hops, starts); (len(found) > 0) != (len(endless) > 0) {
				t.Errorf("%s: %+v\nsays that requests for %q come to no end, and the loops found are %q", engine.Name(), hops, endless, found)
			}
		}
	}
	if looping == 0 || looping == tables {
		t.Errorf("%d of %d tables have loops, so there is nothing to tell", looping, tables)
	}
}

// What is followed from a few hosts and paths finds what following from all of them
// does, and nothing else.
func TestRedirectLoopsOnEveryHost(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 9))
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	paths := []string{"/a/", "/b/", "/x/", "/a/b/", "/a/x/", "/b/x/", "/zz/", "/a/zz/", "/", "/x", "/xx", "/zz", "/a", "/a/x", "/a/zz", "/a/b", "/a/b/x", "/a/b/zz", "/b", "/b/x", "/b/zz", "/a/y/x", "/zx", "/a/zzx", "/b/zzx"}
	looping := 0
	const tables = 1000
	for range tables {
		byPattern := map[string]redirect{}
		hosts := []string{""}
		for range 2 + random.IntN(5) {
			host := pick("", "", "", "example.com", "www.example.com", "shop.apps.example.com", "*.apps.example.com")
			r := redirect{
				pattern:  host + pick("/", "/a", "/a/b", "/b", "/a exact", "/b exact", "/a/ exact", "/a/?/x", "/*x"),
				location: pick("", "", "", "/a", "/a/", "/%61", "/b/../a/", "/b", "/a/b", "/", "https://example.com/a", "https://www.example.com", "https://shop.apps.example.com/b"),
			}
			site := sites[random.IntN(len(sites))]
			drop, every := r.location != "" && random.IntN(3) == 0, host == "" && random.IntN(3) == 0
			r.change = func(h *hop) {
				h.everyHost = every
				switch {
				case drop:
					dropPath(h)
				case r.location == "":
					site(h)
				}
			}
			byPattern[r.pattern] = r
			hosts = append(hosts, strings.Replace(host, "*", "x", 1))
		}
		redirects := slices.Collect(maps.Values(byPattern))
		hops := hopsOf(t, redirects)
		f := newFollower(hops, loopNames)
		endless := ""
		for _, host := range append(hosts, "example.com", "www.example.com") {
			for _, path := range paths {
				if i, v := f.arrive(visit{host, path, nil, false}); i >= 0 && hops[i].sends(v.path) {
					_, problem := f.follow(i, v)
					endless = cmp.Or(endless, problem)
				}
			}
		}
		if found := loops(hops, loopNames); (len(found) > 0) != (endless != "") {
			t.Errorf("%v\nhas the loop %q, and those found are %q", hops, endless, found)
		}
		if endless != "" {
			looping++
		}
	}
	if looping == 0 || looping == tables {
		t.Errorf("%d of %d tables have loops, so there is nothing to tell", looping, tables)
	}
}

// sentRound are those of some paths that the edge function redirects more often
// than is taken for meant.
func sentRound(t *testing.T, engine edgetest.Engine, hops []hop, paths []string) []string {
	t.Helper()
	var table edgefn.Table
	for _, h := range hops {
		row := h.site
		row.Answer = h.answer
		table.Routes = append(table.Routes, row)
	}
	program, err := edgefn.Compose(table)
	if err != nil {
		t.Fatal(err)
	}
	store := map[string]string{}
	for _, entry := range program.Entries {
		store[entry.Key] = entry.Value
	}
	at := map[string]string{} // where those that are still redirected have come to
	for _, path := range paths {
		at[path] = path
	}
	for range maxRedirects + 1 {
		var asked []string
		var events []edgetest.Event
		for path, url := range at {
			asked = append(asked, path)
			events = append(events, edgetest.NewEvent(edgetest.Request{Method: "GET", URL: url}))
		}
		results, err := engine.Run(edgetest.Function{Code: program.Request, Store: store}, events)
		if err != nil {
			t.Fatal(err)
		}
		for i, result := range results {
			var answer struct {
				StatusCode int
				Headers    map[string]struct{ Value string }
			}
			if err := cmp.Or(result.Err, json.Unmarshal(result.Value, &answer)); err != nil {
				t.Fatal(err)
			}
			if at[asked[i]] = answer.Headers["location"].Value; answer.StatusCode != 308 {
				delete(at, asked[i])
			}
		}
	}
	return slices.Sorted(maps.Keys(at))
}
