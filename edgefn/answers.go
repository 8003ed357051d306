package edgefn

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// redirects are the statuses that send a browser to another place. The last two
// make it repeat the request as it was, with its method and body.
var redirects = []int{301, 302, 307, 308}

// js is an expression over uri, what is left of the path, and request, whose value
// is the response, given the expressions for the parts of the location. Nobody keeps
// it unless its headers say so: an answer of the edge costs no origin anything, and
// browsers would keep a redirect with 301 or 308 for good, beyond the reach of a
// later deployment. A body of no stated type is plain text, or browsers would guess.
func (r Response) js(part func(i int) string) string {
	headers := map[string]string{"cache-control": quote("no-store")}
	if r.Body != "" {
		headers["content-type"] = quote("text/plain; charset=utf-8")
	}
	for name, value := range r.Headers {
		headers[name] = quote(value)
	}
	if r.Location != "" {
		headers["location"] = r.location(part)
	}
	fields := make([]string, 0, len(headers))
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		fields = append(fields, fmt.Sprintf("%s: { value: %s }", quote(name), headers[name]))
	}
	body := ""
	if r.Body != "" {
		body = ", body: " + quote(r.Body)
	}
	return fmt.Sprintf("{ statusCode: %d, headers: { %s }%s }", r.Status, strings.Join(fields, ", "), body)
}

// parts are what the location is made of besides what is kept of the request: what
// it begins with, which is all of it if nothing is kept; what follows the path that
// is kept; and what follows the query string that is.
func (r Response) parts() [3]string {
	var parts [3]string
	begins := r.Location
	if at := strings.IndexByte(begins, '#'); at >= 0 && r.KeepQuery {
		begins, parts[2] = begins[:at], begins[at:]
	}
	if at := strings.IndexAny(begins, "?#"); at >= 0 && r.KeepPath {
		begins, parts[1] = begins[:at], begins[at:]
	}
	if r.KeepPath {
		begins = strings.TrimSuffix(begins, "/")
	}
	parts[0] = begins
	return parts
}

// literal is the expression for a part as it is.
func (r Response) literal(i int) string { return quote(r.parts()[i]) }

// location is the expression for where a redirect leads, given those for the parts.
// What is appended to a path begins with a slash that no other follows, so it
// changes no host.
func (r Response) location(part func(i int) string) string {
	parts := r.parts()
	var pieces []string
	add := func(i int) {
		if parts[i] != "" {
			pieces = append(pieces, part(i))
		}
	}
	target, _, _ := strings.Cut(r.Location, "#")
	path, _, hasQuery := strings.Cut(target, "?")
	add(0)
	switch {
	case r.KeepPath && strings.HasSuffix(path, "/"):
		pieces = append(pieces, `(onSite(uri) || "/")`)
	case r.KeepPath:
		pieces = append(pieces, "onSite(uri)")
	}
	add(1)
	switch {
	case r.KeepQuery && hasQuery:
		pieces = append(pieces, `asked(request, "&")`)
	case r.KeepQuery:
		pieces = append(pieces, `asked(request, "?")`)
	}
	add(2)
	return strings.Join(pieces, " + ")
}

// Check returns what CloudFront or a browser would not take of a response. The
// names of its headers are in lower case.
func (r Response) Check() error {
	problems := []error{r.checkStatus()}
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		problems = append(problems, checkHeader(name, r.Headers[name]))
	}
	if r.Location != "" {
		problems = append(problems, checkLocation(r.Location))
	}
	return errors.Join(append(problems, r.checkBody())...)
}

func (r Response) checkStatus() error {
	isRedirect := slices.Contains(redirects, r.Status)
	switch {
	case r.Status < 200 || r.Status > 599:
		return fmt.Errorf("status %d is none that a response can have: write one from 200 to 599", r.Status)
	case r.Location != "" && !isRedirect:
		return fmt.Errorf("status %d does not redirect to %q: write 301 or 308 for what has moved for good, 302 or 307 for the time being", r.Status, r.Location)
	case r.Location == "" && (isRedirect || r.Status == 303):
		return fmt.Errorf("status %d is a redirect without a location: say where it leads, or write another status", r.Status)
	case r.Location == "" && (r.KeepPath || r.KeepQuery):
		return errors.New("the path and the query string are kept by redirects only: say where this one leads")
	case r.Body != "" && (r.Status == 204 || r.Status == 205 || r.Status == 304):
		return fmt.Errorf("a response of status %d has no body, found one of %d bytes: write status 200, or no body", r.Status, len(r.Body))
	}
	return nil
}

// notSet are headers that are CloudFront's or have a place of their own, by what
// to do instead. CloudFront lists the ones it refuses as read-only at viewer
// request; whether that holds for the response made there is unstated.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-read-only-headers)
var notSet = map[string]string{
	"cdn-loop":          "leave it out",
	"content-length":    "leave it out, since CloudFront counts the body",
	"host":              "leave it out, since it is a header of requests",
	"transfer-encoding": "leave it out",
	"via":               "leave it out",
	"warning":           "leave it out",
	"location":          "give the location of a redirect as such",
	"set-cookie":        "set cookies in code of your own, which has response.cookies",
}

func checkHeader(name, value string) error {
	remedy := notSet[name]
	switch {
	case !headerName.MatchString(name):
		return fmt.Errorf("header %q has a name that is none: write letters, digits and hyphens, in lower case", name)
	case isDisallowed(name):
		return fmt.Errorf("header %q is one that no function may set, CloudFront would answer 502: leave it out", name)
	case remedy != "":
		return fmt.Errorf("header %q cannot be set in a response of the edge: %s", name, remedy)
	case hasControl(value):
		return fmt.Errorf("header %q has the value %q with a line break or a control character in it: write it in one line", name, value)
	}
	return nil
}

// host is the grammar of a host and a port in a location.
var host = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$`)

// checkLocation takes what every browser reads the same way.
func checkLocation(location string) error {
	problem := func(reason, remedy string) error {
		return fmt.Errorf("location %q %s: %s", location, reason, remedy)
	}
	u, err := url.Parse(location)
	if err == nil && u.User != nil {
		return fmt.Errorf("location %q holds a user name: write the host alone", u.Redacted())
	}
	if i := strings.IndexFunc(location, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' }); i >= 0 {
		r, _ := utf8.DecodeRuneInString(location[i:])
		return problem(fmt.Sprintf("holds %q", r), fmt.Sprintf("write %s", url.PathEscape(string(r))))
	}
	switch {
	case strings.HasPrefix(location, "//"):
		return problem("begins with two slashes, which is another host", `write "https:`+location+`", or one slash for a path`)
	case err != nil:
		return problem("is no url", `write a path, such as "/new", or a url, such as "https://www.example.com/new"`)
	case strings.HasPrefix(location, "/"):
		return nil
	case u.Scheme == "":
		return problem("is relative", fmt.Sprintf("write %q for a path, or %q for another host", "/"+location, "https://"+location))
	case u.Scheme != "https" && u.Scheme != "http":
		return problem("is of the scheme "+u.Scheme, "write one that begins with https:// or http://")
	case !host.MatchString(u.Host):
		return problem("has no host that can be asked", `write one such as "https://www.example.com/new"`)
	}
	return nil
}

// checkBody holds a body against what is left of a function that does nothing
// but send it.
func (r Response) checkBody() error {
	if r.Body == "" {
		return nil
	}
	if !utf8.ValidString(r.Body) {
		return fmt.Errorf("the body of %d bytes, which begins with %.20q, is no text in UTF-8: serve it from a bucket", len(r.Body), r.Body)
	}
	program, err := Compose(Table{Routes: []Route{{Path: "/", Answer: &r}}})
	if err != nil {
		return err
	}
	if size := len(program.Request); size > MaxBytes {
		return fmt.Errorf("the body of %d bytes, which begins with %.20q, makes a function of %d bytes, more than the %d that CloudFront takes: serve it from a bucket",
			len(r.Body), r.Body, size, MaxBytes)
	}
	return nil
}
