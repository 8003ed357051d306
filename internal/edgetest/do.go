package edgetest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Request is what a viewer sends.
type Request struct {
	Method  string // GET if it is empty
	URL     string // path and query, as sent; begins with a slash
	Host    string // [DefaultHost] if it is empty
	Headers map[string]string
	Form    Form

	// NoRawQueryString has the function run without request.rawQueryString().
	NoRawQueryString bool
}

func (r Request) method() string {
	if r.Method == "" {
		return "GET"
	}
	return r.Method
}

func (r Request) host() string {
	if r.Host == "" {
		return DefaultHost
	}
	return r.Host
}

func (r Request) path() string {
	path, _, _ := strings.Cut(r.URL, "?")
	return path
}

// An Answer is what becomes of a request: the edge's own response when Status
// is set, what the origin is asked for when it is 0.
type Answer struct {
	// Behavior is the path pattern of the behavior that matched, "*" for the
	// default.
	Behavior string

	// Status is that of a function's response, or 403 for a method that the
	// behavior does not allow, 502 for an invalid result of the function, 503
	// for one that threw. Err is the reason of the last two.
	Status int
	Err    error

	// Headers are those of the edge's response, or of the request that the
	// function passed on. Names are in lower case.
	Headers map[string]string

	// Body is that of the edge's response.
	Body string

	// Origin is the logical id of the bucket, API or function that is asked,
	// or the host of an origin that the template does not make.
	Origin string

	// OriginPath is the part of URI that the origin adds, URI the whole path it
	// is asked for, Query the query string without its question mark.
	OriginPath, URI, Query string

	// CacheKey is the key of the cached object as far as the request decides
	// it: what is asked, without the behavior, since no document says that it
	// is part of the key. It is "" when nothing is cached.
	CacheKey string
}

// Do sends requests to the distribution and returns their answers in the same
// order. Each function is run once, for all requests that reach it.
func (d *Distribution) Do(e Engine, requests ...Request) ([]Answer, error) {
	answers := make([]Answer, len(requests))
	behaviors := make([]behavior, len(requests))
	batches := map[string][]int{}
	for i, r := range requests {
		if !strings.HasPrefix(r.URL, "/") {
			return nil, fmt.Errorf("edgetest: the url %q must begin with a slash", r.URL)
		}
		b := d.behaviorOf(r.Form.matched(r.path()))
		behaviors[i], answers[i].Behavior = b, b.PathPattern
		switch {
		case !slices.Contains(b.AllowedMethods, r.method()):
			// Not even the function sees such a request.
			answers[i].Status = 403
		case b.code == "":
			if err := d.passUntouched(&answers[i], b, r); err != nil {
				return nil, err
			}
		default:
			batches[b.code] = append(batches[b.code], i)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(batches)) {
		batch := batches[code]
		events := make([]Event, len(batch))
		for j, i := range batch {
			events[j] = NewEvent(requests[i])
		}
		results, err := e.Run(code, events)
		if err != nil {
			return nil, err
		}
		for j, i := range batch {
			d.finish(&answers[i], behaviors[i], events[j], results[j])
		}
	}
	return answers, nil
}

// passUntouched answers a request of a behavior without a function. Behaviors
// are matched on the normal form, but the path goes on as it was sent.
func (d *Distribution) passUntouched(a *Answer, b behavior, r Request) error {
	event := NewEvent(r)
	event.Request.URI = r.path()
	request, err := asSent(event)
	if err == nil {
		d.pass(a, b, event, request)
	}
	return err
}

// finish answers a request of a behavior whose function gave the result.
func (d *Distribution) finish(a *Answer, b behavior, event Event, result Result) {
	if result.Err != nil {
		a.Status, a.Err = 503, result.Err
		return
	}
	request, response, err := judge(event, result.Value)
	switch {
	case err != nil:
		a.Status, a.Err = 502, err
	case response != nil:
		a.Status, a.Headers, a.Body = response.status, response.headers.joined(), response.body
	default:
		d.pass(a, b, event, request)
	}
}

func (d *Distribution) pass(a *Answer, b behavior, event Event, request *passed) {
	o := d.origins[b.TargetOriginID]
	a.Headers = request.headers.joined()
	a.Origin, a.OriginPath, a.URI = o.name, o.path, o.path+request.uri
	a.Query = queryAfter(event, request.query)
	a.CacheKey = b.key.of(b, *request)
}

// queryAfter returns the query string that goes to the origin. One that the
// function left alone is not written anew, as that could change its order.
func queryAfter(event Event, query fields) string {
	sent, err := asSent(event)
	if err == nil && maps.EqualFunc(sent.query, query, slices.Equal) {
		if event.RawQuery == nil {
			return ""
		}
		return *event.RawQuery
	}
	var parts []string
	for name, value := range query.all() {
		parts = append(parts, name+"="+value)
	}
	return strings.Join(parts, "&")
}
