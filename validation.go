package cfrouter

import (
	"fmt"
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
	var out []string
	report := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }

	if len(r.routes) == 0 {
		report(`the Router has no route, so it could only answer 404: add one, such as AddRoute("/", NewBucketTarget(bucket, nil), nil)`)
	}
	if n := len(planBehaviors(r.sorted())); n > maxBehaviors {
		report("the routes need %d behaviors besides the default, and CloudFront takes %d: a route for a plain path needs two, a glob or an Exact route one. Put routes that share a target under one path, write globs, or use a second Router on another domain name", n, maxBehaviors)
	}
	if n := len(r.composed()); n > edgefn.MaxBytes {
		report("the edge function has %d bytes, and CloudFront takes %d: it grows with the number of routes and the length of their paths, so use fewer or shorter ones, or a second Router on another domain name", n, edgefn.MaxBytes)
	}
	if problems := edgefn.Check(r.composed(), edgefn.Runtime2); problems != nil {
		report("the edge function is one that CloudFront could not run, which is a mistake of this library: please report it with the patterns of the routes: %s", listed(problems))
	}
	for _, path := range r.foreign {
		report("behavior %q was added to the distribution directly, where it takes no part in the order of the routes and is not known to the edge function: use AddRoute(%q, NewOriginTarget(origin, nil), nil)", path, "/"+strings.TrimPrefix(path, "/"))
	}
	out = append(out, r.functionProblems()...)
	return append(out, r.domainConflicts()...)
}

// functionProblems are about the user's own functions. CloudFront takes whatever
// code it is given, and answers 503 to every request once it cannot run it.
func (r *router) functionProblems() []string {
	var out []string
	seen := map[string]bool{}
	for _, added := range r.sorted() {
		behavior := merged(added.target.config.Behavior, added.options.Behavior)
		for _, association := range value(behavior.FunctionAssociations, nil) {
			cfn, ok := functionMadeHere(association.Function)
			if !ok || seen[*cfn.Node().Path()] {
				continue
			}
			seen[*cfn.Node().Path()] = true
			name := fmt.Sprintf("the function %q of pattern %q", *association.Function.Node().Path(), added.pattern.path)
			for _, problem := range codeProblems(cfn) {
				out = append(out, name+" "+problem)
			}
		}
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
