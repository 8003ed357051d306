package cfsim

import "github.com/cfrouter/cfrouter/cfsim/internal/cache"

// xCache is what CloudFront says in the header X-Cache.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-function-restrictions.html and the
// field x-edge-result-type of the access logs)
var xCache = map[cache.Status]string{
	cache.NotCacheable: "Miss from cloudfront",
	cache.Hit:          "Hit from cloudfront",
	cache.Miss:         "Miss from cloudfront",
	cache.RefreshHit:   "RefreshHit from cloudfront",
	cache.Stale:        "Hit from cloudfront",
}

// applyResponseHeaders applies the response headers policy. What the
// edge refuses or redirects by itself is left alone; AWS does not say what becomes
// of that.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html)
func (x *exchange) applyResponseHeaders(a *answer) {
	if x.behavior == nil || x.behavior.response == nil || a.from == fromCloudFront {
		return
	}
	x.behavior.response.Apply(x.viewer.Header, x.viewer.Method, a.header)
	x.trace.step("headers", "by response headers policy %s", x.behavior.response.Name)
	if t := x.behavior.response.ServerTiming; t != nil && t.Enabled {
		x.trace.notSimulated("headers", "the header Server-Timing")
	}
}
