package edgetest

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// passed is the request that a function returned, to be sent on.
type passed struct {
	method, uri      string
	query            string // without its question mark, in the order it is sent
	headers, cookies fields
}

// answered is the response that a function returned.
type answered struct {
	status           int
	headers, cookies fields
	body             *string // nil for that of the origin
}

// judge checks what a function returned as CloudFront does, and returns either
// the request or the response in it. An error is a FunctionValidationError.
func judge(event Event, value json.RawMessage) (*passed, *answered, error) {
	var returned any
	if value != nil {
		if err := json.Unmarshal(value, &returned); err != nil {
			return nil, nil, err
		}
	}
	object, ok := returned.(map[string]any)
	if !ok {
		return nil, nil, fmt.Errorf("the function returned %s, want a request or a response", asJSON(returned))
	}
	if _, isResponse := object["statusCode"]; isResponse {
		response, err := judgeResponse(event, object)
		return nil, response, err
	}
	if event.Response != nil {
		return nil, nil, fmt.Errorf("the function returned %s at viewer-response, want a response", asJSON(returned))
	}
	request, err := judgeRequest(event, object)
	return request, nil, err
}

// sentRequest is the request of an event in the form of a returned one.
type sentRequest struct {
	query, headers, cookies fields
}

func requestOf(event Event) (sent sentRequest, err error) {
	var object map[string]any
	if err := convert(event.Request, &object); err != nil {
		return sent, err
	}
	var errs [3]error
	sent.query, errs[0] = readFields(object, "querystring", nil)
	sent.headers, errs[1] = readFields(object, "headers", nil)
	sent.cookies, errs[2] = readFields(object, "cookies", nil)
	return sent, errors.Join(errs[:]...)
}

// untouched returns the request that goes on if no function changes it.
func untouched(event Event) (*passed, error) {
	var object map[string]any
	if err := convert(event.Request, &object); err != nil {
		return nil, err
	}
	return judgeRequest(event, object)
}

func judgeRequest(event Event, object map[string]any) (*passed, error) {
	sent, err := requestOf(event)
	if err != nil {
		return nil, err
	}
	method, isText := object["method"].(string)
	uri, isURI := object["uri"].(string)
	if !isText || !isURI {
		return nil, fmt.Errorf("method %s and uri %s must be strings", asJSON(object["method"]), asJSON(object["uri"]))
	}
	query, queryErr := readQuery(event, object, sent.query)
	headers, headersErr := readFields(object, "headers", sent.headers)
	cookies, cookiesErr := readFields(object, "cookies", sent.cookies)
	if err := errors.Join(queryErr, headersErr, cookiesErr); err != nil {
		return nil, err
	}
	switch {
	case !strings.HasPrefix(uri, "/"):
		return nil, fmt.Errorf("the uri %q does not begin with a slash", uri)
	case method != event.Request.Method:
		return nil, fmt.Errorf("the method is read-only, but %s was changed to %s", event.Request.Method, method)
	}
	err = checkHeaders(headers, sent.headers, "cdn-loop", "content-length", "host", "transfer-encoding", "via")
	return &passed{method, uri, query, headers, cookies}, err
}

// readQuery returns the query string that goes to the origin. A text is sent as
// it is, an object that the function left alone as the viewer sent it. In which
// order another object is written is unstated; here it is by name.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html#functions-event-structure-query)
func readQuery(event Event, object map[string]any, sent fields) (string, error) {
	query, isText := object["querystring"].(string)
	if !isText {
		read, err := readFields(object, "querystring", sent)
		if err != nil {
			return "", err
		}
		if read.equal(sent) {
			if event.RawQuery == nil {
				return "", nil
			}
			return *event.RawQuery, nil
		}
		var parts []string
		for name, value := range read.all() {
			parts = append(parts, name+"="+value)
		}
		query = strings.Join(parts, "&")
	}
	// AWS names spaces, control characters and "#".
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-query-strings)
	if i := strings.IndexFunc(query, func(c rune) bool { return c <= ' ' || c == '#' || c == 0x7f }); i >= 0 {
		return "", fmt.Errorf("the querystring %q has %q in it", query, query[i])
	}
	return query, nil
}

func judgeResponse(event Event, object map[string]any) (*answered, error) {
	status, ok := object["statusCode"].(float64)
	if !ok || status != float64(int(status)) || status < 100 || status > 599 {
		return nil, fmt.Errorf("the statusCode %s is no integer from 100 to 599", asJSON(object["statusCode"]))
	}
	if description, ok := object["statusDescription"]; ok {
		if _, ok := description.(string); !ok {
			return nil, fmt.Errorf("the statusDescription %s is no string", asJSON(description))
		}
	}
	sent, err := responseOf(event)
	if err != nil {
		return nil, err
	}
	headers, headersErr := readFields(object, "headers", sent.headers)
	cookies, cookiesErr := readFields(object, "cookies", sent.cookies)
	body, bodyErr := readBody(object["body"])
	readOnly := []string{"warning", "via"}
	if event.Response == nil {
		readOnly = []string{"cdn-loop", "content-length", "host", "transfer-encoding", "via"}
	}
	return &answered{int(status), headers, cookies, body},
		errors.Join(headersErr, cookiesErr, bodyErr, checkHeaders(headers, sent.headers, readOnly...))
}

// responseOf is the response of an event in the form of a returned one.
func responseOf(event Event) (*answered, error) {
	if event.Response == nil {
		return &answered{}, nil
	}
	var object map[string]any
	if err := convert(event.Response, &object); err != nil {
		return nil, err
	}
	headers, headersErr := readFields(object, "headers", nil)
	cookies, cookiesErr := readFields(object, "cookies", nil)
	return &answered{status: event.Response.StatusCode, headers: headers, cookies: cookies}, errors.Join(headersErr, cookiesErr)
}

// readBody reads text or {encoding, data}. Nothing is no body of the function's
// own.
func readBody(v any) (*string, error) {
	switch body := v.(type) {
	case nil:
		return nil, nil
	case string:
		return &body, nil
	case map[string]any:
		data, ok := body["data"].(string)
		if ok && body["encoding"] == "text" {
			return &data, nil
		}
		if ok && body["encoding"] == "base64" {
			decoded, err := base64.StdEncoding.DecodeString(data)
			text := string(decoded)
			return &text, err
		}
	}
	return nil, fmt.Errorf("the body %s is neither a string nor {encoding, data}", asJSON(v))
}

// forbidden are the headers that functions neither see nor may add. A name that
// ends in a hyphen stands for all that begin with it.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-headers)
var forbidden = []string{
	"connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
	"trailer", "upgrade", "x-accel-buffering", "x-accel-charset", "x-accel-limit-rate", "x-accel-redirect", "x-amz-cf-",
	"x-amzn-auth", "x-amzn-cf-billing", "x-amzn-cf-id", "x-amzn-cf-xff", "x-amzn-errortype",
	"x-amzn-fle-profile", "x-amzn-header-count", "x-amzn-header-order", "x-amzn-lambda-integration-tag",
	"x-amzn-requestid", "x-cache", "x-edge-", "x-forwarded-proto", "x-real-ip",
}

func isForbidden(name string) bool {
	return slices.ContainsFunc(forbidden, func(f string) bool {
		return f == name || strings.HasSuffix(f, "-") && strings.HasPrefix(name, f)
	})
}

// checkHeaders compares the headers that a function returned with those it got.
// What is read-only it may neither set nor remove.
func checkHeaders(headers, sent fields, readOnly ...string) error {
	for _, name := range readOnly {
		if !slices.Equal(headers[name], sent[name]) {
			return fmt.Errorf("the header %s is read-only, but %q was changed to %q", name, sent[name], headers[name])
		}
	}
	for name := range headers {
		if name != strings.ToLower(name) {
			return fmt.Errorf("the header %q must be in lower case", name)
		}
		if isForbidden(name) {
			return fmt.Errorf("the header %q must not be added", name)
		}
	}
	return nil
}
