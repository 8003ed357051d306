package cfrouter

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter/edgefn"
)

// What the routes come to is made when the CDK visits the Router at synthesis:
// only then is it known which of them share a behavior, which cache policies
// that takes, and whether the table fits into the edge function.

// emission is what was made of a plan.
type emission struct {
	plan     *plan
	program  edgefn.Program
	err      error          // of composing the program
	entries  []edgefn.Entry // content of the key-value store
	standard map[string]any // the default behavior in the template, if a route has it
	foreign  []string       // behaviors that were not made here
}

// emitter is the aspect that emits. It is on a part of the Router that comes
// before all others, so that aspects of the app, such as a linter, find the
// behaviors when they come to the distribution.
type emitter struct{ r *router }

func (e *emitter) Visit(constructs.IConstruct) { e.r.emit() }

func (r *router) emitAtSynthesis() {
	first := constructs.NewConstruct(r, jsii.String("Routes"))
	awscdk.Aspects_Of(first).Add(&emitter{r}, nil)
}

// current is the emission, or what it would be without the routes to come.
func (r *router) current() *emission {
	if r.emitted != nil {
		return r.emitted
	}
	e := &emission{plan: newPlan(r.routes, r.dispatch)}
	if r.code.BeforeRequest != nil {
		e.plan.placeAnywhere()
	}
	e.program, e.err = edgefn.Compose(r.table(e.plan))
	return e
}

func (r *router) emit() {
	if r.emitted != nil {
		return
	}
	r.emitted = r.current()
	e := r.emitted
	if len(e.plan.problems) > 0 || e.err != nil {
		return
	}
	for _, loop := range likelyLoops(e.plan.routes, r.names) {
		r.warn("redirectLoop", "%s. That is so if the host, which only a wildcard of DomainNames covers, is served by this distribution: name it in DomainNames to be sure, or acknowledge this if another one serves it", loop)
	}
	r.emitStore()
	r.emitResponseFunction()
	for _, b := range e.plan.everyBehavior() {
		if err := r.emitBehavior(b); err != nil {
			e.plan.problems = append(e.plan.problems, fmt.Sprintf("behavior %q %v", b.path, err))
		}
	}
	r.emitOrigins()
}

// table is the plan's, with what the Router itself has to add.
func (r *router) table(p *plan) edgefn.Table {
	table := p.table()
	table.Code = r.code
	table.Maintenance = r.maintenance
	table.Store = r.dispatch == Dispatch_EDGE
	return table
}

// hash is one of all that the edge function does.
func (e *emission) hash() string {
	if len(e.entries) == 0 {
		return hash(e.program.Request)
	}
	return hash(e.program.Request + storeJson(e.entries))
}

// ticket is the path pattern under which something is registered with the CDK's
// distribution. No behavior added otherwise has its form, since CloudFront takes
// no spaces in a path pattern.
func ticket(kind, of string) string { return tickets + kind + " " + of }

const tickets = "cfrouter "

func (r *router) emitBehavior(b *plannedBehavior) error {
	if b.origin == nil && b == r.emitted.plan.standard && b.settings.viewer == nil {
		return nil // the distribution has such a default behavior already
	}
	if b.origin == nil {
		b.origin = placeholder
	}
	options := merged(b.settings.options)
	options.AllowedMethods = allowing(b.settings.methods)
	options.OriginRequestPolicy = b.settings.forward
	if err := r.emitCaching(b, options); err != nil {
		return err
	}
	responds := r.response != nil && (b.responds || r.code.BeforeResponse != nil || r.code.AfterResponse != nil)
	if responds && associates(options, awscloudfront.FunctionEventType_VIEWER_RESPONSE) {
		return errors.New("has a function on viewer responses, where the Router's own has to run as well and CloudFront takes only one: give its code as ViewerResponse of the route, where it is made a part of the Router's")
	}
	options.FunctionAssociations = r.associations(options.FunctionAssociations, responds)
	origin := b.origin.origin
	if b.origin == placeholder {
		origin = r.nowhere
	}
	r.distribution.AddBehavior(jsii.String(ticket("behavior", b.path)), origin, options)
	return nil
}

// emitCaching gives a behavior its cache policy, and what CloudFront knows about
// the viewer where the edge function looks at it.
func (r *router) emitCaching(b *plannedBehavior, options *awscloudfront.AddBehaviorOptions) error {
	switch {
	case b.settings.cache != nil:
		policy, err := r.plannedPolicy(b.settings.cache, b.settings.parts())
		if err != nil {
			return err
		}
		options.CachePolicy = r.cachePolicy(policy)
	case b.settings.policy != nil:
		options.CachePolicy = b.settings.policy
	default:
		options.CachePolicy = awscloudfront.CachePolicy_CACHING_DISABLED()
	}
	if b.settings.viewer == nil || b.settings.cache != nil {
		return nil
	}
	return r.showViewer(&b.settings, options)
}

func associates(options *awscloudfront.AddBehaviorOptions, event awscloudfront.FunctionEventType) bool {
	return slices.ContainsFunc(value(options.FunctionAssociations, nil), func(a *awscloudfront.FunctionAssociation) bool { return a.EventType == event })
}

// allowing are the methods of a behavior.
func allowing(methods string) awscloudfront.AllowedMethods {
	switch methodSetSize(methods) {
	case 2:
		return awscloudfront.AllowedMethods_ALLOW_GET_HEAD()
	case 3:
		return awscloudfront.AllowedMethods_ALLOW_GET_HEAD_OPTIONS()
	}
	return awscloudfront.AllowedMethods_ALLOW_ALL()
}

// emitOrigins registers the origins that no behavior leads to by itself: the CDK
// takes them with behaviors only, which are left out of the template.
func (r *router) emitOrigins() {
	known := map[*boundTarget]bool{}
	for _, b := range r.emitted.plan.everyBehavior() {
		known[b.origin] = true
	}
	for _, added := range r.emitted.plan.routes {
		for _, d := range added.destinations {
			if !known[d.target] && !d.placed.elsewhere {
				known[d.target] = true
				r.distribution.AddBehavior(jsii.String(ticket("origin", d.target.key)), d.target.origin, nil)
			}
		}
	}
}

// sorted are the behaviors under their path patterns, in the order in which they
// were emitted, which is that of the plan.
func (e *emission) sorted(registered []map[string]any) []any {
	var out []any
	e.foreign = nil
	for _, behavior := range registered {
		path, _ := behavior["pathPattern"].(string)
		ticket, ours := strings.CutPrefix(path, tickets)
		switch kind, of, _ := strings.Cut(ticket, " "); {
		case !ours:
			e.foreign = append(e.foreign, path)
		case kind == "behavior" && of == "/*":
			e.standard = withPath(behavior, "")
		case kind == "behavior":
			out = append(out, withPath(behavior, of))
		}
	}
	return out
}

// withPath is a copy of a behavior under another path pattern; the default
// behavior has none.
func withPath(behavior map[string]any, path string) map[string]any {
	out := map[string]any{}
	for name, setting := range behavior {
		out[name] = setting
	}
	delete(out, "pathPattern")
	if path != "" {
		out["pathPattern"] = path
	}
	return out
}
