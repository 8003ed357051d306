package edgetest

import (
	"fmt"
	"slices"
	"strings"
)

// A Request is what a viewer sends.
type Request struct {
	Method string // GET if it is empty
	URL    string // path and query, as sent; begins with a slash
	Host   string // [DefaultHost] if it is empty

	// Headers may be given in any case. "Cookie" becomes the cookies of the
	// event, and "CloudFront-Viewer-Country" and its like are taken for
	// CloudFront's own.
	Headers map[string]string

	Form Form

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
	// function passed on. Names are in lower case, and several values are
	// joined by ", ". Cookies are likewise those of one or the other.
	Headers map[string]string
	Cookies map[string][]Cookie

	// Body is that of the edge's response.
	Body string

	// Origin is the logical id of the bucket, API or function that is asked,
	// or the host of an origin that the template does not make. It is that of
	// the behavior unless the function chose another one. Of a group it is the
	// first, and Group are all of them.
	Origin string
	Group  []string

	// OriginSettings are what the function would have otherwise than the origin
	// has it: the argument of updateRequestOrigin, or the second one of
	// selectRequestOriginById.
	OriginSettings map[string]any

	// OriginPath is the part of URI that the origin adds, URI the whole path it
	// is asked for, Query the query string without its question mark, in the
	// order in which the cache and the origin see it.
	OriginPath, URI, Query string

	// CacheKey is the key of the cached object as far as the request decides
	// it: what is asked, without the behavior, since no document says that it
	// is part of the key. It is "" when nothing is cached.
	CacheKey string

	// Reads is how often the functions asked the key-value store for a key,
	// with get or exists.
	Reads int
}

// An exchange is a request on its way.
type exchange struct {
	Answer
	behavior behavior
	event    Event
	passed   *passed // what the origin is asked, nil if the edge answers
}

// Do sends requests to the distribution and returns their answers in the same
// order. The viewer-request function of a behavior is run once, for all requests
// that reach it.
func (d *Distribution) Do(e Engine, requests ...Request) ([]Answer, error) {
	exchanges, err := d.exchange(e, requests)
	if err != nil {
		return nil, err
	}
	answers := make([]Answer, len(exchanges))
	for i, x := range exchanges {
		answers[i] = x.Answer
	}
	return answers, nil
}

func (d *Distribution) exchange(e Engine, requests []Request) ([]*exchange, error) {
	exchanges := make([]*exchange, len(requests))
	batches := map[*function][]*exchange{}
	var functions []*function // in the order in which they are met
	for i, r := range requests {
		if !strings.HasPrefix(r.URL, "/") {
			return nil, fmt.Errorf("edgetest: the url %q must begin with a slash", r.URL)
		}
		b := d.behaviorOf(r.Form.matched(r.path()))
		x := &exchange{Answer: Answer{Behavior: b.PathPattern}, behavior: b, event: NewEvent(r)}
		exchanges[i] = x
		switch {
		case !slices.Contains(b.AllowedMethods, r.method()):
			// Not even the function sees such a request.
			x.Status = 403
		case b.request == nil:
			// Behaviors are matched on the normal form, but the path goes on as
			// it was sent.
			x.event.Request.URI = r.path()
			request, err := untouched(x.event)
			if err != nil {
				return nil, err
			}
			d.pass(x, request, nil)
		default:
			if batches[b.request] == nil {
				functions = append(functions, b.request)
			}
			batches[b.request] = append(batches[b.request], x)
		}
	}
	for _, f := range functions {
		events := make([]Event, len(batches[f]))
		for i, x := range batches[f] {
			events[i] = x.event
		}
		results, err := e.Run(d.deployed(f), events)
		if err != nil {
			return nil, err
		}
		for i, x := range batches[f] {
			d.finish(x, results[i], x.event)
		}
	}
	return exchanges, nil
}

// finish answers with what a function made of the event.
func (d *Distribution) finish(x *exchange, result Result, event Event) {
	x.Reads += result.Reads
	if result.Err != nil {
		x.fail(503, result.Err)
		return
	}
	request, response, err := judge(event, result.Value)
	switch {
	case err != nil:
		x.fail(502, err)
	case request != nil:
		d.pass(x, request, result.choice)
	default:
		x.Status, x.Headers, x.Cookies = response.status, response.headers.joined(), response.cookies
		if response.body != nil {
			x.Body = *response.body
		}
	}
}

func (a *Answer) fail(status int, err error) {
	a.Status, a.Err = status, err
	a.Headers, a.Cookies, a.Body = nil, nil, ""
}

func (d *Distribution) pass(x *exchange, request *passed, c *choice) {
	x.passed = request
	o := d.originOf(x.behavior, c)
	if c != nil {
		x.OriginSettings = c.Settings
	}
	x.Headers, x.Cookies = request.headers.joined(), request.cookies
	x.Origin, x.Group, x.OriginPath, x.URI = o.name, o.group, o.path, o.path+request.uri
	x.Query = request.query
	x.CacheKey = x.behavior.key.of(x.behavior, *request)
}

// originOf is the origin that is asked, with what the function made of it.
func (d *Distribution) originOf(b behavior, c *choice) origin {
	o := d.origins[b.TargetOriginID]
	if c == nil {
		return o
	}
	switch len(c.IDs) {
	case 0:
	case 1:
		o = d.origins[c.IDs[0]]
	default:
		o = d.group(c.IDs)
	}
	// What is not set stays as it is.
	if host, ok := c.Settings["domainName"].(string); ok {
		o.name = d.template.owner(host)
	}
	if path, ok := c.Settings["originPath"].(string); ok {
		o.path = path
	}
	return o
}
