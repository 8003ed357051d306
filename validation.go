package cfrouter

import (
	"fmt"
	"strings"

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
	for _, path := range r.foreign {
		report("behavior %q was added to the distribution directly, where it takes no part in the order of the routes and is not known to the edge function: use AddRoute(%q, NewOriginTarget(origin, nil), nil)", path, "/"+strings.TrimPrefix(path, "/"))
	}
	return append(out, r.domainConflicts()...)
}
