package cfsim

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/cfrouter/cfrouter/cfsim/internal/cfn"
	"github.com/cfrouter/cfrouter/cfsim/internal/edgelambda"
	"github.com/cfrouter/cfrouter/cfsim/internal/lambda"
)

// A lambdaEdge is the Lambda@Edge function of a behavior for one event.
type lambdaEdge struct {
	name        string
	includeBody bool
	process     *edgeProcess
	why         string // it is not run, "" if it is
}

// An edgeProcess runs a Lambda@Edge function, from the first event on.
type edgeProcess struct {
	local *localFunction
	log   io.Writer

	once     sync.Once
	function *lambda.Function
	end      func() error
	err      error
}

// addLambdas finds the Lambda@Edge functions of a behavior.
func (d *Distribution) addLambdas(b *behavior) {
	b.lambdas = map[string]*lambdaEdge{}
	for _, association := range b.LambdaFunctionAssociations {
		l := &lambdaEdge{name: association.LambdaFunctionARN, includeBody: bool(association.IncludeBody)}
		b.lambdas[association.EventType] = l
		r := behind(d.app.cfn, d.app.cfn.ResourceOf(association.LambdaFunctionARN))
		if r == nil || r.Type != "AWS::Lambda::Function" {
			l.why = "it is not in the template"
			continue
		}
		l.name = r.ID
		l.process, l.why = d.app.edgeProcessOf(r, d.options.Log)
	}
}

// edgeProcessOf is what runs a function, or the reason why nothing does.
func (a *App) edgeProcessOf(r *cfn.Resource, log io.Writer) (p *edgeProcess, why string) {
	if p = a.processes[r]; p != nil {
		return p, ""
	}
	local, err := a.localFunctionOf(r)
	if err != nil {
		return nil, strings.TrimPrefix(err.Error(), "cfsim: ")
	}
	p = &edgeProcess{local: local, log: log}
	a.processes[r] = p
	return p, ""
}

func (p *edgeProcess) invoke(ctx context.Context, event []byte) ([]byte, error) {
	p.once.Do(func() { p.function, p.end, p.err = p.local.open(p.log) })
	if p.err != nil {
		return nil, p.err
	}
	return p.function.Invoke(ctx, event)
}

func (p *edgeProcess) close() error {
	p.once.Do(func() { p.err = fmt.Errorf("cfsim: the simulation was closed") })
	if p.end == nil {
		return nil
	}
	return p.end()
}

// runLambda runs the function of an event, if there is one that can be run.
func (x *exchange) runLambda(event string, request edgelambda.Request, response *edgelambda.Response) *edgelambda.Result {
	l := x.behavior.lambdas[event]
	if l == nil {
		return nil
	}
	if l.process == nil {
		x.trace.notSimulated("function", "Lambda@Edge %s at %s was not run: %s", l.name, event, l.why)
		return nil
	}
	request.ClientIP, request.Method, request.IncludeBody = x.viewerIP(), x.viewer.Method, l.includeBody
	began := time.Now()
	result := edgelambda.Run(x.ctx, l.process.invoke, &edgelambda.Event{
		Type: event, DistributionDomain: defaultHost, DistributionID: defaultID, RequestID: x.id,
		Request: request, Response: response,
	})
	run := FunctionRun{Name: l.name, EventType: event, Took: time.Since(began)}
	step := x.trace.step("function", "Lambda@Edge %s at %s", l.name, event)
	switch {
	case result.Err != nil:
		run.Err = result.Err.Message
		step.Text += " failed: " + run.Err
	case result.Request != nil:
		run.URI, run.Header = result.Request.URI, result.Request.Header
		run.Changes = lambdaChanges(request, result.Request)
	case response != nil:
		run.Header = result.Response.Header
		run.Changes = append(statusChange(response.Status, result.Response.Status), headerChanges(response.Header, result.Response.Header)...)
	default:
		run.Header = result.Response.Header
		run.Changes = append([]string{fmt.Sprintf("answers %d", result.Response.Status)}, headerChanges(nil, result.Response.Header)...)
	}
	step.Details = append(step.Details, run.Changes...)
	x.trace.Functions = append(x.trace.Functions, run)
	return result
}

func lambdaChanges(before edgelambda.Request, after *edgelambda.Request) []string {
	var changes []string
	if before.URI != after.URI {
		changes = append(changes, fmt.Sprintf("uri %s → %s", before.URI, after.URI))
	}
	if before.QueryString != after.QueryString {
		changes = append(changes, fmt.Sprintf("query string %s → %s", before.QueryString, after.QueryString))
	}
	if after.Origin != before.Origin {
		changes = append(changes, "the origin")
	}
	if after.BodyReplaced {
		changes = append(changes, "the body")
	}
	return append(changes, headerChanges(before.Header, after.Header)...)
}

func lambdaFailed(err *edgelambda.Error) *answer {
	return edgeAnswer(err.Kind.Status(), fromCloudFront, err.Kind.String()+" from cloudfront", err.Message+"\n")
}
