package cfsim

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"
)

// rewritingTemplate has a function that touches all of a request.
var rewritingTemplate = web(`
        Origins:
          - {Id: a, DomainName: a.example.com, OriginPath: /v1, CustomOriginConfig: {OriginProtocolPolicy: match-viewer}}
          - {Id: b, DomainName: b.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
        CacheBehaviors:
          - {PathPattern: '/b/*', TargetOriginId: b, ViewerProtocolPolicy: redirect-to-https, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad, OriginRequestPolicyId: 216adef6-5c7f-47e4-b989-5492eafa07d3, AllowedMethods: [GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE]}
          - {PathPattern: '*.?ml', TargetOriginId: a, ViewerProtocolPolicy: https-only, CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6, Compress: true}
        DefaultRootObject: index.html
        DefaultCacheBehavior:
          TargetOriginId: a
          ViewerProtocolPolicy: allow-all
          CachePolicyId: !Ref Policy
          AllowedMethods: [GET, HEAD, OPTIONS]
          CachedMethods: [GET, HEAD, OPTIONS]
          FunctionAssociations:
            - {EventType: viewer-request, FunctionARN: !GetAtt Rewrite.FunctionARN}
            - {EventType: viewer-response, FunctionARN: !GetAtt Stamp.FunctionARN}
`, `
  Policy:
    Type: AWS::CloudFront::CachePolicy
    Properties:
      CachePolicyConfig:
        Name: p
        MinTTL: 0
        ParametersInCacheKeyAndForwardedToOrigin:
          EnableAcceptEncodingGzip: true
          EnableAcceptEncodingBrotli: true
          CookiesConfig: {CookieBehavior: whitelist, Cookies: [a, 's*']}
          HeadersConfig: {HeaderBehavior: whitelist, Headers: [Host, X-First, CloudFront-Viewer-Country]}
          QueryStringsConfig: {QueryStringBehavior: allExcept, QueryStrings: [utm]}
`+function("Rewrite", `function handler(event) {
  var request = event.request;
  var names = Object.keys(request.headers);
  request.headers['x-first'] = {value: names[0] || 'none'};
  if (request.cookies.a) request.cookies.s1 = {value: request.cookies.a.value};
  if (request.querystring.go) return {statusCode: 302, headers: {location: {value: '/' + request.querystring.go.value}}, cookies: {seen: {value: '1'}}};
  if (request.querystring.v) delete request.querystring.v;
  request.uri = request.uri.toLowerCase();
  if (request.uri.endsWith('/')) request.uri += 'index.html';
  return request;
}`)+function("Stamp", `function handler(event) {
  event.response.headers['x-uri'] = {value: encodeURIComponent(event.request.uri)};
  return event.response;
}`))

// FuzzRequest sends requests of any kind to distributions of any kind. They are
// answered, Explain and Do agree on them, the trace is what the origin saw, and
// requests with one key in the cache ask the origin for one path.
func FuzzRequest(f *testing.F) {
	for _, r := range scenarioRequests(f) {
		f.Add(r[0], r[1], r[2])
	}
	for _, target := range []string{
		"", "*", "/", "//", "/..", "/../..//./a", "/%", "/%2", "/%2e%2e/%2f", "/\x00", "/\xff", "/a?", "/a??&&=&a&a=&=b", "/?go=%zz", "/b/c?v=1&v=2", "/a.xml", "/ü?ü=ü",
		"https://", "http:///", "https://a:b@c:99/d", "//d111111abcdef8.cloudfront.net", "/a b", "/a#b", "host:443", "/" + strings.Repeat("a/", 5000),
	} {
		f.Add("GET", target, "")
		f.Add("POST", target, "Cookie: a=1; a; =; s2=b=c;;\nCookie: \nHost: b\nAccept-Encoding: br;q=0, gzip, *\nX-A: b\nX-a: c")
	}
	f.Add("", "/", "")
	f.Add("get", "/", ": \n:\nRange: bytes=0-0,-1\nIf-None-Match: *\nContent-Length: -1\nTransfer-Encoding: chunked\nX-Forwarded-For: a, b")

	var targets []*fuzzTarget
	for _, path := range []string{"testdata/foreign/clean.yaml", "testdata/foreign/legacy.yaml", written(f, "rewriting.yaml", rewritingTemplate)} {
		targets = append(targets, newFuzzTarget(f, path))
	}
	f.Fuzz(func(t *testing.T, method, target, headers string) {
		for _, x := range targets {
			x.try(t, method, target, headers)
		}
	})
}

// scenarioRequests are the requests of all scenarios: method, url, headers.
func scenarioRequests(f *testing.F) (found [][3]string) {
	files, err := filepath.Glob("testdata/scenarios/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatalf("no scenarios found: %v", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range archive.Files {
			if part.Name != "requests" {
				continue
			}
			for _, l := range linesOf(string(part.Data)) {
				if strings.ToUpper(l.word) == l.word {
					found = append(found, [3]string{l.word, l.rest, strings.Join(l.attached, "\n")})
				}
			}
		}
	}
	return found
}

type fuzzTarget struct {
	d *Distribution

	mu    sync.Mutex
	asked string            // the path that an origin was asked for last
	uris  map[string]string // of cache keys
}

func newFuzzTarget(f *testing.F, path string) *fuzzTarget {
	x := &fuzzTarget{d: openFile(f, path, &Options{Country: "DE", CacheBytes: 1 << 20}), uris: map[string]string{}}
	for _, o := range x.d.origins {
		attach(f, x.d, o.Id, Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			x.asked, _, _ = strings.Cut(r.RequestURI, "?")
			io.Copy(io.Discard, r.Body)
			fmt.Fprint(w, "asked for ", r.RequestURI)
		})))
	}
	return x
}

func (x *fuzzTarget) try(t *testing.T, method, target, headers string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	request := func() *http.Request { return fuzzRequest(method, target, headers) }
	explained := x.d.Explain(request())
	x.asked = ""
	r := request()
	before := r.Header.Clone()
	response, trace := x.d.Do(r)
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	fail := func(format string, args ...any) {
		t.Errorf("%q %q %q: %s\n%s", method, target, headers, fmt.Sprintf(format, args...), trace)
	}
	if response.StatusCode < 200 || response.StatusCode > 599 || err != nil || trace.Status != response.StatusCode {
		fail("status %d, %d in the trace, %v", response.StatusCode, trace.Status, err)
	}
	if length := response.Header.Get("Content-Length"); length != "" && method != "HEAD" && response.StatusCode != 304 && length != fmt.Sprint(len(body)) {
		fail("Content-Length is %s, and there are %d bytes", length, len(body))
	}
	if problem := disagreement(explained, trace); problem != "" {
		fail("%s", problem)
	}
	if !maps.EqualFunc(before, r.Header, slices.Equal) {
		fail("the request was changed: %v, %v", before, r.Header)
	}
	if x.asked != "" && x.asked != trace.URI {
		fail("the origin was asked for %q, and the trace says %q", x.asked, trace.URI)
	}
	if !json.Valid(trace.JSON()) {
		fail("the trace is no JSON")
	}
	for name, values := range response.Header {
		if strings.ContainsAny(name+strings.Join(values, ""), "\r\n") {
			fail("the header %q has a line break: %q", name, values)
		}
	}
	if !trace.Cacheable || trace.Origin == "" {
		return
	}
	if first, ok := x.uris[trace.CacheKey]; ok && first != trace.URI {
		fail("the key %q is that of %q too", trace.CacheKey, first)
	}
	if len(x.uris) < 1<<16 {
		x.uris[trace.CacheKey] = trace.URI
	}
}

// fuzzRequest makes a request even of what NewRequest does not take.
func fuzzRequest(method, target, headers string) *http.Request {
	r, err := NewRequest(method, target)
	if err != nil {
		r = &http.Request{
			Method: method, RequestURI: target, URL: &url.URL{Path: target}, Header: http.Header{}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody,
		}
	}
	for line := range strings.SplitSeq(headers, "\n") {
		name, value, _ := strings.Cut(line, ":")
		switch value = strings.TrimSpace(value); {
		case strings.HasPrefix(line, "> "): // a body
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(line[2:])), int64(len(line)-2)
		case strings.EqualFold(name, "Host"):
			r.Host = value
		case name != "" && !strings.ContainsAny(value, "\r\x00"):
			r.Header.Add(name, value)
		}
	}
	return r
}
