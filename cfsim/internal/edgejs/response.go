package edgejs

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"

	"github.com/dop251/goja"
)

// readResponse reads a response, made by a viewer-request function or changed by
// a viewer-response function.
func (r *run) readResponse(object *goja.Object) (*Response, error) {
	status := object.Get("statusCode")
	code := status.ToInteger()
	// The range is that of Lambda@Edge; of functions AWS says no more than
	// "an integer, not a string".
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-generating-http-responses.html)
	if !goja.IsNumber(status) || status.ToFloat() != float64(code) || code < 200 || code > 599 {
		return nil, fmt.Errorf("response.statusCode is %s, want an integer from 200 to 599", describe(status))
	}
	response := &Response{Status: int(code)}
	if description := object.Get("statusDescription"); !isMissing(description) {
		if _, ok := description.(goja.String); !ok {
			return nil, fmt.Errorf("response.statusDescription is %s, want a string", describe(description))
		}
		response.Description = description.String()
		if err := checkText("response.statusDescription", response.Description, ""); err != nil {
			return nil, err
		}
	}
	var err, bodyErr error
	response.Header, err = r.readResponseHeader(object)
	response.Body, response.HasBody, bodyErr = readBody(object.Get("body"))
	return response, errors.Join(err, bodyErr)
}

func (r *run) readResponseHeader(object *goja.Object) (http.Header, error) {
	// A response that a viewer-request function makes has nothing to be
	// compared with, but what is read-only there it cannot set either.
	headersWere, cookiesWere := none, none
	header := http.Header{}
	if r.event.Response != nil {
		headersWere, cookiesWere = r.responseHeaderFields, r.setCookieFields
		maps.Copy(header, r.event.Response.Header)
	}
	headers, changed, err := r.readFields(object, "response", "headers", headersWere)
	if err != nil {
		return nil, err
	}
	if changed {
		if err := checkHeaders("response.headers", r.event.Type, headersWere(), headers); err != nil {
			return nil, err
		}
		replace(header, headersWere(), headers)
	}
	cookies, changed, err := r.readFields(object, "response", "cookies", cookiesWere)
	if err != nil || !changed {
		return header, err
	}
	delete(header, "Set-Cookie")
	for i := range cookies {
		lines, err := cookies[i].setCookies()
		if err != nil {
			return nil, err
		}
		header["Set-Cookie"] = append(header["Set-Cookie"], lines...)
	}
	return header, nil
}

func none() fields { return nil }

// setCookies returns the Set-Cookie headers of a cookie.
func (f *field) setCookies() ([]string, error) {
	if !f.changed {
		return f.sent, nil
	}
	var lines []string
	for i, value := range f.values {
		line := f.name + "=" + value
		if err := checkText("response.cookies", line, ";"); err != nil {
			return nil, err
		}
		if attributes := f.attributes[i]; attributes != "" {
			line += "; " + attributes
		}
		if err := checkText("response.cookies", line, ""); err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// readBody reads a body: a string, or {encoding, data}.
func readBody(v goja.Value) (body []byte, ok bool, err error) {
	if isMissing(v) {
		return nil, false, nil
	}
	if s, ok := v.(goja.String); ok {
		return []byte(s.String()), true, nil
	}
	object, isObject := v.(*goja.Object)
	if !isObject {
		return nil, false, fmt.Errorf("response.body is %s, want a string or {encoding: 'text', data: '…'}", describe(v))
	}
	data, isText := object.Get("data").(goja.String)
	if !isText {
		return nil, false, fmt.Errorf("response.body.data is %s, want a string", describe(object.Get("data")))
	}
	switch encoding := text(object.Get("encoding")); encoding {
	case "text":
		return []byte(data.String()), true, nil
	case "base64":
		body, err := base64.StdEncoding.DecodeString(data.String())
		if err != nil {
			return nil, false, fmt.Errorf("response.body.data is no base64: %w", err)
		}
		return body, true, nil
	default:
		return nil, false, fmt.Errorf("response.body.encoding is %q, want \"text\" or \"base64\"", encoding)
	}
}
