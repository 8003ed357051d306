package policy

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const responseText = `{"ResponseHeadersPolicyConfig": {
	"Name": "site",
	"CorsConfig": {
		"AccessControlAllowCredentials": true,
		"AccessControlAllowHeaders": {"Items": ["Content-Type"]},
		"AccessControlAllowMethods": {"Items": ["GET", "PUT"]},
		"AccessControlAllowOrigins": {"Items": ["https://*.example.org"]},
		"AccessControlExposeHeaders": {"Items": ["ETag", "X-Total"]},
		"AccessControlMaxAgeSec": "600",
		"OriginOverride": true
	},
	"SecurityHeadersConfig": {
		"ContentSecurityPolicy": {"ContentSecurityPolicy": "default-src 'self'", "Override": false},
		"ContentTypeOptions": {"Override": true},
		"FrameOptions": {"FrameOption": "DENY", "Override": true},
		"ReferrerPolicy": {"ReferrerPolicy": "same-origin", "Override": true},
		"StrictTransportSecurity": {"AccessControlMaxAgeSec": 63072000, "IncludeSubdomains": true, "Preload": "true", "Override": true},
		"XSSProtection": {"Protection": true, "ReportUri": "https://example.org/xss", "Override": true}
	},
	"CustomHeadersConfig": {"Items": [
		{"Header": "Cache-Control", "Value": "max-age=60", "Override": "false"},
		{"Header": "X-Empty", "Override": true}
	]},
	"RemoveHeadersConfig": {"Items": [{"Header": "X-Powered-By"}, {"Header": "Cache-Control"}]},
	"ServerTimingHeadersConfig": {"Enabled": true, "SamplingRate": 12.5}
}}`

func TestParseResponseHeaders(t *testing.T) {
	got, err := ParseResponseHeaders(object(t, responseText))
	want := &ResponseHeaders{
		Name: "site",
		CORS: &CORS{
			Origins: []string{"https://*.example.org"}, Headers: []string{"Content-Type"}, Methods: []string{"GET", "PUT"},
			Expose: []string{"ETag", "X-Total"}, Credentials: true, MaxAge: "600", Override: true,
		},
		Security: []Header{
			{"Content-Security-Policy", "default-src 'self'", false},
			{"X-Content-Type-Options", "nosniff", true},
			{"X-Frame-Options", "DENY", true},
			{"Referrer-Policy", "same-origin", true},
			{"Strict-Transport-Security", "max-age=63072000; includeSubDomains; preload", true},
			{"X-XSS-Protection", "1; report=https://example.org/xss", true},
		},
		Custom:       []Header{{"Cache-Control", "max-age=60", false}, {"X-Empty", "", true}},
		Remove:       []string{"X-Powered-By", "Cache-Control"},
		ServerTiming: &ServerTiming{Enabled: true, Rate: 12.5},
	}
	if diff := cmp.Diff(want, got, unexported); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestXSSProtection(t *testing.T) {
	for properties, want := range map[string]string{
		`"Protection": false`:                     "0",
		`"Protection": false, "ModeBlock": true`:  "0",
		`"Protection": true`:                      "1",
		`"Protection": "true", "ModeBlock": true`: "1; mode=block",
	} {
		p, err := ParseResponseHeaders(object(t, `{"ResponseHeadersPolicyConfig": {"SecurityHeadersConfig": {"XSSProtection": {`+properties+`}}}}`))
		if err != nil || p.Security[0].Value != want {
			t.Errorf("%s: got %+v, %v, want %q", properties, p.Security, err, want)
		}
	}
}

func TestParseResponseErrors(t *testing.T) {
	for _, test := range []struct{ old, new, want string }{
		{`"DENY"`, `"ALLOW"`, `SecurityHeadersConfig.FrameOptions.FrameOption is "ALLOW": expected one of DENY, SAMEORIGIN`},
		{`"same-origin"`, `"never"`, `ReferrerPolicy is "never": expected one of no-referrer, no-referrer-when-downgrade`},
		{`"AccessControlMaxAgeSec": 63072000, `, ``, `StrictTransportSecurity.AccessControlMaxAgeSec is missing: expected a number of seconds`},
		{`{"Items": [{"Header": "X-Powered-By"}, {"Header": "Cache-Control"}]}`, `{"Items": ["X-Powered-By"]}`, `RemoveHeadersConfig.Items[0] is "X-Powered-By": expected an object`},
		{`{"Items": ["GET", "PUT"]}`, `["GET", "PUT"]`, `AccessControlAllowMethods is ["GET","PUT"]: expected an object`},
		{`12.5`, `"often"`, `ServerTimingHeadersConfig.SamplingRate is "often": expected a number`},
	} {
		_, err := ParseResponseHeaders(object(t, strings.Replace(responseText, test.old, test.new, 1)))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", test.new, err, test.want)
		}
	}
}

func TestApply(t *testing.T) {
	p, err := ParseResponseHeaders(object(t, responseText))
	if err != nil {
		t.Fatal(err)
	}
	response := http.Header{
		"X-Powered-By":            {"PHP"},
		"Cache-Control":           {"no-store"}, // removed, so that the policy's is there though it does not override
		"X-Frame-Options":         {"SAMEORIGIN"},
		"Content-Security-Policy": {"default-src 'none'"},
		"Content-Type":            {"text/html"},
	}
	p.Apply(http.Header{}, "GET", response)
	want := http.Header{
		"Cache-Control":             {"max-age=60"},
		"Content-Security-Policy":   {"default-src 'none'"},
		"Content-Type":              {"text/html"},
		"Referrer-Policy":           {"same-origin"},
		"Strict-Transport-Security": {"max-age=63072000; includeSubDomains; preload"},
		"Vary":                      {"Origin"},
		"X-Content-Type-Options":    {"nosniff"},
		"X-Empty":                   {""},
		"X-Frame-Options":           {"DENY"},
		"X-Xss-Protection":          {"1; report=https://example.org/xss"},
	}
	if diff := cmp.Diff(want, response); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What the managed policies do, by their page.
func TestApplyManaged(t *testing.T) {
	security := http.Header{
		"Referrer-Policy": {"strict-origin-when-cross-origin"}, "Strict-Transport-Security": {"max-age=31536000"},
		"X-Content-Type-Options": {"nosniff"}, "X-Frame-Options": {"SAMEORIGIN"}, "X-Xss-Protection": {"1; mode=block"},
	}
	cors := http.Header{"Access-Control-Allow-Origin": {"*"}}
	exposed := http.Header{"Access-Control-Allow-Origin": {"*"}, "Access-Control-Expose-Headers": {"*"}}
	preflight := http.Header{
		"Access-Control-Allow-Origin": {"*"}, "Access-Control-Expose-Headers": {"*"},
		"Access-Control-Allow-Methods": {"DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"},
	}
	const (
		simple          = "60669652-455b-4ae9-85a4-c4c02393f86c"
		simpleSecurity  = "e61eb60c-9c35-4d20-a928-2b84e02af89c"
		flight          = "5cc3b908-e619-4b99-88e5-2cf7f45965bd"
		flightSecurity  = "eaab4381-ed33-4a86-88ca-d9558dc6cd63"
		securityHeaders = "67f7725c-6f97-4210-82d7-5512b31e9d03"
	)
	for _, test := range []struct {
		id, method, origin string
		want               []http.Header
	}{
		{simple, "GET", "", nil},
		{simple, "GET", "https://a.example", []http.Header{cors}},
		{simple, "OPTIONS", "https://a.example", []http.Header{cors}},
		{flight, "GET", "", nil},
		{flight, "GET", "https://a.example", []http.Header{exposed}},
		{flight, "OPTIONS", "https://a.example", []http.Header{preflight}},
		{securityHeaders, "GET", "https://a.example", []http.Header{security}},
		{simpleSecurity, "GET", "", []http.Header{security}},
		{simpleSecurity, "GET", "https://a.example", []http.Header{security, cors}},
		{flightSecurity, "OPTIONS", "https://a.example", []http.Header{security, preflight}},
	} {
		p, _ := ManagedResponseHeaders(test.id)
		request, want, got := http.Header{}, http.Header{}, http.Header{}
		if test.origin != "" {
			request.Set("Origin", test.origin)
		}
		if test.method == "OPTIONS" {
			request.Set("Access-Control-Request-Method", "PUT")
		}
		for _, part := range test.want {
			for name, values := range part {
				want[name] = values
			}
		}
		p.Apply(request, test.method, got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s, %s from %q (-want +got):\n%s", p.Name, test.method, test.origin, diff)
		}
	}
	p, _ := ManagedResponseHeaders(securityHeaders)
	got := http.Header{"X-Content-Type-Options": {"other"}, "X-Frame-Options": {"DENY"}}
	p.Apply(http.Header{}, "GET", got)
	if got.Get("X-Content-Type-Options") != "nosniff" || got.Get("X-Frame-Options") != "DENY" {
		t.Errorf("over the origin's: %q", got)
	}
}

func TestServerTiming(t *testing.T) {
	pragma := http.Header{"Pragma": {"no-cache, Server-Timing"}}
	for _, test := range []struct {
		timing  *ServerTiming
		request http.Header
		draw    float64
		want    bool
	}{
		{nil, pragma, 0, false},
		{&ServerTiming{Enabled: false, Rate: 100}, pragma, 0, false},
		{&ServerTiming{Enabled: true, Rate: 0}, nil, 0, false},
		{&ServerTiming{Enabled: true, Rate: 0}, pragma, 99, true},
		{&ServerTiming{Enabled: true, Rate: 50}, nil, 49.9, true},
		{&ServerTiming{Enabled: true, Rate: 50}, nil, 50, false},
		{&ServerTiming{Enabled: true, Rate: 100}, nil, 99.9999, true},
	} {
		if got := test.timing.Wanted(test.request, test.draw); got != test.want {
			t.Errorf("%+v, %v, %v: got %t", test.timing, test.request, test.draw, got)
		}
	}
}
