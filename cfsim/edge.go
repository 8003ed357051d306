package cfsim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim/internal/cfn"
	"github.com/cfrouter/cfrouter/cfsim/internal/edgejs"
)

// An edgeFunction is a CloudFront function of the template.
type edgeFunction struct {
	resource *cfn.Resource
	code     string
	runtime  string
	compiled *edgejs.Function
	broken   error  // why the engine does not take the code, nil if it does
	store    *store // nil without a key-value store
}

// functions are the CloudFront functions of an app, each compiled once.
type functions struct {
	app      *App
	compiled map[string]*edgeFunction // by ARN
}

// functionProperties are those of AWS::CloudFront::Function.
type functionProperties struct {
	FunctionCode   string
	FunctionConfig struct {
		KeyValueStoreAssociations []struct{ KeyValueStoreARN string }
		Runtime                   string
	}
}

// get returns the function of an ARN, nil if it is not in the template.
func (fs functions) get(arn string) (*edgeFunction, error) {
	if f, ok := fs.compiled[arn]; ok {
		return f, nil
	}
	r := fs.app.cfn.ResourceOf(arn, "AWS::CloudFront::Function")
	if r == nil {
		return nil, nil
	}
	var p functionProperties
	if err := decode(r.Properties, &p); err != nil {
		return nil, fmt.Errorf("the function %s cannot be read: %w", r.ID, err)
	}
	f := &edgeFunction{resource: r, code: p.FunctionCode, runtime: p.FunctionConfig.Runtime}
	// Code that the engine refuses is deployed all the same, and then answers
	// every request with an error. So does this one.
	f.compiled, f.broken = edgejs.Compile(r.ID, p.FunctionCode, p.FunctionConfig.Runtime)
	for _, association := range p.FunctionConfig.KeyValueStoreAssociations {
		f.store = fs.app.storeOf(association.KeyValueStoreARN)
	}
	fs.compiled[arn] = f
	return f, nil
}

// addFunctions finds the functions of a behavior.
func (d *Distribution) addFunctions(b *behavior) {
	for _, association := range b.FunctionAssociations {
		f, err := d.functions.get(association.FunctionARN)
		switch {
		case err != nil:
			d.problem("invalid", d.resource.ID, "the behavior %q: %v", b.pattern, err)
		case f == nil:
			b.unknown = append(b.unknown, fmt.Sprintf("the function %s is not in the template", association.FunctionARN))
		case association.EventType == "viewer-request":
			b.viewerRequest = f
		case association.EventType == "viewer-response":
			b.viewerResponse = f
		default:
			d.problem("invalid", d.resource.ID, "the behavior %q runs %s at %q; CloudFront functions run at viewer-request and viewer-response", b.pattern, f.resource.ID, association.EventType)
		}
	}
}

// function is the CloudFront function at an event, nil if there is none.
func (b *behavior) function(event string) *edgeFunction {
	switch event {
	case "viewer-request":
		return b.viewerRequest
	case "viewer-response":
		return b.viewerResponse
	}
	return nil
}

// runViewerRequest runs the viewer-request function. A response that it returns
// is the answer.
func (x *exchange) runViewerRequest() *answer {
	x.addViewerHeaders()
	f := x.behavior.viewerRequest
	if f == nil {
		return x.runViewerRequestLambda()
	}
	result := x.runFunction(f, "viewer-request", nil)
	switch {
	case result.Err != nil:
		return x.functionFailed(f, "viewer-request", result)
	case result.Response != nil:
		x.record(f, "viewer-request", result, responseChanges(result.Response))
		return functionAnswer(result.Response)
	}
	changes := requestChanges(x, result.Request)
	x.uri, x.query, x.hasQuery = result.Request.URI, result.Request.RawQuery, result.Request.HasQuery
	x.header = result.Request.Header.Clone()
	x.header.Del("Host")
	x.choice = result.Origin
	x.record(f, "viewer-request", result, changes)
	return nil
}

// runViewerResponse runs the viewer-response function, if there is an answer that
// it is run for.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-restrictions.html)
func (x *exchange) runViewerResponse(a *answer) *answer {
	if x.behavior == nil || a.from != fromOrigin {
		return a
	}
	f, lambda := x.behavior.viewerResponse, x.behavior.lambdas["viewer-response"]
	switch {
	case f == nil && lambda == nil:
		return a
	case a.status >= 400 || a.errorPage:
		x.trace.step("function", "no function is run at viewer-response, as the origin answered with an error")
		return a
	case f == nil:
		return x.runViewerResponseLambda(a)
	}
	before := &edgejs.Response{Status: a.status, Description: http.StatusText(a.status), Header: a.header.Clone()}
	result := x.runFunction(f, "viewer-response", before)
	if result.Err != nil {
		a.close()
		failed := x.functionFailed(f, "viewer-response", result)
		failed.from = fromOrigin // which was asked
		return failed
	}
	after := result.Response
	x.record(f, "viewer-response", result, append(statusChange(a.status, after.Status), headerChanges(a.header, after.Header)...))
	a.status, a.header = after.Status, after.Header
	if after.HasBody {
		a.close()
		a.setBody(after.Body)
	}
	return a
}

func (x *exchange) runFunction(f *edgeFunction, event string, response *edgejs.Response) *edgejs.Result {
	env := &edgejs.Env{Now: x.d.options.Now, Origins: x.d.selectable()}
	if f.store != nil {
		env.Store = f.store
		if f.store.isUnknown() {
			x.trace.notSimulated("function", "the content of the key-value store %s, which is imported from a file that is not at hand, is missing here. Open the cloud assembly instead of the template, or use App.AttachStore", f.store.resource.ID)
		}
	}
	return f.compiled.Run(x.ctx, &edgejs.Event{
		Type: event, DistributionDomain: defaultHost, DistributionID: defaultID, RequestID: x.id, ViewerIP: x.viewerIP(),
		Request:  edgejs.Request{Method: x.viewer.Method, URI: x.uri, RawQuery: x.query, HasQuery: x.hasQuery, Header: x.withHost(x.header)},
		Response: response,
	}, env)
}

// functionFailed is CloudFront's answer to a function that throws, or that
// returns what it may not.
func (x *exchange) functionFailed(f *edgeFunction, event string, result *edgejs.Result) *answer {
	err := result.Err
	status, xCache := http.StatusServiceUnavailable, "FunctionExecutionError from cloudfront"
	if err.Kind == edgejs.Validation {
		status, xCache = http.StatusBadGateway, "FunctionValidationError from cloudfront"
	}
	x.trace.Functions = append(x.trace.Functions, FunctionRun{
		Name: f.resource.ID, EventType: event, Logs: result.Logs, Took: result.Took, Err: err.Message, Unparsable: f.broken != nil,
	})
	step := x.trace.step("function", "%s at %s failed: %s", f.resource.ID, event, err.Message)
	step.Details = logDetails(result.Logs)
	return edgeAnswer(status, fromCloudFront, xCache, fmt.Sprintf("the function %s failed: %s\n", f.resource.ID, err.Message))
}

func functionAnswer(r *edgejs.Response) *answer {
	a := &answer{status: r.Status, header: r.Header.Clone(), from: fromFunction}
	if a.header == nil {
		a.header = http.Header{}
	}
	a.setBody(r.Body)
	a.header.Set("X-Cache", "FunctionGeneratedResponse from cloudfront")
	return a
}

// record puts a run into the trace.
func (x *exchange) record(f *edgeFunction, event string, result *edgejs.Result, changes []string) {
	run := FunctionRun{Name: f.resource.ID, EventType: event, Changes: changes, Logs: result.Logs, Took: result.Took}
	if result.Request != nil {
		run.URI, run.Header = result.Request.URI, result.Request.Header
	} else {
		run.Header = result.Response.Header
	}
	x.trace.Functions = append(x.trace.Functions, run)
	step := x.trace.step("function", "%s at %s", f.resource.ID, event)
	step.Details = append(changes, logDetails(result.Logs)...)
	for _, warning := range result.Warnings {
		step.Details = append(step.Details, "warning: "+warning)
	}
}

func logDetails(logs []string) []string {
	var details []string
	for _, line := range logs {
		details = append(details, "log: "+line)
	}
	return details
}

func requestChanges(x *exchange, after *edgejs.Request) []string {
	var changes []string
	if after.URI != x.uri {
		changes = append(changes, fmt.Sprintf("uri %s → %s", x.uri, after.URI))
	}
	if after.RawQuery != x.query {
		changes = append(changes, fmt.Sprintf("query string %s → %s", x.query, after.RawQuery))
	}
	return append(changes, headerChanges(x.withHost(x.header), after.Header)...)
}

func responseChanges(r *edgejs.Response) []string {
	return append([]string{fmt.Sprintf("answers %d", r.Status)}, headerChanges(nil, r.Header)...)
}

func statusChange(before, after int) []string {
	if before == after {
		return nil
	}
	return []string{fmt.Sprintf("status %d → %d", before, after)}
}

// headerChanges says which headers were added, changed and removed, by name.
func headerChanges(before, after http.Header) []string {
	var changes []string
	for name, values := range after {
		is := strings.Join(values, ", ")
		switch was, had := before[name]; {
		case !had:
			changes = append(changes, fmt.Sprintf("%s: %s", strings.ToLower(name), is))
		case !slices.Equal(was, values):
			changes = append(changes, fmt.Sprintf("%s: %s → %s", strings.ToLower(name), strings.Join(was, ", "), is))
		}
	}
	for name, values := range before {
		if _, has := after[name]; !has {
			changes = append(changes, fmt.Sprintf("%s removed (%s)", strings.ToLower(name), strings.Join(values, ", ")))
		}
	}
	slices.Sort(changes)
	return changes
}
