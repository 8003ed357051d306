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

	"github.com/cfrouter/cfrouter/edgefn"
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
	// and a host in front, which DomainNames have to cover, narrows it to that host:
	//
	//	"admin.example.com/"   every path of that host
	//	"*.example.com/docs"   on every host one or more labels under example.com
	//
	// Of all routes that match a request the most specific one wins. The host is
	// compared first: one that is spelled out comes before a wildcard, the longer
	// wildcard before the shorter, and any host before none. So a host with a route
	// for "/" of its own reaches none of the routes without a host, but for those with
	// the option EveryHost. Among routes of
	// one host, one that matches the same paths as an earlier one is an error; two
	// that overlap without either being more specific get a warning that names a path
	// both match.
	//
	// A route for a plain path strips it: /api/users reaches the target of "/api"
	// as /users, with /api in the x-forwarded-prefix header. The options are
	// optional.
	//
	// A call that panics leaves nothing behind, so that whoever recovers can add the
	// route once it is right. There are two exceptions: what the Bind of a target from
	// elsewhere has changed outside of its scope, and an origin of NewOriginTarget that
	// is found to be a group that the route does not suit. The CDK can bind such an
	// origin only once, so make another, and what it has granted stays granted.
	//
	// The path has at most 255 characters, of letters, digits and _-.*$/~"'@:+&?.
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
	// wildcards such as "*.example.com" included; at most 100. A wildcard is for every
	// name under it, but a certificate's, and so that of the certificate made here,
	// for those with one label more only: name a.b.example.com by itself.
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
	// without a HostedZone, DnsRecords, and for a key-value store KeyValueStoreArn
	// become stack outputs, whose names begin with the Router's id.
	// Default: - they do.
	Outputs *bool

	// Dispatch says where it is decided which target a request goes to: by CloudFront,
	// which has 75 behaviors for it, or at the edge, where there is room for thousands
	// of routes. Which route that is does not depend on it.
	// Default: - Dispatch_BEHAVIORS.
	Dispatch Dispatch

	// ViewerRequest is code of your own that runs on every request. Before sees it as
	// the viewer sent it, and After as the origin will, unless the edge has answered it.
	// The path that Before leaves is the one that routes are compared with; CloudFront
	// has chosen the behavior by the one that was sent, so it should stay one of the same
	// route.
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html)
	// Default: - none.
	ViewerRequest *EdgeCode

	// ViewerResponse is code of your own that runs on every response, before and after
	// what routes do to it. CloudFront runs it on no response that an origin has given
	// with status 400 or above, and on none that the edge has given itself.
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html)
	// Default: - none.
	ViewerResponse *EdgeCode

	// KeyValues are entries for the Router's key-value store, where code of your own
	// finds them: await cf.kvs().get('key'), in a handler that is async, without any
	// import. A key has up to 512 bytes, a value up to 1,024, and the whole store 5 MB.
	// Keys that begin with "routes/", "site/" or "weights/" are the Router's own, and
	// "maintenance" is its switch.
	//
	// Entries can be changed without a deployment, with the ARN that is an output:
	//
	//	ETAG=$(aws cloudfront-keyvaluestore describe-key-value-store --kvs-arn "$ARN" --query ETag --output text)
	//	aws cloudfront-keyvaluestore put-key --kvs-arn "$ARN" --if-match "$ETAG" --key KEY --value VALUE
	//
	// That lasts until the Router declares other entries: CloudFront fills a store when
	// it is made and not again, so other entries are another store.
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/kvs-with-functions-kvp.html)
	// Default: - none.
	KeyValues *map[string]*string

	// Maintenance is what every request is answered with while the key "maintenance" of
	// the key-value store has the value "on", which is changed as KeyValues are and
	// lasts as long; declared among them, it is on from the deployment on. Its status is
	// 503 unless it says otherwise, and a 503 without the header retry-after has one of
	// 300 seconds, without Body a line of text. Every request reads the store for it.
	// Default: - there is no such switch.
	Maintenance *ResponseTargetProps

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

	// When narrows the route to requests for which all of these conditions hold.
	// Several routes may have one pattern, of which one at most is without conditions
	// and tried last; of the others those with more conditions come first, then those
	// that were added first. A route that would never be reached is an error. A request
	// for which conditions do not hold goes to the next route that matches.
	//
	//	When: &[]cfrouter.Condition{cfrouter.Condition_Cookie(jsii.String("beta"), jsii.String("on"))}
	//
	// What a condition looks at keeps the objects in the cache apart. It is chosen by
	// the viewer, so that it guards nothing.
	// Default: - every request for the paths of the pattern.
	When *[]Condition

	// EveryHost is for a route without a host that is wanted on hosts with a route for
	// "/" of their own as well, which otherwise hides it: on those it is compared by
	// path with their routes, as if it had been added for each of them. It is an error
	// for a pattern with a host.
	// Default: - false.
	EveryHost *bool

	// Rewrite changes what is left of the path after stripping. The rules are tried in
	// order, and the first whose expression matches is applied, alone.
	// Default: - the target sees what is left of the path.
	Rewrite *[]*RewriteRule

	// RestorePrefix puts the stripped prefix back into responses: in front of a path in
	// Location, if it is one on the viewer's host, and of the Path of cookies. The path
	// of the target itself (that of its URL or of an API's stage, or the OriginPath of
	// its origin) is taken off before: under "/shop", an application at
	// "https://example.com/base" that redirects to /base/cart redirects viewers to
	// /shop/cart. A path that is known only at deployment is not: behind CDK's
	// RestApiOrigin, whose stage is one unless it is given an OriginPath, /prod/cart
	// becomes /shop/prod/cart.
	//
	// It is for applications that do not look at x-forwarded-prefix, and an error where
	// nothing is stripped. CloudFront runs no function on responses of status 400 or
	// above.
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html)
	// Default: - false.
	RestorePrefix *bool

	// Query says which parameters of the query string the target is sent and the cache
	// key has. Those that are kept are sorted by name, so that ?b=2&a=1 and ?a=1&b=2
	// are one object.
	// Default: - the query string stays as it is.
	Query *QueryOptions

	// ViewerRequest is code of your own that runs on the requests of this route. Before
	// sees the path with its prefix, and After what the target is going to get; for a
	// route that the edge answers by itself After is an error. What
	// RouterProps.ViewerRequest has runs before and after both.
	// Default: - none.
	ViewerRequest *EdgeCode

	// ViewerResponse is code of your own that runs on the responses to this route, as
	// RouterProps.ViewerResponse does for all. It is an error for a route that the edge
	// answers by itself.
	// Default: - none.
	ViewerResponse *EdgeCode

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
	// CachePolicy given here is used untouched: its key has to name the header
	// x-cfrouter-route (edgefn.RouteHeader) if other targets can be asked for the same
	// path, as those of a split, or of routes that differ in host or conditions, and
	// with BucketTargetProps.Immutable. Functions on viewer requests and
	// Lambda@Edge on viewer events are refused: the Router's own function runs there.
	// Default: - the target's.
	Behavior *awscloudfront.AddBehaviorOptions
}

type router struct {
	constructs.Construct
	distribution awscloudfront.Distribution
	function     awscloudfront.Function
	nowhere      awscloudfront.IOrigin // of requests that the edge answers or sends elsewhere
	names        []string

	// What NewRouter was asked for.
	dispatch    Dispatch
	code        edgefn.Hooks
	maintenance *edgefn.Response
	entries     []edgefn.Entry
	outputs     bool

	routes   []*route
	patterns routeIndex
	bound    map[string]*boundTarget
	controls accessControls
	policies map[string]*plannedPolicy
	viewers  map[string]awscloudfront.OriginRequestPolicy // see viewerPolicy
	fresh    []string                                     // keys of the targets that are being bound for the first time

	emitted     *emission // nil until synthesis
	store       awscloudfront.KeyValueStore
	response    awscloudfront.Function
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
	r := &router{
		names:    names,
		dispatch: props.Dispatch,
		code:     hooksOf("", props.ViewerRequest, props.ViewerResponse),
		outputs:  value(props.Outputs, true),
		bound:    map[string]*boundTarget{},
		policies: map[string]*plannedPolicy{},
		viewers:  map[string]awscloudfront.OriginRequestPolicy{},
	}
	if err := r.readSwitches(props); err != nil {
		panicf("%w", err)
	}
	constructs.NewConstruct_Override(r, scope, id)
	r.emitAtSynthesis()
	r.controls.owner = r
	r.function = r.newFunction()
	certificate := r.certificate(props)
	r.distribution = r.newDistribution(props.Distribution, certificate)
	r.addRecords(props)
	r.addOutputs()
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
	added, err := newRoute(pattern, target, options, r.names)
	if err != nil {
		return err
	}
	added.number = len(r.routes)
	for _, other := range r.patterns.near(added) {
		if err := conflict(added, other); err != nil {
			return err
		}
	}
	// Bind may panic as well.
	defer r.unbind()
	if err := r.lead(added, target); err != nil {
		return err
	}
	r.fresh = nil
	r.warnAbout(added)
	r.routes = append(r.routes, added)
	r.patterns.add(added)
	return nil
}

func (r *router) addOutputs() {
	r.output("Url", r.Url(), "Where the application is served")
	r.output("DistributionId", r.distribution.DistributionId(), "For invalidations: aws cloudfront create-invalidation --distribution-id")
	r.output("DomainName", r.distribution.DistributionDomainName(), "The distribution's own domain name")
}

// output makes an output of the stack, unless outputs were turned off.
func (r *router) output(id string, value *string, description string) {
	if r.outputs {
		awscdk.NewCfnOutput(r, jsii.String(id), &awscdk.CfnOutputProps{Value: value, Description: jsii.String(description)})
	}
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
