package cfrouter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudfront"
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

// maxKeyHeaders is CloudFront's quota of headers in a cache policy.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-policies)
const maxKeyHeaders = 10

// cachingDisabled is the id of the managed policy that caches nothing.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html)
const cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"

// setCaching decides on the cache policy of a route.
func (r *router) setCaching(added *route, behavior, given *awscloudfront.AddBehaviorOptions) error {
	config := added.target.config
	path := added.pattern.path
	switch {
	case added.options.Cache != nil && !isNil(given.CachePolicy):
		return fmt.Errorf("pattern %q has both Cache and Behavior.CachePolicy: give Cache to let the Router make the policy, or CachePolicy to use one of your own untouched", path)
	case added.options.Cache == nil && !isNil(behavior.CachePolicy):
		added.ownKey = *behavior.CachePolicy.CachePolicyRef().CachePolicyId != cachingDisabled
		added.cached = added.ownKey
		return checkPolicy(path, behavior.CachePolicy)
	case added.options.Cache == nil && config.Cache == nil:
		behavior.CachePolicy = awscloudfront.CachePolicy_CACHING_DISABLED()
		return nil
	}
	props, err := keyed(merged(config.Cache, added.options.Cache), !isNil(behavior.OriginRequestPolicy))
	if err != nil {
		return fmt.Errorf("pattern %q: %w", path, err)
	}
	if value(config.RefusesViewerHost, false) && slices.ContainsFunc(headersOf(props), isHostHeader) {
		return fmt.Errorf("pattern %q has Host in its cache key, which sends the viewer's Host header, and its target answers every such request with 403: leave it out, %s is in the key", path, forwardedHost)
	}
	added.cached = true
	behavior.CachePolicy = r.cachePolicy(props)
	return nil
}

// keyed completes the settings of a cache policy: the headers that keep routes
// and hosts apart, lifetimes that fit together, and the query string, if the
// origin is sent it.
func keyed(props *awscloudfront.CachePolicyProps, forwards bool) (*awscloudfront.CachePolicyProps, error) {
	headers := []string{edgefn.RouteHeader}
	if forwards {
		headers = append(headers, forwardedHost)
	}
	for _, name := range headersOf(props) {
		if !slices.ContainsFunc(headers, func(have string) bool { return strings.EqualFold(have, name) }) {
			headers = append(headers, name)
		}
	}
	if len(headers) > maxKeyHeaders {
		return nil, fmt.Errorf("the cache key has %d headers, of which %q are the Router's, and CloudFront takes %d: leave some out", len(headers), headers[:len(headers)-len(headersOf(props))], maxKeyHeaders)
	}
	if err := fitLifetimes(props); err != nil {
		return nil, err
	}
	return merged(&awscloudfront.CachePolicyProps{
		EnableAcceptEncodingBrotli: jsii.Bool(true),
		EnableAcceptEncodingGzip:   jsii.Bool(true),
		QueryStringBehavior:        defaultQueryStrings(forwards),
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
	least, usual, most := seconds(props.MinTtl, 0), seconds(props.DefaultTtl, 24*60*60), seconds(props.MaxTtl, 365*24*60*60)
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
		return fmt.Errorf("MinTtl is %v s, DefaultTtl %v s and MaxTtl %v s: they must not decrease in this order", least, usual, most)
	}
	props.MinTtl, props.DefaultTtl, props.MaxTtl = duration(least), duration(usual), duration(most)
	return nil
}

func seconds(d awscdk.Duration, otherwise float64) float64 {
	if isNil(d) {
		return otherwise
	}
	return *d.ToSeconds(nil)
}

func duration(seconds float64) awscdk.Duration {
	return awscdk.Duration_Seconds(jsii.Number(seconds))
}

// cachePolicy makes a policy, or returns the one that has the same settings: an
// account has only 20.
func (r *router) cachePolicy(props *awscloudfront.CachePolicyProps) awscloudfront.CachePolicy {
	id := "CachePolicy" + hash(fingerprint(props))[:8]
	if r.policies[id] == nil {
		r.policies[id] = awscloudfront.NewCachePolicy(r, jsii.String(id), props)
	}
	return r.policies[id]
}

// checkPolicy finds what CloudFront would refuse at deployment in a policy that
// was made in this app.
func checkPolicy(path string, policy interfacesawscloudfront.ICachePolicyRef) error {
	cfn, ok := madeHere[awscloudfront.CfnCachePolicy](policy, *policy.CachePolicyRef().CachePolicyId)
	if !ok {
		return nil
	}
	config := resolved(policy, cfn.CachePolicyConfig())
	key := dig(config, "parametersInCacheKeyAndForwardedToOrigin")
	if config["maxTtl"] != float64(0) {
		return nil
	}
	for part, mode := range map[string]string{"headersConfig": "headerBehavior", "cookiesConfig": "cookieBehavior", "queryStringsConfig": "queryStringBehavior"} {
		if named := dig(key, part)[mode]; named != nil && named != "none" {
			return fmt.Errorf("pattern %q has a cache policy with MaxTtl 0 and %s %q, and CloudFront refuses a cache key where nothing is cached: use CachePolicy_CACHING_DISABLED(), or a MaxTtl above 0", path, mode, named)
		}
	}
	return nil
}
