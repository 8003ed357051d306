package cfsim

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/http"

	"github.com/cfrouter/cfrouter/cfsim/internal/edgelambda"
	"github.com/cfrouter/cfrouter/cfsim/internal/policy"
)

// runViewerRequestLambda runs the viewer-request function of Lambda@Edge.
func (x *exchange) runViewerRequestLambda() *answer {
	body := x.peekBody(edgelambda.ViewerRequest)
	result := x.runLambda(edgelambda.ViewerRequest, edgelambda.Request{
		URI: x.uri, QueryString: x.query, Header: x.withHost(x.header), Body: body,
	}, nil)
	switch {
	case result == nil:
		return nil
	case result.Err != nil:
		return lambdaFailed(result.Err)
	case result.Response != nil:
		return lambdaAnswer(result.Response)
	}
	after := result.Request
	x.uri, x.query, x.hasQuery = after.URI, after.QueryString, after.QueryString != ""
	x.header = after.Header.Clone()
	x.header.Del("Host")
	x.replaceBody(after)
	return nil
}

// withHost is a copy of headers with the viewer's Host among them, as functions
// see them.
func (x *exchange) withHost(header http.Header) http.Header {
	header = header.Clone()
	header.Set("Host", x.host)
	return header
}

func lambdaAnswer(r *edgelambda.Response) *answer {
	a := &answer{status: r.Status, header: r.Header.Clone(), from: fromFunction}
	if a.header == nil {
		a.header = http.Header{}
	}
	a.setBody(r.Body)
	a.header.Set("X-Cache", edgelambda.Generated+" from cloudfront")
	return a
}

// peekBody reads as much of the body as a function of an event sees, and one byte
// more, and puts it back.
func (x *exchange) peekBody(event string) []byte {
	l := x.behavior.lambdas[event]
	if l == nil || !l.includeBody || x.viewer.Body == nil {
		return nil
	}
	start, err := io.ReadAll(io.LimitReader(x.viewer.Body, int64(edgelambda.BodyLimit(event))+1))
	rest := x.viewer.Body
	if err != nil {
		rest = io.NopCloser(failingReader{err})
	}
	x.setBody(struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(start), rest), x.viewer.Body}, x.viewer.ContentLength)
	return start
}

// A failingReader is what is left of a body that broke off.
type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

func (x *exchange) replaceBody(r *edgelambda.Request) {
	if r.BodyReplaced {
		x.setBody(io.NopCloser(bytes.NewReader(r.Body)), int64(len(r.Body)))
	}
}

func (x *exchange) setBody(body io.ReadCloser, length int64) {
	request := *x.viewer
	request.Body, request.ContentLength = body, length
	x.viewer = &request
}

// runOriginRequestLambda lets the origin-request function change what an origin is
// sent, and which one. It may also answer in its place.
func (x *exchange) runOriginRequestLambda(o *origin, sent *OriginRequest) (*origin, *OriginRequest, *http.Response, error) {
	if x.behavior.lambdas[edgelambda.OriginRequest] == nil {
		return o, sent, nil, nil
	}
	before := edgelambda.Request{
		URI: x.uri, QueryString: x.queryForLambda(), Header: sent.Header.Clone(),
		Body: x.peekBody(edgelambda.OriginRequest), Origin: o.forLambda(x.scheme),
	}
	before.Header.Set("Host", sent.Host)
	result := x.runLambda(edgelambda.OriginRequest, before, nil)
	switch {
	case result == nil:
		return o, sent, nil, nil
	case result.Err != nil:
		return nil, nil, nil, lambdaError(result.Err)
	case result.Response != nil:
		return nil, nil, lambdaResponse(result.Response, nil), nil
	}
	after := result.Request
	if after.Origin != before.Origin {
		o = x.d.changedByLambda(o, after.Origin)
	}
	x.replaceBody(after)
	changed := *sent
	changed.Header = after.Header.Clone()
	if changed.Host = changed.Header.Get("Host"); changed.Host == sent.Host && after.Origin != before.Origin && !x.forwards("Host") {
		changed.Host = o.host(o.scheme(x.scheme))
	}
	changed.Header.Del("Host")
	query := after.QueryString
	if before.QueryString == "" && query == "" {
		query = x.forwardedQuery()
	}
	changed.address(o, x.scheme, after.URI, query)
	return o, &changed, nil, nil
}

// queryForLambda is the query string as functions of origin events see it, which
// is none unless all of it is sent on.
func (x *exchange) queryForLambda() string {
	b := x.behavior
	if b.cache.Queries.Mode == policy.All || b.request != nil && b.request.Queries.Mode == policy.All {
		return x.query
	}
	return ""
}

func (o *origin) forLambda(viewerScheme string) *edgelambda.Origin {
	custom := http.Header{}
	for _, h := range o.OriginCustomHeaders {
		custom.Set(h.HeaderName, h.HeaderValue)
	}
	if o.isS3() {
		s := &edgelambda.S3Origin{DomainName: o.DomainName, Path: o.OriginPath, AuthMethod: "none", CustomHeaders: custom}
		if o.access.identity != "" {
			s.AuthMethod, s.Region = "origin-access-identity", cmp.Or(o.access.d.resource.Stack.Region, "us-east-1")
		}
		return &edgelambda.Origin{S3: s}
	}
	scheme := o.scheme(viewerScheme)
	port := map[string]int{"http": 80, "https": 443}[scheme]
	if c := o.CustomOriginConfig; c != nil && scheme == "http" && c.HTTPPort != 0 {
		port = int(c.HTTPPort)
	} else if c != nil && scheme == "https" && c.HTTPSPort != 0 {
		port = int(c.HTTPSPort)
	}
	return &edgelambda.Origin{Custom: &edgelambda.CustomOrigin{
		DomainName: o.DomainName, Path: o.OriginPath, Port: port, Protocol: scheme, SSLProtocols: []string{"TLSv1.2"},
		ReadTimeout: int(o.readTimeout().Seconds()), KeepaliveTimeout: 5, CustomHeaders: custom,
	}}
}

// changedByLambda is the origin that a function put in place of another one.
func (d *Distribution) changedByLambda(o *origin, to *edgelambda.Origin) *origin {
	config := originConfig{Id: o.Id, OriginAccessControlId: o.OriginAccessControlId}
	var custom http.Header
	if s := to.S3; s != nil {
		config.DomainName, config.OriginPath, custom = s.DomainName, s.Path, s.CustomHeaders
		config.S3OriginConfig = &s3Origin{}
		if s.AuthMethod == "origin-access-identity" {
			config.S3OriginConfig.OriginAccessIdentity = o.access.identity
		}
	} else {
		c := to.Custom
		config.DomainName, config.OriginPath, custom = c.DomainName, c.Path, c.CustomHeaders
		config.CustomOriginConfig = &customOrigin{
			OriginProtocolPolicy: c.Protocol + "-only", HTTPPort: number(c.Port), HTTPSPort: number(c.Port), OriginReadTimeout: number(c.ReadTimeout),
		}
	}
	for name := range custom {
		config.OriginCustomHeaders = append(config.OriginCustomHeaders, customHeader{name, custom.Get(name)})
	}
	return d.atDomain(config)
}

// runOriginResponseLambda lets the origin-response function change what an origin
// answered, before it is kept.
func (x *exchange) runOriginResponseLambda(sent *OriginRequest, r *http.Response) (*http.Response, error) {
	if x.behavior.lambdas[edgelambda.OriginResponse] == nil {
		return r, nil
	}
	header := sent.Header.Clone()
	header.Set("Host", sent.Host)
	result := x.runLambda(edgelambda.OriginResponse, edgelambda.Request{URI: x.uri, QueryString: x.queryForLambda(), Header: header},
		&edgelambda.Response{Status: r.StatusCode, Description: http.StatusText(r.StatusCode), Header: r.Header.Clone()})
	switch {
	case result == nil:
		return r, nil
	case result.Err != nil:
		r.Body.Close()
		return nil, lambdaError(result.Err)
	}
	return lambdaResponse(result.Response, r), nil
}

func lambdaError(err *edgelambda.Error) *originError {
	return &originError{status: err.Kind.Status(), reason: err.Message, xCache: err.Kind.String() + " from cloudfront"}
}

// lambdaResponse is what a function made, of a response of the origin's or of
// nothing.
func lambdaResponse(made *edgelambda.Response, of *http.Response) *http.Response {
	r := &http.Response{StatusCode: made.Status, Header: made.Header.Clone()}
	if r.Header == nil {
		r.Header = http.Header{}
	}
	if of != nil && !made.HasBody {
		r.Body, r.ContentLength = of.Body, of.ContentLength
		return r
	}
	if of != nil {
		of.Body.Close()
	}
	if of == nil {
		r.Header.Set(madeAtEdge, edgelambda.Generated+" from cloudfront")
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(made.Body)), int64(len(made.Body))
	r.Header.Set("Content-Length", fmt.Sprint(len(made.Body)))
	return r
}

// runViewerResponseLambda lets the viewer-response function change the headers of
// an answer.
func (x *exchange) runViewerResponseLambda(a *answer) *answer {
	result := x.runLambda(edgelambda.ViewerResponse, edgelambda.Request{URI: x.uri, QueryString: x.query, Header: x.withHost(x.header)},
		&edgelambda.Response{Status: a.status, Description: http.StatusText(a.status), Header: a.header.Clone()})
	switch {
	case result == nil:
		return a
	case result.Err != nil:
		a.close()
		failed := lambdaFailed(result.Err)
		failed.from = fromOrigin // which was asked
		return failed
	}
	a.status, a.header = result.Response.Status, result.Response.Header
	if result.Response.HasBody {
		a.close()
		a.setBody(result.Response.Body)
	}
	return a
}
