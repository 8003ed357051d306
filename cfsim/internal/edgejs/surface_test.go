package edgejs

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// listed returns the names that surface.txt has of each object, sorted.
func listed(keep func(name) bool) map[string][]string {
	names := map[string][]string{}
	for _, n := range surface() {
		if keep(n) {
			names[n.object] = append(names[n.object], n.property)
		}
	}
	for _, list := range names {
		slices.Sort(list)
	}
	return names
}

// reflection returns code that returns the names of the object in the uri.
func reflection(objects []string) string {
	var code strings.Builder
	code.WriteString("var TypedArray = Object.getPrototypeOf(Uint8Array), global = globalThis;\nfunction handler(event) {\n")
	for _, object := range objects {
		fmt.Fprintf(&code, "  if (event.request.uri === '/%s') return Object.getOwnPropertyNames(%s).sort();\n", object, object)
	}
	code.WriteString("}\n")
	return code.String()
}

// TestSurfaceIsNJS compares the list with the names that njs has.
func TestSurfaceIsNJS(t *testing.T) {
	engine := njs(t)
	want := listed(func(n name) bool { return n.qualifier != "aws" })
	objects := slices.Sorted(maps.Keys(want))
	var events []edgetest.Event
	for _, object := range objects {
		events = append(events, edgetest.NewEvent(edgetest.Request{URL: "/" + object}))
	}
	results, err := engine.Run(edgetest.Function{Code: reflection(objects)}, events)
	if err != nil {
		t.Fatal(err)
	}
	for i, object := range objects {
		var got []string
		if err := json.Unmarshal(results[i].Value, &got); err != nil {
			t.Fatal(object, results[i].Err, err)
		}
		got = slices.DeleteFunc(got, func(n string) bool {
			// Some the test's own code made; Math.prototype is of no use.
			return object == "global" && (n == "TypedArray" || n == "handler" || strings.HasPrefix(n, "edgetest")) || object == "Math" && n == "prototype"
		})
		if !slices.Equal(want[object], got) {
			t.Errorf("%s\nlisted %s\nin njs %s", object, want[object], got)
		}
	}
}

// TestSurface looks for the listed names, and for others, in the runtimes of
// functions.
func TestSurface(t *testing.T) {
	// Of these, goja has nothing to show.
	absent := map[string]bool{
		"global toString": true, "Symbol asyncIterator": true, "Error.prototype valueOf": true,
	}
	for _, v := range []version{v1, v2} {
		want := listed(func(n name) bool { return n.in(v) })
		objects := slices.DeleteFunc(slices.Sorted(maps.Keys(want)), func(object string) bool {
			return v == v1 && strings.HasPrefix(object, "DataView")
		})
		code := reflection(objects)
		// What is mentioned is installed.
		code += "// console require InternalError Buffer atob btoa TextEncoder bytesFrom\n"
		f, err := Compile("Edge", code, string(v))
		if err != nil {
			t.Fatal(err)
		}
		for _, object := range objects {
			event := requestEvent()
			event.Request.URI = "/" + object
			text, failed := returned(f, event)
			if failed != nil {
				t.Fatal(failed)
			}
			var got []string
			if err := json.Unmarshal(text, &got); err != nil {
				t.Fatal(err)
			}
			for _, n := range got {
				made := object == "global" && (n == "TypedArray" || n == "handler" || n == "global")
				if !made && !slices.Contains(want[object], n) {
					t.Errorf("%s: %s has a property %s, which is not listed", v, object, n)
				}
			}
			for _, n := range want[object] {
				inherited := strings.HasSuffix(object, ".prototype") && n == "__proto__"
				if !slices.Contains(got, n) && !absent[object+" "+n] && !inherited {
					t.Errorf("%s: %s has no property %s", v, object, n)
				}
			}
		}
	}
}

// TestMissingNames runs code that other engines can run and CloudFront cannot.
func TestMissingNames(t *testing.T) {
	for _, expression := range []string{
		"new Map()", "new Set([1])", "new WeakMap()", "new Proxy({}, {})", "Reflect.ownKeys({})", "BigInt(1)",
		"[1, [2]].flat()", "[1].at(0)", "[1].findLast(Boolean)", "Object.fromEntries([])", "Array.from('ab')",
		"'a'.at(0)", "'aa'.matchAll(/a/g)", "'a'.localeCompare('b')", "'a'.normalize()", "'a'.trimLeft()", "String.raw({raw: []})",
		"new URL('https://example.com')", "fetch('/')", "setTimeout(handler, 0)", "process.env", "structuredClone({})",
		"escape('a')", "new Intl.DateTimeFormat()", "console.error('a')", "Object.hasOwn({}, 'a')", "globalThis.Map.name",
		"[]['flat']()", "new Uint8Array(1).at(0)", "new Uint8Array(1).toHex()", "(function () {}).constructor('return 1')()",
		"Error.isError(1)", "(1).toLocaleString().x.y", "/a/.compile('b')",
	} {
		result := runCode(t, handler("var x = "+expression+"; return event.request;"), requestEvent(), nil)
		if result.Err == nil || result.Err.Kind != Execution {
			t.Errorf("%s: got %v, want an execution error", expression, result.Err)
		}
	}
}

// TestVersion1 runs what only one of the two runtimes has.
func TestVersion1(t *testing.T) {
	tests := []struct {
		expression string
		want1      string // "" for an error
		want2      string
	}{
		{"typeof Buffer", "undefined", "object or function"},
		{"typeof atob + typeof TextEncoder + typeof DataView", "undefinedundefinedundefined", "functionfunctionfunction"},
		{"'a.b'.replaceAll('.', '-')", "", "a-b"},
		{"typeof Promise.all", "undefined", "function"},
		{"String.bytesFrom([195, 169]).fromUTF8()", "é", ""},
		{"String.bytesFrom('w6k', 'base64').fromUTF8()", "é", ""},
		{"'é'.toUTF8().length", "2", ""},
		{"'€'.toBytes()", "null", ""},
		{"'aé'.toBytes(1)", "é", ""},
		{"require('crypto').createHash('md5').update('a').digest().length", "16", "16"},
		{"typeof require('crypto').createHash('md5').update('a').digest()", "string", "object"},
		{"typeof event.request.rawQueryString", "undefined", "function"},
		{"require('querystring').parse('a=1').a", "1", "1"},
	}
	for _, test := range tests {
		for v, want := range map[version]string{v1: test.want1, v2: test.want2} {
			f, err := Compile("Edge", handler("return {statusCode: 200, body: String("+test.expression+")};"), string(v))
			if err != nil {
				t.Fatal(err)
			}
			result := f.Run(t.Context(), requestEvent(), nil)
			got := ""
			if result.Err == nil {
				got = string(result.Response.Body)
			}
			if got != want && !(strings.Contains(want, " or ") && strings.Contains(want, got)) {
				t.Errorf("%s: %s is %q (%v), want %q", v, test.expression, got, result.Err, want)
			}
		}
	}
}
