package cfsim

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim/internal/policy"
)

// NewRequest returns a request for [Distribution.Explain] and [Distribution.Do].
// The url is a path, such as "/files/a.csv?v=2", or begins with a scheme and a
// host. It keeps its spelling: "/a/../b", "//a" and "/%61" are sent as they are.
func NewRequest(method, rawURL string) (*http.Request, error) {
	r := &http.Request{
		Method: method, URL: &url.URL{Scheme: "https"}, Header: http.Header{}, RequestURI: rawURL,
		Proto: "HTTP/2.0", ProtoMajor: 2, Body: http.NoBody,
	}
	if scheme, rest, ok := strings.Cut(rawURL, "://"); ok && !strings.Contains(scheme, "/") {
		if scheme != "http" && scheme != "https" {
			return nil, fmt.Errorf("cfsim: the url %q has the scheme %q; CloudFront is asked by http or https", rawURL, scheme)
		}
		slash := strings.IndexAny(rest+"/", "/?")
		if slash == 0 {
			return nil, fmt.Errorf("cfsim: the url %q has no host", rawURL)
		}
		r.URL.Scheme, r.Host, r.RequestURI = scheme, rest[:slash], rest[slash:]
		if !strings.HasPrefix(r.RequestURI, "/") {
			r.RequestURI = "/" + r.RequestURI
		}
	}
	switch {
	case !strings.HasPrefix(r.RequestURI, "/"):
		return nil, fmt.Errorf("cfsim: the url %q has to begin with a slash, or with https:// and a host", rawURL)
	case strings.ContainsFunc(r.RequestURI, func(c rune) bool { return c <= ' ' || c == 0x7f || c == '#' }):
		return nil, fmt.Errorf("cfsim: the url %q has a space, a control character or a # in it, which no client sends: write %%20, %%00 or %%23", rawURL)
	case strings.Trim(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "" || method == "":
		return nil, fmt.Errorf("cfsim: the method %q is not one word in upper case, like GET", method)
	}
	path, query, _ := strings.Cut(r.RequestURI, "?")
	r.URL.Host, r.URL.Path, r.URL.RawQuery = r.Host, path, query
	return r, nil
}

// headerAfterURL is a header on the line of the url. There it would look well, but
// nothing could tell where it ends and the next one begins.
var headerAfterURL = regexp.MustCompile(`^(.*?)[ \t]+([A-Za-z][A-Za-z0-9-]*:[ \t].*)$`)

// readRequest reads what [Distribution.Expect] takes: a url, after a method if it is
// not GET, and headers on the lines after it. Those in which CloudFront describes a
// viewer are returned by themselves.
func readRequest(text string) (r *http.Request, about http.Header, err error) {
	first, rest, more := strings.Cut(text, "\n")
	if m := headerAfterURL.FindStringSubmatch(first); m != nil {
		return nil, nil, fmt.Errorf("cfsim: the request %q has a header on the line of its url: write %q", text, m[1]+"\n"+m[2])
	}
	method, url, ok := strings.Cut(first, " ")
	if !ok {
		method, url = http.MethodGet, first
	}
	r, err = NewRequest(method, url)
	if err != nil || !more {
		return r, nil, err
	}
	about = http.Header{}
	for line := range strings.SplitSeq(rest, "\n") {
		if err := addHeader(r, about, line); err != nil {
			return nil, nil, fmt.Errorf("cfsim: the request %q: %w", text, err)
		}
	}
	return r, about, nil
}

// validHeader is the grammar of RFC 9110, section 5, with white space around it.
var validHeader = regexp.MustCompile("^[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*?)[ \t]*$")

// addHeader adds a header of the viewer's to a request, or one of CloudFront's to
// those about the viewer. As no viewer can send these, they can mean nothing else.
func addHeader(r *http.Request, about http.Header, line string) error {
	m := validHeader.FindStringSubmatch(line)
	if m == nil {
		return fmt.Errorf("the line %q is no header: write its name and its value, such as %q", line, "Cookie: beta=on")
	}
	name, value := http.CanonicalHeaderKey(m[1]), m[2]
	switch {
	case name == "Host":
		return fmt.Errorf("the host is part of the url: write %q for the header %q", r.URL.Scheme+"://"+value+r.RequestURI, line)
	case !strings.HasPrefix(name, ownHeader):
		r.Header.Add(name, value)
		return nil
	case !policy.DescribesViewer(name) || slices.Contains(toldByRequest, name):
		return fmt.Errorf("%q is none of the headers in which CloudFront says where a viewer is and what device it has: write one such as %q", m[1], "CloudFront-Viewer-Country: DE")
	case name == viewerCountry && !validCountry(value):
		return noCountry(value)
	}
	about.Set(name, value)
	return nil
}

// toldByRequest are headers about the viewer that follow from the request itself.
var toldByRequest = []string{ownHeader + "Forwarded-Proto", ownHeader + "Viewer-Address", ownHeader + "Viewer-Http-Version"}
