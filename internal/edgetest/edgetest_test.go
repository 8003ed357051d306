package edgetest_test

import (
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/internal/edgetest"
)

type object = map[string]any

func getAtt(id, attribute string) object { return object{"Fn::GetAtt": []any{id, attribute}} }

// function returns the viewer-request association of a behavior.
func function(id string) []any {
	return []any{object{"EventType": "viewer-request", "FunctionARN": getAtt(id, "FunctionARN")}}
}

// edge returns a template with the code on every path of one origin.
func edge(code string) object {
	return object{"Resources": object{
		"Edge": object{"Type": "AWS::CloudFront::Function", "Properties": object{"FunctionCode": code}},
		"Dist": distribution(object{"TargetOriginId": "o", "FunctionAssociations": function("Edge")}, nil,
			object{"Id": "o", "DomainName": "origin.example.com"}),
	}}
}

func distribution(fallback object, behaviors []any, origins ...any) object {
	return object{"Type": "AWS::CloudFront::Distribution", "Properties": object{"DistributionConfig": object{
		"DefaultCacheBehavior": fallback, "CacheBehaviors": behaviors, "Origins": origins,
	}}}
}

func load(t *testing.T, template object) *edgetest.Distribution {
	t.Helper()
	d, err := edgetest.Load(template)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// eachEngine runs a subtest on every engine.
func eachEngine(t *testing.T, f func(*testing.T, edgetest.Engine)) {
	t.Helper()
	for _, engine := range edgetest.Engines(t) {
		t.Run(engine.Name(), func(t *testing.T) { f(t, engine) })
	}
}

func do(t *testing.T, engine edgetest.Engine, d *edgetest.Distribution, r edgetest.Request) edgetest.Answer {
	t.Helper()
	answers, err := d.Do(engine, r)
	if err != nil {
		t.Fatal(err)
	}
	return answers[0]
}

// handler wraps the body of a handler.
func handler(body string) string { return "function handler(event) {\n" + body + "\n}\n" }

const set = "var r = event.request; "

func TestOutcomes(t *testing.T) {
	tests := []struct {
		name, code string
		status     int
		reason     string // part of the error
	}{
		{"passed on", handler("return event.request;"), 0, ""},
		{"async", "async function handler(event) { await Promise.resolve(1); return event.request; }", 0, ""},
		{"const handler", "const handler = function (event) { return event.request; };", 0, ""},
		{"ends in a comment", handler("return event.request;") + "// the end", 0, ""},
		{"logs", handler("console.log('hello'); return event.request;"), 0, ""},
		{"sees itself removed", handler(set + "delete r.headers['x-viewer']; return r;"), 0, ""},
		{"response", handler("return {statusCode: 404, statusDescription: 'Not Found'};"), 404, ""},
		{"no such statusCode", handler("return {statusCode: 999};"), 502, "999"},
		{"statusCode as text", handler("return {statusCode: '404'};"), 502, "404"},
		{"statusDescription", handler("return {statusCode: 404, statusDescription: 1};"), 502, "statusDescription"},
		{"body", handler("return {statusCode: 404, body: 5};"), 502, "body"},
		{"forbidden header in response", handler("return {statusCode: 200, headers: {'x-cache': {value: 'Hit'}}};"), 502, "x-cache"},
		{"read-only header in response", handler("return {statusCode: 200, headers: {via: {value: 'me'}}};"), 502, "via"},
		{"nothing returned", handler("event.request.uri = '/x';"), 502, "null"},
		{"text returned", handler("return '/x';"), 502, "/x"},
		{"uri without a slash", handler(set + "r.uri = 'x'; return r;"), 502, "slash"},
		{"uri no text", handler(set + "r.uri = 5; return r;"), 502, "uri 5"},
		{"method", handler(set + "r.method = 'PUT'; return r;"), 502, "PUT"},
		{"host changed", handler(set + "r.headers.host = {value: 'evil.example'}; return r;"), 502, "host"},
		{"host removed", handler(set + "delete r.headers.host; return r;"), 502, "host"},
		{"content-length added", handler(set + "r.headers['content-length'] = {value: '1'}; return r;"), 502, "content-length"},
		{"forbidden header", handler(set + "r.headers['x-edge-location'] = {value: '1'}; return r;"), 502, "x-edge-location"},
		{"upper-case header", handler(set + "r.headers['X-A'] = {value: '1'}; return r;"), 502, "X-A"},
		{"header no object", handler(set + "r.headers['x-a'] = '1'; return r;"), 502, "x-a"},
		{"header no text", handler(set + "r.headers['x-a'] = {value: 1}; return r;"), 502, "x-a"},
		{"query no object", handler(set + "r.querystring = 5; return r;"), 502, "querystring"},
		{"query of no value", handler(set + "r.querystring = {a: 1}; return r;"), 502, "querystring"},
		{"query with a space", handler(set + "r.querystring = 'a=1 2'; return r;"), 502, "a=1 2"},
		{"query with a fragment", handler(set + "r.querystring.a = {value: '#'}; return r;"), 502, "#"},
		{"cdn-loop added", handler(set + "r.headers['cdn-loop'] = {value: '1'}; return r;"), 502, "cdn-loop"},
		{"empty multiValue", handler(set + "r.headers['x-a'] = {value: '1', multiValue: []}; return r;"), 502, "multiValue"},
		{"throws", handler("throw new Error('bang');"), 503, "bang"},
		{"throws null", handler("throw null;"), 503, "null"},
		{"rejects", "async function handler(event) { throw new Error('bang'); }", 503, "bang"},
		{"never settles", handler("return new Promise(function () {});"), 503, "settled"},
		{"recursion", handler("return handler(event);"), 503, ""},
		{"does not parse", "function handler(event) {", 503, "SyntaxError"},
		{"throws at the top level", "var x; x.y = 1; " + handler("return event.request;"), 503, "TypeError"},
		{"no handler", "function main(event) { return event.request; }", 503, "handler"},
		{"sloppy", handler("undeclared = 1; return event.request;"), 503, "undeclared"},
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			d := load(t, edge(test.code))
			got := do(t, engine, d, edgetest.Request{URL: "/a", Headers: map[string]string{"X-Viewer": "1"}})
			if got.Status != test.status {
				t.Errorf("%s: got %v, want status %d", test.name, got, test.status)
			}
			if hasErr := got.Err != nil; hasErr != (got.Status >= 500) || hasErr && !strings.Contains(got.Err.Error(), test.reason) {
				t.Errorf("%s: got error %v, want one with %q", test.name, got.Err, test.reason)
			}
			if test.status == 0 && (got.Origin != "origin.example.com" || got.URI != "/a") {
				t.Errorf("%s: got %v, want /a of origin.example.com", test.name, got)
			}
		}
	})
}

func TestResponse(t *testing.T) {
	d := load(t, edge(handler(`return {statusCode: 308, headers: {location: {value: '/b'}},
		cookies: {c: {value: '1', attributes: 'Secure'}}, body: {encoding: 'base64', data: 'aGVsbG8='}};`)))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		got := do(t, engine, d, edgetest.Request{URL: "/a"})
		if got.Status != 308 || got.Headers["location"] != "/b" || got.Body != "hello" || got.Origin != "" || got.CacheKey != "" {
			t.Errorf("got %+v", got)
		}
	})
}

// The event comes back to the test as the body of a response.
func TestEvent(t *testing.T) {
	d := load(t, edge(handler(`var r = event.request;
		var raw = r.rawQueryString ? String(r.rawQueryString()) : 'no method';
		return {statusCode: 200, body: raw + ' ' + JSON.stringify(r)};`)))
	const host = `"host":{"value":"d111111abcdef8.cloudfront.net"}`
	tests := []struct {
		request edgetest.Request
		want    string
	}{
		{
			edgetest.Request{URL: "/a"},
			`undefined {"method":"GET","uri":"/a","querystring":{},"headers":{` + host + `},"cookies":{}}`,
		},
		{
			edgetest.Request{URL: "/a?", NoRawQueryString: true},
			`no method {"method":"GET","uri":"/a","querystring":{},"headers":{` + host + `},"cookies":{}}`,
		},
		{
			edgetest.Request{URL: "/a?"},
			` {"method":"GET","uri":"/a","querystring":{},"headers":{` + host + `},"cookies":{}}`,
		},
		{
			edgetest.Request{Method: "HEAD", URL: "/%E2%82%AC?b=1&a=%20&b=2&c&__proto__=p?q=", Host: "www.example.com"},
			`b=1&a=%20&b=2&c&__proto__=p?q= {"method":"HEAD","uri":"/%E2%82%AC","querystring":{` +
				`"b":{"value":"1","multiValue":[{"value":"1"},{"value":"2"}]},"a":{"value":"%20"},"c":{"value":""},"__proto__":{"value":"p?q="}},` +
				`"headers":{"host":{"value":"www.example.com"}},"cookies":{}}`,
		},
		{
			edgetest.Request{URL: "/", Headers: map[string]string{"Cookie": "s=a=b; t=€", "X-Quote": `"\` + "\u2028", "X-Real-IP": "unseen", "Via": "seen"}},
			`undefined {"method":"GET","uri":"/","querystring":{},"headers":{` + host + `,"via":{"value":"seen"},"x-quote":{"value":"\"\\` + "\u2028" +
				`"}},"cookies":{"s":{"value":"a=b"},"t":{"value":"€"}}}`,
		},
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			// An engine may write this character as it is or as its escape.
			got := strings.ReplaceAll(do(t, engine, d, test.request).Body, `\u2028`, "\u2028")
			if got != test.want {
				t.Errorf("%+v:\n got %s\nwant %s", test.request, got, test.want)
			}
		}
	})
}

func TestBatchKeepsOrder(t *testing.T) {
	d := load(t, edge(`async function late(event) { await Promise.resolve(1); return event.request; }
		function handler(event) {
			if (event.request.uri === '/throw') { throw new Error('thrown'); }
			return event.request.uri === '/late' ? late(event) : event.request;
		}`))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		answers, err := d.Do(engine, edgetest.Request{URL: "/late"}, edgetest.Request{URL: "/throw"}, edgetest.Request{URL: "/b"})
		if err != nil {
			t.Fatal(err)
		}
		if answers[0].URI != "/late" || answers[1].Status != 503 || answers[2].URI != "/b" {
			t.Errorf("got %v", answers)
		}
	})
}

func TestEndlessLoop(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as a function may run")
	}
	d := load(t, edge(handler("for (;;) {}")))
	if got := do(t, edgetest.Goja(), d, edgetest.Request{URL: "/"}); got.Status != 503 {
		t.Errorf("got %v, want status 503", got)
	}
}

func TestNjsMissing(t *testing.T) {
	t.Setenv("PATH", "")
	if _, err := edgetest.Njs(); err == nil || !strings.Contains(err.Error(), "apt-get install njs") {
		t.Errorf("got error %v, want one that says how to install njs", err)
	}
	t.Setenv("CI", "")
	if engines := edgetest.Engines(t); len(engines) != 1 {
		t.Errorf("got %d engines, want goja alone", len(engines))
	}
}

func TestDoRejectsURL(t *testing.T) {
	d := load(t, edge(handler("return event.request;")))
	if _, err := d.Do(edgetest.Goja(), edgetest.Request{URL: "a"}); err == nil {
		t.Error("got no error for a url without a slash")
	}
}

func TestNormalise(t *testing.T) {
	tests := []struct{ path, undecoded, decoded string }{
		{"/", "/", "/"},
		{"/a/b/", "/a/b/", "/a/b/"},
		{"//a///b", "/a/b", "/a/b"},
		{"/a/./b/../c", "/a/c", "/a/c"},
		{"/../..", "/", "/"},
		{"/a/b/..", "/a/", "/a/"},
		{"/a/.", "/a/", "/a/"},
		{"/a/.../..b", "/a/.../..b", "/a/.../..b"},
		{"/%61/%2e%2E/%7Eb", "/%61/%2e%2E/%7Eb", "/~b"},
		{"/a%2Fb%25%E2%82%AC%4", "/a%2Fb%25%E2%82%AC%4", "/a%2Fb%25%E2%82%AC%4"},
		{"/%2561", "/%2561", "/%2561"},
	}
	for _, test := range tests {
		if got := edgetest.Normalise(test.path, false); got != test.undecoded {
			t.Errorf("Normalise(%q, false) = %q, want %q", test.path, got, test.undecoded)
		}
		if got := edgetest.Normalise(test.path, true); got != test.decoded {
			t.Errorf("Normalise(%q, true) = %q, want %q", test.path, got, test.decoded)
		}
	}
}
