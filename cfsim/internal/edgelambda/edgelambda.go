// Package edgelambda runs Lambda@Edge functions: it makes CloudFront's event of a
// request or a response, passes it to whatever invokes the function, and judges
// what comes back as CloudFront does.
//
//	result := edgelambda.Run(ctx, gate.Invoke, &edgelambda.Event{
//		Type:    edgelambda.ViewerRequest,
//		Request: edgelambda.Request{ClientIP: "203.0.113.9", Method: "GET", URI: "/", Header: header},
//	})
//
// What the function sees of the query string depends on the event: one of an
// origin event sees it only if the cache or origin request policy passes on all of
// it. To leave it out is up to the caller, and so is it not to run a function for
// which CloudFront has no event.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-query-strings,
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-cloudfront-trigger-events.html)
//
// # Not simulated
//
// Functions are not throttled, and nothing holds them to the quotas of their
// size, memory and time: that is up to whatever invokes them. The headers that
// describe a body, Content-Length and Content-Encoding, are left as the function
// returned them when it sets a body.
package edgelambda

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// The types of events.
const (
	ViewerRequest  = "viewer-request"
	OriginRequest  = "origin-request"
	OriginResponse = "origin-response"
	ViewerResponse = "viewer-response"
)

var eventTypes = []string{ViewerRequest, OriginRequest, OriginResponse, ViewerResponse}

// Invoke passes an event to a function and returns what it returns, both as JSON.
type Invoke func(ctx context.Context, event []byte) ([]byte, error)

// An Event is what a function is run for.
type Event struct {
	Type string

	DistributionDomain, DistributionID string
	RequestID                          string

	Request  Request
	Response *Response // of a response event
}

// A Request is a viewer's at viewer events, and the one for the origin at origin
// events.
type Request struct {
	ClientIP, Method string
	URI              string // the path
	QueryString      string // without its question mark

	// Header has canonical keys, Host among them.
	Header http.Header

	// Body is passed to functions of request events whose association says so.
	// It need not be longer than [BodyLimit] and a byte: that one tells the
	// function that there is more.
	Body        []byte
	IncludeBody bool

	// BodyReplaced says, of a request that a function returned, that Body is the
	// function's. Otherwise the body is the one that came, all of it.
	BodyReplaced bool

	Origin *Origin // at origin events only
}

// A Response is a viewer's at viewer-response, the origin's at origin-response, or
// made by a function.
type Response struct {
	Status      int
	Description string      // such as Not Found, "" for none
	Header      http.Header // canonical keys

	// Body is set by a function, which never sees the one of the origin. HasBody
	// is false if the function leaves the body as it is.
	Body    []byte
	HasBody bool
}

// A Result is what became of a run: one of Request, Response and Err.
type Result struct {
	// Request is what a function of a request event passes on. Its Origin is the
	// event's own pointer if the function left the origin as it was. The values
	// of headers are shared with the event.
	Request *Request

	// Response is what a function of a request event answers, or what one of a
	// response event makes of the response.
	Response *Response

	Err *Error
}

// Kind says how CloudFront answers a request whose function failed.
type Kind int

const (
	// Execution is a function that returned nothing: it threw, took too long or
	// could not be run. AWS's pages give both this and LambdaLimitExceeded for one
	// that took too long, and 503 for either.
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-503-service-unavailable.html)
	Execution Kind = iota

	// Validation is a function that returned what it may not.
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html)
	Validation
)

// Status is the status of CloudFront's answer.
func (k Kind) Status() int {
	return [...]int{http.StatusServiceUnavailable, http.StatusBadGateway}[k]
}

// String is the first word of the answer's x-cache, before " from cloudfront".
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-testing-debugging.html)
func (k Kind) String() string {
	return [...]string{"LambdaExecutionError", "LambdaValidationError"}[k]
}

// Generated is the first word of x-cache for a response that a function of a
// request event made.
const Generated = "LambdaGeneratedResponse"

// An Error says why a function failed.
type Error struct {
	Kind    Kind
	Message string
	Cause   error // of Execution: what Invoke returned
}

func (e *Error) Error() string { return "cfsim: " + e.Message }

func (e *Error) Unwrap() error { return e.Cause }

// Run invokes a function. A response event has to have a response.
func Run(ctx context.Context, invoke Invoke, e *Event) *Result {
	if !slices.Contains(eventTypes, e.Type) {
		return &Result{Err: &Error{Kind: Execution, Message: fmt.Sprintf("there is no event %q for Lambda@Edge, only %s", e.Type, strings.Join(eventTypes, ", "))}}
	}
	event, err := e.encode()
	if err == nil {
		var returned []byte
		if returned, err = invoke(ctx, event); err == nil {
			return e.judge(returned)
		}
	}
	return &Result{Err: &Error{Kind: Execution, Message: strings.TrimPrefix(err.Error(), "cfsim: "), Cause: err}}
}

func (e *Event) isRequest() bool { return e.Type == ViewerRequest || e.Type == OriginRequest }

func (e *Event) isViewer() bool { return e.Type == ViewerRequest || e.Type == ViewerResponse }

// judge reads what a function returned.
func (e *Event) judge(returned []byte) *Result {
	result, err := e.read(returned)
	if err != nil {
		return &Result{Err: &Error{Kind: Validation, Message: err.Error()}}
	}
	return result
}

func (e *Event) read(returned []byte) (*Result, error) {
	o, err := parseObject("the returned value", returned)
	switch {
	case bytes.Equal(returned, []byte("null")):
		return nil, fmt.Errorf("the function returned nothing; return %s, or if it is not async, pass it to the callback", e.wants())
	case err != nil:
		return nil, fmt.Errorf("%w; return %s", err, e.wants())
	}
	// A request has no status and a response has one: no page says how CloudFront
	// tells them apart.
	switch {
	case o.has("status"):
		response, err := e.readResponse(o)
		return &Result{Response: response}, err
	case o.has("Records"):
		return nil, fmt.Errorf("the function returned the whole event; return %s", e.wants())
	case o.has("statusCode"):
		return nil, fmt.Errorf("the returned value has a statusCode, which is API Gateway's; Lambda@Edge calls it status")
	case !e.isRequest() || !o.has("uri") && !o.has("method"):
		return nil, fmt.Errorf("the returned value has no status; return %s", e.wants())
	}
	request, err := e.readRequest(o)
	return &Result{Request: request}, err
}

// wants is what a function has to return.
func (e *Event) wants() string {
	if e.isRequest() {
		return "event.Records[0].cf.request, or a response with a status"
	}
	return "event.Records[0].cf.response"
}
