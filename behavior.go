package cfrouter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudfront"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/cfrouter/cfrouter/edgefn"
)

// wants is what a destination asks of the behaviors that serve it: the Router's
// defaults, the target's over them, the route's own over both.
type wants struct {
	options *awscloudfront.AddBehaviorOptions // without what follows
	methods string                            // such as "GET HEAD"
	forward interfacesawscloudfront.IOriginRequestPolicyRef

	cache  *awscloudfront.CachePolicyProps         // for a policy that the Router makes
	policy interfacesawscloudfront.ICachePolicyRef // or one that was passed in
	keyed  []string                                // the headers that the latter is known to name
	cached bool                                    // objects can be in CloudFront's cache

	forwards bool // the origin is sent headers of the viewer's
	store    bool // an object store, whose objects are the same for everybody

	print      string // fingerprint of options
	cachePrint string // and of what says how objects are cached
	forwardId  string // id of the origin request policy, "" for none
}

// ownKey reports whether a policy was passed in that caches, whose key the Router
// leaves alone.
func (w *wants) ownKey() bool { return w.cached && w.policy != nil }

// sharesKey reports whether nothing in the key of a cached object says which route
// it belongs to.
func (w *wants) sharesKey() bool {
	return w.ownKey() && !hasHeader(w.keyed, edgefn.RouteHeader)
}

// writes reports whether requests with a body are let through.
func (w *wants) writes() bool { return w.methods == everyMethod }

// wantsOf are those of a route to a target.
func (r *router) wantsOf(added *route, target *boundTarget) (*wants, error) {
	given := merged(added.options.Behavior)
	config := target.config
	behavior := merged(&awscloudfront.AddBehaviorOptions{
		ViewerProtocolPolicy: awscloudfront.ViewerProtocolPolicy_REDIRECT_TO_HTTPS,
	}, config.Behavior, given)
	if target.readOnly && behavior.AllowedMethods == nil {
		behavior.AllowedMethods = awscloudfront.AllowedMethods_ALLOW_GET_HEAD_OPTIONS()
	}
	w := &wants{options: behavior, methods: methodsOf(behavior), forward: behavior.OriginRequestPolicy, store: config.IndexDocument != nil}
	if err := checkBehavior(added.pattern, behavior, w.methods); err != nil {
		return nil, err
	}
	if target.readOnly && w.writes() {
		return nil, fmt.Errorf("pattern %q allows every method and leads to an origin group, for which CloudFront takes GET, HEAD and OPTIONS only: use AllowedMethods_ALLOW_GET_HEAD_OPTIONS(), or route what writes to one origin", added.pattern.text())
	}
	if value(config.RefusesViewerHost, false) && sendsHost(given.OriginRequestPolicy) {
		return nil, fmt.Errorf("pattern %q has an origin request policy that sends the viewer's Host header, and its target answers every such request with 403: use OriginRequestPolicy_ALL_VIEWER_EXCEPT_HOST_HEADER()", added.pattern.text())
	}
	if err := r.setCaching(w, added, config, given); err != nil {
		return nil, err
	}
	w.forwards = w.forwards || !w.store || !isNil(w.forward) || w.ownKey()
	behavior.AllowedMethods, behavior.CachePolicy, behavior.OriginRequestPolicy = nil, nil, nil
	w.print = fingerprint(behavior)
	switch {
	case w.policy != nil:
		w.cachePrint = "policy " + *w.policy.CachePolicyRef().CachePolicyId
	case w.cached:
		w.cachePrint = "cache " + fingerprint(w.cache)
	}
	w.forwardId, _ = requestPolicy(w.forward)
	return w, nil
}

// everyMethod are the methods that CloudFront knows.
const everyMethod = "DELETE GET HEAD OPTIONS PATCH POST PUT"

// methodSets are the sets of methods that CloudFront lets a behavior allow.
// (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_AllowedMethods.html)
var methodSets = []string{"GET HEAD", "GET HEAD OPTIONS", everyMethod}

func checkBehavior(p pattern, b *awscloudfront.AddBehaviorOptions, allowed string) error {
	if err := checkMethods(p, b, allowed); err != nil {
		return err
	}
	if value(b.EnableGrpc, false) && allowed != everyMethod {
		return fmt.Errorf("pattern %q has EnableGrpc and allows the methods %q, and CloudFront takes gRPC only where every method is allowed: use AllowedMethods_ALLOW_ALL()", p.text(), allowed)
	}
	for _, association := range value(b.FunctionAssociations, nil) {
		if association == nil {
			return fmt.Errorf("pattern %q has a nil in Behavior.FunctionAssociations: leave it out", p.text())
		}
		if association.EventType == awscloudfront.FunctionEventType_VIEWER_REQUEST {
			return fmt.Errorf("pattern %q has a function on viewer requests, where the Router's own function runs and CloudFront takes only one: associate it with FunctionEventType_VIEWER_RESPONSE, or use Lambda@Edge on origin requests", p.text())
		}
	}
	for _, edge := range value(b.EdgeLambdas, nil) {
		if edge == nil {
			return fmt.Errorf("pattern %q has a nil in Behavior.EdgeLambdas: leave it out", p.text())
		}
		if edge.EventType == awscloudfront.LambdaEdgeEventType_VIEWER_REQUEST || edge.EventType == awscloudfront.LambdaEdgeEventType_VIEWER_RESPONSE {
			return fmt.Errorf("pattern %q has Lambda@Edge on %s, and CloudFront takes no Lambda@Edge on the viewer events of a behavior that has a CloudFront Function, as each route has: use LambdaEdgeEventType_ORIGIN_REQUEST or _ORIGIN_RESPONSE", p.text(), edge.EventType)
		}
	}
	return nil
}

func checkMethods(p pattern, b *awscloudfront.AddBehaviorOptions, allowed string) error {
	if !slices.Contains(methodSets, allowed) {
		return fmt.Errorf("pattern %q allows the methods %q, and CloudFront takes only the sets %q: use AllowedMethods_ALLOW_GET_HEAD(), _ALLOW_GET_HEAD_OPTIONS() or _ALLOW_ALL()", p.text(), allowed, methodSets)
	}
	if b.CachedMethods == nil {
		return nil
	}
	cached := methods(b.CachedMethods.Methods())
	if !slices.Contains(methodSets[:2], cached) || strings.Contains(cached, "OPTIONS") && !strings.Contains(allowed, "OPTIONS") {
		return fmt.Errorf("pattern %q caches the methods %q and allows %q: CloudFront caches %q or %q, and nothing that is not allowed", p.text(), cached, allowed, methodSets[0], methodSets[1])
	}
	return nil
}

// methodsOf are the methods that a behavior allows, which are all unless it says
// otherwise.
func methodsOf(b *awscloudfront.AddBehaviorOptions) string {
	if b.AllowedMethods == nil {
		return everyMethod
	}
	return methods(b.AllowedMethods.Methods())
}

func methods(list *[]*string) string {
	var out []string
	for _, method := range value(list, nil) {
		out = append(out, *method)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// hostRequestPolicies are the ids of the managed policies that forward the
// viewer's Host: AllViewer, AllViewerAndCloudFrontHeaders-2022-06, HostHeaderOnly.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html)
var hostRequestPolicies = []string{
	"216adef6-5c7f-47e4-b989-5492eafa07d3",
	"33f36d7e-f396-46d9-90e0-52428a34d9dc",
	"bf0718e1-ba1e-49d1-88b1-f726733018ae",
}

// requestPolicy is the id of an origin request policy and, if it was made in this
// app, what it says. Of any other nothing is known but the id.
func requestPolicy(policy interfacesawscloudfront.IOriginRequestPolicyRef) (id string, config map[string]any) {
	if isNil(policy) {
		return "", nil
	}
	id = *policy.OriginRequestPolicyRef().OriginRequestPolicyId
	if cfn, ok := madeHere[awscloudfront.CfnOriginRequestPolicy](policy, id); ok {
		config = resolved(policy, cfn.OriginRequestPolicyConfig())
	}
	return id, config
}

// sendsHost reports whether an origin request policy forwards the viewer's Host.
func sendsHost(policy interfacesawscloudfront.IOriginRequestPolicyRef) bool {
	id, config := requestPolicy(policy)
	if config == nil {
		return slices.Contains(hostRequestPolicies, id)
	}
	headers := dig(config, "headersConfig")
	named := hasHeader(texts(headers["headers"]), "host")
	switch headers["headerBehavior"] {
	case "allViewer", "allViewerAndWhitelistCloudFront":
		return true
	case "whitelist":
		return named
	case "allExcept":
		return !named
	}
	return false
}

// withoutViewer are the ids of the managed policies that send no header of
// CloudFront's about the viewer: AllViewer, CORS-CustomOrigin, CORS-S3Origin,
// HostHeaderOnly, UserAgentRefererHeaders (same page).
var withoutViewer = []string{
	"216adef6-5c7f-47e4-b989-5492eafa07d3",
	"59781a5b-3903-41f3-afcb-af62929ccde1",
	"88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
	"bf0718e1-ba1e-49d1-88b1-f726733018ae",
	"acba4595-bd28-49b8-b9fe-13317c0390fa",
}

// hidesViewer reports whether an origin request policy leaves out one of some
// headers about the viewer, as far as that is known.
func hidesViewer(policy interfacesawscloudfront.IOriginRequestPolicyRef, headers []string) bool {
	id, config := requestPolicy(policy)
	if config == nil {
		return slices.Contains(withoutViewer, id)
	}
	sent := dig(config, "headersConfig")
	if sent["headerBehavior"] == "allExcept" {
		return false
	}
	return slices.ContainsFunc(headers, func(name string) bool { return !hasHeader(texts(sent["headers"]), name) })
}

// sendsHeaders reports whether an origin request policy sends headers or cookies
// of the viewer's. All managed ones do.
func sendsHeaders(policy interfacesawscloudfront.IOriginRequestPolicyRef) bool {
	id, config := requestPolicy(policy)
	if config == nil {
		return id != ""
	}
	return dig(config, "headersConfig")["headerBehavior"] != "none" || dig(config, "cookiesConfig")["cookieBehavior"] != "none"
}

// hasHeader reports whether a header is among some, in whatever case.
func hasHeader(headers []string, name string) bool {
	return slices.ContainsFunc(headers, func(have string) bool { return strings.EqualFold(have, name) })
}

// madeHere is the resource behind a policy, if it was made in this app. The id
// of any other is plain text, and the CDK panics when asked for its node.
func madeHere[T any](policy constructs.IConstruct, id string) (resource T, ok bool) {
	if !isToken(id) {
		return resource, false
	}
	if resource, ok = policy.(T); ok {
		return resource, true
	}
	resource, ok = policy.Node().DefaultChild().(T)
	return resource, ok
}

// resolved is a property of a resource as plain maps and lists.
func resolved(scope constructs.IConstruct, property any) map[string]any {
	out, _ := awscdk.Stack_Of(scope).Resolve(property).(map[string]any)
	return out
}

// dig follows names through nested maps.
func dig(from map[string]any, path ...string) map[string]any {
	for _, name := range path {
		from, _ = from[name].(map[string]any)
	}
	return from
}

// texts are the strings of a list.
func texts(of any) []string {
	var out []string
	items, _ := of.([]any)
	for _, item := range items {
		if text, ok := item.(string); ok {
			out = append(out, text)
		}
	}
	return out
}
