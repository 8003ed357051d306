package cfsim

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim/internal/compress"
	"github.com/cfrouter/cfrouter/cfsim/internal/policy"
)

// originRequest is what an origin is sent for the exchange.
//
// Of the viewer's headers it has those that are in the cache key or that the
// origin request policy selects. Content-Type, with a body, and what ranges and
// conditional requests need are sent always. CloudFront's documentation lists
// them without saying whether a policy has to name them; without them no upload
// and no partial download could work.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-origin-requests.html)
func (x *exchange) originRequest(o *origin) *OriginRequest {
	header := http.Header{}
	for name, values := range x.header {
		if x.forwardsHeader(name) {
			header[name] = slices.Clone(values)
		}
	}
	if cookies := x.forwardedCookies(); len(cookies) > 0 {
		header.Set("Cookie", strings.Join(cookies, "; "))
	}
	if !x.forwards("User-Agent") || header.Get("User-Agent") == "" {
		header.Set("User-Agent", "Amazon CloudFront")
	}
	if encoding := x.acceptEncoding(); encoding != "" {
		header.Set("Accept-Encoding", encoding)
	}
	header.Set("X-Forwarded-For", strings.Join(append(x.header["X-Forwarded-For"], x.viewerIP()), ", "))
	header.Add("Via", x.viewer.Proto[min(5, len(x.viewer.Proto)):]+" "+viaName)
	header.Set("X-Amz-Cf-Id", x.id)
	scheme := o.scheme(x.scheme)
	r := &OriginRequest{Method: x.viewer.Method, Host: o.host(scheme), Header: header}
	if x.forwards("Host") && !o.isS3() {
		r.Host = x.host
	}
	if o.hostHeader != "" {
		r.Host = o.hostHeader
	}
	if o.access.replaces(header) {
		header.Del("Authorization")
	}
	r.address(o, x.scheme, x.uri, x.forwardedQuery())
	return r
}

// address sets what an origin is asked for.
func (r *OriginRequest) address(o *origin, viewerScheme, uri, query string) {
	r.scheme = o.scheme(viewerScheme)
	r.domain, r.target = o.host(r.scheme), withQuery(o.OriginPath+uri, query, query != "")
	r.URL = r.scheme + "://" + r.domain + r.target
}

// path is what the origin is asked for, without the query string.
func (r *OriginRequest) path() string {
	path, _, _ := strings.Cut(r.target, "?")
	return path
}

// addCustomHeaders adds the headers that the distribution has for an origin. They
// overwrite what the viewer sent under their names.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html)
func (o *origin) addCustomHeaders(r *OriginRequest) {
	for _, h := range o.OriginCustomHeaders {
		r.Header.Set(h.HeaderName, h.HeaderValue)
	}
}

// viaName stands for a name that CloudFront makes up.
const viaName = "simulated.cloudfront.net (CloudFront)"

// always are headers that are sent on whatever the policies say.
var always = []string{
	"Content-Type", "Content-Encoding", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Range",
	"X-Amz-Content-Sha256",
}

// never are headers that CloudFront keeps, or sets by itself.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#request-custom-headers-behavior)
var never = []string{
	"Accept-Encoding", "Connection", "Content-Length", "Cookie", "Expect", "Host",
	"Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding",
	"Upgrade", "X-Amz-Cf-Id", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-Ip",
}

func (x *exchange) forwardsHeader(name string) bool {
	switch {
	case slices.Contains(never, name), strings.HasPrefix(name, "X-Edge-"):
		return false
	case slices.Contains(always, name):
		return true
	case name == "Authorization":
		return x.forwardsAuthorization()
	}
	return x.forwards(name)
}

func (x *exchange) forwards(name string) bool {
	b := x.behavior
	return b.cache.Headers.Has(name) || b.request != nil && b.request.Headers.Has(name)
}

// forwardsAuthorization: the header is removed unless it is in the cache key or
// all viewer headers are sent on. A behavior with the legacy settings removes it
// of methods that may be cached only.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html#add-origin-custom-headers-forward-authorization)
func (x *exchange) forwardsAuthorization() bool {
	b := x.behavior
	if b.cache.Headers.Has("Authorization") {
		return true
	}
	if b.cache.Legacy && b.request.Headers.Mode != policy.AllViewer {
		return !slices.Contains(b.CachedMethods, x.viewer.Method)
	}
	return b.request != nil && b.request.Headers.Mode != policy.Whitelist && b.request.Headers.Has("Authorization")
}

// forwardedCookies are sorted by name, without those whose names begin with a
// dollar sign.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Cookies.html)
func (x *exchange) forwardedCookies() []string {
	cookies := selectCookies(x.header, x.behavior.cache.Cookies)
	if x.behavior.request != nil {
		for _, c := range selectCookies(x.header, x.behavior.request.Cookies) {
			if !slices.Contains(cookies, c) {
				cookies = append(cookies, c)
			}
		}
	}
	slices.SortStableFunc(cookies, func(a, b string) int { return strings.Compare(nameOf(a), nameOf(b)) })
	return slices.DeleteFunc(cookies, func(c string) bool { return c[0] == '$' })
}

func nameOf(cookie string) string {
	name, _, _ := strings.Cut(cookie, "=")
	return name
}

func (x *exchange) forwardedQuery() string {
	queries := x.behavior.cache.Queries
	if x.behavior.request == nil {
		return selectQuery(x.query, queries)
	}
	var kept []string
	for parameter := range strings.SplitSeq(x.query, "&") {
		name, _, _ := strings.Cut(parameter, "=")
		if parameter != "" && (queries.Has(name) || x.behavior.request.Queries.Has(name)) {
			kept = append(kept, parameter)
		}
	}
	return strings.Join(kept, "&")
}

// acceptEncoding is what the origin is told the viewer takes. Where the cache
// policy asks for compressed objects it is brought to a normal form, which is in
// the key too; else the viewer's header is a header like any other.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html#cache-policy-compressed-objects)
func (x *exchange) acceptEncoding() string {
	c, viewers := x.behavior.cache, x.header.Get("Accept-Encoding")
	switch {
	case c.Gzip || c.Brotli:
		return compress.OriginAcceptEncoding(viewers, c.Gzip, c.Brotli)
	case x.forwards("Accept-Encoding"):
		return viewers
	}
	return ""
}

// lines writes headers one a line, sorted.
func lines(header http.Header) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			out = append(out, strings.ToLower(name)+": "+value)
		}
	}
	return out
}
