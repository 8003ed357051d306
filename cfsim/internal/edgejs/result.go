package edgejs

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/cfrouter/cfrouter/cfsim/internal/restrictions"
)

// judge reads what the handler returned, by the rules for its event.
func (r *run) judge(returned goja.Value) *Result {
	object, ok := returned.(*goja.Object)
	what := map[bool]string{true: "event.response", false: "event.request or a response with a statusCode"}[r.event.Type == viewerResponse]
	if !ok {
		return r.invalid(fmt.Errorf("the handler returned %s, want %s", text(returned), what))
	}
	if r.originErr != nil {
		return r.invalid(r.originErr)
	}
	// A request has no statusCode and a response has one.
	if isMissing(object.Get("statusCode")) {
		if r.event.Type == viewerResponse || isMissing(object.Get("method")) && isMissing(object.Get("uri")) {
			return r.invalid(fmt.Errorf("the handler returned an object without a statusCode, want %s", what))
		}
		return r.judgeRequest(object)
	}
	response, err := r.readResponse(object)
	switch {
	case err != nil:
		return r.invalid(err)
	case len(response.Body) > maxValue:
		return &Result{Err: r.f.executionError(0, 0, "the body of the response has %d bytes; functions have 2 MB of memory in all", len(response.Body))}
	}
	return &Result{Response: response}
}

func (r *run) invalid(err error) *Result {
	return &Result{Err: r.f.validationError("%v", err)}
}

func (r *run) judgeRequest(object *goja.Object) *Result {
	request, err := r.readRequest(object)
	if err != nil {
		return r.invalid(err)
	}
	return &Result{Request: request, Origin: r.origin}
}

// readRequest reads a request that a viewer-request function returned.
func (r *run) readRequest(object *goja.Object) (*Request, error) {
	sent := &r.event.Request
	request := &Request{Method: sent.Method, URI: sent.URI, RawQuery: sent.RawQuery, HasQuery: sent.HasQuery}
	if method, changed := r.readText(object, "method", sent.Method); changed {
		return nil, fmt.Errorf("request.method is read-only, but %s was changed to %s", sent.Method, text(method))
	}
	uri, uriChanged := r.readText(object, "uri", restrictions.UTF8(sent.URI))
	if uriChanged {
		if err := checkURI(uri); err != nil {
			return nil, err
		}
		request.URI = uri.String()
	}
	query, queryChanged, err := r.readQuery(object)
	if err != nil {
		return nil, err
	}
	if queryChanged {
		request.RawQuery, request.HasQuery = query, query != ""
	}
	n := utf8.RuneCountInString(request.URI) + len("?") + utf8.RuneCountInString(request.RawQuery)
	if n > maxURI && (uriChanged || queryChanged) {
		return nil, fmt.Errorf("request.uri and the query string have %d characters, want less than %d", n, maxURI)
	}
	request.Header, err = r.readRequestHeader(object)
	return request, err
}

// readText returns a property and whether it is another one than it was.
func (r *run) readText(object *goja.Object, key, was string) (goja.Value, bool) {
	if l, ok := as[*lazy](object); ok {
		if _, ok := l.untouched(key); ok {
			return nil, false
		}
	}
	v := object.Get(key)
	_, isText := v.(goja.String)
	return v, !isText || v.String() != was
}

func checkURI(uri goja.Value) error {
	if _, ok := uri.(goja.String); !ok {
		return fmt.Errorf("request.uri is %s, want a string that begins with a slash", text(uri))
	}
	if !strings.HasPrefix(uri.String(), "/") {
		return fmt.Errorf("request.uri is %q, want a path that begins with a slash", uri.String())
	}
	return checkText("request.uri", uri.String(), "")
}

// notInQuery are what a query string cannot have beside control characters.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-query-strings)
const notInQuery = " \t#"

// readQuery returns the query string, if it was changed. A text goes on as it is.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html#functions-event-structure-query)
//
// Of an object the parameters that were changed are written anew and the others as
// they came, in the order of the object; if none was, the whole goes on byte for
// byte. AWS says nothing of either.
func (r *run) readQuery(object *goja.Object) (raw string, changed bool, err error) {
	v, _ := r.readText(object, "querystring", "")
	if text, ok := v.(goja.String); ok {
		raw = text.String()
		return raw, true, checkText("request.querystring", raw, notInQuery)
	}
	query, changed, err := r.readFields(object, "request", "querystring", r.queryFields)
	if err != nil || !changed {
		return "", false, err
	}
	raw, err = query.join("request.querystring", "&", notInQuery)
	return raw, true, err
}

func (r *run) readRequestHeader(object *goja.Object) (http.Header, error) {
	headers, changed, err := r.readFields(object, "request", "headers", r.headerFields)
	if err != nil {
		return nil, err
	}
	header := http.Header{}
	maps.Copy(header, r.event.Request.Header)
	if changed {
		if err := checkHeaders("request.headers", r.event.Type, r.headerFields(), headers); err != nil {
			return nil, err
		}
		replace(header, r.headerFields(), headers)
	}
	cookies, changed, err := r.readFields(object, "request", "cookies", r.cookieFields)
	if err != nil || !changed {
		return header, err
	}
	line, err := cookies.join("request.cookies", "; ", ";")
	if err != nil {
		return nil, err
	}
	if header.Del("Cookie"); line != "" {
		header.Set("Cookie", line)
	}
	return header, nil
}
