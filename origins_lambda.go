package cfrouter

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// FunctionTargetProps are the settings of [NewFunctionTarget].
type FunctionTargetProps struct {
	// Url are CDK's own options of the function URL that is made: CORS, response
	// streaming (InvokeMode), and AuthType NONE for those who insist on a URL that
	// anyone can call past the distribution.
	// Default: - AuthType AWS_IAM, buffered responses.
	Url *awslambda.FunctionUrlOptions

	// Origin are CDK's own props.
	// Default: - the Router's origin access control.
	Origin *awscloudfrontorigins.FunctionUrlOriginWithOACProps
}

type functionTarget struct {
	fn    awslambda.IFunction
	props *FunctionTargetProps
	made  awslambda.IFunctionUrl // by this target, for the first Router it was added to
}

// NewFunctionTarget sends requests to a Lambda function or an alias of one. It
// makes a function URL that only the distribution may call, or uses the one that
// the function has, if that one's AuthType fits: every method, nothing cached,
// everything but the viewer's Host header forwarded.
//
// The origin access control signs requests without their body, so for requests
// that have one clients must send its SHA-256, in lower-case hex, in the header
// x-amz-content-sha256, and an Authorization header of the viewer's is replaced.
// In a browser:
//
//	const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(body));
//	const hash = Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, '0')).join('');
//	await fetch(url, { method: 'POST', body, headers: { 'x-amz-content-sha256': hash } });
//
// A route that lets such requests through gets a warning to that effect.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html)
func NewFunctionTarget(fn awslambda.IFunction, props *FunctionTargetProps) Target {
	if isNil(fn) {
		panicf("NewFunctionTarget was given a nil function: pass one, such as awslambda.NewFunction(stack, id, props)")
	}
	if _, isVersion := fn.(awslambda.IVersion); isVersion {
		panicf("NewFunctionTarget was given version %q, and a version of a function can have no URL: pass the function or an alias, such as fn.AddAlias(jsii.String(\"live\"), nil)", *fn.Node().Path())
	}
	return &functionTarget{fn: fn, props: merged(props)}
}

func (t *functionTarget) Key() *string { return jsii.String("function:" + *t.fn.Node().Path()) }

func (t *functionTarget) settings() any { return t.props }

func (t *functionTarget) Bind(scope constructs.Construct, options *TargetBindOptions) *TargetConfig {
	return bindFunctionUrl(scope, options, t.url(), t.props.Origin)
}

func (t *functionTarget) unbound() *TargetConfig { return unboundFunctionUrl() }

// url is the function's URL. The CDK makes it as the child of that name, and
// only one.
func (t *functionTarget) url() awslambda.IFunctionUrl {
	if t.made != nil {
		return t.made
	}
	if region, own := *t.fn.Env().Region, *t.fn.Stack().Region(); differ(region, own) {
		panicf("function %q is in %s and was imported into a stack in %s, where no URL for it can be made: import it into a stack in %s, or use NewOriginTarget with a URL that it has", *t.fn.Node().Path(), region, own, region)
	}
	wanted := merged(&awslambda.FunctionUrlOptions{AuthType: awslambda.FunctionUrlAuthType_AWS_IAM}, t.props.Url)
	existing, ok := t.fn.Node().TryFindChild(jsii.String("FunctionUrl")).(awslambda.IFunctionUrl)
	if !ok {
		t.made = t.fn.AddFunctionUrl(wanted)
		return t.made
	}
	path := *t.fn.Node().Path()
	if got := existing.AuthType(); got != wanted.AuthType {
		panicf("function %q has a URL with AuthType %s, and %s was asked for: make the URL with AuthType %s, or use NewFunctionUrlTarget", path, got, wanted.AuthType, wanted.AuthType)
	}
	if t.props.Url != nil && (t.props.Url.Cors != nil || t.props.Url.InvokeMode != "") {
		panicf("function %q has a URL already, so Cors and InvokeMode in FunctionTargetProps.Url would be lost: set them where the URL is made", path)
	}
	return existing
}

// FunctionUrlTargetProps are the settings of [NewFunctionUrlTarget].
type FunctionUrlTargetProps struct {
	// Origin are CDK's own props.
	// Default: - the Router's origin access control, if the URL's AuthType is AWS_IAM.
	Origin *awscloudfrontorigins.FunctionUrlOriginWithOACProps
}

type functionUrlTarget struct {
	url   awslambda.IFunctionUrl
	props *FunctionUrlTargetProps
}

// NewFunctionUrlTarget sends requests to a function URL that exists. It works as
// [NewFunctionTarget] does. A URL with AuthType NONE is used without an origin
// access control, with a warning that anyone can call it past the distribution.
func NewFunctionUrlTarget(url awslambda.IFunctionUrl, props *FunctionUrlTargetProps) Target {
	if isNil(url) {
		panicf("NewFunctionUrlTarget was given a nil URL: pass one, such as fn.AddFunctionUrl(nil)")
	}
	return &functionUrlTarget{url, merged(props)}
}

func (t *functionUrlTarget) Key() *string { return jsii.String("functionurl:" + *t.url.Node().Path()) }

func (t *functionUrlTarget) settings() any { return t.props }

func (t *functionUrlTarget) Bind(scope constructs.Construct, options *TargetBindOptions) *TargetConfig {
	if t.url.AuthType() == awslambda.FunctionUrlAuthType_NONE {
		warn(scope, "publicFunctionUrl:"+*t.url.Node().Path(), "function URL %q has AuthType NONE, so anyone can call it past the distribution: make it with FunctionUrlAuthType_AWS_IAM", *t.url.Node().Path())
	}
	return bindFunctionUrl(scope, options, t.url, t.props.Origin)
}

func (t *functionUrlTarget) unbound() *TargetConfig { return unboundFunctionUrl() }

// bindFunctionUrl makes the origin and, unless the URL is open to all, lets the
// distribution call it.
func bindFunctionUrl(scope constructs.Construct, options *TargetBindOptions, url awslambda.IFunctionUrl, given *awscloudfrontorigins.FunctionUrlOriginWithOACProps) *TargetConfig {
	given = merged(given)
	props := &awscloudfrontorigins.FunctionUrlOriginProps{OriginId: options.originId}
	overlay(props, given)
	props.OriginAccessControlId = controlOf(given.OriginAccessControlId, given.OriginAccessControl)
	open := url.AuthType() == awslambda.FunctionUrlAuthType_NONE
	switch {
	case open && props.OriginAccessControlId != nil:
		panicf("function URL %q has AuthType NONE and is to be used with an origin access control, which works with AWS_IAM alone: make the URL with FunctionUrlAuthType_AWS_IAM, or leave the control out", *url.Node().Path())
	case !open:
		if props.OriginAccessControlId == nil {
			props.OriginAccessControlId = options.accessControls(scope).functionId()
		}
		allowInvocation(scope, url, options.Distribution)
	}
	config := unboundFunctionUrl()
	config.Origin, config.id = awscloudfrontorigins.NewFunctionUrlOrigin(url, props), props.OriginId
	config.path = props.OriginPath
	config.SignsRequests = jsii.Bool(!open)
	return config
}

// unboundFunctionUrl leaves open whether requests are signed, which the URL says.
func unboundFunctionUrl() *TargetConfig {
	return &TargetConfig{Behavior: forwarding(), RefusesViewerHost: jsii.Bool(true)}
}

// allowInvocation grants both actions that CloudFront needs: the URL's own, and
// since November 2026 the function's, limited to calls through the URL.
// (https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html)
func allowInvocation(scope constructs.Construct, url awslambda.IFunctionUrl, distribution awscloudfront.IDistribution) {
	source := distribution.DistributionArn()
	if differ(*url.Stack().Region(), *distribution.Stack().Region()) {
		// Permissions are made in the region of the function, and there the one
		// distribution cannot be named: its stack needs the URL already.
		source = distributionsOf(scope)
		scope = url.(constructs.Construct)
		if url.Node().TryFindChild(jsii.String("InvokeFunctionUrl")) != nil {
			return // for another Router of the account
		}
	}
	permission := func(id string, props awslambda.CfnPermissionProps) {
		props.Principal = jsii.String("cloudfront.amazonaws.com")
		props.FunctionName = url.FunctionArn()
		props.SourceArn = source
		awslambda.NewCfnPermission(scope, jsii.String(id), &props)
	}
	permission("InvokeFunctionUrl", awslambda.CfnPermissionProps{
		Action:              jsii.String("lambda:InvokeFunctionUrl"),
		FunctionUrlAuthType: jsii.String(fmt.Sprint(awslambda.FunctionUrlAuthType_AWS_IAM)),
	})
	permission("InvokeFunction", awslambda.CfnPermissionProps{
		Action:                jsii.String("lambda:InvokeFunction"),
		InvokedViaFunctionUrl: jsii.Bool(true),
	})
}

// differ reports whether two regions are known and not the same.
func differ(one, other string) bool {
	return one != other && !isToken(one) && !isToken(other)
}
