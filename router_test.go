package cfrouter_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// routerIn makes the Router of a test.
func routerIn(stack awscdk.Stack, props *cfrouter.RouterProps) cfrouter.Router {
	return cfrouter.NewRouter(stack, jsii.String("Router"), props)
}

// routeTo adds routes, each written as a pattern and the name of its target.
func routeTo(t *testing.T, router cfrouter.Router, targets *targets, routes ...[2]string) {
	t.Helper()
	for _, route := range routes {
		router.AddRoute(jsii.String(route[0]), targets.get(t, route[1]), nil)
	}
}

// templateWith is the template of a stack with a Router and such routes.
func templateWith(t *testing.T, props *cfrouter.RouterProps, routes ...[2]string) map[string]any {
	t.Helper()
	stack := newStack()
	routeTo(t, routerIn(stack, props), newTargets(stack), routes...)
	return synthesize(t, stack)
}

var oneDomain = [][2]string{
	{"/", "bucket:Site"},
	{"/files", "bucket:Files"},
	{"/api", "httpapi:Api"},
	{"/report", "function:Report"},
	{"/echo", "url:https://example.com"},
}

func TestOneDomain(t *testing.T) {
	template := templateWith(t, nil, oneDomain...)
	goldenWithCode(t, "one-domain", template)

	behaviors := behaviorsOf(t, template)
	same(t, "behaviors", []any{
		"/report", "/report/*", "/files", "/files/*", "/echo", "/echo/*", "/api", "/api/*", "*",
	}, each(behaviors, "PathPattern"))
	readOnly := []any{"GET", "HEAD", "OPTIONS"}
	every := []any{"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"}
	function, _ := only(t, template, "AWS::CloudFront::Function")
	for _, behavior := range behaviors {
		path := behavior["PathPattern"].(string)
		methods := every
		if path == "*" || strings.HasPrefix(path, "/files") {
			methods = readOnly
		}
		same(t, "methods of "+path, methods, behavior["AllowedMethods"].([]any))
		same(t, "protocol of "+path, "redirect-to-https", behavior["ViewerProtocolPolicy"].(string))
		same(t, "functions of "+path, []any{
			map[string]any{"EventType": "viewer-request", "FunctionARN": attribute(function, "FunctionARN")},
		}, behavior["FunctionAssociations"].([]any))
	}
	has(t, template, "AWS::CloudFront::Function", map[string]any{
		"AutoPublish":    true,
		"FunctionConfig": map[string]any{"Runtime": "cloudfront-js-2.0"},
	})
	has(t, template, "AWS::CloudFront::Distribution", map[string]any{
		"DistributionConfig": map[string]any{"HttpVersion": "http2and3", "IPV6Enabled": true, "Enabled": true},
	})
}

func TestNoRoot(t *testing.T) {
	template := templateWith(t, nil, [2]string{"/api", "httpapi:Api"}, [2]string{"/static", "bucket:Static"})
	golden(t, "no-root", template)

	last := behaviorOf(t, template, "*")
	same(t, "origin of what no route takes", "Unmatched", last["TargetOriginId"].(string))
	same(t, "its methods", 7, len(last["AllowedMethods"].([]any)))
	same(t, "its protocol", "redirect-to-https", last["ViewerProtocolPolicy"].(string))
	same(t, "its functions", behaviorOf(t, template, "/api")["FunctionAssociations"], last["FunctionAssociations"])
	for _, origin := range objects(configOf(t, template)["Origins"]) {
		if origin["Id"] == "Unmatched" {
			same(t, "its host", "unmatched.invalid", origin["DomainName"].(string))
		}
	}
}

// The origin of what no route takes is there only as long as something is taken
// by no route.
func TestRootReplacesTheUnmatchedOrigin(t *testing.T) {
	template := templateWith(t, nil, oneDomain...)
	origins := objects(configOf(t, template)["Origins"])
	same(t, "number of origins", len(oneDomain), len(origins))
	if ids := each(origins, "Id"); slices.Contains(ids, any("Unmatched")) {
		t.Errorf("the origin Unmatched is among %v, although the root route takes every path", ids)
	}
}

func TestSpecificity(t *testing.T) {
	template := templateWith(t, nil,
		[2]string{"/api", "httpapi:Api"},
		[2]string{"/", "bucket:Site"},
		[2]string{"/api/admin/audit", "url:https://audit.example.com/base"},
		[2]string{"/api/admin", "function:Admin"},
	)
	golden(t, "specificity", template)
	same(t, "behaviors", []any{
		"/api/admin/audit", "/api/admin/audit/*", "/api/admin", "/api/admin/*", "/api", "/api/*", "*",
	}, each(behaviorsOf(t, template), "PathPattern"))
}

func TestGlobsAndExact(t *testing.T) {
	stack := newStack()
	targets, router := newTargets(stack), routerIn(stack, nil)
	routeTo(t, router, targets,
		[2]string{"/*.jpg", "bucket:Photos"},
		[2]string{"/img", "bucket:Images"},
		[2]string{"/v?/health", "function:Health"},
		[2]string{"/", "httpapi:App"},
	)
	exact := &cfrouter.RouteOptions{Exact: jsii.Bool(true)}
	router.AddRoute(jsii.String("/img"), targets.get(t, "httpapi:App"), exact)
	router.AddRoute(jsii.String("/favicon.ico"), targets.get(t, "bucket:Images"), exact)
	router.AddRoute(jsii.String("/raw/*"), targets.get(t, "bucket:Photos"), &cfrouter.RouteOptions{StripPrefix: jsii.Bool(true)})
	template := synthesize(t, stack)
	golden(t, "globs-and-exact", template)
	same(t, "behaviors", []any{
		"/favicon.ico", "/img", "/raw/*", "/img/*", "/v?/health", "/*.jpg", "*",
	}, each(behaviorsOf(t, template), "PathPattern"))

	// The exact route has taken the bare path, which CloudFront would refuse to
	// have twice.
	app, images := behaviorOf(t, template, "*"), behaviorOf(t, template, "/img/*")
	same(t, "origin of exact /img", app["TargetOriginId"], behaviorOf(t, template, "/img")["TargetOriginId"])
	same(t, "origin of /favicon.ico", images["TargetOriginId"], behaviorOf(t, template, "/favicon.ico")["TargetOriginId"])
}

func TestOutputs(t *testing.T) {
	template := templateWith(t, nil, [2]string{"/", "bucket:Site"})
	distribution, _ := only(t, template, "AWS::CloudFront::Distribution")
	same(t, "outputs", map[string]any{
		"RouterUrl":            join("https://", attribute(distribution, "DomainName")),
		"RouterDistributionId": ref(distribution),
		"RouterDomainName":     attribute(distribution, "DomainName"),
	}, outputsOf(template))

	none := templateWith(t, &cfrouter.RouterProps{Outputs: jsii.Bool(false)}, [2]string{"/", "bucket:Site"})
	golden(t, "no-outputs", none)
	same(t, "outputs", 0, len(object(none["Outputs"])))
}

func TestDistributionProps(t *testing.T) {
	template := templateWith(t, &cfrouter.RouterProps{
		Distribution: &awscloudfront.DistributionProps{
			Comment:     jsii.String("Shop"),
			EnableIpv6:  jsii.Bool(false),
			HttpVersion: awscloudfront.HttpVersion_HTTP2,
			PriceClass:  awscloudfront.PriceClass_PRICE_CLASS_100,
			WebAclId:    jsii.String("arn:aws:wafv2:us-east-1:111122223333:global/webacl/shop/473e64fd-f30b-4765-81a0-62ad96dd167a"),
			ErrorResponses: &[]*awscloudfront.ErrorResponse{
				{HttpStatus: jsii.Number(404), Ttl: awscdk.Duration_Minutes(jsii.Number(5))},
			},
			GeoRestriction: awscloudfront.GeoRestriction_Denylist(jsii.String("AQ")),
		},
	}, [2]string{"/", "bucket:Site"}, [2]string{"/api", "httpapi:Api"})
	golden(t, "distribution-props", template)

	config := configOf(t, template)
	same(t, "http version", "http2", config["HttpVersion"].(string))
	same(t, "ipv6", false, config["IPV6Enabled"].(bool))
	lifetimes := errorLifetimes(t, template)
	same(t, "number of error codes", 10, len(lifetimes))
	same(t, "own lifetime of 404", 300.0, lifetimes[404])
	same(t, "lifetime of 403", 0.0, lifetimes[403])
}

func TestErrorsAreNotCached(t *testing.T) {
	template := templateWith(t, nil, [2]string{"/", "bucket:Site"})
	same(t, "lifetimes of errors", map[float64]float64{
		400: 0, 403: 0, 404: 0, 405: 0, 414: 0, 500: 0, 501: 0, 502: 0, 503: 0, 504: 0,
	}, errorLifetimes(t, template))
}

func errorLifetimes(t *testing.T, template map[string]any) map[float64]float64 {
	t.Helper()
	out := map[float64]float64{}
	for _, response := range objects(configOf(t, template)["CustomErrorResponses"]) {
		seconds, given := response["ErrorCachingMinTTL"].(float64)
		if !given {
			t.Fatalf("no ErrorCachingMinTTL in %v", response)
		}
		out[response["ErrorCode"].(float64)] = seconds
	}
	return out
}

// A function is published long before the distribution changes. Only under a new
// name does CloudFormation make a new function, so that behaviors never meet the
// table of others.
func TestTableAndBehaviorsChangeTogether(t *testing.T) {
	before := templateWith(t, nil, oneDomain[:3]...)
	after := templateWith(t, nil, oneDomain...)
	again := templateWith(t, nil, oneDomain...)

	id, function := only(t, before, "AWS::CloudFront::Function")
	afterId, afterFunction := only(t, after, "AWS::CloudFront::Function")
	_, againFunction := only(t, again, "AWS::CloudFront::Function")
	same(t, "logical id", id, afterId)
	same(t, "name of equal tables", afterFunction["Name"], againFunction["Name"])
	if fmt.Sprint(function["Name"]) == fmt.Sprint(afterFunction["Name"]) {
		t.Errorf("the name of the function is still %v after routes were added", function["Name"])
	}
	for _, f := range []map[string]any{function, afterFunction} {
		parts := f["Name"].(map[string]any)["Fn::Join"].([]any)[1].([]any)
		hash := sha256.Sum256([]byte(f["FunctionCode"].(string)))
		same(t, "end of the name", fmt.Sprintf("-%x", hash[:4]), parts[len(parts)-1].(string))
	}
}

// CloudFront's names are shared by all stacks and regions of an account, also
// where the CDK has to shorten them.
func TestNamesAreUniqueInAnAccount(t *testing.T) {
	names := map[string]string{}
	for _, region := range []string{"us-east-1", "ap-southeast-1"} {
		stack := awscdk.NewStack(newApp(), jsii.String(strings.Repeat("ALongNameOfAStack", 7)), &awscdk.StackProps{
			Env: &awscdk.Environment{Account: jsii.String(account), Region: jsii.String(region)},
		})
		targets := newTargets(stack)
		for _, id := range []string{"One", "Two"} {
			router := cfrouter.NewRouter(stack, jsii.String(id), nil)
			routeTo(t, router, targets, [2]string{"/", "bucket:Site"}, [2]string{"/report", "function:Report"})
			router.AddRoute(jsii.String("/daily"), targets.get(t, "function:Report"), &cfrouter.RouteOptions{Cache: &awscloudfront.CachePolicyProps{}})
		}
		template := synthesize(t, stack)
		for kind, config := range map[string]string{
			"AWS::CloudFront::Function":            "",
			"AWS::CloudFront::CachePolicy":         "CachePolicyConfig",
			"AWS::CloudFront::OriginAccessControl": "OriginAccessControlConfig",
		} {
			for id, properties := range resourcesOf(template, kind) {
				if config != "" {
					properties = object(properties[config])
				}
				name := properties["Name"].(string)
				if other, taken := names[kind+name]; taken || len(name) > 64 {
					t.Errorf("the name %s of %s in %s has %d characters and is that of %q", name, id, region, len(name), other)
				}
				names[kind+name] = id + " in " + region
			}
		}
	}
	same(t, "number of names", 2*2*(1+2+2), len(names))
}

// TestCaching has every way to say what is cached.
func TestCaching(t *testing.T) {
	stack := newStack()
	targets, router := newTargets(stack), routerIn(stack, nil)
	own := awscloudfront.NewCachePolicy(stack, jsii.String("Own"), &awscloudfront.CachePolicyProps{
		CachePolicyName: jsii.String("own"),
		MaxTtl:          awscdk.Duration_Minutes(jsii.Number(1)),
		DefaultTtl:      awscdk.Duration_Minutes(jsii.Number(1)),
	})
	hour := &awscloudfront.CachePolicyProps{MaxTtl: awscdk.Duration_Hours(jsii.Number(1))}
	route := func(pattern, target string, options *cfrouter.RouteOptions) {
		router.AddRoute(jsii.String(pattern), targets.get(t, target), options)
	}
	route("/", "bucket:Site", nil)
	route("/files", "bucket:Files", nil)
	route("/hourly", "bucket:Files", &cfrouter.RouteOptions{Cache: hour})
	route("/catalog", "httpapi:Api", &cfrouter.RouteOptions{Cache: hour})
	route("/prices", "url:https://example.com", &cfrouter.RouteOptions{Cache: hour})
	route("/words", "url:https://example.com", &cfrouter.RouteOptions{Cache: &awscloudfront.CachePolicyProps{
		HeaderBehavior:      awscloudfront.CacheHeaderBehavior_AllowList(jsii.String("accept-language")),
		CookieBehavior:      awscloudfront.CacheCookieBehavior_AllowList(jsii.String("region")),
		QueryStringBehavior: awscloudfront.CacheQueryStringBehavior_AllowList(jsii.String("page")),
		MinTtl:              awscdk.Duration_Seconds(jsii.Number(10)),
		DefaultTtl:          awscdk.Duration_Seconds(jsii.Number(20)),
		MaxTtl:              awscdk.Duration_Seconds(jsii.Number(30)),
	}})
	route("/own", "httpapi:Api", &cfrouter.RouteOptions{Behavior: &awscloudfront.AddBehaviorOptions{CachePolicy: own}})
	route("/managed", "bucket:Site", &cfrouter.RouteOptions{Behavior: &awscloudfront.AddBehaviorOptions{
		CachePolicy: awscloudfront.CachePolicy_CACHING_OPTIMIZED_FOR_UNCOMPRESSED_OBJECTS(),
	}})
	template := synthesize(t, stack)
	golden(t, "caching", template)

	policy := func(path string) any { return behaviorOf(t, template, path)["CachePolicyId"] }
	same(t, "policy of equal settings", policy("/catalog"), policy("/prices"))
	same(t, "policy of two buckets", policy("*"), policy("/files"))
	same(t, "own policy", any(ref(logicalId(stack, own.Node().DefaultChild()))), policy("/own"))
	same(t, "managed policy", any("b2884449-e4de-46a7-ac36-70bc7f1ddd6d"), policy("/managed"))

	const always, host = "x-cfrouter-route", "x-forwarded-host"
	for path, want := range map[string]cacheKey{
		"*":        {[]any{always}, nil, nil, "none", 0, 86400, 31536000},
		"/hourly":  {[]any{always}, nil, nil, "none", 0, 3600, 3600},
		"/catalog": {[]any{always, host}, nil, nil, "all", 0, 3600, 3600},
		"/words":   {[]any{always, host, "accept-language"}, []any{"region"}, []any{"page"}, "whitelist", 10, 20, 30},
	} {
		same(t, "cache key of "+path, want, cacheKeyOf(t, template, path))
	}
	count(t, template, "AWS::CloudFront::CachePolicy", 5)
}

// cacheKey is what is compared of a cache policy; lifetimes are in seconds.
type cacheKey struct {
	Headers, Cookies, QueryStrings []any
	QueryStringBehavior            string
	Min, Default, Max              float64
}

// cacheKeyOf reads the policy that a behavior refers to.
func cacheKeyOf(t *testing.T, template map[string]any, path string) cacheKey {
	t.Helper()
	id, _ := object(behaviorOf(t, template, path)["CachePolicyId"])["Ref"].(string)
	policy := object(resourcesOf(template, "AWS::CloudFront::CachePolicy")[id]["CachePolicyConfig"])
	if policy == nil {
		t.Fatalf("behavior %q has no policy of the template's", path)
	}
	key := object(policy["ParametersInCacheKeyAndForwardedToOrigin"])
	list := func(part, names string) []any {
		out, _ := object(key[part])[names].([]any)
		return out
	}
	return cacheKey{
		Headers:             list("HeadersConfig", "Headers"),
		Cookies:             list("CookiesConfig", "Cookies"),
		QueryStrings:        list("QueryStringsConfig", "QueryStrings"),
		QueryStringBehavior: object(key["QueryStringsConfig"])["QueryStringBehavior"].(string),
		Min:                 policy["MinTTL"].(float64),
		Default:             policy["DefaultTTL"].(float64),
		Max:                 policy["MaxTTL"].(float64),
	}
}

// A policy can be named, and then by that name only once: a route of a bucket and
// one that forwards headers need two policies even for equal settings.
func TestNamedPolicies(t *testing.T) {
	stack := newStack()
	targets, router := newTargets(stack), routerIn(stack, nil)
	named := &cfrouter.RouteOptions{Cache: &awscloudfront.CachePolicyProps{CachePolicyName: jsii.String("daily")}}
	router.AddRoute(jsii.String("/a"), targets.get(t, "httpapi:Api"), named)
	router.AddRoute(jsii.String("/b"), targets.get(t, "url:https://example.com"), named)
	failed := recovered(func() { router.AddRoute(jsii.String("/c"), targets.get(t, "bucket:Site"), named) })
	if text := fmt.Sprint(failed); !strings.HasPrefix(text, `cfrouter: pattern "/c": CachePolicyName "daily" is that of another route`) {
		t.Errorf("a second policy of one name: %s", text)
	}
	template := synthesize(t, stack)
	count(t, template, "AWS::CloudFront::CachePolicy", 1)
	has(t, template, "AWS::CloudFront::CachePolicy", map[string]any{"CachePolicyConfig": map[string]any{"Name": "daily"}})
}

// An account has 20 cache policies and 100 origin access controls.
func TestTargetsShareWhatIsScarce(t *testing.T) {
	var routes [][2]string
	for i := range 10 {
		routes = append(routes,
			[2]string{fmt.Sprintf("/b%d", i), fmt.Sprintf("bucket:Bucket%d", i)},
			[2]string{fmt.Sprintf("/f%d", i), fmt.Sprintf("function:Function%d", i)},
		)
	}
	template := templateWith(t, nil, routes...)
	count(t, template, "AWS::CloudFront::CachePolicy", 1)
	count(t, template, "AWS::CloudFront::Function", 1)
	kinds := map[any]int{}
	for _, control := range resourcesOf(template, "AWS::CloudFront::OriginAccessControl") {
		kinds[object(control["OriginAccessControlConfig"])["OriginAccessControlOriginType"]]++
	}
	same(t, "origin access controls", map[any]int{"s3": 1, "lambda": 1}, kinds)
	for _, origin := range objects(configOf(t, template)["Origins"]) {
		if origin["Id"] != "Unmatched" && origin["OriginAccessControlId"] == nil {
			t.Errorf("origin %v has no access control", origin["Id"])
		}
	}
}

// TestCachesCannotMix executes requests for every route and compares the keys of
// the cached objects, as if neither behavior nor origin were part of them.
func TestCachesCannotMix(t *testing.T) {
	stack := newStack()
	targets, router := newTargets(stack), routerIn(stack, nil)
	routeTo(t, router, targets,
		[2]string{"/", "bucket:Site"},
		[2]string{"/docs", "bucket:Docs"},
		[2]string{"/app", "bucket:App"},
		[2]string{"/help", "bucket:Docs"},
		[2]string{"/docs/old", "bucket:App"},
		[2]string{"/*.jpg", "bucket:Photos"},
	)
	cached := &cfrouter.RouteOptions{Cache: &awscloudfront.CachePolicyProps{}}
	router.AddRoute(jsii.String("/catalog"), targets.get(t, "httpapi:Api"), cached)
	router.AddRoute(jsii.String("/prices"), targets.get(t, "url:https://example.com"), cached)
	router.AddRoute(jsii.String("/favicon.ico"), targets.get(t, "bucket:App"), &cfrouter.RouteOptions{Exact: jsii.Bool(true)})
	distribution := load(t, synthesize(t, stack))

	requests := requestsFor("", "/docs", "/app", "/help", "/docs/old", "/catalog", "/prices")
	answers, err := distribution.Do(edgetest.Goja(), requests...)
	if err != nil {
		t.Fatal(err)
	}
	owners, withoutRoute := map[string]string{}, map[string]map[string]bool{}
	for i, answer := range answers {
		if answer.CacheKey == "" {
			continue
		}
		// The two behaviors of a prefix are one route.
		route := strings.TrimSuffix(answer.Behavior, "/*")
		if owner, taken := owners[answer.CacheKey]; taken && owner != route {
			t.Errorf("%+v of route %q has the key of route %q: %q", requests[i], route, owner, answer.CacheKey)
		}
		owners[answer.CacheKey] = route
		uri, _, _ := strings.Cut(answer.CacheKey, "\n")
		if withoutRoute[uri] == nil {
			withoutRoute[uri] = map[string]bool{}
		}
		withoutRoute[uri][route] = true
	}
	// Without the header the routes would have met, so that something was tested.
	if met := len(withoutRoute["/index.html"]); met < 5 {
		t.Errorf("%d routes met at /index.html, want at least 5 of %d keys", met, len(owners))
	}
}

// requestsFor are requests for paths below each prefix, in every form, with and
// without headers by which a viewer might choose the key.
func requestsFor(prefixes ...string) []edgetest.Request {
	tails := []string{
		"", "/", "/index.html", "/a", "/a/", "/a/index.html", "/b.jpg", "/favicon.ico", "//index.html", "/./index.html",
		"/a/../index.html", "/%69ndex.html", "/%2e%2e/index.html", "/..%2findex.html", "/docs/index.html", "/app/docs/", "/old/a", "/x?q=1",
		"/x?q=2", "/-", "/.well-known/x", `/\index.html`, "/docs%2Findex.html",
	}
	forged := map[string]string{"x-cfrouter-route": "000000", "x-forwarded-host": "evil.example.com", "x-forwarded-prefix": "/docs"}
	var out []edgetest.Request
	for _, prefix := range prefixes {
		for _, tail := range tails {
			url := prefix + tail
			if !strings.HasPrefix(url, "/") {
				continue
			}
			for _, form := range edgetest.Forms() {
				out = append(out,
					edgetest.Request{URL: url, Form: form},
					edgetest.Request{URL: url, Form: form, Headers: forged},
				)
			}
		}
	}
	return out
}

// What an API answers under one host must not be served under another, and the
// viewer must not choose the host in the key.
func TestHostIsInTheKeyOfForwardingRoutes(t *testing.T) {
	stack := newStack()
	router := routerIn(stack, nil)
	router.AddRoute(jsii.String("/catalog"), newTargets(stack).get(t, "httpapi:Api"), &cfrouter.RouteOptions{Cache: &awscloudfront.CachePolicyProps{}})
	forged := map[string]string{"x-forwarded-host": "b.example.com"}
	answers, err := load(t, synthesize(t, stack)).Do(edgetest.Goja(),
		edgetest.Request{URL: "/catalog/1", Host: "a.example.com"},
		edgetest.Request{URL: "/catalog/1", Host: "b.example.com"},
		edgetest.Request{URL: "/catalog/1", Host: "a.example.com", Headers: forged},
	)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "key with a forged host", answers[0].CacheKey, answers[2].CacheKey)
	if answers[0].CacheKey == answers[1].CacheKey {
		t.Errorf("two hosts share the key %q", answers[0].CacheKey)
	}
}

// Behavior is passed through field by field.
func TestBehaviorOptions(t *testing.T) {
	stack := newStack()
	router := routerIn(stack, nil)
	headers := awscloudfront.ResponseHeadersPolicy_CORS_ALLOW_ALL_ORIGINS()
	router.AddRoute(jsii.String("/files"), cfrouter.NewBucketTarget(awss3.NewBucket(stack, jsii.String("Files"), nil), nil), &cfrouter.RouteOptions{
		Behavior: &awscloudfront.AddBehaviorOptions{
			AllowedMethods:        awscloudfront.AllowedMethods_ALLOW_GET_HEAD(),
			Compress:              jsii.Bool(false),
			ResponseHeadersPolicy: headers,
			ViewerProtocolPolicy:  awscloudfront.ViewerProtocolPolicy_HTTPS_ONLY,
		},
	})
	api := awsapigatewayv2.NewHttpApi(stack, jsii.String("Api"), nil)
	router.AddRoute(jsii.String("/api"), cfrouter.NewHttpApiTarget(api, nil), &cfrouter.RouteOptions{
		Behavior: &awscloudfront.AddBehaviorOptions{
			OriginRequestPolicy: awscloudfront.OriginRequestPolicy_CORS_CUSTOM_ORIGIN(),
		},
	})
	template := synthesize(t, stack)

	for _, path := range []string{"/files", "/files/*"} {
		files := behaviorOf(t, template, path)
		same(t, "methods", []any{"GET", "HEAD"}, files["AllowedMethods"].([]any))
		same(t, "compression", false, files["Compress"].(bool))
		same(t, "protocol", "https-only", files["ViewerProtocolPolicy"].(string))
		same(t, "response headers", *headers.ResponseHeadersPolicyId(), files["ResponseHeadersPolicyId"].(string))
		same(t, "cache key", []any{"x-cfrouter-route"}, cacheKeyOf(t, template, path).Headers)
	}
	forwarding := behaviorOf(t, template, "/api")
	same(t, "origin request policy", "59781a5b-3903-41f3-afcb-af62929ccde1", forwarding["OriginRequestPolicyId"].(string))
	same(t, "cache policy", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", forwarding["CachePolicyId"].(string))
}

// What is in the key must not be the viewer's to choose, for a bucket neither.
func TestKeyedHostOfABucketIsTrue(t *testing.T) {
	stack := newStack()
	routerIn(stack, nil).AddRoute(jsii.String("/"), bucketTarget(stack, "Site"), &cfrouter.RouteOptions{
		Cache: &awscloudfront.CachePolicyProps{HeaderBehavior: awscloudfront.CacheHeaderBehavior_AllowList(jsii.String("x-forwarded-host"))},
	})
	answers, err := load(t, synthesize(t, stack)).Do(edgetest.Goja(), edgetest.Request{
		URL: "/a", Host: "app.example.com", Headers: map[string]string{"x-forwarded-host": "evil.example"},
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "x-forwarded-host", "app.example.com", answers[0].Headers["x-forwarded-host"])
}

// CloudFront takes 128 characters in the comment of a function.
func TestLongPath(t *testing.T) {
	stack := newStack()
	scope := constructs.NewConstruct(stack, jsii.String(strings.Repeat("Long", 40)))
	cfrouter.NewRouter(scope, jsii.String("Router"), nil).AddRoute(jsii.String("/"), urlTarget("https://example.com"), nil)
	_, function := only(t, synthesize(t, stack), "AWS::CloudFront::Function")
	comment := object(function["FunctionConfig"])["Comment"].(string)
	if len(comment) != 128 || !strings.HasSuffix(comment, "/Router") {
		t.Errorf("the comment has %d characters: %q", len(comment), comment)
	}
}
