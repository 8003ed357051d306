package edgetest_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// both returns a template with the one code at viewer-request and the other at
// viewer-response, which both may read a key-value store.
func both(request, response string) object {
	template := stored(request)
	resources := template["Resources"].(object)
	resources["After"] = object{"Type": "AWS::CloudFront::Function", "Properties": object{
		"FunctionCode":   response,
		"FunctionConfig": resources["Edge"].(object)["Properties"].(object)["FunctionConfig"],
	}}
	config := resources["Dist"].(object)["Properties"].(object)["DistributionConfig"].(object)
	config["DefaultCacheBehavior"].(object)["FunctionAssociations"] = append(function("Edge"),
		object{"EventType": "viewer-response", "FunctionARN": getAtt("After", "FunctionARN")})
	return template
}

func respond(t *testing.T, engine edgetest.Engine, d *edgetest.Distribution, r edgetest.Request, o edgetest.OriginResponse) edgetest.Answer {
	t.Helper()
	got, err := d.Respond(engine, r, o)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

const pass = "function handler(event) { return event.request; }"

func TestRespond(t *testing.T) {
	const set = "var r = event.response; "
	origin := edgetest.OriginResponse{
		Headers: map[string]string{"Content-Type": "text/html", "Via": "1.1 origin", "X-Amzn-RequestId": "1"},
		Cookies: map[string][]edgetest.Cookie{
			"one":  {{Value: "1", Attributes: "Path=/"}},
			"many": {{Value: "a", Attributes: "Path=/a"}, {Value: "b"}},
		},
		Body: "of the origin",
	}
	const headers, cookies = "map[content-type:text/html via:1.1 origin x-amzn-requestid:1]", " map[many:[{a Path=/a} {b }] one:[{1 Path=/}]]"
	tests := []struct {
		name, body string
		status     int
		want       string // headers, cookies and body; or part of the error
	}{
		{"nothing", "return event.response;", 200, headers + cookies + "of the origin"},
		{"status", set + "r.statusCode = 404; r.statusDescription = 'Not Found'; return r;", 404, headers + cookies + "of the origin"},
		{"body", set + "r.body = 'mine'; return r;", 200, headers + cookies + "mine"},
		{"empty body", set + "r.body = {encoding: 'text', data: ''}; return r;", 200, headers + cookies},
		{
			"headers", set + "r.headers['x-a'] = {value: '1', multiValue: [{value: '1'}, {value: '2'}]}; delete r.headers['content-type']; return r;", 200,
			"map[via:1.1 origin x-a:1, 2 x-amzn-requestid:1]" + cookies + "of the origin",
		},
		{"new response", "return {statusCode: 302, headers: {via: event.response.headers.via}};", 302, "map[via:1.1 origin x-amzn-requestid:1] map[]of the origin"},
		{
			"cookies", set + `r.cookies.one = {value: '2', attributes: 'Secure'};
				r.cookies.many.multiValue[1] = {value: 'c', attributes: 'HttpOnly'};
				r.cookies['new'] = {value: 'n'}; return r;`, 200,
			headers + " map[many:[{a Path=/a} {c HttpOnly}] new:[{n }] one:[{2 Secure}]]of the origin",
		},
		{
			"first cookie", set + "r.cookies.many.value = 'c'; return r;", 200,
			headers + " map[many:[{c Path=/a} {b }] one:[{1 Path=/}]]of the origin",
		},
		{"read-only changed", set + "r.headers.via = {value: 'me'}; return r;", 502, "via"},
		{"read-only removed", "return {statusCode: 200};", 502, "via"},
		{"warning", set + "r.headers.warning = {value: 'me'}; return r;", 502, "warning"},
		{"forbidden", set + "r.headers['x-cache'] = {value: 'Hit'}; return r;", 502, "x-cache"},
		{"attributes", set + "r.cookies.one.attributes = 1; return r;", 502, "attributes"},
		{"a request", "return event.request;", 502, "want a response"},
		{"nothing returned", "", 502, "null"},
		{"throws", "throw new Error('bang');", 503, "bang"},
		{"chooses an origin", "cf.selectRequestOriginById('a'); return event.response;", 503, "viewer-request only"},
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			d := load(t, both(pass, importing+handler(test.body)))
			got := respond(t, engine, d, edgetest.Request{URL: "/x"}, origin)
			text := fmt.Sprint(got.Headers, got.Cookies, got.Body)
			if got.Err != nil {
				text = got.Err.Error()
			}
			if got.Status != test.status || text != test.want && (got.Err == nil || !strings.Contains(text, test.want)) {
				t.Errorf("%s: got %d %s, want %d %s", test.name, got.Status, text, test.status, test.want)
			}
			if got.URI != "/x" || got.Origin != "origin.example.com" {
				t.Errorf("%s: got %v, want /x of the origin", test.name, got)
			}
		}
	})
}

// A viewer-response function is asked neither about an error of the origin nor
// about an answer of the edge.
func TestRespondNotRun(t *testing.T) {
	d := load(t, both(handler("return event.request.uri === '/edge' ? {statusCode: 204} : event.request;"), handler("throw new Error('asked');")))
	without := load(t, edge(pass))
	tests := []struct {
		d           *edgetest.Distribution
		url         string
		sent, wants int
	}{
		{d, "/edge", 200, 204},
		{d, "/", 400, 400},
		{d, "/", 503, 503},
		{d, "/", 399, 503},
		{without, "/", 0, 200},
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			got := respond(t, engine, test.d, edgetest.Request{URL: test.url}, edgetest.OriginResponse{Status: test.sent, Headers: map[string]string{"X-A": "1"}})
			if got.Status != test.wants {
				t.Errorf("%s, the origin answers %d: got %v, want %d", test.url, test.sent, got, test.wants)
			}
		}
	})
}

// The event comes back as headers of the response.
func TestResponseEvent(t *testing.T) {
	d := load(t, both(importing+`async function handler(event) {
		var r = event.request;
		await cf.kvs().exists('a');
		r.uri = '/y'; r.querystring = 'q=2&p=1'; r.headers['x-mark'] = {value: event.context.requestId}; delete r.headers['x-sent']; r.cookies.c = {value: '2'};
		return r;
	}`, importing+`async function handler(event) {
		var r = event.request, out = {};
		await cf.kvs().get('a'); await cf.kvs().get('a');
		[event.context.eventType, r.uri, JSON.stringify(r.querystring), Object.keys(r.headers).sort().join(), JSON.stringify(r.cookies),
			r.headers['x-mark'] ? r.headers['x-mark'].value === event.context.requestId : '', JSON.stringify(event.response)
		].forEach(function (text, i) { out['h' + i] = {value: String(text)}; });
		return {statusCode: 200, headers: out};
	}`))
	d.Store(map[string]string{"a": "1"})
	r := edgetest.Request{URL: "/x?p=1&p=2", Headers: map[string]string{"X-Sent": "1", "Cookie": "c=1"}}
	response := `{"statusCode":204,"statusDescription":"No Content","headers":{"etag":{"value":"e"}},"cookies":{"s":{"value":"1","attributes":"Path=/"}}}`
	changed := []string{"viewer-response", "/y", `{"q":{"value":"2"},"p":{"value":"1"}}`, "host,x-mark", `{"c":{"value":"2"}}`, "true", response}
	sent := []string{"viewer-response", "/x", `{"p":{"value":"1","multiValue":[{"value":"1"},{"value":"2"}]}}`, "host,x-sent", `{"c":{"value":"1"}}`, "", response}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for asSent, want := range map[bool][]string{false: changed, true: sent} {
			got := respond(t, engine, d, r, edgetest.OriginResponse{
				Status: 204, Headers: map[string]string{"ETag": "e", "X-Cache": "Miss"}, SentRequest: asSent,
				Cookies: map[string][]edgetest.Cookie{"s": {{Value: "1", Attributes: "Path=/"}}},
			})
			var has []string
			for _, name := range slices.Sorted(maps.Keys(got.Headers)) {
				if name != "x-cache" {
					has = append(has, got.Headers[name])
				}
			}
			if !slices.Equal(has, want) || got.Reads != 3 || got.Headers["x-cache"] != "Miss" {
				t.Errorf("as sent %v: got %q after %d reads, %v\nwant %q", asSent, has, got.Reads, got.Err, want)
			}
		}
	})
}

func TestRespondRejectsURL(t *testing.T) {
	d := load(t, edge(pass))
	if _, err := d.Respond(edgetest.Goja(), edgetest.Request{URL: "a"}, edgetest.OriginResponse{}); err == nil {
		t.Error("got no error for a url without a slash")
	}
}
