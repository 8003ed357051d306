package cfsim

import (
	"github.com/cfrouter/cfrouter/cfsim/internal/policy"
)

// checkQuotas compares a distribution with what CloudFront takes.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html)
func (c *checker) checkQuotas() {
	config := c.d.config
	c.atMost(75, len(config.CacheBehaviors), c.d.resource.ID, "cache behaviors besides the default one")
	c.atMost(100, len(config.Origins), c.d.resource.ID, "origins")
	c.atMost(10, len(config.OriginGroups.Items), c.d.resource.ID, "origin groups")
	c.atMost(100, len(config.Aliases), c.d.resource.ID, "alternate domain names")
	for _, o := range config.Origins {
		c.atMost(30, len(o.OriginCustomHeaders), c.d.resource.ID, "custom headers of the origin "+o.Id)
		c.between(1, 3, float64(o.ConnectionAttempts), o.Id, "ConnectionAttempts")
		c.between(1, 10, float64(o.ConnectionTimeout), o.Id, "ConnectionTimeout")
		if o.CustomOriginConfig != nil {
			c.between(1, 120, float64(o.CustomOriginConfig.OriginReadTimeout), o.Id, "OriginReadTimeout")
		}
	}
}

func (c *checker) atMost(most, n int, resource, what string) {
	if n > most {
		c.add(Error, "quota", resource, "there are %d %s, and CloudFront takes %d", n, what, most)
	}
}

func (c *checker) between(least, most, value float64, origin, what string) {
	if value != 0 && (value < least || value > most) {
		c.add(Error, "quota", c.d.resource.ID, "%s of the origin %q is %v, and CloudFront takes %v to %v", what, origin, value, least, most)
	}
}

// checkAccount counts what an account has a quota of.
func (c *checker) checkAccount() {
	for _, quota := range []struct {
		kind, what string
		most       int
	}{
		{"AWS::CloudFront::Function", "functions", 100},
		{"AWS::CloudFront::CachePolicy", "cache policies", 20},
		{"AWS::CloudFront::OriginRequestPolicy", "origin request policies", 20},
		{"AWS::CloudFront::ResponseHeadersPolicy", "response headers policies", 20},
		{"AWS::CloudFront::OriginAccessControl", "origin access controls", 100},
	} {
		c.atMost(quota.most, len(c.app.cfn.Resources(quota.kind)), quota.kind, quota.what+" in an account")
	}
}

// checkPolicies checks each policy of the template once.
func (c *checker) checkPolicies() {
	checkEach(c, "AWS::CloudFront::CachePolicy", policy.ParseCache, (*policy.Cache).Problems)
	checkEach(c, "AWS::CloudFront::OriginRequestPolicy", policy.ParseOriginRequest, (*policy.OriginRequest).Problems)
	checkEach(c, "AWS::CloudFront::ResponseHeadersPolicy", policy.ParseResponseHeaders, (*policy.ResponseHeaders).Problems)
}

func checkEach[P any](c *checker, kind string, parse func(map[string]any) (*P, error), problems func(*P) []policy.Problem) {
	for _, r := range c.app.cfn.Resources(kind) {
		p, err := parse(r.Properties)
		if err != nil {
			continue // reported where a behavior uses it
		}
		for _, problem := range problems(p) {
			rule := "invalid"
			if problem.Quota {
				rule = "quota"
			}
			c.add(Error, rule, r.ID, "%s", problem)
		}
	}
}
