package edgefn_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

func rewriting(path string, rules ...edgefn.Rewrite) edgefn.Route {
	route := prefix(path)
	route.Rewrites = rules
	return route
}

func TestRewrites(t *testing.T) {
	rule := func(match, replace string) []edgefn.Rewrite {
		return []edgefn.Rewrite{{Match: match, Replace: replace}}
	}
	ordered := []edgefn.Rewrite{
		{Match: `^/keep/`, Replace: "$&"},
		{Match: `^/(?<section>[^/]+)/(\d+)$`, Replace: "/$<section>/by-id/$2"},
		{Match: `^/([^/]+)/`, Replace: "/$1/by-name/"},
	}
	tests := []struct {
		rules     []edgefn.Rewrite
		url, want string
	}{
		{ordered, "/keep/7", "/keep/7"},
		{ordered, "/blog/7", "/blog/by-id/7"},
		{ordered, "/blog/seven", "/blog/by-name/seven"},
		{ordered, "/blog", "/blog"},
		{ordered, "", "/"},
		{rule(`^`, "/v1"), "/a?b", "/v1/a"},
		{rule(`a`, "b"), "/a/a", "/b/a"},
		{rule(`^/v\d+`, ""), "/v2/a", "/a"},
		{rule(`^/v\d+`, ""), "/v2", "/"},
		{rule(`^/v\d+/`, ""), "/v2/a", "/a"},
		{rule(`^/v\d+`, ""), "/v2//a", "/a"},
		{rule(`^/v\d+`, ""), "/v2///a//b", "/a//b"},
		{rule(`.*`, "a/b"), "/x", "/a/b"},
		{rule(`^/(.*)\.html$`, "/$1"), "/a/b.html", "/a/b"},
		{rule(`[/]([a/]+)/z`, "/$1"), "/a/a/z", "/a/a"},
		{rule(`\/a\\?/(b)`, "/$1"), "/a/b", "/b"},
		{rule(`(a)|(b)`, "[$1$2]"), "/b", "/[b]"},
		{rule(`(a)(b)?`, "<$2>"), "/a", "/<>"},
		{rule(`a`, "$$1$$&"), "/a", "/$1$&"},
		{rule(`(a)`, "$1$11$01"), "/a", "/aa1a"},
		{rule(`(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)`, "$10$9$1"), "/abcdefghij", "/jia"},
		{rule(`(?<=/)a(?=b)(?!bc)`, "x"), "/ab", "/xb"},
		{rule(`(?<=/)a(?=b)(?!bc)`, "x"), "/abc", "/abc"},
		{rule(`^/(\w+)/\1$`, "/twice/$1"), "/a/a", "/twice/a"},
		{rule(`"'//`, `'"`), `/x"'//`, `/x'"`},
		{rule(`%2[Ff]`, "-"), "/a%2fb", "/a-b"},
		{rule(`ä+`, "%C3%A4"), "/xä", "/x%C3%A4"},
		{rule(`/$`, "/index.php"), "/a/", "/a/index.php"},
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			for _, path := range []string{"/", "/site"} {
				for _, r := range test.rules {
					if err := r.Check(); err != nil {
						t.Errorf("%+v: %v", r, err)
					}
				}
				url := strings.TrimSuffix(path, "/") + test.url
				if url == "" || path == "/" && strings.HasPrefix(url, "/?") {
					continue
				}
				d := behind(t, compose(t, []edgefn.Route{rewriting(path, test.rules...)}))
				got := ask(t, engine, d, edgetest.Request{URL: url})
				_, query, _ := strings.Cut(test.url, "?")
				if outcome(got) != path+" "+test.want || got.Query != query {
					t.Errorf("%+v: %s: got %v with query %q, want %s", test.rules, url, got, got.Query, test.want)
				}
			}
		}
	})
}

// Index documents are looked for in the path that a rule makes.
func TestRewriteBeforeIndexDocument(t *testing.T) {
	route := store("index.html", rewriting("/site", edgefn.Rewrite{Match: `^/latest/`, Replace: "/v2/"}))
	d := behind(t, compose(t, []edgefn.Route{route}))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		if got := ask(t, engine, d, edgetest.Request{URL: "/site/latest/"}); outcome(got) != "/site /v2/index.html" {
			t.Errorf("got %s, want /v2/index.html", outcome(got))
		}
	})
}

// No rule makes a dot segment of what a viewer sends, spelled in whatever way.
func TestRewriteMakesNoDotSegments(t *testing.T) {
	rules := []edgefn.Rewrite{
		{Match: `^/cut/(.*)x(.*)$`, Replace: "/a/$1$2/b"},
		{Match: `^/up/(.*)$`, Replace: "/a/.$1"},
		{Match: `^/percent/(.*)$`, Replace: "/a/%$1"},
		{Match: `^/slash/(.*)$`, Replace: "/a%2f$1"},
		{Match: `^/(\.+)end`, Replace: "$1"},
	}
	refused := []string{
		"/cut/.x.", "/cut/x.", "/cut/a/.x.", "/cut/.x%2e", "/cut/%x2e", `/cut/.x.\`, "/cut/.x.%2F", "/cut/.x.%5c", "/cut/a%2fx..",
		"/up/.", "/up/./", "/up/%2E", "/percent/2e", "/percent/2e%2e/", "/slash/..", "/slash/.", "/..end", "/.end",
	}
	passed := map[string]string{
		"/cut/..x.": "/a/.../b", "/cut/.xa": "/a/.a/b", "/up/a": "/a/.a", "/up/..": "/a/...", "/cut/x%252e": "/a/%252e/b", "/slash/.a": "/a%2f.a",
		"/percent/2e.html": "/a/%2e.html",
	}
	d := behind(t, compose(t, []edgefn.Route{rewriting("/", rules...)}))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, url := range refused {
			// Some are sent to their normal form before.
			if got := send(t, engine, d, edgetest.Request{URL: url})[0]; got.Status != 400 && got.Status != 308 {
				t.Errorf("%s: got %v, want 400", url, got)
			}
		}
		for url, want := range passed {
			if got := send(t, engine, d, edgetest.Request{URL: url})[0]; got.Status != 308 && got.URI != want {
				t.Errorf("%s: got %v, want %s", url, got, want)
			}
		}
	})
}

// dotSegment is one under any of the spellings of its characters.
var dotSegment = regexp.MustCompile(`(?i)(^|/|\\|%2f|%5c)(\.|%2e)(\.|%2e)?(/|\\|%2f|%5c|$)`)

func FuzzRewrite(f *testing.F) {
	for _, url := range []string{"/a/.x.", "/..", "/%2x5e", "/a%2f.x.%2Fb", "//x//", `/\x.`, "/.x", "/ä.x.x"} {
		f.Add(url)
	}
	rules := []edgefn.Rewrite{{Match: `^/one/(.*)x(.*)`, Replace: "$2/$1$2"}, {Match: `x+`, Replace: ""}, {Match: `^/(.)(.*)(.)$`, Replace: "$3$2$1"}}
	d := behind(f, compose(f, []edgefn.Route{rewriting("/", rules...)}))
	f.Fuzz(func(t *testing.T, path string) {
		got := ask(t, edgetest.Goja(), d, edgetest.Request{URL: "/" + strings.ToValidUTF8(path, "")})
		if got.Status == 0 && got.URI != "/"+path && (dotSegment.MatchString(got.URI) || got.URI[0] != '/') {
			t.Errorf("%q is passed on as %q", path, got.URI)
		}
	})
}

// badRewrites are rules by parts of what Check says of them.
var badRewrites = []struct {
	rule edgefn.Rewrite
	want []string
}{
	{edgefn.Rewrite{Replace: "/a"}, []string{"empty", `"^"`}},
	{edgefn.Rewrite{Match: `/^\/v1/`}, []string{`"/^\\/v1/"`, "as if slashes stood around it", `write it without them, "^\\/v1"`}},
	{edgefn.Rewrite{Match: `/^a/gi`}, []string{`write it without them, "^a"`}},
	{edgefn.Rewrite{Match: `/^a/b`}, []string{`write it without them, "^a/b"`}},
	{edgefn.Rewrite{Match: `/^`}, []string{`write it without them, "^"`}},
	{edgefn.Rewrite{Match: "(a"}, []string{`"(a"`, "without its )"}},
	{edgefn.Rewrite{Match: "a)"}, []string{`"a)"`, "without its ("}},
	{edgefn.Rewrite{Match: "[a"}, []string{`"[a"`, "without its ]"}},
	{edgefn.Rewrite{Match: "*"}, []string{`"*"`, "nothing to repeat"}},
	{edgefn.Rewrite{Match: `a\`}, []string{`"a\\"`, "backslash at its end"}},
	{edgefn.Rewrite{Match: "a\nb"}, []string{`"a\nb"`, "control character"}},
	{edgefn.Rewrite{Match: `(?<=a*)b`}, []string{"lookbehind"}},
	{edgefn.Rewrite{Match: `(a)\2`}, []string{"group that is not there"}},
	{edgefn.Rewrite{Match: `\i`}, []string{`unknown escape \i`}},
	{edgefn.Rewrite{Match: `(?i)a`}, []string{`"(?i)a"`, "not JavaScript's"}},
	{edgefn.Rewrite{Match: `^/(\p{L}+)`}, []string{`"^/(\\p{L}+)"`, `\p{L}, which is Perl's and not JavaScript's`, "[A-Za-z0-9]"}},
	{edgefn.Rewrite{Match: `[\P{Lu}]`}, []string{`\P{Lu}, which is Perl's`, "[A-Za-z0-9]"}},
	{edgefn.Rewrite{Match: `\pL`}, []string{`\pL, which is Perl's`}},
	{edgefn.Rewrite{Match: `\A/a\z`}, []string{`\A, which is Perl's`, "^ for the beginning"}},
	{edgefn.Rewrite{Match: `/\Ka`}, []string{`\K, which is Perl's`, "$1"}},
	{edgefn.Rewrite{Match: `[\h]`}, []string{`\h, which is Perl's`, "brackets"}},
	{edgefn.Rewrite{Match: `a\E`}, []string{`\E, which is Perl's`}},
	{edgefn.Rewrite{Match: `[[:alpha:]]+`}, []string{`[:alpha:], which is Perl's`, "A-Za-z0-9"}},
	{edgefn.Rewrite{Match: `[^]a]`}, []string{`[^], which is Perl's`, `\]`}},
	{edgefn.Rewrite{Match: `a{2}+`}, []string{`{2}+, which is Perl's`, "write {2}"}},
	{edgefn.Rewrite{Match: `(?<a>x)(?<a>y)`}, []string{"second group named a"}},
	{edgefn.Rewrite{Match: "a(b)(c)", Replace: "$3"}, []string{`"$3"`, "2 groups", "(…)"}},
	{edgefn.Rewrite{Match: "a", Replace: "$1"}, []string{`"$1"`, "0 groups"}},
	{edgefn.Rewrite{Match: "(a)", Replace: "$0"}, []string{`"$0"`, "counted from 1"}},
	{edgefn.Rewrite{Match: "(a)", Replace: "$00"}, []string{`"$00"`, "counted from 1"}},
	{edgefn.Rewrite{Match: "(?<b>a)", Replace: "$<c>"}, []string{"$<c>", "no group of that name"}},
	{edgefn.Rewrite{Match: "(?<b>a)", Replace: "$<b"}, []string{"refers to nothing", "$$"}},
	{edgefn.Rewrite{Match: "a", Replace: "/$"}, []string{`"/$"`, "$$"}},
	{edgefn.Rewrite{Match: "a", Replace: "$`"}, []string{"refers to nothing", "$$"}},
	{edgefn.Rewrite{Match: "(a)", Replace: `\1`}, []string{"backslash", "$1"}},
	{edgefn.Rewrite{Match: "a", Replace: "/a?b=1"}, []string{`"/a?b=1"`, "query string", "%3F"}},
	{edgefn.Rewrite{Match: "a", Replace: "/a#b"}, []string{`'#'`, "%23"}},
	{edgefn.Rewrite{Match: "a", Replace: "/a b"}, []string{`' '`, "%20"}},
	{edgefn.Rewrite{Match: "a", Replace: "/ä"}, []string{`'ä'`, "%C3%A4"}},
	{edgefn.Rewrite{Match: "a", Replace: "/\x00"}, []string{`'\x00'`, "%00"}},
	{edgefn.Rewrite{Match: "a", Replace: "/50%"}, []string{`"/50%"`, "%25"}},
	{edgefn.Rewrite{Match: "a", Replace: "/%zz"}, []string{`"/%zz"`, "%25"}},
}

func TestRewriteCheck(t *testing.T) {
	for _, test := range badRewrites {
		err := test.rule.Check()
		for _, part := range test.want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%+v: got error %v, want %q in it", test.rule, err, part)
			}
		}
	}
}

// What Check lets through, every engine runs.
func FuzzRewriteCheck(f *testing.F) {
	for _, test := range badRewrites {
		f.Add(test.rule.Match, test.rule.Replace)
	}
	for _, expression := range []string{`^/a/(.*)$`, `[^/]+/(?<x>\d+)`, `[/\]]`, `\/`, `a{2,3}?`, `(?:a|b)+`, `[]`, `x[^]`, `\u0041`, `[\w-]`} {
		f.Add(expression, "/$1$<x>")
	}
	engines := edgetest.Engines(f)
	f.Fuzz(func(t *testing.T, match, replace string) {
		rule := edgefn.Rewrite{Match: match, Replace: replace}
		if rule.Check() != nil {
			return
		}
		program, err := edgefn.Compose(edgefn.Table{Routes: []edgefn.Route{rewriting("/", rule)}})
		if err != nil {
			t.Fatal(err)
		}
		if problems := edgefn.Check(program.Request, edgefn.Runtime2); problems != nil {
			t.Fatalf("%+v: %v", rule, problems)
		}
		d := behind(t, program.Request)
		for _, engine := range engines {
			if got := ask(t, engine, d, edgetest.Request{URL: "/a/b"}); got.Status != 0 && got.Status != 400 {
				t.Errorf("%s: %+v: got %v", engine.Name(), rule, got)
			}
		}
	})
}
