package lambda

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// An answer is a response that is known as a whole, or the head of a streamed one.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func newAnswer(status int, contentType, body string) *answer {
	return &answer{status, http.Header{"Content-Type": {contentType}}, []byte(body)}
}

// send writes the answer.
func (a *answer) send(w http.ResponseWriter) {
	if bodyAllowed(a.status) {
		a.header.Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	a.sendHead(w)
	if bodyAllowed(a.status) {
		_, _ = w.Write(a.body) // the viewer may be gone
	}
}

func (a *answer) sendHead(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
}

func bodyAllowed(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}

// interpret makes an answer of what a function returns for payload format 2.0.
// An object with a statusCode describes the response, and everything else is its
// body. AWS's pages say "valid JSON" there, and show a string with its quotes; the
// services take what is not JSON as well, and send a string without them.
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.v2,
// observed in https://github.com/aws/aws-lambda-dotnet/tree/master/Tools/LambdaTestTool-v2/tests
// and https://github.com/localstack/localstack/blob/main/tests/aws/services/lambda_/test_lambda.py)
func interpret(payload []byte, defaultType string) (*answer, error) {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(payload, &fields)
	if _, described := fields["statusCode"]; described {
		return describe(fields, defaultType)
	}
	var text string
	if !bytes.HasPrefix(payload, []byte(`"`)) || json.Unmarshal(payload, &text) != nil {
		text = string(payload)
	}
	return newAnswer(http.StatusOK, "application/json", text), nil
}

// A description is an object that a function returns: in payload format 2.0 with
// cookies, in 1.0 with multiValueHeaders.
type description struct {
	headers map[string]json.RawMessage // strings, numbers, true and false
	multi   map[string][]string
	cookies []string
	body    string
	encoded bool // body is Base64
}

func newDescription(fields map[string]json.RawMessage) (*description, error) {
	d := &description{}
	for _, field := range []struct {
		name, want string
		target     any
	}{
		{"headers", "an object of strings", &d.headers},
		{"multiValueHeaders", "an object of lists of strings", &d.multi},
		{"cookies", "a list of strings", &d.cookies},
		{"body", "a string", &d.body},
		{"isBase64Encoded", "true or false", &d.encoded},
	} {
		if value, ok := fields[field.name]; ok && json.Unmarshal(value, field.target) != nil {
			return nil, malformed(field.name, value, field.want)
		}
	}
	return d, nil
}

// describe makes an answer of an object that a function returns.
func describe(fields map[string]json.RawMessage, defaultType string) (*answer, error) {
	d, err := newDescription(fields)
	if err != nil {
		return nil, err
	}
	a := &answer{status: http.StatusOK, header: http.Header{}, body: []byte(d.body)}
	if value, ok := fields["statusCode"]; ok {
		a.status, err = strconv.Atoi(strings.Trim(string(value), `"`))
		if err != nil || a.status < 200 || a.status > 599 {
			return nil, malformed("statusCode", value, "a number from 200 to 599")
		}
	}
	if err := a.addHeaders(d); err != nil {
		return nil, err
	}
	if a.header["Content-Type"] == nil {
		a.header.Set("Content-Type", defaultType)
	}
	if d.encoded {
		if a.body, err = base64.StdEncoding.DecodeString(d.body); err != nil {
			return nil, malformed("body", fields["body"], "Base64, since isBase64Encoded is true")
		}
	}
	return a, nil
}

func (a *answer) addHeaders(d *description) error {
	var failed error
	add := func(name, value string) {
		if err := a.add(name, value); err != nil {
			failed = err
		}
	}
	for _, cookie := range d.cookies {
		add("Set-Cookie", cookie)
	}
	for name, values := range d.multi {
		for _, value := range values {
			add(name, value)
		}
	}
	for name, value := range d.headers {
		text := string(value)
		switch value[0] {
		case '{', '[':
			return malformed("headers", value, "an object of strings")
		case '"':
			_ = json.Unmarshal(value, &text)
		}
		add(name, text)
	}
	return failed
}

// The headers that belong to a connection, or to a body that is not sent as the
// function saw it.
var connectionHeaders = []string{"Connection", "Content-Length", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

func (a *answer) add(name, value string) error {
	if name == "" || strings.ContainsFunc(name, notToken) || strings.ContainsAny(value, "\r\n\x00") {
		return fmt.Errorf("the response is malformed: %q cannot be sent as a header with the value %q", name, value)
	}
	if name = http.CanonicalHeaderKey(name); !slices.Contains(connectionHeaders, name) {
		a.header.Add(name, value)
	}
	return nil
}

// notToken reports a character that a header's name cannot have.
// (https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2)
func notToken(c rune) bool {
	return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
}

func malformed(field string, value json.RawMessage, want string) error {
	text := string(value)
	if len(text) > 100 {
		text = text[:100] + "…"
	}
	return fmt.Errorf("the response is malformed: %q is %s, return %s", field, text, want)
}

// integrationType marks a response that begins with its status and headers: an
// object as in the buffered form, without a body, then eight zero bytes.
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html#response-transfer-mode-lambda-format)
const integrationType = "application/vnd.awslambda.http-integration-response"

var preludeEnd = make([]byte, 8)

// maxPrelude is API Gateway's limit; that of function URLs is unstated.
const maxPrelude = 16 << 10

// readPrelude reads the head of a response of that type and leaves the rest.
func readPrelude(r io.ByteReader) (*answer, error) {
	var text []byte
	for !bytes.HasSuffix(text, preludeEnd) {
		c, err := r.ReadByte()
		if err != nil && err != io.EOF {
			return nil, err
		}
		if err == io.EOF || len(text) == maxPrelude {
			return nil, fmt.Errorf("the response is malformed: its type is %s, and there are no eight zero bytes after its head, within %d bytes", integrationType, maxPrelude)
		}
		text = append(text, c)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(bytes.TrimSuffix(text, preludeEnd), &fields); err != nil {
		return nil, fmt.Errorf("the response is malformed: its head is no JSON object: %w", err)
	}
	delete(fields, "body")
	return describe(fields, "application/octet-stream")
}
