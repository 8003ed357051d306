package edgejs

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRequests changes a request and looks at what goes on.
func TestRequests(t *testing.T) {
	tests := []struct {
		name, code string
		uri, query string      // "" for what was sent
		header     http.Header // what differs; nil for a header that is gone
	}{
		{name: "untouched", code: "return r;"},
		{name: "looked at", code: "JSON.stringify(event); return r;"},
		{name: "set to what it was", code: "r.uri = '/a/b.txt'; r.querystring.b = {value: ''}; r.headers.host = {value: 'example.com'}; return r;"},
		{name: "uri", code: "r.uri = '/index.html'; return r;", uri: "/index.html"},
		{name: "uri beyond ASCII", code: "r.uri = '/é?x#y'; return r;", uri: "/é?x#y"},
		{
			name: "a new object", code: "return {method: r.method, uri: '/x', querystring: {}, headers: {host: r.headers.host}, cookies: {}};", uri: "/x", query: "-",
			header: http.Header{"Accept": nil, "User-Agent": nil, "Cookie": nil},
		},
		{name: "without its parts", code: "return {method: r.method, uri: r.uri, headers: r.headers};", query: "-", header: http.Header{"Cookie": nil}},

		{name: "header added", code: "r.headers['x-new-header'] = {value: 'é '}; return r;", header: http.Header{"X-New-Header": {"é "}}},
		{name: "header changed", code: "r.headers['user-agent'].value = 'other'; return r;", header: http.Header{"User-Agent": {"other"}}},
		{name: "header removed", code: "delete r.headers.accept; return r;", header: http.Header{"Accept": nil}},
		{name: "header copied", code: "r.headers['x-forwarded-host'] = r.headers.host; return r;", header: http.Header{"X-Forwarded-Host": {"example.com"}}},
		{name: "first of several values", code: "r.headers.accept.value = 'a/b'; return r;", header: http.Header{"Accept": {"a/b", "text/plain"}}},
		{name: "several values", code: "r.headers.accept.multiValue[1].value = 'a/b'; r.headers.accept.value = 'ignored'; return r;", header: http.Header{"Accept": {"text/html", "a/b"}}},
		{name: "value added", code: "r.headers.accept.multiValue.push({value: 'a/b'}); return r;", header: http.Header{"Accept": {"text/html", "text/plain", "a/b"}}},
		{name: "several replaced by one", code: "r.headers.accept = {value: 'a/b'}; return r;", header: http.Header{"Accept": {"a/b"}}},
		{name: "one replaced by several", code: "r.headers['x-n'] = {value: 'ignored', multiValue: [{value: '1'}, {value: '2'}]}; return r;", header: http.Header{"X-N": {"1", "2"}}},
		{name: "header set to itself", code: "r.headers.accept.value = 'text/html'; return r;"},
		{name: "empty value", code: "r.headers['x-empty'] = {value: ''}; return r;", header: http.Header{"X-Empty": {""}}},

		{name: "parameter changed", code: "r.querystring.b.value = '2'; return r;", query: "a=1&a=%20x&b=2"},
		{name: "parameter added", code: "r.querystring.c = {value: '%26'}; return r;", query: "a=1&a=%20x&b&c=%26"},
		{name: "parameter removed", code: "delete r.querystring.a; return r;", query: "b"},
		{name: "first of several parameters", code: "r.querystring.a.value = '9'; return r;", query: "a=9&a=%20x&b"},
		{name: "no parameters", code: "r.querystring = {}; return r;", query: "-"},
		{name: "query string as a text", code: "r.querystring = 'c=%20&b&a=2&a=1'; return r;", query: "c=%20&b&a=2&a=1"},
		{name: "empty text", code: "r.querystring = ''; return r;", query: "-"},
		{name: "a new object with a text", code: "return Object.assign({}, r, {querystring: 'z&a=1'});", query: "z&a=1"},
		{name: "parameters in another order", code: "r.querystring = {b: r.querystring.b, a: r.querystring.a}; return r;"},
		{name: "parameters as they were, copied", code: "r.querystring = JSON.parse(JSON.stringify(r.querystring)); return r;"},

		{name: "cookie changed", code: "r.cookies.id.value = '2'; return r;", header: http.Header{"Cookie": {"id=2; theme=dark"}}},
		{name: "cookie added", code: "r.cookies.n = {value: 'x'}; return r;", header: http.Header{"Cookie": {"id=1; theme=dark; n=x"}}},
		{name: "cookie removed", code: "delete r.cookies.id; return r;", header: http.Header{"Cookie": {"theme=dark"}}},
		{name: "no cookies", code: "r.cookies = {}; return r;", header: http.Header{"Cookie": nil}},
		{name: "attributes mean nothing here", code: "r.cookies.id.attributes = 'Secure'; return r;"},
		{name: "what else is there is dropped", code: "r.extra = 1; r.headers.accept.more = 2; return r;"},
	}
	for _, test := range tests {
		event := requestEvent()
		result := runCode(t, handler("var r = event.request; "+test.code), event, nil)
		if result.Err != nil {
			t.Errorf("%s: %v", test.name, result.Err)
			continue
		}
		want := event.Request
		want.Header = maps.Clone(want.Header)
		if test.uri != "" {
			want.URI = test.uri
		}
		if test.query != "" {
			want.RawQuery = strings.TrimPrefix(test.query, "-")
			want.HasQuery = want.RawQuery != ""
		}
		for key, values := range test.header {
			want.Header[key] = values
			if values == nil {
				delete(want.Header, key)
			}
		}
		if diff := cmp.Diff(&want, result.Request); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if diff := cmp.Diff(requestEvent(), event); diff != "" {
			t.Errorf("%s changed the event (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestBareRequest has no headers at all.
func TestBareRequest(t *testing.T) {
	event := &Event{Type: "viewer-request", Request: Request{Method: "GET", URI: "/"}}
	result := runCode(t, handler("event.request.headers.a = {value: 'b'}; return event.request;"), event, nil)
	if result.Err != nil || result.Request.Header.Get("A") != "b" {
		t.Errorf("got %+v (%v)", result.Request, result.Err)
	}
}

// TestInvalidRequests returns requests that CloudFront does not take.
func TestInvalidRequests(t *testing.T) {
	long := "new Array(8200).join('x')"
	tests := []struct{ code, message string }{
		{"r.method = 'POST'; return r;", "request.method is read-only, but GET was changed to POST"},
		{"return {uri: '/', headers: r.headers};", "request.method is read-only, but GET was changed to undefined"},
		{"r.uri = 'index.html'; return r;", `request.uri is "index.html", want a path that begins with a slash`},
		{"r.uri = ''; return r;", `request.uri is ""`},
		{"r.uri = 5; return r;", "request.uri is 5, want a string"},
		{"delete r.uri; return r;", "request.uri is undefined"},
		{"r.uri = '/a\\nb'; return r;", `must not contain '\n'`},
		{"r.uri = '/' + " + long + "; return r;", "want less than 8192"},
		{"r.querystring.x = {value: " + long + "}; return r;", "want less than 8192"},

		{"r.headers = 5; return r;", "request.headers is 5, want an object"},
		{"r.headers.x = 'text'; return r;", `request.headers["x"] is "text", want {value: '…'}`},
		{"r.headers.x = {value: 5}; return r;", `request.headers["x"] has the value 5, want a string`},
		{"r.headers.x = {}; return r;", `request.headers["x"] has the value undefined`},
		{"r.headers.x = null; return r;", `request.headers["x"] is null`},
		{"r.headers.x = {multiValue: []}; return r;", "want a list with at least one"},
		{"r.headers.x = {multiValue: {}, value: 'a'}; return r;", "want a list with at least one"},
		{"r.headers.x = {multiValue: ['a']}; return r;", `request.headers["x"].multiValue[0] is "a"`},
		{"r.headers['X-Upper'] = {value: 'a'}; return r;", `"X-Upper" must be in lower case: "x-upper"`},
		{"r.headers['a b'] = {value: 'a'}; return r;", `"a b" is no name of a header`},
		{"r.headers[''] = {value: 'a'}; return r;", `"" is no name of a header`},
		{"r.headers.x = {value: 'a\\r\\nb: c'}; return r;", `must not contain '\r'`},
		{"r.headers.cookie = {value: 'a=b'}; return r;", `"cookie" cannot be set as a header; set it in the cookies object`},

		{"r.headers.connection = {value: 'close'}; return r;", `CloudFront allows no function to add "connection"`},
		{"r.headers['x-amz-cf-id'] = {value: 'a'}; return r;", `CloudFront allows no function to add "x-amz-cf-id"`},
		{"r.headers['x-edge-anything'] = {value: 'a'}; return r;", `CloudFront allows no function to add "x-edge-anything"`},
		{"r.headers['x-forwarded-proto'] = {value: 'http'}; return r;", `CloudFront allows no function to add "x-forwarded-proto"`},
		{"r.headers.host.value = 'other'; return r;", `host is read-only at viewer-request, but ["example.com"] was changed to ["other"]`},
		{"delete r.headers.host; return r;", "host is read-only at viewer-request and must not be removed"},
		{"r.headers.via = {value: 'a'}; return r;", "via is read-only at viewer-request and must not be added"},
		{"r.headers['cdn-loop'] = {value: 'a'}; return r;", "cdn-loop is read-only"},
		{"r.headers['content-length'] = {value: '1'}; return r;", "content-length is read-only"},
		{"r.headers = {}; return r;", "host is read-only at viewer-request and must not be removed"},

		{"r.querystring = 5; return r;", `request.querystring is 5, want an object`},
		{"r.querystring = 'a=b c'; return r;", `request.querystring, "a=b c", must not contain ' '`},
		{"r.querystring = 'a=\\t'; return r;", `must not contain '\t'`},
		{"r.querystring = 'a#b'; return r;", `must not contain '#'`},
		{"r.querystring = " + long + "; return r;", "want less than 8192"},
		{"r.querystring.c = {value: 'a b'}; return r;", `request.querystring, "c=a b", must not contain ' '`},
		{"r.querystring.c = {value: '#'}; return r;", "must not contain '#'"},
		{"r.querystring['\\n'] = {value: ''}; return r;", `must not contain '\n'`},
		{"r.cookies.c = {value: 'a;b'}; return r;", "must not contain ';'"},
		{"r.cookies.c = {value: 'a\\nb'}; return r;", `must not contain '\n'`},
	}
	for _, test := range tests {
		result := runCode(t, handler("var r = event.request; "+test.code), requestEvent(), nil)
		if result.Err == nil || result.Err.Kind != Validation || !strings.Contains(result.Err.Message, test.message) {
			t.Errorf("%s\ngot  %v\nwant … %s …", test.code, result.Err, test.message)
		}
	}
}

// TestHiddenHeaders are not seen, and stay.
func TestHiddenHeaders(t *testing.T) {
	event := requestEvent()
	for _, name := range []string{"Connection", "X-Edge-A", "X-Real-Ip", "Proxy-Authorization"} {
		event.Request.Header.Set(name, "kept")
	}
	result := runCode(t, handler("console.log(Object.keys(event.request.headers).join()); event.request.headers.n = {value: '1'}; return event.request;"), event, nil)
	if result.Err != nil || result.Logs[0] != "host,accept,user-agent" {
		t.Fatalf("seen %q (%v)", result.Logs, result.Err)
	}
	for _, name := range []string{"Connection", "X-Edge-A", "X-Real-Ip", "Proxy-Authorization", "X-Amz-Cf-Id"} {
		if result.Request.Header.Get(name) == "" {
			t.Errorf("%s is gone", name)
		}
	}
}
