package cfrouter

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter/edgefn"
)

// CloudFront's cache key is made of the uri after the edge function and of what
// the cache policy names; no page of AWS says that the behavior or the origin is
// part of it. Stripping makes one uri of many, so every policy the Router makes
// names a header that the edge function sets to a value of the route's own.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-the-cache-key.html)

// forwardedHost is the header in which origins see the viewer's Host.
const forwardedHost = "x-forwarded-host"

// maxPolicyHeaders is CloudFront's quota of headers in a cache policy, and in an
// origin request policy.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-policies)
const maxPolicyHeaders = 10

// cachingDisabled is the id of the managed policy that caches nothing.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html)
const cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"

// setCaching decides on the caching of a destination.
func (r *router) setCaching(w *wants, added *route, config *TargetConfig, given *awscloudfront.AddBehaviorOptions) error {
	switch {
	case added.options.Cache != nil && !isNil(given.CachePolicy):
		return fmt.Errorf("pattern %q has both Cache and Behavior.CachePolicy: give Cache to let the Router make the policy, or CachePolicy to use one of your own untouched", added.pattern.text())
	case added.options.Cache == nil && !isNil(w.options.CachePolicy):
		return usePolicy(w, added, config)
	case added.options.Cache == nil && config.Cache == nil:
		return nil
	}
	w.cache, w.cached = merged(config.Cache, added.options.Cache), true
	if value(config.RefusesViewerHost, false) && hasHeader(headersOf(w.cache), "host") {
		return hostInKey(added.pattern.text())
	}
	w.forwards = len(headersOf(w.cache)) > 0
	// The policy is made at synthesis, when it is known which routes share it; what is
	// wrong with its settings is said here.
	if _, err := r.plannedPolicy(w.cache, keyParts{forwards: !isNil(w.forward)}); err != nil {
		return fmt.Errorf("pattern %q: %w", added.pattern.text(), err)
	}
	return nil
}

// keyParts say what the Router puts into a cache key besides its own header.
type keyParts struct {
	forwards bool   // the origin is sent headers and the query string
	hosts    bool   // routes are told apart by their hosts
	viewer   string // or by these headers of CloudFront's about the viewer, with spaces between
}

// plannedPolicy is a cache policy that the Router makes if a behavior needs it.
type plannedPolicy struct {
	id    string
	props *awscloudfront.CachePolicyProps
	made  awscloudfront.CachePolicy
}

// plannedPolicy returns the policy for some settings. Equal ones share one, since
// an account has only 20. They are compared as they were asked for, which is cheap
// and true of most routes, and as they were completed.
func (r *router) plannedPolicy(wanted *awscloudfront.CachePolicyProps, parts keyParts) (*plannedPolicy, error) {
	asked := fmt.Sprint(fingerprint(wanted), parts)
	if policy := r.policies[asked]; policy != nil {
		return policy, nil
	}
	props, err := keyed(wanted, parts)
	if err != nil {
		return nil, err
	}
	id := "CachePolicy" + hash(fingerprint(props))[:8]
	if r.policies[id] == nil {
		if props.CachePolicyName != nil {
			name := "named " + *props.CachePolicyName
			if r.policies[name] != nil {
				return nil, fmt.Errorf("CachePolicyName %q is that of another route whose settings or target need a policy of its own: leave it out, or name each policy differently", *props.CachePolicyName)
			}
			defer func() { r.policies[name] = r.policies[id] }()
		}
		r.policies[id] = &plannedPolicy{id: id, props: props}
	}
	r.policies[asked] = r.policies[id]
	return r.policies[id], nil
}

// cachePolicy makes a planned policy, unless it was made before.
func (r *router) cachePolicy(p *plannedPolicy) awscloudfront.CachePolicy {
	if p.made == nil {
		// The CDK would cut its name for it where the path of the Router is long.
		settings := strings.TrimPrefix(p.id, "CachePolicy")
		p.made = awscloudfront.NewCachePolicy(r, jsii.String(p.id), merged(&awscloudfront.CachePolicyProps{CachePolicyName: globalName(r, settings)}, p.props))
	}
	return p.made
}

// keyed completes the settings of a cache policy: the headers that keep routes
// and hosts apart, lifetimes that fit together, and the query string, if the
// origin is sent it.
func keyed(props *awscloudfront.CachePolicyProps, parts keyParts) (*awscloudfront.CachePolicyProps, error) {
	props = merged(props)
	own := []string{edgefn.RouteHeader}
	if parts.forwards || parts.hosts {
		own = append(own, forwardedHost)
	}
	own = append(own, strings.Fields(parts.viewer)...)
	headers := slices.Clone(own)
	for _, name := range headersOf(props) {
		if !hasHeader(headers, name) {
			headers = append(headers, name)
		}
	}
	if len(headers) > maxPolicyHeaders {
		return nil, fmt.Errorf("the cache key has %d headers, of which %q are the Router's, and CloudFront takes %d: leave some out", len(headers), own, maxPolicyHeaders)
	}
	if hasHeader(headers, "accept-encoding") && (value(props.EnableAcceptEncodingGzip, true) || value(props.EnableAcceptEncodingBrotli, true)) {
		return nil, errors.New("the cache key names Accept-Encoding, which CloudFront refuses beside EnableAcceptEncodingGzip and EnableAcceptEncodingBrotli: leave it out, it is in the key in a normalised form, or set both to false")
	}
	if err := fitLifetimes(props); err != nil {
		return nil, err
	}
	return merged(&awscloudfront.CachePolicyProps{
		EnableAcceptEncodingBrotli: jsii.Bool(true),
		EnableAcceptEncodingGzip:   jsii.Bool(true),
		QueryStringBehavior:        defaultQueryStrings(parts.forwards),
	}, props, &awscloudfront.CachePolicyProps{
		HeaderBehavior: awscloudfront.CacheHeaderBehavior_AllowList(*jsii.Strings(headers...)...),
	}), nil
}

func defaultQueryStrings(forwards bool) awscloudfront.CacheQueryStringBehavior {
	if forwards {
		return awscloudfront.CacheQueryStringBehavior_All()
	}
	return awscloudfront.CacheQueryStringBehavior_None()
}

func headersOf(props *awscloudfront.CachePolicyProps) []string {
	if isNil(props.HeaderBehavior) {
		return nil
	}
	_, names := describeKeyPart(props.HeaderBehavior)
	return names
}

// keyPart is what the CDK's classes for the headers, cookies and query strings
// of a cache key have in common.
type keyPart interface{ Behavior() *string }

// describeKeyPart returns the mode of a part of the cache key, such as
// "whitelist", and the names it lists.
func describeKeyPart(part keyPart) (mode string, names []string) {
	var listed *[]*string
	switch p := part.(type) {
	case awscloudfront.CacheHeaderBehavior:
		listed = p.Headers()
	case awscloudfront.CacheCookieBehavior:
		listed = p.Cookies()
	case awscloudfront.CacheQueryStringBehavior:
		listed = p.QueryStrings()
	}
	for _, name := range value(listed, nil) {
		names = append(names, *name)
	}
	return *part.Behavior(), names
}

// fitLifetimes fills in the lifetimes. Left to itself the CDK raises a maximum
// to its default of a day, and so caches longer than was asked for.
func fitLifetimes(props *awscloudfront.CachePolicyProps) error {
	least, leastErr := seconds("MinTtl", props.MinTtl, 0)
	usual, usualErr := seconds("DefaultTtl", props.DefaultTtl, 24*60*60)
	most, mostErr := seconds("MaxTtl", props.MaxTtl, 365*24*60*60)
	if err := cmp.Or(leastErr, usualErr, mostErr); err != nil {
		return err
	}
	if props.DefaultTtl == nil {
		usual = max(least, min(usual, most))
	}
	if props.MaxTtl == nil {
		most = max(most, usual)
	}
	switch {
	case most == 0:
		return fmt.Errorf("MaxTtl is 0, which turns caching off, and CloudFront then takes no headers in the cache key: leave out Cache and set Behavior.CachePolicy to CachePolicy_CACHING_DISABLED()")
	case least > usual || usual > most:
		return fmt.Errorf("MinTtl is %.0f s, DefaultTtl %.0f s and MaxTtl %.0f s: they must not decrease in this order", least, usual, most)
	}
	props.MinTtl, props.DefaultTtl, props.MaxTtl = duration(least), duration(usual), duration(most)
	return nil
}

func seconds(name string, d awscdk.Duration, otherwise float64) (float64, error) {
	if isNil(d) {
		return otherwise, nil
	}
	if *d.IsUnresolved() {
		return 0, fmt.Errorf("%s is known only at deployment, and the lifetimes are compared at synthesis: write a number", name)
	}
	milliseconds := *d.ToMilliseconds(nil)
	if math.Mod(milliseconds, 1000) != 0 {
		return 0, fmt.Errorf("%s is %v ms, and CloudFront counts in seconds: write a whole number of them", name, milliseconds)
	}
	return milliseconds / 1000, nil
}

func duration(seconds float64) awscdk.Duration {
	return awscdk.Duration_Seconds(jsii.Number(seconds))
}

// hostCachePolicies are the ids of the managed policies with Host in the key:
// Amplify and UseOriginCacheControlHeaders, without and with query strings.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html)
var hostCachePolicies = []string{
	"2e54312d-136d-493c-8eb9-b001f22f67d2",
	"83da9c7e-98b4-4e11-a168-04f0df8e2c65",
	"4cc15a8a-d715-48a4-82b8-cc0b614638fe",
}

// usePolicy notes what follows from a policy that was passed in. Of one that was
// not made in this app nothing is known but its id.
func usePolicy(w *wants, added *route, config *TargetConfig) error {
	w.policy = w.options.CachePolicy
	id := *w.policy.CachePolicyRef().CachePolicyId
	caches, host := id != cachingDisabled, slices.Contains(hostCachePolicies, id)
	if cfn, ok := madeHere[awscloudfront.CfnCachePolicy](w.policy, id); ok {
		config := resolved(w.policy, cfn.CachePolicyConfig())
		key := dig(config, "parametersInCacheKeyAndForwardedToOrigin")
		caches = config["maxTtl"] != float64(0)
		if err := checkEmptyKey(added.pattern.text(), key); err != nil && !caches {
			return err
		}
		w.keyed = texts(dig(key, "headersConfig")["headers"])
		host = hasHeader(w.keyed, "host")
	}
	if host && value(config.RefusesViewerHost, false) {
		return hostInKey(added.pattern.text())
	}
	w.cached = caches
	if w.sharesKey() && config.Documents != nil && len(config.Documents.Immutable) > 0 {
		return fmt.Errorf("pattern %q leads to a bucket with Immutable, whose HTML is not to be kept by CloudFront, and has %s", added.pattern.text(), nameRouteHeader)
	}
	return nil
}

func hostInKey(path string) error {
	return fmt.Errorf("pattern %q has Host in its cache key, which sends the viewer's Host header, and its target answers every such request with 403: name %s instead, which the Router sets to the same", path, forwardedHost)
}

// checkEmptyKey finds a cache key where there must be none, as CloudFront
// refuses one in a policy that caches nothing: "The parameter HeaderBehavior (or
// EnableAcceptEncodingGzip, …) is invalid for policy with caching disabled".
func checkEmptyKey(path string, key map[string]any) error {
	refused := func(setting string, value any) error {
		return fmt.Errorf("pattern %q has a cache policy with MaxTtl 0 and %s %v, and CloudFront refuses a cache key where nothing is cached: use CachePolicy_CACHING_DISABLED(), or a MaxTtl above 0", path, setting, value)
	}
	for _, part := range []struct{ config, mode string }{
		{"headersConfig", "headerBehavior"},
		{"cookiesConfig", "cookieBehavior"},
		{"queryStringsConfig", "queryStringBehavior"},
	} {
		if mode := dig(key, part.config)[part.mode]; mode != nil && mode != "none" {
			return refused(part.mode, fmt.Sprintf("%q", mode))
		}
	}
	for _, encoding := range []string{"enableAcceptEncodingGzip", "enableAcceptEncodingBrotli"} {
		if key[encoding] == true {
			return refused(encoding, true)
		}
	}
	return nil
}
