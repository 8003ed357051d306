package edgejs

import (
	"context"
	"strings"
	"testing"
	"time"
)

// TestErrors runs functions that fail.
func TestErrors(t *testing.T) {
	tests := []struct {
		name, code string
		kind       Kind
		message    string // part of it
	}{
		{"throw", handler("throw new Error('boom');"), Execution, "2:7: Error: boom"},
		{"throw of a string", handler("throw 'boom';"), Execution, "2:1: boom"},
		{"throw of nothing", handler("throw undefined;"), Execution, "undefined"},
		{"throw of an object that cannot be written", handler("throw {toString: function () { throw 1; }};"), Execution, "[object]"},
		{"undefined function", handler("nope();"), Execution, "2:5: ReferenceError: nope is not defined"},
		{"within a callback", handler("[1].forEach(function (x) {\n    x.y.z; });"), Execution, "3:9: TypeError"},
		{"at the top level", "var a = null;\nvar b = a.x;\n" + handler("return event.request;"), Execution, "2:11: TypeError"},
		{"strict mode", handler("undeclared = 1; return event.request;"), Execution, "ReferenceError"},
		{"rejected", "async function handler(event) {\n  await null;\n  throw new TypeError('late');\n}", Execution, "3:9: TypeError: late"},
		{"rejected with text", "async function handler(event) { return Promise.reject('text'); }", Execution, "text"},
		{"rejected and not handled", handler("Promise.reject(new Error('lost')); return event.request;"), Execution, "nothing handles that: Error: lost"},
		{"never settled", handler("return new Promise(function () {});"), Execution, "never settled"},
		{"require of what there is not", handler("try { require('fs'); } catch (e) { throw e; }"), Execution, `Cannot find module "fs"`},
		{"eval in a try", handler("try { eval('1'); } catch (e) { throw e; }"), Execution, "eval() is not supported"},
		{"constructor of functions", handler("return (function () {}).constructor('return 1')();"), Execution, "Function() is not supported"},
		{"cwt", "import cf from 'cloudfront';\n" + handler("try { cf.cwt.validateToken(Buffer.from('a'), {key: 'k'}); } catch (e) { return event.request; }"), Execution, "3:27: cf.cwt.validateToken is not simulated"},
		{"tenant", "import cf from 'cloudfront';\n" + handler("return cf.distributionTenant.id;"), Execution, "distributionTenant module is not available"},

		{"nothing", handler(""), Validation, "the handler returned undefined, want event.request or a response"},
		{"null", handler("return null;"), Validation, "returned null"},
		{"text", handler("return 'x';"), Validation, "returned x"},
		{"a list", handler("return [1];"), Validation, "without a statusCode"},
		{"the event", handler("return event;"), Validation, "without a statusCode"},
		{"a promise of nothing", "async function handler(event) {}", Validation, "returned undefined"},
		{"a getter that throws", handler("return {get uri() { throw new Error('inside'); }};"), Execution, "inside"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			result := runCode(t, test.code, requestEvent(), nil)
			if result.Err == nil || result.Request != nil || result.Response != nil {
				t.Fatalf("got %+v, want an error", result)
			}
			if result.Err.Kind != test.kind || !strings.Contains(result.Err.Message, test.message) {
				t.Errorf("got %v: %s\nwant %v: … %s …", result.Err.Kind, result.Err.Message, test.kind, test.message)
			}
		})
	}
}

// TestHandlers runs handlers of all forms.
func TestHandlers(t *testing.T) {
	for _, code := range []string{
		handler("return event.request;"),
		"async " + handler("await null; return event.request;"),
		handler("return Promise.resolve(event.request).then(function (r) { return r; });"),
		handler("return event.request;") + "// the end",
		handler("return event.request;") + "//# sourceMappingURL=nowhere.map",
		"\ufeff" + handler("return event.request;"),
		handler("return event.request;") + "\nvar after = (() => {\n return 1 })();",
		"var x = globalThis;\n" + handler("return x === globalThis && this === undefined && event.request;"),
		"var top = 1;\n" + handler("return globalThis.top === 1 && event.request;"),
		handler("try { null.x; } catch (e) { return event.request; } finally { console.log('end'); }"),
	} {
		f, err := Compile("Edge", code, "cloudfront-js-2.0")
		if err != nil && strings.HasPrefix(code, "\ufeff") {
			continue // whether the engine takes a byte order mark is for edgefn.Check to say
		}
		if err != nil {
			t.Error(err)
			continue
		}
		if result := f.Run(t.Context(), requestEvent(), nil); result.Err != nil || result.Request.URI != "/a/b.txt" {
			t.Errorf("%v of\n%s", result.Err, code)
		}
	}
}

// TestDateStandsStill looks at the clock before and after some work.
func TestDateStandsStill(t *testing.T) {
	calls := 0
	env := &Env{Now: func() time.Time {
		calls++
		return time.UnixMilli(int64(1e12 + calls))
	}}
	code := handler("var a = Date.now(); for (var i = 0; i < 1e5; i++) {} return {statusCode: 200, body: String(Date.now() - a + new Date().getTime())};")
	if got := body(t, code, env); got != "1000000000001" {
		t.Errorf("got %s, want the start of the run", got)
	}
}

// TestLogs reads what console.log was given.
func TestLogs(t *testing.T) {
	result := runCode(t, handler(`
		console.log('text'); console.log('a', 'b'); console.log(); console.log(event.request.cookies);
		console.log([1, 'a', null, undefined, true, new Date(0), /x/g, function f() {}, new TypeError('e'), Symbol('s'), [, 1], new Boolean(true), Buffer.from('a'), 1.5]);
		var o = {a: 1}; o.o = o; console.log(o); console.log({}); console.log('é\n'); console.log(new Date(NaN));
		return event.request;`), requestEvent(), nil)
	want := []string{
		"text", "a", "{id:{value:'1'},theme:{value:'dark'}}",
		"[1,'a',null,undefined,true,1970-01-01T00:00:00.000Z,/x/g,[Function: f],TypeError: e,Symbol(s),[<empty>,1],[Boolean: true],Buffer [97],1.5]",
		"{a:1,o:[Circular]}", "{}", "é\n", "Invalid Date",
	}
	if strings.Join(result.Logs, "|") != strings.Join(want, "|") {
		t.Errorf("got  %q\nwant %q", result.Logs, want)
	}
	// AWS cuts logs off at 10 KB.
	result = runCode(t, handler("for (var i = 0; i < 1000; i++) console.log('0123456789012345678é'); throw 1;"), requestEvent(), nil)
	if n := len(strings.Join(result.Logs, "\n")); n > maxLog || n < maxLog-30 {
		t.Errorf("the log has %d bytes, want some less than %d", n, maxLog)
	}
}

// TestRunIsGivenUp ends runs whose context is done.
func TestRunIsGivenUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := compile(t, handler("for (;;) {}"))
	f.limits.time = time.Hour
	ended := make(chan *Result)
	go func() { ended <- f.Run(ctx, requestEvent(), nil) }()
	cancel()
	if result := <-ended; result.Err == nil || !strings.Contains(result.Err.Message, "context canceled") {
		t.Errorf("got %v, want that the context was canceled", result.Err)
	}
}

func TestCompileErrors(t *testing.T) {
	tests := []struct {
		code, runtime, message string
		line, column           int
	}{
		{"function handler(event) {\n  return event.request?.uri;\n}", "cloudfront-js-2.0", "optional chaining", 2, 23},
		{"var a;", "cloudfront-js-2.0", "no function named handler", 1, 1},
		{handler("let a = 1;"), "cloudfront-js-1.0", "let", 2, 1},
		{handler("return 1;"), "nodejs22.x", `the runtime "nodejs22.x" is unknown; want "cloudfront-js-1.0" or "cloudfront-js-2.0"`, 0, 0},
		{"", "cloudfront-js-2.0", "", 1, 1},
	}
	for _, test := range tests {
		f, err := Compile("Edge", test.code, test.runtime)
		if err == nil || !strings.Contains(err.Error(), test.message) || !strings.HasPrefix(err.Error(), "cfsim: Edge: ") {
			t.Errorf("%s: got the error %v, want … %s …", test.code, err, test.message)
			continue
		}
		// The function answers every request with it.
		result := f.Run(t.Context(), requestEvent(), nil)
		if result.Err != err || result.Err.Kind != Execution || result.Err.Line != test.line || result.Err.Column != test.column {
			t.Errorf("%s: got %+v, want an error at %d:%d", test.code, result.Err, test.line, test.column)
		}
	}
}

// TestImports checks that imports work, and that positions behind them are those
// of the code.
func TestImports(t *testing.T) {
	for _, code := range []string{
		"import qs from 'querystring'; null.x;\n",
		"import qs from 'querystring';null.x;\n",
		"import qs from\"querystring\"; null.x;\n",
		"import qs\n  from 'querystring'; null.x;\n",
		"var e = '€é'; import qs from 'querystring'; null.x;\n",
		"import   qs   from   'querystring'\nimport c from 'crypto'; c.createHash; null.x;\n",
		"'use strict'; /* import x from 'y' */ import qs from 'querystring'; null.x;\n",
	} {
		at := strings.Index(code, "null.x") + len("null.x") - 1
		line := strings.Count(code[:at], "\n") + 1
		column := at - strings.LastIndex(code[:at], "\n")
		result := runCode(t, code+handler("return event.request;"), requestEvent(), nil)
		if result.Err == nil || result.Err.Line != line || result.Err.Column < column-1 || result.Err.Column > column+1 {
			t.Errorf("%q: got %v, want an error at %d:%d", code, result.Err, line, column)
		}
		code = strings.Replace(code, "null.x;", "", 1) + handler("return {statusCode: 200, body: qs.parse('a=b').a};")
		if got := body(t, code, nil); got != "b" {
			t.Errorf("%q: got %s", code, got)
		}
	}
	// One module is one object.
	if got := body(t, "import a from 'crypto';\nvar b = require('crypto');\n"+handler("return {statusCode: 200, body: String(a === b)};"), nil); got != "true" {
		t.Error("two imports of a module are two objects")
	}
}
