package edgetest

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// passed is the request that a function returned, to be sent on.
type passed struct {
	method, uri             string
	query, headers, cookies fields
}

// answered is the response that a function returned.
type answered struct {
	status  int
	headers fields
	body    string
}

// fields are the values of each name in a headers, cookies or querystring
// object.
type fields map[string][]string

// all yields every value with its name, by name.
func (f fields) all() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for _, name := range slices.Sorted(maps.Keys(f)) {
			for _, value := range f[name] {
				if !yield(name, value) {
					return
				}
			}
		}
	}
}

func (f fields) joined() map[string]string {
	joined := make(map[string]string, len(f))
	for name, values := range f {
		joined[name] = strings.Join(values, ", ")
	}
	return joined
}

// judge checks what a function returned as CloudFront does, and returns either
// the request or the response in it. An error is a FunctionValidationError.
func judge(event Event, value json.RawMessage) (*passed, *answered, error) {
	sent, err := asSent(event)
	if err != nil {
		return nil, nil, err
	}
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
		response, err := readResponse(object)
		return nil, response, err
	}
	request, err := readRequest(object)
	if err == nil {
		err = request.check(sent)
	}
	return request, nil, err
}

// asSent returns the request that a function gets if it does not change it.
func asSent(event Event) (*passed, error) {
	var object map[string]any
	if err := convert(event.Request, &object); err != nil {
		return nil, err
	}
	return readRequest(object)
}

func readRequest(object map[string]any) (*passed, error) {
	method, isText := object["method"].(string)
	uri, isURI := object["uri"].(string)
	if !isText || !isURI {
		return nil, fmt.Errorf("method %s and uri %s must be strings", asJSON(object["method"]), asJSON(object["uri"]))
	}
	query, queryErr := readFields(object, "querystring")
	headers, headersErr := readFields(object, "headers")
	cookies, cookiesErr := readFields(object, "cookies")
	return &passed{method, uri, query, headers, cookies}, errors.Join(queryErr, headersErr, cookiesErr)
}

// check compares a returned request with the one that was sent.
func (p *passed) check(sent *passed) error {
	if !strings.HasPrefix(p.uri, "/") {
		return fmt.Errorf("the uri %q does not begin with a slash", p.uri)
	}
	if p.method != sent.method {
		return fmt.Errorf("the method is read-only, but %s was changed to %s", sent.method, p.method)
	}
	for _, name := range readOnly {
		if !slices.Equal(p.headers[name], sent.headers[name]) {
			return fmt.Errorf("the header %s is read-only, but %q was changed to %q", name, sent.headers[name], p.headers[name])
		}
	}
	return checkNames(p.headers)
}

func readResponse(object map[string]any) (*answered, error) {
	status, ok := object["statusCode"].(float64)
	if !ok || status != float64(int(status)) || status < 100 || status > 599 {
		return nil, fmt.Errorf("the statusCode %s is no integer from 100 to 599", asJSON(object["statusCode"]))
	}
	if description, ok := object["statusDescription"]; ok {
		if _, ok := description.(string); !ok {
			return nil, fmt.Errorf("the statusDescription %s is no string", asJSON(description))
		}
	}
	headers, err := readFields(object, "headers")
	if err != nil {
		return nil, err
	}
	for _, name := range readOnly {
		if _, ok := headers[name]; ok {
			return nil, fmt.Errorf("the header %s is read-only", name)
		}
	}
	// Cookies are checked and forgotten: no caller asks for them.
	_, cookiesErr := readFields(object, "cookies")
	body, bodyErr := readBody(object["body"])
	return &answered{int(status), headers, body}, errors.Join(checkNames(headers), cookiesErr, bodyErr)
}

func readBody(v any) (string, error) {
	switch body := v.(type) {
	case nil:
		return "", nil
	case string:
		return body, nil
	case map[string]any:
		data, ok := body["data"].(string)
		if ok && body["encoding"] == "text" {
			return data, nil
		}
		if ok && body["encoding"] == "base64" {
			decoded, err := base64.StdEncoding.DecodeString(data)
			return string(decoded), err
		}
	}
	return "", fmt.Errorf("the body %s is neither a string nor {encoding, data}", asJSON(v))
}

// readFields reads {name: {value, multiValue: [{value}]}}.
func readFields(object map[string]any, key string) (fields, error) {
	if object[key] == nil {
		return nil, nil
	}
	all, ok := object[key].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s is %s, want an object", key, asJSON(object[key]))
	}
	read := fields{}
	for name, v := range all {
		field, _ := v.(map[string]any)
		several, hasSeveral := field["multiValue"].([]any)
		if !hasSeveral {
			several = []any{field}
		}
		for _, one := range several {
			one, _ := one.(map[string]any)
			text, ok := one["value"].(string)
			if !ok {
				return nil, fmt.Errorf("%s %q is %s, want {\"value\": \"…\"}", key, name, asJSON(v))
			}
			read[name] = append(read[name], text)
		}
	}
	return read, nil
}

// readOnly are the headers that a viewer-request function may read, but neither
// set nor remove.
var readOnly = []string{"content-length", "host", "transfer-encoding", "via"}

// forbidden are the headers that functions neither see nor may add. A name that
// ends in a hyphen stands for all that begin with it.
var forbidden = []string{
	"connection", "expect", "keep-alive", "proxy-", "trailer", "upgrade", "x-accel-", "x-amz-cf-",
	"x-amzn-auth", "x-amzn-cf-billing", "x-amzn-cf-id", "x-amzn-cf-xff", "x-amzn-errortype",
	"x-amzn-fle-profile", "x-amzn-header-count", "x-amzn-header-order", "x-amzn-lambda-integration-tag",
	"x-amzn-requestid", "x-cache", "x-edge-", "x-forwarded-proto", "x-real-ip",
}

func isForbidden(name string) bool {
	return slices.ContainsFunc(forbidden, func(f string) bool {
		return f == name || strings.HasSuffix(f, "-") && strings.HasPrefix(name, f)
	})
}

func checkNames(headers fields) error {
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
