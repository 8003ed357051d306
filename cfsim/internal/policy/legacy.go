package policy

import "slices"

// Legacy reads the settings of a behavior that has no cache policy: its
// ForwardedValues and its times. They say at once what is in the key and what is
// sent to the origin; the one difference is QueryStringCacheKeys, which limits the
// key.
// (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ForwardedValues.html)
func Legacy(behavior map[string]any) (*Cache, *OriginRequest, error) {
	p := read(behavior)
	if !p.has("ForwardedValues") {
		p.fail("CachePolicyId", nil, "the id of a cache policy, or ForwardedValues in its place")
	}
	f := p.object("ForwardedValues")
	c := &Cache{Name: "legacy settings", Legacy: true}
	o := &OriginRequest{Name: c.Name, Legacy: true}
	c.readTTLs(p)
	c.Cookies = f.legacyCookies()
	o.Cookies = c.Cookies
	c.Queries, o.Queries = f.legacyQueries()
	c.takeHeaders(f.texts("Headers"), o)
	return c, o, *p.err
}

// legacyCookies: names may have wildcards.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesAllowlistCookies)
func (p properties) legacyCookies() Selection {
	if !p.has("Cookies") {
		return Selection{Mode: None}
	}
	p = p.object("Cookies")
	s := Selection{Mode: Mode(p.oneOf("Forward", string(None), string(Whitelist), string(All)))}
	if s.Mode == Whitelist {
		s.Names, s.Wildcards = p.texts("WhitelistedNames"), true
	}
	return s
}

func (p properties) legacyQueries() (key, sent Selection) {
	keys := p.texts("QueryStringCacheKeys")
	switch {
	case !p.flag("QueryString"):
		return Selection{Mode: None}, Selection{Mode: None}
	case len(keys) > 0:
		return Selection{Mode: Whitelist, Names: keys}, Selection{Mode: All}
	}
	return Selection{Mode: All}, Selection{Mode: All}
}

// takeHeaders sets the headers of the key and those sent to the origin.
//
// The header "*" sends all of them and turns caching off. Without it those named
// are in the key, and the origin gets, beside them, all that CloudFront does not
// remove by itself. Accept-Encoding comes normalized, unless it is named like any
// other; that it is then in the key too follows from the two variants of an object
// being cached apart.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/header-caching.html)
func (c *Cache) takeHeaders(names []string, o *OriginRequest) {
	c.Headers = Selection{Mode: None, Fold: true}
	if slices.Contains(names, "*") {
		if c.MinTTL > 0 {
			c.noted = append(c.noted, "all headers are forwarded, which CloudFront takes with a MinTTL of 0 only, and it is "+inSeconds(c.MinTTL)+
				": set MinTTL to 0 or name the headers")
		}
		c.MinTTL, c.DefaultTTL, c.MaxTTL = 0, 0, 0
		o.Headers = Selection{Mode: AllViewer, Fold: true}
		return
	}
	if len(names) > 0 {
		c.Headers = Selection{Mode: Whitelist, Names: names, Fold: true}
	}
	c.Gzip = !c.Headers.Has("Accept-Encoding")
	o.Headers = Selection{Mode: AllExcept, Names: removed, Fold: true, Wildcards: true}
}

// removed are the headers that CloudFront does not send on, or sets itself, unless
// the legacy settings name them. Authorization is removed of requests with methods
// that are cached only, which a list cannot say.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#request-custom-headers-behavior)
var removed = []string{
	"Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Authorization", "CloudFront-*", "Connection",
	"Cookie", "Expect", "Host", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Referer", "TE",
	"Trailer", "Upgrade", "User-Agent", "X-Edge-*", "X-Forwarded-Proto", "X-HTTP-Method-Override", "X-Real-IP",
}
