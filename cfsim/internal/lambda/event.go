package lambda

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// An event is a request in payload format 2.0, which HTTP APIs and function URLs
// share.
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html,
// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads)
type event struct {
	Version               string            `json:"version"`
	RouteKey              string            `json:"routeKey"`
	RawPath               string            `json:"rawPath"`
	RawQueryString        string            `json:"rawQueryString"`
	Cookies               []string          `json:"cookies,omitempty"`
	Headers               map[string]string `json:"headers"`
	QueryStringParameters map[string]string `json:"queryStringParameters,omitempty"`
	PathParameters        map[string]string `json:"pathParameters,omitempty"`
	StageVariables        map[string]string `json:"stageVariables,omitempty"`
	RequestContext        requestContext    `json:"requestContext"`
	Body                  string            `json:"body,omitempty"`
	IsBase64Encoded       bool              `json:"isBase64Encoded"`
}

type requestContext struct {
	AccountID    string `json:"accountId"`
	APIID        string `json:"apiId"`
	DomainName   string `json:"domainName"`
	DomainPrefix string `json:"domainPrefix"`
	HTTP         struct {
		Method    string `json:"method"`
		Path      string `json:"path"`
		Protocol  string `json:"protocol"`
		SourceIP  string `json:"sourceIp"`
		UserAgent string `json:"userAgent"`
	} `json:"http"`
	RequestID string `json:"requestId"`
	RouteKey  string `json:"routeKey"`
	Stage     string `json:"stage"`
	Time      string `json:"time"`
	TimeEpoch int64  `json:"timeEpoch"` // milliseconds
}

// newEvent fills in what both fronts have in common. A domain that is not given
// is the Host that the request came with.
func newEvent(r *http.Request, body []byte, domain, requestID string) *event {
	now := time.Now().UTC()
	e := &event{
		Version:        "2.0",
		RouteKey:       "$default",
		RawQueryString: r.URL.RawQuery,
		Headers:        map[string]string{},
	}
	for name, values := range headers(r, domain, now) {
		e.Headers[name] = strings.Join(values, ",")
	}
	for _, line := range r.Header["Cookie"] {
		for cookie := range strings.SplitSeq(line, ";") {
			e.Cookies = append(e.Cookies, strings.TrimSpace(cookie))
		}
	}
	if query := query(r); len(query) > 0 {
		e.QueryStringParameters = map[string]string{}
		for name, values := range query {
			e.QueryStringParameters[name] = strings.Join(values, ",")
		}
	}
	e.Body, e.IsBase64Encoded = encode(body, r.Header.Get("Content-Type"))

	c := &e.RequestContext
	c.AccountID = account
	c.DomainName = e.Headers["host"]
	c.DomainPrefix, _, _ = strings.Cut(c.DomainName, ".")
	c.APIID = c.DomainPrefix
	c.HTTP.Method = r.Method
	c.HTTP.Protocol = r.Proto
	c.HTTP.SourceIP = sourceIP(r)
	c.HTTP.UserAgent = r.UserAgent()
	c.RequestID = requestID
	c.RouteKey = e.RouteKey
	c.Stage = "$default"
	c.Time = now.Format("02/Jan/2006:15:04:05 -0700")
	c.TimeEpoch = now.UnixMilli()
	return e
}

// headers returns a request's headers as a function sees them: with lower-case
// names, and with those that AWS adds. Its endpoints speak HTTPS only.
func headers(r *http.Request, domain string, now time.Time) map[string][]string {
	h := map[string][]string{}
	for name, values := range r.Header {
		if len(values) > 0 {
			h[strings.ToLower(name)] = values
		}
	}
	if domain == "" {
		domain = r.Host
	}
	h["host"] = []string{domain}
	h["x-forwarded-proto"] = []string{"https"}
	h["x-forwarded-port"] = []string{"443"}
	// Unstated: whether the caller's is kept. To lose the viewer's address would
	// be worse than to show one too many.
	if ip := sourceIP(r); ip != "" {
		h["x-forwarded-for"] = []string{strings.Join(append(slices.Clone(h["x-forwarded-for"]), ip), ", ")}
	}
	if h["x-amzn-trace-id"] == nil {
		h["x-amzn-trace-id"] = []string{newTrace(now.Unix())}
	}
	return h
}

// rawPath returns the path as the viewer spelled it.
func rawPath(r *http.Request) string { return cmp.Or(r.URL.EscapedPath(), "/") }

// query returns the decoded parameters. Those that cannot be decoded are left
// out; rawQueryString has them.
func query(r *http.Request) url.Values {
	values, _ := url.ParseQuery(r.URL.RawQuery)
	return values
}

func sourceIP(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

// textTypes are the content types besides text/* whose bodies arrive as they
// are. AWS says that binary ones are encoded and not which these are; that all
// others are, forms and a missing type included, was observed.
// (https://github.com/ministackorg/ministack/pull/766)
var textTypes = []string{"application/json", "application/xml", "application/javascript"}

// encode returns a body as a string of an event, and whether that is Base64.
func encode(body []byte, contentType string) (string, bool) {
	kind, _, _ := mime.ParseMediaType(contentType)
	text := strings.HasPrefix(kind, "text/") || slices.Contains(textTypes, kind)
	// Unstated: what becomes of text that is not UTF-8, such as compressed text.
	// An event is JSON, which cannot hold it.
	if len(body) == 0 || text && utf8.Valid(body) {
		return string(body), false
	}
	return base64.StdEncoding.EncodeToString(body), true
}

// newGatewayID returns an id in the form of API Gateway's request ids.
func newGatewayID() string {
	var b [11]byte
	rand.Read(b[:]) // never fails
	return base64.StdEncoding.EncodeToString(b[:])
}
