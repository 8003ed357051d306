package edgefn_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dop251/goja/parser"
	"github.com/google/go-cmp/cmp"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// ownNames are all words in the code of a table that has all kinds of own code and
// that a variable may be called.
func ownNames(t *testing.T) []string {
	program := composed(t, edgefn.Table{
		Code: edgefn.Hooks{BeforeRequest: note("a"), AfterRequest: asyncNote("b")},
		Routes: []edgefn.Route{
			with(edgefn.Hooks{BeforeRequest: note("c"), AfterRequest: note("d")}, store("index.html", prefix("/a"))),
			with(edgefn.Hooks{BeforeRequest: asyncNote("e"), AfterRequest: note("f")}, prefix("/a")),
			{Kind: edgefn.Glob, Path: "/b/*", Destination: edgefn.Destination{Origin: "other", Key: "k", Forwards: true}},
		},
	})
	words := map[string]bool{"cf": true, "undefined": false, "handler": false}
	for _, word := range regexp.MustCompile(`[A-Za-z_$][\w$]*`).FindAllString(program.Request, -1) {
		if _, known := words[word]; !known {
			words[word] = edgefn.Check("let "+word+";"+plainHandler, edgefn.Runtime2) == nil
		}
	}
	maps.DeleteFunc(words, func(_ string, may bool) bool { return !may })
	for _, name := range []string{"find", "redirect", "probing", "request", "event", "v", "p", "u1", "encodeURI"} {
		if !words[name] {
			t.Fatalf("%s is not among the names", name)
		}
	}
	return slices.Sorted(maps.Keys(words))
}

// What a source declares is its own, whatever it is called.
func TestOwnNames(t *testing.T) {
	declared := ownNames(t)
	forms := map[string]string{
		"var %s = '%[1]s';":                    "%s",
		"let %s = '%[1]s';":                    "%s",
		"const %s = '%[1]s';":                  "%s",
		"function %s() { return '%[1]s'; }":    "%s()",
		"var %s = async () => '%[1]s';":        "typeof %s",
		"{ let %s = 1; } var %[1]s = '%[1]s';": "%s",
	}
	for form, use := range forms {
		var code strings.Builder
		var uses []string
		for _, name := range declared {
			fmt.Fprintf(&code, form+"\n", name)
			uses = append(uses, fmt.Sprintf(use, name))
		}
		fmt.Fprintf(&code, `function handler(e) { e.request.headers['x-own'] = { value: [%s].join(' ') }; return e.request; }`, strings.Join(uses, ", "))
		want := strings.Join(declared, " ")
		if use == "typeof %s" {
			want = strings.TrimSuffix(strings.Repeat("function ", len(declared)), " ")
		}
		source := &edgefn.Source{Code: code.String()}
		d := deployed(t, composed(t, edgefn.Table{
			Code: edgefn.Hooks{BeforeRequest: source, AfterRequest: note("t")},
			Routes: []edgefn.Route{
				with(edgefn.Hooks{BeforeRequest: note("r"), AfterRequest: source}, prefix("/a")),
				prefix("/"),
			},
		}))
		eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
			for url, seen := range map[string]string{"/a/x%20y": "r:/a/x%20y t:/x%20y", "/b": "t:/b"} {
				if got := answersTo(t, engine, d, edgetest.Request{URL: url})[0]; got.Err != nil || got.Headers["x-own"] != want || got.Headers["x-seen"] != seen {
					t.Errorf("%s\n%s: got %v, want %s and seen %s", form, url, got, want, seen)
				}
			}
		})
	}
}

// Sources know nothing of each other, and one that is used in several places is
// there once and starts anew in each.
func TestOwnSourcesAreApart(t *testing.T) {
	counting := &edgefn.Source{Name: "count.js", Code: `
		var count = 0, name = 'counting';
		function handler(event) {
			count++;
			var headers = event.request.headers, seen = headers['x-seen'] ? headers['x-seen'].value : '';
			headers['x-seen'] = { value: seen + name + count + typeof other };
			return event.request;
		}`}
	namesake := &edgefn.Source{Name: "count.js", Code: strings.ReplaceAll(counting.Code, "'counting'", "'other', other = 1")}
	table := edgefn.Table{
		Code: edgefn.Hooks{BeforeRequest: counting, AfterRequest: counting},
		Routes: []edgefn.Route{
			with(edgefn.Hooks{BeforeRequest: namesake, AfterRequest: &edgefn.Source{Name: "copy.js", Code: counting.Code}}, prefix("/a")),
			with(edgefn.Hooks{BeforeRequest: counting, AfterRequest: namesake}, prefix("/")),
		},
	}
	program := composed(t, table)
	if n := strings.Count(program.Request, "'counting'"); n != 1 {
		t.Errorf("the source is there %d times, want once:\n%s", n, program.Request)
	}
	d := deployed(t, program)
	const one, other = "counting1undefined", "other1number"
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for url, want := range map[string]string{"/a/x": one + other + one + one, "/x": one + one + other + one} {
			for range 2 {
				if got := answersTo(t, engine, d, edgetest.Request{URL: url})[0].Headers["x-seen"]; got != want {
					t.Errorf("%s: got %s, want %s", url, got, want)
				}
			}
		}
	})
}

// standalone are functions whose answers show much of what they do.
var standalone = []string{
	plainHandler,
	"'use strict';\nfunction handler(event) { 'use strict'; return { statusCode: 200, body: String(this === undefined) }; }",
	"function handler(event) { undeclared = 1; return event.request; } // no end of the line",
	"function handler(event) { return { statusCode: 200, body: typeof undeclared + typeof handler }; } /* no end */",
	"var self = this; var arrow = () => this; function handler() { return { statusCode: 200, body: String(self === globalThis) + (arrow() === self) }; }",
	"var assign = (this && this.assign) || Object.assign; function handler(event) { return assign({}, event.request, { uri: '/assigned' }); }",
	"var text = '//#if keys FIND ASYNC AWAIT VARIABLES ANSWERS OWN_BEFORE';\n//#if keys\nvar seen = `\n//#end\n//#include find\n// ${text}  'x'`;\n//#end\nfunction handler(event) { return { statusCode: 200, body: text + seen }; }",
	"function handler(event) { return { statusCode: 200, body: 'ASYNC function AWAIT find FIND'.replace(/ASYNC (.*) FIND/, '$1') + / {2}\\/\\/ /.source + 4 / 2 / 1 }; }",
	"async function handler(event) { try { await Promise.reject(new Error('no')); } catch (e) { event.request.headers['x-e'] = { value: e.message }; } return event.request; }",
	"function handler(event) { return Promise.resolve({ statusCode: 204 }); }",
	"const handler = (event) => ({ statusCode: 200, body: JSON.stringify(event.request.querystring) });",
	"var handler; handler = async event => { event.request.uri += 'x'; return event.request; }\ndebugger",
	"function handler() { return arguments[0].request; }",
	"function handler(event) { throw new Error('thrown'); }",
	"async function handler(event) { throw new Error('thrown'); }",
	"throw new Error('thrown'); " + plainHandler,
	"function handler(event) { return redirected(event.request.uri); function redirected(to) { return { statusCode: 302, headers: { location: { value: to + '/' } }, cookies: { a: { value: 'b' } } }; } }",
	"let n = 0; const next = () => ++n; function handler(event) { next(); next(); event.request.headers['x-n'] = { value: `${n}` }; return event.request; } do next(); while (n < 3)",
	"function handler(event) { event.request.querystring = { b: { value: '2' }, a: { value: '1' } }; delete event.request.headers.accept; event.request.cookies.c = { value: 'd' }; return event.request; }",
	"function handler(event) { return 'a string'; }",
	"function handler(event) { return event; }",
	"function handler(event) { event.request.method = 'PUT'; return event.request; }",
	"function handler(event) { event.request.headers.host = { value: 'other' }; return event.request; }",
	"function outer() { return function handler(e) { return e.request.uri.length > 3 ? { statusCode: 414 } : e.request; }; } var handler = outer();",
	"label: for (var i = 0; ; i++) { switch (i) { case 4: break label; default: continue label; } } function handler(event) { event.request.uri = '/' + i; return event.request; }",
	"function handler(event) { var f = function f(n) { return n ? n * f(n - 1) : 1; }; return { statusCode: 200, body: f(5) + [3, 1, 2].sort().map(x => x ** 2).join() }; }",
}

// A function does within the Router what it does alone.
func TestOwnCodeIsFaithful(t *testing.T) {
	requests := []edgetest.Request{
		{URL: "/"},
		{URL: "/a/b?a=1&b=2&a=3", Headers: map[string]string{"accept": "text/html", "cookie": "x=1; y=2"}},
		{Method: "POST", URL: "/a%20b"},
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, code := range standalone {
			source := &edgefn.Source{Name: "own.js", Code: code}
			// What njs keeps from one request to the next, CloudFront may not.
			var alone []edgetest.Answer
			for _, r := range requests {
				alone = append(alone, answersTo(t, engine, behind(t, code), r)...)
			}
			everything := edgefn.Route{Path: "/"}
			for place, table := range map[string]edgefn.Table{
				"before":         {Routes: []edgefn.Route{everything}, Code: edgefn.Hooks{BeforeRequest: source}},
				"after":          {Routes: []edgefn.Route{everything}, Code: edgefn.Hooks{AfterRequest: source}},
				"before a route": {Routes: []edgefn.Route{with(edgefn.Hooks{BeforeRequest: source}, everything)}},
				"after a route":  {Routes: []edgefn.Route{with(edgefn.Hooks{AfterRequest: source}, everything)}},
			} {
				for i, got := range answersTo(t, engine, deployed(t, composed(t, table)), requests...) {
					want := alone[i]
					if got.Status >= 500 && want.Status >= 500 {
						continue // CloudFront's own answers tell no more
					}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("%s of %s:\n%s\n(-alone +composed)\n%s", place, requests[i].URL, code, diff)
					}
				}
			}
		}
	})
}

// njs has the modules that CloudFront has.
func TestOwnCodeRequires(t *testing.T) {
	engine, err := edgetest.Njs()
	if err != nil {
		t.Skip(err)
	}
	source := &edgefn.Source{Code: `
		const crypto = require('crypto'), qs = require('querystring');
		function handler(event) {
			event.request.headers['x-own'] = { value: crypto.createHash('md5').update('a').digest('hex') + qs.stringify({ a: 1 }) + Buffer.from('ab').toString('hex') };
			return event.request;
		}`}
	d := deployed(t, composed(t, edgefn.Table{Code: edgefn.Hooks{AfterRequest: source}, Routes: []edgefn.Route{prefix("/")}}))
	const want = "0cc175b9c0f1b6a831c399e269772661a=16162"
	if got := answersTo(t, engine, d, edgetest.Request{URL: "/"})[0]; got.Headers["x-own"] != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// held composes code that is taken alone with a table, in every place, and fails
// if what comes of it is not taken by an engine that takes the code alone. It
// reports whether there was anything to hold.
func held(t *testing.T, code string, taken func(code string) error) bool {
	t.Helper()
	source := &edgefn.Source{Name: "own.js", Code: code}
	if source.Check() != nil || taken(code) != nil {
		return false
	}
	program, err := edgefn.Compose(edgefn.Table{
		Code:   edgefn.Hooks{BeforeRequest: source, AfterResponse: source},
		Routes: []edgefn.Route{with(edgefn.Hooks{BeforeRequest: note("r"), AfterRequest: source}, prefix("/a")), prefix("/")},
	})
	if err != nil {
		if !strings.Contains(err.Error(), "which nothing declares") {
			t.Errorf("%v\n%s", err, code)
		}
		return false
	}
	for _, composed := range []string{program.Request, program.Response} {
		if problems := edgefn.Check(composed, edgefn.Runtime2); problems != nil {
			t.Errorf("%v\n%s\nbecame\n%s", problems, code, composed)
		}
		if err := taken(composed); err != nil {
			t.Errorf("%v\n%s\nbecame\n%s", err, code, composed)
		}
	}
	return true
}

// takenByGoja reports what a parser that is not ours says of a function.
func takenByGoja(code string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("it breaks down: %v", r)
		}
	}()
	// It knows no modules.
	code = strings.Replace(code, "import cf from'cloudfront';", "var cf;", 1)
	_, err = parser.ParseFile(nil, "", code, parser.IgnoreRegExpErrors, parser.WithDisableSourceMaps)
	return err
}

func FuzzOwnCode(f *testing.F) {
	for _, code := range slices.Concat(standalone, gaps) {
		f.Add(code)
	}
	modules := f.TempDir()
	if err := os.WriteFile(filepath.Join(modules, "cloudfront"), []byte("export default {}"), 0o600); err != nil {
		f.Fatal(err)
	}
	command, noNjs := exec.LookPath("njs")
	f.Fuzz(func(t *testing.T, code string) {
		held(t, code, takenByGoja)
		if noNjs == nil {
			held(t, code, func(code string) error {
				if said := refusal(t, command, modules, code); said != "" {
					return errors.New(said)
				}
				return nil
			})
		}
	})
}

// Whatever the engine takes at the top level of a function, it takes in the
// function that a source becomes.
func TestOwnCodeOfAllConstructs(t *testing.T) {
	programs := corpus(t)
	for seed := range uint64(200) {
		programs = append(programs, newGenerator(seed).program())
	}
	n := 0
	for _, program := range programs {
		if held(t, inFront+program, takenByGoja) {
			n++
		}
	}
	if n < len(programs)/3 {
		t.Errorf("only %d of %d programs are taken alone", n, len(programs))
	}
}
