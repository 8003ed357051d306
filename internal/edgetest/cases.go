package edgetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

// A Group is one router: its routes, and what must become of requests.
type Group struct {
	Name     string
	Routes   []Route
	Requests []Case
}

// A Route is a pattern and its target, written "kind:Name".
type Route struct {
	Pattern, Target string
	Options         RouteOptions
}

// RouteOptions are a route's options; nil is the default.
type RouteOptions struct {
	StripPrefix, Exact *bool
}

// A Case is a request and what it expects: Status of the edge's own response, or
// Target and URI of what the origin is asked for.
type Case struct {
	Method, URL string

	// Raw marks a url with something to normalise in it, which is to be sent
	// as it stands.
	Raw bool

	Status      int
	Target, URI string
	Behavior    string             // any if it is empty
	Headers     map[string]*string // by lower-case name; nil is a header that must not be there
}

// Cases reads groups of routing cases from a JSON file. A field it does not
// know is an error, since an expectation that is not read is not checked.
func Cases(path string) ([]Group, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var file struct{ Groups []Group }
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("edgetest: %s: %w", path, err)
	}
	if len(file.Groups) == 0 {
		return nil, fmt.Errorf("edgetest: %s has no groups", path)
	}
	for _, group := range file.Groups {
		if len(group.Requests) == 0 {
			return nil, fmt.Errorf("edgetest: %s: group %q has no requests", path, group.Name)
		}
		for i, c := range group.Requests {
			group.Requests[i].Headers = lowerNames(c.Headers)
			if (c.Status == 0) == (c.Target == "") || !strings.HasPrefix(c.URL, "/") {
				return nil, fmt.Errorf("edgetest: %s: group %s: %q needs a url that begins with a slash, and either a status or a target", path, group.Name, c.URL)
			}
		}
	}
	return file.Groups, nil
}

func lowerNames(headers map[string]*string) map[string]*string {
	lower := map[string]*string{}
	for name, value := range headers {
		lower[strings.ToLower(name)] = value
	}
	return lower
}

// Check sends the requests of a group to the distribution made of its routes,
// on every engine and in every form, and fails the test for each answer that
// is not the expected one. origin returns the [Answer.Origin] of a target.
//
// In a form that hides from the function how a url was spelled, the function
// cannot answer as a case demands of that spelling. There a url may be answered
// as its normal form is, but it may not reach another target that way.
func (g Group) Check(t testing.TB, d *Distribution, origin func(target string) string) {
	t.Helper()
	for _, engine := range Engines(t) {
		c := checker{t, g, d, engine, origin}
		c.run()
	}
}

type checker struct {
	t      testing.TB
	group  Group
	d      *Distribution
	engine Engine
	origin func(target string) string
}

func (c checker) run() {
	c.t.Helper()
	var requests []Request
	for _, want := range c.group.Requests {
		for _, form := range Forms() {
			requests = append(requests, Request{Method: want.Method, URL: want.URL, Form: form})
		}
	}
	for i, got := range c.do(requests...) {
		want, r := c.group.Requests[i/len(Forms())], requests[i]
		problem := c.compare(want, got)
		if problem != "" && r.Form.seen(r.path()) != r.path() {
			problem = c.compareNormalised(want, r, got)
		}
		if problem != "" {
			c.t.Errorf("%s: %s, %v: %s %s: %s\n got %s\nwant %s",
				c.group.Name, c.engine.Name(), r.Form, r.method(), r.URL, problem, got, c.describe(want))
		}
	}
}

func (c checker) do(requests ...Request) []Answer {
	c.t.Helper()
	answers, err := c.d.Do(c.engine, requests...)
	if err != nil {
		c.t.Fatalf("%s: %s: %v", c.group.Name, c.engine.Name(), err)
	}
	return answers
}

// compare says what is wrong with an answer, "" for nothing.
func (c checker) compare(want Case, got Answer) string {
	switch {
	case got.Status != want.Status:
		return fmt.Sprintf("the status is %d, want %d", got.Status, want.Status)
	case want.Target != "" && got.Origin != c.origin(want.Target):
		return fmt.Sprintf("the origin is %s, want %s", got.Origin, c.origin(want.Target))
	case want.URI != "" && got.URI != want.URI:
		return fmt.Sprintf("the uri is %s, want %s", got.URI, want.URI)
	case want.Behavior != "" && got.Behavior != want.Behavior:
		return fmt.Sprintf("the behavior is %s, want %s", got.Behavior, want.Behavior)
	}
	for name, value := range want.Headers {
		has, ok := got.Headers[name]
		switch {
		case value == nil && ok:
			return fmt.Sprintf("there is a header %s: %s", name, has)
		case value != nil && (!ok || has != *value):
			return fmt.Sprintf("the header %s is %q, want %q", name, has, *value)
		}
	}
	return ""
}

// compareNormalised says what is wrong with an answer to a url of which the
// function saw a normal form only.
func (c checker) compareNormalised(want Case, r Request, got Answer) string {
	c.t.Helper()
	_, query, hasQuery := strings.Cut(r.URL, "?")
	plain := Request{Method: r.Method, URL: Normalise(r.path(), true)}
	if hasQuery {
		plain.URL += "?" + query
	}
	// A redirect goes to the place that must have answered instead, whatever
	// this package takes to be the normal form.
	if location := want.Headers["location"]; location != nil && strings.HasPrefix(*location, "/") {
		plain.URL = *location
	}
	as := c.do(plain)[0]
	switch {
	case want.Target != "" && got.Origin != c.origin(want.Target):
		return fmt.Sprintf("the origin is %s, want %s", got.Origin, c.origin(want.Target))
	case got.Status != as.Status || got.Origin != as.Origin || got.Headers["location"] != as.Headers["location"],
		Normalise(got.URI, true) != Normalise(as.URI, true):
		return fmt.Sprintf("the answer is neither its own nor that of %s, which is %s", plain.URL, as)
	}
	return ""
}

// describe writes what a case expects as String writes an answer.
func (c checker) describe(want Case) string {
	headers := map[string]string{}
	for name, value := range want.Headers {
		if headers[name] = "(absent)"; value != nil {
			headers[name] = *value
		}
	}
	a := Answer{Behavior: want.Behavior, Status: want.Status, URI: want.URI, Headers: headers}
	if want.Target != "" {
		a.Origin = c.origin(want.Target)
	}
	return a.String()
}

// String describes an answer in a line.
func (a Answer) String() string {
	what := fmt.Sprintf("%s %s", a.Origin, a.URI)
	if a.Status != 0 {
		what = fmt.Sprint(a.Status)
	}
	if a.Err != nil {
		what += fmt.Sprintf(" (%v)", a.Err)
	}
	return fmt.Sprintf("%s, by behavior %q, headers %v", what, a.Behavior, a.Headers)
}
