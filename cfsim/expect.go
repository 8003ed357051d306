package cfsim

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
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
// A request is a url, after a method if it is not GET. What is expected of it is
//
//	Site /index.html          the origin that is asked, and the path it is asked for
//	404                       the status that the edge answers with
//	308 /files/               the same, with the header Location
//
// An origin is named by its construct path ("Site", "Shop/Site"), its logical id,
// its id in the distribution, or its host if it is not in the template.
func (d *Distribution) Expect(t TB, requests map[string]string) {
	t.Helper()
	if len(requests) == 0 {
		t.Fatalf("cfsim: no requests to check")
	}
	for _, request := range slices.Sorted(maps.Keys(requests)) {
		want := requests[request]
		if trace := d.Explain(requestOf(t, request)); !trace.matches(want) {
			t.Errorf("%s: got %s, want %s\n%s", request, trace.Outcome(), want, d.hint(want)+trace.String())
		}
	}
}

// requestOf reads a url, after a method if it is not GET.
func requestOf(t TB, request string) *http.Request {
	t.Helper()
	method, url, ok := strings.Cut(request, " ")
	if !ok {
		method, url = http.MethodGet, request
	}
	r, err := NewRequest(method, url)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return r
}

func (t *Trace) matches(want string) bool {
	if want == t.Outcome() {
		return true
	}
	name, uri, _ := strings.Cut(want, " ")
	return t.origin != nil && t.Denied == "" && named(t.origin.names, name) && uri == t.URI
}

// hint lists the origins if the one that is expected is none of them.
func (d *Distribution) hint(want string) string {
	name, _, ok := strings.Cut(want, " ")
	if !ok || name == "" || name[0] >= '0' && name[0] <= '9' {
		return ""
	}
	var all []string
	for _, o := range d.origins {
		if slices.Contains(o.names, name) {
			return ""
		}
		all = append(all, o.label)
	}
	return fmt.Sprintf("There is no origin %s; there are %s.\n", name, strings.Join(all, ", "))
}
