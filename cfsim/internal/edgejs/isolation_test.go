package edgejs

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// TestIsolation runs functions that leave something behind, twice. The second run
// must not see it.
func TestIsolation(t *testing.T) {
	tests := []struct{ name, top, body string }{
		{"variable", "var n = 0;", "n++; seen = n;"},
		{"let", "let n = 0;", "n++; seen = n;"},
		{"list at the top level", "const list = [];", "list.push(1); seen = list.length;"},
		{"object at the top level", "const cache = {};", "cache.n = (cache.n || 0) + 1; seen = cache.n;"},
		{"closure", "var next = (function () { var n = 0; return function () { return ++n; }; })();", "seen = next();"},
		{"property of the handler", "", "handler.n = (handler.n || 0) + 1; seen = handler.n;"},
		{"global object", "", "globalThis.n = (globalThis.n || 0) + 1; seen = globalThis.n;"},
		{"prototype", "", "Object.prototype.n = (Object.prototype.n || 0) + 1; seen = ({}).n; delete Object.prototype.x;"},
		{"method of a prototype", "", "var was = Array.prototype.join; Array.prototype.join = function () { return 2; }; seen = typeof was === 'function' && was.call([1], '') === '1' ? 1 : 2;"},
		{"built-in function", "", "Math.n = (Math.n || 0) + 1; seen = Math.n;"},
		{"property of a method", "", "''.slice.n = (''.slice.n || 0) + 1; seen = ''.slice.n;"},
		{"module", "var crypto = require('crypto');", "crypto.n = (crypto.n || 0) + 1; seen = crypto.n;"},
		{"imported module", "import cf from 'cloudfront';", "cf.n = (cf.n || 0) + 1; seen = cf.n;"},
		{"buffer", "", "Buffer.n = (Buffer.n || 0) + 1; seen = Buffer.n;"},
		{"console", "", "console.n = (console.n || 0) + 1; seen = console.n;"},
		{"pattern at the top level", "var p = /a/g;", "p.test('aa'); seen = p.lastIndex;"},
		{"symbol", "", "var s = Symbol.for('s'); Object.prototype[s] = (Object.prototype[s] || 0) + 1; seen = ({})[s];"},
		{"date", "", "Date.n = (Date.n || 0) + 1; seen = Date.n;"},
		{"event", "", "event.n = (event.n || 0) + 1; seen = event.n;"},
		{"headers", "", "var h = event.request.headers; seen = h.left ? 2 : 1; h.left = {value: 'x'};"},
		{"promise that is pending", "var n = 0;", "new Promise(function () {}).then(function () { n++; }); seen = ++n;"},
	}
	for _, test := range tests {
		f := compile(t, test.top+"\n"+handler("var seen;\n"+test.body+"\nreturn {statusCode: 200, body: String(seen)};"))
		for range 3 {
			result := f.Run(t.Context(), requestEvent(), nil)
			if result.Err != nil {
				t.Errorf("%s: %v", test.name, result.Err)
				break
			}
			if got := string(result.Response.Body); got != "1" {
				t.Errorf("%s: a run sees %s", test.name, got)
				break
			}
		}
	}
}

// TestFailedRunsLeaveNothing runs a function after it has failed in every way.
func TestFailedRunsLeaveNothing(t *testing.T) {
	f := compile(t, "var n = 0;\n"+handler(`
		n++;
		if (event.request.uri === '/throw') { Object.prototype.bad = 1; throw 1; }
		if (event.request.uri === '/loop') { Object.prototype.bad = 1; for (;;) {} }
		if (event.request.uri === '/deep') { Object.prototype.bad = 1; return handler(event); }
		return {statusCode: 200, body: n + typeof ({}).bad};`))
	f.limits.time = 20 * f.limits.unseen
	for _, uri := range []string{"/throw", "/loop", "/deep"} {
		event := requestEvent()
		event.Request.URI = uri
		if result := f.Run(t.Context(), event, nil); result.Err == nil {
			t.Errorf("%s does not fail", uri)
		}
		if result := f.Run(t.Context(), requestEvent(), nil); result.Err != nil || string(result.Response.Body) != "1undefined" {
			t.Errorf("after %s: %v", uri, result)
		}
	}
}

// TestConcurrentRuns runs a function many times at once. Each run has to see its
// own event only.
func TestConcurrentRuns(t *testing.T) {
	f := compile(t, importCF+"const kvs = cf.kvs();\nlet mine;\n"+`
	async function handler(event) {
		mine = event.request.uri;
		Array.prototype.mine = mine;
		for (var i = 0; i < 100; i++) if (await kvs.get('a') !== 'b' || [].mine !== event.request.uri) throw new Error(mine);
		console.log(mine);
		return {statusCode: 200, body: Buffer.from(mine).toString()};
	}`)
	var wait sync.WaitGroup
	for i := range 50 {
		wait.Go(func() {
			event := requestEvent()
			event.Request.URI = fmt.Sprintf("/%d", i)
			result := f.Run(t.Context(), event, &Env{Store: memory{"a": "b"}})
			if result.Err != nil || string(result.Response.Body) != event.Request.URI || strings.Join(result.Logs, "") != event.Request.URI {
				t.Errorf("run %d: %v %q", i, result.Err, result.Logs)
			}
		})
	}
	wait.Wait()
}
