package cfrouter

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudfront"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter/edgefn"
)

// Target is something that a route can send requests to. The targets of this
// package cover buckets, HTTP APIs, Lambda functions, URLs and CDK origins;
// implementations elsewhere are welcome. No method is called across jsii.
type Target interface {
	// Key says what the target is, such as "bucket:Stack/Assets". Targets with equal
	// keys are one origin, bound once under a scope named after the key, so the key
	// must not depend on the order in which things are made. A nil key stands for the
	// Target value itself, named after the first pattern it is added under.
	Key() *string

	// Bind makes the origin. The scope is the target's own: what is made in it keeps
	// its logical id as long as the key stays the same. Bind may panic on misuse.
	Bind(scope constructs.Construct, options *TargetBindOptions) *TargetConfig
}

// TargetBindOptions say what a target is bound to.
type TargetBindOptions struct {
	// Distribution is the Router's distribution, to grant it access.
	Distribution awscloudfront.IDistribution
	// Pattern is that of the first route to the target.
	Pattern *string

	originId *string         // unique in the distribution
	controls *accessControls // shared by the Router's targets
}

// TargetConfig is a bound target.
type TargetConfig struct {
	// Origin is where requests go; nil with Answer.
	Origin awscloudfront.IOrigin

	// Answer is what the edge answers by itself. The names of its headers are in lower
	// case.
	// Default: - requests go to Origin.
	Answer *edgefn.Response

	// Behavior are the target's defaults for every setting of a behavior; the route's
	// own options win.
	// Default: - every method, viewers are redirected to HTTPS, nothing is cached.
	Behavior *awscloudfront.AddBehaviorOptions

	// Cache turns caching on, with these lifetimes and this cache key; the route's own
	// options win, field by field.
	// Default: - Behavior.CachePolicy, or else no caching.
	Cache *awscloudfront.CachePolicyProps

	// IndexDocument marks the target as an object store and is added to a path that
	// ends in a slash. If it is "", a path that is only a slash is answered with 404,
	// since an object store would list its keys.
	// Default: - paths are sent as they are.
	IndexDocument *string

	// Documents say which documents of an object store the paths of a site name. It
	// is for a target with an IndexDocument.
	// Default: - each path names the document of that name.
	Documents *edgefn.Documents

	// RefusesViewerHost says that the target fails when it is sent the viewer's Host
	// header, so that policies which send it are an error.
	// Default: - false.
	RefusesViewerHost *bool

	// SignsRequests says that an origin access control signs the requests without
	// their body, so that clients have to send the body's hash.
	// Default: - false.
	SignsRequests *bool

	// id is that of an origin which has one of its own and makes no constructs, so
	// that the CDK can bind it: that costs a fraction of what prebound does.
	id *string

	// path is what such an origin puts in front of every request's.
	path *string

	// elsewhere is what an edge function needs to know to reach the origin although
	// the distribution does not have it: its host and path. "" if that is not enough.
	elsewhere string
}

// check refuses what could not be served.
func (c *TargetConfig) check() error {
	switch {
	case c.Answer != nil:
		return c.Answer.Check()
	case c.IndexDocument != nil:
		return cmp.Or(checkIndexDocument(*c.IndexDocument), c.checkDocuments())
	case c.Documents != nil:
		return errors.New(`TargetConfig has Documents without an IndexDocument: set it, to "" if a directory has none`)
	}
	return nil
}

// boundTarget is a target after Bind.
type boundTarget struct {
	key      string
	target   Target
	config   *TargetConfig
	origin   awscloudfront.IOrigin
	originId string
	base     string // path in front of every request's; "" for none, or if it is known only at deployment
	readOnly bool   // it is an origin group, for which CloudFront takes no writes
	usual    *wants // of routes without settings of their own
}

// foreseeable is implemented by the targets of this package that have an origin.
type foreseeable interface {
	// unbound is what can be said of the TargetConfig without making anything.
	unbound() *TargetConfig
}

// foresee refuses a route to a target as far as can be done before Bind, which may
// change what it is given: a bucket that has granted access does not take it back.
func (r *router) foresee(added *route, target Target) error {
	if known := r.bound[r.keyOf(target, added.pattern)]; known != nil {
		return sameSettings(known, target)
	}
	own, ok := target.(foreseeable)
	if !ok {
		return nil
	}
	_, err := r.wantsOf(added, &boundTarget{config: own.unbound()})
	return err
}

// bind binds a target that is new, and returns what was bound for one that is
// equal to an earlier one.
func (r *router) bind(target Target, p pattern) (*boundTarget, error) {
	key := r.keyOf(target, p)
	if known := r.bound[key]; known != nil {
		return known, sameSettings(known, target)
	}
	if _, own := target.(configured); !own {
		if err := r.checkKey(key); err != nil {
			return nil, err
		}
	}
	scope := constructs.NewConstruct(r, jsii.String(scopeId(key)))
	r.fresh = append(r.fresh, key)
	config := target.Bind(scope, &TargetBindOptions{
		Distribution: r.distribution,
		Pattern:      jsii.String(p.text()),
		originId:     originId(key),
		controls:     &r.controls,
	})
	switch {
	case config == nil || isNil(config.Origin) && config.Answer == nil:
		return nil, fmt.Errorf("pattern %q has a target (%q) whose Bind returned no Origin: return a TargetConfig with one", p.text(), key)
	case !isNil(config.Origin) && config.Answer != nil:
		return nil, fmt.Errorf("pattern %q has a target (%q) whose Bind returned both an Origin and an Answer: return one of them", p.text(), key)
	}
	if _, own := target.(configured); !own {
		if err := config.check(); err != nil {
			return nil, err
		}
	}
	bound := &boundTarget{key: key, target: target, config: config, origin: config.Origin, originId: value(config.id, ""), base: basePath(config.path)}
	if !isNil(config.Origin) && config.id == nil {
		origin := r.bindOrigin(scope, key, config.Origin)
		bound.origin, bound.readOnly = origin, origin.config.FailoverConfig != nil
		bound.originId = value(origin.config.OriginProperty.Id, *originId(key))
		bound.base = basePath(origin.config.OriginProperty.OriginPath)
	}
	r.bound[key] = bound
	return bound, nil
}

// unbind forgets the targets that were bound anew for a route that was refused,
// so that it leaves nothing behind.
func (r *router) unbind() {
	for _, key := range r.fresh {
		delete(r.bound, key)
		r.Node().TryRemoveChild(jsii.String(scopeId(key)))
	}
	r.fresh = nil
}

func (r *router) keyOf(target Target, p pattern) string {
	if key := target.Key(); key != nil {
		return *key
	}
	for key, bound := range r.bound {
		if reflect.TypeOf(target).Comparable() && bound.target == target {
			return key
		}
	}
	// Not "origin:", with which the keys of origins begin that were given an Id.
	return "route:" + p.String()
}

// checkKey sees to it that the key of a target from elsewhere can name a scope.
func (r *router) checkKey(key string) error {
	switch {
	case key == "":
		return errors.New(`target has the Key "": return one that says what it is, such as "bucket:Stack/Assets", or nil`)
	case isToken(key):
		return fmt.Errorf("target has the Key %q, which is known only at deployment: return plain text, such as the path of a construct", key)
	case r.Node().TryFindChild(jsii.String(scopeId(key))) != nil:
		return fmt.Errorf("target has the Key %q, which is the name of a part of the Router: put a kind in front, such as %q", key, "origin:"+key)
	}
	return nil
}

// scopeId is a key as the id of a construct, which must not hold a slash.
func scopeId(key string) string { return strings.ReplaceAll(key, "/", "|") }

// configured is implemented by the targets of this package.
type configured interface{ settings() any }

// sameSettings refuses a target that is an earlier one with other settings: they
// are one origin, and the later settings would be lost.
func sameSettings(known *boundTarget, target Target) error {
	before, ok := known.target.(configured)
	now, also := target.(configured)
	if ok && also && fingerprint(before.settings()) != fingerprint(now.settings()) {
		return fmt.Errorf("target %q was added before with other settings, and both are one origin: use one Target value for all of its routes, or NewOriginTarget with an Id for a second origin", known.key)
	}
	return nil
}

// prebound is an origin that is bound already, under a scope of the Router's
// choice. The CDK would bind it under one that is named by its position in the
// distribution, and adding a route would rename access controls and permissions.
type prebound struct {
	config *awscloudfront.OriginBindConfig
}

func (p *prebound) Bind(constructs.Construct, *awscloudfront.OriginBindOptions) *awscloudfront.OriginBindConfig {
	return p.config
}

func (r *router) bindOrigin(scope constructs.Construct, key string, origin awscloudfront.IOrigin) *prebound {
	config := origin.Bind(scope, &awscloudfront.OriginBindOptions{
		OriginId:       originId(key),
		DistributionId: r.distribution.DistributionId(),
	})
	if config.FailoverConfig != nil {
		secondary := constructs.NewConstruct(scope, jsii.String("Failover"))
		config.FailoverConfig.FailoverOrigin = r.bindOrigin(secondary, key+" failover", config.FailoverConfig.FailoverOrigin)
	}
	return &prebound{config}
}

// maxOriginId is the number of characters that CloudFront takes in the id of an
// origin or of a group of origins.
const maxOriginId = 128

// originId is a key as the id of an origin.
func originId(key string) *string {
	readable := strings.Map(func(c rune) rune {
		if isAlphanumeric(c) || c == '.' {
			return c
		}
		return '-'
	}, key)
	return jsii.String(readable[:min(len(readable), 100)] + "-" + hash(key)[:8])
}

// accessControls are the ids of the origin access controls that the targets of
// a Router share; each is made for the first target that needs it.
type accessControls struct {
	owner            constructs.Construct
	bucket, function *string
	stack            string // the address of the Router's stack, once it was asked for
}

// inStack reports whether a resource is in the Router's own stack.
func (a *accessControls) inStack(resource awscdk.IResource) bool {
	if a.stack == "" {
		a.stack = *awscdk.Stack_Of(a.owner).Node().Addr()
	}
	return *resource.Stack().Node().Addr() == a.stack
}

// accessControls are the Router's, or the target's own if it is bound by itself.
func (o *TargetBindOptions) accessControls(scope constructs.Construct) *accessControls {
	if o.controls == nil {
		return &accessControls{owner: scope}
	}
	return o.controls
}

// controlOf is the id of the access control in origin props, where it can be
// given in two ways; nil if it is in neither.
func controlOf(id *string, given interfacesawscloudfront.IOriginAccessControlRef) *string {
	if id == nil && !isNil(given) {
		return given.OriginAccessControlRef().OriginAccessControlId
	}
	return id
}

func (a *accessControls) bucketId() *string {
	if a.bucket == nil {
		a.bucket = awscloudfront.NewS3OriginAccessControl(a.owner, jsii.String("BucketAccessControl"), &awscloudfront.S3OriginAccessControlProps{
			OriginAccessControlName: globalName(a.owner, "s3"),
		}).OriginAccessControlId()
	}
	return a.bucket
}

func (a *accessControls) functionId() *string {
	if a.function == nil {
		a.function = awscloudfront.NewFunctionUrlOriginAccessControl(a.owner, jsii.String("FunctionAccessControl"), &awscloudfront.FunctionUrlOriginAccessControlProps{
			OriginAccessControlName: globalName(a.owner, "lambda"),
		}).OriginAccessControlId()
	}
	return a.function
}

// forwarding are the defaults of targets that answer by themselves: they are sent
// everything but the viewer's Host.
func forwarding() *awscloudfront.AddBehaviorOptions {
	return &awscloudfront.AddBehaviorOptions{
		OriginRequestPolicy: awscloudfront.OriginRequestPolicy_ALL_VIEWER_EXCEPT_HOST_HEADER(),
	}
}

// OriginTargetProps are the settings of [NewOriginTarget].
type OriginTargetProps struct {
	// Id names the origin within the Router. Give it to an origin that has several
	// routes, or its name depends on which of them is added first.
	// Default: - the pattern of the first route.
	Id *string
}

type originTarget struct {
	origin awscloudfront.IOrigin
	props  *OriginTargetProps
}

// NewOriginTarget sends requests to any origin of the CDK. Its defaults are
// those of a URL: every method, nothing cached, and everything but the viewer's
// Host header forwarded.
func NewOriginTarget(origin awscloudfront.IOrigin, props *OriginTargetProps) Target {
	if isNil(origin) {
		panicf("NewOriginTarget was given a nil origin: pass one, such as awscloudfrontorigins.NewHttpOrigin(domain, nil)")
	}
	t := &originTarget{origin, merged(props)}
	if t.props.Id != nil && *t.props.Id == "" {
		panicf(`OriginTargetProps.Id is "": leave it out, or give the origin a name`)
	}
	if t.props.Id != nil && isToken(*t.props.Id) {
		panicf("OriginTargetProps.Id %q is known only at deployment: write plain text", *t.props.Id)
	}
	return t
}

func (t *originTarget) Key() *string {
	if t.props.Id == nil {
		return nil
	}
	return jsii.String("origin:" + *t.props.Id)
}

func (t *originTarget) Bind(constructs.Construct, *TargetBindOptions) *TargetConfig {
	config := t.unbound()
	config.Origin = t.origin
	return config
}

func (t *originTarget) unbound() *TargetConfig { return &TargetConfig{Behavior: forwarding()} }

func (t *originTarget) settings() any { return struct{ Origin awscloudfront.IOrigin }{t.origin} }
