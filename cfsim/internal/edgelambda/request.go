package edgelambda

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxURI is what the path and the query string together must stay below, in
// characters.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-uri)
const maxURI = 8192

// readRequest reads a request that a function passes on. That uri, querystring and
// headers have to be there is unstated; in a request that came from the event they
// are.
func (e *Event) readRequest(o object) (*Request, error) {
	o.path = "request"
	was := &e.Request
	is := *was
	if err := o.readOnly("method", was.Method); err != nil {
		return nil, err
	}
	if err := o.readOnly("clientIp", was.ClientIP); err != nil {
		return nil, err
	}
	if err := o.need("headers", "those of the event, or others"); err != nil {
		return nil, err
	}
	var err error
	if is.URI, is.QueryString, err = e.readURI(o); err != nil {
		return nil, err
	}
	sent, err := e.readHeaders(o, was.Header)
	if err != nil {
		return nil, err
	}
	is.Header = sent.over(was.Header)
	if err := e.readBody(o, &is); err != nil {
		return nil, err
	}
	is.Origin, err = e.readOrigin(o, sent)
	return &is, err
}

func (e *Event) readURI(o object) (uri, query string, err error) {
	if uri, err = o.text("uri"); err != nil {
		return "", "", err
	}
	if query, err = o.text("querystring"); err != nil {
		return "", "", err
	}
	was := &e.Request
	uri, query = kept(was.URI, uri), kept(was.QueryString, query)
	if uri != was.URI {
		if !strings.HasPrefix(uri, "/") {
			return "", "", fmt.Errorf("%s is %s, want a path that begins with a slash", o.at("uri"), short(uri))
		}
		if err := checkText(o.at("uri"), uri, ""); err != nil {
			return "", "", err
		}
	}
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-query-strings)
	if query != was.QueryString {
		if err := checkText(o.at("querystring"), query, " \t#"); err != nil {
			return "", "", err
		}
	}
	n := utf8.RuneCountInString(uri) + 1 + utf8.RuneCountInString(query)
	if n >= maxURI && (uri != was.URI || query != was.QueryString) {
		return "", "", fmt.Errorf("%s and the query string have %d characters together, want less than %d", o.at("uri"), n, maxURI)
	}
	return uri, query, nil
}

// readBody reads what becomes of the body. One that is longer than what a function
// may return fails, and is not cut off.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html#request-event-fields-request-body,
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html#lambda-at-edge-restrictions-request-body)
func (e *Event) readBody(o object, is *Request) error {
	if !o.has("body") {
		return nil
	}
	body, err := o.object("body")
	if err != nil {
		return err
	}
	switch action, err := body.textOr("action", "read-only"); {
	case err != nil:
		return err
	case action == "read-only":
		return nil
	case action != "replace":
		return fmt.Errorf(`%s is %s, want "read-only" or "replace"`, body.at("action"), short(action))
	case !is.IncludeBody:
		// Unstated: the body is not there to be replaced.
		return fmt.Errorf("%s cannot be replaced, as the function's association does not include the body: set IncludeBody", body.path)
	}
	text, err := body.text("data")
	if err != nil {
		return err
	}
	encoding, err := body.textOr("encoding", "base64")
	if err != nil {
		return err
	}
	limit := BodyLimit(e.Type)
	if encoding == "base64" {
		limit = limit * 133 / 100 // so AWS: 53.2 KB and 1.33 MB
	}
	if len(text) > limit {
		return fmt.Errorf("%s has %d bytes, more than the %d that a function may return at %s", body.at("data"), len(text), limit, e.Type)
	}
	is.BodyReplaced = true
	is.Body, err = body.decode("data", text, "encoding", encoding)
	return err
}

// decode decodes text, which is one property, by what another one says it is.
func (o object) decode(key, text, by, encoding string) ([]byte, error) {
	switch encoding {
	case "text":
		return []byte(text), nil
	case "base64":
		decoded, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, fmt.Errorf(`%s is no Base64, which %s says it is: %w`, o.at(key), o.at(by), err)
		}
		return decoded, nil
	}
	return nil, fmt.Errorf(`%s is %s, want "text" or "base64"`, o.at(by), short(encoding))
}
