package edgetest

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// An OriginResponse is what an origin answers.
type OriginResponse struct {
	Status  int // 200 if it is 0
	Headers map[string]string
	Cookies map[string][]Cookie
	Body    string // which a function cannot see

	// SentRequest has the function see the request as the viewer sent it. Else it
	// is as the viewer-request function passed it on, but AWS states neither.
	SentRequest bool
}

func (o OriginResponse) status() int {
	if o.Status == 0 {
		return http.StatusOK
	}
	return o.Status
}

// event returns what of the response a function sees.
func (o OriginResponse) event() *EventResponse {
	r := &EventResponse{StatusCode: o.status(), StatusDescription: http.StatusText(o.status()), Cookies: fields(o.Cookies).event()}
	for _, name := range slices.Sorted(maps.Keys(o.Headers)) {
		if lower := strings.ToLower(name); !isForbidden(lower) {
			r.Headers = r.Headers.add(lower, o.Headers[name])
		}
	}
	return r
}

// Respond sends a request to the distribution, has the origin that is asked answer
// with the response, and returns what the viewer gets after the viewer-response
// function. The rest of the answer is that of [Distribution.Do], which alone
// decides if no origin is asked.
//
// The function is not run if the origin answers with an error.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-status-codes)
func (d *Distribution) Respond(e Engine, r Request, o OriginResponse) (Answer, error) {
	exchanges, err := d.exchange(e, []Request{r})
	if err != nil {
		return Answer{}, err
	}
	x := exchanges[0]
	if x.passed == nil {
		return x.Answer, nil
	}
	f := x.behavior.response
	x.Status, x.Headers, x.Cookies, x.Body = o.status(), map[string]string{}, o.Cookies, o.Body
	for name, value := range o.Headers {
		x.Headers[strings.ToLower(name)] = value
	}
	if f == nil || o.status() >= 400 {
		return x.Answer, nil
	}
	event := x.responseEvent(o)
	results, err := e.Run(d.deployed(f), []Event{event})
	if err != nil {
		return Answer{}, err
	}
	d.finish(x, results[0], event)
	for name, value := range o.Headers {
		// Those that functions do not see they cannot take away either.
		if lower := strings.ToLower(name); x.Err == nil && isForbidden(lower) {
			x.Headers[lower] = value
		}
	}
	return x.Answer, nil
}

func (x *exchange) responseEvent(o OriginResponse) Event {
	event := x.event
	event.Context.EventType = "viewer-response"
	event.Response = o.event()
	if o.SentRequest {
		return event
	}
	event.RawQuery = &x.passed.query
	event.Request = EventRequest{
		Method: x.passed.method, URI: x.passed.uri, QueryString: split(x.passed.query, "&"),
		Headers: x.passed.headers.event(), Cookies: x.passed.cookies.event(),
	}
	return event
}
