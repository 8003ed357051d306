package cfrouter

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"unicode/utf8"

	"github.com/cfrouter/cfrouter/edgefn"
)

// EdgeCode is code of your own that runs at the edge, on one event, together with
// the Router's: CloudFront takes one function for each event of a behavior.
//
// It is a CloudFront Function like any other, with a handler that takes the event and
// returns the request or a response:
//
//	function handler(event) {
//		var request = event.request;
//		if (!request.cookies.session) {
//			return { statusCode: 401 };
//		}
//		return request;
//	}
//
// On viewer requests a response ends the request, and what is neither is answered
// with 502. Functions and variables are the code's own, whatever their names: they
// clash neither with the Router's nor with those of other code. Of modules cf is there
// without an import, for the Router's key-value store, and require makes crypto and
// querystring. What CloudFront's JavaScript runtime 2.0 does not take is an error that
// names file, line and column.
//
// All code counts towards the 10,240 bytes of a function, comments and white space
// excepted.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/writing-function-code.html)
type EdgeCode struct {
	// Before runs before what the Router does on the event.
	// Default: - none.
	Before EdgeSource

	// After runs after what the Router does on the event, unless the request is
	// answered already.
	// Default: - none.
	After EdgeSource
}

// EdgeSource is where code comes from: [EdgeSource_FromInline] or
// [EdgeSource_FromFile].
type EdgeSource interface {
	// source is the code; where is what it is called if it has no name of its own.
	source(where string) *edgefn.Source
}

type edgeSource edgefn.Source

func (s edgeSource) source(where string) *edgefn.Source {
	out := edgefn.Source(s)
	if out.Name == "" {
		out.Name = where
	}
	return &out
}

// EdgeSource_FromInline is code that is written in Go.
func EdgeSource_FromInline(code *string) EdgeSource {
	if value(code, "") == "" {
		panicf("EdgeSource_FromInline was given no code: write a CloudFront Function, such as \"function handler(event) { return event.request }\"")
	}
	checkPlain("EdgeSource_FromInline", *code)
	return edgeSource{Code: *code}
}

// EdgeSource_FromFile is code in a file, which is read at once. A relative path is
// one from the working directory, which under cdk is that of cdk.json.
func EdgeSource_FromFile(path *string) EdgeSource {
	if value(path, "") == "" {
		panicf(`EdgeSource_FromFile was given no path: write one such as "edge/auth.js"`)
	}
	code, err := os.ReadFile(*path)
	switch {
	case err != nil:
		panicf("%w", unreadable("file", *path, err))
	case len(code) == 0:
		panicf("file %q is empty: write a CloudFront Function, such as \"function handler(event) { return event.request }\"", *path)
	case !utf8.Valid(code):
		panicf("file %q is not in UTF-8: save it in that encoding", *path)
	}
	return edgeSource{Name: *path, Code: string(code)}
}

// unreadable says why a file or directory could not be read, and for a relative path
// from where it was looked for.
func unreadable(kind, path string, err error) error {
	var cause *os.PathError
	if errors.As(err, &cause) {
		err = cause.Err
	}
	if filepath.IsAbs(path) {
		return fmt.Errorf("%s %q cannot be read (%w)", kind, path, err)
	}
	directory, unknown := os.Getwd()
	if unknown != nil {
		directory = unknown.Error()
	}
	return fmt.Errorf("%s %q cannot be read (%w): the path is relative to the working directory, which is %q", kind, path, err, directory)
}

// hooksOf are the sources of a route or, if the owner is "", of the Router. The owner
// ends the name of code that has none. Code that could not run panics.
func hooksOf(owner string, request, response *EdgeCode) edgefn.Hooks {
	named := func(of EdgeSource, setting string) *edgefn.Source {
		if isNil(of) {
			return nil
		}
		where := setting + owner
		if owner == "" {
			where = "RouterProps." + setting
		}
		out := of.source(where)
		if err := out.Check(); err != nil {
			panicf("%w", err)
		}
		return out
	}
	onRequest, onResponse := merged(request), merged(response)
	return edgefn.Hooks{
		BeforeRequest:  named(onRequest.Before, "ViewerRequest.Before"),
		AfterRequest:   named(onRequest.After, "ViewerRequest.After"),
		BeforeResponse: named(onResponse.Before, "ViewerResponse.Before"),
		AfterResponse:  named(onResponse.After, "ViewerResponse.After"),
	}
}
