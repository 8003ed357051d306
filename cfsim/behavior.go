package cfsim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim/internal/policy"
	"github.com/cfrouter/cfrouter/cfsim/internal/signed"
	"github.com/cfrouter/cfrouter/internal/glob"
)

// A behavior is a cache behavior with all it refers to.
type behavior struct {
	behaviorConfig
	pattern string // "*" for the default one
	matches glob.Set
	origin  *origin // nil if TargetOriginId names none

	cache    *policy.Cache
	request  *policy.OriginRequest   // nil without one
	response *policy.ResponseHeaders // nil without one

	viewerRequest, viewerResponse *edgeFunction
	lambdas                       map[string]*lambdaEdge // by event type
	restricted                    bool                   // only signed urls and cookies are let through
	keys                          []signed.Key

	unknown []string // what is referred to and not in the template, in sentences
}

func (d *Distribution) newBehavior(c behaviorConfig, pattern string, raw map[string]any) *behavior {
	b := &behavior{behaviorConfig: c, pattern: pattern, matches: glob.Set{"/*"}}
	if pattern != "*" {
		b.matches = matchesOf(pattern)
	}
	if len(b.AllowedMethods) == 0 {
		b.AllowedMethods = []string{"GET", "HEAD"}
	}
	if len(b.CachedMethods) == 0 {
		b.CachedMethods = []string{"GET", "HEAD"}
	}
	b.origin = d.originByID(c.TargetOriginId)
	if b.origin == nil {
		d.problem("missing-origin", d.resource.ID, "the behavior %q sends its requests to the origin %q, and the distribution has none of that id; it has %s",
			pattern, c.TargetOriginId, quoted(d.originIDs()))
	}
	d.addPolicies(b, raw)
	d.addFunctions(b)
	d.addLambdas(b)
	d.addKeys(b)
	return b
}

// rooted writes a path pattern with its slash, which is optional and makes no
// difference.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern)
func rooted(pattern string) string {
	if pattern != "" && !strings.ContainsRune("/*?", rune(pattern[0])) {
		return "/" + pattern
	}
	return pattern
}

// matchesOf are the paths that a pattern matches. Every path begins with a slash, and
// so do these globs, or comparing patterns would find paths that there are not.
func matchesOf(pattern string) glob.Set {
	pattern = rooted(glob.Canonical(pattern))
	switch {
	case strings.HasPrefix(pattern, "?"):
		return glob.Set{"/" + pattern[1:]}
	case strings.HasPrefix(pattern, "*/"): // the wildcard may stand for nothing
		return glob.Set{"/" + pattern, pattern[1:]}
	case strings.HasPrefix(pattern, "*"):
		return glob.Set{"/" + pattern}
	}
	return glob.Set{pattern}
}

// addPolicies finds the policies of a behavior. Without a cache policy it has the
// legacy settings, which say at once what is forwarded and what is in the key.
func (d *Distribution) addPolicies(b *behavior, raw map[string]any) {
	if b.CachePolicyId == "" {
		var err error
		if b.cache, b.request, err = policy.Legacy(raw); err != nil {
			d.problem("invalid", d.resource.ID, "the behavior %q: %v", b.pattern, err)
		}
	} else {
		if b.ForwardedValues != nil {
			d.problem("invalid", d.resource.ID, "the behavior %q has both a CachePolicyId and ForwardedValues, and CloudFront takes one of them", b.pattern)
		}
		b.cache = lookUp(d, b, "AWS::CloudFront::CachePolicy", b.CachePolicyId, policy.ManagedCache, policy.ParseCache)
	}
	if b.cache == nil { // reported; nothing is cached, so nothing wrong can be
		b.cache = &policy.Cache{Name: b.CachePolicyId}
	}
	if b.OriginRequestPolicyId != "" {
		b.request = lookUp(d, b, "AWS::CloudFront::OriginRequestPolicy", b.OriginRequestPolicyId, policy.ManagedOriginRequest, policy.ParseOriginRequest)
	}
	if b.ResponseHeadersPolicyId != "" {
		b.response = lookUp(d, b, "AWS::CloudFront::ResponseHeadersPolicy", b.ResponseHeadersPolicyId, policy.ManagedResponseHeaders, policy.ParseResponseHeaders)
	}
}

// lookUp returns the managed policy of an id, or that of a resource the id refers
// to.
func lookUp[P any](d *Distribution, b *behavior, kind, id string,
	managed func(string) (*P, bool), parse func(map[string]any) (*P, error),
) *P {
	if p, ok := managed(id); ok {
		return p
	}
	r := d.app.cfn.ResourceOf(id, kind)
	if r == nil {
		b.unknown = append(b.unknown, fmt.Sprintf("the policy %s is neither managed by AWS nor an %s of the template", id, kind))
		return nil
	}
	p, err := parse(r.Properties)
	if err != nil {
		d.problem("invalid", r.ID, "%v", err)
		return nil
	}
	return p
}

// addKeys finds the public keys whose signatures a behavior wants.
func (d *Distribution) addKeys(b *behavior) {
	b.restricted = len(b.TrustedKeyGroups)+len(b.TrustedSigners) > 0
	for _, group := range b.TrustedKeyGroups {
		r := d.app.cfn.ResourceOf(group, "AWS::CloudFront::KeyGroup")
		if r == nil {
			b.unknown = append(b.unknown, fmt.Sprintf("the key group %s is not in the template", group))
			continue
		}
		var properties struct{ KeyGroupConfig struct{ Items []string } }
		if err := decode(r.Properties, &properties); err != nil {
			d.problem("invalid", r.ID, "the key group cannot be read: %v", err)
		}
		for _, item := range properties.KeyGroupConfig.Items {
			d.addKey(b, item)
		}
	}
}

func (d *Distribution) addKey(b *behavior, id string) {
	r := d.app.cfn.ResourceOf(id, "AWS::CloudFront::PublicKey")
	if r == nil {
		return
	}
	var properties struct{ PublicKeyConfig struct{ EncodedKey string } }
	if err := decode(r.Properties, &properties); err != nil {
		d.problem("invalid", r.ID, "the public key cannot be read: %v", err)
	}
	if err := (signed.Key{ID: r.ID, PEM: properties.PublicKeyConfig.EncodedKey}).Check(); err != nil {
		d.problem("invalid", r.ID, "%v", err)
	}
	// What the deployed key will be called is not known. Its logical id stands
	// for it in urls that are signed for a test.
	for _, name := range []string{id, r.ID} {
		b.keys = append(b.keys, signed.Key{ID: name, PEM: properties.PublicKeyConfig.EncodedKey})
	}
}

// caches reports whether answers to a method may be kept.
func (b *behavior) caches(method string) bool {
	return !b.cache.Disabled() && slices.Contains(b.CachedMethods, method)
}

// forwardsCookies reports whether cookies are sent to the origin, which has CloudFront
// do without collapsing requests and without conditional ones. Where none are sent
// the origin's cookies are not passed on to viewers either.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Cookies.html)
func (b *behavior) forwardsCookies() bool {
	forwards := func(s policy.Selection) bool { return s.Mode != policy.None && s.Mode != "" }
	return forwards(b.cache.Cookies) || b.request != nil && forwards(b.request.Cookies)
}

func (b *behavior) originName() string {
	if b.origin == nil {
		return cmp.Or(b.TargetOriginId, "none")
	}
	return b.origin.name
}
