// Package edgejs runs CloudFront Functions as CloudFront does: in an engine that
// has the names CloudFront's has and no others, with CloudFront's event and
// modules, and with its rules for what a function may return.
//
// Every run has a runtime of its own, which no other run has used or will use.
// nginx's njs, whose features and messages CloudFront's engine shares, does the
// same: what a request leaves behind in a variable, a prototype or a module, no
// other request sees. To make that affordable, a runtime is only given what the
// code mentions: a name that stands nowhere in the text of a function needs
// neither to be installed nor to be removed. Code can thus reach what CloudFront
// has not by a name that it puts together at run time, as in a["fl" + "at"].
//
// # What is different
//
// The engine is goja, which is not njs. What a function can tell:
//
//   - The texts of the engine's own errors. Errors have a stack, in njs they have
//     none.
//   - Regular expressions are those of ECMAScript. CloudFront's are Perl's: what
//     only Perl has, such as \A or a++, is an error here, unless the expression is
//     put together at run time. To Perl, $ is also in front of a line break at the
//     end.
//   - A character outside of the Basic Multilingual Plane has the length 2, in
//     njs 1.
//   - Properties whose names are numbers come first when the properties of an
//     object that the function made are listed. Those of the event come as njs
//     has them, as they were sent.
//   - Byte strings of runtime 1.0 are strings of characters up to U+00FF.
//
// Functions for the connection-request event, cf.cwt and the tenants of
// multi-tenant distributions are not simulated. The first cannot be run; code that
// uses one of the others ends with an error that says so.
package edgejs

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/dop251/goja"
)

// A Function is the code of a CloudFront function. It is safe for concurrent use.
type Function struct {
	name    string
	version version
	program *goja.Program // gives the handler, undefined if there is none
	offset  int           // lines of the program before the first of the code
	setup   []func(*run)  // what a runtime needs before the program can run
	plain   bool          // the event is made of ordinary objects
	numbers bool          // buffers have their methods for numbers
	limits  limits
	broken  *Error // why there is no program
}

// Compile prepares the code of a function for being run. The name stands for the
// function in messages; the runtime is "cloudfront-js-1.0" or
// "cloudfront-js-2.0".
//
// CloudFront accepts code that its engine cannot parse, and then answers each
// request with an error. Compile therefore returns a function in any case: one
// whose every run ends with the error that is returned beside it.
func Compile(name, code, runtime string) (*Function, error) {
	f := &Function{name: name, limits: defaultLimits}
	if err := f.compile(code, runtime); err != nil {
		f.broken = err
		return f, err
	}
	return f, nil
}

// Kind says how CloudFront answers a request whose function failed.
type Kind int

const (
	// Execution is a function that CloudFront could not run to its end. It
	// answers 503, with FunctionExecutionError in x-cache.
	Execution Kind = iota
	// Validation is a function that returned what it may not. CloudFront
	// answers 502, with FunctionValidationError in x-cache.
	Validation
)

func (k Kind) String() string {
	return [...]string{"FunctionExecutionError", "FunctionValidationError"}[k]
}

// An Error says why a function failed.
type Error struct {
	Kind     Kind
	Function string // its name
	Message  string // begins with the position, if it is known

	// Line and Column are where in the code it happened, counted from 1, and 0
	// if that is not known.
	Line, Column int
}

func (e *Error) Error() string { return "cfsim: " + e.Function + ": " + e.Message }

// executionError returns an error at a position, which is 0, 0 if unknown.
func (f *Function) executionError(line, column int, format string, args ...any) *Error {
	message := fmt.Sprintf(format, args...)
	if line > 0 {
		message = fmt.Sprintf("%d:%d: %s", line, column, message)
	}
	return &Error{Kind: Execution, Function: f.name, Message: message, Line: line, Column: column}
}

func (f *Function) validationError(format string, args ...any) *Error {
	return &Error{Kind: Validation, Function: f.name, Message: fmt.Sprintf(format, args...)}
}

// A Request is a viewer's request, without its body: functions have no access to
// it.
type Request struct {
	Method, URI string // URI is the path

	RawQuery string // without its question mark
	HasQuery bool   // there is a question mark

	// Header has canonical keys, Host among them. Cookies are in the Cookie
	// header.
	Header http.Header
}

// A Response is what a viewer is answered.
type Response struct {
	Status      int
	Description string
	Header      http.Header // canonical keys, Set-Cookie among them

	// Body is set by a function. A viewer-response function that sets none
	// leaves the body as it is: HasBody is then false.
	Body    []byte
	HasBody bool
}

// An Event is what a function is run for.
type Event struct {
	Type string // "viewer-request" or "viewer-response"

	DistributionDomain, DistributionID string
	RequestID, ViewerIP                string

	Request  Request
	Response *Response // of a viewer-response event
}

// Env is what surrounds a function. The zero value is a distribution without a
// key-value store.
type Env struct {
	Store   Store  // nil without one
	StoreID string // what cf.kvs(id) must name; "" takes any id

	// StoreTime is when the store was made and last changed, as its meta method
	// says.
	StoreTime time.Time

	// Origins are the ids of the distribution's origins. Nil takes any id.
	Origins []string

	// Edge is where the request is served. Nil leaves cf.edgeLocation empty.
	Edge *EdgeLocation

	// Now is the clock that Date shows, [time.Now] if nil. It is asked once a
	// run: within a run, time stands still.
	Now func() time.Time
}

// A Store is the content of a key-value store.
type Store interface {
	Get(key string) (value string, ok bool)
	Len() int
}

// EdgeLocation is the cf.edgeLocation object.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/general-helper-methods.html)
type EdgeLocation struct {
	Name     string // IATA code of the airport
	ServerIP string
	Region   string // of the regional edge cache
}

// A Result is what became of a run: one of Request, Response and Err.
type Result struct {
	// Request is what a viewer-request function passed on. It shares the
	// values of headers with the event.
	Request *Request

	// Response is what a viewer-request function answered, or what a
	// viewer-response function made of the response.
	Response *Response

	// Origin is the origin that the function chose, nil for that of the
	// behavior.
	Origin *OriginChange

	Logs     []string // of console.log
	Warnings []string // of what CloudFront passes over, such as a misspelled setting
	Took     time.Duration
	Err      *Error
}

// Run calls the handler with the event. It ends a function that runs for more than
// a second, takes more than 64 MB, nests calls deeper than 1000, or is still at
// work when the context is done. What it cannot end is a single operation of the
// engine, so those that could take long or much on little are looked at before;
// one on a value of many thousand parts may make it late.
func (f *Function) Run(ctx context.Context, event *Event, env *Env) *Result {
	start := time.Now()
	if env == nil {
		env = &Env{}
	}
	r := &run{f: f, event: event, env: env}
	result := r.do(ctx)
	result.Logs, result.Warnings = r.logs, r.warnings
	result.Took = time.Since(start)
	return result
}
