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
		"with headers": {
			"HEAD /about\nCookie: beta=on\nX-A: b", "404",
			[]string{`"HEAD /about\nCookie: beta=on\nX-A: b": got Site /about.html, want 404` + "\n"},
			"There is no origin",
		},
		"nothing":         {"/about", "", []string{"/about: got Site /about.html, want \n", `"" cannot be expected: write an origin and a path ("Site /index.html"), a status ("404"), or`}, "There is no origin"},
		"an origin only":  {"/about", "Site", []string{`"Site" cannot be expected: `, `("308 /files/"). There are the origins Site, api.example.com, Render, images.example.com.` + "\n"}, "There is no origin"},
		"no path":         {"/about", "Site about.html", []string{`"Site about.html" cannot be expected: write an origin and a path`}, "There is no origin"},
		"no status":       {"/about", "4040", []string{`"4040" cannot be expected`}, "There is no origin"},
		"no space":        {"/about", "308/files/", []string{`"308/files/" cannot be expected`}, "There is no origin"},
		"a query string":  {"/about?a=b", "Site /about.html?a=b", []string{`the query string is not compared: write "Site /about.html".`}, "There is no origin"},
		"other locations": {"/about", "308 about", []string{"/about: got Site /about.html, want 308 about\nGET "}, ""},
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
	expect := func(request string) func(TB) {
		return func(t TB) { d.Expect(t, map[string]string{request: "404"}) }
	}
	for name, test := range map[string]struct {
		run  func(t TB)
		says string
	}{
		"no requests":               {func(t TB) { d.Expect(t, nil) }, "cfsim: no requests to check"},
		"a url without slash":       {func(t TB) { d.Expect(t, map[string]string{"about": "404"}) }, `cfsim: the url "about" has to begin with a slash`},
		"another scheme":            {func(t TB) { d.Expect(t, map[string]string{"ftp://a/": "404"}) }, `"ftp"`},
		"a header after the url":    {expect("/about Cookie: a=b"), `the request "/about Cookie: a=b" has a header on the line of its url: write "/about\nCookie: a=b"`},
		"one after both":            {expect("POST /about\tX-A: b c\nX-B: d"), `write "POST /about\nX-A: b c"`},
		"no colon":                  {expect("/\nCookie"), `cfsim: the request "/\nCookie": the line "Cookie" is no header: write its name and its value, such as "Cookie: beta=on"`},
		"no name":                   {expect("/\n: b"), `the line ": b" is no header`},
		"a name of two words":       {expect("/\nX Y: b"), `the line "X Y: b" is no header`},
		"an empty line":             {expect("/\nX-A: b\n"), `the line "" is no header`},
		"a control character":       {expect("/\nX-A: b\x00"), `the line "X-A: b\x00" is no header`},
		"the host as a header":      {expect("http://a.example/b?c\nhost: d.example"), `the host is part of the url: write "http://d.example/b?c" for the header "host: d.example"`},
		"no country":                {expect("/\nCloudFront-Viewer-Country: de"), `cfsim: the request "/\nCloudFront-Viewer-Country: de": there is no country "de": write the two capital letters of its code, such as DE`},
		"a long country":            {expect("/\nCloudFront-Viewer-Country: DEU"), `there is no country "DEU"`},
		"digits":                    {expect("/\nCloudFront-Viewer-Country: 49"), `there is no country "49"`},
		"a misspelled header":       {expect("/\ncloudfront-viewer-contry: DE"), `"cloudfront-viewer-contry" is none of the headers in which CloudFront says where a viewer is and what device it has: write one such as "CloudFront-Viewer-Country: DE"`},
		"the protocol as a header":  {expect("/\nCloudFront-Forwarded-Proto: http"), `"CloudFront-Forwarded-Proto" is none of the headers`},
		"a method in small letters": {func(t TB) { d.Expect(t, map[string]string{"get /": "404"}) }, `"get"`},
		"a wrong header in Smoke":   {func(t TB) { d.Smoke(t, "/", "/\nCookie") }, `the line "Cookie" is no header`},
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

// TestExpectHeaders: those of the viewer arrive as they are, and those in which
// CloudFront describes the viewer where a policy asks for them.
func TestExpectHeaders(t *testing.T) {
	const code = `function handler(event) {
  var headers = event.request.headers, cookies = event.request.cookies, seen = '';
  for (var name in headers) {
    if (name !== 'host') { seen += ' ' + name + '=' + (headers[name].multiValue ? headers[name].multiValue.length : headers[name].value); }
  }
  for (var name in cookies) { seen += ' ' + name + '=' + cookies[name].value; }
  return {statusCode: 302, headers: {location: {value: event.request.uri + seen}}};
}`
	const policy = `
  Viewer: {Type: AWS::CloudFront::OriginRequestPolicy, Properties: {OriginRequestPolicyConfig: {Name: v, CookiesConfig: {CookieBehavior: none}, QueryStringsConfig: {QueryStringBehavior: none},
    HeadersConfig: {HeaderBehavior: whitelist, Headers: [CloudFront-Viewer-Country, CloudFront-Viewer-City, CloudFront-Viewer-JA4-Fingerprint]}}}}`
	d := loaded(t, web(behaviors(
		"/told {OriginRequestPolicyId: !Ref Viewer, FunctionAssociations: [{EventType: viewer-request, FunctionARN: !GetAtt Edge.FunctionARN}]}",
		"/plain {FunctionAssociations: [{EventType: viewer-request, FunctionARN: !GetAtt Edge.FunctionARN}]}",
	), function("Edge", code)+policy), &Options{Country: "FR"}).Distributions()[0]
	d.Expect(t, map[string]string{
		"/plain":                                "302 /plain",
		"/plain\nCloudFront-Viewer-Country: DE": "302 /plain",
		"/told":                                 "302 /told cloudfront-viewer-country=FR",
		"/told\nCloudFront-Viewer-Country: DE":  "302 /told cloudfront-viewer-country=DE",
		"/told\ncloudfront-viewer-city: Bad%20Ems\nCloudFront-Viewer-Country:DE":    "302 /told cloudfront-viewer-city=Bad%20Ems cloudfront-viewer-country=DE",
		"/told\nCloudFront-Viewer-JA4-Fingerprint: t13d":                            "302 /told cloudfront-viewer-country=FR cloudfront-viewer-ja4-fingerprint=t13d",
		"/plain\nAccept-Language:  de, en;q=0.5 ":                                   "302 /plain accept-language=de, en;q=0.5",
		"/plain\n\tX-A: 1\n\tX-B:\n\tX-A: a: b":                                     "302 /plain x-a=2 x-b=",
		"HEAD http://d111111abcdef8.cloudfront.net/plain\nCookie: a=b; c=d\nX-A: b": "302 /plain x-a=b a=b c=d",
	})
	r := record(func(t TB) { d.Expect(t, map[string]string{"/plain\nCloudFront-Viewer-Country: DE": "404"}) })
	if text := strings.Join(r.errors, ""); !strings.Contains(text, "cloudfront-viewer-country is not added: no policy of the behavior asks for it") {
		t.Errorf("it is not said why the function does not know the country:\n%s", text)
	}
	if got := explain(t, d, "GET", "/told", "CloudFront-Viewer-Country: DE"); got.Header.Get("Location") != "/told cloudfront-viewer-country=FR" || !strings.Contains(got.String(), "cloudfront-viewer-country is dropped: CloudFront alone writes it") {
		t.Errorf("a viewer that sends a country itself is believed, or nothing is said:\n%s", got)
	}
}

// TestExpectCountries: a geographic restriction applies to the country of a request.
func TestExpectCountries(t *testing.T) {
	Open(t, "testdata/foreign/legacy.yaml", Options{Country: "US"}).Expect(t, map[string]string{
		"/page.html": "403",
		"/page.html\nCloudFront-Viewer-Country: FR": "Site /page.html",
		"/page.html\nCloudFront-Viewer-Country: CA": "403",
	})
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
