package edgejs

import (
	"strings"
	"testing"
	"time"
)

type memory map[string]string

func (m memory) Get(key string) (value string, ok bool) { value, ok = m[key]; return value, ok }
func (m memory) Len() int                               { return len(m) }

// TestStore reads a key-value store.
func TestStore(t *testing.T) {
	env := &Env{
		Store:   memory{"a": "é", "json": `{"list": [1, "x"]}`, "empty": ""},
		StoreID: "a1b2", StoreTime: time.Date(2024, 1, 2, 3, 4, 5, 6e6, time.UTC),
	}
	tests := []struct{ expression, want string }{
		{"await kvs.get('a')", "é"},
		{"await kvs.get('a', {format: 'string'})", "é"},
		{"await kvs.get('empty')", ""},
		{"(await kvs.get('json', {format: 'json'})).list[1]", "x"},
		{"(await kvs.get('a', {format: 'bytes'})).toString('hex')", "c3a9"},
		{"await kvs.exists('a')", "true"},
		{"await kvs.exists('b')", "false"},
		{"await kvs.meta()", `{"creationDateTime":"2024-01-02T03:04:05.006Z","lastUpdatedDateTime":"2024-01-02T03:04:05.006Z","keyCount":3}`},
		{"await kvs.get('b')", `KeyNotFound: the key value store has no key "b"`},
		{"await kvs.get('a', {format: 'json'})", `SyntaxError: the value of "a" is no JSON`},
		{"await kvs.get('a', {format: 'xml'})", `TypeError: the format "xml" is unknown; want "string", "json" or "bytes"`},
		{"await cf.kvs('a1b2').get('a')", "é"},
		{"await cf.kvs('other').get('a')", `KVSNamespaceNotFound: the store of the function is "a1b2", not "other"`},
		{"(await Promise.all([kvs.get('a'), kvs.exists('a')])).join()", "é,true"},
		{"kvs.get('a') instanceof Promise", "true"},
		{"typeof kvs.get('nope').catch(function () {})", "object"},
	}
	for _, test := range tests {
		code := importCF + "const kvs = cf.kvs();\nasync function handler(event) {\n  let x;\n  try { x = " + test.expression +
			"; } catch (e) { x = e; }\n  return {statusCode: 200, body: x && x.keyCount ? JSON.stringify(x) : String(x)};\n}\n"
		if got := body(t, code, env); strings.TrimPrefix(got, "Error: ") != test.want {
			t.Errorf("%s is %q, want %q", test.expression, got, test.want)
		}
	}
	// Not even the handle can be had without a store.
	result := runCode(t, importCF+"const kvs = cf.kvs();\n"+handler("return event.request;"), requestEvent(), nil)
	if result.Err == nil || result.Err.Kind != Execution || !strings.Contains(result.Err.Message, "2:19: Error: KVSNamespaceNotFound") {
		t.Errorf("without a store: %v", result.Err)
	}
}
