package lambda

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// An API is a stage of an HTTP API: an http.Handler whose routes lead to
// functions.
//
// What no route matches is answered with 404, a function that fails or returns
// what is no response with 500, one that takes too long for its integration with
// 503, and a body of more than 10 MB with 413, each with a JSON message.
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html)
type API struct {
	Routes []Route

	// Stage is its name. The path of every request begins with that of a stage
	// with a name of its own, and the function sees it there.
	// Default: $default, which is not in the path.
	Stage string

	// StageVariables are passed to every function.
	StageVariables map[string]string

	// Domain is what the function takes for the API's own, such as
	// "abc.execute-api.us-east-1.amazonaws.com".
	// Default: the request's Host.
	Domain string

	once  sync.Once
	table []route
	err   error
}

// A Route leads from a method and a path to a function.
type Route struct {
	// RouteKey is a method or ANY and a path, such as "GET /pets/{id}" or
	// "ANY /{proxy+}", or "$default".
	RouteKey string

	Function *Function

	// PayloadFormat is the integration's PayloadFormatVersion.
	// Default: 2.0.
	PayloadFormat string

	// Timeout is how long the integration waits. Unlike API Gateway's it begins
	// when the process takes the invocation, since a process that is compiled
	// first may well take longer to start than API Gateway waits.
	// Default: 30 s.
	Timeout time.Duration
}

type route struct {
	Route
	pattern pattern
}

// Validate returns what is wrong with the routes. Every request is answered with
// 500 and that text then.
func (a *API) Validate() error {
	a.once.Do(func() { a.table, a.err = newTable(a.Routes) })
	return a.err
}

func newTable(routes []Route) ([]route, error) {
	var table []route
	seen := map[string]bool{}
	for _, r := range routes {
		r.PayloadFormat = cmp.Or(r.PayloadFormat, "2.0")
		r.Timeout = cmp.Or(r.Timeout, 30*time.Second)
		pattern, err := parseRoute(r.RouteKey)
		switch {
		case err != nil:
			return nil, err
		case seen[r.RouteKey]:
			return nil, fmt.Errorf("cfsim: there are two routes with the key %q", r.RouteKey)
		case r.Function == nil:
			return nil, fmt.Errorf("cfsim: the route %q has no function", r.RouteKey)
		case r.PayloadFormat != "1.0" && r.PayloadFormat != "2.0":
			return nil, fmt.Errorf(`cfsim: the route %q has the payload format %q, want "1.0" or "2.0"`, r.RouteKey, r.PayloadFormat)
		}
		seen[r.RouteKey] = true
		table = append(table, route{r, pattern})
	}
	slices.SortStableFunc(table, func(a, b route) int { return a.pattern.compare(b.pattern) })
	return table, nil
}

func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := newGatewayID()
	w.Header().Set("Apigw-Requestid", id)
	if err := a.Validate(); err != nil {
		say(w, http.StatusInternalServerError, err.Error())
		return
	}
	path, ok := decodePath(rawPath(r))
	if !ok {
		say(w, http.StatusBadRequest, "Bad Request")
		return
	}
	m := a.find(r.Method, path)
	if m == nil {
		say(w, http.StatusNotFound, "Not Found")
		return
	}
	if err := a.respond(w, r, m, id); err != nil {
		abortIfGone(r)
		m.fail(w, id, err)
	}
}

// decodePath decodes a path as API Gateway was observed to do, which says no
// more than that it decodes: once, up to a question mark that comes of it, and
// what is left once more. A path that cannot be decoded is refused, with a status
// that is unstated.
// (https://github.com/hotsock/voker/blob/main/vokerhttp/testdata/ingress-paths.json)
func decodePath(path string) (string, bool) {
	once, err := url.PathUnescape(path)
	if err != nil {
		return "", false
	}
	once, _, _ = strings.Cut(once, "?")
	twice, err := url.PathUnescape(once)
	return twice, err == nil
}

// A match is the route of a request.
type match struct {
	*route
	path       string // all of it, decoded
	parameters map[string]string
}

// find returns nil when no route matches.
func (a *API) find(method, path string) *match {
	local := path
	if a.stage() != "$default" {
		rest, ok := strings.CutPrefix(path, "/"+a.Stage)
		if !ok || rest != "" && rest[0] != '/' {
			return nil
		}
		local = cmp.Or(rest, "/")
	}
	for i := range a.table {
		if parameters, ok := a.table[i].pattern.match(method, local); ok {
			return &match{&a.table[i], path, parameters}
		}
	}
	return nil
}

func (a *API) stage() string { return cmp.Or(a.Stage, "$default") }

// maxBody is API Gateway's limit; one that fits need not fit into an event.
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html)
const maxBody = 10 << 20

func (a *API) respond(w http.ResponseWriter, r *http.Request, m *match, id string) error {
	body, err := readBody(w, r, maxBody)
	if err != nil {
		say(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
		return nil
	}
	event, err := json.Marshal(a.event(r, m, body, id))
	if err != nil {
		return err
	}
	payload, err := m.invoke(r.Context(), event)
	if err != nil {
		return err
	}
	answer, err := m.interpret(payload)
	if err != nil {
		return err
	}
	answer.send(w)
	return nil
}

// event makes the event of a request.
func (a *API) event(r *http.Request, m *match, body []byte, id string) any {
	e := newEvent(r, body, a.Domain, id)
	e.RouteKey = m.RouteKey
	e.RawPath = m.path
	e.PathParameters = m.parameters
	e.StageVariables = a.StageVariables
	e.RequestContext.HTTP.Path = m.path
	e.RequestContext.RouteKey = m.RouteKey
	e.RequestContext.Stage = a.stage()
	e.Headers["content-length"] = strconv.Itoa(len(body))
	if m.PayloadFormat == "1.0" {
		return e.v1(r, m.resource())
	}
	delete(e.Headers, "cookie") // it is in cookies
	return e
}

// resource is what payload format 1.0 has instead of a route key.
func (r *route) resource() string {
	_, path, found := strings.Cut(r.RouteKey, " ")
	if !found {
		return r.RouteKey
	}
	return path
}

func (r *route) invoke(ctx context.Context, event []byte) ([]byte, error) {
	i := newInvocation(newUUID(), event, false)
	if err := r.Function.begin(ctx, i); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, r.Timeout, errIntegrationTimeout)
	defer cancel()
	response, err := i.wait(ctx)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(response.Body)
}

var errIntegrationTimeout = errors.New("the integration timed out, and the function goes on")

// interpret makes an answer of what the function returns. In payload format 1.0
// it has to be an object with a statusCode.
func (r *route) interpret(payload []byte) (*answer, error) {
	if r.PayloadFormat == "2.0" {
		return interpret(payload, "text/plain; charset=utf-8")
	}
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(payload, &fields)
	if fields["statusCode"] == nil {
		return nil, errors.New("the response is malformed: payload format 1.0 demands an object with a statusCode")
	}
	return describe(fields, "text/plain; charset=utf-8")
}

func (r *route) fail(w http.ResponseWriter, id string, err error) {
	message := r.Function.explain(id, err)
	if errors.Is(err, errIntegrationTimeout) {
		say(w, http.StatusServiceUnavailable, "Service Unavailable")
		return
	}
	say(w, http.StatusInternalServerError, message)
}

// say answers with a message of the API's own.
func say(w http.ResponseWriter, status int, message string) {
	text, _ := json.Marshal(map[string]string{"message": message}) // strings always can
	newAnswer(status, "application/json", string(text)).send(w)
}
