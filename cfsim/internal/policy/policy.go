// Package policy holds what a cache behavior says about headers, cookies, query
// strings and times as plain values: CloudFront's cache policies, origin request
// policies and response headers policies, those that a template declares, those
// that AWS manages, and the legacy settings that came before them.
//
// [ParseCache], [ParseOriginRequest] and [ParseResponseHeaders] read the
// properties of a resource, [Legacy] those of a behavior, [ManagedCache] and its
// sisters look an id up. Their errors are for values that cannot be read; what can
// be read and CloudFront would refuse, or its quotas forbid, the Problems methods
// list. Both are written to follow the name of the resource, so they carry no
// prefix.
package policy

import "time"

// A Cache is a cache policy: how long an object may stay at the edge and which
// parts of a request tell two objects apart. What is in the key is also sent to
// the origin.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html)
type Cache struct {
	Name       string
	MinTTL     time.Duration
	DefaultTTL time.Duration // of objects that come without Cache-Control and Expires
	MaxTTL     time.Duration // of objects that come with them
	Headers    Selection
	Cookies    Selection
	Queries    Selection
	Gzip       bool // compressed objects are cached: the key has a normalized Accept-Encoding
	Brotli     bool
	Managed    bool // one of AWS's own
	Legacy     bool // made of a behavior's ForwardedValues

	noted []string // problems that show only while reading
}

// Disabled reports whether nothing is cached, which is so when all three times are
// zero.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html#cache-key-understand-cache-policy-ttl)
func (c *Cache) Disabled() bool {
	return c.MinTTL == 0 && c.DefaultTTL == 0 && c.MaxTTL == 0
}

// An OriginRequest is an origin request policy: what is sent to the origin beside
// what is in the cache key. Where the two policies disagree, what either of them
// includes is sent.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-how-origin-request-policies-and-cache-policies-work-together.html)
type OriginRequest struct {
	Name    string
	Headers Selection
	Cookies Selection
	Queries Selection
	Managed bool // one of AWS's own
	Legacy  bool // made of a behavior's ForwardedValues
}
