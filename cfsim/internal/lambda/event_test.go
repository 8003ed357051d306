package lambda

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEncode(t *testing.T) {
	for _, test := range []struct {
		kind, body, want string
		encoded          bool
	}{
		{"application/json", `{"λ":1}`, `{"λ":1}`, false},
		{"application/json; charset=utf-8", "{}", "{}", false},
		{"Application/JSON", "{}", "{}", false},
		{"application/xml", "<a/>", "<a/>", false},
		{"application/javascript", "1", "1", false},
		{"text/plain", "a", "a", false},
		{"text/plain; charset", "a", "a", false},
		{"text/plain", "\xff", "/w==", true},
		{"application/problem+json", "{}", "e30=", true},
		{"application/x-www-form-urlencoded", "a=1", "YT0x", true},
		{"multipart/form-data; boundary=x", "a", "YQ==", true},
		{"image/png", "\x89PNG", "iVBORw==", true},
		{"", "a", "YQ==", true},
		{"image/png", "", "", false},
	} {
		if got, encoded := encode([]byte(test.body), test.kind); got != test.want || encoded != test.encoded {
			t.Errorf("%s %q: got %q %v, want %q %v", test.kind, test.body, got, encoded, test.want, test.encoded)
		}
	}
}

// TestEventWithout is that what a request has not is not there at all, as
// handlers check for it.
func TestEventWithout(t *testing.T) {
	r := httptest.NewRequest("GET", "http://abc.example/", nil)
	var got map[string]any
	if err := json.Unmarshal(must(json.Marshal(newEvent(r, nil, "", "id"))), &got); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"body", "cookies", "queryStringParameters", "pathParameters", "stageVariables"} {
		if value, ok := got[name]; ok {
			t.Errorf("%s is %v, want it left out", name, value)
		}
	}
	if c := got["requestContext"].(map[string]any); c["domainName"] != "abc.example" || c["domainPrefix"] != "abc" {
		t.Errorf("got context %v, want the domain of the Host", c)
	}
}

func TestForwardedFor(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("X-Forwarded-For", "203.0.113.7")
	r.RemoteAddr = "192.0.2.1:1234"
	if got, want := newEvent(r, nil, "", "").Headers["x-forwarded-for"], "203.0.113.7, 192.0.2.1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEventV1(t *testing.T) {
	r := httptest.NewRequest("PUT", "http://abc.example/pets/1?x=1&x=2", strings.NewReader("a"))
	r.Header = map[string][]string{"X-Many": {"1", "2"}, "Cookie": {"a=1"}}
	e := newEvent(r, []byte("a"), "", "id")
	e.RawPath = "/pets/1"
	e.PathParameters = map[string]string{"id": "1"}
	v := e.v1(r, "/pets/{id}")
	type parts struct {
		Version, Resource, Path, Method, Body                         string
		Encoded                                                       bool
		Single, Query, Parameters                                     map[string]string
		Multi, MultiQuery                                             map[string][]string
		ContextResource, ContextPath, Stage, RequestID, IP, APIDomain string
	}
	delete(v.MultiValueHeaders, "x-amzn-trace-id")
	delete(v.Headers, "x-amzn-trace-id")
	c := v.RequestContext
	got := parts{
		v.Version, v.Resource, v.Path, v.HTTPMethod, *v.Body, v.IsBase64Encoded,
		v.Headers, v.QueryStringParameters, v.PathParameters, v.MultiValueHeaders, v.MultiValueQueryStringParameters,
		c.ResourcePath, c.Path, c.Stage, c.RequestID, c.Identity.SourceIP, c.DomainName,
	}
	want := parts{
		"1.0", "/pets/{id}", "/pets/1", "PUT", "YQ==", true,
		map[string]string{"x-many": "2", "cookie": "a=1", "host": "abc.example", "x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https", "x-forwarded-port": "443"},
		map[string]string{"x": "2"},
		map[string]string{"id": "1"},
		map[string][]string{"x-many": {"1", "2"}, "cookie": {"a=1"}, "host": {"abc.example"}, "x-forwarded-for": {"192.0.2.1"}, "x-forwarded-proto": {"https"}, "x-forwarded-port": {"443"}},
		map[string][]string{"x": {"1", "2"}},
		"/pets/{id}", "/pets/1", "$default", "id", "192.0.2.1", "abc.example",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}
