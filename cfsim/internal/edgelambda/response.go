package edgelambda

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// readResponse reads a response that a function made, or made of the one it was
// given.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-generating-http-responses.html)
func (e *Event) readResponse(o object) (*Response, error) {
	o.path = "response"
	r := &Response{}
	var err error
	if r.Status, err = e.readStatus(o); err != nil {
		return nil, err
	}
	if r.Description, err = o.textOr("statusDescription", ""); err != nil {
		return nil, err
	}
	if err := checkText(o.at("statusDescription"), r.Description, ""); err != nil {
		return nil, err
	}
	var was http.Header
	if !e.isRequest() {
		was = e.Response.Header
	}
	sent, err := e.readHeaders(o, was)
	if err != nil {
		return nil, err
	}
	r.Header = sent.over(was)
	return r, e.readResponseBody(o, r, sent.size())
}

// readStatus reads a status that is a number or, as AWS has it, a string.
func (e *Event) readStatus(o object) (int, error) {
	text := strings.Trim(string(o.fields["status"]), `"`)
	status, err := strconv.Atoi(text)
	if err != nil || status < 200 || status > 599 {
		return 0, fmt.Errorf(`%s is %s, want "200" to "599"`, o.at("status"), show(o.fields["status"]))
	}
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html#lambda-at-edge-restrictions-status-codes)
	if e.Type == ViewerResponse && status != e.Response.Status {
		return 0, fmt.Errorf("%s cannot be changed at %s, but %d was changed to %d; an origin-response function can change it", o.at("status"), e.Type, e.Response.Status, status)
	}
	return status, nil
}

// readResponseBody reads the body, if there is one, of a response whose headers
// have a size.
func (e *Event) readResponseBody(o object, r *Response, size int) error {
	if !o.has("body") {
		return e.checkSize(size)
	}
	text, err := o.text("body")
	if err != nil {
		return err
	}
	encoding, err := o.textOr("bodyEncoding", "text")
	if err != nil {
		return err
	}
	if r.Body, err = o.decode("body", text, "bodyEncoding", encoding); err != nil {
		return err
	}
	r.HasBody = true
	switch {
	case e.Type == ViewerResponse:
		// Unstated. AWS tells of bodies at the three other events only, and
		// Content-Length is read-only here.
		return fmt.Errorf("%s cannot be set at %s; an origin-response function can set it", o.at("body"), e.Type)
	case e.Type == ViewerRequest && r.Status == http.StatusNoContent:
		// That an empty one counts is unstated.
		return fmt.Errorf("%s is there, which a response of status 204 must not have at %s", o.at("body"), e.Type)
	}
	return e.checkSize(size + len(text))
}

// checkSize holds a response to what CloudFront takes from a function, 40 KB at
// viewer events and 1 MB at origin events, headers and body. How they are counted
// is unstated: here it is the names and values of the headers, and the body as it
// was returned, Base64 or not.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-lambda-at-edge)
func (e *Event) checkSize(size int) error {
	limit := 1 << 20
	if e.isViewer() {
		limit = 40 << 10
	}
	if size > limit {
		return fmt.Errorf("the response has %d bytes, headers and body, more than the %d that a function may return at %s", size, limit, e.Type)
	}
	return nil
}
