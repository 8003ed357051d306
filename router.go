// Package cfrouter is an AWS CDK construct library for one CloudFront
// distribution in front of everything an application serves.
//
// A [Router] sends each path to a target: an S3 bucket, an HTTP API, a Lambda
// function, an external URL or any other CDK origin. Routes can be added in any
// order, from anywhere in the app; the most specific one wins.
//
//	router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
//	router.AddRoute(jsii.String("/"), cfrouter.NewBucketTarget(site, nil), nil)
//	router.AddRoute(jsii.String("/api"), cfrouter.NewHttpApiTarget(api, nil), nil)
//
// Misuse panics at the call that caused it, as the CDK itself does; what only
// synthesis can know fails synthesis; what may be meant is a warning that can be
// acknowledged by its id.
package cfrouter

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Router is one CloudFront distribution and the routes behind it.
type Router interface {
	constructs.Construct

	// AddRoute sends the requests for some paths to a target. It can be called
	// at any time before synthesis, in any order, and from any stack of the app.
	//
	// The pattern is one of
	//
	//	"/"        every path that no other route takes
	//	"/api"     /api, /api/ and everything below it; a slash at the end is not significant
	//	"/*.jpg"   a glob: * is any number of characters, slashes included; ? is exactly one
	//
	// Of all routes that match a path the most specific one wins. A route that
	// matches the same paths as an earlier one is an error; two that overlap
	// without either being more specific get a warning that names a path both match.
	//
	// A route for a plain path strips it: /api/users reaches the target of "/api"
	// as /users, with /api in the x-forwarded-prefix header. The options are
	// optional.
	//
	// A pattern has at most 255 characters, of letters, digits and _-.*$/~"'@:+&?.
	// CloudFront takes 75 behaviors: a plain path needs two, a glob or an Exact route
	// one, "/" none.
	AddRoute(pattern *string, target Target, options *RouteOptions)

	// Distribution is the CloudFront distribution, for outputs, alias records,
	// grants and metrics. Behaviors are added with AddRoute alone. What stands behind
	// a route must not refer to it, or their resources would need each other: a
	// function finds the host in x-forwarded-host.
	Distribution() awscloudfront.Distribution

	// Url is "https://" and the first domain name that is no wildcard, or the
	// distribution's own name if there is none. That one is subject to what is said
	// of Distribution.
	Url() *string
}

// RouterProps are the settings of a [Router]. All are optional.
type RouterProps struct {
	// DomainNames are the names the distribution answers to, in lower case,
	// wildcards such as "*.example.com" included; at most 100.
	// Default: - the distribution's own name under cloudfront.net.
	DomainNames *[]*string

	// HostedZone is the Route 53 zone that all DomainNames are in. A and AAAA alias
	// records are made for every name, and a certificate if none is given.
	// Default: - the records to create are an output.
	HostedZone awsroute53.IHostedZone

	// Certificate covers the DomainNames. CloudFront takes one from us-east-1 only.
	// Default: - with a HostedZone, one for all names that is validated by DNS, made
	// in us-east-1 wherever the stack is; without, none, and DomainNames are an error.
	Certificate awscertificatemanager.ICertificate

	// Outputs says whether Url, DistributionId, DomainName and, for DomainNames
	// without a HostedZone, DnsRecords become stack outputs, whose names begin with
	// the Router's id.
	// Default: - they do.
	Outputs *bool

	// Distribution are CDK's own props for whatever is not modelled here, such as
	// PriceClass, WebAclId, GeoRestriction or logging. What the Router owns is
	// refused: DefaultBehavior, AdditionalBehaviors and DefaultRootObject are routes
	// here, DomainNames and Certificate are props of the Router.
	// Default: - HTTP/2 and HTTP/3, IPv6, TLS 1.2 or newer (TLS_V1_2_2025) with
	// domain names, and errors of origins are not cached.
	Distribution *awscloudfront.DistributionProps
}

// RouteOptions are the settings of one route. All are optional.
type RouteOptions struct {
	// StripPrefix takes the path of the route off the beginning of the path that
	// the target sees; of a glob, the whole directories before its first wildcard.
	// True is an error where there is nothing to strip: "/", Exact, "/*.jpg".
	// Default: - true for a plain path, false for a glob and with Exact.
	StripPrefix *bool

	// Exact matches the path alone and nothing below it. A slash at its end is
	// significant, and nothing is stripped. It is an error for a glob.
	// Default: - false.
	Exact *bool

	// Cache are the lifetimes and the cache key of this route, field by field over
	// the target's. The Router adds what keeps the routes apart, so that no route
	// can answer with an object of another, and routes with equal settings share
	// one cache policy. Where the query string is forwarded, all of it is in the key
	// unless QueryStringBehavior says otherwise. Unless given, MinTtl is 0, MaxTtl a
	// year, and DefaultTtl, which is for responses without Cache-Control, a day or
	// MaxTtl if that is less: even an empty Cache turns caching on.
	// Default: - as the target does: buckets a day, everything else not at all.
	Cache *awscloudfront.CachePolicyProps

	// Behavior are CDK's own behavior options, field by field over the target's. A
	// CachePolicy given here is used untouched. Functions on viewer requests and
	// Lambda@Edge on viewer events are refused: the Router's own function runs there.
	// Default: - the target's.
	Behavior *awscloudfront.AddBehaviorOptions
}

type router struct {
	constructs.Construct
	distribution awscloudfront.Distribution
	function     awscloudfront.Function
	names        []string

	routes   []*route
	bound    map[string]*boundTarget
	controls accessControls
	policies map[string]awscloudfront.CachePolicy

	fresh       string   // key of the target that is being bound for the first time
	code        string   // empty when a route was added since it was composed
	foreign     []string // behaviors that were not added with AddRoute
	synthesized bool
}

var _ Router = (*router)(nil)

// NewRouter makes a distribution without routes; one that has none by synthesis
// is an error. The props may be nil.
func NewRouter(scope constructs.Construct, id *string, props *RouterProps) Router {
	if props == nil {
		props = &RouterProps{}
	}
	if err := checkDistributionProps(props.Distribution); err != nil {
		panicf("%w", err)
	}
	names, err := parseDomainNames(props)
	if err != nil {
		panicf("%w", err)
	}
	r := &router{names: names, bound: map[string]*boundTarget{}, policies: map[string]awscloudfront.CachePolicy{}}
	constructs.NewConstruct_Override(r, scope, id)
	r.controls.owner = r
	r.function = r.newFunction()
	certificate := r.certificate(props)
	r.distribution = r.newDistribution(props.Distribution, certificate)
	r.addRecords(props)
	if value(props.Outputs, true) {
		r.addOutputs()
	}
	r.Node().AddValidation(&validation{r})
	return r
}

func (r *router) Distribution() awscloudfront.Distribution { return r.distribution }

func (r *router) Url() *string {
	for _, name := range r.names {
		if name[0] != '*' {
			return jsii.String("https://" + name)
		}
	}
	return jsii.String("https://" + *r.distribution.DistributionDomainName())
}

func (r *router) AddRoute(pattern *string, target Target, options *RouteOptions) {
	if r.synthesized {
		panicf("pattern %q was added after synthesis, so it would be missing from the template: add all routes before Synth or Template_FromStack", value(pattern, ""))
	}
	if err := r.addRoute(pattern, target, options); err != nil {
		panicf("%w", err)
	}
}

func (r *router) addRoute(pattern *string, target Target, options *RouteOptions) error {
	added, err := newRoute(pattern, target, options)
	if err != nil {
		return err
	}
	for _, other := range r.routes {
		if err := conflict(added, other); err != nil {
			return err
		}
	}
	// Bind may panic as well.
	defer r.unbind()
	if added.target, err = r.bind(target, added.pattern); err != nil {
		return err
	}
	behavior, err := r.behaviorOf(added)
	if err != nil {
		return err
	}
	r.fresh = "" // from AddBehavior on the CDK knows the origin
	r.warnAbout(added, behavior)
	r.distribution.AddBehavior(jsii.String(added.ticket()), added.target.origin, behavior)
	r.routes = append(r.routes, added)
	r.code = ""
	return nil
}

func (r *router) addOutputs() {
	output := func(id string, value *string, description string) {
		awscdk.NewCfnOutput(r, jsii.String(id), &awscdk.CfnOutputProps{Value: value, Description: jsii.String(description)})
	}
	output("Url", r.Url(), "Where the application is served")
	output("DistributionId", r.distribution.DistributionId(), "For invalidations: aws cloudfront create-invalidation --distribution-id")
	output("DomainName", r.distribution.DistributionDomainName(), "The distribution's own domain name")
}

// warn adds a warning that users acknowledge by its id. It is put on a child of
// the Router, since the CDK looks only above a construct for what was
// acknowledged before, and so would miss what was acknowledged on the Router.
func (r *router) warn(id, format string, args ...any) {
	warn(r.distribution, id, format, args...)
}

func warn(scope constructs.IConstruct, id, format string, args ...any) {
	awscdk.Annotations_Of(scope).AddWarningV2(jsii.String("cfrouter:"+id), jsii.String("cfrouter: "+fmt.Sprintf(format, args...)))
}

// panicf is the one place where an error of this package becomes a panic.
func panicf(format string, args ...any) {
	panic(fmt.Errorf("cfrouter: "+format, args...))
}
