package cfsim

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// TB is the part of testing.TB that this package uses.
type TB interface {
	Cleanup(f func())
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Open loads the one distribution in a cloud assembly or a template file for a
// test, and fails the test if that is not possible. It is closed when the test ends.
// Of several options the last are taken.
func Open(t TB, path string, options ...Options) *Distribution {
	t.Helper()
	app, err := Load(path, last(options))
	return open(t, app, err)
}

// OpenTemplate is [Open] for a template as Template.ToJSON of the CDK's assertions
// returns it.
func OpenTemplate(t TB, template *map[string]any, options ...Options) *Distribution {
	t.Helper()
	app, err := FromTemplate(*template, last(options))
	return open(t, app, err)
}

func last(options []Options) *Options {
	if len(options) == 0 {
		return nil
	}
	return &options[len(options)-1]
}

func open(t TB, app *App, err error) *Distribution {
	t.Helper()
	if err != nil {
		t.Fatalf("%v", err)
	}
	t.Cleanup(func() { app.Close() })
	d, err := app.Distribution("")
	if err != nil {
		t.Fatalf("%v", err)
	}
	return d
}

// Expect checks what becomes of requests, and fails the test for each that turns
// out otherwise, with an explanation of what happened to it. No origin is asked.
//
// A request is a url, after a method if it is not GET, and with headers on the lines
// after it, as HTTP has them:
//
//	"/files/a.csv?v=2"
//	"POST https://admin.example.com/users"
//	"/\nCookie: beta=on"
//	"PUT /orders/7\nX-Release: green\nCloudFront-Viewer-Country: DE"
//
// CloudFront-Viewer-Country, and the other headers in which CloudFront says where a
// viewer is and what device it has, stand for what CloudFront finds out: they are
// seen where a policy asks for them.
//
// What is expected of a request is
//
//	"Site /index.html"        the origin that is asked, and the path it is asked for
//	"404"                     the status that the edge answers with
//	"308 /files/"             the same, with the header Location
//
// An origin is named by its construct path ("Site", "Shop/Site"), its logical id,
// its id in the distribution, or its host if it is not in the template.
func (d *Distribution) Expect(t TB, requests map[string]string) {
	t.Helper()
	if len(requests) == 0 {
		t.Fatalf("cfsim: no requests to check")
	}
	for _, request := range slices.Sorted(maps.Keys(requests)) {
		x := d.exchangeOf(t, request)
		x.run()
		if want := requests[request]; !x.trace.matches(want) {
			t.Errorf("%s: got %s, want %s\n%s", asWritten(request), x.trace.Outcome(), want, d.hint(want)+x.trace.String())
		}
	}
}

// exchangeOf begins an exchange for a request that a test writes, in which no origin
// is asked.
func (d *Distribution) exchangeOf(t TB, request string) *exchange {
	t.Helper()
	r, about, err := readRequest(request)
	if err != nil {
		t.Fatalf("%v", err)
	}
	x := d.newExchange(r, true)
	x.about = about
	return x
}

// asWritten is a request as it stands in the test, where it can be searched for.
func asWritten(request string) string {
	if strings.Contains(request, "\n") {
		return strconv.Quote(request)
	}
	return request
}

func (t *Trace) matches(want string) bool {
	if want == t.Outcome() {
		return true
	}
	name, uri, _ := strings.Cut(want, " ")
	return t.origin != nil && t.Denied == "" && named(t.origin.names, name) && uri == t.URI
}

var statusCode = regexp.MustCompile(`^[1-5][0-9][0-9]$`)

// hint helps where no request could turn out as it is expected to.
func (d *Distribution) hint(want string) string {
	name, path, _ := strings.Cut(want, " ")
	labels := d.labels(func(*origin) bool { return true })
	switch {
	case statusCode.MatchString(name):
		return ""
	case name == "" || !strings.HasPrefix(path, "/"):
		return fmt.Sprintf("%q cannot be expected: write an origin and a path (%q), a status (%q), or a status and a location (%q). There are the origins %s.\n",
			want, append(labels, "Site")[0]+" /index.html", "404", "308 /files/", strings.Join(labels, ", "))
	case strings.Contains(path, "?"):
		return fmt.Sprintf("%q cannot be expected: an origin is asked for a path, and the query string is not compared: write %q.\n",
			want, name+" "+path[:strings.Index(path, "?")])
	}
	if slices.ContainsFunc(d.origins, func(o *origin) bool { return named(o.names, name) }) {
		return ""
	}
	return fmt.Sprintf("There is no origin %s; there are %s.\n", name, strings.Join(labels, ", "))
}
