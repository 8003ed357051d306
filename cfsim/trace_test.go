package cfsim

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func explain(t testing.TB, d *Distribution, method, url string, headers ...string) *Trace {
	t.Helper()
	r, err := NewRequest(method, url)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		if name, value, ok := strings.Cut(h, ": "); ok {
			r.Header.Add(name, value)
		}
	}
	return d.Explain(r)
}

func TestOutcome(t *testing.T) {
	for _, test := range []struct {
		trace Trace
		want  string
	}{
		{Trace{Origin: "Site", URI: "/index.html"}, "Site /index.html"},
		{Trace{Origin: "Site", URI: "/a", Status: 404}, "Site /a"},
		{Trace{Status: 404}, "404"},
		{Trace{Status: 308, Header: http.Header{"Location": {"/files/"}}}, "308 /files/"},
		{Trace{Origin: "Site", URI: "/a", Denied: "no policy"}, "403 from Site: no policy"},
	} {
		if got := test.trace.Outcome(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

// TestTraceString: an explanation as a whole.
func TestTraceString(t *testing.T) {
	d := loaded(t, web(`
        Aliases: [www.example.com]
        WebACLId: acl
        Origins:
          - {Id: a, DomainName: a.example.com, OriginPath: /v1, CustomOriginConfig: {OriginProtocolPolicy: https-only}, OriginCustomHeaders: [{HeaderName: x-secret, HeaderValue: s}]}
        CacheBehaviors:
          - {PathPattern: '/img/*', TargetOriginId: a, ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad}
        DefaultCacheBehavior:
          TargetOriginId: a
          ViewerProtocolPolicy: redirect-to-https
          CachePolicyId: !Ref Policy
          FunctionAssociations: [{EventType: viewer-request, FunctionARN: !GetAtt Edge.FunctionARN}]
`, cachePolicy("Policy", "0, DefaultTTL: 60, MaxTTL: 3600")+function("Edge", `function handler(event) {
  var request = event.request;
  console.log('for ' + request.uri);
  console.log('two\nlines');
  request.uri = '/p' + request.uri;
  request.headers['x-host'] = request.headers.host;
  return request;
}`)), nil).Distributions()[0]
	got := explain(t, d, "GET", "/b/../a?x=1", "Accept: text/html").String()
	want := `GET https://www.example.com/b/../a?x=1
  viewer     HTTPS, host www.example.com
  viewer     not simulated: the web ACL acl
  behavior   *, number 2 of 2
               compared as /a
               does not match /img/*
  function   Edge at viewer-request
               uri /b/../a → /p/b/../a
               x-host: www.example.com
               log: for /b/../a
               log: two
               lines
  cache      by policy Policy: 1 min unless the origin says otherwise, 0 s to 1 h
               key:
               /p/b/../a
  origin     a.example.com: GET https://a.example.com/v1/p/b/../a
               host: a.example.com
               user-agent: Amazon CloudFront
               via: 2.0 simulated.cloudfront.net (CloudFront)
               x-amz-cf-id: EXAMPLEntjQpEXAMPLE_SG5Z-EXAMPLEPmPfEXAMPLEu0000000001==
               x-forwarded-for: 198.51.100.11
               x-secret: s
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestTraceJSON: a trace is one line of JSON, which can be read back, and has the
// fields that a script would look for.
func TestTraceJSON(t *testing.T) {
	d := Open(t, "testdata/foreign/cdk-typescript.template.json")
	for _, test := range []struct {
		method, url string
		want        map[string]any
	}{
		{"GET", "/about?a=1", map[string]any{"behavior": "*", "origin": "SiteE53D7754", "uri": "/about.html", "cacheKey": "/about.html", "cacheable": true, "status": nil}},
		{"POST", "/api/users", map[string]any{"behavior": "/api/*", "origin": "api.example.com", "uri": "/v2/api/users", "cacheable": false, "status": nil}},
		{"POST", "/about", map[string]any{"behavior": "*", "origin": nil, "uri": nil, "cacheable": false, "status": 403.0, "fromEdge": true}},
		{"GET", "https://example.net/", map[string]any{"behavior": nil, "origin": nil, "status": 403.0}},
	} {
		trace := explain(t, d, test.method, test.url)
		text := trace.JSON()
		if strings.Contains(string(text), "\n") {
			t.Errorf("%s: more than one line", test.url)
		}
		var fields map[string]any
		if err := json.Unmarshal(text, &fields); err != nil {
			t.Fatal(err)
		}
		for name, want := range test.want {
			if fields[name] != want {
				t.Errorf("%s: %s is %v, want %v", test.url, name, fields[name], want)
			}
		}
		var back Trace
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(trace, &back, cmpopts.IgnoreUnexported(Trace{}, OriginRequest{}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: (-trace +read back)\n%s", test.url, diff)
		}
	}
}

// TestTraceFunctions: what functions did can be asserted on.
func TestTraceFunctions(t *testing.T) {
	settings, resources := edge("viewer-request", `function handler(event) {
  console.log('seen');
  if (event.request.uri === '/f/fail') throw new Error('no way');
  if (event.request.uri === '/f/bad') return 7;
  if (event.request.uri === '/f/answer') return {statusCode: 302, headers: {location: {value: '/x'}}};
  event.request.uri = '/g';
  event.request.headers['x-a'] = {value: 'b'};
  return event.request;
}`)
	d := loaded(t, web(settings, resources), nil).Distributions()[0]
	for _, test := range []struct {
		url  string
		want FunctionRun
		text string // in the explanation
	}{
		{
			"/f/",
			FunctionRun{Name: "Edge", EventType: "viewer-request", Changes: []string{"uri /f/ → /g", "x-a: b"}, URI: "/g", Logs: []string{"seen"}, Header: http.Header{"Host": {"d111111abcdef8.cloudfront.net"}, "X-A": {"b"}}},
			"log: seen",
		},
		{
			"/f/answer",
			FunctionRun{Name: "Edge", EventType: "viewer-request", Changes: []string{"answers 302", "location: /x"}, Logs: []string{"seen"}, Header: http.Header{"Location": {"/x"}}},
			"302 Found",
		},
		{
			"/f/fail", FunctionRun{Name: "Edge", EventType: "viewer-request", Logs: []string{"seen"}, Err: "no way"}, "log: seen",
		},
		{
			"/f/bad", FunctionRun{Name: "Edge", EventType: "viewer-request", Logs: []string{"seen"}, Err: "returned"}, "502",
		},
	} {
		trace := explain(t, d, "GET", test.url)
		if len(trace.Functions) != 1 {
			t.Fatalf("%s: got %d runs", test.url, len(trace.Functions))
		}
		got := trace.Functions[0]
		if !strings.Contains(got.Err, test.want.Err) || (got.Err == "") != (test.want.Err == "") {
			t.Errorf("%s: got the error %q, want %q", test.url, got.Err, test.want.Err)
		}
		got.Err = test.want.Err
		if diff := cmp.Diff(test.want, got, cmpopts.IgnoreFields(FunctionRun{}, "Took"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.url, diff)
		}
		if text := trace.String(); !strings.Contains(text, test.text) {
			t.Errorf("%s: the explanation lacks %q:\n%s", test.url, test.text, text)
		}
	}
}

// TestNotSimulated: what is left out is said once, where it would have had a part.
func TestNotSimulated(t *testing.T) {
	for name, test := range map[string]struct{ settings, resources, url, says string }{
		"web ACL":         {plain + "        WebACLId: acl\n", "", "/", "the web ACL acl"},
		"country":         {plain + "        Restrictions: {GeoRestriction: {RestrictionType: blacklist, Locations: [KP]}}\n", "", "/", "the viewer's country is not known"},
		"trusted signers": {behaviors("/s/* {TrustedSigners: [self]}"), "", "/s/a", "trusted signers"},
		"foreign function": {
			behaviors("/f/* {FunctionAssociations: [{EventType: viewer-request, FunctionARN: 'arn:aws:cloudfront::111122223333:function/f'}]}"), "", "/f/a",
			"arn:aws:cloudfront::111122223333:function/f is not in the template",
		},
		"foreign Lambda@Edge": {
			behaviors("/f/* {LambdaFunctionAssociations: [{EventType: viewer-request, LambdaFunctionARN: 'arn:aws:lambda:us-east-1:111122223333:function:f:1'}]}"), "", "/f/a",
			"arn:aws:lambda:us-east-1:111122223333:function:f:1",
		},
		"foreign policy":    {behaviors("/p/* {CachePolicyId: 11111111-2222-3333-4444-555555555555}"), "", "/p/a", "11111111-2222-3333-4444-555555555555"},
		"foreign key group": {behaviors("/k/* {TrustedKeyGroups: [11111111-2222-3333-4444-555555555555]}"), "", "/k/a", "the key group 11111111-2222-3333-4444-555555555555"},
		"media quality score": {
			plain + `
        OriginGroups: {Quantity: 1, Items: [{Id: g, SelectionCriteria: media-quality-score, FailoverCriteria: {StatusCodes: {Quantity: 1, Items: [500]}}, Members: {Quantity: 2, Items: [{OriginId: a}, {OriginId: a}]}}]}
        CacheBehaviors:
          - {PathPattern: /g, TargetOriginId: g, ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad}
`, "", "/g", "media quality",
		},
		"viewer's city": {
			behaviors("/c {OriginRequestPolicyId: 33f36d7e-f396-46d9-90e0-52428a34d9dc}"), "", "/c", "CloudFront-Viewer-City", // Managed-AllViewerAndCloudFrontHeaders-2022-06
		},
		"Server-Timing": {
			strings.Replace(plain, "allow-all,", "allow-all, ResponseHeadersPolicyId: !Ref Timing, FunctionAssociations: [{EventType: viewer-request, FunctionARN: !GetAtt Edge.FunctionARN}],", 1),
			"  Timing: {Type: AWS::CloudFront::ResponseHeadersPolicy, Properties: {ResponseHeadersPolicyConfig: {Name: t, ServerTimingHeadersConfig: {Enabled: true, SamplingRate: 100}}}}\n" +
				function("Edge", "function handler(e) { return {statusCode: 204}; }"),
			"/", "Server-Timing",
		},
		"field-level encryption": {behaviors("/e {FieldLevelEncryptionId: abc, AllowedMethods: [GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE]}"), "", "POST /e", "field-level encryption"},
		"gRPC":                   {behaviors("/g {GrpcConfig: {Enabled: true}, AllowedMethods: [GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE]}"), "", "POST /g Content-Type: application/grpc", "gRPC"},
		"WebSocket":              {plain, "", "GET / Upgrade: websocket", "WebSocket"},
		"continuous deployment":  {plain + "        Staging: true\n", "", "/", "staging"},
	} {
		t.Run(name, func(t *testing.T) {
			method, url, ok := strings.Cut(test.url, " ")
			if !ok {
				method, url = "GET", test.url
			}
			url, header, _ := strings.Cut(url, " ")
			trace := explain(t, loaded(t, web(test.settings, test.resources), nil).Distributions()[0], method, url, header)
			n := 0
			for _, step := range trace.Steps {
				if step.NotSimulated && strings.Contains(step.Text, test.says) {
					n++
				}
			}
			if n != 1 {
				t.Errorf("it is said %d times that %s is not simulated:\n%s", n, test.says, trace)
			}
		})
	}
}
