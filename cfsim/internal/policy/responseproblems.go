package policy

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Quotas on what a response headers policy adds.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-custom-headers)
const (
	maxCustomHeaders = 10
	maxHeaderName    = 256   // characters
	maxHeaderValue   = 1783  // characters; of Content-Security-Policy and Access-Control-Allow-Origin too
	maxHeadersTotal  = 10240 // characters of names and values
)

// Problems lists, in sentences, what CloudFront would refuse of the policy or its
// quotas forbid.
func (h *ResponseHeaders) Problems() []Problem {
	if h.Managed {
		return nil
	}
	r := newReport(h.noted)
	r.policyName(h.Name)
	r.custom(h.Custom)
	for _, added := range h.Security {
		r.value(added)
	}
	for _, name := range h.Remove {
		if unremovable.Has(name) {
			r.addf("it removes the header %s, which CloudFront does not let a policy remove", name)
		}
	}
	if h.CORS != nil {
		r.cors(h.CORS)
	}
	if t := h.ServerTiming; t != nil {
		r.samplingRate(t.Rate)
	}
	return r.lines
}

// securityNames have a setting of their own. Among the custom headers CloudFront's
// API refuses each as "a security header" that "cannot be set as custom header".
var securityNames = []string{
	"Content-Security-Policy", "Referrer-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options", "X-XSS-Protection",
}

func (r *report) custom(headers []Header) {
	if len(headers) > maxCustomHeaders {
		r.quotaf("it adds %d custom headers, and the quota is %d", len(headers), maxCustomHeaders)
	}
	total := 0
	for _, h := range headers {
		name := utf8.RuneCountInString(h.Name)
		total += name + utf8.RuneCountInString(h.Value)
		switch {
		case containsFold(securityNames, h.Name):
			r.addf("it adds the custom header %s, which CloudFront takes in SecurityHeadersConfig only", h.Name)
		case name > maxHeaderName:
			r.addf("the name of the custom header %s has %d characters, and CloudFront takes %d", h.Name, name, maxHeaderName)
		}
		r.value(h)
	}
	if total > maxHeadersTotal {
		r.addf("its custom headers have %d characters together, and CloudFront takes %d", total, maxHeadersTotal)
	}
}

func (r *report) value(h Header) {
	if n := utf8.RuneCountInString(h.Value); n > maxHeaderValue {
		r.addf("the value of the header %s has %d characters, and CloudFront takes %d", h.Name, n, maxHeaderValue)
	}
}

// unremovable are the headers that a policy cannot remove.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#remove-headers-disallowed)
var unremovable = Selection{Mode: Whitelist, Fold: true, Wildcards: true, Names: []string{
	"Connection", "Content-Encoding", "Content-Length", "Expect", "Host", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization",
	"Proxy-Connection", "Trailer", "Transfer-Encoding", "Upgrade", "Via", "Warning", "X-Accel-Buffering", "X-Accel-Charset",
	"X-Accel-Limit-Rate", "X-Accel-Redirect", "X-Amz-Cf-*", "X-Amzn-Auth", "X-Amzn-Cf-Billing", "X-Amzn-Cf-Id", "X-Amzn-Cf-Xff",
	"X-Amzn-ErrorType", "X-Amzn-Fle-Profile", "X-Amzn-Header-Count", "X-Amzn-Header-Order", "X-Amzn-Lambda-Integration-Tag",
	"X-Amzn-RequestId", "X-Cache", "X-Edge-*", "X-Forwarded-Proto", "X-Real-Ip",
}}

// cors: that the lists may not be empty the documentation does not say, nor that
// "Access-Control-Allow-Headers cannot contain * when allowCredentials is true";
// CloudFront's API does.
func (r *report) cors(c *CORS) {
	for _, list := range []struct {
		name  string
		items []string
	}{
		{"AccessControlAllowOrigins", c.Origins},
		{"AccessControlAllowHeaders", c.Headers},
		{"AccessControlAllowMethods", c.Methods},
	} {
		if len(list.items) == 0 {
			r.addf("its CorsConfig has no %s, and CloudFront wants at least one", list.name)
		}
	}
	for _, origin := range c.Origins {
		if !wellPlaced(origin) {
			r.addf("it allows the origin %q: * can stand for the whole origin, for the leftmost subdomains (*.example.org) or in the port", origin)
		}
		r.value(Header{Name: "Access-Control-Allow-Origin", Value: origin})
	}
	for _, method := range c.Methods {
		if method != "ALL" && !slices.Contains(allMethods, method) {
			r.addf("it allows the method %q: CloudFront takes %s and ALL", method, strings.Join(allMethods, ", "))
		}
	}
	if slices.Contains(c.Methods, "ALL") && len(c.Methods) > 1 {
		r.addf("it allows the method ALL beside others: leave the others out")
	}
	if i := slices.IndexFunc(c.Headers, func(name string) bool { return strings.Contains(name, "*") }); c.Credentials && i >= 0 {
		r.addf("it allows credentials and the headers %q: with credentials CloudFront takes headers without * only", c.Headers[i])
	}
}

// wellPlaced reports whether an allowed origin has its wildcards where they may be.
func wellPlaced(origin string) bool {
	scheme, host, _ := splitOrigin(origin)
	if origin == "*" || host == "*" && scheme != "" {
		return true
	}
	return !strings.Contains(scheme, "*") && !strings.Contains(strings.TrimPrefix(host, "*."), "*")
}

func (r *report) samplingRate(rate float64) {
	if rate < 0 || rate > 100 {
		r.addf("its SamplingRate is %v, and CloudFront takes 0 to 100", rate)
	}
	if _, decimals, _ := strings.Cut(strconv.FormatFloat(rate, 'f', -1, 64), "."); len(decimals) > 4 {
		r.addf("its SamplingRate %v has more than four decimal places", rate)
	}
}
