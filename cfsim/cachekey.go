package cfsim

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim/internal/compress"
	"github.com/cfrouter/cfrouter/cfsim/internal/policy"
	"github.com/cfrouter/cfrouter/cfsim/internal/signed"
)

// cacheKey is the key under which an answer is kept: the uri as the edge function
// left it, and what the cache policy names. That the behavior or the origin were
// part of it, no page of AWS says; they are not here, so that two routes that
// could serve each other's objects do so before they are deployed.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-the-cache-key.html)
func (x *exchange) cacheKey() string {
	c := x.behavior.cache
	var b strings.Builder
	if x.viewer.Method == http.MethodOptions {
		b.WriteString("OPTIONS ") // kept apart from GET and HEAD
	}
	b.WriteString(x.keyPath())
	for _, name := range slices.Sorted(maps.Keys(x.header)) {
		if name != "Cookie" && c.Headers.Has(name) {
			fmt.Fprintf(&b, "\nheader %s: %s", strings.ToLower(name), strings.Join(x.header[name], ", "))
		}
	}
	if c.Headers.Has("Host") {
		fmt.Fprintf(&b, "\nheader host: %s", x.host)
	}
	for _, cookie := range slices.Sorted(slices.Values(selectCookies(x.header, c.Cookies))) {
		if name, _, _ := strings.Cut(cookie, "="); signed.IsCookie(name) {
			continue
		}
		fmt.Fprintf(&b, "\ncookie %s", cookie)
	}
	if encoding := compress.NormalizeAcceptEncoding(x.header.Get("Accept-Encoding"), c.Gzip, c.Brotli); encoding != "" {
		fmt.Fprintf(&b, "\naccept-encoding: %s", encoding)
	}
	return b.String()
}

// keyPath is the path of an object with what is in its key of the query string,
// which is what invalidations name.
func (x *exchange) keyPath() string {
	query := selectQuery(x.query, x.behavior.cache.Queries)
	return withQuery(x.uri, query, query != "")
}

// selectQuery keeps the parameters that are selected, in the order and the
// spelling in which they came.
func selectQuery(query string, s policy.Selection) string {
	if s.Mode == policy.All {
		return query
	}
	var kept []string
	for parameter := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(parameter, "=")
		if parameter != "" && s.Has(name) {
			kept = append(kept, parameter)
		}
	}
	return strings.Join(kept, "&")
}

// selectCookies keeps the cookies that are selected, each as "name=value".
func selectCookies(header http.Header, s policy.Selection) []string {
	var kept []string
	for _, line := range header["Cookie"] {
		for cookie := range strings.SplitSeq(line, ";") {
			cookie = strings.TrimSpace(cookie)
			name, _, _ := strings.Cut(cookie, "=")
			if cookie != "" && s.Has(name) {
				kept = append(kept, cookie)
			}
		}
	}
	return kept
}
