package edgelambda

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUnchanged(t *testing.T) {
	for _, eventType := range eventTypes {
		e := event(eventType)
		result := Run(t.Context(), returning(unchanged), e)
		if result.Err != nil {
			t.Errorf("%s: %v", eventType, result.Err)
			continue
		}
		if e.isRequest() {
			if diff := cmp.Diff(&e.Request, result.Request); diff != "" {
				t.Errorf("%s (-event +result):\n%s", eventType, diff)
			}
			if result.Request.Origin != e.Request.Origin {
				t.Errorf("%s: the origin is another one", eventType)
			}
		} else if diff := cmp.Diff(e.Response, result.Response); diff != "" {
			t.Errorf("%s (-event +result):\n%s", eventType, diff)
		}
	}
}

// TestUnchangedOriginsAreRight has origins that no function could set.
func TestUnchangedOriginsAreRight(t *testing.T) {
	for _, o := range []*Origin{
		{S3: &S3Origin{DomainName: "${Pages.RegionalDomainName}", AuthMethod: "none"}},
		{S3: &S3Origin{DomainName: "b.s3.amazonaws.com", AuthMethod: "origin-access-identity", Region: "eu-west-1"}},
		{Custom: &CustomOrigin{DomainName: "10.0.0.1", Port: 1, Protocol: "match", ReadTimeout: 180, KeepaliveTimeout: 0}},
		{Custom: &CustomOrigin{SSLProtocols: []string{"TLSv1.3"}, CustomHeaders: http.Header{"Cache-Control": {"no"}, "X-Two": {"x"}}}},
		nil,
		{},
	} {
		e := event(OriginRequest)
		e.Request.Origin = o
		result := Run(t.Context(), returning(unchanged), e)
		if result.Err != nil || result.Request.Origin != o && *o != (Origin{}) {
			t.Errorf("%+v: got %+v", o, result)
		}
	}
}

func TestExecutionErrors(t *testing.T) {
	cause := errors.New("cfsim: the function failed: Error: no")
	result := Run(t.Context(), func(context.Context, []byte) ([]byte, error) { return nil, cause }, event(ViewerRequest))
	if got := result.Err.Error(); got != "cfsim: the function failed: Error: no" || result.Err.Kind != Execution || !errors.Is(result.Err, cause) {
		t.Errorf("got %v", result.Err)
	}
	e := event(ViewerRequest)
	e.Type = "viewer"
	result = Run(t.Context(), returning(unchanged), e)
	if want := `cfsim: there is no event "viewer" for Lambda@Edge, only viewer-request, origin-request, origin-response, viewer-response`; result.Err.Error() != want {
		t.Errorf("got %v, want %s", result.Err, want)
	}
}

func TestKinds(t *testing.T) {
	for kind, want := range map[Kind]string{Execution: "503 LambdaExecutionError", Validation: "502 LambdaValidationError"} {
		if got := fmt.Sprint(kind.Status(), " ", kind); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestWhatIsReturned has values that are not what the function was given.
func TestWhatIsReturned(t *testing.T) {
	for _, test := range []struct{ eventType, returned, want string }{
		{ViewerRequest, `null`, "the function returned nothing; return event.Records[0].cf.request, or a response with a status, or if it is not async, pass it to the callback"},
		{OriginResponse, `null`, "the function returned nothing; return event.Records[0].cf.response, or"},
		{ViewerRequest, `{`, `the returned value is no JSON: "{"; return event`},
		{ViewerRequest, ``, `the returned value is no JSON: ""`},
		{ViewerRequest, `"go on"`, `the returned value is "go on", want an object; return event`},
		{ViewerRequest, `[1, 2]`, `the returned value is [1,2], want an object`},
		{ViewerRequest, `{}`, "the returned value has no status; return event.Records[0].cf.request, or a response with a status"},
		{OriginRequest, `{"Records": []}`, "the function returned the whole event; return event.Records[0].cf.request"},
		{OriginRequest, `{"statusCode": 200}`, "statusCode, which is API Gateway's; Lambda@Edge calls it status"},
		{ViewerRequest, `{"status": 200, "headers": {"x-cache": [{"value": "Hit"}]}}`, "response.headers: CloudFront allows no function to add x-cache"},
		{ViewerResponse, `{"uri": "/", "method": "GET"}`, "the returned value has no status; return event.Records[0].cf.response"},
	} {
		result := Run(t.Context(), func(context.Context, []byte) ([]byte, error) { return []byte(test.returned), nil }, event(test.eventType))
		if err := result.Err; err == nil || err.Kind != Validation || !strings.Contains(err.Message, test.want) {
			t.Errorf("%s returns %s: got %v, want %q", test.eventType, test.returned, err, test.want)
		}
	}
}

// TestRefused patches what each function is given into what it must not return.
func TestRefused(t *testing.T) {
	both := []string{ViewerRequest, OriginRequest}
	responses := []string{OriginResponse, ViewerResponse}
	for _, test := range []struct {
		events []string
		patch  string
		want   string
	}{
		// Requests.
		{both, `{"uri": "index.html"}`, `request.uri is "index.html", want a path that begins with a slash`},
		{both, `{"uri": 5}`, `request.uri is 5, want a string`},
		{both, `{"uri": "/a\nb"}`, `request.uri, "/a\nb", must not contain '\n'; encode it with encodeURIComponent`},
		{both, `{"uri": null}`, `request.uri is missing, want a string`},
		{both, `{"uri": "/` + strings.Repeat("x", 8191) + `"}`, `request.uri and the query string have 8196 characters together, want less than 8192`},
		{both, `{"querystring": "a b"}`, `request.querystring, "a b", must not contain ' '`},
		{both, `{"querystring": "a#b"}`, `must not contain '#'`},
		{both, `{"querystring": null}`, `request.querystring is missing`},
		{both, `{"method": "GET"}`, `request.method is read-only, but "POST" was changed to "GET"`},
		{both, `{"clientIp": "127.0.0.1"}`, `request.clientIp is read-only`},
		{both, `{"headers": null}`, `request.headers is missing, want those of the event`},
		{both, `{"headers": []}`, `request.headers is [], want an object`},
		{both, `{"headers": {"x": "1"}}`, `request.headers.x is "1", want a list such as [{"key": "X", "value": "…"}]`},
		{both, `{"headers": {"x": []}}`, `request.headers.x is an empty list; delete the header, or give it a value`},
		{both, `{"headers": {"x": ["1"]}}`, `request.headers.x[0] is "1", want an object`},
		{both, `{"headers": {"x": [{"key": "X"}]}}`, `request.headers.x[0].value is missing, want a string`},
		{both, `{"headers": {"x": [{"value": 1}]}}`, `request.headers.x[0].value is 1, want a string`},
		{both, `{"headers": {"x": [{"key": "Y", "value": "1"}]}}`, `request.headers.x[0].key is "Y", want X or none`},
		{both, `{"headers": {"x": [{"value": "1\r\nY: 2"}]}}`, `request.headers.x[0].value, "1\r\nY: 2", must not contain '\r'`},
		{both, `{"headers": {"x y": [{"value": "1"}]}}`, `request.headers: "x y" is no name of a header`},
		{both, `{"headers": {"Connection": [{"value": "close"}]}}`, `request.headers: CloudFront allows no function to add connection`},
		{both, `{"headers": {"x-amz-cf-id": [{"value": "1"}]}}`, `CloudFront allows no function to add x-amz-cf-id`},
		{both, `{"headers": {"x-edge-any": [{"value": "1"}]}}`, `CloudFront allows no function to add x-edge-any`},
		{both, `{"headers": {"content-length": [{"value": "9"}]}}`, `content-length is read-only at `},
		{both, `{"headers": {"content-length": null}}`, `content-length is read-only at `},
		{both, `{"headers": {"via": [{"value": "1.1 x"}]}}`, `request.headers: via is read-only at `},
		{[]string{ViewerRequest}, `{"headers": {"host": [{"value": "x"}]}}`, `host is read-only at viewer-request, but ["example.com"] was changed to ["x"]`},
		{[]string{ViewerRequest}, `{"headers": {"host": null}}`, `host is read-only at viewer-request and must not be removed`},
		{[]string{ViewerRequest}, `{"headers": {"cloudfront-viewer-country": [{"value": "DE"}]}}`, `must not add cloudfront-viewer-country at viewer-request`},
		{[]string{OriginRequest}, `{"headers": {"accept-encoding": [{"value": "br"}]}}`, `accept-encoding is read-only at origin-request and must not be added`},

		// Their bodies.
		{both, `{"body": "text"}`, `request.body is "text", want an object`},
		{both, `{"body": {"action": "change"}}`, `request.body.action is "change", want "read-only" or "replace"`},
		{both, `{"body": {"action": "replace", "data": null}}`, `request.body.data is missing`},
		{both, `{"body": {"action": "replace", "data": "%"}}`, `request.body.data is no Base64, which request.body.encoding says it is: illegal base64`},
		{both, `{"body": {"action": "replace", "encoding": "utf8"}}`, `request.body.encoding is "utf8", want "text" or "base64"`},
		{[]string{ViewerRequest}, `{"body": {"action": "replace", "encoding": "text", "data": "` + strings.Repeat("x", 40961) + `"}}`, `request.body.data has 40961 bytes, more than the 40960 that a function may return at viewer-request`},
		{[]string{ViewerRequest}, `{"body": {"action": "replace", "data": "` + strings.Repeat("x", 54480) + `"}}`, `more than the 54476`},
		{[]string{OriginRequest}, `{"body": {"action": "replace", "encoding": "text", "data": "` + strings.Repeat("x", 1048577) + `"}}`, `more than the 1048576`},

		// Their origins.
		{[]string{ViewerRequest}, `{"origin": {"custom": {}}}`, `request.origin is not there at viewer-request; an origin-request function can set it`},
		{[]string{OriginRequest}, `{"origin": null}`, `request.origin is missing, want an object`},
		{[]string{OriginRequest}, `{"origin": {"custom": null}}`, `request.origin has the properties [], want either custom or s3`},
		{[]string{OriginRequest}, `{"origin": {"s3": {}}}`, `request.origin has the properties ["custom" "s3"], want either custom or s3`},
		{[]string{OriginRequest}, `{"origin": {"custom": {"domainName": null}}}`, `request.origin.custom.domainName is missing`},
		{[]string{OriginRequest}, `{"origin": {"custom": {"domainName": ""}}}`, `request.origin.custom.domainName is "", want a domain name of 1 to 253 characters`},
		{[]string{OriginRequest}, `{"origin": {"custom": {"domainName": "https://x.org/"}}}`, `want a domain name alone, without a scheme and a path`},
		{[]string{OriginRequest}, `{"origin": {"custom": {"domainName": "x.org:8080"}}}`, `want a domain name, no address and no port`},
		{[]string{OriginRequest}, `{"origin": {"custom": {"domainName": "192.0.2.1"}}}`, `want a domain name, no address and no port`},
		{[]string{OriginRequest}, `{"origin": {"custom": {"path": "x"}}}`, `request.origin.custom.path is "x", want "", or a path that begins with a slash and does not end with one`},
		{[]string{OriginRequest}, `{"origin": {"custom": {"path": "/x/"}}}`, `does not end with one`},
		{[]string{OriginRequest}, `{"origin": {"custom": {"path": "/x?y"}}}`, `without a query string`},
		{[]string{OriginRequest}, `{"origin": {"custom": {"path": "/` + strings.Repeat("x", 255) + `"}}}`, `want up to 255 characters`},
		{[]string{OriginRequest}, `{"origin": {"custom": {"port": 81}}}`, `request.origin.custom.port is 81, want 80, 443 or 1024 to 65535`},
		{[]string{OriginRequest}, `{"origin": {"custom": {"port": "443"}}}`, `request.origin.custom.port is "443", want a whole number`},
		{[]string{OriginRequest}, `{"origin": {"custom": {"protocol": "https:"}}}`, `request.origin.custom.protocol is "https:", want "http" or "https"`},
		{[]string{OriginRequest}, `{"origin": {"custom": {"sslProtocols": ["TLSv2"]}}}`, `request.origin.custom.sslProtocols is ["TLSv2"], want a list of TLSv1.2, TLSv1.1, TLSv1, SSLv3`},
		{[]string{OriginRequest}, `{"origin": {"custom": {"readTimeout": 3}}}`, `readTimeout is 3, want 4 to 60 seconds`},
		{[]string{OriginRequest}, `{"origin": {"custom": {"keepaliveTimeout": 61}}}`, `keepaliveTimeout is 61, want 1 to 60 seconds`},
		{[]string{OriginRequest}, `{"origin": {"custom": {"customHeaders": null}}}`, `request.origin.custom.customHeaders is missing`},
		{[]string{OriginRequest}, `{"origin": {"custom": {"customHeaders": {"cookie": [{"value": "a"}]}}}}`, `CloudFront can give no origin the header cookie`},
		{[]string{OriginRequest}, `{"origin": {"custom": {"customHeaders": {"x-amz-any": [{"value": "a"}]}}}}`, `CloudFront can give no origin the header x-amz-any`},
		{[]string{OriginRequest}, `{"origin": {"custom": {"customHeaders": {"x-two": [{"value": "a"}]}}}}`, `x-two is in request.headers, too`},
		{[]string{OriginRequest}, `{"headers": {"x-secret": [{"value": "a"}]}}`, `x-secret is in request.headers, too`},
		{[]string{OriginRequest}, `{"origin": {"custom": null, "s3": {"domainName": "b.s3.amazonaws.com", "path": "", "authMethod": "none"}}}`, `request.origin.s3.customHeaders is missing`},
		{[]string{OriginRequest}, `{"origin": {"custom": null, "s3": {"domainName": "B.s3.amazonaws.com", "path": "", "authMethod": "none"}}}`, `want lower case`},
		{[]string{OriginRequest}, `{"origin": {"custom": null, "s3": {"domainName": "b.s3.amazonaws.com", "path": "", "authMethod": "oac"}}}`, `want "origin-access-identity" or "none"`},
		{[]string{OriginRequest}, `{"origin": {"custom": null, "s3": {"domainName": "b.s3.amazonaws.com", "path": "", "region": "eu-west-1", "authMethod": "origin-access-identity"}}}`, `for a custom origin cannot use an origin access identity`},

		// Generated responses.
		{both, `{"status": "99"}`, `response.status is "99", want "200" to "599"`},
		{both, `{"status": 600}`, `response.status is 600, want "200" to "599"`},
		{both, `{"status": "OK"}`, `response.status is "OK"`},
		{both, `{"status": 200.5}`, `response.status is 200.5`},
		{both, `{"status": "200", "statusDescription": 5, "headers": null}`, `response.statusDescription is 5, want a string`},
		{both, `{"status": "200", "statusDescription": "a\nb", "headers": null}`, `response.statusDescription, "a\nb", must not contain '\n'`},
		{both, `{"status": "200", "headers": [], "body": "x"}`, `response.headers is [], want an object`},
		{both, `{"status": "200", "body": {"a": 1}, "headers": null}`, `response.body is {`},
		{both, `{"status": "200", "body": "x", "bodyEncoding": "utf8", "headers": null}`, `response.bodyEncoding is "utf8", want "text" or "base64"`},
		{both, `{"status": "200", "body": "x", "bodyEncoding": "base64", "headers": null}`, `response.body is no Base64, which response.bodyEncoding says it is`},
		{both, `{"status": "200"}`, `response.headers: content-length is read-only at `},
		{[]string{ViewerRequest}, `{"status": 204, "body": "", "headers": null}`, `response.body is there, which a response of status 204 must not have at viewer-request`},
		{[]string{ViewerRequest}, `{"status": 200, "body": "` + strings.Repeat("x", 40961) + `", "headers": null}`, `the response has 40961 bytes, headers and body, more than the 40960 that a function may return at viewer-request`},
		{[]string{OriginRequest}, `{"status": 200, "body": "` + strings.Repeat("x", 1<<20+1) + `", "headers": null}`, `more than the 1048576 that a function may return at origin-request`},

		// Changed responses.
		{responses, `{"status": null}`, `the returned value has no status; return event.Records[0].cf.response`},
		{responses, `{"headers": {"via": null}}`, `response.headers: via is read-only at `},
		{responses, `{"headers": {"transfer-encoding": [{"value": "chunked"}]}}`, `transfer-encoding is read-only at `},
		{responses, `{"headers": {"x-cache": [{"value": "Hit"}]}}`, `CloudFront allows no function to add x-cache`},
		{[]string{ViewerResponse}, `{"status": 200}`, `response.status cannot be changed at viewer-response, but 404 was changed to 200; an origin-response function can change it`},
		{[]string{ViewerResponse}, `{"body": ""}`, `response.body cannot be set at viewer-response; an origin-response function can set it`},
		{[]string{ViewerResponse}, `{"headers": {"content-encoding": [{"value": "br"}]}}`, `content-encoding is read-only at viewer-response`},
		{[]string{ViewerResponse}, `{"headers": {"content-length": null}}`, `content-length is read-only at viewer-response`},
		{[]string{ViewerResponse}, `{"headers": {"warning": [{"value": "199 - x"}]}}`, `warning is read-only at viewer-response`},
		{[]string{OriginResponse}, `{"body": 1}`, `response.body is 1, want a string`},
		{[]string{OriginResponse}, `{"body": "` + strings.Repeat("x", 1<<20) + `"}`, `more than the 1048576 that a function may return at origin-response`},
	} {
		for _, eventType := range test.events {
			result := Run(t.Context(), patched(t, test.patch), event(eventType))
			if err := result.Err; err == nil || err.Kind != Validation || !strings.Contains(err.Message, test.want) {
				t.Errorf("%s, %.200s: got %+v, want %q", eventType, test.patch, result, test.want)
			}
		}
	}
}

// TestAccepted patches what each function is given into something that it may
// return.
func TestAccepted(t *testing.T) {
	both := []string{ViewerRequest, OriginRequest}
	for _, test := range []struct {
		events []string
		patch  string
		want   func(r *Request)
	}{
		{both, `{"uri": "/ü", "querystring": ""}`, func(r *Request) { r.URI, r.QueryString = "/ü", "" }},
		{both, `{"clientIp": null, "method": null}`, func(*Request) {}},
		{both, `{"headers": {"cookie": null}}`, func(r *Request) { r.Header.Del("Cookie") }},
		{both, `{"headers": {"X-NEW": [{"value": "1"}]}}`, func(r *Request) { r.Header.Set("X-New", "1") }},
		{both, `{"headers": {"x-new": [{"key": "x-New", "value": "1"}, {"value": "2"}]}}`, func(r *Request) { r.Header["X-New"] = []string{"1", "2"} }},
		{both, `{"headers": {"x-new": [{"value": ["1", "2"]}]}}`, func(r *Request) { r.Header["X-New"] = []string{"1", "2"} }},
		{both, `{"headers": {"x-latin": [{"value": "café!"}]}}`, func(r *Request) { r.Header.Set("X-Latin", "café!") }},
		{both, `{"headers": {"x-empty": [{"value": ""}]}}`, func(r *Request) { r.Header.Set("X-Empty", "") }},
		{both, `{"body": null}`, func(*Request) {}},
		{both, `{"body": {"data": "%%%"}}`, func(*Request) {}}, // still read-only
		{both, `{"body": {"action": "replace", "encoding": null, "data": "aGk="}}`, func(r *Request) { r.Body, r.BodyReplaced = []byte("hi"), true }},
		{both, `{"body": {"action": "replace", "encoding": "text", "data": "hi"}}`, func(r *Request) { r.Body, r.BodyReplaced = []byte("hi"), true }},
		{both, `{"body": {"action": "replace", "encoding": "text", "data": ""}}`, func(r *Request) { r.Body, r.BodyReplaced = []byte{}, true }},
		{[]string{OriginRequest}, `{"headers": {"host": [{"value": "other.example.com"}]}}`, func(r *Request) { r.Header.Set("Host", "other.example.com") }},
		{[]string{OriginRequest}, `{"headers": {"cloudfront-viewer-country": [{"value": "DE"}]}}`, func(r *Request) { r.Header.Set("Cloudfront-Viewer-Country", "DE") }},
		{
			[]string{OriginRequest},
			`{"origin": {"custom": {"domainName": "other.example.com", "path": "", "port": 8080, "protocol": "http", "sslProtocols": ["TLSv1"], "readTimeout": 60, "keepaliveTimeout": 1,
				"customHeaders": {"x-secret": null, "x-other": [{"value": "o"}]}}}}`,
			func(r *Request) {
				r.Origin = &Origin{Custom: &CustomOrigin{
					DomainName: "other.example.com", Port: 8080, Protocol: "http", SSLProtocols: []string{"TLSv1"},
					ReadTimeout: 60, KeepaliveTimeout: 1, CustomHeaders: http.Header{"X-Other": {"o"}},
				}}
			},
		},
		{
			[]string{OriginRequest},
			`{"origin": {"custom": null, "s3": {"domainName": "b.s3.eu-west-1.amazonaws.com", "path": "/p", "authMethod": "none", "region": "", "customHeaders": {}}}}`,
			func(r *Request) {
				r.Origin = &Origin{S3: &S3Origin{DomainName: "b.s3.eu-west-1.amazonaws.com", Path: "/p", AuthMethod: "none", CustomHeaders: http.Header{}}}
			},
		},
	} {
		for _, eventType := range test.events {
			e := event(eventType)
			result := Run(t.Context(), patched(t, test.patch), e)
			if result.Err != nil {
				t.Errorf("%s, %s: %v", eventType, test.patch, result.Err)
				continue
			}
			want := event(eventType).Request
			test.want(&want)
			if diff := cmp.Diff(&want, result.Request); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", eventType, test.patch, diff)
			}
			if diff := cmp.Diff(event(eventType), e); diff != "" {
				t.Errorf("%s, %s: the event was changed (-was +is):\n%s", eventType, test.patch, diff)
			}
		}
	}
}

func TestAcceptedResponses(t *testing.T) {
	for _, test := range []struct {
		eventType, patch string
		want             func(r *Response)
	}{
		{OriginResponse, `{"status": 200, "statusDescription": "OK", "body": "new"}`, func(r *Response) {
			r.Status, r.Description, r.Body, r.HasBody = 200, "OK", []byte("new"), true
		}},
		{OriginResponse, `{"status": "302", "statusDescription": null, "body": "", "headers": {"location": [{"value": "/"}], "content-length": null}}`, func(r *Response) {
			r.Status, r.Description, r.Body, r.HasBody = 302, "", []byte{}, true
			r.Header.Set("Location", "/")
			r.Header.Del("Content-Length")
		}},
		{OriginResponse, `{"body": "AAE=", "bodyEncoding": "base64"}`, func(r *Response) { r.Body, r.HasBody = []byte{0, 1}, true }},
		{ViewerResponse, `{"headers": {"set-cookie": [{"value": "c=3"}], "content-type": null}}`, func(r *Response) {
			r.Header["Set-Cookie"] = []string{"c=3"}
			r.Header.Del("Content-Type")
		}},
		{ViewerResponse, `{"status": 404, "statusDescription": "Gone Fishing"}`, func(r *Response) { r.Description = "Gone Fishing" }},
	} {
		result := Run(t.Context(), patched(t, test.patch), event(test.eventType))
		want := event(test.eventType).Response
		test.want(want)
		if diff := cmp.Diff(&Result{Response: want}, result); diff != "" {
			t.Errorf("%s, %s (-want +got):\n%s", test.eventType, test.patch, diff)
		}
	}
}

func TestGeneratedResponses(t *testing.T) {
	for _, test := range []struct {
		eventType, returned string
		want                *Response
	}{
		{ViewerRequest, `{"status": "204"}`, &Response{Status: 204, Header: http.Header{}}},
		{ViewerRequest, `{"status": 200, "body": "ok", "uri": "/"}`, &Response{Status: 200, Header: http.Header{}, Body: []byte("ok"), HasBody: true}},
		{OriginRequest, `{"status": "200", "statusDescription": "Fine", "headers": {"content-type": [{"key": "Content-Type", "value": "text/plain"}]}, "body": "b2s=", "bodyEncoding": "base64"}`, &Response{
			Status: 200, Description: "Fine", Header: http.Header{"Content-Type": {"text/plain"}}, Body: []byte("ok"), HasBody: true,
		}},
		{ViewerRequest, `{"status": 200, "body": "` + strings.Repeat("x", 40960) + `"}`, &Response{Status: 200, Header: http.Header{}, Body: []byte(strings.Repeat("x", 40960)), HasBody: true}},
	} {
		result := Run(t.Context(), func(context.Context, []byte) ([]byte, error) { return []byte(test.returned), nil }, event(test.eventType))
		if diff := cmp.Diff(&Result{Response: test.want}, result); diff != "" {
			t.Errorf("%s, %.100s (-want +got):\n%s", test.eventType, test.returned, diff)
		}
	}
}

func TestNoBodyToReplace(t *testing.T) {
	e := event(ViewerRequest)
	e.Request.IncludeBody = false
	result := Run(t.Context(), patched(t, `{"body": {"action": "replace", "data": "aGk="}}`), e)
	if want := "request.body cannot be replaced, as the function's association does not include the body: set IncludeBody"; result.Err == nil || result.Err.Message != want {
		t.Errorf("got %+v, want %s", result, want)
	}
}

// FuzzReturned returns anything. Whatever is accepted has to be a message that can
// be sent.
func FuzzReturned(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `{"status": 200}`, `{"status": "302", "headers": {"location": [{"value": "/"}]}, "body": "x"}`,
		`{"method": "POST", "uri": "/", "querystring": "", "headers": {"host": [{"value": "example.com"}], "content-length": [{"value": "5"}]}}`,
		`{"uri": "/", "querystring": "a", "headers": {}, "body": {"action": "replace", "data": "eA=="}, "origin": {"s3": {"domainName": "b", "path": "", "authMethod": "none", "customHeaders": {}}}}`,
	} {
		for i := range eventTypes {
			f.Add(i, []byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, i int, returned []byte) {
		eventType := eventTypes[uint(i)%uint(len(eventTypes))]
		result := Run(t.Context(), func(context.Context, []byte) ([]byte, error) { return returned, nil }, event(eventType))
		header := http.Header{}
		switch {
		case result.Err != nil:
			if result.Err.Kind != Validation || result.Err.Message == "" {
				t.Errorf("got %+v", result.Err)
			}
			return
		case result.Request != nil:
			header = result.Request.Header
			if !strings.HasPrefix(result.Request.URI, "/") || strings.ContainsAny(result.Request.URI+result.Request.QueryString, "\r\n") {
				t.Errorf("got %q, %q", result.Request.URI, result.Request.QueryString)
			}
		case result.Response != nil:
			header = result.Response.Header
			if result.Response.Status < 200 || result.Response.Status > 599 {
				t.Errorf("got status %d", result.Response.Status)
			}
		}
		for name, values := range header {
			if name == "" || strings.ContainsAny(name+strings.Join(values, ""), "\r\n") {
				t.Errorf("got the header %q: %q", name, values)
			}
		}
	})
}
