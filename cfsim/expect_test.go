package cfsim

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// A recorder is a TB that keeps what it is told.
type recorder struct {
	errors   []string
	fatal    string
	cleanups []func()
}

func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Helper()          {}
func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

// Fatalf ends the goroutine, as that of a test does.
func (r *recorder) Fatalf(format string, args ...any) {
	r.fatal = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// record runs a test that may fail.
func record(test func(t TB)) *recorder {
	r := &recorder{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		test(r)
	}()
	<-done
	for _, f := range r.cleanups {
		f()
	}
	return r
}

func TestExpect(t *testing.T) {
	Open(t, "testdata/foreign/cdk-typescript.template.json").Expect(t, map[string]string{
		"/":                       "Site /index.html",
		"/about":                  "cdk-typescript/Site /about.html",
		"/docs/?a=1":              "SiteE53D7754 /docs/index.html",
		"GET /v1.2/notes":         "cdktypescriptWebOrigin1DC2422BD /v1.2/notes.html",
		"POST /api/users":         "api.example.com /v2/api/users",
		"POST /about":             "403",
		"http://localhost/a?b=c":  "301 https://localhost/a?b=c",
		"https://example.org/":    "403",
		"HEAD /img/a.jpg?w=1":     "images.example.com /img/a.jpg",
		"/render":                 "403 from Render: no permission allows lambda:InvokeFunction on RenderEA451E88 to cloudfront.amazonaws.com: permission 1 would, but its Action is lambda:InvokeFunctionUrl",
		"http://localhost/api/..": "301 https://localhost/api/..",
	})
}

// TestExpectFails: what is printed has to say which request, what became of it and
// why.
func TestExpectFails(t *testing.T) {
	for name, test := range map[string]struct {
		request, want string
		says          []string
		not           string
	}{
		"another origin": {
			"/api/users", "Site /api/users.html",
			[]string{"/api/users: got api.example.com /v2/api/users, want Site /api/users.html\n", "behavior   /api/*, number 1 of 4", "origin     api.example.com: GET https://api.example.com/v2/api/users"},
			"There is no origin",
		},
		"another path": {
			"/about", "Site /about",
			[]string{"/about: got Site /about.html, want Site /about\n", "does not match /api/* /render /img/*", "uri /about → /about.html"},
			"There is no origin",
		},
		"an origin that is not there": {
			"/about", "Sight /about.html",
			[]string{"There is no origin Sight; there are Site, api.example.com, Render, images.example.com.", "/about: got Site /about.html"},
			"",
		},
		"an answer of the edge": {
			"POST /about", "Site /about.html",
			[]string{"POST /about: got 403, want Site /about.html", "the behavior * takes GET, HEAD, not POST"},
			"",
		},
		"an origin instead": {
			"/about", "404",
			[]string{"/about: got Site /about.html, want 404\n"},
			"There is no origin",
		},
		"another location": {
			"http://localhost/a", "301 /a",
			[]string{"got 301 https://localhost/a, want 301 /a\n", "redirects to HTTPS"},
			"There is no origin",
		},
		"refused by the origin": {
			"/render", "Render /render",
			[]string{"got 403 from Render: no permission allows lambda:InvokeFunction", "access     denied: "},
			"",
		},
		"nothing expected": {"/about", "", []string{"/about: got Site /about.html, want \n"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := Open(t, "testdata/foreign/cdk-typescript.template.json")
			r := record(func(t TB) { d.Expect(t, map[string]string{test.request: test.want}) })
			if len(r.errors) != 1 || r.fatal != "" {
				t.Fatalf("got %d errors and %q, want one error", len(r.errors), r.fatal)
			}
			for _, text := range test.says {
				if !strings.Contains(r.errors[0], text) {
					t.Errorf("the message lacks %q:\n%s", text, r.errors[0])
				}
			}
			if test.not != "" && strings.Contains(r.errors[0], test.not) {
				t.Errorf("the message has %q:\n%s", test.not, r.errors[0])
			}
		})
	}
}

// TestExpectAll: every request that turns out otherwise is reported, in order.
func TestExpectAll(t *testing.T) {
	d := Open(t, "testdata/foreign/cdk-typescript.template.json")
	r := record(func(t TB) {
		d.Expect(t, map[string]string{"/b": "404", "/a": "404", "/": "Site /index.html", "POST /c": "404"})
	})
	var reported []string
	for _, text := range r.errors {
		request, _, _ := strings.Cut(text, ": got")
		reported = append(reported, request)
	}
	if got, want := strings.Join(reported, ", "), "/a, /b, POST /c"; got != want {
		t.Errorf("reported are %s, want %s", got, want)
	}
}

func TestExpectMisuse(t *testing.T) {
	d := Open(t, "testdata/foreign/cdk-typescript.template.json")
	two, err := Load("testdata/foreign/two.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer two.Close()
	empty := map[string]any{"Resources": map[string]any{}}
	for name, test := range map[string]struct {
		run  func(t TB)
		says string
	}{
		"no requests":               {func(t TB) { d.Expect(t, nil) }, "cfsim: no requests to check"},
		"a url without slash":       {func(t TB) { d.Expect(t, map[string]string{"about": "404"}) }, `cfsim: the url "about" has to begin with a slash`},
		"another scheme":            {func(t TB) { d.Expect(t, map[string]string{"ftp://a/": "404"}) }, `"ftp"`},
		"a method in small letters": {func(t TB) { d.Expect(t, map[string]string{"get /": "404"}) }, `"get"`},
		"no file":                   {func(t TB) { Open(t, "testdata/none.json") }, "testdata/none.json: no such file or directory"},
		"two distributions":         {func(t TB) { Open(t, "testdata/foreign/two.json") }, "ArchiveDistribution, SiteDistribution"},
		"no distribution":           {func(t TB) { OpenTemplate(t, &empty) }, "AWS::CloudFront::Distribution"},
		"no template":               {func(t TB) { OpenTemplate(t, &map[string]any{}) }, "cfsim: "},
	} {
		t.Run(name, func(t *testing.T) {
			r := record(test.run)
			if !strings.Contains(r.fatal, test.says) || len(r.errors) > 0 {
				t.Errorf("got %q and %q, want %q", r.fatal, r.errors, test.says)
			}
		})
	}
}

// TestExpectAsksNobody: to check requests, no origin is asked.
func TestExpectAsksNobody(t *testing.T) {
	d := OpenTemplate(t, &map[string]any{"Resources": map[string]any{"Web": map[string]any{
		"Type": "AWS::CloudFront::Distribution", "Properties": map[string]any{"DistributionConfig": map[string]any{
			"Enabled":              true,
			"Origins":              []any{map[string]any{"Id": "a", "DomainName": "a.example.com", "CustomOriginConfig": map[string]any{"OriginProtocolPolicy": "https-only"}}},
			"DefaultCacheBehavior": map[string]any{"TargetOriginId": "a", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"},
		}},
	}}})
	if err := d.Attach("a", Handler(refusing{t})); err != nil {
		t.Fatal(err)
	}
	d.Expect(t, map[string]string{"/": "a /", "/x": "a.example.com /x"})
	if n := d.cache.Len(); n != 0 {
		t.Errorf("%d objects are in the cache", n)
	}
}
