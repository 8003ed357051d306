package cfsim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim/internal/cfn"
	"github.com/cfrouter/cfrouter/edgefn"
)

// A Severity says whether a [Finding] breaks something.
type Severity string

const (
	// Error is something that CloudFront refuses, or for which it answers
	// viewers with errors or with the wrong object.
	Error Severity = "error"
	// Warning is something that may be meant.
	Warning Severity = "warning"
)

// A Finding is a fault of a template.
type Finding struct {
	Severity Severity `json:"severity"`
	Rule     string   `json:"rule"`     // such as "shadowed-pattern"
	Resource string   `json:"resource"` // logical id
	Message  string   `json:"message"`
}

func (f Finding) String() string {
	return fmt.Sprintf("%s: %s: %s (%s)", f.Severity, f.Resource, f.Message, f.Rule)
}

// Check looks for faults that CloudFormation does not report, or only after the
// minutes that a deployment takes. The rules are
//
//	duplicate-pattern      two behaviors of a distribution have one path pattern
//	shadowed-pattern       every path of a behavior is taken by those before it
//	overlapping-patterns   two patterns match a common path, and neither contains the other
//	invalid-pattern        a path pattern that CloudFront does not take
//	missing-origin         a behavior or a group names an origin that is not there
//	missing-permission     an origin refuses the distribution
//	forwarded-host         an origin gets the viewer's Host and answers 403
//	function-syntax        the engine at the edge cannot parse a function
//	function-size          a function is too large
//	function-fails         a function throws, or returns what it may not, on plain requests (see below)
//	shared-cache-key       two origins can be answered with each other's objects
//	group-methods          a behavior lets methods through that its origin group does not take
//	mixed-functions        CloudFront functions and Lambda@Edge on viewer events of one behavior
//	quota                  more than CloudFront takes
//	invalid                a setting that CloudFront does not take
//
// Findings come in the order of this list, distribution by distribution.
//
// For function-fails and shared-cache-key each behavior is sent a few GETs for paths
// that its pattern matches, to the first name of the distribution and without headers,
// cookies or a query string. CloudFront functions run at viewer-request and, if the
// answer is an origin's, at viewer-response, for which it is an HTML page with
// status 200; Lambda@Edge functions run on requests. A function whose key-value store
// is empty, or imports what is not at hand, is not reported, as nobody knows here what
// it would find. Whatever else a function does, such as for one host, method or cookie,
// is left to [Distribution.Smoke].
func (a *App) Check() []Finding {
	var found []Finding
	for _, d := range a.distributions {
		c := &checker{app: a, d: d}
		for _, check := range []func(){
			c.checkPatterns, c.checkConfigured, c.checkPermissions, c.checkHosts,
			c.checkProbes, c.checkGroups, c.checkMixedFunctions, c.checkQuotas,
		} {
			check()
		}
		found = append(found, c.found...)
	}
	c := &checker{app: a}
	c.checkFunctionCode(a.cfn.Resources("AWS::CloudFront::Function"))
	c.checkPolicies()
	c.checkAccount()
	found = append(append(found, c.found...), a.problems...)
	slices.SortStableFunc(found, func(x, y Finding) int {
		return cmp.Compare(slices.Index(ruleOrder, x.Rule), slices.Index(ruleOrder, y.Rule))
	})
	return found
}

var ruleOrder = []string{
	"duplicate-pattern", "shadowed-pattern", "overlapping-patterns", "invalid-pattern", "missing-origin", "missing-permission",
	"forwarded-host", "function-syntax", "function-size", "function-fails", "shared-cache-key", "group-methods", "mixed-functions",
	"quota", "invalid",
}

// A checker collects the findings of one distribution, or of what belongs to none.
type checker struct {
	app   *App
	d     *Distribution
	found []Finding
}

func (c *checker) add(severity Severity, rule, resource, format string, args ...any) {
	c.found = append(c.found, Finding{severity, rule, resource, fmt.Sprintf(format, args...)})
}

// checkConfigured adds what was found when the distribution was read.
func (c *checker) checkConfigured() { c.found = append(c.found, c.d.problems...) }

// checkPermissions asks each origin that a behavior uses whether it lets the
// distribution in.
func (c *checker) checkPermissions() {
	for _, o := range c.d.origins {
		if len(o.members) > 0 || !c.used(o) {
			continue
		}
		if denied := c.d.denied(o); denied != "" {
			c.add(Error, "missing-permission", o.name, "the origin %q refuses the distribution %s: %s", o.Id, c.d.resource.ID, denied)
		}
	}
}

func (c *checker) used(o *origin) bool {
	return slices.ContainsFunc(c.d.behaviors, func(b *behavior) bool {
		chosen := b.viewerRequest != nil && strings.Contains(b.viewerRequest.code, o.Id) // by a function, perhaps
		return chosen || b.origin != nil && (b.origin == o || slices.Contains(b.origin.members, o))
	})
}

// denied says why an origin refuses a plain GET, "" if it does not.
func (d *Distribution) denied(o *origin) string {
	r, err := NewRequest("GET", "/object")
	if err != nil {
		panic(err)
	}
	x := d.newExchange(r, true)
	x.chooseBehavior()
	_, denied := o.access.check(o, x.originRequest(o))
	return denied
}

// checkHosts looks for origins that know requests by their own name and are sent
// the viewer's.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html#managed-origin-request-policy-all-viewer-except-host-header)
func (c *checker) checkHosts() {
	kinds := map[string]string{
		"AWS::ApiGatewayV2::Api": "an API", "AWS::ApiGateway::RestApi": "an API", "AWS::Lambda::Function": "a function URL",
	}
	for _, b := range c.d.behaviors {
		if b.origin == nil || b.origin.resource == nil || b.request == nil || !b.request.Headers.Has("Host") && !b.cache.Headers.Has("Host") {
			continue
		}
		kind := kinds[b.origin.resource.Type]
		if b.origin.isS3() && b.origin.access.signs {
			kind = "a bucket by signed requests"
		}
		if kind != "" {
			c.add(Error, "forwarded-host", b.origin.name, "the behavior %q sends the viewer's Host to %s, which answers 403 to any name but its own: use the managed policy AllViewerExceptHostHeader", b.pattern, kind)
		}
	}
}

// checkFunctionCode checks each function of the template once.
func (c *checker) checkFunctionCode(functions []*cfn.Resource) {
	for _, r := range functions {
		var p functionProperties
		if err := decode(r.Properties, &p); err != nil {
			c.add(Error, "invalid", r.ID, "the function cannot be read: %v", err)
			continue
		}
		for _, problem := range edgefn.Check(p.FunctionCode, edgefn.Runtime(p.FunctionConfig.Runtime)) {
			c.add(Error, "function-syntax", r.ID, "%s", problem)
		}
		if size := len(p.FunctionCode); size > edgefn.MaxBytes {
			c.add(Error, "function-size", r.ID, "the code has %d bytes, and CloudFront takes %d", size, edgefn.MaxBytes)
		}
	}
}

// checkGroups looks for methods that an origin group cannot take.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html)
func (c *checker) checkGroups() {
	for _, b := range c.d.behaviors {
		if b.origin == nil || len(b.origin.members) == 0 {
			continue
		}
		for _, method := range b.AllowedMethods {
			if method != "GET" && method != "HEAD" && method != "OPTIONS" {
				c.add(Error, "group-methods", c.d.resource.ID, "the behavior %q allows %s, and its origin group %q takes GET, HEAD and OPTIONS only", b.pattern, method, b.origin.Id)
				break
			}
		}
	}
}

// checkMixedFunctions looks for both kinds of functions on viewer events.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-restrictions.html)
func (c *checker) checkMixedFunctions() {
	for _, b := range c.d.behaviors {
		lambda := slices.ContainsFunc(b.LambdaFunctionAssociations, func(a lambdaAssociation) bool {
			return a.EventType == "viewer-request" || a.EventType == "viewer-response"
		})
		if lambda && len(b.FunctionAssociations) > 0 {
			c.add(Error, "mixed-functions", c.d.resource.ID, "the behavior %q has CloudFront functions and Lambda@Edge on viewer events, and CloudFront takes one kind only", b.pattern)
		}
	}
}
