package edgejs

import (
	"net/http"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim/internal/restrictions"
)

// A field is a header, a cookie or a parameter of the query string, as an event
// has it.
type field struct {
	name       string
	values     []string
	attributes []string // of the cookies of a response, else nil

	// sent are the values as they came. What a function leaves alone goes on
	// as it came, be it encoded as it may.
	sent []string

	changed bool // by the function
}

// fields are in the order in which they were sent.
type fields []field

func (f fields) get(name string) *field {
	for i := range f {
		if f[i].name == name {
			return &f[i]
		}
	}
	return nil
}

// add adds a value to the field of that name. Several values of one name are one
// field.
func (f fields) add(name, value, sent string) fields {
	if same := f.get(name); same != nil {
		same.values = append(same.values, value)
		same.sent = append(same.sent, sent)
		return f
	}
	return append(f, field{name: name, values: []string{value}, sent: []string{sent}})
}

// parsed are the fields of the event's request or response.
type parsed struct {
	headers, cookies, query fields
}

// headersOf returns the headers that functions see, host first and then by name,
// since a map does not know in which order they were sent.
func headersOf(header http.Header) fields {
	f := make(fields, 0, len(header))
	for key, values := range header {
		name := strings.ToLower(key)
		if len(values) > 0 && name != "cookie" && name != "set-cookie" && !restrictions.Hides(name) {
			f = append(f, field{name: name, values: restrictions.AllUTF8(values), sent: values})
		}
	}
	slices.SortFunc(f, func(a, b field) int {
		switch {
		case a.name == "host":
			return -1
		case b.name == "host":
			return 1
		}
		return strings.Compare(a.name, b.name)
	})
	return f
}

// cookiesOf parses the Cookie headers of a request.
func cookiesOf(header http.Header) fields {
	var f fields
	for _, line := range header["Cookie"] {
		f = split(f, line, ";")
	}
	return f
}

// queryOf parses a query string. Names and values stay encoded, as CloudFront
// leaves them.
func queryOf(raw string) fields { return split(nil, raw, "&") }

// split parses "a=1&b=2" and "a=1; b=2".
func split(f fields, text, separator string) fields {
	for part := range strings.SplitSeq(text, separator) {
		if part = strings.TrimSpace(part); part != "" {
			name, value, _ := strings.Cut(part, "=")
			f = f.add(restrictions.UTF8(name), restrictions.UTF8(value), part)
		}
	}
	return f
}

// setCookiesOf parses the Set-Cookie headers of a response.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html#functions-event-structure-cookie-attributes)
func setCookiesOf(header http.Header) fields {
	var f fields
	for _, line := range header["Set-Cookie"] {
		pair, attributes, _ := strings.Cut(line, ";")
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		name = restrictions.UTF8(name)
		f = f.add(name, restrictions.UTF8(value), line)
		same := f.get(name)
		same.attributes = append(same.attributes, restrictions.UTF8(strings.TrimSpace(attributes)))
	}
	return f
}

// replace puts the fields that a function returned in the place of those that it
// was given. Headers that functions do not see stay.
func replace(header http.Header, was, is fields) {
	for _, f := range was {
		if is.get(f.name) == nil {
			header.Del(f.name)
		}
	}
	for _, f := range is {
		// Capitalised by word, as AWS says of names that functions write.
		if f.changed {
			header[http.CanonicalHeaderKey(f.name)] = f.values
		}
	}
}

// join is the reverse of split. What was not changed is written as it was sent.
func (f fields) join(what, separator, forbidden string) (string, error) {
	var parts []string
	for _, each := range f {
		if !each.changed {
			parts = append(parts, each.sent...)
			continue
		}
		for _, value := range each.values {
			part := each.name + "=" + value
			if err := checkText(what, part, forbidden); err != nil {
				return "", err
			}
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, separator), nil
}
