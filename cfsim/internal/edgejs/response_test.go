package edgejs

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestGeneratedResponses are made by viewer-request functions.
func TestGeneratedResponses(t *testing.T) {
	tests := []struct {
		code string
		want Response
	}{
		{"{statusCode: 404}", Response{Status: 404}},
		{"{statusCode: 302, statusDescription: 'Found', headers: {location: {value: '/x'}}}", Response{Status: 302, Description: "Found", Header: http.Header{"Location": {"/x"}}}},
		{"{statusCode: 200, body: 'é'}", Response{Status: 200, Body: []byte("é"), HasBody: true}},
		{"{statusCode: 200, body: ''}", Response{Status: 200, Body: []byte{}, HasBody: true}},
		{"{statusCode: 200, body: {encoding: 'text', data: 'a'}}", Response{Status: 200, Body: []byte("a"), HasBody: true}},
		{"{statusCode: 200, body: {encoding: 'base64', data: '/wA='}}", Response{Status: 200, Body: []byte{255, 0}, HasBody: true}},
		{"{statusCode: 200, headers: {vary: {multiValue: [{value: 'a'}, {value: 'b'}]}}}", Response{Status: 200, Header: http.Header{"Vary": {"a", "b"}}}},
		{
			"{statusCode: 200, cookies: {id: {value: '1', attributes: 'Secure; Path=/'}, b: {value: '', multiValue: [{value: '2'}, {value: '3', attributes: 'Path=/x'}]}}}",
			Response{Status: 200, Header: http.Header{"Set-Cookie": {"id=1; Secure; Path=/", "b=2", "b=3; Path=/x"}}},
		},
		{"{statusCode: 204, headers: undefined, cookies: null, body: undefined, more: 1}", Response{Status: 204}},
		{"Object.create({statusCode: 200})", Response{Status: 200}},
	}
	for _, test := range tests {
		result := runCode(t, handler("return "+test.code+";"), requestEvent(), nil)
		if result.Err != nil {
			t.Errorf("%s: %v", test.code, result.Err)
			continue
		}
		if test.want.Header == nil {
			test.want.Header = http.Header{}
		}
		if diff := cmp.Diff(&test.want, result.Response); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.code, diff)
		}
	}
}

func TestInvalidResponses(t *testing.T) {
	tests := []struct{ code, message string }{
		{"{statusCode: '404'}", `response.statusCode is "404", want an integer from 200 to 599`},
		{"{statusCode: 999}", "response.statusCode is 999"},
		{"{statusCode: 101}", "response.statusCode is 101"},
		{"{statusCode: 200.5}", "response.statusCode is 200.5"},
		{"{statusCode: NaN}", "response.statusCode is NaN"},
		{"{statusCode: {}}", "response.statusCode is [object Object]"},
		{"{statusCode: 200, statusDescription: 5}", "response.statusDescription is 5, want a string"},
		{"{statusCode: 200, statusDescription: 'a\\nb'}", "must not contain"},
		{"{statusCode: 200, headers: []}", ""},
		{"{statusCode: 200, headers: {'Content-Type': {value: 'a'}}}", `"Content-Type" must be in lower case: "content-type"`},
		{"{statusCode: 200, headers: {location: '/x'}}", `response.headers["location"] is "/x", want {value: '…'}`},
		{"{statusCode: 200, headers: {'set-cookie': {value: 'a=b'}}}", `"set-cookie" cannot be set as a header; set it in the cookies object`},
		{"{statusCode: 200, headers: {'x-cache': {value: 'Hit'}}}", `CloudFront allows no function to add "x-cache"`},
		{"{statusCode: 200, headers: {via: {value: 'a'}}}", "via is read-only"},
		{"{statusCode: 200, body: 5}", "response.body is 5, want a string or {encoding: 'text', data: '…'}"},
		{"{statusCode: 200, body: {data: 'a'}}", `response.body.encoding is "undefined", want "text" or "base64"`},
		{"{statusCode: 200, body: {encoding: 'gzip', data: 'a'}}", `response.body.encoding is "gzip"`},
		{"{statusCode: 200, body: {encoding: 'text'}}", "response.body.data is undefined, want a string"},
		{"{statusCode: 200, body: {encoding: 'base64', data: '*'}}", "response.body.data is no base64"},
		{"{statusCode: 200, cookies: {id: {value: 'a;b'}}}", "must not contain ';'"},
		{"{statusCode: 200, cookies: {id: {value: 'a', attributes: 5}}}", `response.cookies["id"] has the attributes 5, want a string`},
	}
	for _, test := range tests {
		result := runCode(t, handler("return "+test.code+";"), requestEvent(), nil)
		if test.message == "" {
			if result.Err != nil {
				t.Errorf("%s: %v", test.code, result.Err)
			}
			continue
		}
		if result.Err == nil || result.Err.Kind != Validation || !strings.Contains(result.Err.Message, test.message) {
			t.Errorf("%s\ngot  %v\nwant … %s …", test.code, result.Err, test.message)
		}
	}
}

// TestViewerResponse changes responses, as viewer-response functions do.
func TestViewerResponse(t *testing.T) {
	was := responseEvent().Response.Header
	with := func(key string, values ...string) http.Header {
		h := was.Clone()
		if h[key] = values; values == nil {
			delete(h, key)
		}
		return h
	}
	cookies := was["Set-Cookie"]
	tests := []struct {
		name, code string
		want       Response
	}{
		{"untouched", "return r;", Response{Status: 200, Description: "OK", Header: was}},
		{"status", "r.statusCode = 404; r.statusDescription = 'Gone'; return r;", Response{Status: 404, Description: "Gone", Header: was}},
		{"header", "r.headers['x-frame-options'] = {value: 'DENY'}; return r;", Response{Status: 200, Description: "OK", Header: with("X-Frame-Options", "DENY")}},
		{"header removed", "delete r.headers['content-type']; return r;", Response{Status: 200, Description: "OK", Header: with("Content-Type")}},
		{"content-length is free", "r.headers['content-length'] = {value: '1'}; return r;", Response{Status: 200, Description: "OK", Header: with("Content-Length", "1")}},
		{"body", "r.body = 'new'; return r;", Response{Status: 200, Description: "OK", Header: was, Body: []byte("new"), HasBody: true}},
		{"body removed", "r.body = ''; return r;", Response{Status: 200, Description: "OK", Header: was, Body: []byte{}, HasBody: true}},
		{"cookie", "r.cookies.n = {value: '1', attributes: 'Path=/'}; return r;", Response{Status: 200, Description: "OK", Header: with("Set-Cookie", cookies[0], cookies[2], cookies[1], "n=1; Path=/")}},
		{"attribute", "r.cookies.theme.attributes = 'HttpOnly'; return r;", Response{Status: 200, Description: "OK", Header: with("Set-Cookie", cookies[0], cookies[2], "theme=dark; HttpOnly")}},
		{"first value", "r.cookies.id.value = '9'; return r;", Response{Status: 200, Description: "OK", Header: with("Set-Cookie", "id=9; Secure; Path=/", "id=2", "theme=dark")}},
		{"no cookies", "r.cookies = {}; return r;", Response{Status: 200, Description: "OK", Header: with("Set-Cookie")}},
		{"a new object", "return {statusCode: 201, headers: {via: r.headers.via}};", Response{Status: 201, Header: http.Header{"Via": was["Via"], "X-Cache": was["X-Cache"]}}},
	}
	for _, test := range tests {
		event := responseEvent()
		result := runCode(t, handler("var r = event.response; "+test.code), event, nil)
		if result.Err != nil {
			t.Errorf("%s: %v", test.name, result.Err)
			continue
		}
		if diff := cmp.Diff(&test.want, result.Response); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if diff := cmp.Diff(responseEvent(), event); diff != "" {
			t.Errorf("%s changed the event (-want +got):\n%s", test.name, diff)
		}
	}
	for code, message := range map[string]string{
		"return event.request;": "without a statusCode, want event.response",
		"return;":               "returned undefined, want event.response",
		"event.response.headers.via.value = 'x'; return event.response;":                               "via is read-only at viewer-response",
		"delete event.response.headers.via; return event.response;":                                    "via is read-only at viewer-response and must not be removed",
		"event.response.headers.warning = {value: 'x'}; return event.response;":                        "warning is read-only at viewer-response",
		"event.response.headers['x-cache'] = {value: 'x'}; return event.response;":                     "CloudFront allows no function to add",
		"require('cloudfront').selectRequestOriginById('a'); return event.response;":                   "the origin can be changed at viewer-request only, not at viewer-response",
		"if (Object.keys(require('cloudfront').edgeLocation).length) throw 1; return {statusCode: 1};": "response.statusCode is 1",
	} {
		result := runCode(t, handler(code), responseEvent(), &Env{Edge: &EdgeLocation{Name: "SEA"}})
		if result.Err == nil || result.Err.Kind != Validation || !strings.Contains(result.Err.Message, message) {
			t.Errorf("%s\ngot  %v\nwant … %s …", code, result.Err, message)
		}
	}
}
