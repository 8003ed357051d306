package edgetest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/internal/edgetest"
)

func TestCases(t *testing.T) {
	write := func(text string) string {
		path := filepath.Join(t.TempDir(), "cases.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for text, want := range map[string]string{
		`{"groups":[]}`:             "no groups",
		`{"groups":[{"name":"g"}]}`: "no requests",
		`{"groups":[{"name":"g","requests":[{"url":"/","statsu":404}]}]}`:                "statsu",
		`{"groups":[{"name":"g","requests":[{"url":"/"}]}]}`:                             "either a status or a target",
		`{"groups":[{"name":"g","requests":[{"url":"/","status":1,"target":"url:x"}]}]}`: "either a status or a target",
		`{"groups":[{"name":"g","requests":[{"url":"a","status":404}]}]}`:                "begins with a slash",
	} {
		if _, err := edgetest.Cases(write(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want one with %q", text, err, want)
		}
	}
	groups, err := edgetest.Cases(write(`{"groups":[{"name":"g","routes":[{"pattern":"/a","target":"url:x","options":{"Exact":true}}],
		"requests":[{"raw":true,"url":"/a","status":404,"headers":{"Location":null}}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	g := groups[0]
	value, ok := g.Requests[0].Headers["location"]
	if !*g.Routes[0].Options.Exact || g.Routes[0].Options.StripPrefix != nil || !g.Requests[0].Raw || !ok || value != nil {
		t.Errorf("got %+v", g)
	}
}

// A recorder is a test that keeps what it is told instead of failing.
type recorder struct {
	testing.TB
	errors []string
}

func (r *recorder) Helper()             {}
func (r *recorder) Logf(string, ...any) {}

func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

// normalising is a function that redirects a path to its normal form, or does
// not, and strips the prefix of its route.
func normalising(redirect bool) string {
	return fmt.Sprintf(`function handler(event) {
	var r = event.request;
	var path = decodeURIComponent(r.uri);
	while (/\/[^/]+\/\.\.\//.test(path)) { path = path.replace(/\/[^/]+\/\.\.\//, '/'); }
	if (%t && path !== r.uri) { return {statusCode: 308, headers: {location: {value: path}}}; }
	var prefix = /^\/(public|admin)/.exec(path);
	if (!prefix) { return {statusCode: 404}; }
	r.uri = path.slice(prefix[0].length);
	r.headers['x-forwarded-prefix'] = {value: prefix[0]};
	return r;
}`, redirect)
}

func publicAndAdmin(t *testing.T, code string) *edgetest.Distribution {
	t.Helper()
	route := func(pattern, origin string) object {
		return object{"PathPattern": pattern, "TargetOriginId": origin, "FunctionAssociations": function("Edge")}
	}
	return load(t, object{"Resources": object{
		"Edge":   object{"Type": "AWS::CloudFront::Function", "Properties": object{"FunctionCode": code}},
		"Public": object{"Type": "AWS::S3::Bucket"},
		"Admin":  object{"Type": "AWS::S3::Bucket"},
		"Dist": distribution(
			object{"TargetOriginId": "public", "FunctionAssociations": function("Edge")},
			[]any{route("/public/*", "public"), route("/admin/*", "admin")},
			object{"Id": "public", "DomainName": getAtt("Public", "DomainName")},
			object{"Id": "admin", "DomainName": getAtt("Admin", "DomainName")}),
	}})
}

func bucket(target string) string { return strings.TrimPrefix(target, "bucket:") }

func TestCheck(t *testing.T) {
	text := func(s string) *string { return &s }
	right := []edgetest.Case{
		{URL: "/public/a", Target: "bucket:Public", URI: "/a", Behavior: "/public/*", Headers: map[string]*string{"x-forwarded-prefix": text("/public")}},
		{URL: "/none", Status: 404, Behavior: "*", Headers: map[string]*string{"location": nil}},
		{Method: "POST", URL: "/admin/a", Status: 403},
		{URL: "/public/../admin/a", Raw: true, Status: 308, Headers: map[string]*string{"location": text("/admin/a")}},
		{URL: "/%61dmin/a", Raw: true, Status: 308, Headers: map[string]*string{"location": text("/admin/a")}},
	}
	edgetest.Group{Name: "right", Requests: right}.Check(t, publicAndAdmin(t, normalising(true)), bucket)

	wrong := []struct {
		want edgetest.Case
		code string
		says string
	}{
		{edgetest.Case{URL: "/public/a", Status: 404}, normalising(true), "the status is 0, want 404"},
		{edgetest.Case{URL: "/public/a", Target: "bucket:Admin"}, normalising(true), "the origin is Public, want Admin"},
		{edgetest.Case{URL: "/public/a", Target: "bucket:Public", URI: "/b"}, normalising(true), "the uri is /a, want /b"},
		{edgetest.Case{URL: "/public/a", Target: "bucket:Public", Behavior: "*"}, normalising(true), `the behavior is /public/*, want *`},
		{
			edgetest.Case{URL: "/public/a", Target: "bucket:Public", Headers: map[string]*string{"x-forwarded-prefix": nil}},
			normalising(true), "there is a header x-forwarded-prefix",
		},
		{
			edgetest.Case{URL: "/public/a", Target: "bucket:Public", Headers: map[string]*string{"x-a": text("1")}},
			normalising(true), `the header x-a is "", want "1"`,
		},
		// A function that trusts the path it sees is caught in the raw forms,
		// and in those that match behaviors on an escape left as it was.
		{right[3], normalising(false), "goja, RawUndecoded: GET /public/../admin/a: the status is 0, want 308"},
		{right[4], normalising(false), "goja, NormalisedUndecoded: GET /%61dmin/a: the status is 0, want 308"},
		// The normal form belongs to another target than the one expected.
		{
			edgetest.Case{URL: "/public/../admin/a", Raw: true, Target: "bucket:Public", URI: "/a"},
			normalising(true), "NormalisedDecoded: GET /public/../admin/a: the origin is Admin, want Public",
		},
		// It is not what the place redirected to answers.
		{
			edgetest.Case{URL: "/public/../admin/a", Raw: true, Status: 308, Headers: map[string]*string{"location": text("/public/a")}},
			normalising(true), "neither its own nor that of /public/a",
		},
	}
	for _, test := range wrong {
		r := &recorder{TB: t}
		edgetest.Group{Name: "wrong", Requests: []edgetest.Case{test.want}}.Check(r, publicAndAdmin(t, test.code), bucket)
		if !strings.Contains(strings.Join(r.errors, "\n"), test.says) {
			t.Errorf("%+v: got messages %q, want one with %q", test.want, r.errors, test.says)
		}
	}
}
