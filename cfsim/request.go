package cfsim

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
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
