package policy

import "time"

// ParseCache reads the properties of an AWS::CloudFront::CachePolicy.
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cloudfront-cachepolicy-cachepolicyconfig.html)
func ParseCache(resource map[string]any) (*Cache, error) {
	p := read(resource).need("CachePolicyConfig")
	key := p.need("ParametersInCacheKeyAndForwardedToOrigin")
	c := &Cache{
		Name:    p.text("Name"),
		Headers: key.headers(None, Whitelist),
		Cookies: key.cookies(),
		Queries: key.queries(),
		Gzip:    key.flag("EnableAcceptEncodingGzip"),
		Brotli:  key.flag("EnableAcceptEncodingBrotli"),
	}
	c.readTTLs(p)
	return c, *p.err
}

// ParseOriginRequest reads the properties of an AWS::CloudFront::OriginRequestPolicy.
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cloudfront-originrequestpolicy-originrequestpolicyconfig.html)
func ParseOriginRequest(resource map[string]any) (*OriginRequest, error) {
	p := read(resource).need("OriginRequestPolicyConfig")
	o := &OriginRequest{
		Name:    p.text("Name"),
		Headers: p.headers(None, Whitelist, AllViewer, AllViewerAndCloudFront, AllExcept),
		Cookies: p.cookies(),
		Queries: p.queries(),
	}
	return o, *p.err
}

// Times that hold where a template gives none.
// (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html)
const (
	defaultDefaultTTL = 86400 * time.Second
	defaultMaxTTL     = 31536000 * time.Second
)

func (c *Cache) readTTLs(p properties) {
	c.MinTTL = p.seconds("MinTTL", 0)
	c.DefaultTTL = p.seconds("DefaultTTL", max(defaultDefaultTTL, c.MinTTL))
	c.MaxTTL = p.seconds("MaxTTL", max(defaultMaxTTL, c.DefaultTTL, c.MinTTL))
}

func (p properties) headers(allowed ...Mode) Selection {
	s := p.selection("HeadersConfig", "HeaderBehavior", "Headers", allowed)
	s.Fold = true
	return s
}

func (p properties) cookies() Selection {
	return p.selection("CookiesConfig", "CookieBehavior", "Cookies", []Mode{None, Whitelist, AllExcept, All})
}

func (p properties) queries() Selection {
	return p.selection("QueryStringsConfig", "QueryStringBehavior", "QueryStrings", []Mode{None, Whitelist, AllExcept, All})
}

func (p properties) selection(config, behavior, names string, allowed []Mode) Selection {
	values := make([]string, len(allowed))
	for i, m := range allowed {
		values[i] = string(m)
	}
	p = p.need(config)
	return Selection{Mode: Mode(p.oneOf(behavior, values...)), Names: p.texts(names)}
}
