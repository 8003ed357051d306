package policy

import (
	"net/http"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/internal/glob"
)

// CORS is the part of a response headers policy for cross-origin requests, those
// with an Origin header.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#understanding-response-headers-policies-cors)
type CORS struct {
	Origins     []string // "*", or origins with or without a scheme, which may have wildcards
	Headers     []string // that a preflight may ask for; may have wildcards
	Methods     []string // that a preflight may ask for, or "ALL"
	Expose      []string
	Credentials bool
	MaxAge      string // of the answer to a preflight, in seconds; "" to leave it to the browser
	Override    bool   // the origin's headers for CORS do not count
}

func parseCORS(p properties) *CORS {
	c := &CORS{
		Origins:     p.object("AccessControlAllowOrigins").texts("Items"),
		Headers:     p.object("AccessControlAllowHeaders").texts("Items"),
		Methods:     p.object("AccessControlAllowMethods").texts("Items"),
		Expose:      p.object("AccessControlExposeHeaders").texts("Items"),
		Credentials: p.flag("AccessControlAllowCredentials"),
		Override:    p.flag("OriginOverride"),
	}
	if p.has("AccessControlMaxAgeSec") {
		c.MaxAge = inSeconds(p.seconds("AccessControlMaxAgeSec", 0))
	}
	return c
}

// corsHeaders are the headers of responses to cross-origin requests.
var corsHeaders = []string{
	"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Expose-Headers",
	"Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age",
}

var allMethods = []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}

// apply adds the headers for a cross-origin request. If the origin sent any of
// them and is not overridden, all of the policy's are left out.
//
// AWS does not say what becomes of an origin that is not allowed: it gets none of
// the policy's headers here, nor, with Override, what would allow it all the same.
// Nor does AWS mention Vary, without which a browser could take the answer to one
// origin for that to another; it is added where the answers differ.
func (c *CORS) apply(request http.Header, method string, response http.Header) {
	if !slices.Contains(c.Origins, "*") && !containsToken(response.Values("Vary"), "Origin") {
		response.Add("Vary", "Origin")
	}
	origin := request.Get("Origin")
	if origin == "" || !c.Override && slices.ContainsFunc(corsHeaders, func(name string) bool { return len(response.Values(name)) > 0 }) {
		return
	}
	allowed := c.allowOrigin(origin)
	if allowed == "" {
		response.Del("Access-Control-Allow-Origin")
		return
	}
	set := func(name, value string) {
		if value != "" {
			response.Set(name, value)
		}
	}
	set("Access-Control-Allow-Origin", allowed)
	if c.Credentials {
		set("Access-Control-Allow-Credentials", "true")
	}
	set("Access-Control-Expose-Headers", strings.Join(c.Expose, ", "))
	if method == http.MethodOptions && request.Get("Access-Control-Request-Method") != "" { // a preflight
		set("Access-Control-Allow-Methods", strings.Join(c.methods(), ", "))
		set("Access-Control-Allow-Headers", c.allowHeaders(request.Get("Access-Control-Request-Headers")))
		set("Access-Control-Max-Age", c.MaxAge)
	}
}

func (c *CORS) allowOrigin(origin string) string {
	switch {
	case slices.Contains(c.Origins, "*"):
		return "*"
	case slices.ContainsFunc(c.Origins, func(pattern string) bool { return matchOrigin(pattern, origin) }):
		return origin
	}
	return ""
}

func (c *CORS) methods() []string {
	if slices.Contains(c.Methods, "ALL") {
		return allMethods
	}
	return c.Methods
}

// allowHeaders: a list with "*" is sent as it is, which browsers take for all
// headers but Authorization. Of other names with a wildcard, which mean nothing to
// a browser, those that it asks for are sent; AWS says what they match and not what
// is sent.
func (c *CORS) allowHeaders(asked string) string {
	var names []string
	for _, name := range c.Headers {
		if name == "*" || !strings.Contains(name, "*") {
			names = append(names, name)
			continue
		}
		for header := range strings.SplitSeq(asked, ",") {
			header = strings.TrimSpace(header)
			if header != "" && !containsFold(names, header) && matchHeader(name, header) {
				names = append(names, header)
			}
		}
	}
	return strings.Join(names, ", ")
}

func matchHeader(pattern, header string) bool {
	return match(strings.ToLower(pattern), strings.ToLower(header))
}

// matchOrigin reports whether an allowed origin takes in the origin of a request. A
// pattern without a scheme takes both; the wildcard of a host stands for any
// subdomains, that of a port for digits, alone for no port too. A pattern without a
// port wants none. That letters have to be in the same case is unstated; browsers
// write hosts in small ones.
func matchOrigin(pattern, origin string) bool {
	wantScheme, wantHost, wantPort := splitOrigin(pattern)
	scheme, host, port := splitOrigin(origin)
	return (wantScheme == "" || wantScheme == scheme) && match(wantHost, host) && match(wantPort, port)
}

func splitOrigin(origin string) (scheme, host, port string) {
	host = origin
	if before, after, ok := strings.Cut(origin, "://"); ok {
		scheme, host = before, after
	}
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		host, port = host[:i], host[i+1:]
	}
	return scheme, host, port
}

func match(pattern, text string) bool { return glob.Set{pattern}.Match(text) }

func containsToken(values []string, token string) bool {
	for _, value := range values {
		for t := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(t), token) {
				return true
			}
		}
	}
	return false
}
