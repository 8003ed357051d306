package cfsim

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

// TestFunctionsGoneWrong: a function that fails is answered as CloudFront does,
// with the reason in the body and in the trace, and the next request is served.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-restrictions.html)
func TestFunctionsGoneWrong(t *testing.T) {
	noLeaks(t)
	const execution, validation = "FunctionExecutionError from cloudfront", "FunctionValidationError from cloudfront"
	request, response := "viewer-request", "viewer-response"
	for name, test := range map[string]struct {
		event, code string
		status      int
		xCache      string
		says        string
		unparsable  bool
	}{
		"throws":                   {request, "function handler(e) { throw new Error('no way'); }", 503, execution, "no way", false},
		"throws a text":            {request, "function handler(e) { throw 'no way'; }", 503, execution, "no way", false},
		"reads of nothing":         {request, "function handler(e) { return e.request.nothing.value; }", 503, execution, "", false},
		"loops":                    {request, "function handler(e) { while (true); }", 503, execution, "", false},
		"loops in its top level":   {request, "for (;;);\nfunction handler(e) { return e.request; }", 503, execution, "", false},
		"calls itself":             {request, "function handler(e) { return handler(e); }", 503, execution, "", false},
		"fills the memory":         {request, "function handler(e) { var a = 'x'; for (;;) a += a; }", 503, execution, "", false},
		"fills an array":           {request, "function handler(e) { var a = []; for (;;) a.push('0123456789'); }", 503, execution, "", false},
		"never settles":            {request, "async function handler(e) { await new Promise(function () {}); return e.request; }", 503, execution, "", false},
		"rejects":                  {request, "async function handler(e) { throw new Error('no way'); }", 503, execution, "no way", false},
		"does not parse":           {request, "function handler(e) { return e?.request; }", 503, execution, "line 1", true},
		"has no handler":           {request, "function handle(e) { return e.request; }", 503, execution, "handler", true},
		"imports what is not":      {request, "import fs from 'fs';\nfunction handler(e) { return e.request; }", 503, execution, "fs", true},
		"returns nothing":          {request, "function handler(e) { }", 502, validation, "", false},
		"returns null":             {request, "function handler(e) { return null; }", 502, validation, "", false},
		"returns a number":         {request, "function handler(e) { return 7; }", 502, validation, "", false},
		"returns an empty object":  {request, "function handler(e) { return {}; }", 502, validation, "", false},
		"returns an odd status":    {request, "function handler(e) { return {statusCode: 99}; }", 502, validation, "99", false},
		"returns a text as status": {request, "function handler(e) { return {statusCode: 'ok'}; }", 502, validation, "statusCode", false},
		"returns a relative uri":   {request, "function handler(e) { e.request.uri = 'a'; return e.request; }", 502, validation, "uri", false},
		"returns a number as uri":  {request, "function handler(e) { e.request.uri = 7; return e.request; }", 502, validation, "uri", false},
		"adds a forbidden header":  {request, "function handler(e) { e.request.headers['x-edge-a'] = {value: 'b'}; return e.request; }", 502, validation, "x-edge-a", false},
		"changes the host":         {request, "function handler(e) { e.request.headers.host = {value: 'b'}; return e.request; }", 502, validation, "host", false},
		"adds an odd header":       {request, "function handler(e) { e.request.headers['a b'] = {value: 'b'}; return e.request; }", 502, validation, "a b", false},
		"splits a header":          {request, "function handler(e) { e.request.headers['x-a'] = {value: 'b\\r\\nx-c: d'}; return e.request; }", 502, validation, "x-a", false},
		"fails at the response":    {response, "function handler(e) { throw new Error('no way'); }", 503, execution, "no way", false},
		"breaks the response":      {response, "function handler(e) { return {statusCode: 'no'}; }", 502, validation, "", false},
		"returns no response":      {response, "function handler(e) { }", 502, validation, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			traces := make(chan *Trace, 2)
			settings, resources := edge(test.event, test.code)
			d := loaded(t, web(settings, resources), &Options{Observe: func(x *Trace) { traces <- x }}).Distributions()[0]
			asked := 0
			attach(t, d, "a", Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked++
				w.Write([]byte("good"))
			})))
			s := serve(t, d, nil)
			r, body, err := s.do("GET", "/f/a", "")
			x := <-traces
			if r.StatusCode != test.status || r.Header.Get("X-Cache") != test.xCache || err != nil {
				t.Errorf("got %s, X-Cache: %s, %v; want %d, %s\n%s", r.Status, r.Header.Get("X-Cache"), err, test.status, test.xCache, x)
			}
			if !strings.Contains(body, "Edge") || !strings.Contains(body, test.says) {
				t.Errorf("the body is %q, and has to name Edge and %q", body, test.says)
			}
			if text := x.String(); !strings.Contains(text, "Edge") || !strings.Contains(text, test.says) || len(x.Functions) != 1 || x.Functions[0].Err == "" {
				t.Errorf("the trace has to name Edge and %q:\n%s", test.says, text)
			}
			if x.Functions[0].Unparsable != test.unparsable {
				t.Errorf("Unparsable is %v", x.Functions[0].Unparsable)
			}
			if asked > 0 && test.event == request {
				t.Error("the origin was asked")
			}
			if _, body, err := s.do("GET", "/other", ""); body != "good" || err != nil {
				t.Errorf("after that, another behavior answers %q, %v", body, err)
			}
		})
	}
}

// TestFunctionErrorsKeepTheirPage: an error that a function makes is left as it is,
// and one that CloudFront makes of a failing function has the custom page.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-restrictions.html)
func TestFunctionErrorsKeepTheirPage(t *testing.T) {
	settings, resources := edge("viewer-request", `function handler(e) {
  if (e.request.uri === '/f/fail') throw new Error('no way');
  return {statusCode: 404, body: 'own'};
}`)
	settings += "        CustomErrorResponses: [{ErrorCode: 404, ResponseCode: 200, ResponsePagePath: /page}, {ErrorCode: 503, ResponseCode: 503, ResponsePagePath: /page}]\n"
	d := loaded(t, web(settings, resources), nil).Distributions()[0]
	attach(t, d, "a", Handler(answering("page")))
	if r, body, trace := get(t, d, "GET", "/f/own"); r.StatusCode != 404 || body != "own" {
		t.Errorf("got %s %q\n%s", r.Status, body, trace)
	}
	if r, body, trace := get(t, d, "GET", "/f/fail"); r.StatusCode != 503 || body != "page" {
		t.Errorf("got %s %q\n%s", r.Status, body, trace)
	}
}

// TestViewerResponse: what a function makes of a response, cached ones included.
func TestViewerResponse(t *testing.T) {
	settings, resources := edge("viewer-response", `function handler(e) {
  var response = e.response;
  response.headers['x-uri'] = {value: e.request.uri};
  response.headers['x-was'] = {value: response.headers['x-cache'] ? response.headers['x-cache'].value : 'none'};
  delete response.headers['x-secret'];
  if (e.request.uri === '/f/teapot') { response.statusCode = 418; response.statusDescription = 'Teapot'; response.body = 'tea'; }
  if (e.request.uri === '/f/cookie') { response.cookies.a = {value: '1', attributes: 'Path=/'}; }
  return response;
}`)
	d := loaded(t, web(settings, resources), nil).Distributions()[0]
	attach(t, d, "a", Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Secret", "s")
		if r.URL.Path == "/f/missing" {
			w.WriteHeader(404)
		}
		w.Write([]byte("origin"))
	})))
	for _, test := range []struct {
		url            string
		status         int
		body           string
		header, secret string
	}{
		{"/f/a", 200, "origin", "/f/a", ""},
		{"/f/teapot", 418, "tea", "/f/teapot", ""},
		{"/f/missing", 404, "origin", "", "s"}, // is not run for errors of the origin
	} {
		r, body, trace := get(t, d, "GET", test.url)
		if r.StatusCode != test.status || body != test.body || r.Header.Get("X-Uri") != test.header || r.Header.Get("X-Secret") != test.secret {
			t.Errorf("%s: got %s %q %v\n%s", test.url, r.Status, body, r.Header, trace)
		}
		if length := r.Header.Get("Content-Length"); length != "" && length != fmt.Sprint(len(body)) {
			t.Errorf("%s: Content-Length is %s, and there are %d bytes", test.url, length, len(body))
		}
	}
	if r, _, _ := get(t, d, "GET", "/f/cookie"); r.Header.Get("Set-Cookie") != "a=1; Path=/" {
		t.Errorf("Set-Cookie is %q", r.Header.Get("Set-Cookie"))
	}
}

// TestOriginChoice: a function chooses and changes origins.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/helper-functions-origin-modification.html)
func TestOriginChoice(t *testing.T) {
	settings, resources := edge("viewer-request", `import cf from 'cloudfront';
function handler(e) {
  var uri = e.request.uri;
  if (uri === '/f/select') cf.selectRequestOriginById('b');
  if (uri === '/f/unknown') cf.selectRequestOriginById('z');
  if (uri === '/f/path') cf.updateRequestOrigin({originPath: '/v2'});
  if (uri === '/f/domain') cf.updateRequestOrigin({domainName: 'c.example.com', customHeaders: {'x-tenant': 'c'}});
  if (uri === '/f/known') cf.updateRequestOrigin({domainName: 'b.example.com'});
  if (uri === '/f/group') cf.createRequestOriginGroup({originIds: [{originId: 'a'}, {originId: 'b'}], selectionCriteria: 'default', failoverCriteria: {statusCodes: [500]}});
  return e.request;
}`)
	settings = strings.Replace(settings, "        Origins:\n", "        Origins:\n          - {Id: b, DomainName: b.example.com, OriginPath: /b, CustomOriginConfig: {OriginProtocolPolicy: https-only}}\n", 1)
	d := loaded(t, web(settings, resources), nil).Distributions()[0]
	attach(t, d, "a", Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/f/group" {
			w.WriteHeader(500)
		}
		w.Write([]byte("a " + r.URL.Path))
	})))
	attach(t, d, "b", Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("b " + r.URL.Path)) })))
	for _, test := range []struct {
		url    string
		status int
		body   string
		origin string
		sent   string
	}{
		{"/f/plain", 200, "a /f/plain", "a.example.com", "https://a.example.com/f/plain"},
		{"/f/select", 200, "b /b/f/select", "b.example.com", "https://b.example.com/b/f/select"},
		{"/f/path", 200, "a /v2/f/path", "a.example.com", "https://a.example.com/v2/f/path"},
		{"/f/known", 200, "b /f/known", "b.example.com", "https://b.example.com/f/known"},
		{"/f/domain", 502, "", "c.example.com", "https://c.example.com/f/domain"}, // nothing is attached there
		{"/f/group", 200, "b /b/f/group", "b.example.com", "https://b.example.com/b/f/group"},
	} {
		r, body, trace := get(t, d, "GET", test.url)
		if r.StatusCode != test.status || test.body != "" && body != test.body || trace.Origin != test.origin || trace.OriginRequest == nil || trace.OriginRequest.URL != test.sent {
			t.Errorf("%s: got %s %q of %s\n%s", test.url, r.Status, body, trace.Origin, trace)
		}
	}
	if x := explain(t, d, "GET", "/f/domain"); x.OriginRequest.Header.Get("X-Tenant") != "c" {
		t.Errorf("the custom header is not sent:\n%s", x)
	}
	if r, body, _ := get(t, d, "GET", "/f/unknown"); r.StatusCode < 500 || !strings.Contains(body, `"z"`) {
		t.Errorf("an unknown origin is answered %s %q", r.Status, body)
	}
}

// TestOriginSettings: all that a function may change of an origin.
func TestOriginSettings(t *testing.T) {
	settings, resources := edge("viewer-request", `import cf from 'cloudfront';
function handler(e) {
  switch (e.request.uri) {
  case '/f/host': cf.updateRequestOrigin({domainName: 'c.example.com', hostHeader: 'tenant.example.com'}); break;
  case '/f/select': cf.selectRequestOriginById('b', {hostHeader: 'b2.example.com'}); break;
  case '/f/port': cf.updateRequestOrigin({customOriginConfig: {port: 8443, protocol: 'https', sslProtocols: ['TLSv1.2']}}); break;
  case '/f/slow': cf.updateRequestOrigin({timeouts: {readTimeout: 7, connectionTimeout: 2}, connectionAttempts: 1}); break;
  case '/f/headers': cf.updateRequestOrigin({customHeaders: {'x-new': '1'}}); break;
  case '/f/vpc': cf.selectRequestOriginById('inside'); break;
  case '/f/vpcupdate': cf.selectRequestOriginById('inside'); cf.updateRequestOrigin({originPath: '/v2'}); break;
  }
  return e.request;
}`)
	settings = strings.Replace(settings, "        Origins:\n", `        Origins:
          - {Id: b, DomainName: b.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
          - {Id: inside, DomainName: inside.example.com, VpcOriginConfig: {VpcOriginId: vo_1}}
`, 1)
	d := loaded(t, web(settings, resources), nil).Distributions()[0]
	for _, test := range []struct{ url, host, sent, says string }{
		{"/f/host", "tenant.example.com", "https://c.example.com/f/host", "c.example.com"},
		{"/f/select", "b2.example.com", "https://b.example.com/f/select", "the function selected b"},
		{"/f/port", "a.example.com:8443", "https://a.example.com:8443/f/port", "the function changed a"},
		{"/f/slow", "a.example.com", "https://a.example.com/f/slow", "the function changed a"},
		{"/f/headers", "a.example.com", "https://a.example.com/f/headers", "x-new: 1"},
		{"/f/vpc", "inside.example.com", "https://inside.example.com/f/vpc", "the function selected inside"},
	} {
		x := explain(t, d, "GET", test.url)
		if x.OriginRequest == nil || x.OriginRequest.Host != test.host || x.OriginRequest.URL != test.sent || !strings.Contains(x.String(), test.says) {
			t.Errorf("%s: want host %s, %s and %q\n%s", test.url, test.host, test.sent, test.says, x)
		}
	}
	attach(t, d, "a", Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })))
	synctest.Test(t, func(t *testing.T) {
		if r, body, _ := get(t, d, "GET", "/f/slow"); r.StatusCode != 504 || !strings.Contains(body, "7s") {
			t.Errorf("got %s %q, want a timeout after 7s", r.Status, body)
		}
	})
}
