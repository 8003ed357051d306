package cfsim

import (
	"cmp"
	"fmt"
	"time"
)

// A Route is a behavior of a distribution, as a row of a table.
type Route struct {
	Behavior       string   `json:"behavior"` // path pattern, "*" for the default one
	Origin         string   `json:"origin"`   // logical id of the resource behind it, or its host
	OriginID       string   `json:"originId"`
	OriginPath     string   `json:"originPath,omitempty"`
	Protocol       string   `json:"viewerProtocolPolicy"`
	Methods        []string `json:"methods"`
	CachePolicy    string   `json:"cachePolicy"`
	Caching        string   `json:"caching"` // "off", or the least, the usual and the longest time
	RequestPolicy  string   `json:"originRequestPolicy,omitempty"`
	HeadersPolicy  string   `json:"responseHeadersPolicy,omitempty"`
	ViewerRequest  string   `json:"viewerRequest,omitempty"` // logical id of the function
	ViewerResponse string   `json:"viewerResponse,omitempty"`
	LambdaEdge     []string `json:"lambdaEdge,omitempty"` // event types
	Compress       bool     `json:"compress"`
	Signed         bool     `json:"signed"` // only signed urls and cookies are let through
}

// Routes are the behaviors in the order in which they are tried.
func (d *Distribution) Routes() []Route {
	var routes []Route
	for _, b := range d.behaviors {
		r := Route{
			Behavior: b.pattern, Origin: b.originName(), OriginID: b.TargetOriginId, Protocol: cmp.Or(b.ViewerProtocolPolicy, "allow-all"),
			Methods: b.AllowedMethods, CachePolicy: cmp.Or(b.cache.Name, "of the behavior"), Caching: b.caching(),
			Compress: bool(b.Compress), Signed: b.restricted,
			ViewerRequest: b.viewerRequest.name(), ViewerResponse: b.viewerResponse.name(),
		}
		if b.origin != nil {
			r.OriginPath = b.origin.OriginPath
		}
		if b.request != nil {
			r.RequestPolicy = b.request.Name
		}
		if b.response != nil {
			r.HeadersPolicy = b.response.Name
		}
		for _, l := range b.LambdaFunctionAssociations {
			r.LambdaEdge = append(r.LambdaEdge, l.EventType)
		}
		routes = append(routes, r)
	}
	return routes
}

func (f *edgeFunction) name() string {
	if f == nil {
		return ""
	}
	return f.resource.ID
}

func (b *behavior) caching() string {
	if b.cache.Disabled() {
		return "off"
	}
	return fmt.Sprintf("%s (%s to %s)", span(b.cache.DefaultTTL), span(b.cache.MinTTL), span(b.cache.MaxTTL))
}

// span writes a duration as people do: 1 year, 2 days, 10 s.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"year", 365 * day}, {"day", day}, {"h", time.Hour}, {"min", time.Minute}} {
		n := d / unit.size
		if n == 0 || d%unit.size != 0 {
			continue
		}
		if n > 1 && len(unit.name) > 2 && unit.name != "min" {
			return fmt.Sprintf("%d %ss", n, unit.name)
		}
		return fmt.Sprintf("%d %s", n, unit.name)
	}
	return fmt.Sprintf("%g s", d.Seconds())
}
