package edgelambda

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim/internal/restrictions"
)

// readOnly are the headers that functions see, but may neither add nor change nor
// remove. A response that a function of a request event makes is held to them too:
// CloudFront has been seen to refuse its Content-Length.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-read-only-headers,
// observed in https://github.com/opennextjs/opennextjs-aws/issues/427 and
// https://github.com/CodeGenieApp/serverless-express/issues/369)
var readOnly = map[string][]string{
	ViewerRequest: {"cdn-loop", "content-length", "host", "transfer-encoding", "via"},
	OriginRequest: {
		"accept-encoding", "cdn-loop", "content-length", "if-modified-since", "if-none-match", "if-range",
		"if-unmodified-since", "transfer-encoding", "via",
	},
	OriginResponse: {"transfer-encoding", "via"},
	ViewerResponse: {"content-encoding", "content-length", "transfer-encoding", "via", "warning"},
}

// readHeaders reads headers that a function returned in place of those it was
// given, and judges the difference.
func (e *Event) readHeaders(o object, was http.Header) (headers, error) {
	is, err := o.headers("headers")
	if err != nil {
		return nil, err
	}
	path := o.at("headers")
	for _, name := range readOnly[e.Type] {
		before, after := restrictions.AllUTF8(was.Values(name)), is[name]
		switch {
		case slices.Equal(before, after):
		case before == nil:
			return nil, fmt.Errorf("%s: %s is read-only at %s and must not be added", path, name, e.Type)
		case after == nil:
			return nil, fmt.Errorf("%s: %s is read-only at %s and must not be removed", path, name, e.Type)
		default:
			return nil, fmt.Errorf("%s: %s is read-only at %s, but %q was changed to %q", path, name, e.Type, before, after)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(is)) {
		if restrictions.Hides(name) {
			return nil, fmt.Errorf("%s: CloudFront allows no function to add %s", path, name)
		}
		if err := e.checkCountry(path, name, was); err != nil {
			return nil, err
		}
	}
	return is, nil
}

// checkCountry rejects the one header of CloudFront's own that a function must not
// add, and only at viewer-request.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html#lambda-at-edge-restrictions-cloudfront-headers)
func (e *Event) checkCountry(path, name string, was http.Header) error {
	if e.Type != ViewerRequest || name != "cloudfront-viewer-country" || was.Values(name) != nil {
		return nil
	}
	return fmt.Errorf("%s: a function must not add %s at %s", path, name, e.Type)
}

// headers are by their names in lower case, each with one value at least.
type headers map[string][]string

// headers reads {name: [{key, value}]}, and nothing if there are none.
func (o object) headers(key string) (headers, error) {
	found := headers{}
	if !o.has(key) {
		return found, nil
	}
	list, err := o.object(key)
	if err != nil {
		return nil, err
	}
	for _, key := range list.keys() {
		values, err := list.header(key)
		if err != nil {
			return nil, err
		}
		// A name need not be in lower case. That two that differ in case are one
		// header is unstated.
		name := strings.ToLower(key)
		found[name] = append(found[name], values...)
	}
	return found, nil
}

// header reads [{key, value}]. The key, which may be left out, is the name as it is
// to be spelled; that it must not be another name is unstated, and so is that a
// header needs a value. CloudFront's own message tells that a value is a string or
// a list of strings.
// (https://github.com/aws-samples/cloudfront-authorization-at-edge/issues/12)
func (o object) header(name string) ([]string, error) {
	if name == "" || strings.ContainsFunc(name, notToken) {
		return nil, fmt.Errorf("%s: %q is no name of a header", o.path, name)
	}
	var list []json.RawMessage
	want := fmt.Sprintf(`a list such as [{"key": %q, "value": "…"}]`, http.CanonicalHeaderKey(name))
	if err := o.get(name, want, &list); err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s is an empty list; delete the header, or give it a value", o.at(name))
	}
	var values []string
	for i, text := range list {
		field, err := parseObject(fmt.Sprintf("%s[%d]", o.at(name), i), text)
		if err != nil {
			return nil, err
		}
		if key, err := field.textOr("key", name); err != nil {
			return nil, err
		} else if !strings.EqualFold(key, name) {
			return nil, fmt.Errorf("%s is %s, want %s or none", field.at("key"), short(key), http.CanonicalHeaderKey(name))
		}
		more, err := field.values()
		if err != nil {
			return nil, err
		}
		values = append(values, more...)
	}
	return values, nil
}

// values reads the value of a header's field.
func (o object) values() ([]string, error) {
	var values []string
	if json.Unmarshal(o.fields["value"], &values) != nil || values == nil {
		value, err := o.text("value")
		if err != nil {
			return nil, err
		}
		values = []string{value}
	}
	for _, value := range values {
		// CloudFront refuses a line break, by which a viewer could add headers.
		// (https://github.com/aws-ia/cloudformation-aws-marketplace-saas/issues/54)
		if err := checkText(o.at("value"), value, ""); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// notToken reports a character that a header's name cannot have.
// (https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2)
func notToken(c rune) bool {
	return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
}

// over returns the header that results. Those that functions do not see stay, and
// values that were not changed stay as they came.
func (h headers) over(was http.Header) http.Header {
	result := http.Header{}
	for key, values := range was {
		if restrictions.Hides(strings.ToLower(key)) {
			result[key] = values
		}
	}
	for name, values := range h {
		if before := was.Values(name); slices.Equal(restrictions.AllUTF8(before), values) {
			values = before
		}
		result[http.CanonicalHeaderKey(name)] = values
	}
	return result
}

func (h headers) size() int {
	n := 0
	for name, values := range h {
		for _, value := range values {
			n += len(name) + len(value)
		}
	}
	return n
}
