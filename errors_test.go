package cfrouter_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudfront"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cfrouter/cfrouter"
)

// misuse is a mistake and the whole message it gets, without the prefix that all
// messages share.
type misuse struct {
	name string
	do   func()
	want string
}

func checkMisuse(t *testing.T, tests []misuse) {
	t.Helper()
	for _, test := range tests {
		if got, want := refusal(test.do), "cfrouter: "+test.want; got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", test.name, got, want)
		}
	}
}

// refusal is the text of the error that a call panics with.
func refusal(do func()) (text string) {
	text = "no panic"
	defer func() {
		switch cause := recover().(type) {
		case nil:
		case error:
			text = cause.Error()
		default:
			text = fmt.Sprintf("a panic with a %T, which is no error: %v", cause, cause)
		}
	}()
	do()
	return
}

// routers makes Routers that are never synthesized, each with an id of its own.
func routers(stack awscdk.Stack) func() cfrouter.Router {
	count := 0
	return func() cfrouter.Router {
		count++
		return cfrouter.NewRouter(stack, jsii.String(fmt.Sprintf("Router%d", count)), nil)
	}
}

func urlTarget(url string) cfrouter.Target { return cfrouter.NewUrlTarget(jsii.String(url), nil) }

func longPath(length int) string { return "/" + strings.Repeat("a", length-1) }

func TestWrongPatterns(t *testing.T) {
	router := cfrouter.NewRouter(newStack(), jsii.String("Router"), nil)
	target := urlTarget("https://example.com")
	lazy := *awscdk.Lazy_String(&laterString{}, nil)
	joined := "/" + *awscdk.Fn_Ref(jsii.String("Path"))
	const refused = `which CloudFront refuses in path patterns: it takes the letters a to z in both cases, digits and _-.*$/~"'@:+&, besides the wildcard "?"; write "*" where another character is expected, since it arrives escaped`
	const segment = "that no path has when it is matched, since CloudFront normalises paths first: leave it out"
	const deployment = "holds a value that is known only at deployment: routes are sorted at synthesis, so write it as plain text"
	exact := &cfrouter.RouteOptions{Exact: jsii.Bool(true)}
	strip := &cfrouter.RouteOptions{StripPrefix: jsii.Bool(true)}
	tests := []struct {
		pattern string
		options *cfrouter.RouteOptions
		want    string
	}{
		{"", nil, `pattern "" is empty: write "/" for the route that takes every path, or a path such as "/api"`},
		{"api/users", nil, `pattern "api/users" does not begin with a slash: write "/api/users"`},
		{"*.jpg", nil, `pattern "*.jpg" does not begin with a slash: write "/*.jpg"`},
		{"example.com/api", nil, `pattern "example.com/api" has the host "example.com", and the Router has no domain names: set RouterProps.DomainNames, as the distribution's own name under cloudfront.net is not known at synthesis, or write "/example.com/api" if it is a path`},
		{"/100%", nil, `pattern "/100%" contains "%", which CloudFront refuses in path patterns: write "*" where an escaped character is expected`},
		{"/users/{id}", nil, `pattern "/users/{id}" contains "{", and patterns have no parameters: write "*" for any text, as in "/users/*"`},
		{"/files/{name}.jpg", nil, `pattern "/files/{name}.jpg" contains "{", and patterns have no parameters: write "*" for any text, as in "/files/*.jpg"`},
		{"/{proxy+}", nil, `pattern "/{proxy+}" contains "{", and patterns have no parameters: write "*" for any text, as in "/"`},
		{"/a b", nil, `pattern "/a b" contains ' ', ` + refused},
		{`/a\b`, nil, `pattern "/a\\b" contains '\\', ` + refused},
		{"/a\x00", nil, `pattern "/a\x00" contains '\x00', ` + refused},
		{"/a\tb", nil, `pattern "/a\tb" contains '\t', ` + refused},
		{"/a\x7f", nil, `pattern "/a\x7f" contains '\x7f', ` + refused},
		{"/café", nil, `pattern "/café" contains 'é', ` + refused},
		{"/a=b", nil, `pattern "/a=b" contains '=', ` + refused},
		{"/search?q=x", nil, `pattern "/search?q=x" looks as if it had a query string: a "?" in a pattern stands for any one character, and CloudFront chooses behaviors by the path alone; write "/search" and look at the query string in the origin`},
		{"/page#top", nil, `pattern "/page#top" has a fragment: browsers do not send what follows "#", so write "/page"`},
		{lazy, nil, fmt.Sprintf("pattern %q ", lazy) + deployment},
		{joined, nil, fmt.Sprintf("pattern %q ", joined) + deployment},
		{"/*", nil, `pattern "/*" matches every path: write "/"`},
		{"/**", nil, `pattern "/**" matches every path: write "/"`},
		{"//", nil, `pattern "//" has a segment "" ` + segment},
		{"/api//", nil, `pattern "/api//" has a segment "" ` + segment},
		{"/a/../b", nil, `pattern "/a/../b" has a segment ".." ` + segment},
		{"/a/..", nil, `pattern "/a/.." has a segment ".." ` + segment},
		{"/a/./b", nil, `pattern "/a/./b" has a segment "." ` + segment},
		{"/a//*", nil, `pattern "/a//*" has a segment "" ` + segment},
		{"/a//", exact, `pattern "/a//" has a segment "" ` + segment},
		{"/a*", exact, `pattern "/a*" has a wildcard and is to be matched exactly: leave out Exact, a pattern with wildcards always has to match the whole path`},
		{"/a?", exact, `pattern "/a?" has a wildcard and is to be matched exactly: leave out Exact, a pattern with wildcards always has to match the whole path`},
		{longPath(254), nil, `pattern "` + longPath(254) + `" needs a behavior with a path pattern of 256 characters, and CloudFront takes 255: shorten it, perhaps with a wildcard`},
		{longPath(256), exact, `pattern "` + longPath(256) + `" needs a behavior with a path pattern of 256 characters, and CloudFront takes 255: shorten it, perhaps with a wildcard`},
		{longPath(255) + "*", nil, `pattern "` + longPath(255) + `*" needs a behavior with a path pattern of 256 characters, and CloudFront takes 255: shorten it, perhaps with a wildcard`},
		{"/", strip, `pattern "/" has no prefix to strip: leave out StripPrefix`},
		{"/*.jpg", strip, `pattern "/*.jpg" has no whole directory before its first wildcard, so there is nothing to strip: leave out StripPrefix`},
		{"/a", &cfrouter.RouteOptions{StripPrefix: jsii.Bool(true), Exact: jsii.Bool(true)}, `pattern "/a" is matched exactly and cannot be stripped, since nothing would be left: leave out StripPrefix`},
	}
	for _, test := range tests {
		got := refusal(func() { router.AddRoute(jsii.String(test.pattern), target, test.options) })
		if want := "cfrouter: " + test.want; got != want {
			t.Errorf("%q:\ngot  %s\nwant %s", test.pattern, got, want)
		}
	}
	for _, accepted := range []struct {
		pattern string
		options *cfrouter.RouteOptions
	}{
		{longPath(253), nil},
		{longPath(255), exact},
		{longPath(254) + "*", nil},
		{"/b" + longPath(251) + "/", nil},
		{"/" + strings.Repeat("*", 300) + "x", nil},
		{`/AZaz09_-.$~"'@:+&`, nil},
		{"/users/:id", exact},
		{"/users/:id", nil},
		{"/v1/users:search", nil},
	} {
		if got := refusal(func() { router.AddRoute(jsii.String(accepted.pattern), target, accepted.options) }); got != "no panic" {
			t.Errorf("%q: %s", accepted.pattern, got)
		}
	}
}

// withDomains are props with domain names, for Routers that are never synthesized.
func withDomains(stack awscdk.Stack) *cfrouter.RouterProps {
	arn := "arn:aws:acm:us-east-1:" + account + ":certificate/1"
	return &cfrouter.RouterProps{
		DomainNames: jsii.Strings("example.com", "*.apps.example.com"),
		Certificate: awscertificatemanager.Certificate_FromCertificateArn(stack, jsii.String("Certificate"), jsii.String(arn)),
	}
}

func TestWrongHosts(t *testing.T) {
	stack := newStack()
	router := routerIn(stack, withDomains(stack))
	target := urlTarget("https://example.org")
	lazy := *awscdk.Lazy_String(&laterString{}, nil)
	exact := &cfrouter.RouteOptions{Exact: jsii.Bool(true)}
	strip := &cfrouter.RouteOptions{StripPrefix: jsii.Bool(true)}
	const oneSuchAs = `: write one such as "admin.example.com" or "*.example.com", or `
	const covers = `which the Router's domain names ["example.com" "*.apps.example.com"] do not cover: add it to DomainNames, or write `
	const misplaced = `which has a wildcard that is not "*." at the beginning` + oneSuchAs
	const lower = "has upper-case letters in its host, and CloudFront takes domain names in lower case: write "
	const named = "for a host, and hosts are told apart by name: write a domain name of the Router instead, or "
	const url = "is a URL, and a pattern is a path that may have a host in front: write "
	const port = "has a port, and a route is chosen by the name of the host alone: write "
	for _, test := range []struct {
		pattern string
		options *cfrouter.RouteOptions
		want    string
	}{
		{"api/users", nil, `does not begin with a slash: write "/api/users"`},
		{"*/users", nil, `does not begin with a slash: write "/*/users"`},
		{"localhost:3000/users", nil, `does not begin with a slash: write "/localhost:3000/users"`},
		{"*.jpg", nil, `does not begin with a slash: write "/*.jpg"`},
		{"example.com", nil, `has no slash: write "example.com/" for every path of that host, or "/example.com" if it is a path`},
		{"*.apps.example.com", nil, `has no slash: write "*.apps.example.com/" for every path of that host, or "/*.apps.example.com" if it is a path`},
		{"robots.txt", nil, `has no slash: write "robots.txt/" for every path of that host, or "/robots.txt" if it is a path`},
		{"https://example.com/api", nil, url + `"/api", or "example.com/api" for that host alone`},
		{"https://example.com", nil, url + `"/", or "example.com/" for that host alone`},
		{"example.com:8443/api", nil, port + `"example.com/api"`},
		{"example.com:8443", nil, port + `"example.com/"`},
		{"192.0.2.1/api", nil, `has the IP address "192.0.2.1" ` + named + `"/api" for all of them`},
		{"192.0.2.1:80/api", nil, `has the IP address "192.0.2.1:80" ` + named + `"/api" for all of them`},
		{"[2001:db8::1]/", nil, `has the IP address "[2001:db8::1]" ` + named + `"/" for all of them`},
		{"[2001:db8::1]:80/", nil, `has the IP address "[2001:db8::1]:80" ` + named + `"/" for all of them`},
		{"2001:db8::1", nil, `has the IP address "2001:db8::1" ` + named + `"/" for all of them`},
		{"Example.com/Api", nil, lower + `"example.com/Api", or "/Example.com/Api" if it is a path`},
		{"*.Apps.example.com/", nil, lower + `"*.apps.example.com/", or "/*.Apps.example.com/" if it is a path`},
		{"Ex_ample.com/", nil, `has the host "Ex_ample.com", which has upper-case letters` + oneSuchAs + `"/Ex_ample.com/" if it is a path`},
		{"ex_ample.com/", nil, `has the host "ex_ample.com", which has the malformed label "ex_ample"` + oneSuchAs + `"/ex_ample.com/" if it is a path`},
		{".well-known/x", nil, `has the host ".well-known", which has the malformed label ""` + oneSuchAs + `"/.well-known/x" if it is a path`},
		{"example.com./", nil, `has the host "example.com.", which has the malformed label ""` + oneSuchAs + `"/example.com./" if it is a path`},
		{"*.com/", nil, `has the host "*.com", which has no dot after "*."` + oneSuchAs + `"/*.com/" if it is a path`},
		{"a*.example.com/", nil, `has the host "a*.example.com", ` + misplaced + `"/a*.example.com/" if it is a path`},
		{"*.*.com/", nil, `has the host "*.*.com", ` + misplaced + `"/*.*.com/" if it is a path`},
		{"*example.com/", nil, `has the host "*example.com", ` + misplaced + `"/*example.com/" if it is a path`},
		{"a.?.example.com/", nil, `has the host "a.?.example.com", ` + misplaced + `"/a.?.example.com/" if it is a path`},
		{"example.org/", nil, `has the host "example.org", ` + covers + `"/example.org/" if it is a path`},
		{"apps.example.com/", nil, `has the host "apps.example.com", ` + covers + `"/apps.example.com/" if it is a path`},
		{"*.example.org/", nil, `has the host "*.example.org", ` + covers + `"/*.example.org/" if it is a path`},
		{"*.a.example.com/", nil, `has the host "*.a.example.com", ` + covers + `"/*.a.example.com/" if it is a path`},
		{"v1.2/users", nil, `has the host "v1.2", ` + covers + `"/v1.2/users" if it is a path`},
		{lazy + "/", nil, "holds a value that is known only at deployment: routes are sorted at synthesis, so write it as plain text"},
		{"example.com/*", nil, `matches every path: write "example.com/"`},
		{"example.com//", nil, `has a segment "" that no path has when it is matched, since CloudFront normalises paths first: leave it out`},
		{"example.com/a#b", nil, `has a fragment: browsers do not send what follows "#", so write "example.com/a"`},
		{"example.com/a?b=c", nil, `looks as if it had a query string: a "?" in a pattern stands for any one character, and CloudFront chooses behaviors by the path alone; write "example.com/a" and look at the query string in the origin`},
		{"example.com" + longPath(254), nil, `needs a behavior with a path pattern of 256 characters, and CloudFront takes 255: shorten it, perhaps with a wildcard`},
		{"example.com/*", exact, `has a wildcard and is to be matched exactly: leave out Exact, a pattern with wildcards always has to match the whole path`},
		{"example.com/", strip, `has no prefix to strip: leave out StripPrefix`},
		{"*.example.com/*.jpg", strip, `has no whole directory before its first wildcard, so there is nothing to strip: leave out StripPrefix`},
	} {
		got := refusal(func() { router.AddRoute(jsii.String(test.pattern), target, test.options) })
		if want := fmt.Sprintf("cfrouter: pattern %q ", test.pattern) + test.want; got != want {
			t.Errorf("%q:\ngot  %s\nwant %s", test.pattern, got, want)
		}
	}
}

// laterString is a value that is known only when the template is written.
type laterString struct{}

func (*laterString) Produce() *string { return jsii.String("/api") }

func TestConflictingPatterns(t *testing.T) {
	stack := newStack()
	props := withDomains(stack)
	target := urlTarget("https://example.com")
	exact := &cfrouter.RouteOptions{Exact: jsii.Bool(true)}
	for i, test := range []struct {
		first, second string
		options       *cfrouter.RouteOptions
		want          string
	}{
		{"/", "/", nil, `pattern "/" matches the same paths as "/", which is a route already: keep one of them, or give one of them conditions (When)`},
		{"/api", "/api", nil, `pattern "/api" matches the same paths as "/api", which is a route already: keep one of them, or give one of them conditions (When)`},
		{"/api", "/api/", nil, `pattern "/api/" matches the same paths as "/api", which is a route already: keep one of them, or give one of them conditions (When)`},
		{"/api/", "/api", nil, `pattern "/api" matches the same paths as "/api/", which is a route already: keep one of them, or give one of them conditions (When)`},
		{"/api", "/api", exact, `pattern "/api" matches the same paths as "/api", which is a route already: keep one of them, or give one of them conditions (When)`},
		{"/*.jpg", "/*.jpg", nil, `pattern "/*.jpg" matches the same paths as "/*.jpg", which is a route already: keep one of them, or give one of them conditions (When)`},
		{"/a*", "/a**", nil, `pattern "/a**" matches the same paths as "/a*", which is a route already: keep one of them, or give one of them conditions (When)`},
		{"/a?*", "/a*?", nil, `pattern "/a*?" matches the same paths as "/a?*", which is a route already: keep one of them, or give one of them conditions (When)`},
		{"/api", "/api/*", nil, `patterns "/api" and "/api/*" stand side by side: "/api" already takes everything below it; keep "/api", or, if the path "/api" itself is to go elsewhere, keep "/api/*" and add "/api" with Exact`},
		{"/api/*", "/api", nil, `patterns "/api" and "/api/*" stand side by side: "/api" already takes everything below it; keep "/api", or, if the path "/api" itself is to go elsewhere, keep "/api/*" and add "/api" with Exact`},
		{"/api/", "/api/**", nil, `patterns "/api/" and "/api/**" stand side by side: "/api" already takes everything below it; keep "/api", or, if the path "/api" itself is to go elsewhere, keep "/api/*" and add "/api" with Exact`},
		{"example.com/", "example.com/", nil, `pattern "example.com/" matches the same paths as "example.com/", which is a route already: keep one of them, or give one of them conditions (When)`},
		{"*.apps.example.com/api", "*.apps.example.com/api/", nil, `pattern "*.apps.example.com/api/" matches the same paths as "*.apps.example.com/api", which is a route already: keep one of them, or give one of them conditions (When)`},
		{"example.com/api", "example.com/api", exact, `pattern "example.com/api" matches the same paths as "example.com/api", which is a route already: keep one of them, or give one of them conditions (When)`},
		{"example.com/api/*", "example.com/api/", nil, `patterns "example.com/api/" and "example.com/api/*" stand side by side: "example.com/api" already takes everything below it; keep "example.com/api", or, if the path "/api" itself is to go elsewhere, keep "example.com/api/*" and add "example.com/api" with Exact`},
	} {
		router := cfrouter.NewRouter(stack, jsii.String(fmt.Sprintf("Router%d", i)), props)
		router.AddRoute(jsii.String(test.first), target, test.options)
		got := refusal(func() { router.AddRoute(jsii.String(test.second), target, test.options) })
		if want := "cfrouter: " + test.want; got != want {
			t.Errorf("%q after %q:\ngot  %s\nwant %s", test.second, test.first, got, want)
		}
	}
}

// boundTo is a target that binds to what it holds.
type boundTo struct{ config *cfrouter.TargetConfig }

func (*boundTo) Key() *string { return nil }

func (b *boundTo) Bind(constructs.Construct, *cfrouter.TargetBindOptions) *cfrouter.TargetConfig {
	return b.config
}

// goOrigin is an origin of which a nil pointer can be made.
type goOrigin struct{}

func (*goOrigin) Bind(constructs.Construct, *awscloudfront.OriginBindOptions) *awscloudfront.OriginBindConfig {
	return nil
}

func TestWrongTargets(t *testing.T) {
	stack := newStack()
	newRouter := routers(stack)
	add := func(pattern string, targets ...cfrouter.Target) func() {
		return func() {
			router := newRouter()
			for i, target := range targets {
				router.AddRoute(jsii.String(pattern+strings.Repeat("b", i)), target, nil)
			}
		}
	}
	fn := newLambda(stack, "Fn")
	bucket := awss3.NewBucket(stack, jsii.String("Bucket"), nil)
	api := awsapigatewayv2.NewHttpApi(stack, jsii.String("Api"), nil)
	noStage := awsapigatewayv2.NewHttpApi(stack, jsii.String("NoStage"), &awsapigatewayv2.HttpApiProps{CreateDefaultStage: jsii.Bool(false)})
	disabled := awsapigatewayv2.NewHttpApi(stack, jsii.String("Disabled"), &awsapigatewayv2.HttpApiProps{DisableExecuteApiEndpoint: jsii.Bool(true)})
	origin := func() awscloudfront.IOrigin {
		return awscloudfrontorigins.NewHttpOrigin(jsii.String("example.com"), nil)
	}
	var typedNil *boundTo
	var typedNilOrigin *goOrigin
	const both = "was added before with other settings, and both are one origin: use one Target value for all of its routes, or NewOriginTarget with an Id for a second origin"
	checkMisuse(t, []misuse{
		{"nil pattern", func() { newRouter().AddRoute(nil, urlTarget("https://example.com"), nil) }, `pattern is nil: write "/" for the route that takes every path, or a path such as "/api"`},
		{"nil target", add("/a", nil), `pattern "/a" has a nil target: pass one, such as NewBucketTarget(bucket, nil) or NewUrlTarget(url, nil)`},
		{"typed nil target", add("/a", typedNil), `pattern "/a" has a nil target: pass one, such as NewBucketTarget(bucket, nil) or NewUrlTarget(url, nil)`},
		{"nil bucket", func() { cfrouter.NewBucketTarget(nil, nil) }, "NewBucketTarget was given a nil bucket: pass one, such as awss3.NewBucket(stack, id, nil)"},
		{"nil API", func() { cfrouter.NewHttpApiTarget(nil, nil) }, "NewHttpApiTarget was given a nil API: pass one, such as awsapigatewayv2.NewHttpApi(stack, id, nil)"},
		{"nil function", func() { cfrouter.NewFunctionTarget(nil, nil) }, "NewFunctionTarget was given a nil function: pass one, such as awslambda.NewFunction(stack, id, props)"},
		{"nil function URL", func() { cfrouter.NewFunctionUrlTarget(nil, nil) }, "NewFunctionUrlTarget was given a nil URL: pass one, such as fn.AddFunctionUrl(nil)"},
		{"nil URL", func() { cfrouter.NewUrlTarget(nil, nil) }, `NewUrlTarget was given a nil URL: write one, such as "https://example.com"`},
		{"nil origin", func() { cfrouter.NewOriginTarget(nil, nil) }, "NewOriginTarget was given a nil origin: pass one, such as awscloudfrontorigins.NewHttpOrigin(domain, nil)"},
		{"Bind returns nil", add("/a", &boundTo{}), `pattern "/a" has a target ("route:/a") whose Bind returned no Origin: return a TargetConfig with one`},
		{"Bind returns no origin", add("/a", &boundTo{&cfrouter.TargetConfig{}}), `pattern "/a" has a target ("route:/a") whose Bind returned no Origin: return a TargetConfig with one`},
		{"Bind returns a typed nil", add("/a", &boundTo{&cfrouter.TargetConfig{Origin: typedNilOrigin}}), `pattern "/a" has a target ("route:/a") whose Bind returned no Origin: return a TargetConfig with one`},
		{"Bind returns a wrong index document", add("/a", &boundTo{&cfrouter.TargetConfig{Origin: origin(), IndexDocument: jsii.String("a b")}}), `index document "a b" is not the plain name of a file: write one of letters, digits and "-_.~", such as "index.html", or "" for none`},
		{"empty key", add("/a", keyed{}), `target has the Key "": return one that says what it is, such as "bucket:Stack/Assets", or nil`},
		{"key of a part of the Router", add("/a", keyed{"Distribution"}), `target has the Key "Distribution", which is the name of a part of the Router: put a kind in front, such as "origin:Distribution"`},
		{"key that is a token", add("/a", keyed{*bucket.BucketArn()}), fmt.Sprintf("target has the Key %q, which is known only at deployment: return plain text, such as the path of a construct", *bucket.BucketArn())},
		{"empty Id", func() {
			cfrouter.NewOriginTarget(origin(), &cfrouter.OriginTargetProps{Id: jsii.String("")})
		}, `OriginTargetProps.Id is "": leave it out, or give the origin a name`},
		{"index document in a directory", func() {
			cfrouter.NewBucketTarget(bucket, &cfrouter.BucketTargetProps{IndexDocument: jsii.String("a/b")})
		}, `index document "a/b" is not the plain name of a file: write one of letters, digits and "-_.~", such as "index.html", or "" for none`},
		{"index document with a query string", func() {
			cfrouter.NewBucketTarget(bucket, &cfrouter.BucketTargetProps{IndexDocument: jsii.String("x?y")})
		}, `index document "x?y" is not the plain name of a file: write one of letters, digits and "-_.~", such as "index.html", or "" for none`},
		{"index document above", func() {
			cfrouter.NewBucketTarget(bucket, &cfrouter.BucketTargetProps{IndexDocument: jsii.String("..")})
		}, `index document ".." is not the plain name of a file: write one of letters, digits and "-_.~", such as "index.html", or "" for none`},
		{"API without default stage", func() { cfrouter.NewHttpApiTarget(noStage, nil) }, `HTTP API "Stack/NoStage" has no default stage: set HttpApiTargetProps.Stage to the stage that gets the requests`},
		{"API without endpoint", func() { cfrouter.NewHttpApiTarget(disabled, nil) }, `HTTP API "Stack/Disabled" has its execute-api endpoint disabled, which is where CloudFront would reach it: enable it, or use NewUrlTarget with the API's custom domain name`},
		{"function version", func() { cfrouter.NewFunctionTarget(fn.CurrentVersion(), nil) }, `NewFunctionTarget was given version "Stack/Fn/CurrentVersion", and a version of a function can have no URL: pass the function or an alias, such as fn.AddAlias(jsii.String("live"), nil)`},
		{"bucket with other settings", add(
			"/a",
			cfrouter.NewBucketTarget(bucket, nil),
			cfrouter.NewBucketTarget(bucket, &cfrouter.BucketTargetProps{IndexDocument: jsii.String("home.html")}),
		), `target "bucket:Stack/Bucket" ` + both},
		{"URL with other settings", add(
			"/a",
			urlTarget("https://example.com"),
			cfrouter.NewUrlTarget(jsii.String("https://example.com"), &cfrouter.UrlTargetProps{Origin: &awscloudfrontorigins.HttpOriginProps{CustomHeaders: &map[string]*string{"x-key": jsii.String("1")}}}),
		), `target "url:https://example.com" ` + both},
		{"function with other settings", add(
			"/a",
			cfrouter.NewFunctionTarget(fn, nil),
			cfrouter.NewFunctionTarget(fn, &cfrouter.FunctionTargetProps{Origin: &awscloudfrontorigins.FunctionUrlOriginWithOACProps{ReadTimeout: awscdk.Duration_Seconds(jsii.Number(10))}}),
		), `target "function:Stack/Fn" ` + both},
		{"API with other settings", add(
			"/a",
			cfrouter.NewHttpApiTarget(api, nil),
			cfrouter.NewHttpApiTarget(api, &cfrouter.HttpApiTargetProps{Origin: &awscloudfrontorigins.HttpOriginProps{ReadTimeout: awscdk.Duration_Seconds(jsii.Number(10))}}),
		), `target "httpapi:Stack/Api" ` + both},
		{"Id for two origins", add(
			"/a",
			cfrouter.NewOriginTarget(origin(), &cfrouter.OriginTargetProps{Id: jsii.String("Server")}),
			cfrouter.NewOriginTarget(origin(), &cfrouter.OriginTargetProps{Id: jsii.String("Server")}),
		), `target "origin:Server" ` + both},
	})
}

// keyed is a target of nothing but a key.
type keyed struct{ key string }

func (k keyed) Key() *string { return &k.key }

func (k keyed) Bind(constructs.Construct, *cfrouter.TargetBindOptions) *cfrouter.TargetConfig {
	return nil
}

func TestWrongFunctionUrls(t *testing.T) {
	stack := newStack()
	newRouter := routers(stack)
	function := func(id string, made *awslambda.FunctionUrlOptions, props *cfrouter.FunctionTargetProps) func() {
		fn := newLambda(stack, id)
		fn.AddFunctionUrl(made)
		return func() { newRouter().AddRoute(jsii.String("/a"), cfrouter.NewFunctionTarget(fn, props), nil) }
	}
	public := &awslambda.FunctionUrlOptions{AuthType: awslambda.FunctionUrlAuthType_NONE}
	cors := &awslambda.FunctionUrlOptions{Cors: &awslambda.FunctionUrlCorsOptions{AllowedOrigins: jsii.Strings("*")}}
	stream := &awslambda.FunctionUrlOptions{InvokeMode: awslambda.InvokeMode_RESPONSE_STREAM}
	control := awscloudfront.NewFunctionUrlOriginAccessControl(stack, jsii.String("Control"), nil)
	openUrl := newLambda(stack, "Open").AddFunctionUrl(public)
	withControl := func(props *awscloudfrontorigins.FunctionUrlOriginWithOACProps) func() {
		return func() {
			newRouter().AddRoute(jsii.String("/a"), cfrouter.NewFunctionUrlTarget(openUrl, &cfrouter.FunctionUrlTargetProps{Origin: props}), nil)
		}
	}
	const open = `function URL "Stack/Open/FunctionUrl" has AuthType NONE and is to be used with an origin access control, which works with AWS_IAM alone: make the URL with FunctionUrlAuthType_AWS_IAM, or leave the control out`
	checkMisuse(t, []misuse{
		{"function of another region", func() {
			here := awscdk.NewStack(newApp(), jsii.String("Here"), &awscdk.StackProps{Env: &awscdk.Environment{Account: jsii.String(account), Region: jsii.String("us-east-1")}})
			fn := awslambda.Function_FromFunctionArn(here, jsii.String("Fn"), jsii.String("arn:aws:lambda:eu-west-1:111122223333:function:report"))
			cfrouter.NewRouter(here, jsii.String("Router"), nil).AddRoute(jsii.String("/a"), cfrouter.NewFunctionTarget(fn, nil), nil)
		}, `function "Here/Fn" is in eu-west-1 and was imported into a stack in us-east-1, where no URL for it can be made: import it into a stack in eu-west-1, or use NewOriginTarget with a URL that it has`},
		{"access control", withControl(&awscloudfrontorigins.FunctionUrlOriginWithOACProps{OriginAccessControl: control}), open},
		{"access control by id", withControl(&awscloudfrontorigins.FunctionUrlOriginWithOACProps{OriginAccessControlId: jsii.String("E1")}), open},
		{"public", function("Public", public, nil), `function "Stack/Public" has a URL with AuthType NONE, and AWS_IAM was asked for: make the URL with AuthType AWS_IAM, or use NewFunctionUrlTarget`},
		{"private", function("Private", nil, &cfrouter.FunctionTargetProps{Url: public}), `function "Stack/Private" has a URL with AuthType AWS_IAM, and NONE was asked for: make the URL with AuthType NONE, or use NewFunctionUrlTarget`},
		{"Cors", function("Cors", nil, &cfrouter.FunctionTargetProps{Url: cors}), `function "Stack/Cors" has a URL already, so Cors and InvokeMode in FunctionTargetProps.Url would be lost: set them where the URL is made`},
		{"InvokeMode", function("Stream", nil, &cfrouter.FunctionTargetProps{Url: stream}), `function "Stack/Stream" has a URL already, so Cors and InvokeMode in FunctionTargetProps.Url would be lost: set them where the URL is made`},
	})
}

func TestWrongUrls(t *testing.T) {
	token := *awscdk.Fn_ImportValue(jsii.String("Server"))
	const reachable = "CloudFront reaches origins at 80, 443 and 1024 to 65535"
	for _, test := range []struct{ url, want string }{
		{"", `URL "" is empty: write one such as "https://example.com"`},
		{"example.com", `URL "example.com" has no scheme: write "https://example.com"`},
		{"//example.com/a", `URL "//example.com/a" has no scheme: write "https://example.com/a"`},
		{"example.com:8080/a", `URL "example.com:8080/a" has no scheme: write "https://example.com:8080/a"`},
		{"https:example.com", `URL "https:example.com" has no slashes after its scheme: write "https://example.com"`},
		{"ftp://example.com/a", `URL "ftp://example.com/a" has the scheme "ftp": CloudFront speaks http and https with origins, so write "https://example.com/a"`},
		{"https://", `URL "https://" has no host: write one such as "https://example.com"`},
		{"https:///a", `URL "https:///a" has no host: write one such as "https://example.com"`},
		{"https://example.com?x=1", `URL "https://example.com?x=1" has a query string: leave it out, each request brings its own`},
		{"https://example.com/a?", `URL "https://example.com/a?" has a query string: leave it out, each request brings its own`},
		{"https://example.com/#top", `URL "https://example.com/#top" has a fragment, which is never sent: leave it out`},
		{"https://example.com/#", `URL "https://example.com/#" has a fragment, which is never sent: leave it out`},
		{"https://example.com:0", `URL "https://example.com:0" has the port "0": ` + reachable},
		{"https://example.com:81", `URL "https://example.com:81" has the port "81": ` + reachable},
		{"https://example.com:70000", `URL "https://example.com:70000" has the port "70000": ` + reachable},
		{"https://example.com:", `URL "https://example.com:" has the port "": ` + reachable},
		{"https://192.0.2.1/a", `URL "https://192.0.2.1/a" has an IP address, and CloudFront takes only domain names as origins: give the server a name`},
		{"https://[2001:db8::1]/a", `URL "https://[2001:db8::1]/a" has an IP address, and CloudFront takes only domain names as origins: give the server a name`},
		{"https://localhost:3000", `URL "https://localhost:3000" has the host "localhost", which is not a public domain name: write one such as "example.com", in its ASCII form`},
		{"https://exämple.com", `URL "https://exämple.com" has the host "exämple.com", which is not a public domain name: write one such as "example.com", in its ASCII form`},
		{"https://exam ple.com", `URL "https://exam ple.com" cannot be read (invalid character " " in host name): write one such as "https://example.com/base"`},
		{"https://example.com/a/../b", `URL "https://example.com/a/../b" has a segment ".." in its path: write the path without it`},
		{"https://example.com/./b", `URL "https://example.com/./b" has a segment "." in its path: write the path without it`},
		{"https://example.com/a//b", `URL "https://example.com/a//b" has a segment "" in its path: write the path without it`},
		{"https://example.com" + longPath(256), `URL "https://example.com` + longPath(256) + `" has a path of 256 characters, and CloudFront takes 255: write a shorter one`},
		{token, fmt.Sprintf("URL %q holds a value that is known only at deployment: use NewOriginTarget(awscloudfrontorigins.NewHttpOrigin(domain, props), nil)", token)},
	} {
		if got, want := refusal(func() { urlTarget(test.url) }), "cfrouter: "+test.want; got != want {
			t.Errorf("%q:\ngot  %s\nwant %s", test.url, got, want)
		}
	}
	const settings = "has ProtocolPolicy, HttpPort, HttpsPort or OriginPath in UrlTargetProps.Origin: write protocol, port and path in the URL"
	for _, origin := range []*awscloudfrontorigins.HttpOriginProps{
		{ProtocolPolicy: awscloudfront.OriginProtocolPolicy_HTTP_ONLY},
		{HttpPort: jsii.Number(8080)},
		{HttpsPort: jsii.Number(8443)},
		{OriginPath: jsii.String("/base")},
	} {
		got := refusal(func() {
			cfrouter.NewUrlTarget(jsii.String("https://example.com"), &cfrouter.UrlTargetProps{Origin: origin})
		})
		if want := `cfrouter: URL "https://example.com" ` + settings; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// A message ends up in logs that more people read than the source.
func TestPasswordsAreNotPrinted(t *testing.T) {
	for url, shown := range map[string]string{
		"https://user:secret@example.com/a":  "https://…@example.com/a",
		"https://user@example.com":           "https://…@example.com",
		"ftp://user:secret@example.com":      "ftp://…@example.com",
		"//user:secret@example.com":          "//…@example.com",
		"user:secret@example.com":            "…@example.com",
		"https://user:secret@exam ple.com":   "https://…@exam ple.com",
		"https://user:secret%zz@example.com": "https://…@example.com",
		"https://user:sec/ret@example.com":   "https://…@example.com",
		"https://user:sec@ret@example.com":   "https://…@example.com",
	} {
		got := refusal(func() { urlTarget(url) })
		want := fmt.Sprintf("cfrouter: URL %q holds a user name or a password, not shown here: leave them out and send credentials in UrlTargetProps.Origin.CustomHeaders", shown)
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	if got := refusal(func() { urlTarget("https://example.com/@scope") }); got != "no panic" {
		t.Error(got)
	}
}

// anyMethods are methods that are not among those which the CDK offers.
type anyMethods struct{ names []string }

func (m *anyMethods) Methods() *[]*string { return jsii.Strings(m.names...) }

func TestWrongBehaviors(t *testing.T) {
	stack := newStack()
	newRouter := routers(stack)
	bucket := cfrouter.NewBucketTarget(awss3.NewBucket(stack, jsii.String("Bucket"), nil), nil)
	api := cfrouter.NewHttpApiTarget(awsapigatewayv2.NewHttpApi(stack, jsii.String("Api"), nil), nil)
	lambda := newLambda(stack, "Fn")
	function := cfrouter.NewFunctionTarget(lambda, nil)
	functionUrl := cfrouter.NewFunctionUrlTarget(newLambda(stack, "WithUrl").AddFunctionUrl(nil), nil)
	add := func(target cfrouter.Target, options *cfrouter.RouteOptions) func() {
		return func() { newRouter().AddRoute(jsii.String("/a"), target, options) }
	}
	behavior := func(target cfrouter.Target, options *awscloudfront.AddBehaviorOptions) func() {
		return add(target, &cfrouter.RouteOptions{Behavior: options})
	}
	edge := func(event awscloudfront.LambdaEdgeEventType) func() {
		return behavior(api, &awscloudfront.AddBehaviorOptions{EdgeLambdas: &[]*awscloudfront.EdgeLambda{{EventType: event, FunctionVersion: lambda.CurrentVersion()}}})
	}
	requests := func(id string, headers awscloudfront.OriginRequestHeaderBehavior) awscloudfront.OriginRequestPolicy {
		return awscloudfront.NewOriginRequestPolicy(stack, jsii.String(id), &awscloudfront.OriginRequestPolicyProps{HeaderBehavior: headers})
	}
	const host = `pattern "/a" has an origin request policy that sends the viewer's Host header, and its target answers every such request with 403: use OriginRequestPolicy_ALL_VIEWER_EXCEPT_HOST_HEADER()`
	tests := []misuse{
		{"two methods", behavior(api, &awscloudfront.AddBehaviorOptions{AllowedMethods: &anyMethods{[]string{"POST", "GET"}}}), `pattern "/a" allows the methods "GET POST", and CloudFront takes only the sets ["GET HEAD" "GET HEAD OPTIONS" "DELETE GET HEAD OPTIONS PATCH POST PUT"]: use AllowedMethods_ALLOW_GET_HEAD(), _ALLOW_GET_HEAD_OPTIONS() or _ALLOW_ALL()`},
		{"no methods", behavior(api, &awscloudfront.AddBehaviorOptions{AllowedMethods: &anyMethods{}}), `pattern "/a" allows the methods "", and CloudFront takes only the sets ["GET HEAD" "GET HEAD OPTIONS" "DELETE GET HEAD OPTIONS PATCH POST PUT"]: use AllowedMethods_ALLOW_GET_HEAD(), _ALLOW_GET_HEAD_OPTIONS() or _ALLOW_ALL()`},
		{"caching what is not allowed", behavior(api, &awscloudfront.AddBehaviorOptions{
			AllowedMethods: awscloudfront.AllowedMethods_ALLOW_GET_HEAD(),
			CachedMethods:  awscloudfront.CachedMethods_CACHE_GET_HEAD_OPTIONS(),
		}), `pattern "/a" caches the methods "GET HEAD OPTIONS" and allows "GET HEAD": CloudFront caches "GET HEAD" or "GET HEAD OPTIONS", and nothing that is not allowed`},
		{"caching POST", behavior(api, &awscloudfront.AddBehaviorOptions{CachedMethods: &anyMethods{[]string{"POST"}}}), `pattern "/a" caches the methods "POST" and allows "DELETE GET HEAD OPTIONS PATCH POST PUT": CloudFront caches "GET HEAD" or "GET HEAD OPTIONS", and nothing that is not allowed`},
		{"viewer-request function", behavior(api, &awscloudfront.AddBehaviorOptions{FunctionAssociations: &[]*awscloudfront.FunctionAssociation{
			{EventType: awscloudfront.FunctionEventType_VIEWER_REQUEST, Function: edgeFunction(stack, "Request")},
		}}), `pattern "/a" has a function on viewer requests, where the Router's own function runs and CloudFront takes only one: associate it with FunctionEventType_VIEWER_RESPONSE, or use Lambda@Edge on origin requests`},
		{"Lambda@Edge on viewer requests", edge(awscloudfront.LambdaEdgeEventType_VIEWER_REQUEST), `pattern "/a" has Lambda@Edge on VIEWER_REQUEST, and CloudFront takes no Lambda@Edge on the viewer events of a behavior that has a CloudFront Function, as each route has: use LambdaEdgeEventType_ORIGIN_REQUEST or _ORIGIN_RESPONSE`},
		{"Lambda@Edge on viewer responses", edge(awscloudfront.LambdaEdgeEventType_VIEWER_RESPONSE), `pattern "/a" has Lambda@Edge on VIEWER_RESPONSE, and CloudFront takes no Lambda@Edge on the viewer events of a behavior that has a CloudFront Function, as each route has: use LambdaEdgeEventType_ORIGIN_REQUEST or _ORIGIN_RESPONSE`},
	}
	hostPolicies := map[string]awscloudfront.IOriginRequestPolicy{
		"AllViewer":              awscloudfront.OriginRequestPolicy_ALL_VIEWER(),
		"AllViewerAndCloudFront": awscloudfront.OriginRequestPolicy_ALL_VIEWER_AND_CLOUDFRONT_2022(),
		"HostHeaderOnly":         awscloudfront.OriginRequestPolicy_HOST_HEADER_ONLY(),
		"imported AllViewer":     awscloudfront.OriginRequestPolicy_FromOriginRequestPolicyId(stack, jsii.String("Imported"), jsii.String("216adef6-5c7f-47e4-b989-5492eafa07d3")),
		"all":                    requests("All", awscloudfront.OriginRequestHeaderBehavior_All()),
		"all and CloudFront's":   requests("AllAnd", awscloudfront.OriginRequestHeaderBehavior_All(jsii.String("CloudFront-Viewer-Country"))),
		"a list with Host":       requests("Listed", awscloudfront.OriginRequestHeaderBehavior_AllowList(jsii.String("x-a"), jsii.String("HOST"))),
		"all but others":         requests("Denied", awscloudfront.OriginRequestHeaderBehavior_DenyList(jsii.String("x-a"))),
	}
	for kind, target := range map[string]cfrouter.Target{"bucket": bucket, "API": api, "function": function, "function URL": functionUrl} {
		for name, policy := range hostPolicies {
			tests = append(tests, misuse{name + " to " + kind, behavior(target, &awscloudfront.AddBehaviorOptions{OriginRequestPolicy: policy}), host})
		}
	}
	checkMisuse(t, tests)

	for name, accepted := range map[string]func(){
		"all but Host":      behavior(api, &awscloudfront.AddBehaviorOptions{OriginRequestPolicy: requests("AllButHost", awscloudfront.OriginRequestHeaderBehavior_DenyList(jsii.String("Host")))}),
		"a list":            behavior(api, &awscloudfront.AddBehaviorOptions{OriginRequestPolicy: requests("List", awscloudfront.OriginRequestHeaderBehavior_AllowList(jsii.String("x-a")))}),
		"none":              behavior(api, &awscloudfront.AddBehaviorOptions{OriginRequestPolicy: requests("None", awscloudfront.OriginRequestHeaderBehavior_None())}),
		"Host to a server":  behavior(urlTarget("https://example.com"), &awscloudfront.AddBehaviorOptions{OriginRequestPolicy: awscloudfront.OriginRequestPolicy_ALL_VIEWER()}),
		"methods in Go":     behavior(api, &awscloudfront.AddBehaviorOptions{AllowedMethods: awscloudfront.AllowedMethods_ALLOW_GET_HEAD_OPTIONS(), CachedMethods: awscloudfront.CachedMethods_CACHE_GET_HEAD_OPTIONS()}),
		"Lambda@Edge":       edge(awscloudfront.LambdaEdgeEventType_ORIGIN_REQUEST),
		"an alias":          add(cfrouter.NewFunctionTarget(lambda.AddAlias(jsii.String("live"), nil), nil), nil),
		"an API with stage": add(stageTarget(stack), nil),
	} {
		if got := refusal(accepted); got != "no panic" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func edgeFunction(stack awscdk.Stack, id string) awscloudfront.Function {
	return awscloudfront.NewFunction(stack, jsii.String(id), &awscloudfront.FunctionProps{
		Code:    awscloudfront.FunctionCode_FromInline(jsii.String("function handler(event) { return event.response || event.request }")),
		Runtime: awscloudfront.FunctionRuntime_JS_2_0(),
	})
}

// stageTarget is an API without a default stage, which is not missed where
// another is named.
func stageTarget(stack awscdk.Stack) cfrouter.Target {
	api := awsapigatewayv2.NewHttpApi(stack, jsii.String("Staged"), &awsapigatewayv2.HttpApiProps{CreateDefaultStage: jsii.Bool(false)})
	stage := api.AddStage(jsii.String("V1"), &awsapigatewayv2.HttpStageOptions{StageName: jsii.String("v1")})
	return cfrouter.NewHttpApiTarget(api, &cfrouter.HttpApiTargetProps{Stage: stage})
}

func TestWrongCaching(t *testing.T) {
	stack := newStack()
	newRouter := routers(stack)
	api := cfrouter.NewHttpApiTarget(awsapigatewayv2.NewHttpApi(stack, jsii.String("Api"), nil), nil)
	bucket := cfrouter.NewBucketTarget(awss3.NewBucket(stack, jsii.String("Bucket"), nil), nil)
	add := func(target cfrouter.Target, cache *awscloudfront.CachePolicyProps, policy awscloudfront.ICachePolicy) func() {
		return func() {
			newRouter().AddRoute(jsii.String("/a"), target, &cfrouter.RouteOptions{
				Cache:    cache,
				Behavior: &awscloudfront.AddBehaviorOptions{CachePolicy: policy},
			})
		}
	}
	own := func(id string, props *awscloudfront.CachePolicyProps) awscloudfront.CachePolicy {
		return awscloudfront.NewCachePolicy(stack, jsii.String(id), props)
	}
	zero, ten, twenty := awscdk.Duration_Seconds(jsii.Number(0)), awscdk.Duration_Seconds(jsii.Number(10)), awscdk.Duration_Seconds(jsii.Number(20))
	headers := func(count int, more ...string) awscloudfront.CacheHeaderBehavior {
		names := more
		for i := range count {
			names = append(names, fmt.Sprintf("x-%d", i))
		}
		return awscloudfront.CacheHeaderBehavior_AllowList(*jsii.Strings(names...)...)
	}
	const host = `pattern "/a" has Host in its cache key, which sends the viewer's Host header, and its target answers every such request with 403: name x-forwarded-host instead, which the Router sets to the same`
	const disabled = "and CloudFront refuses a cache key where nothing is cached: use CachePolicy_CACHING_DISABLED(), or a MaxTtl above 0"
	checkMisuse(t, []misuse{
		{"both", add(api, &awscloudfront.CachePolicyProps{}, awscloudfront.CachePolicy_CACHING_OPTIMIZED()), `pattern "/a" has both Cache and Behavior.CachePolicy: give Cache to let the Router make the policy, or CachePolicy to use one of your own untouched`},
		{"MaxTtl 0", add(api, &awscloudfront.CachePolicyProps{MaxTtl: zero}, nil), `pattern "/a": MaxTtl is 0, which turns caching off, and CloudFront then takes no headers in the cache key: leave out Cache and set Behavior.CachePolicy to CachePolicy_CACHING_DISABLED()`},
		{"MinTtl above MaxTtl", add(api, &awscloudfront.CachePolicyProps{MinTtl: twenty, MaxTtl: ten}, nil), `pattern "/a": MinTtl is 20 s, DefaultTtl 20 s and MaxTtl 10 s: they must not decrease in this order`},
		{"DefaultTtl above MaxTtl", add(api, &awscloudfront.CachePolicyProps{DefaultTtl: twenty, MaxTtl: ten}, nil), `pattern "/a": MinTtl is 0 s, DefaultTtl 20 s and MaxTtl 10 s: they must not decrease in this order`},
		{"MinTtl above DefaultTtl", add(api, &awscloudfront.CachePolicyProps{MinTtl: twenty, DefaultTtl: ten}, nil), `pattern "/a": MinTtl is 20 s, DefaultTtl 10 s and MaxTtl 31536000 s: they must not decrease in this order`},
		{"a second and a half", add(api, &awscloudfront.CachePolicyProps{DefaultTtl: awscdk.Duration_Millis(jsii.Number(1500))}, nil), `pattern "/a": DefaultTtl is 1500 ms, and CloudFront counts in seconds: write a whole number of them`},
		{"a token", add(api, &awscloudfront.CachePolicyProps{MaxTtl: awscdk.Duration_Seconds(awscdk.NewCfnParameter(stack, jsii.String("Ttl"), &awscdk.CfnParameterProps{Type: jsii.String("Number")}).ValueAsNumber())}, nil), `pattern "/a": MaxTtl is known only at deployment, and the lifetimes are compared at synthesis: write a number`},
		{"11 headers", add(api, &awscloudfront.CachePolicyProps{HeaderBehavior: headers(9)}, nil), `pattern "/a": the cache key has 11 headers, of which ["x-cfrouter-route" "x-forwarded-host"] are the Router's, and CloudFront takes 10: leave some out`},
		{"11 headers and spares", add(api, &awscloudfront.CachePolicyProps{HeaderBehavior: headers(9, "x-0", "X-1", "x-2", "x-forwarded-host")}, nil), `pattern "/a": the cache key has 11 headers, of which ["x-cfrouter-route" "x-forwarded-host"] are the Router's, and CloudFront takes 10: leave some out`},
		{"11 headers of a bucket", add(bucket, &awscloudfront.CachePolicyProps{HeaderBehavior: headers(10)}, nil), `pattern "/a": the cache key has 11 headers, of which ["x-cfrouter-route"] are the Router's, and CloudFront takes 10: leave some out`},
		{"Host", add(api, &awscloudfront.CachePolicyProps{HeaderBehavior: headers(0, "Host")}, nil), host},
		{"Host of an own policy", add(api, nil, own("Host", &awscloudfront.CachePolicyProps{HeaderBehavior: headers(0, "HOST")})), host},
		{"Host of a managed policy", add(bucket, nil, awscloudfront.CachePolicy_USE_ORIGIN_CACHE_CONTROL_HEADERS()), host},
		{"Host of a managed policy with query strings", add(api, nil, awscloudfront.CachePolicy_USE_ORIGIN_CACHE_CONTROL_HEADERS_QUERY_STRINGS()), host},
		{"Host of Amplify", add(api, nil, awscloudfront.CachePolicy_AMPLIFY()), host},
		{"headers where nothing is cached", add(api, nil, own("Headers", &awscloudfront.CachePolicyProps{MinTtl: zero, DefaultTtl: zero, MaxTtl: zero, HeaderBehavior: headers(1), CookieBehavior: awscloudfront.CacheCookieBehavior_All()})), `pattern "/a" has a cache policy with MaxTtl 0 and headerBehavior "whitelist", ` + disabled},
		{"cookies where nothing is cached", add(api, nil, own("Cookies", &awscloudfront.CachePolicyProps{DefaultTtl: zero, MaxTtl: zero, CookieBehavior: awscloudfront.CacheCookieBehavior_All()})), `pattern "/a" has a cache policy with MaxTtl 0 and cookieBehavior "all", ` + disabled},
		{"compression where nothing is cached", add(api, nil, own("Gzip", &awscloudfront.CachePolicyProps{DefaultTtl: zero, MaxTtl: zero, EnableAcceptEncodingGzip: jsii.Bool(true)})), `pattern "/a" has a cache policy with MaxTtl 0 and enableAcceptEncodingGzip true, ` + disabled},
		{"Accept-Encoding beside compression", add(bucket, &awscloudfront.CachePolicyProps{HeaderBehavior: headers(0, "Accept-Encoding"), EnableAcceptEncodingGzip: jsii.Bool(false)}, nil), `pattern "/a": the cache key names Accept-Encoding, which CloudFront refuses beside EnableAcceptEncodingGzip and EnableAcceptEncodingBrotli: leave it out, it is in the key in a normalised form, or set both to false`},
		{"query strings where nothing is cached", add(api, nil, own("Queries", &awscloudfront.CachePolicyProps{DefaultTtl: zero, MaxTtl: zero, QueryStringBehavior: awscloudfront.CacheQueryStringBehavior_AllowList(jsii.String("q"))})), `pattern "/a" has a cache policy with MaxTtl 0 and queryStringBehavior "whitelist", ` + disabled},
	})
	for name, accepted := range map[string]func(){
		"Accept-Encoding alone": add(bucket, &awscloudfront.CachePolicyProps{HeaderBehavior: headers(0, "accept-encoding"), EnableAcceptEncodingGzip: jsii.Bool(false), EnableAcceptEncodingBrotli: jsii.Bool(false)}, nil),
		"8 headers":             add(api, &awscloudfront.CachePolicyProps{HeaderBehavior: headers(8)}, nil),
		"9 headers of a bucket": add(bucket, &awscloudfront.CachePolicyProps{HeaderBehavior: headers(9)}, nil),
		"MaxTtl alone":          add(api, &awscloudfront.CachePolicyProps{MaxTtl: ten}, nil),
		"nothing cached":        add(api, nil, own("Nothing", &awscloudfront.CachePolicyProps{DefaultTtl: zero, MaxTtl: zero})),
		"caching disabled":      add(bucket, nil, awscloudfront.CachePolicy_CACHING_DISABLED()),
		"Host to a server":      add(urlTarget("https://example.com"), &awscloudfront.CachePolicyProps{HeaderBehavior: headers(0, "Host")}, nil),
	} {
		if got := refusal(accepted); got != "no panic" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestWrongDistributionProps(t *testing.T) {
	stack := newStack()
	build := func(props *awscloudfront.DistributionProps) func() {
		return func() { cfrouter.NewRouter(stack, jsii.String("Router"), &cfrouter.RouterProps{Distribution: props}) }
	}
	origin := awscloudfrontorigins.NewHttpOrigin(jsii.String("example.com"), nil)
	checkMisuse(t, []misuse{
		{"DefaultBehavior", build(&awscloudfront.DistributionProps{DefaultBehavior: &awscloudfront.BehaviorOptions{Origin: origin}}), `RouterProps.Distribution has a DefaultBehavior: use AddRoute("/", target, options)`},
		{"AdditionalBehaviors", build(&awscloudfront.DistributionProps{AdditionalBehaviors: &map[string]*awscloudfront.BehaviorOptions{"/a": {Origin: origin}}}), "RouterProps.Distribution has AdditionalBehaviors: use AddRoute for each of them"},
		{"DefaultRootObject", build(&awscloudfront.DistributionProps{DefaultRootObject: jsii.String("home.html")}), `RouterProps.Distribution has DefaultRootObject "home.html": use AddRoute("/", NewBucketTarget(bucket, &BucketTargetProps{IndexDocument: …}), nil)`},
		{"DomainNames", build(&awscloudfront.DistributionProps{DomainNames: jsii.Strings("app.example.com")}), "RouterProps.Distribution has DomainNames: use RouterProps.DomainNames"},
		{"Certificate", build(&awscloudfront.DistributionProps{Certificate: certificateIn(stack, "us-east-1")}), "RouterProps.Distribution has a Certificate: use RouterProps.Certificate"},
	})
}

func certificateIn(scope constructs.Construct, region string) awscertificatemanager.ICertificate {
	arn := fmt.Sprintf("arn:aws:acm:%s:%s:certificate/1", region, account)
	return awscertificatemanager.Certificate_FromCertificateArn(scope, jsii.String("Certificate "+region), jsii.String(arn))
}

// in is a stack in a region and an account, either of which may be unknown.
func in(app awscdk.App, id, region, account string) awscdk.Stack {
	env := &awscdk.Environment{}
	if region != "" {
		env.Region = jsii.String(region)
	}
	if account != "" {
		env.Account = jsii.String(account)
	}
	return awscdk.NewStack(app, jsii.String(id), &awscdk.StackProps{Env: env})
}

// zoneOf is an imported zone.
func zoneOf(scope constructs.Construct, name string) awsroute53.IHostedZone {
	return awsroute53.HostedZone_FromHostedZoneAttributes(scope, jsii.String("Zone "+name), &awsroute53.HostedZoneAttributes{
		HostedZoneId: jsii.String("Z1"), ZoneName: jsii.String(name),
	})
}

func TestWrongDomains(t *testing.T) {
	app := newApp()
	virginia := in(app, "Virginia", "us-east-1", account)
	ireland := in(app, "Ireland", "eu-west-1", account)
	anonymous := in(app, "Anonymous", "eu-west-1", "")
	anywhere := in(app, "Anywhere", "", "")
	zone := zoneOf(virginia, "example.com")
	certificate := certificateIn(virginia, "us-east-1")
	abroad := certificateIn(virginia, "eu-west-1")
	notAcm := awscertificatemanager.Certificate_FromCertificateArn(virginia, jsii.String("NotAcm"), jsii.String("certificate/1"))
	madeAbroad := awscertificatemanager.NewCertificate(ireland, jsii.String("Made"), &awscertificatemanager.CertificateProps{DomainName: jsii.String("example.com")})
	nameless := awsroute53.HostedZone_FromHostedZoneId(virginia, jsii.String("Nameless"), jsii.String("Z1"))
	ownZone := awsroute53.NewPublicHostedZone(ireland, jsii.String("Own"), &awsroute53.PublicHostedZoneProps{ZoneName: jsii.String("example.com")})
	count := 0
	build := func(stack awscdk.Stack, zone awsroute53.IHostedZone, certificate awscertificatemanager.ICertificate, names ...string) func() {
		return func() {
			count++
			cfrouter.NewRouter(stack, jsii.String(fmt.Sprintf("Router%d", count)), &cfrouter.RouterProps{
				DomainNames: jsii.Strings(names...), HostedZone: zone, Certificate: certificate,
			})
		}
	}
	var many []string
	for i := range 101 {
		many = append(many, fmt.Sprintf("a%d.example.com", i))
	}
	token := *awscdk.Fn_ImportValue(jsii.String("Name"))
	long := strings.Repeat("a", 64)
	longer := strings.Repeat("aaaaaaa.", 31) + "example"
	const write = `: write one such as "app.example.com" or "*.example.com"`
	const without = "HostedZone or Certificate is given without DomainNames: name what the distribution shall answer to"
	const environment = "set Env with Account and Region in its StackProps, or give a Certificate from us-east-1"
	checkMisuse(t, []misuse{
		{"zone without names", build(virginia, zone, nil), without},
		{"certificate without names", build(virginia, nil, certificate), without},
		{"names alone", build(virginia, nil, nil, "app.example.com"), `DomainNames ["app.example.com"] need a HostedZone, for which a certificate is made, or a Certificate from us-east-1`},
		{"outside the zone", build(virginia, zone, nil, "app.example.org"), `domain name "app.example.org" is outside the hosted zone "example.com": give a zone that contains it, or a Certificate and make the records elsewhere`},
		{"beside the zone", build(virginia, zone, nil, "notexample.com"), `domain name "notexample.com" is outside the hosted zone "example.com": give a zone that contains it, or a Certificate and make the records elsewhere`},
		{"upper case", build(virginia, zone, nil, "App.example.com"), `domain name "App.example.com" has upper-case letters` + write},
		{"empty", build(virginia, zone, nil, ""), `domain name "" has no dot` + write},
		{"one label", build(virginia, zone, nil, "localhost"), `domain name "localhost" has no dot` + write},
		{"a URL", build(virginia, zone, nil, "https://example.com"), `domain name "https://example.com" has the malformed label "https://example"` + write},
		{"dot at the end", build(virginia, zone, nil, "example.com."), `domain name "example.com." has the malformed label ""` + write},
		{"underscore", build(virginia, zone, nil, "a_b.example.com"), `domain name "a_b.example.com" has the malformed label "a_b"` + write},
		{"hyphen first", build(virginia, zone, nil, "-a.example.com"), `domain name "-a.example.com" has the malformed label "-a"` + write},
		{"wildcard inside", build(virginia, zone, nil, "a.*.example.com"), `domain name "a.*.example.com" has the malformed label "*"` + write},
		{"long label", build(virginia, zone, nil, long+".example.com"), `domain name "` + long + `.example.com" has the malformed label "` + long + `"` + write},
		{"long name", build(virginia, zone, nil, longer), `domain name "` + longer + `" has more than 253 characters` + write},
		{"token", build(virginia, zone, nil, token), fmt.Sprintf("domain name %q is known only at deployment: write it as plain text", token)},
		{"twice", build(virginia, zone, nil, "a.example.com", "b.example.com", "a.example.com"), `domain name "a.example.com" is there twice: leave one out`},
		{"101 names", build(virginia, zone, nil, many...), `DomainNames has 101 names, and CloudFront takes 100: use wildcards such as "*.example.com"`},
		{"certificate from abroad", build(virginia, nil, abroad, "app.example.com"), `certificate "arn:aws:acm:eu-west-1:111122223333:certificate/1" is in eu-west-1, and CloudFront takes certificates from us-east-1 only: make it there, or give a HostedZone and leave Certificate out`},
		{"certificate made abroad", build(ireland, nil, madeAbroad, "app.example.com"), `certificate "Ireland/Made" is in eu-west-1, and CloudFront takes certificates from us-east-1 only: make it there, or give a HostedZone and leave Certificate out`},
		{"certificate that is none", build(virginia, nil, notAcm, "app.example.com"), `certificate "certificate/1" is not the ARN of an ACM certificate: write one such as "arn:aws:acm:us-east-1:111122223333:certificate/…"`},
		{"zone by id alone", build(virginia, nameless, nil, "app.example.com"), `hosted zone "Virginia/Nameless" does not know its name: import it with HostedZone_FromHostedZoneAttributes`},
		{"zone in the Router's stack", build(ireland, ownZone, nil, "app.example.com"), `hosted zone "Ireland/Own" is made in the Router's own stack in eu-west-1, and the certificate in us-east-1 would need the zone while the stack needs the certificate: make the zone in a stack of its own, or import it with HostedZone_FromHostedZoneAttributes`},
		{"no region", build(anywhere, zone, nil, "app.example.com"), `stack "Anywhere" has no region, and whether the certificate can be made in it depends on that: ` + environment},
		{"no account", build(anonymous, zone, nil, "app.example.com"), `stack "Anonymous" is in eu-west-1 and has no account, which the certificate's stack in us-east-1 needs: ` + environment},
	})
	here := awsroute53.NewPublicHostedZone(virginia, jsii.String("Here"), &awsroute53.PublicHostedZoneProps{ZoneName: jsii.String("example.com")})
	for name, accepted := range map[string]func(){
		"apex, wildcard and sub-domain":       build(virginia, zone, nil, "example.com", "*.example.com", "a.b.example.com"),
		"100 names":                           build(virginia, zone, nil, many[:100]...),
		"zone in the Router's stack":          build(virginia, here, nil, "app.example.com"),
		"certificate for names out of a zone": build(ireland, nil, certificate, "app.example.org"),
		"certificate and no region":           build(anywhere, zone, certificate, "app.example.com"),
		"no account in us-east-1":             build(in(app, "Nobody", "us-east-1", ""), zone, nil, "app.example.com"),
	} {
		if got := refusal(accepted); got != "no panic" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestRefusedAtSynthesis(t *testing.T) {
	app := newApp()
	target := urlTarget("https://example.com")
	stack := func(id string) awscdk.Stack { return in(app, id, "us-east-1", account) }
	router := func(scope awscdk.Stack, id string, names ...string) cfrouter.Router {
		props := &cfrouter.RouterProps{}
		if len(names) > 0 {
			props.DomainNames, props.HostedZone = jsii.Strings(names...), zoneOf(awscdk.NewStack(scope, jsii.String(id+"Zone"), nil), "example.com")
		}
		return cfrouter.NewRouter(scope, jsii.String(id), props)
	}

	router(stack("Empty"), "Router")

	wide := router(stack("Wide"), "Router")
	for i := range 38 {
		wide.AddRoute(jsii.String(fmt.Sprintf("/service%d", i)), target, nil)
	}
	fits := router(stack("Fits"), "Router")
	fits.AddRoute(jsii.String("/"), target, nil)
	for i := range 37 {
		fits.AddRoute(jsii.String(fmt.Sprintf("/service%d", i)), target, nil)
	}
	fits.AddRoute(jsii.String("/*.jpg"), target, nil)

	big := router(stack("Big"), "Router")
	for i := range 37 {
		big.AddRoute(jsii.String(fmt.Sprintf("/service%d%s", i, longPath(200))), target, nil)
	}

	gated := stack("Gated")
	atEdge := router(gated, "Router")
	function := func(id, code string, runtime awscloudfront.FunctionRuntime) awscloudfront.Function {
		return awscloudfront.NewFunction(gated, jsii.String(id), &awscloudfront.FunctionProps{
			Code: awscloudfront.FunctionCode_FromInline(jsii.String(code)), Runtime: runtime,
		})
	}
	js1, js2 := awscloudfront.FunctionRuntime_JS_1_0(), awscloudfront.FunctionRuntime_JS_2_0()
	modern := function("Modern", "function handler(event) {\n  const {response} = event;\n  return response?.headers;\n}", js2)
	for pattern, function := range map[string]interfacesawscloudfront.IFunctionRef{
		"/modern": modern,
		"/again":  modern,
		"/old":    function("Old", "const a = 1; function handler(event) { return event.response }", js1),
		"/large":  function("Large", "function handler(event) { return event.response }"+strings.Repeat(" ", 10_200), js1),
		"/many":   function("Many", "function handler(event) { return ["+strings.Repeat("...a, ", 7)+"] }", js2),
		"/plain": awscloudfront.NewCfnFunction(gated, jsii.String("Plain"), &awscloudfront.CfnFunctionProps{
			Name: jsii.String("plain"), FunctionCode: jsii.String("exports.handler = f"),
			FunctionConfig: &awscloudfront.CfnFunction_FunctionConfigProperty{Comment: jsii.String(""), Runtime: jsii.String("cloudfront-js-2.0")},
		}),
		"/fine":  function("Fine", "import cf from 'cloudfront';\nasync function handler(event) { return event.response }", js2),
		"/later": function("Later", "function handler(event) { return event.response?.a }//"+*gated.Account()+*awscdk.Aws_STACK_ID(), js2),
		"/imported": awscloudfront.Function_FromFunctionAttributes(gated, jsii.String("Imported"), &awscloudfront.FunctionAttributes{
			FunctionArn: jsii.String("arn:aws:cloudfront::123456789012:function/imported"), FunctionName: jsii.String("imported"),
		}),
	} {
		atEdge.AddRoute(jsii.String(pattern), target, &cfrouter.RouteOptions{Behavior: &awscloudfront.AddBehaviorOptions{
			FunctionAssociations: &[]*awscloudfront.FunctionAssociation{{EventType: awscloudfront.FunctionEventType_VIEWER_RESPONSE, Function: function}},
		}})
	}

	direct := router(stack("Direct"), "Router")
	direct.AddRoute(jsii.String("/"), target, nil)
	origin := awscloudfrontorigins.NewHttpOrigin(jsii.String("legacy.example.com"), nil)
	direct.Distribution().AddBehavior(jsii.String("legacy/*"), origin, nil)
	direct.Distribution().AddBehavior(jsii.String("/old files"), origin, nil)

	shared := stack("Shared")
	certificate := certificateIn(shared, "us-east-1")
	one := router(shared, "One", "one.example.com", "*.example.com")
	one.AddRoute(jsii.String("/"), target, nil)
	two := router(shared, "Two", "two.example.com", "one.example.com")
	two.AddRoute(jsii.String("/"), target, nil)
	for _, name := range []string{"two.example.com", "api.example.com"} {
		awsapigatewayv2.NewDomainName(shared, jsii.String("Http "+name), &awsapigatewayv2.DomainNameProps{DomainName: jsii.String(name), Certificate: certificate})
	}
	for _, name := range []string{"*.example.com", "rest.example.com"} {
		awsapigateway.NewDomainName(shared, jsii.String("Rest "+name), &awsapigateway.DomainNameProps{DomainName: jsii.String(name), Certificate: certificate})
	}
	awscloudfront.NewDistribution(shared, jsii.String("Other"), &awscloudfront.DistributionProps{
		DefaultBehavior: &awscloudfront.BehaviorOptions{Origin: origin},
		DomainNames:     jsii.Strings("two.example.com", "other.example.com"),
		Certificate:     certificate,
	})

	const conflict = "and can belong to one of them only: give each its own name, such as another sub-domain"
	const unrunnable = "is one that CloudFront takes and cannot run, so that it would answer 503 to every request: "
	manySpreads := ""
	for column := 35; column < 35+5*6; column += 6 {
		manySpreads += fmt.Sprintf("line 1, column %d: found spread (...): write xs.concat(ys), or xs.slice() for a copy; ", column)
	}
	want := []string{
		`[Empty/Router] cfrouter: the Router has no route, so it could only answer 404: add one, such as AddRoute("/", NewBucketTarget(bucket, nil), nil)`,
		"[Wide/Router] cfrouter: the routes need 76 behaviors besides the default, and CloudFront takes 75: a route for a plain path needs two, a glob or an Exact route one. Set RouterProps.Dispatch to Dispatch_EDGE: the edge table takes all 38 routes, and with it they need 0 behaviors besides the default. Or put routes that share a target under one path",
		"[Big/Router] cfrouter: the edge function has N bytes, and CloudFront takes 10240. What takes the most is the routes (N): set RouterProps.Dispatch to Dispatch_EDGE, which moves routes and the locations of redirects into a key-value store, or use fewer or shorter patterns, or use a second Router on another domain name",
		`[Gated/Router] cfrouter: the function "Gated/Modern" of pattern "/modern" ` + unrunnable + `line 2, column 9: found destructuring: write const a = o.a; const b = o.b; line 3, column 18: found optional chaining (?.): write response && response.headers`,
		`[Gated/Router] cfrouter: the function "Gated/Large" of pattern "/large" has N bytes, and CloudFront takes 10240: shorten it, or keep its data in a KeyValueStore`,
		`[Gated/Router] cfrouter: the function "Gated/Plain" of pattern "/plain" ` + unrunnable + `line 1, column 1: found no function named handler: write function handler(event) { return event.request; }, which CloudFront calls`,
		`[Gated/Router] cfrouter: the function "Gated/Many" of pattern "/many" ` + unrunnable + manySpreads + `and 2 more`,
		`[Gated/Router] cfrouter: the function "Gated/Old" of pattern "/old" ` + unrunnable + `line 1, column 1: found const, which is in runtime 2.0 only: write var`,
		`[Direct/Router] cfrouter: behavior "legacy/*" was added to the distribution directly, where it takes no part in the order of the routes and is not known to the edge function: use AddRoute("/legacy/*", NewOriginTarget(origin, nil), nil)`,
		`[Direct/Router] cfrouter: behavior "/old files" was added to the distribution directly, where it takes no part in the order of the routes and is not known to the edge function: use AddRoute("/old files", NewOriginTarget(origin, nil), nil)`,
		`[Shared/One] cfrouter: domain name "one.example.com" is used by "Shared/One" and by "Shared/Two/Distribution", ` + conflict,
		`[Shared/One] cfrouter: domain name "*.example.com" is used by "Shared/One" and by "Shared/Rest *.example.com", ` + conflict,
		`[Shared/Two] cfrouter: domain name "one.example.com" is used by "Shared/Two" and by "Shared/One/Distribution", ` + conflict,
		`[Shared/Two] cfrouter: domain name "two.example.com" is used by "Shared/Two" and by "Shared/Http two.example.com", ` + conflict,
		`[Shared/Two] cfrouter: domain name "two.example.com" is used by "Shared/Two" and by "Shared/Other", ` + conflict,
	}
	bytes := regexp.MustCompile(`[0-9]{5} bytes`)
	got := regexp.MustCompile(`\[.*`).FindAllString(refusal(func() { app.Synth(nil) }), -1)
	if size := bytes.FindString(strings.Join(got, "\n")); size <= "10240 bytes" {
		t.Errorf("the edge function is said to have %q", size)
	}
	for i := range got {
		got[i] = regexp.MustCompile(`\([0-9]{4}\)`).ReplaceAllString(bytes.ReplaceAllString(got[i], "N bytes"), "(N)")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("errors of the synthesis (-want +got):\n%s", diff)
	}
}

// TestAccepted is about what looks like a mistake and is none.
func TestAccepted(t *testing.T) {
	app := newApp()
	stack, apis := awscdk.NewStack(app, jsii.String("Stack"), nil), awscdk.NewStack(app, jsii.String("Apis"), nil)
	router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
	awscdk.NewCfnOutput(stack, jsii.String("Early"), &awscdk.CfnOutputProps{Value: router.Distribution().DomainName()})
	if url, want := *router.Url(), "https://"+*router.Distribution().DomainName(); url != want {
		t.Errorf("the url before any route is %q, want %q", url, want)
	}
	add := func(pattern string, target cfrouter.Target, options *cfrouter.RouteOptions) {
		router.AddRoute(jsii.String(pattern), target, options)
	}
	exact := &cfrouter.RouteOptions{Exact: jsii.Bool(true)}
	origin := func(domain string) cfrouter.Target {
		return cfrouter.NewOriginTarget(awscloudfrontorigins.NewHttpOrigin(jsii.String(domain), nil), nil)
	}
	for _, pattern := range []string{"/a", "/b/*.jpg", "/c/d"} {
		add(pattern, urlTarget("https://many.example.com"), nil)
	}
	add("/near", origin("below.example.com"), nil)
	add("/near", origin("exact.example.com"), exact)
	add("/near/", origin("slash.example.com"), exact)
	add("/far", cfrouter.NewHttpApiTarget(awsapigatewayv2.NewHttpApi(apis, jsii.String("Api"), nil), nil), nil)
	bucket := awss3.NewBucket(stack, jsii.String("Bucket"), nil)
	add("/files", cfrouter.NewBucketTarget(bucket, &cfrouter.BucketTargetProps{
		Origin: &awscloudfrontorigins.S3BucketOriginWithOACProps{
			OriginAccessLevels: &[]awscloudfront.AccessLevel{awscloudfront.AccessLevel_WRITE, awscloudfront.AccessLevel_READ},
		},
	}), nil)
	add("/", origin("root.example.com"), &cfrouter.RouteOptions{
		Behavior: &awscloudfront.AddBehaviorOptions{FunctionAssociations: &[]*awscloudfront.FunctionAssociation{
			{EventType: awscloudfront.FunctionEventType_VIEWER_RESPONSE, Function: edgeFunction(stack, "Response")},
		}},
	})
	template := synthesize(t, stack)

	domains, origins := map[any]any{}, objects(configOf(t, template)["Origins"])
	for _, origin := range origins {
		domains[origin["Id"]] = origin["DomainName"]
	}
	hosts := map[string]any{}
	for _, behavior := range behaviorsOf(t, template) {
		if host, plain := domains[behavior["TargetOriginId"]].(string); plain {
			hosts[fmt.Sprint(behavior["PathPattern"])] = host
		}
	}
	same(t, "origins of the behaviors", map[string]any{
		"/a": "many.example.com", "/a/*": "many.example.com", "/b/*.jpg": "many.example.com", "/c/d": "many.example.com", "/c/d/*": "many.example.com",
		"/near": "exact.example.com", "/near/": "slash.example.com", "/near/*": "below.example.com", "*": "root.example.com",
	}, hosts)
	same(t, "number of origins", 7, len(origins))

	_, policy := only(t, template, "AWS::S3::BucketPolicy")
	same(t, "actions of a bucket", []any{[]any{"s3:GetObject", "s3:ListBucket", "s3:PutObject"}}, each(objects(object(policy["PolicyDocument"])["Statement"]), "Action"))
	same(t, "functions of a behavior", []any{"viewer-request", "viewer-response"}, each(objects(behaviorOf(t, template, "*")["FunctionAssociations"]), "EventType"))

	checkMisuse(t, []misuse{{
		"a route after synthesis", func() { add("/late", urlTarget("https://example.com"), nil) },
		`pattern "/late" was added after synthesis, so it would be missing from the template: add all routes before Synth or Template_FromStack`,
	}})
}

func TestErrorResponsesAreKept(t *testing.T) {
	stack := newStack()
	router := cfrouter.NewRouter(stack, jsii.String("Router"), &cfrouter.RouterProps{
		DomainNames: jsii.Strings("*.example.com"),
		Certificate: certificateIn(stack, "us-east-1"),
		Distribution: &awscloudfront.DistributionProps{ErrorResponses: &[]*awscloudfront.ErrorResponse{
			{HttpStatus: jsii.Number(404), ResponsePagePath: jsii.String("/404.html"), Ttl: awscdk.Duration_Minutes(jsii.Number(1))},
			{HttpStatus: jsii.Number(416), Ttl: awscdk.Duration_Minutes(jsii.Number(2))},
		}},
	})
	if url, want := *router.Url(), "https://"+*router.Distribution().DomainName(); url != want {
		t.Errorf("the url of a Router with wildcards alone is %q, want %q", url, want)
	}
	router.AddRoute(jsii.String("/"), urlTarget("https://example.com"), nil)
	got := map[string]any{}
	for _, response := range objects(configOf(t, synthesize(t, stack))["CustomErrorResponses"]) {
		got[fmt.Sprint(response["ErrorCode"])] = fmt.Sprint(response["ErrorCachingMinTTL"], " ", response["ResponsePagePath"])
	}
	same(t, "error responses", map[string]any{
		"404": "60 /404.html", "416": "120 <nil>",
		"400": "0 <nil>", "403": "0 <nil>", "405": "0 <nil>", "414": "0 <nil>",
		"500": "0 <nil>", "501": "0 <nil>", "502": "0 <nil>", "503": "0 <nil>", "504": "0 <nil>",
	}, got)
}
