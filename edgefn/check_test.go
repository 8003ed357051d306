package edgefn_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfrouter/cfrouter/edgefn"
)

// check returns what Check finds in code that has a handler, a line a problem.
// The code begins on the second line.
func check(code string, runtime edgefn.Runtime) string {
	var lines []string
	for _, p := range edgefn.Check("function handler() {}\n"+code, runtime) {
		lines = append(lines, fmt.Sprintf("%d:%d %s -> %s", p.Line-1, p.Column, p.Found, p.Instead))
	}
	return strings.Join(lines, "\n")
}

var checkTests = []struct{ code, want string }{
	// What came after ECMAScript 5.1 and the engine does not have.
	{"var a = event.request?.uri", `1:22 optional chaining (?.) -> event.request && event.request.uri`},
	{"a?.[0]", `1:2 optional chaining (?.) -> a && a[0]`},
	{"a.b?.(c)", `1:4 optional chaining (?.) -> a.b && a.b(c)`},
	{"headers['x'] ||= 'y'", `1:14 the operator ||= -> headers['x'] = headers['x'] || 'y'`},
	{"a ??= {}", `1:3 the operator ??= -> a = a ?? {}`},
	{"for (const part of uri.split('/')) {}", `1:1 for…of -> for (let i = 0; i < uri.split('/').length; i++) { const part = uri.split('/')[i]; … }`},
	{"for (const i of xs) {}", `1:1 for…of -> for (let j = 0; j < xs.length; j++) { const i = xs[j]; … }`},
	{"async function f() { for await (const x of xs) {} }", `1:22 for await…of -> for (let i = 0; i < xs.length; i++) { const x = await xs[i]; … }`},
	{"const {a, b = 1, ...c} = d", `1:7 destructuring -> const a = o.a; const b = o.b`},
	{"let [a] = b", `1:5 destructuring -> const a = xs[0]; const b = xs[1]`},
	{"[a, b] = [b, a]", `1:1 destructuring -> const a = xs[0]; const b = xs[1]`},
	{"({a} = b)", `1:2 destructuring -> const a = o.a; const b = o.b`},
	{"function f({a}, b) {}", `1:12 destructuring -> const a = o.a; const b = o.b`},
	{"xs.map(({a}) => a)", `1:9 destructuring -> const a = o.a; const b = o.b`},
	{"function f(a, b = {}) {}", `1:17 a default of a parameter -> if (b === undefined) { b = {}; } in the function`},
	{"f((a = 1) => a)", `1:4 a default of a parameter -> if (a === undefined) { a = …; } in the function`},
	{"f(...xs)", `1:3 spread (...) -> f.apply(null, xs)`},
	{"[...xs, 1]", `1:2 spread (...) -> xs.concat(ys), or xs.slice() for a copy`},
	{"({...o})", `1:3 spread (...) -> Object.assign({}, o)`},
	{"try { a } catch { b }", `1:11 a catch without a name -> catch (e)`},
	{"class A { #b = 1; static { } }", `1:1 class -> function A() { … } and A.prototype.method = function () { … }`},
	{"function* f() { yield 1 }", `1:9 a generator (*) -> a function that returns an array`},
	{"10n", `1:1 a BigInt (10n) -> 10, which is exact up to 9007199254740991`},
	{"function f() { return new.target }", `1:23 new.target -> this instanceof the function`},
	{"import('crypto')", `1:1 import() -> import cf from 'cloudfront' at the top level`},
	{"/a.b/su", "1:6 the flag s -> it without the flag, and [\\s\\S] for a dot\n1:7 the flag u -> it without the flag, and two \\uHHHH escapes for a character above \\uFFFF"},

	// Asynchronous code.
	{"async function f() { return JSON.parse(await kvs.get('a')) }", `1:40 await in an argument of a call -> const value = await kvs.get('a'); in front, and value as the argument`},
	{"async function f() { try { g(h(1), [await a]) } catch (e) {} }", `1:37 await in an argument of a call -> const value = await a; in front, and value as the argument`},
	{"async function f() { tag`${await a}` }", `1:28 await in an argument of a call -> const value = await a; in front, and value as the argument`},
	{"function f() { await a }", `1:16 await outside of an async function -> async in front of the function around it`},
	{"await a", `1:1 await outside of an async function -> async in front of the function around it`},
	{"async function f() { xs.forEach(x => { await x }) }", `1:40 await outside of an async function -> async in front of the function around it`},

	// Modules.
	{"import {createHash} from 'crypto'", `1:1 an import of something else than the default -> import cf from 'cloudfront', and cf.name for what is in it`},
	{"import * as cf from 'cloudfront'", `1:1 an import of something else than the default -> import cf from 'cloudfront', and cf.name for what is in it`},
	{"import fs from 'fs'", `1:16 the module 'fs', which the runtime does not have -> one of its modules, cloudfront, crypto, querystring, buffer, or the code itself`},
	{"var url = require('url')", `1:19 the module 'url', which the runtime does not have -> one of its modules, cloudfront, crypto, querystring, buffer, or the code itself`},
	{"if (a) { import a from 'crypto' }", `1:10 an import within other code -> it at the top level`},
	{"export function f() {}", `1:1 export -> the function by itself: CloudFront calls the one that is named handler`},
	{"export { handler }", `1:1 export -> the function by itself: CloudFront calls the one that is named handler`},

	// What strict code may not do.
	{"with (a) b", `1:1 with -> const o = …; and o.name for each name`},
	{"delete a", `1:1 delete of a variable -> a = undefined`},
	{"var a = 017", `1:9 a number that begins with 0 (017) -> it without the 0, or an octal number like 0o17`},
	{`"\12"`, `1:2 an octal escape (\1) -> \xHH or \uHHHH with the code of the character in hexadecimal digits`},
	{"function f() { arguments = 1 }", `1:16 an assignment to arguments -> a variable of another name`},
	{"var f = () => arguments[0]", `1:15 arguments outside of a function -> function (...args) and args`},
	{"function f(a, a) {}", `1:15 a second parameter a -> another name`},
	{"var static = 1", `1:5 the reserved word "static" as a name -> another name`},
	{"if (a) function f() {}", `1:8 a function declared without a block around it -> { function … }`},
	{"f = eval('1')", `1:5 eval, which throws -> what it would evaluate`},
	{"f = new Function('a', 'return a')", `1:5 new Function, which throws -> the function itself`},

	// Names.
	{"let a; { let a } let a", `1:22 a second declaration of a -> another name, or an assignment without let, const or var`},
	{"function f(a) { let a }", `1:21 a second declaration of a -> another name, or an assignment without let, const or var`},
	{"let a; { function a() {} }", `1:19 a second declaration of a -> another name, or an assignment without let, const or var`},
	{"const a", `1:7 a const without a value -> let a`},
	{"var größe = 1", `1:5 the name größe -> a name of the characters A-Z, a-z, 0-9, _ and $`},
	{`x.\u0061`, `1:3 the name \u0061 -> a name of the characters A-Z, a-z, 0-9, _ and $`},
	{"a.#b", `1:3 a private name (#) -> a name that begins with _`},

	// What njs gets wrong.
	{
		"function f() { for (;;) { try { if (a) return 1; break } catch (e) {} } }",
		`1:50 break in a try statement that is left for another place as well -> the result into a variable, and break, continue or return behind the try statement`,
	},
	{
		"function f() { for (;;) { try { return 1 } catch (e) { break } finally { } } }",
		`1:27 a try statement that is left for several places -> the result into a variable, and break, continue or return behind the try statement`,
	},
	{"a: try { break a } catch (e) {}", `1:10 break a without such a statement around it -> a: in front of a loop around it, with no other label there`},
	{"a: for (;;) { if (b) continue a; else c }", `1:22 continue … ; before else without a block around it -> { continue … ; }`},
	{"if (a) do b; while (c); else d", `1:8 do … ; before else without a block around it -> { do … ; }`},
	{"a: for (;;) { (function () { a: for (;;) {} }) }", `1:30 a label a within another one -> another name`},
	{"debugger\na", `1:1 debugger without a semicolon -> debugger;`},
	{"({async, b})", `1:3 a property async without a value -> async: async`},
	{"async => 1", `1:1 a parameter named async without parentheses -> (async) => …`},
	{"new new A().b", `1:1 a property of new new -> parentheses around new new …`},

	// Regular expressions that PCRE2 does not take.
	{`/[^]/`, `1:2 [^] in a regular expression -> [\s\S]`},
	{`/[\w-.]+/`, `1:5 a - behind \w in brackets in a regular expression -> \- for the character`},
	{`/[a-\d]/`, `1:4 a range up to \d in a regular expression -> \- for the character`},
	{`/[:alpha:]/`, `1:2 [:alpha:] outside of brackets in a regular expression -> [[:alpha:]]`},
	{`/(?<=a+)b/`, `1:2 a lookbehind of no fixed length in a regular expression -> (?:…)(…) and match[1] for what follows`},
	{`/(?<=(a|bc))d/`, `1:2 a lookbehind of no fixed length in a regular expression -> (?:…)(…) and match[1] for what follows`},
	{`/(?<y>a)(?<y>b)/`, `1:12 a second group named y in a regular expression -> another name`},
	{`/(a)\2/`, `1:5 a reference to a group that is not there -> a reference to one of the groups, or no backslash`},
	{`/\y/`, `1:2 the unknown escape \y in a regular expression -> y`},
	{`/a{2,1}/`, `1:3 a repetition of at least more than at most in a regular expression -> {1,2}`},
	{`/a{70000}/`, `1:3 a number above 65535 in a regular expression -> a smaller number`},
	{`/a**/`, `1:4 nothing to repeat in a regular expression -> (…)* for a repetition of a repetition`},
	{`/(a/`, `1:2 a ( without its ) in a regular expression -> \( for the character`},
	{`/a)/`, `1:3 a ) without its ( in a regular expression -> \) for the character`},
	{`/[z-a]/`, `1:4 a range from 'z' to 'a' in a regular expression -> it the other way round`},

	// Mistakes.
	{"function f() {", `1:15 the end of the code -> "}" before it`},
	{"f(a b)", `1:5 "b" -> "," here`},
	{"a = ;", `1:5 ";" -> an expression here`},
	{"return 1", `1:1 return outside of a function -> it in function handler(event) { … }`},
	{"break", `1:1 break outside of what it could refer to -> return, or put it into a loop`},
	{"'a", `1:1 a string that does not end on its line -> ' at its end, and \n for the end of a line in it`},
	{"`a${b}", "1:1 a template literal that does not end -> ` at its end"},
	{"a = /b", `1:5 a regular expression that does not end on its line -> / at its end`},
	{"a /* b", `1:3 a comment that does not end -> */ behind it`},
	{"a @ b", `1:3 the character '@' -> code without it; it may stand in a string`},
	{"f() = 1", `1:1 an assignment to what is no variable or property -> a variable or a property there`},
	{"try { a }", `1:10 the end of the code -> catch (e) { … } before it`},
}

func TestCheck(t *testing.T) {
	for _, test := range checkTests {
		if diff := cmp.Diff(test.want, check(test.code, edgefn.Runtime2)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.code, diff)
		}
	}
}

// What AWS lists must never be refused.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html)
var takenTests = []string{
	"var a = 2 ** 3; a **= 2",
	"for (var a in b) { if (a) continue; else break }",
	"do { a++ } while (a < 3)",
	"outer: for (;;) { for (;;) { continue outer } }",
	"switch (a) { case 1: b(); break; default: c() }",
	"try { throw new Error('a') } catch (e) { b } finally { c }",
	"const a = 1; let b = 2; { let a = b }",
	"async function f() { const a = await b(); return `${a} of ${await c}` }",
	"const f = async (a) => { await a }; const g = async function () { }; [1].map(async a => await a)",
	"`a\n${b}${`c${d}`}`; tag`a${b}`",
	"const f = (a, ...rest) => rest; function g(...rest) { return arguments.length }",
	"'\\u00e9 é'; var s = \"\\u{1F600}\"",
	"'use strict'; a = 1_000_000",
	"/(?<year>\\d{4})-(?<month>\\d\\d)/.exec(a).groups.year; /a/gimy.test(b)",
	"/(?i)a++(?>b)[[:alpha:]]\\A/.test(a)", // Perl's, not JavaScript's
	"globalThis.a = undefined; NaN; Infinity",
	"const crypto = require('crypto'), qs = require('querystring'), b = require('buffer').Buffer",
	"import cf from 'cloudfront'\nimport crypto from 'crypto';\nconst kvs = cf.kvs();",

	// Taken by njs, though not on the list.
	"a = b ?? c",
	"({ a, b() {}, get c() { return 1 }, set c(v) {}, ['d' + 1]: 2, async e() {}, 'f': 3, if: 4 })",
	"debugger;",

	// What throws once it is run is known to those who catch it.
	"try { g = new Function('return this')() } catch (e) { g = {} }",
	"try { fs = require('fs') } catch (e) { }",
	"function require(name) { return modules[name] } require('./a')",
}

func TestCheckTakes(t *testing.T) {
	for _, code := range takenTests {
		if got := check(code, edgefn.Runtime2); got != "" {
			t.Errorf("%s\n%s", code, got)
		}
	}
}

func TestCheckRuntime1(t *testing.T) {
	for _, test := range []struct{ code, want string }{
		{"let a = 1; const b = 2", "1:1 let, which is in runtime 2.0 only -> var\n1:12 const, which is in runtime 2.0 only -> var"},
		{"async function f() { await a }", "1:1 async, which is in runtime 2.0 only -> a function that returns a promise\n1:22 await, which is in runtime 2.0 only -> promise.then(function (value) { … })"},
		{"f(async a => 1)", `1:3 async, which is in runtime 2.0 only -> a function that returns a promise`},
		{"1_000", `1:1 a separator in a number, which is in runtime 2.0 only -> 1000`},
		{"/a/y", `1:4 the flag y, which is in runtime 2.0 only -> it without the flag, and ^ in front`},
		{"import cf from 'cloudfront'", `1:16 the module 'cloudfront', which the runtime does not have -> one of its modules, crypto, querystring, or the code itself`},
		{"debugger;", `1:1 debugger, which is in runtime 2.0 only -> console.log(…)`},
		{"for (var a of b) {}", `1:1 for…of -> for (var i = 0; i < b.length; i++) { var a = b[i]; … }`},
		{"var {a} = b", `1:5 destructuring -> var a = o.a; var b = o.b`},
		// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-10.html
		{"var a = 2 ** 3; var f = (b, ...c) => `${b}`; l: for (var d in a) continue l", ""},
		{"var c = require('crypto'); /(?<a>b)/.test(c)", ""},
	} {
		if diff := cmp.Diff(test.want, check(test.code, edgefn.Runtime1)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.code, diff)
		}
	}
}

func TestCheckHandler(t *testing.T) {
	const missing = "line 1, column 1: found no function named handler: write function handler(event) { return event.request; }, which CloudFront calls"
	for code, want := range map[string]string{
		"":                             missing,
		"function main(event) {}":      missing,
		"exports.handler = f":          missing,
		"{ function handler() {} }":    missing,
		"f(function handler() {})":     missing,
		"function f() { var handler }": missing,
		"function handler(event) {}":   "",
		"async function handler() {}":  "",
		"var handler = f":              "",
		"const handler = async (event) => event.request": "",
		"var a, handler; handler = a":                    "",
		"(() => { globalThis.handler = f })()":           "",
		"global.handler = f":                             "",
		"this.handler = f":                               "",
	} {
		var got string
		for _, p := range edgefn.Check(code, edgefn.Runtime2) {
			got += p.String()
		}
		if got != want {
			t.Errorf("%q: %s", code, got)
		}
	}
}

func TestCheckPosition(t *testing.T) {
	code := "function handler(event) {\r\n" +
		"\tvar é = '😀😀', b = a?.b;\r\n" +
		"\treturn /* 日本 */ [...b];\r\n" +
		"}\r\n"
	want := []edgefn.Problem{
		{Line: 2, Column: 6, Found: "the name é", Instead: "a name of the characters A-Z, a-z, 0-9, _ and $"},
		{Line: 2, Column: 21, Found: "optional chaining (?.)", Instead: "a && a.b"},
		{Line: 3, Column: 19, Found: "spread (...)", Instead: "xs.concat(ys), or xs.slice() for a copy"},
	}
	if diff := cmp.Diff(want, edgefn.Check(code, edgefn.Runtime2)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Whatever the table, the composed function is one that CloudFront runs.
func TestCheckTakesComposed(t *testing.T) {
	var tables [][]edgefn.Route
	for _, test := range tableTests {
		tables = append(tables, test.routes)
	}
	for seed := range uint64(10 * randomTables) {
		tables = append(tables, randomTable(randomSource(seed)))
	}
	for _, routes := range tables {
		if problems := edgefn.Check(compose(t, routes), edgefn.Runtime2); problems != nil {
			t.Fatalf("%v\nroutes:\n%s", problems, describe(routes))
		}
	}
}

// A nesting that no one writes ends in a problem rather than in a stack that
// overflows.
func TestCheckDeepNesting(t *testing.T) {
	for _, unit := range []string{"(", "[", "{", "!", "a=>", "new ", "if(a)", "`${", "f(function(){", "{a:", "/(", "a?", "a**", "await ", "l:"} {
		code := "function handler() {} " + strings.Repeat(unit, 200_000)
		if strings.HasPrefix(unit, "/") {
			code = "function handler() {} /" + strings.Repeat("(", 200_000)
		}
		if edgefn.Check(code, edgefn.Runtime2) == nil {
			t.Errorf("%s without end is taken", unit)
		}
	}
}

// FuzzCheck feeds Check with anything. It ends, and what it finds is in order and
// within the code.
func FuzzCheck(f *testing.F) {
	for _, program := range corpus(f) {
		f.Add(program)
	}
	for seed := range uint64(30) {
		f.Add(newGenerator(seed).program())
	}
	f.Add(compose(f, []edgefn.Route{prefix("/")}))
	f.Fuzz(func(t *testing.T, code string) {
		for _, runtime := range []edgefn.Runtime{edgefn.Runtime1, edgefn.Runtime2} {
			checkProblems(t, code, edgefn.Check(code, runtime))
		}
	})
}

func checkProblems(t *testing.T, code string, problems []edgefn.Problem) {
	t.Helper()
	lines := strings.Split(code, "\n")
	if !slices.IsSortedFunc(problems, func(a, b edgefn.Problem) int {
		return 2*(a.Line-b.Line)*len(code) + a.Column - b.Column
	}) {
		t.Errorf("not in order: %v", problems)
	}
	for _, p := range problems {
		if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > len(lines[p.Line-1])+1 {
			t.Errorf("not in the code: %v", p)
		}
		if p.Found == "" || p.Instead == "" {
			t.Errorf("line %d, column %d: found %q, write %q", p.Line, p.Column, p.Found, p.Instead)
		}
	}
}

// BenchmarkCheck checks code of about the size that CloudFront takes.
func BenchmarkCheck(b *testing.B) {
	code := compose(b, []edgefn.Route{prefix("/")})
	for len(code) < edgefn.MaxBytes {
		code += "{" + code + "}"
	}
	b.SetBytes(int64(len(code)))
	for b.Loop() {
		edgefn.Check(code, edgefn.Runtime2)
	}
}
