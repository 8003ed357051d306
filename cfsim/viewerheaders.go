package cfsim

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Headers of CloudFront's own, as [http.Header] spells them.
const (
	ownHeader     = "Cloudfront-"
	viewerCountry = ownHeader + "Viewer-Country"
)

// addViewerHeaders adds the headers by which CloudFront tells functions and
// origins about the viewer. They are there only if a policy of the behavior names
// them; what a viewer sends under these names is dropped.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html)
func (x *exchange) addViewerHeaders() {
	for _, name := range slices.Sorted(maps.Keys(x.header)) {
		if strings.HasPrefix(name, ownHeader) {
			x.trace.step("viewer", "%s is dropped: CloudFront alone writes it", strings.ToLower(name))
			delete(x.header, name)
		}
	}
	wanted := x.behavior.cache.Headers.Generated()
	if x.behavior.request != nil {
		wanted = append(wanted, x.behavior.request.Headers.Generated()...)
	}
	for _, name := range slices.Sorted(maps.Keys(x.about)) {
		if !slices.ContainsFunc(wanted, func(w string) bool { return strings.EqualFold(w, name) }) {
			x.trace.step("viewer", "%s is not added: no policy of the behavior asks for it", strings.ToLower(name))
		}
	}
	var unknown []string
	for _, name := range slices.Compact(slices.Sorted(slices.Values(wanted))) {
		if value := x.viewerHeader(http.CanonicalHeaderKey(name)); value != "" {
			x.header.Set(name, value)
		} else {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		x.trace.notSimulated("viewer", "%d headers about the viewer: %s …", len(unknown), strings.Join(unknown[:min(3, len(unknown))], ", "))
	}
}

// viewerHeader is the value of one of these headers, "" if it cannot be known.
// The kinds of device are guessed from the User-Agent; how CloudFront does that is
// not published.
func (x *exchange) viewerHeader(name string) string {
	agent := x.header.Get("User-Agent")
	tablet := containsAny(agent, "iPad", "Tablet") || strings.Contains(agent, "Android") && !strings.Contains(agent, "Mobile")
	mobile := !tablet && containsAny(agent, "Mobile", "iPhone")
	tv := containsAny(agent, "SmartTV", "SMART-TV", "Smart TV", "AppleTV")
	if value := x.about.Get(name); value != "" {
		return value
	}
	switch name {
	case "Cloudfront-Forwarded-Proto":
		return x.scheme
	case "Cloudfront-Viewer-Http-Version":
		return strings.TrimSuffix(strings.TrimPrefix(x.viewer.Proto, "HTTP/"), ".0")
	case "Cloudfront-Viewer-Address":
		if x.viewer.RemoteAddr == "" {
			return x.viewerIP() + ":443"
		}
		return x.viewer.RemoteAddr
	case viewerCountry:
		return x.d.options.Country
	case "Cloudfront-Is-Tablet-Viewer":
		return truth(tablet)
	case "Cloudfront-Is-Mobile-Viewer":
		return truth(mobile)
	case "Cloudfront-Is-Smarttv-Viewer":
		return truth(tv)
	case "Cloudfront-Is-Desktop-Viewer":
		return truth(!tablet && !mobile && !tv)
	case "Cloudfront-Is-Android-Viewer":
		return truth(strings.Contains(agent, "Android"))
	case "Cloudfront-Is-Ios-Viewer":
		return truth(containsAny(agent, "iPhone", "iPad"))
	}
	return ""
}

func containsAny(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}

func truth(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
