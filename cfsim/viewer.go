package cfsim

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim/internal/signed"
	"github.com/cfrouter/cfrouter/internal/glob"
)

// defaultHost and defaultID stand for what CloudFront will call the distribution:
// the names that its documentation uses.
const (
	defaultHost = "d111111abcdef8.cloudfront.net"
	defaultID   = "EDFDVBD6EXAMPLE"
)

// Limits of a request.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-general,
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#RequestCustomMaxRequestStringLength)
const (
	maxURL    = 8192
	maxHeader = 32768

	// statusHeadersTooLarge is not among the registered ones.
	statusHeadersTooLarge = 494
)

// checkViewer answers requests that no distribution, or not this one, would take.
func (x *exchange) checkViewer() *answer {
	x.trace.step("viewer", "%s, host %s", strings.ToUpper(x.scheme), x.host)
	x.noteViewer()
	switch size := headerSize(x.viewer.Header) + len(x.url()); {
	case x.d.config.Enabled != nil && !bool(*x.d.config.Enabled):
		return x.unserved("the distribution is not enabled")
	case len(x.url()) > maxURL:
		return x.refuse("viewer", http.StatusRequestURITooLong, fmt.Sprintf("the url has %d bytes, and CloudFront takes %d", len(x.url()), maxURL))
	case size > maxHeader:
		return x.refuse("viewer", statusHeadersTooLarge, fmt.Sprintf("the request line and the headers have %d bytes, and CloudFront takes %d", size, maxHeader))
	case !x.d.serves(x.host):
		return x.unserved(fmt.Sprintf("the host %s is no name of the distribution, which has %s",
			x.host, strings.Join(append(x.d.Aliases(), defaultHost), ", ")))
	}
	return x.checkCountry()
}

// unserved refuses a request that does not get as far as to the distribution's
// settings.
func (x *exchange) unserved(reason string) *answer {
	a := x.refuse("viewer", http.StatusForbidden, reason)
	a.unserved = true
	return a
}

// noteViewer says what would have had a part in the request and is not simulated.
func (x *exchange) noteViewer() {
	config := x.d.config
	if config.WebACLId != "" {
		x.trace.notSimulated("viewer", "the web ACL %s", config.WebACLId)
	}
	if config.Staging {
		x.trace.notSimulated("viewer", "continuous deployment: which requests go to a staging distribution")
	}
	if config.TenantConfig != nil {
		x.trace.notSimulated("viewer", "multi-tenant distributions")
	}
	if x.viewer.Header.Get("Upgrade") != "" {
		x.trace.notSimulated("viewer", "WebSocket and other upgrades of the connection")
	}
}

// noteBehavior does the same for what the behavior says.
func (x *exchange) noteBehavior() {
	for _, text := range x.behavior.unknown {
		x.trace.notSimulated("behavior", "%s", text)
	}
	if x.behavior.FieldLevelEncryptionId != "" && x.viewer.Method == http.MethodPost {
		x.trace.notSimulated("behavior", "field-level encryption")
	}
	if bool(x.behavior.GrpcConfig.Enabled) && strings.HasPrefix(x.viewer.Header.Get("Content-Type"), "application/grpc") {
		x.trace.notSimulated("behavior", "gRPC")
	}
	if o := x.behavior.origin; o != nil && o.byQuality {
		x.trace.notSimulated("behavior", "selection by media quality score: the first of the group is asked")
	}
}

func headerSize(h http.Header) int {
	size := 0
	for name, values := range h {
		for _, value := range values {
			size += len(name) + len(value) + len(": \r\n")
		}
	}
	return size
}

// serves reports whether a viewer can ask the distribution for a host. Local
// addresses, and the host that httptest gives its requests, stand for the
// distribution's own name.
func (d *Distribution) serves(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	if net.ParseIP(host) != nil || host == "localhost" || strings.HasSuffix(host, ".localhost") || host == defaultHost {
		return true
	}
	if len(d.config.Aliases) == 0 && host == "example.com" {
		return true
	}
	return slices.ContainsFunc(d.config.Aliases, func(alias string) bool {
		return strings.Contains(alias, "${") || glob.Set{strings.ToLower(alias)}.Match(host)
	})
}

// checkCountry applies the geographic restriction.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/georestrictions.html)
func (x *exchange) checkCountry() *answer {
	geo, country := x.d.config.Restrictions.GeoRestriction, x.viewerHeader(viewerCountry)
	if geo.RestrictionType == "" || geo.RestrictionType == "none" {
		return nil
	}
	if country == "" {
		x.trace.notSimulated("viewer", "the geographic restriction, as the viewer's country is not known: set the option Country")
		return nil
	}
	if slices.Contains(geo.Locations, country) == (geo.RestrictionType == "blacklist") {
		return x.refuse("viewer", http.StatusForbidden, fmt.Sprintf("viewers in %s are not served, by the %s of %s", country, geo.RestrictionType, strings.Join(geo.Locations, ", ")))
	}
	x.trace.step("viewer", "viewers in %s are served", country)
	return nil
}

// chooseBehavior takes the first behavior whose path pattern matches. CloudFront
// says that it compares the normalised path. That it decodes needless escapes
// before is unstated; RFC 3986, which it refers to, does.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern)
func (x *exchange) chooseBehavior() *answer {
	x.behavior = x.d.behaviorOf(x.path)
	tried := slices.Index(x.d.behaviors, x.behavior)
	x.trace.Tried = slices.Clone(x.d.patterns[:tried])
	x.trace.Behavior = x.behavior.pattern
	step := x.trace.step("behavior", "%s, number %d of %d", x.behavior.pattern, len(x.trace.Tried)+1, len(x.d.behaviors))
	path := normalize(x.path)
	if path != x.path {
		step.Details = append(step.Details, "compared as "+path)
	}
	if len(x.trace.Tried) > 0 {
		step.Details = append(step.Details, "does not match "+strings.Join(x.trace.Tried, " "))
	}
	x.noteBehavior()
	return nil
}

// behaviorOf is the behavior of a path.
func (d *Distribution) behaviorOf(path string) *behavior {
	path = normalize(path)
	last := len(d.behaviors) - 1
	for _, b := range d.behaviors[:last] {
		if b.matches.Match(path) {
			return b
		}
	}
	return d.behaviors[last]
}

// checkProtocol applies the viewer protocol policy.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-viewers-to-cloudfront.html)
func (x *exchange) checkProtocol() *answer {
	if x.scheme == "https" {
		return nil
	}
	switch x.behavior.ViewerProtocolPolicy {
	case "https-only":
		return x.refuse("protocol", http.StatusForbidden, "the behavior takes HTTPS only")
	case "redirect-to-https":
		status := http.StatusTemporaryRedirect
		reads := x.viewer.Method == http.MethodGet || x.viewer.Method == http.MethodHead
		if !reads && !x.viewer.ProtoAtLeast(1, 1) {
			return x.refuse("protocol", http.StatusForbidden, "the behavior takes HTTPS only, and HTTP/1.0 knows no redirect that keeps the method")
		}
		if reads {
			status = http.StatusMovedPermanently
		}
		x.trace.step("protocol", "the behavior redirects to HTTPS")
		a := edgeAnswer(status, fromCloudFront, "Redirect from cloudfront", "")
		a.header.Set("Location", "https://"+x.host+withQuery(x.path, x.query, x.hasQuery))
		return a
	}
	return nil
}

// checkSignature lets through only what is signed, if the behavior has trusted
// signers.
func (x *exchange) checkSignature() *answer {
	if !x.behavior.restricted {
		return nil
	}
	if len(x.behavior.TrustedSigners) > 0 {
		x.trace.notSimulated("signature", "trusted signers, whose keys belong to an account: use key groups")
		return nil
	}
	decision, err := signed.Verify(signed.Request{
		URL: x.scheme + "://" + x.host + withQuery(x.path, x.query, x.hasQuery), Cookies: x.viewer.Cookies(), IP: x.viewerIP(),
	}, x.behavior.keys, x.d.now())
	if err != nil {
		return x.unsigned(err)
	}
	x.trace.step("signature", "%s", decision)
	x.query = signed.Strip(x.query)
	x.hasQuery = x.query != ""
	return nil
}

// unsigned is CloudFront's answer to a request without a valid signature.
func (x *exchange) unsigned(err error) *answer {
	a := x.refuse("signature", http.StatusForbidden, err.Error())
	var failure *signed.Error
	if errors.As(err, &failure) {
		a.setBody([]byte(failure.Body()))
		a.header.Set("Content-Type", "text/xml")
	}
	return a
}

// checkMethod refuses methods that the behavior does not allow, and requests with
// a body that CloudFront does not take.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#RequestCustom-get-body)
func (x *exchange) checkMethod() *answer {
	method, allowed := x.viewer.Method, x.behavior.AllowedMethods
	switch {
	case !slices.Contains(allowed, method):
		return x.refuse("method", http.StatusForbidden, fmt.Sprintf("the behavior %s takes %s, not %s", x.behavior.pattern, strings.Join(allowed, ", "), method))
	case method == http.MethodGet && hasBody(x.viewer):
		return x.refuse("method", http.StatusForbidden, "CloudFront takes no GET with a body")
	}
	return nil
}

func hasBody(r *http.Request) bool {
	return r.ContentLength > 0 || r.ContentLength < 0 && r.Body != nil && r.Body != http.NoBody
}

func (x *exchange) viewerIP() string {
	if ip, _, err := net.SplitHostPort(x.viewer.RemoteAddr); err == nil {
		return ip
	}
	return "198.51.100.11" // of a range for documentation, RFC 5737
}
