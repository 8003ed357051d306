package policy

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The table of AWS's page, and what it leaves out.
var origins = []struct {
	pattern         string
	matches, others []string
}{
	{
		"http://*.example.org",
		[]string{"http://www.example.org", "http://test.example.org"},
		[]string{"https://test.example.org", "https://test.example.org:123", "http://test.example.org:123", "http://example.org"},
	},
	{
		"*.example.org",
		[]string{"test.example.org", "test.test.example.org", ".example.org", "http://test.example.org", "https://test.example.org"},
		[]string{"http://test.example.org:123", "https://test.example.org:123", "https://example.org", "https://example.org.evil.example"},
	},
	{"example.org", []string{"http://example.org", "https://example.org"}, []string{"http://www.example.org", "http://example.org:123"}},
	{"http://example.org", []string{"http://example.org"}, []string{"https://example.org", "http://example.org:123"}},
	{"http://example.org:*", []string{"http://example.org:123", "http://example.org"}, []string{"https://example.org:123"}},
	{"http://example.org:1*3", []string{"http://example.org:123", "http://example.org:1893", "http://example.org:13"}, []string{"http://example.org", "http://example.org:12"}},
	{"*.example.org:1*", []string{"test.example.org:123"}, []string{"test.example.org", "test.example.org:23"}},
	{"https://example.org", nil, []string{"null", "", "https://EXAMPLE.org"}},
	{"http://[::1]:8080", []string{"http://[::1]:8080"}, []string{"http://[::1]"}},
	{"http://[::1]", []string{"http://[::1]"}, []string{"http://[::1]:8080"}},
	{"null", []string{"null"}, []string{"https://null.example"}},
}

func TestMatchOrigin(t *testing.T) {
	for _, test := range origins {
		for _, origin := range test.matches {
			if !matchOrigin(test.pattern, origin) {
				t.Errorf("%s does not match %s", test.pattern, origin)
			}
		}
		for _, origin := range test.others {
			if matchOrigin(test.pattern, origin) {
				t.Errorf("%s matches %s", test.pattern, origin)
			}
		}
		if !wellPlaced(test.pattern) {
			t.Errorf("%s is refused", test.pattern)
		}
	}
}

func TestWellPlaced(t *testing.T) {
	for _, origin := range []string{"*", "http://*", "https://*.example.org", "localhost:*"} {
		if !wellPlaced(origin) {
			t.Errorf("%s is refused", origin)
		}
	}
	for _, origin := range []string{"example.*", "test.*.example.org", "*test.example.org", "exa*mple.org", "http*://example.org", "*.*.example.org"} {
		if wellPlaced(origin) {
			t.Errorf("%s is taken", origin)
		}
	}
}

func TestCORS(t *testing.T) {
	listed := CORS{
		Origins: []string{"https://a.example", "https://*.b.example"}, Headers: []string{"Content-Type", "X-Amz-*"}, Methods: []string{"ALL"},
		Expose: []string{"ETag"}, Credentials: true, MaxAge: "600",
	}
	overriding := listed
	overriding.Override = true
	request := func(origin string) http.Header { return http.Header{"Origin": {origin}} }
	preflight := func(origin string) http.Header {
		return http.Header{
			"Origin": {origin}, "Access-Control-Request-Method": {"PUT"},
			"Access-Control-Request-Headers": {"content-type, x-amz-date, X-Amz-Date,x-amz, x-other"},
		}
	}
	for _, test := range []struct {
		name           string
		c              CORS
		request        http.Header
		method         string
		response, want http.Header
	}{
		{"no origin", listed, http.Header{}, "GET", http.Header{}, http.Header{"Vary": {"Origin"}}},
		{"allowed", listed, request("https://a.example"), "GET", http.Header{"Vary": {"Accept-Encoding"}}, http.Header{
			"Access-Control-Allow-Origin": {"https://a.example"}, "Access-Control-Allow-Credentials": {"true"},
			"Access-Control-Expose-Headers": {"ETag"}, "Vary": {"Accept-Encoding", "Origin"},
		}},
		{"not allowed", listed, request("https://b.example"), "GET", http.Header{"Vary": {"a,origin"}}, http.Header{"Vary": {"a,origin"}}},
		{"preflight", listed, preflight("https://x.b.example"), "OPTIONS", http.Header{}, http.Header{
			"Access-Control-Allow-Origin": {"https://x.b.example"}, "Access-Control-Allow-Credentials": {"true"}, "Access-Control-Expose-Headers": {"ETag"},
			"Access-Control-Allow-Methods": {"DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"},
			"Access-Control-Allow-Headers": {"Content-Type, x-amz-date"}, "Access-Control-Max-Age": {"600"}, "Vary": {"Origin"},
		}},
		{"preflight not allowed", listed, preflight("https://evil.example"), "OPTIONS", http.Header{}, http.Header{"Vary": {"Origin"}}},
		{"options without a method", listed, request("https://a.example"), "OPTIONS", http.Header{}, http.Header{
			"Access-Control-Allow-Origin": {"https://a.example"}, "Access-Control-Allow-Credentials": {"true"},
			"Access-Control-Expose-Headers": {"ETag"}, "Vary": {"Origin"},
		}},
		// One header of the origin, even one that the policy does not set, and the policy sets none.
		{"origin first", listed, request("https://a.example"), "GET", http.Header{"Access-Control-Max-Age": {"5"}}, http.Header{
			"Access-Control-Max-Age": {"5"}, "Vary": {"Origin"},
		}},
		{"policy first", overriding, request("https://a.example"), "GET", http.Header{"Access-Control-Allow-Origin": {"*"}, "Access-Control-Max-Age": {"5"}}, http.Header{
			"Access-Control-Allow-Origin": {"https://a.example"}, "Access-Control-Allow-Credentials": {"true"},
			"Access-Control-Expose-Headers": {"ETag"}, "Access-Control-Max-Age": {"5"}, "Vary": {"Origin"},
		}},
		{"policy first, not allowed", overriding, request("https://evil.example"), "GET", http.Header{"Access-Control-Allow-Origin": {"*"}}, http.Header{"Vary": {"Origin"}}},
		{"anyone", CORS{Origins: []string{"*"}, Headers: []string{"*", "Authorization"}, Methods: []string{"GET"}}, preflight("null"), "OPTIONS", http.Header{}, http.Header{
			"Access-Control-Allow-Origin": {"*"}, "Access-Control-Allow-Headers": {"*, Authorization"}, "Access-Control-Allow-Methods": {"GET"},
		}},
	} {
		test.c.apply(test.request, test.method, test.response)
		if diff := cmp.Diff(test.want, test.response); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// The table of AWS's page.
func TestMatchHeader(t *testing.T) {
	for _, test := range []struct {
		pattern, header string
		want            bool
	}{
		{"x-amz-*", "x-amz-test", true},
		{"x-amz-*", "X-Amz-", true},
		{"x-amz-*", "x-amz", false},
		{"x-*-amz", "x-test-amz", true},
		{"x-*-amz", "x--amz", true},
		{"x-*-amz", "x-amz", false},
	} {
		if got := matchHeader(test.pattern, test.header); got != test.want {
			t.Errorf("%s, %s: got %t", test.pattern, test.header, got)
		}
	}
}
