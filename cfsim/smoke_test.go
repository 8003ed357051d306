package cfsim

import (
	"strings"
	"testing"
)

// guarded has functions that fail for some paths, on both events, beside
// behaviors that are closed to some requests.
func guarded(t testing.TB) *Distribution {
	t.Helper()
	return loaded(t, web(`
        Origins:
          - {Id: a, DomainName: a.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
          - {Id: inside, DomainName: inside.example.com, VpcOriginConfig: {VpcOriginId: vo_1}}
        CacheBehaviors:
          - {PathPattern: /unparsable, TargetOriginId: a, ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad, FunctionAssociations: [{EventType: viewer-request, FunctionARN: !GetAtt Modern.FunctionARN}]}
          - {PathPattern: /elsewhere, TargetOriginId: a, ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad, FunctionAssociations: [{EventType: viewer-request, FunctionARN: 'arn:aws:cloudfront::123456789012:function/other'}]}
          - {PathPattern: /python, TargetOriginId: a, ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad, LambdaFunctionAssociations: [{EventType: origin-request, LambdaFunctionARN: 'arn:aws:lambda:us-east-1:123456789012:function:f:1'}]}
          - {PathPattern: /bare, TargetOriginId: a, ViewerProtocolPolicy: https-only, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad}
          - {PathPattern: /inside, TargetOriginId: inside, ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad, FunctionAssociations: [{EventType: viewer-request, FunctionARN: !GetAtt Before.FunctionARN}]}
        DefaultCacheBehavior:
          TargetOriginId: a
          ViewerProtocolPolicy: redirect-to-https
          CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad
          FunctionAssociations:
            - {EventType: viewer-request, FunctionARN: !GetAtt Before.FunctionARN}
            - {EventType: viewer-response, FunctionARN: !GetAtt After.FunctionARN}
`, function("Modern", "function handler(event) { return event?.request; }")+function("Before", `import cf from 'cloudfront';
async function handler(event) {
  switch (event.request.uri) {
  case '/throws': throw new Error('no way');
  case '/refused': event.request.uri = 'relative'; break;
  case '/missing': cf.selectRequestOriginById('b'); break;
  case '/inside': cf.updateRequestOrigin({domainName: 'c.example.com'}); break;
  case '/store': await cf.kvs().get('a'); break;
  case '/maintenance': return {statusCode: 503};
  case '/other': cf.selectRequestOriginById('inside'); break;
  }
  return event.request;
}`)+function("After", `function handler(event) {
  var response = event.response;
  if (response.statusCode !== 200 || Object.keys(response.headers).length) throw new Error('no empty 200');
  if (event.request.uri === '/late') throw new Error('too late');
  if (event.request.uri === '/code') response.statusCode = '404';
  if (event.request.uri === '/gone') { response.statusCode = 503; response.body = 'gone'; }
  return response;
}`)), nil).Distributions()[0]
}

func TestSmoke(t *testing.T) {
	d := guarded(t)
	if err := d.Attach("a", Handler(refusing{t})); err != nil {
		t.Fatal(err)
	}
	d.Smoke(t, "/", "HEAD /a?b=c", "https://d111111abcdef8.cloudfront.net/x", "/maintenance", "/gone", "/other", "/bare", "http://localhost/bare", "POST /bare")
}

func TestSmokeFails(t *testing.T) {
	d := guarded(t)
	for request, says := range map[string]string{
		"/throws":             "/throws: the function Before failed at viewer-request: ",
		"GET /refused":        `GET /refused: the function Before failed at viewer-request: request.uri is "relative"`,
		"/missing":            `"b", which is no origin of the distribution; it has "a", "inside"`,
		"/store":              "no key value store is associated with the function",
		"/unparsable":         "/unparsable: the function Modern failed at viewer-request: CloudFront would not run it: line 1",
		"/late":               "/late: the function After failed at viewer-response: ",
		"/code":               "the function After failed at viewer-response: response.statusCode",
		"/inside":             "/inside: no origin can be asked, and the edge answers 502\n",
		"/elsewhere":          "the function arn:aws:cloudfront::123456789012:function/other at viewer-request was not run: it is not in the template",
		"/python":             "the function arn:aws:lambda:us-east-1:123456789012:function:f:1 at origin-request was not run: it is not in the template",
		"POST /":              "no function was run, as the edge answers 403 before",
		"http://localhost/":   "no function was run, as the edge answers 301 https://localhost/ before",
		"https://other.test/": "no function was run, as the edge answers 403 before",
	} {
		r := record(func(t TB) { d.Smoke(t, "/", request, "/bare") })
		if len(r.errors) != 1 || r.fatal != "" || !strings.Contains(r.errors[0], says) {
			t.Errorf("%s: got %q and %q, want one error with %q", request, r.errors, r.fatal, says)
		} else if !strings.Contains(r.errors[0], "  viewer     ") {
			t.Errorf("%s: the message does not explain what happened:\n%s", request, r.errors[0])
		}
	}
}

// TestSmokeAll: every request that goes wrong is reported, in order.
func TestSmokeAll(t *testing.T) {
	d := guarded(t)
	r := record(func(t TB) { d.Smoke(t, "/throws", "/", "/late", "/throws") })
	var reported []string
	for _, text := range r.errors {
		request, _, _ := strings.Cut(text, ": ")
		reported = append(reported, request)
	}
	if got, want := strings.Join(reported, " "), "/throws /late /throws"; got != want {
		t.Errorf("reported are %s, want %s", got, want)
	}
}

func TestSmokeMisuse(t *testing.T) {
	d := guarded(t)
	for says, run := range map[string]func(TB){
		"cfsim: no requests to run the edge functions for": func(t TB) { d.Smoke(t) },
		`cfsim: the url "about" has to begin with a slash`: func(t TB) { d.Smoke(t, "about") },
		`"get"`: func(t TB) { d.Smoke(t, "get /") },
	} {
		if r := record(run); !strings.Contains(r.fatal, says) || len(r.errors) > 0 {
			t.Errorf("got %q and %q, want %q", r.fatal, r.errors, says)
		}
	}
}
