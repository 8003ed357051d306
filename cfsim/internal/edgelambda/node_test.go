package edgelambda

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cfrouter/cfrouter/cfsim/internal/lambda"
	"github.com/cfrouter/cfrouter/cfsim/internal/nodejs"
	"go.yaml.in/yaml/v3"
)

// node returns a function with code for Node.js.
func node(t *testing.T, code string) *lambda.Function {
	t.Helper()
	if err := nodejs.Available(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	dir, remove, err := nodejs.Inline(code)
	if err != nil {
		t.Fatal(err)
	}
	command, clean, err := nodejs.Command(dir, "index.handler", "nodejs22.x")
	if err != nil {
		t.Fatal(err)
	}
	f := lambda.New(lambda.Options{Name: "edge", Command: command, Handler: "index.handler", Timeout: time.Minute})
	t.Cleanup(func() {
		if err := errors.Join(f.Close(), clean(), remove()); err != nil {
			t.Error(err)
		}
	})
	return f
}

// summary is what became of a run in one line.
func summary(r *Result) string {
	switch {
	case r.Err != nil:
		return fmt.Sprintf("%s: %s", r.Err.Kind, r.Err.Message)
	case r.Response != nil:
		s := fmt.Sprintf("%d %s", r.Response.Status, r.Response.Description)
		for _, name := range []string{"Location", "Cache-Control", "X-Origin-Status"} {
			if value := r.Response.Header.Get(name); value != "" {
				s += fmt.Sprintf(" %s: %s", strings.ToLower(name), value)
			}
		}
		if r.Response.HasBody {
			s += fmt.Sprintf(" body %q", r.Response.Body)
		}
		return s
	}
	s := r.Request.URI
	if r.Request.QueryString != "" {
		s += "?" + r.Request.QueryString
	}
	if o := r.Request.Origin; o != nil && o.S3 != nil {
		s += " at " + o.S3.DomainName + " as " + r.Request.Header.Get("Host")
	}
	if value := r.Request.Header.Get("X-Body-Sha256"); value != "" {
		s += " sha256 " + value
	}
	if r.Request.BodyReplaced {
		s += fmt.Sprintf(" body %q", r.Request.Body)
	}
	return s
}

func TestHandlers(t *testing.T) {
	for _, test := range []struct{ name, eventType, code, want string }{
		{"pass on", ViewerRequest, `exports.handler = async (event) => event.Records[0].cf.request;`, "/a%20b?q=1"},
		{"callback", OriginRequest, `exports.handler = (event, context, callback) => {
			const { request } = event.Records[0].cf;
			request.uri = request.uri.replace(/^/, '/v2');
			request.querystring = '';
			callback(null, request);
		};`, "/v2/a%20b"},
		{"another bucket", OriginRequest, `exports.handler = async (event) => {
			const { request } = event.Records[0].cf;
			const domainName = 'other.s3.amazonaws.com';
			request.origin = { s3: { domainName, region: '', authMethod: 'none', path: '', customHeaders: {} } };
			request.headers.host = [{ key: 'host', value: domainName }];
			return request;
		};`, "/a%20b?q=1 at other.s3.amazonaws.com as other.s3.amazonaws.com"},
		{"form", ViewerRequest, `exports.handler = async (event) => {
			const { request } = event.Records[0].cf;
			const body = Buffer.from(request.body.data, 'base64').toString();
			Object.assign(request.body, { action: 'replace', encoding: 'text', data: body + '&more' });
			return request;
		};`, `/a%20b?q=1 body "hello&more"`},
		{"page", OriginRequest, `exports.handler = async () => ({ status: '200', statusDescription: 'OK', body: '<p>ü</p>' });`, `200 OK body "<p>ü</p>"`},
		{"static error page", OriginResponse, `exports.handler = async (event) => {
			const { response } = event.Records[0].cf;
			if (response.status >= 400 && response.status <= 599) Object.assign(response, { status: 200, statusDescription: 'OK', body: 'sorry' });
			return response;
		};`, `200 OK body "sorry"`},
		{"nothing", ViewerResponse, `exports.handler = async () => {};`, "LambdaValidationError: the function returned nothing; return event.Records[0].cf.response, or if it is not async, pass it to the callback"},
		{"not async", ViewerResponse, `exports.handler = (event) => event.Records[0].cf.response;`, "LambdaValidationError: the function returned nothing; return event.Records[0].cf.response, or if it is not async, pass it to the callback"},
		{"undefined value", ViewerRequest, `exports.handler = async () => ({ status: 302, headers: { location: [{ value: undefined }] } });`, `LambdaValidationError: response.headers.location[0].value is missing, want a string`},
		{"throws", ViewerRequest, `exports.handler = async (event) => event.records.length;`, "LambdaExecutionError: the function failed: TypeError: Cannot read properties of undefined (reading 'length')"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := summary(Run(t.Context(), node(t, test.code).Invoke, event(test.eventType))); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestForeignHandlers runs the functions of a template as it is.
func TestForeignHandlers(t *testing.T) {
	functions := map[string]*lambda.Function{}
	for id, code := range inlineCode(t, "../../testdata/foreign/edge-lambda.yaml") {
		functions[id] = node(t, code)
	}
	for _, test := range []struct {
		function string
		event    Event
		want     []string
	}{
		{"Gate", Event{Type: ViewerRequest, Request: Request{URI: "/docs/a.html"}}, []string{"/docs/a.html"}},
		{"Gate", Event{Type: ViewerRequest, Request: Request{URI: "/docs/a.html", Header: http.Header{"Cookie": {"x=1; beta=1"}}}}, []string{"/beta/docs/a.html"}},
		{
			"Gate",
			Event{Type: ViewerRequest, Request: Request{URI: "/login", QueryString: "x=1"}},
			[]string{"302 Found", "location: https://id.example.net/?back=club.example.com"},
		},
		{
			"Digest",
			Event{Type: OriginRequest, Request: Request{Method: "POST", URI: "/submit", QueryString: "a=1", IncludeBody: true, Body: []byte("hello")}},
			[]string{"/submit?a=1", "sha256 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"},
		},
		{
			"Digest",
			Event{Type: OriginRequest, Request: Request{URI: "/submit", IncludeBody: true}},
			[]string{"/submit", "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		},
		{
			"Digest",
			Event{Type: OriginRequest, Request: Request{Method: "POST", URI: "/submit", IncludeBody: true, Body: make([]byte, 1<<20+1)}},
			[]string{"413 Content Too Large"},
		},
		{"WayHome", Event{Type: OriginResponse, Response: &Response{Status: 200, Description: "OK"}}, []string{"200 OK", "x-origin-status: 200"}},
		{
			"WayHome",
			Event{Type: OriginResponse, Response: &Response{Status: 403, Description: "Forbidden"}},
			[]string{"302 Found", "location: /index.html", "cache-control: max-age=3600", "x-origin-status: 403", `body ""`},
		},
	} {
		e := test.event
		e.Request.Header = e.Request.Header.Clone()
		if e.Request.Header == nil {
			e.Request.Header = http.Header{}
		}
		e.Request.Header.Set("Host", "club.example.com")
		if e.Request.Method == "" {
			e.Request.Method = "GET"
		}
		got := summary(Run(t.Context(), functions[test.function].Invoke, &e))
		if i := slices.IndexFunc(test.want, func(want string) bool { return !strings.Contains(got, want) }); i >= 0 {
			t.Errorf("%s, %s: got %s, want %s", test.function, e.Request.URI, got, test.want[i])
		}
	}
}

// inlineCode returns the code of the functions in a template.
func inlineCode(t *testing.T, file string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Properties struct {
				Code struct {
					ZipFile string `yaml:"ZipFile"`
				} `yaml:"Code"`
			} `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	codes := map[string]string{}
	for id, r := range template.Resources {
		if code := r.Properties.Code.ZipFile; code != "" {
			codes[id] = code
		}
	}
	return codes
}
