package edgelambda

import (
	"fmt"
	"net/http"
	"reflect"
)

// An Origin is where a request is sent: one of Custom and S3.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html#request-event-fields-request)
type Origin struct {
	Custom *CustomOrigin
	S3     *S3Origin
}

// A CustomOrigin is any server, a bucket's website endpoint included.
type CustomOrigin struct {
	DomainName string
	Path       string // in front of the uri; "" or "/folder"
	Port       int
	Protocol   string // "http" or "https"

	SSLProtocols []string // such as TLSv1.2

	ReadTimeout, KeepaliveTimeout int // in seconds

	CustomHeaders http.Header // canonical keys
}

// An S3Origin is a bucket.
type S3Origin struct {
	DomainName string // such as bucket.s3.eu-west-1.amazonaws.com
	Path       string // in front of the uri; "" or "/folder"

	// AuthMethod is "origin-access-identity" or "none", which is also that of a
	// bucket behind an origin access control. Region is needed with the first.
	AuthMethod, Region string

	CustomHeaders http.Header // canonical keys
}

type originJSON struct {
	Custom *customJSON `json:"custom,omitempty"`
	S3     *s3JSON     `json:"s3,omitempty"`
}

type customJSON struct {
	CustomHeaders    headersJSON `json:"customHeaders"`
	DomainName       string      `json:"domainName"`
	KeepaliveTimeout int         `json:"keepaliveTimeout"`
	Path             string      `json:"path"`
	Port             int         `json:"port"`
	Protocol         string      `json:"protocol"`
	ReadTimeout      int         `json:"readTimeout"`
	SSLProtocols     []string    `json:"sslProtocols"`
}

type s3JSON struct {
	AuthMethod    string      `json:"authMethod"`
	CustomHeaders headersJSON `json:"customHeaders"`
	DomainName    string      `json:"domainName"`
	Path          string      `json:"path"`
	Region        string      `json:"region"`
}

func (o *Origin) json() *originJSON {
	switch {
	case o == nil || *o == Origin{}:
		return nil
	case o.S3 != nil:
		s := o.S3
		return &originJSON{S3: &s3JSON{s.AuthMethod, headersOf(s.CustomHeaders), s.DomainName, s.Path, s.Region}}
	}
	c := o.Custom
	return &originJSON{Custom: &customJSON{
		headersOf(c.CustomHeaders), c.DomainName, c.KeepaliveTimeout, c.Path, c.Port, c.Protocol, c.ReadTimeout,
		append([]string{}, c.SSLProtocols...), // never null, which is no list
	}}
}

func (o *Origin) customHeaders() http.Header {
	switch {
	case o == nil || *o == Origin{}:
		return nil
	case o.S3 != nil:
		return o.S3.CustomHeaders
	}
	return o.Custom.CustomHeaders
}

// readOrigin reads the origin that a function chose, for a request with the given
// headers.
func (e *Event) readOrigin(request object, sent headers) (*Origin, error) {
	was := e.Request.Origin
	switch {
	case e.Type == ViewerRequest && request.has("origin"):
		// Unstated: AWS has the field at origin events.
		return nil, fmt.Errorf("%s is not there at %s; an origin-request function can set it", request.at("origin"), e.Type)
	case e.Type == ViewerRequest || was.json() == nil && !request.has("origin"):
		return nil, nil
	}
	o, err := request.object("origin")
	if err != nil {
		return nil, err
	}
	if o.has("custom") == o.has("s3") {
		return nil, fmt.Errorf("%s has the properties %q, want either custom or s3", o.path, o.keys())
	}
	r := originReader{event: e, sent: sent}
	is := &Origin{}
	if o.has("custom") {
		is.Custom, err = r.custom(o)
	} else {
		is.S3, err = r.s3(o)
	}
	if err == nil && reflect.DeepEqual(is.json(), was.json()) {
		is = was
	}
	return is, err
}
