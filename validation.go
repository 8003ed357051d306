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

// validation reports at synthesis what no single call can know.
type validation struct{ r *router }

// Validate never returns nil, which the CDK would stumble over.
func (v *validation) Validate() *[]*string {
	v.r.synthesized = true
	problems := jsii.Strings()
	for _, problem := range v.r.problems() {
		*problems = append(*problems, jsii.String("cfrouter: "+problem))
	}
	return problems
}

func (r *router) problems() []string {
	r.emit() // the CDK visits no aspects where a construct is validated by itself
	var out []string
	report := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }

	if len(r.routes) == 0 {
		report(`the Router has no route, so it could only answer 404: add one, such as AddRoute("/", NewBucketTarget(bucket, nil), nil)`)
	}
	out = append(out, r.emitted.plan.problems...)
	if n := len(r.emitted.plan.behaviors); n > maxBehaviors {
		report("the routes need %d behaviors besides the default, and CloudFront takes %d: %s", n, maxBehaviors, r.fewerBehaviors())
	}
	out = append(out, redirectLoops(r.emitted.plan.routes, r.names)...)
	out = append(out, r.programProblems()...)
	for _, path := range r.emitted.foreign {
		report("behavior %q was added to the distribution directly, where it takes no part in the order of the routes and is not known to the edge function: use AddRoute(%q, NewOriginTarget(origin, nil), nil)", path, "/"+strings.TrimPrefix(path, "/"))
	}
	out = append(out, r.functionProblems()...)
	return append(out, r.domainConflicts()...)
}

// fewerBehaviors says what to do about too many.
func (r *router) fewerBehaviors() string {
	if r.dispatch == Dispatch_EDGE {
		return "with Dispatch_EDGE a route has behaviors of its own only if its settings differ from those of the routes around it. Give them equal settings (Cache, Behavior), put those with equal ones under one path, or use a second Router on another domain name"
	}
	edge := newPlan(r.routes, Dispatch_EDGE)
	advice := "a route for a plain path needs two, a glob or an Exact route one. Put routes that share a target under one path, write globs, or use a second Router on another domain name"
	if len(edge.problems) == 0 && len(edge.behaviors) <= maxBehaviors {
		advice = fmt.Sprintf("a route for a plain path needs two, a glob or an Exact route one. Set RouterProps.Dispatch to Dispatch_EDGE: the edge table takes all %d routes, and with it they need %d behaviors besides the default. Or put routes that share a target under one path", len(edge.routes), len(edge.behaviors))
	}
	return advice
}

// programProblems are about the Router's own functions.
func (r *router) programProblems() []string {
	e := r.emitted
	if e.err != nil {
		return []string{e.err.Error()}
	}
	out := r.sizeProblems(e.program)
	for event, code := range map[string]string{"": e.program.Request, " on responses": e.program.Response} {
		if problems := edgefn.Check(code, edgefn.Runtime2); code != "" && problems != nil {
			out = append(out, fmt.Sprintf("the edge function%s is one that CloudFront could not run, which is a mistake of this library: please report it with the patterns of the routes: %s", event, listed(problems)))
		}
	}
	slices.Sort(out)
	return out
}

// functionProblems are about the user's own functions. CloudFront takes whatever
// code it is given, and answers 503 to every request once it cannot run it.
func (r *router) functionProblems() []string {
	var out []string
	seen := map[string]bool{}
	for _, added := range r.emitted.plan.routes {
		for _, association := range added.functions() {
			cfn, ok := functionMadeHere(association.Function)
			if !ok || seen[*cfn.Node().Path()] {
				continue
			}
			seen[*cfn.Node().Path()] = true
			name := fmt.Sprintf("the function %q of pattern %q", *association.Function.Node().Path(), added.pattern.text())
			for _, problem := range codeProblems(cfn) {
				out = append(out, name+" "+problem)
			}
		}
	}
	return out
}

// functions are those that a route and its targets associate with its behaviors.
func (r *route) functions() []*awscloudfront.FunctionAssociation {
	var out []*awscloudfront.FunctionAssociation
	for _, d := range r.destinations {
		out = append(out, value(d.wants.options.FunctionAssociations, nil)...)
	}
	return out
}

// codeProblems are about the code of a function, if it is known at synthesis.
func codeProblems(cfn awscloudfront.CfnFunction) []string {
	code, ok := awscdk.Stack_Of(cfn).Resolve(cfn.FunctionCode()).(string)
	if !ok {
		return nil
	}
	var out []string
	if len(code) > edgefn.MaxBytes {
		out = append(out, fmt.Sprintf("has %d bytes, and CloudFront takes %d: shorten it, or keep its data in a KeyValueStore", len(code), edgefn.MaxBytes))
	}
	runtime, _ := resolved(cfn, cfn.FunctionConfig())["runtime"].(string)
	if problems := edgefn.Check(code, edgefn.Runtime(runtime)); problems != nil {
		out = append(out, fmt.Sprintf("is one that CloudFront takes and cannot run, so that it would answer 503 to every request: %s", listed(problems)))
	}
	return out
}

// functionMadeHere is the resource of a function that was made in this app.
func functionMadeHere(function interfacesawscloudfront.IFunctionRef) (cfn awscloudfront.CfnFunction, ok bool) {
	if isNil(function) {
		return nil, false
	}
	if cfn, ok = function.(awscloudfront.CfnFunction); ok {
		return cfn, true
	}
	return madeHere[awscloudfront.CfnFunction](function, *function.FunctionRef().FunctionArn)
}

// listed are the first of the problems, in one line.
func listed(problems []edgefn.Problem) string {
	const most = 5
	var out []string
	for _, problem := range problems[:min(most, len(problems))] {
		out = append(out, problem.String())
	}
	if more := len(problems) - most; more > 0 {
		out = append(out, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(out, "; ")
}
