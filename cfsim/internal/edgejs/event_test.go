package edgejs

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const wantRequest = `{
	"method": "GET", "uri": "/a/b.txt",
	"querystring": {"a": {"value": "1", "multiValue": [{"value": "1"}, {"value": "%20x"}]}, "b": {"value": ""}},
	"headers": {"host": {"value": "example.com"}, "accept": {"value": "text/html", "multiValue": [{"value": "text/html"}, {"value": "text/plain"}]}, "user-agent": {"value": "test"}},
	"cookies": {"id": {"value": "1"}, "theme": {"value": "dark"}}
}`

// TestEvent compares the argument of the handler with the structure that AWS
// documents, as a lazy and as an ordinary object.
func TestEvent(t *testing.T) {
	tests := []struct {
		name  string
		event *Event
		want  string
	}{
		{"request", requestEvent(), `{"version": "1.0", "viewer": {"ip": "198.51.100.11"}, "context": ` + contextOf("viewer-request") + `, "request": ` + wantRequest + `}`},
		{"response", responseEvent(), `{"version": "1.0", "viewer": {"ip": "198.51.100.11"}, "context": ` + contextOf("viewer-response") + `, "request": ` + wantRequest + `, "response": {
			"statusCode": 200, "statusDescription": "OK",
			"headers": {"content-type": {"value": "text/html"}, "via": {"value": "1.1 edge"}},
			"cookies": {
				"id": {"value": "1", "attributes": "Secure; Path=/", "multiValue": [{"value": "1", "attributes": "Secure; Path=/"}, {"value": "2"}]},
				"theme": {"value": "dark"}
			}}}`},
		{"empty", &Event{Type: "viewer-request", Request: Request{Method: "GET", URI: "/", Header: http.Header{}}}, `{"version": "1.0", "viewer": {"ip": ""},
			"context": {"distributionDomainName": "", "distributionId": "", "eventType": "viewer-request", "requestId": ""},
			"request": {"method": "GET", "uri": "/", "querystring": {}, "headers": {}, "cookies": {}}}`},
	}
	for _, test := range tests {
		for _, code := range []string{handler("return event;"), handler("Object.freeze({}); return event;")} {
			got, failed := returned(compile(t, code), test.event)
			if failed != nil {
				t.Fatal(failed)
			}
			var is, want any
			if err := json.Unmarshal([]byte(test.want), &want); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(got, &is); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, is); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.name, diff)
			}
		}
	}
}

func contextOf(event string) string {
	return `{"distributionDomainName": "d111111abcdef8.cloudfront.net", "distributionId": "EDFDVBD6EXAMPLE", "eventType": "` + event + `", "requestId": "EXAMPLEntjQpEXAMPLE=="}`
}

// TestEventIsAnObject treats the event as code may treat any object.
func TestEventIsAnObject(t *testing.T) {
	tests := []struct{ expression, want string }{
		{"Object.keys(event).join()", "version,context,viewer,request"},
		{"Object.keys(event.request).join()", "method,uri,querystring,headers,cookies"},
		{"Object.keys(event.request.querystring).join()", "a,b"},
		{"(function () { var k = []; for (var n in event.request.headers) k.push(n); return k.join(); })()", "host,accept,user-agent"},
		{"Object.entries(event.request.cookies).length", "2"},
		{"'host' in event.request.headers", "true"},
		{"'x' in event.request.headers", "false"},
		{"event.request.headers.hasOwnProperty('accept')", "true"},
		{"event.request.headers.constructor === Object", "true"},
		{"event.request.headers.toString()", "[object Object]"},
		{"typeof event.request.headers['__proto__']", "object"},
		{"event.request === event.request && event.request.headers.host === event.request.headers.host", "true"},
		{"Object.getPrototypeOf(event) === Object.prototype", "true"},
		{"event.request.querystring.a.multiValue.length + event.request.querystring.a.multiValue[1].value", "2%20x"},
		{"delete event.request.headers.host && typeof event.request.headers.host", "undefined"},
		{"(event.request.headers.y = 1) && Object.keys(event.request.headers).join()", "host,accept,user-agent,y"},
		{"(event.extra = 5) && event.extra", "5"},
		{"Object.isFrozen(Object.freeze(event.request.headers)) && Object.isFrozen(event.request)", "false"},
		{"Object.defineProperty(event.request, 'q', {get: function () { return 7; }}).q", "7"},
		{"JSON.stringify(Object.assign({}, event.viewer))", `{"ip":"198.51.100.11"}`},
		{"event.request.rawQueryString()", "a=1&b&a=%20x"},
		{"event.request.rawQueryString.call(null)", "a=1&b&a=%20x"},
	}
	for _, test := range tests {
		if got := body(t, handler("return {statusCode: 200, body: String("+test.expression+")};"), nil); got != test.want {
			t.Errorf("%s is %q, want %q", test.expression, got, test.want)
		}
	}
}

// TestRawQueryString is the table of AWS.
func TestRawQueryString(t *testing.T) {
	f := compile(t, handler("var q = event.request.rawQueryString(); return {statusCode: 200, body: typeof q + ' ' + q};"))
	for _, test := range []struct {
		query    string
		hasQuery bool
		want     string
	}{
		{"name=John&age=25", true, "string name=John&age=25"},
		{"", true, "string "},
		{"", false, "undefined undefined"},
	} {
		event := requestEvent()
		event.Request.RawQuery, event.Request.HasQuery = test.query, test.hasQuery
		if result := f.Run(t.Context(), event, nil); result.Err != nil || string(result.Response.Body) != test.want {
			t.Errorf("%q, %v: got %v, want %q", test.query, test.hasQuery, result, test.want)
		}
	}
}

// TestEncodings sends bytes that are not UTF-8. A function sees them as ISO
// 8859-1, and what it leaves alone goes on as it came.
func TestEncodings(t *testing.T) {
	event := requestEvent()
	event.Request.URI, event.Request.RawQuery = "/caf\xe9", "q=\xe9&r=é"
	event.Request.Header.Set("X-Latin", "\xe9")
	event.Request.Header.Set("X-Utf", "é")
	see := "var r = event.request, seen = [r.uri, r.querystring.q.value, r.querystring.r.value, r.headers['x-latin'].value, r.headers['x-utf'].value, r.rawQueryString()]; console.log(seen.join(' ')); "
	result := runCode(t, handler(see+"return r;"), event, nil)
	if want := "/café é é é é q=Ã©&r=Ã©"; result.Err != nil || result.Logs[0] != "/café é é é é q=\u00e9&r=\u00c3\u00a9" {
		t.Errorf("seen %q (%v), want %q", result.Logs, result.Err, want)
	}
	if diff := cmp.Diff(&event.Request, result.Request); diff != "" {
		t.Errorf("left alone (-want +got):\n%s", diff)
	}
	result = runCode(t, handler(see+"r.uri += '/x'; r.querystring.q.value += '1'; r.headers['x-latin'].value += '1'; return r;"), event, nil)
	if result.Err != nil || result.Request.URI != "/café/x" || result.Request.RawQuery != "q=é1&r=é" || result.Request.Header.Get("X-Latin") != "é1" {
		t.Errorf("changed: got %+v (%v)", result.Request, result.Err)
	}
}
