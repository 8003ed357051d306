package s3

import (
	"strings"
	"testing"
)

func corsBucket(rules ...CORSRule) *Bucket {
	b := bucket()
	b.CORS = rules
	return b
}

// The cases are recorded answers of S3.
func TestCORS(t *testing.T) {
	const origin = "https://localhost:4200"
	rule := CORSRule{AllowedOrigins: []string{origin}, AllowedMethods: []string{"GET", "PUT"}, AllowedHeaders: []string{"*"}, MaxAge: 3000}
	anyone := CORSRule{AllowedOrigins: []string{"*"}, AllowedMethods: []string{"GET"}, ExposeHeaders: []string{"x-amz-id-2", "x-amz-request-id"}}
	some := CORSRule{AllowedOrigins: []string{origin}, AllowedMethods: []string{"GET"}, AllowedHeaders: []string{"x-AMZ-server-SIDE-encryption", "x-amz-meta-*"}}
	wild := CORSRule{AllowedOrigins: []string{"http://*.origin.com"}, AllowedMethods: []string{"GET"}}

	for _, test := range []struct {
		name    string
		rules   []CORSRule
		method  string
		headers string // "Origin|Access-Control-Request-Method|Access-Control-Request-Headers"
		status  int
		want    string // Allow-Origin|Allow-Credentials|Allow-Methods|Allow-Headers|Expose-Headers|Max-Age, or the error's code
	}{
		{"preflight", []CORSRule{rule}, "OPTIONS", origin + "|PUT|", 200, origin + "|true|GET, PUT|||3000"},
		{"preflight, headers", []CORSRule{rule}, "OPTIONS", origin + "|PUT|X-One,x-two", 200, origin + "|true|GET, PUT|x-one, x-two||3000"},
		{"preflight, other origin", []CORSRule{rule}, "OPTIONS", "http://localhost:4200|PUT|", 403, "AccessForbidden"},
		{"preflight, other method", []CORSRule{rule}, "OPTIONS", origin + "|DELETE|", 403, "AccessForbidden"},
		{"preflight, no method", []CORSRule{rule}, "OPTIONS", origin + "||", 403, "AccessForbidden"},
		{"preflight, no origin", []CORSRule{rule}, "OPTIONS", "|PUT|", 400, "BadRequest"},
		{"preflight, no rules", nil, "OPTIONS", origin + "|PUT|", 403, "AccessForbidden"},
		{"preflight, any origin", []CORSRule{anyone}, "OPTIONS", "http://a|GET|", 200, "*||GET||x-amz-id-2, x-amz-request-id|"},
		{"preflight, any origin, a header", []CORSRule{anyone}, "OPTIONS", "http://a|GET|x-one", 403, "AccessForbidden"},
		{"preflight, listed headers", []CORSRule{some}, "OPTIONS", origin + "|GET|X-Amz-Server-Side-Encryption, x-amz-META-a", 200, origin + "|true|GET|x-amz-server-side-encryption, x-amz-meta-a||"},
		{"preflight, a header not listed", []CORSRule{some}, "OPTIONS", origin + "|GET|x-amz-meta-a, x-amz-request-payer", 403, "AccessForbidden"},
		{"preflight, second rule", []CORSRule{some, anyone}, "OPTIONS", "http://a|GET|", 200, "*||GET||x-amz-id-2, x-amz-request-id|"},
		{"preflight, part of the origin", []CORSRule{wild}, "OPTIONS", "http://test.origin.com|GET|", 200, "http://test.origin.com|true|GET|||"},
		{"preflight, a slash too many", []CORSRule{wild}, "OPTIONS", "http://test.origin.com/|GET|", 403, "AccessForbidden"},
		{"get", []CORSRule{rule}, "GET", origin + "||", 200, origin + "|true|GET, PUT|||3000"},
		{"get, other origin", []CORSRule{rule}, "GET", "http://localhost:4200||", 200, "|||||"},
		{"get, no origin", []CORSRule{rule}, "GET", "||", 200, "|||||"},
		{"get, headers of a preflight request", []CORSRule{some}, "GET", origin + "|PUT|", 200, "|||||"},
		{"head, not among the methods", []CORSRule{rule}, "HEAD", origin + "||", 200, "|||||"},
	} {
		h := strings.Split(test.headers, "|")
		var headers []string
		for i, name := range []string{"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"} {
			if h[i] != "" {
				headers = append(headers, name, h[i])
			}
		}
		w := do(t, corsBucket(test.rules...), test.method, "/index.html", headers...)
		var got []string
		for _, name := range []string{"Allow-Origin", "Allow-Credentials", "Allow-Methods", "Allow-Headers", "Expose-Headers", "Max-Age"} {
			got = append(got, w.Header().Get("Access-Control-"+name))
		}
		text := strings.Join(got, "|")
		if w.Code >= 400 {
			text = errorOf(t, w).Code
		}
		if w.Code != test.status || text != test.want {
			t.Errorf("%s: %d %s, want %d %s", test.name, w.Code, text, test.status, test.want)
		}
		if vary := w.Header().Get("Vary"); (vary != "") != (w.Code == 200 && test.want != "|||||") {
			t.Errorf("%s: Vary is %q", test.name, vary)
		}
	}
}

func TestCORSOfErrors(t *testing.T) {
	b := corsBucket(CORSRule{AllowedOrigins: []string{"*"}, AllowedMethods: []string{"GET"}})
	if w := do(t, b, "GET", "/x", "Origin", "http://a"); w.Code != 404 || w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("an error for a page of another origin: %d %v", w.Code, w.Header())
	}
}
