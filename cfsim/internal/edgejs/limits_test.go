package edgejs

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestLimits runs functions that would not end, or would take all memory. Each
// must end with an error, and the next run must be as good as ever.
func TestLimits(t *testing.T) {
	const slow, deep, large, memory = "ran for more than", "calls nest deeper than 1000", "does not fit into the 2 MB of memory", "MB of memory"
	tests := []struct{ code, message string }{
		{"for (;;) {}", slow},
		{"for (;;) { try { for (;;) {} } catch (e) {} finally { continue; } }", slow},
		{"while (true) Math.random();", slow},
		{"(function f() { Promise.resolve().then(f); })(); return new Promise(function () {});", slow},
		{"[3, 2, 1].sort(function () { for (;;) {} });", slow},
		{"'aa'.replace(/a/g, function () { for (;;) {} });", slow},
		{"var o = {get x() { for (;;) {} }}; return {statusCode: o};  ", "integer"},
		{"return {get statusCode() { for (;;) {} }};", slow},
		{"/^(?!x)(a+)+$/.test('a'.repeat(40) + '!'); return event.request;", slow},
		{`/(a+)+\1$/.test('a'.repeat(40) + '!'); return event.request;`, slow},

		{"return handler(event);", deep},
		{"return [event].map(handler);", deep},
		{"return [2, 1].sort(handler);", deep},
		{"var o = {toString: function () { return '' + this; }}; return '' + o;", deep},
		{"var o = {get x() { return this.x; }}; return o.x;", deep},
		{"var o = {toJSON: function () { return JSON.stringify(this); }}; return JSON.stringify(o);", deep},
		{"return 'a'.replace(/a/, handler);", deep},

		{"var s = 'x'; for (;;) s += s;", memory},
		{"var s = 'é'; for (;;) s = s + s;", memory},
		{"var s = 'x'; for (;;) s = s.concat(s, s);", memory},
		{"var s = 'x'; for (;;) s = [s, s].join();", memory},
		{"var a = []; for (;;) a.push('item ' + a.length);", ""}, // memory or time, whichever is sooner
		{"var a = []; for (;;) a = a.concat([1, 2, 3, 4], a);", ""},
		{"var a = {}; for (var i = 0; ; i++) a['key' + i] = {};", ""},
		{"var o = {}; for (;;) o = Object.create(o);", ""},
		{"var f = function () {}; for (;;) f = f.bind(null);", memory},

		{"'x'.repeat(1e9);", large},
		{"'x'.padStart(1e9);", large},
		{"'x'.padEnd(1e9, 'ab');", large},
		{"'x'.repeat(1e6).replace(/x/g, 'y'.repeat(1e6));", large},
		{"'x'.repeat(1e6).replaceAll('x', 'y'.repeat(1e6));", large},
		{"'x'.repeat(1e5).replace(/x/g, '$`');", large},
		{"'x'.repeat(1e6).split('x').join('y'.repeat(1e6));", large},
		{"new Array(1e9);", large},
		{"Array(1e8).join('x');", large},
		{"new Array(1e6).join('xxxxxxxx');", large},
		{"new Uint8Array(1e9);", large},
		{"new Float64Array(1e6);", large},
		{"new Uint8Array({length: 1e9});", large},
		{"new ArrayBuffer(1e10);", large},
		{"Buffer.alloc(1e9);", large},
		{"Buffer.concat([Buffer.alloc(1)], 1e9);", large},
		{"var a = []; a.length = 4294967295; a.indexOf(1);", large},
		{"var a = []; a[4294967294] = 1; a.forEach(function () {});", large},
		{"Array.prototype.indexOf.call({length: 1e15}, 1);", large},
		{"[].fill.call({length: 1e12}, 1);", large},
		{"var a = []; for (var i = 0; i < 25; i++) a = [a, a]; JSON.stringify(a);", large},
		{"return {statusCode: 200, body: 'x'.repeat(2 << 20) + 'x'};", "functions have 2 MB of memory"},
		{"return {statusCode: 200, headers: {x: {multiValue: Object.assign([], {length: 4294967295})}}};", "want a list"},

		{"JSON.parse('['.repeat(1e6));", "Nested too deep"},
		{"var a = {}; a.a = a; JSON.stringify(a);", "TypeError"},
		{"var a = []; for (var i = 0; i < 1e4; i++) a = [a]; JSON.stringify(a);", "Nested too deep"},
	}
	before := runtime.NumGoroutine()
	for _, test := range tests {
		f := compile(t, handler(test.code+"\nreturn event.request;"))
		switch test.message {
		case slow:
			f.limits.time = 30 * time.Millisecond
		case memory:
			f.limits.time = time.Minute
		case "":
			f.limits.time = 200 * time.Millisecond
		}
		result := f.Run(t.Context(), requestEvent(), nil)
		if result.Err == nil || !strings.Contains(result.Err.Message, test.message) {
			t.Errorf("%s\ngot  %v\nwant … %s …", test.code, result.Err, test.message)
		}
	}
	if result := runCode(t, handler("return event.request;"), requestEvent(), nil); result.Err != nil {
		t.Error(result.Err)
	}
	// What watched the runs has ended with them, and soon so has the clock of
	// the regular expressions.
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("there are %d goroutines, %d before", after, before)
	}
}

// TestGuardsLetPass calls guarded methods as people do.
func TestGuardsLetPass(t *testing.T) {
	tests := []struct{ expression, want string }{
		{"'ab'.repeat(3)", "ababab"},
		{"'ab'.repeat(0)", ""},
		{"'x'.padStart(3, 'ab') + 'x'.padEnd(3)", "abxx  "},
		{"'a-b-c'.replace(/-/g, '$&$&').replaceAll('-', '+')", "a++b++c"},
		{"'abc'.replace('b', function (m, at) { return m + at; })", "ab1c"},
		{"new Array(3).join('ab')", "abab"},
		{"[1, [2, 3]].join('-') + [4, 5]", "1-2,34,5"},
		{"Array.apply(null, [1, 2]).map(function (x) { return x * 2; }).join()", "2,4"},
		{"new Uint8Array([1, 2, 3]).join('')", "123"},
		{"new Uint8Array(new ArrayBuffer(4), 1, 2).length", "2"},
		{"Array.isArray(new Array(5)) && new Array(5).length", "5"},
		{"new Array('5').length", "1"},
		{"Uint8Array.from([1, 2]).length + Uint8Array.of(1).length + Array.of(7)[0]", "10"},
		{"Uint8Array.name + Array.name + Array.length", "Uint8ArrayArray1"},
		{"JSON.stringify(JSON.parse('{\"a\": [1, {\"b\": null}]}'))", `{"a":[1,{"b":null}]}`},
		{"JSON.stringify({a: 1, b: [2]}, null, 1).length", "27"},
		{"JSON.stringify({a: 1, b: 2}, function (k, v) { return k === 'a' ? undefined : v; })", `{"b":2}`},
		{"JSON.stringify({a: 1, b: 2}, ['b'])", `{"b":2}`},
		{"JSON.stringify([{a: [{}]}, {a: [{}]}, [[[]]]])", `[{"a":[{}]},{"a":[{}]},[[[]]]]`},
		{"JSON.stringify()", "undefined"},
		{"(function () { var a = []; a[2] = 1; a.length = 5; return a.indexOf(1) + a.concat([1]).length; })()", "8"},
		{"'aXbX'.split('X').map(function (s) { return s + s; }).filter(Boolean).reduce(function (a, b) { return a + b; })", "aabb"},
	}
	for _, test := range tests {
		if got := body(t, handler("return {statusCode: 200, body: String("+test.expression+")};"), nil); got != test.want {
			t.Errorf("%s is %q, want %q", test.expression, got, test.want)
		}
	}
}
