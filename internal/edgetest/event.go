package edgetest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// DefaultHost is the Host of a [Request] that names none.
const DefaultHost = "d111111abcdef8.cloudfront.net"

// An Event is the argument of a viewer-request handler. Its JSON form is the
// event structure of CloudFront Functions.
type Event struct {
	Version string       `json:"version"`
	Context EventContext `json:"context"`
	Viewer  Viewer       `json:"viewer"`
	Request EventRequest `json:"request"`

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

// NewEvent returns the event of a request, in the way its Form has a function
// see the path. Cookies are not among the headers, nor are the headers that
// CloudFront keeps to itself.
func NewEvent(r Request) Event {
	path, query, hasQuery := strings.Cut(r.URL, "?")
	event := Event{
		Version: "1.0",
		Context: EventContext{
			EventType: "viewer-request", DistributionDomainName: DefaultHost,
			DistributionID: "EDFDVBD6EXAMPLE", RequestID: "EXAMPLEntjQpEXAMPLE_SG5Z-EXAMPLEPmPfEXAMPLEu3EqEXAMPLE==",
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
	Name   string
	Values []string
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
	MultiValue []value `json:"multiValue,omitempty"`
}

// MarshalJSON implements [json.Marshaler].
func (f Fields) MarshalJSON() ([]byte, error) {
	object := []byte{'{'}
	for i, field := range f {
		v := value{Value: field.Values[0]}
		if len(field.Values) > 1 {
			for _, each := range field.Values {
				v.MultiValue = append(v.MultiValue, value{Value: each})
			}
		}
		name, err := json.Marshal(field.Name)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(v)
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
