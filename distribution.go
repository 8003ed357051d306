package cfrouter

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// The distribution exists before any route does, and only synthesis knows all of
// them: what follows from the routes is emitted then (emit.go).

// maxBehaviors is CloudFront's quota of behaviors besides the default one.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-web-distributions)
const maxBehaviors = 75

// nowhere is the origin of requests that no route takes. The edge answers them,
// but CloudFront wants an origin. The name can never be resolved (RFC 6761,
// section 6.4), so that nothing is reached even if the edge function were gone.
const nowhere = "unmatched.invalid"

const nowhereId = "Unmatched"

func (r *router) newDistribution(given *awscloudfront.DistributionProps, certificate awscertificatemanager.ICertificate) awscloudfront.Distribution {
	props := merged(&awscloudfront.DistributionProps{
		HttpVersion: awscloudfront.HttpVersion_HTTP2_AND_3,
	}, given)
	if len(r.names) > 0 {
		props.DomainNames = jsii.Strings(r.names...)
		props.Certificate = certificate
		if props.MinimumProtocolVersion == "" {
			props.MinimumProtocolVersion = awscloudfront.SecurityPolicyProtocol_TLS_V1_2_2025
		}
	}
	props.ErrorResponses = uncachedErrors(props.ErrorResponses)
	props.DefaultBehavior = r.unmatchedBehavior()
	distribution := awscloudfront.NewDistribution(r, jsii.String("Distribution"), props)

	cfn := distribution.Node().DefaultChild().(awscloudfront.CfnDistribution)
	cfn.SetDistributionConfig(awscdk.Lazy_UncachedAny(&orderedConfig{r, cfn.DistributionConfig()}, nil))
	warnAboutErrorPages(distribution, given)
	return distribution
}

// checkDistributionProps refuses what the Router owns.
func checkDistributionProps(props *awscloudfront.DistributionProps) error {
	if props == nil {
		return nil
	}
	switch {
	case props.DefaultBehavior != nil:
		return errors.New(`RouterProps.Distribution has a DefaultBehavior: use AddRoute("/", target, options)`)
	case props.AdditionalBehaviors != nil:
		return errors.New("RouterProps.Distribution has AdditionalBehaviors: use AddRoute for each of them")
	case props.DefaultRootObject != nil:
		return fmt.Errorf("RouterProps.Distribution has DefaultRootObject %q: use AddRoute(\"/\", NewBucketTarget(bucket, &BucketTargetProps{IndexDocument: …}), nil)", *props.DefaultRootObject)
	case props.DomainNames != nil:
		return errors.New("RouterProps.Distribution has DomainNames: use RouterProps.DomainNames")
	case !isNil(props.Certificate):
		return errors.New("RouterProps.Distribution has a Certificate: use RouterProps.Certificate")
	}
	return nil
}

// unmatchedBehavior takes every method, so that the edge can answer each of them.
func (r *router) unmatchedBehavior() *awscloudfront.BehaviorOptions {
	r.nowhere = awscloudfrontorigins.NewHttpOrigin(jsii.String(nowhere), &awscloudfrontorigins.HttpOriginProps{OriginId: jsii.String(nowhereId)})
	return &awscloudfront.BehaviorOptions{
		Origin:               r.nowhere,
		AllowedMethods:       awscloudfront.AllowedMethods_ALLOW_ALL(),
		CachePolicy:          awscloudfront.CachePolicy_CACHING_DISABLED(),
		ViewerProtocolPolicy: awscloudfront.ViewerProtocolPolicy_REDIRECT_TO_HTTPS,
		FunctionAssociations: r.associations(nil, false),
	}
}

// associations are those given and the Router's own functions.
func (r *router) associations(given *[]*awscloudfront.FunctionAssociation, responds bool) *[]*awscloudfront.FunctionAssociation {
	out := []*awscloudfront.FunctionAssociation{{
		EventType: awscloudfront.FunctionEventType_VIEWER_REQUEST,
		Function:  r.function,
	}}
	if responds {
		out = append(out, &awscloudfront.FunctionAssociation{
			EventType: awscloudfront.FunctionEventType_VIEWER_RESPONSE,
			Function:  r.response,
		})
	}
	out = append(out, value(given, nil)...)
	return &out
}

// errorCodes are cached for ten seconds unless a distribution says otherwise,
// even where caching is disabled, and under a key that two routes may share.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html)
var errorCodes = []float64{400, 403, 404, 405, 414, 500, 501, 502, 503, 504}

// uncachedErrors adds to the given error responses one for each other code.
func uncachedErrors(given *[]*awscloudfront.ErrorResponse) *[]*awscloudfront.ErrorResponse {
	out := append([]*awscloudfront.ErrorResponse(nil), value(given, nil)...)
	own := map[float64]bool{}
	for _, response := range out {
		own[value(response.HttpStatus, 0)] = true
	}
	zero := awscdk.Duration_Seconds(jsii.Number(0))
	for _, code := range errorCodes {
		if !own[code] {
			out = append(out, &awscloudfront.ErrorResponse{HttpStatus: jsii.Number(code), Ttl: zero})
		}
	}
	return &out
}

// newFunction makes the function whose code is written at synthesis. Its name
// ends in a hash of the code. A deployment publishes a function minutes before
// the distribution changes; under one name the new table would meanwhile meet
// the old behaviors and fill the cache with objects of the wrong origin. A new
// name is a new function, to which the distribution switches at once: a change
// of Name replaces an AWS::CloudFront::Function, a change of FunctionCode does
// not.
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudfront-function.html)
func (r *router) newFunction() awscloudfront.Function {
	return awscloudfront.NewFunction(r, jsii.String("Function"), &awscloudfront.FunctionProps{
		FunctionName: awscdk.Lazy_UncachedString(&functionName{r}, nil),
		Code:         awscloudfront.FunctionCode_FromInline(awscdk.Lazy_UncachedString(&functionCode{r}, nil)),
		Runtime:      awscloudfront.FunctionRuntime_JS_2_0(),
		Comment:      jsii.String(ending("Routes of "+*r.Node().Path(), 128)),
	})
}

// ending is the end of a text that is too long, which of a path says the most.
// CloudFront takes 128 characters in the comment of a function.
func ending(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return "..." + text[len(text)-most+3:]
}

type functionCode struct{ r *router }

func (f *functionCode) Produce(awscdk.IResolveContext) *string {
	return jsii.String(f.r.current().program.Request)
}

type functionName struct{ r *router }

func (f *functionName) Produce(awscdk.IResolveContext) *string {
	return globalName(f.r, f.r.current().hash()[:8])
}

// globalName is a name for something of a Router's whose names are shared by all
// regions of an account, so that one stack can be deployed to several of them.
// It has at most 64 characters, of which a region takes up to 14.
func globalName(scope constructs.IConstruct, suffix string) *string {
	name := awscdk.Names_UniqueResourceName(scope, &awscdk.UniqueResourceNameOptions{
		MaxLength: jsii.Number(38),
		Separator: jsii.String("-"),
	})
	return jsii.String(fmt.Sprintf("%s-%s-%s", *name, *awscdk.Stack_Of(scope).Region(), suffix))
}

// orderedConfig is the configuration of the distribution as the CDK makes it, but
// for what its behaviors were registered under.
type orderedConfig struct {
	r     *router
	inner any
}

func (o *orderedConfig) Produce(context awscdk.IResolveContext) any {
	config, ok := context.Resolve(o.inner, nil).(map[string]any)
	if !ok {
		return o.inner
	}
	behaviors := o.r.current().sorted(list(config["cacheBehaviors"]))
	delete(config, "cacheBehaviors")
	if len(behaviors) > 0 {
		config["cacheBehaviors"] = behaviors
	}
	unused := ""
	if standard := o.r.current().standard; standard != nil {
		config["defaultCacheBehavior"] = standard
		if !leadsNowhere(append(behaviors, standard)) {
			unused = nowhereId
		}
	}
	config["origins"] = sortedOrigins(config["origins"], unused)
	nameGroups(config)
	return config
}

// leadsNowhere reports whether a behavior has the origin without settings.
func leadsNowhere(behaviors []any) bool {
	return slices.ContainsFunc(behaviors, func(b any) bool { return b.(map[string]any)["targetOriginId"] == nowhereId })
}

// sortedOrigins leaves out one origin and puts the others in an order that does
// not depend on when their routes were added.
func sortedOrigins(origins any, unused string) []any {
	var out []any
	for _, origin := range list(origins) {
		if origin["id"] != unused {
			out = append(out, origin)
		}
	}
	return sortedById(out)
}

func sortedById(items []any) []any {
	slices.SortFunc(items, func(a, b any) int {
		return strings.Compare(fmt.Sprint(a.(map[string]any)["id"]), fmt.Sprint(b.(map[string]any)["id"]))
	})
	return items
}

// nameGroups names the origin groups, which the CDK numbers in the order in
// which their routes were added, after their first members.
func nameGroups(config map[string]any) {
	groups := dig(config, "originGroups")
	names := map[any]string{}
	var sorted []any
	for _, group := range list(groups["items"]) {
		name := fmt.Sprintf("%v-group", list(dig(group, "members")["items"])[0]["originId"])
		names[group["id"]] = name[max(0, len(name)-maxOriginId):]
		group["id"] = names[group["id"]]
		sorted = append(sorted, group)
	}
	if len(sorted) == 0 {
		return
	}
	groups["items"] = sortedById(sorted)
	for _, behavior := range append(list(config["cacheBehaviors"]), dig(config, "defaultCacheBehavior")) {
		if name, ok := names[behavior["targetOriginId"]]; ok {
			behavior["targetOriginId"] = name
		}
	}
}

func list(of any) []map[string]any {
	var out []map[string]any
	items, _ := of.([]any)
	for _, item := range items {
		if m, ok := item.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}
