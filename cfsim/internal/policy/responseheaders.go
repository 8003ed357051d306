package policy

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A ResponseHeaders is a response headers policy: what CloudFront takes out of and
// puts into the response to the viewer, from the cache or from the origin.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html)
type ResponseHeaders struct {
	Name         string
	CORS         *CORS // nil without
	Security     []Header
	Custom       []Header
	Remove       []string
	ServerTiming *ServerTiming // nil without
	Managed      bool          // one of AWS's own

	noted []string // problems that show only while reading
}

// A Header is one that CloudFront adds. Without Override the origin's, if it sent
// one, is left.
type Header struct {
	Name, Value string
	Override    bool
}

// Apply changes the response to a viewer's request in place. Headers are removed
// first, so one that is both removed and added is there. Server-Timing is left to
// the caller, who knows the times; see [ServerTiming.Wanted].
func (h *ResponseHeaders) Apply(request http.Header, method string, response http.Header) {
	for _, name := range h.Remove {
		response.Del(name)
	}
	if h.CORS != nil {
		h.CORS.apply(request, method, response)
	}
	for _, added := range slices.Concat(h.Security, h.Custom) {
		if added.Override || len(response.Values(added.Name)) == 0 {
			response.Set(added.Name, added.Value)
		}
	}
}

// A ServerTiming says how often a response has a Server-Timing header.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#server-timing-header)
type ServerTiming struct {
	Enabled bool
	Rate    float64 // percent of the responses, 0 to 100
}

// Wanted reports whether the response to a request has a Server-Timing header. A
// request asks for it with Pragma: server-timing, whatever the rate; for others
// draw, a number from 0 up to and without 100, decides. It may be called on nil.
func (t *ServerTiming) Wanted(request http.Header, draw float64) bool {
	if t == nil || !t.Enabled {
		return false
	}
	for _, value := range request.Values("Pragma") {
		for token := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(token), "server-timing") {
				return true
			}
		}
	}
	return draw < t.Rate
}

// ParseResponseHeaders reads the properties of an
// AWS::CloudFront::ResponseHeadersPolicy.
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cloudfront-responseheaderspolicy-responseheaderspolicyconfig.html)
func ParseResponseHeaders(resource map[string]any) (*ResponseHeaders, error) {
	p := read(resource).need("ResponseHeadersPolicyConfig")
	h := &ResponseHeaders{Name: p.text("Name")}
	if p.has("CorsConfig") {
		h.CORS = parseCORS(p.object("CorsConfig"))
	}
	h.readSecurity(p.object("SecurityHeadersConfig"))
	for _, item := range p.object("CustomHeadersConfig").objects("Items") {
		h.Custom = append(h.Custom, Header{Name: item.text("Header"), Value: item.text("Value"), Override: item.flag("Override")})
	}
	for _, item := range p.object("RemoveHeadersConfig").objects("Items") {
		h.Remove = append(h.Remove, item.text("Header"))
	}
	if p.has("ServerTimingHeadersConfig") {
		t := p.object("ServerTimingHeadersConfig")
		rate, _ := t.number("SamplingRate")
		h.ServerTiming = &ServerTiming{Enabled: t.flag("Enabled"), Rate: rate}
	}
	return h, *p.err
}

// readSecurity writes out the security headers.
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cloudfront-responseheaderspolicy-securityheadersconfig.html)
func (h *ResponseHeaders) readSecurity(p properties) {
	for _, s := range []struct {
		property, header string
		value            func(properties) string
	}{
		{"ContentSecurityPolicy", "Content-Security-Policy", func(p properties) string { return p.text("ContentSecurityPolicy") }},
		{"ContentTypeOptions", "X-Content-Type-Options", func(properties) string { return "nosniff" }},
		{"FrameOptions", "X-Frame-Options", func(p properties) string { return p.oneOf("FrameOption", "DENY", "SAMEORIGIN") }},
		{"ReferrerPolicy", "Referrer-Policy", func(p properties) string { return p.oneOf("ReferrerPolicy", referrerPolicies...) }},
		{"StrictTransportSecurity", "Strict-Transport-Security", strictTransport},
		{"XSSProtection", "X-XSS-Protection", h.xssProtection},
	} {
		if p.has(s.property) {
			o := p.object(s.property)
			h.Security = append(h.Security, Header{Name: s.header, Value: s.value(o), Override: o.flag("Override")})
		}
	}
}

var referrerPolicies = []string{
	"no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin", "same-origin", "strict-origin",
	"strict-origin-when-cross-origin", "unsafe-url",
}

func strictTransport(p properties) string {
	if !p.has("AccessControlMaxAgeSec") {
		p.fail("AccessControlMaxAgeSec", nil, "a number of seconds")
	}
	value := "max-age=" + inSeconds(p.seconds("AccessControlMaxAgeSec", 0))
	if p.flag("IncludeSubdomains") {
		value += "; includeSubDomains"
	}
	if p.flag("Preload") {
		value += "; preload"
	}
	return value
}

func (h *ResponseHeaders) xssProtection(p properties) string {
	block, report := p.flag("ModeBlock"), p.text("ReportUri")
	if block && report != "" {
		h.noted = append(h.noted, "XSSProtection has both ModeBlock and ReportUri, and CloudFront takes one of them: leave one out")
	}
	switch {
	case !p.flag("Protection"):
		return "0"
	case report != "":
		return "1; report=" + report
	case block:
		return "1; mode=block"
	}
	return "1"
}

func inSeconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }
