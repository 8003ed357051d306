package edgefn_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/parser"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cfrouter/cfrouter/edgefn"
)

const plainHandler = "function handler(event) { return event.request; }"

func TestSourceErrors(t *testing.T) {
	tests := []struct{ code, want string }{
		{plainHandler, ""},
		{"async function handler() { return await 1; }", ""},
		{"const handler = (event) => event.request;", ""},
		{"var handler; handler = event => event.request", ""},
		{"", "1:1: found no function named handler: write function handler(event) { return event.request; }, which CloudFront calls"},
		{"{ function handler(event) {} }", "1:1: found no function named handler: write function handler(event) { return event.request; }, which CloudFront calls"},
		{"function main() {}\n\nfunction f() {\n  var handler = 1\n}", "1:1: found no function named handler: write function handler(event) { return event.request; }, which CloudFront calls"},
		{"globalThis.handler = function () {}", "1:1: found a handler that is global: write const handler = …"},
		{plainHandler + "\n  global.handler = handler", "2:3: found a handler that is global: write const handler = …"},
		{"function handler(event) {\n  return event?.request;\n}", "2:15: found optional chaining (?.): write event && event.request"},
		{"function handler(event) {\n  for (const x of []) {}\n}", "2:3: found for…of: write for (let i = 0; i < [].length; i++) { const x = [][i]; … }"},
		{"function handler(event) {\r\n  return ü;\r\n}", "2:10: found the name ü: write a name of the characters A-Z, a-z, 0-9, _ and $"},
		{"function handler(event) {\n  /* ü€ */ return class {};\n}", "2:19: found class: write function A() { … } and A.prototype.method = function () { … }"},
		{"function handler(event) {\n  return event.request;\n", `3:1: found the end of the code: write "}" before it`},
		{plainHandler + "\n}", `2:1: found "}": write a statement here`},
		{plainHandler + "\nreturn", "2:1: found return outside of a function: write it in function handler(event) { … }"},
		{plainHandler + "\nawait 1", "2:1: found await outside of an async function: write async in front of the function around it"},

		// Modules.
		{"import cf from 'cloudfront';\n" + plainHandler, "1:1: found an import: write code without it, as cf is there already"},
		{"import * as kv from \"cloudfront\"\n" + plainHandler, "1:1: found an import: write code without it, as cf is there already"},
		{"// keys\n import crypto from 'crypto';\n" + plainHandler, "2:2: found an import: write const crypto = require('crypto')"},
		{"import qs from 'querystring'\n" + plainHandler, "1:1: found an import: write const qs = require('querystring')"},
		{"import {createHash} from 'crypto'\n" + plainHandler, "1:1: found an import: write const crypto = require('crypto')"},
		{"import b from 'buffer';" + plainHandler, "1:1: found an import: write code without it, as Buffer is there already"},
		{"import './a'\n" + plainHandler, "1:8: found the module './a', which the runtime does not have: write one of its modules, cloudfront, crypto, querystring, buffer, or the code itself"},
		{"const qs = require('qs')\n" + plainHandler, "1:20: found the module 'qs', which the runtime does not have: write one of its modules, cloudfront, crypto, querystring, buffer, or the code itself"},
		{plainHandler + "; import('crypto')", "1:52: found import(): write require('crypto'), or cf, which is there already"},
		{"export " + plainHandler, "1:1: found export: write the function by itself: CloudFront calls the one that is named handler"},
		{"export default " + plainHandler, "1:1: found export: write the function by itself: CloudFront calls the one that is named handler"},
	}
	for _, test := range tests {
		got := ""
		if err := (edgefn.Source{Name: "edge/auth.js", Code: test.code}).Check(); err != nil {
			got = err.Error()
		}
		want := test.want
		if want != "" {
			want = "edge/auth.js:" + want
		}
		if got != want {
			t.Errorf("%s\ngot  %s\nwant %s", test.code, got, want)
		}
	}
}

// The problems of all sources of a table are told at once, each of them once.
func TestSourceErrorsOfTable(t *testing.T) {
	source := func(name, code string) *edgefn.Source { return &edgefn.Source{Name: name, Code: code} }
	twice := source("twice.js", "function handler(e) {\n  return e?.request;\n}")
	route := prefix("/a")
	route.Code = edgefn.Hooks{AfterRequest: source("", "import cf from 'cloudfront'\n"+plainHandler), BeforeResponse: twice}
	several := edgefn.Table{
		Code:   edgefn.Hooks{BeforeRequest: source("fine.js", plainHandler), AfterRequest: twice, AfterResponse: source("late.js", "")},
		Routes: []edgefn.Route{route, prefix("/")},
	}
	many := edgefn.Table{Code: edgefn.Hooks{BeforeRequest: source("many.js", plainHandler+strings.Repeat("\nx?.y;", 7))}}
	tests := []struct {
		table edgefn.Table
		want  string
	}{
		{several, "twice.js:2:11: found optional chaining (?.): write e && e.request; " +
			"late.js:1:1: found no function named handler: write function handler(event) { return event.request; }, which CloudFront calls; " +
			"own code:1:1: found an import: write code without it, as cf is there already"},
		{many, "many.js:2:2: found optional chaining (?.): write x && x.y; many.js:3:2: found optional chaining (?.): write x && x.y; " +
			"many.js:4:2: found optional chaining (?.): write x && x.y; many.js:5:2: found optional chaining (?.): write x && x.y; " +
			"many.js:6:2: found optional chaining (?.): write x && x.y; and 2 more"},
	}
	for _, test := range tests {
		program, err := edgefn.Compose(test.table)
		if err == nil || err.Error() != test.want || program.Request != "" {
			t.Errorf("got  %v\nwant %s\nand no code, got %q", err, test.want, program.Request)
		}
	}
}

// Alone, code that uses what nothing declares throws. It must not find something
// of the Router's instead.
func TestSourceClashes(t *testing.T) {
	tests := []struct{ code, want string }{
		{"function handler(event) {\n  return redirect(event.request, '/');\n}", "2:10: found redirect, which nothing declares: write const redirect = … in front"},
		{"function handler(event) { probing = 1; return event.request; }", "1:27: found probing, which nothing declares: write const probing = … in front"},
		{"function handler(event) { return { u1 }; }", "1:36: found u1, which nothing declares: write const u1 = … in front"},
		{"function handler(event) { if (event) { let find = 1; } return find; }", "1:63: found find, which nothing declares: write const find = … in front"},
		{"function handler(event) { return redirect(event.request); }\nfunction redirect(request) { return request; }", ""},
		{"const f = (find) => find, g = (...find) => find, h = async find => find, i = async (find, ...probing) => find + probing;" + plainHandler, ""},
		{"function handler(event) { find: for (;;) { break find; } try { f(); } catch (find) { find(); } return event.request.find; }", ""},
		{"function handler(event) { return (function find(n) { return find ? event.request : n; })(); }", ""},
		{"function handler(event) { return event.request || { find: 1, redirect() {} }; var probing; }", ""},
		{"function handler(event) { for (var find in event) { find += probing; } let probing; return event.request; }", ""},
		{"function handler(event) { cf.updateRequestOrigin({ domainName: 'a.example.com' }); return event.request; }", ""},
		// What only the handler has within it is none of a source's business.
		{"function handler(event) { return typeof v + typeof p; }", ""},
	}
	for _, test := range tests {
		_, err := edgefn.Compose(edgefn.Table{
			Routes: []edgefn.Route{prefix("/a")},
			Code:   edgefn.Hooks{BeforeRequest: &edgefn.Source{Name: "own.js", Code: test.code}},
		})
		want := "<nil>"
		if test.want != "" {
			want = "own.js:" + test.want
		}
		if got := fmt.Sprint(err); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", test.code, got, want)
		}
	}
}

// gaps are sources whose white space and comments matter, or look as if they did.
var gaps = []string{
	"// first\nfunction /* a */ handler ( event ) // b\n{\n\treturn event . request ;\n}\n// last",
	"/* a\nb */ var a = 1 , b = 2\nvar c = a + + b - - a / b / + c\nvar d = a ++ + b\nvar e = a\n++ b\n" + plainHandler,
	"var s = '// no comment' , t = \"/* none */\" , u = `// ${ `/* ${ 1 + + 1 } */` }  //#if\n  a ` ;\n" + plainHandler,
	"var r = / \\/\\/ [/] * /g . source , q = 4 / 2 / 1 , p = [ / a /, /'/ ] , n = 1 . toFixed ( ) + 1. . toFixed ( )\n" + plainHandler,
	"var i = 0 ; do i ++ ; while ( i < 3 ) i -- ; if ( i ) i\nelse i\n++i\nfor ( ; ; ) { break }\nouter : for ( ; ; ) { break\nouter }\n" + plainHandler,
	"var f = function ( ) { return\n1 } , g = ( a ) => ( { b : a ? .5 : a } ) , h = async ( x ) => { await x }\n( f )\n" + plainHandler,
	"var o = { get a ( ) { return 1 } , async b ( ) { } , 'c' : 'd' in { } , in : 1 instanceof Object } , x = typeof o , y = ! x , z = void 0\n" + plainHandler,
	"'use strict'\n;[ 1 ].map ( ( n ) => n ) ;( 2 ) ;`3`\nvar m = 1 < ! 1\nvar n = 2\nvar k = m-->n\n" + plainHandler,
	"function handler ( event ) { switch ( event ) { case 'a' : case - 1 : return ; default : throw new Error ( 'a' ) } } ; debugger",
	"var g = /x/g\nvar w = a in /x/ in a\nvar d = a\n/ 2 / g\nvar a , b = a\n( g )\n" + plainHandler + "\r\n\r\n",
}

// What is removed of a source must not change what it means: a parser that is not
// ours makes the same of both.
func TestSourceIsStripped(t *testing.T) {
	codes := slices.Concat(gaps, standalone)
	for seed := range uint64(30) {
		g := newGenerator(seed * 3) // the sound ones
		codes = append(codes, g.program()+"\n"+plainHandler)
	}
	compared := 0
	for _, code := range codes {
		source := edgefn.Source{Code: code}
		want, err := parser.ParseFile(nil, "", code, parser.IgnoreRegExpErrors, parser.WithDisableSourceMaps)
		if source.Check() != nil || err != nil {
			continue
		}
		program, err := edgefn.Compose(edgefn.Table{Code: edgefn.Hooks{BeforeRequest: &source}})
		if err != nil {
			continue // it has a name of ours that it does not declare
		}
		_, own, _ := strings.Cut(program.Request, "function u1(){")
		stripped := strings.TrimSuffix(own, ";return handler}")
		got, err := parser.ParseFile(nil, "", stripped, parser.IgnoreRegExpErrors, parser.WithDisableSourceMaps)
		if err != nil {
			t.Errorf("%v\n%s\nbecame\n%s", err, code, stripped)
			continue
		}
		compared++
		if diff := cmp.Diff(want.Body, got.Body, sameProgram); diff != "" {
			t.Errorf("%s\nbecame\n%s\n(-want +got)\n%s", code, stripped, diff)
		}
		if len(stripped) > len(code) {
			t.Errorf("%s\nwas made longer\n%s", code, stripped)
		}
	}
	if compared < len(codes)*3/4 {
		t.Errorf("only %d of %d sources were compared", compared, len(codes))
	}
}

// sameProgram compares programs without the places where things are, and without
// the text of functions, which has the gaps in it.
var sameProgram = cmp.Options{
	cmpopts.IgnoreTypes(file.Idx(0), []*ast.VariableDeclaration{}),
	// The parser takes a semicolon behind the end of a line for a statement.
	cmpopts.IgnoreSliceElements(func(s ast.Statement) bool { _, empty := s.(*ast.EmptyStatement); return empty }),
	cmpopts.IgnoreFields(ast.RegExpLiteral{}, "Literal"), // to the next token
	cmpopts.IgnoreFields(ast.FunctionLiteral{}, "Source"),
	cmpopts.IgnoreFields(ast.ArrowFunctionLiteral{}, "Source"),
}

func TestSourceIsShort(t *testing.T) {
	source := edgefn.Source{Code: `
// Says who is welcome.
const welcome = ['a', 'b'];

async function handler(event) {
    /* The name is in a header. */
    const name = event.request.headers['x-name'] || { value: '' };
    if (welcome.indexOf(name.value) < 0) {
        return { statusCode: 403 };
    }
    return event.request;
}
`}
	const want = "function u1(){const welcome=['a','b'];async function handler(event){const name=event.request.headers['x-name']||{value:''};" +
		"if(welcome.indexOf(name.value)<0){return{statusCode:403};}\nreturn event.request;};return handler}"
	program, err := edgefn.Compose(edgefn.Table{Code: edgefn.Hooks{BeforeRequest: &source}})
	if err != nil || !strings.HasSuffix(program.Request, want) {
		t.Errorf("got %v\n%s\nwant it to end in\n%s", err, program.Request, want)
	}
}
