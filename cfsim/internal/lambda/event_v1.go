package lambda

import (
	"net/http"
	"time"
)

// An eventV1 is a request in payload format 1.0.
type eventV1 struct {
	Version                         string              `json:"version"`
	Resource                        string              `json:"resource"`
	Path                            string              `json:"path"`
	HTTPMethod                      string              `json:"httpMethod"`
	Headers                         map[string]string   `json:"headers"`
	MultiValueHeaders               map[string][]string `json:"multiValueHeaders"`
	QueryStringParameters           map[string]string   `json:"queryStringParameters"`
	MultiValueQueryStringParameters map[string][]string `json:"multiValueQueryStringParameters"`
	PathParameters                  map[string]string   `json:"pathParameters"`
	StageVariables                  map[string]string   `json:"stageVariables"`
	RequestContext                  requestContextV1    `json:"requestContext"`
	Body                            *string             `json:"body"`
	IsBase64Encoded                 bool                `json:"isBase64Encoded"`
}

type requestContextV1 struct {
	AccountID         string `json:"accountId"`
	APIID             string `json:"apiId"`
	DomainName        string `json:"domainName"`
	DomainPrefix      string `json:"domainPrefix"`
	ExtendedRequestID string `json:"extendedRequestId"`
	HTTPMethod        string `json:"httpMethod"`
	Identity          struct {
		SourceIP  string `json:"sourceIp"`
		UserAgent string `json:"userAgent"`
	} `json:"identity"`
	Path             string `json:"path"`
	Protocol         string `json:"protocol"`
	RequestID        string `json:"requestId"`
	RequestTime      string `json:"requestTime"`
	RequestTimeEpoch int64  `json:"requestTimeEpoch"` // milliseconds
	ResourcePath     string `json:"resourcePath"`
	Stage            string `json:"stage"`
}

// v1 returns the event in payload format 1.0. Of several values of a header or a
// parameter the last one is in the fields for single ones.
func (e *event) v1(r *http.Request, resource string) *eventV1 {
	c := &e.RequestContext
	v := &eventV1{
		Version:           "1.0",
		Resource:          resource,
		Path:              e.RawPath,
		HTTPMethod:        r.Method,
		MultiValueHeaders: headers(r, e.Headers["host"], time.UnixMilli(c.TimeEpoch)),
		PathParameters:    e.PathParameters,
		StageVariables:    e.StageVariables,
		IsBase64Encoded:   e.IsBase64Encoded,
		RequestContext: requestContextV1{
			AccountID: c.AccountID, APIID: c.APIID, DomainName: c.DomainName, DomainPrefix: c.DomainPrefix,
			RequestID: c.RequestID, ExtendedRequestID: c.RequestID,
			RequestTime: c.Time, RequestTimeEpoch: c.TimeEpoch,
			HTTPMethod: r.Method, Path: e.RawPath, Protocol: r.Proto, ResourcePath: resource, Stage: c.Stage,
		},
	}
	v.RequestContext.Identity.SourceIP = c.HTTP.SourceIP
	v.RequestContext.Identity.UserAgent = c.HTTP.UserAgent
	v.MultiValueHeaders["x-amzn-trace-id"] = []string{e.Headers["x-amzn-trace-id"]}
	v.Headers = last(v.MultiValueHeaders)
	if query := query(r); len(query) > 0 {
		v.MultiValueQueryStringParameters = query
		v.QueryStringParameters = last(query)
	}
	if e.Body != "" {
		v.Body = &e.Body
	}
	return v
}

func last(values map[string][]string) map[string]string {
	single := map[string]string{}
	for name, all := range values {
		single[name] = all[len(all)-1]
	}
	return single
}
