package cfsim_test

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing/fstest"
	"time"

	"github.com/cfrouter/cfrouter/cfsim"
)

const template = "testdata/foreign/clean.yaml"

// A test is a table of requests. In one, t is the *testing.T, and what fails is
// reported to it together with an explanation.
func ExampleDistribution_Expect() {
	t := new(printer)
	cfsim.Open(t, template).Expect(t, map[string]string{
		"/":                         "Site /index.html",
		"/docs/intro.html":          "docs.example.net /intro.html",
		"POST /api/users":           "Api /live/api/users",
		"POST /api/reports/latest":  "403",
		"http://www.example.com/a/": "301 https://www.example.com/a/",
	})
	fmt.Println(t.failures, "failures")
	// Output: 0 failures
}

// Headers are on the lines after the url. They are the viewer's, except for those in
// which CloudFront says what it has found out about the viewer, such as the country.
func ExampleDistribution_Expect_headers() {
	t := new(printer)
	cfsim.Open(t, "testdata/foreign/releases.yaml").Expect(t, map[string]string{
		"/cart":                    "Site /cart",
		"/cart\nCookie: beta=on":   "next.example.net /cart",
		"/cart\nCookie: beta=off":  "Site /cart",
		"/cart\nX-Release: next":   "next.example.net /cart",
		"https://example.com/cart": "301 https://www.example.com/cart",
		"/api/users":               "virginia.example.net /api/users",
		"/api/users\nCloudFront-Viewer-Country: DE":                       "frankfurt.example.net /api/users",
		"POST /api/users\nCloudFront-Viewer-Country: CH\nX-Release: next": "frankfurt.example.net /api/users",
	})
	fmt.Println(t.failures, "failures")
	// Output: 0 failures
}

// What is switched by a key-value store can be switched in a test.
func ExampleApp_PutKey() {
	t := new(printer)
	shop := cfsim.Open(t, "testdata/foreign/releases.yaml")
	if err := shop.App().PutKey("Switches", "closed", "since noon"); err != nil {
		t.Fatalf("%v", err)
	}
	shop.Expect(t, map[string]string{"/": "503", "/api/users": "503"})
	fmt.Println(t.failures, "failures")
	// Output: 0 failures
}

// printer is a TB outside of a test.
type printer struct{ failures int }

func (p *printer) Cleanup(func())                    {}
func (p *printer) Helper()                           {}
func (p *printer) Errorf(format string, args ...any) { p.failures++; fmt.Printf(format+"\n", args...) }
func (p *printer) Fatalf(format string, args ...any) { log.Fatalf(format, args...) }

// A trace tells what becomes of a request. It can be printed as a whole or looked
// at in parts.
func ExampleDistribution_Explain() {
	app, err := cfsim.Load(template, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer app.Close()
	d, err := app.Distribution("")
	if err != nil {
		log.Fatal(err)
	}
	r, err := cfsim.NewRequest("GET", "/guide/intro.html?lang=de")
	if err != nil {
		log.Fatal(err)
	}
	trace := d.Explain(r)
	fmt.Println(trace.Outcome())
	fmt.Println("not", trace.Tried, "but", trace.Behavior)
	fmt.Println(trace.Functions[0].Name, trace.Functions[0].Changes)
	fmt.Println(trace.OriginRequest.URL)
	// Output:
	// guide.example.net /intro.html
	// not [/api/reports/latest /api/* /media/* /docs/*] but /guide/*
	// Section [uri /guide/intro.html → /intro.html x-section: guide]
	// https://guide.example.net/intro.html?lang=de
}

// A distribution is an http.Handler. A clock that the test sets shows what is
// cached and for how long.
func ExampleDistribution_ServeHTTP() {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	app, err := cfsim.Load(template, &cfsim.Options{Now: func() time.Time { return now }})
	if err != nil {
		log.Fatal(err)
	}
	defer app.Close()
	d, err := app.Distribution("Web")
	if err != nil {
		log.Fatal(err)
	}
	err = d.Attach("Site", cfsim.Files(fstest.MapFS{"index.html": {Data: []byte("welcome")}}))
	if err != nil {
		log.Fatal(err)
	}
	site := httptest.NewServer(d)
	defer site.Close()
	for _, later := range []time.Duration{0, time.Hour, 24 * time.Hour} {
		now = now.Add(later)
		r, err := http.Get(site.URL)
		if err != nil {
			log.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		fmt.Println(r.StatusCode, string(body), r.Header.Get("X-Cache"), r.Header.Get("Age"), err)
	}
	// Output:
	// 200 welcome Miss from cloudfront  <nil>
	// 200 welcome Hit from cloudfront 3600 <nil>
	// 200 welcome RefreshHit from cloudfront 0 <nil>
}

// A handler that stands in for an origin sees what CloudFront sends it.
func ExampleHandler() {
	app, err := cfsim.Load(template, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer app.Close()
	d := app.Distributions()[0]
	err = d.Attach("/api", cfsim.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, r.Method, r.URL.Path, r.Header.Get("Authorization"))
	})))
	if err != nil {
		log.Fatal(err)
	}
	r := httptest.NewRequest("DELETE", "https://www.example.com/api/users/7", nil)
	r.Header.Set("Authorization", "Bearer t")
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	fmt.Print(w.Code, " ", w.Body)
	// Output: 200 DELETE /live/api/users/7 Bearer t
}

// Check finds what a deployment would, or would not, complain about.
func ExampleApp_Check() {
	app, err := cfsim.Load("testdata/foreign/legacy.yaml", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer app.Close()
	fmt.Println(app.Check()[0])
	// Output: warning: Shop: the path patterns "/catalog/*" and "*.gif" both match /catalog/.gif, which goes to app.example.net by "/catalog/*" as that comes first (overlapping-patterns)
}

// Parameters decide what the template is.
func ExampleLoad() {
	app, err := cfsim.Load("testdata/foreign/legacy.yaml", &cfsim.Options{Parameters: map[string]string{"Stage": "dev"}, Country: "DE"})
	if err != nil {
		log.Fatal(err)
	}
	defer app.Close()
	for _, r := range app.Distributions()[0].Routes() {
		fmt.Printf("%-10s %-16s %s\n", r.Behavior, r.Origin, r.Caching)
	}
	// Output:
	// /catalog/* app.example.net  5 min (0 s to 1 h)
	// /account/* app.example.net  off
	// *.gif      Site             7 days (1 h to 1 year)
	// errors/*   Site             1 day (0 s to 1 year)
	// *          Site             1 min (0 s to 1 year)
}
