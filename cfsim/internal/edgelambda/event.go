package edgelambda

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim/internal/restrictions"
)

// encode makes the event object.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html)
func (e *Event) encode() ([]byte, error) {
	var cf struct {
		Config   configJSON    `json:"config"`
		Request  requestJSON   `json:"request"`
		Response *responseJSON `json:"response,omitempty"`
	}
	cf.Config = configJSON{e.DistributionDomain, e.DistributionID, e.Type, e.RequestID}
	cf.Request = e.requestJSON()
	if r := e.Response; !e.isRequest() {
		cf.Response = &responseJSON{headersOf(r.Header), strconv.Itoa(r.Status), restrictions.UTF8(r.Description)}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	type record struct {
		CF any `json:"cf"`
	}
	err := encoder.Encode(map[string][]record{"Records": {{cf}}})
	return bytes.TrimSpace(text.Bytes()), err
}

type configJSON struct {
	DistributionDomainName string `json:"distributionDomainName"`
	DistributionID         string `json:"distributionId"`
	EventType              string `json:"eventType"`
	RequestID              string `json:"requestId"`
}

type requestJSON struct {
	Body        *bodyJSON   `json:"body,omitempty"`
	ClientIP    string      `json:"clientIp"`
	Headers     headersJSON `json:"headers"`
	Method      string      `json:"method"`
	Origin      *originJSON `json:"origin,omitempty"`
	QueryString string      `json:"querystring"`
	URI         string      `json:"uri"`
}

type responseJSON struct {
	Headers           headersJSON `json:"headers"`
	Status            string      `json:"status"`
	StatusDescription string      `json:"statusDescription"`
}

func (e *Event) requestJSON() requestJSON {
	r := &e.Request
	request := requestJSON{
		ClientIP: r.ClientIP, Headers: headersOf(r.Header), Method: r.Method,
		QueryString: restrictions.UTF8(r.QueryString), URI: restrictions.UTF8(r.URI),
	}
	if r.IncludeBody && e.isRequest() {
		request.Body = newBodyJSON(r.Body, BodyLimit(e.Type))
	}
	if !e.isViewer() {
		request.Origin = r.Origin.json()
	}
	return request
}

// BodyLimit is how much of a request's body a function of an event sees, in bytes.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html#lambda-at-edge-restrictions-request-body)
func BodyLimit(eventType string) int {
	if eventType == ViewerRequest {
		return 40 << 10
	}
	return 1 << 20
}

type bodyJSON struct {
	Action         string `json:"action"`
	Data           string `json:"data"`
	Encoding       string `json:"encoding"`
	InputTruncated bool   `json:"inputTruncated"`
}

// newBodyJSON is there for a request without a body, too. AWS's pages do not say
// so, but it is in logged events of GET requests.
func newBodyJSON(body []byte, limit int) *bodyJSON {
	return &bodyJSON{
		Action: "read-only", Encoding: "base64",
		Data:           base64.StdEncoding.EncodeToString(body[:min(limit, len(body))]),
		InputTruncated: len(body) > limit,
	}
}

// headersJSON are headers by their names in lower case.
type headersJSON map[string][]headerJSON

type headerJSON struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// headersOf are the headers that functions see.
func headersOf(header http.Header) headersJSON {
	headers := headersJSON{}
	for key, values := range header {
		name := strings.ToLower(key)
		if restrictions.Hides(name) {
			continue
		}
		for _, value := range values {
			headers[name] = append(headers[name], headerJSON{key, restrictions.UTF8(value)})
		}
	}
	return headers
}
