package edgetest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
)

// DefaultHost is the Host of a [Request] that names none.
const DefaultHost = "d111111abcdef8.cloudfront.net"

// An Event is the argument of a handler. Its JSON form is the event structure
// of CloudFront Functions.
type Event struct {
	Version  string         `json:"version"`
	Context  EventContext   `json:"context"`
	Viewer   Viewer         `json:"viewer"`
	Request  EventRequest   `json:"request"`
	Response *EventResponse `json:"response,omitempty"` // nil at viewer-request

	// RawQuery is what request.rawQueryString() returns: the query string
	// without its question mark, nil (undefined) for a url without one.
	RawQuery *string `json:"-"`

	// NoRawQueryString leaves that method out. Not every runtime has it.
	NoRawQueryString bool `json:"-"`
}

// EventContext is the event's context object.
type EventContext struct {
	EventType              string `json:"eventType"`
	DistributionDomainName string `json:"distributionDomainName"`
	DistributionID         string `json:"distributionId"`
	RequestID              string `json:"requestId"`
}

// Viewer is the event's viewer object.
type Viewer struct {
	IP string `json:"ip"`
}

// EventRequest is the event's request object.
type EventRequest struct {
	Method      string `json:"method"`
	URI         string `json:"uri"`
	QueryString Fields `json:"querystring"`
	Headers     Fields `json:"headers"`
	Cookies     Fields `json:"cookies"`
}

// EventResponse is the event's response object at viewer-response. The body of
// the origin is not in it.
type EventResponse struct {
	StatusCode        int    `json:"statusCode"`
	StatusDescription string `json:"statusDescription,omitempty"`
	Headers           Fields `json:"headers"`
	Cookies           Fields `json:"cookies"`
}

// requests counts the events, of which no two have one request id.
var requests atomic.Int64

// NewEvent returns the event of a request at viewer-request, in the way its Form
// has a function see the path. Cookies are not among the headers, nor are the headers that
// CloudFront keeps to itself.
func NewEvent(r Request) Event {
	path, query, hasQuery := strings.Cut(r.URL, "?")
	event := Event{
		Version: "1.0",
		Context: EventContext{
			EventType: "viewer-request", DistributionDomainName: DefaultHost,
			DistributionID: "EDFDVBD6EXAMPLE", RequestID: fmt.Sprintf("EXAMPLEntjQpEXAMPLE_SG5Z-EXAMPLEPmPfEXAMPLEu%010d==", requests.Add(1)),
		},
		Viewer:           Viewer{IP: "198.51.100.11"},
		NoRawQueryString: r.NoRawQueryString,
	}
	if hasQuery {
		event.RawQuery = &query
	}
	event.Request = EventRequest{
		Method: r.method(), URI: r.Form.seen(path), QueryString: split(query, "&"),
		Headers: Fields{{Name: "host", Values: []string{r.host()}}},
	}
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		switch lower := strings.ToLower(name); {
		case lower == "cookie":
			event.Request.Cookies = split(r.Headers[name], ";")
		case lower != "host" && !isForbidden(lower):
			event.Request.Headers = event.Request.Headers.add(lower, r.Headers[name])
		}
	}
	return event
}

// A Field is a header, a cookie or a parameter of the query string, with the
// values it was given.
type Field struct {
	Name       string
	Values     []string
	Attributes []string // one for each value of a cookie of a response, nil for all else
}

// Fields are written as the JSON object {name: {value, multiValue}}, in the
// order in which they were sent.
type Fields []Field

func (f Fields) add(name, value string) Fields {
	if i := slices.IndexFunc(f, func(f Field) bool { return f.Name == name }); i >= 0 {
		f[i].Values = append(f[i].Values, value)
		return f
	}
	return append(f, Field{Name: name, Values: []string{value}})
}

// split parses "a=1&b=2" and "a=1; b=2". Values stay as they were sent: CloudFront
// does not decode them.
func split(text, separator string) Fields {
	var fields Fields
	for part := range strings.SplitSeq(text, separator) {
		if part = strings.TrimSpace(part); part != "" {
			name, value, _ := strings.Cut(part, "=")
			fields = fields.add(name, value)
		}
	}
	return fields
}

// value is the JSON form of one value. The multiValue of a field holds all of
// its values, the first included, and is there only if they are several.
type value struct {
	Value      string  `json:"value"`
	Attributes string  `json:"attributes,omitempty"`
	MultiValue []value `json:"multiValue,omitempty"`
}

func (f Field) value() value {
	var all []value
	for i, text := range f.Values {
		one := value{Value: text}
		if f.Attributes != nil {
			one.Attributes = f.Attributes[i]
		}
		all = append(all, one)
	}
	v := all[0]
	if len(all) > 1 {
		v.MultiValue = all
	}
	return v
}

// MarshalJSON implements [json.Marshaler].
func (f Fields) MarshalJSON() ([]byte, error) {
	object := []byte{'{'}
	for i, field := range f {
		name, err := json.Marshal(field.Name)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(field.value())
		if err != nil {
			return nil, err
		}
		if i > 0 {
			object = append(object, ',')
		}
		object = append(append(append(object, name...), ':'), text...)
	}
	return append(object, '}'), nil
}
