package edgelambda

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"testing"
)

// event returns an event of a type with a little of everything in it.
func event(eventType string) *Event {
	e := &Event{
		Type: eventType, DistributionDomain: "d111111abcdef8.cloudfront.net", DistributionID: "EDFDVBD6EXAMPLE", RequestID: "id==",
		Request: Request{
			ClientIP: "203.0.113.178", Method: "POST", URI: "/a%20b", QueryString: "q=1",
			Header: http.Header{
				"Host": {"example.com"}, "Cookie": {"a=1; b=2"}, "X-Two": {"1", "2"}, "Content-Length": {"5"},
				"X-Forwarded-Proto": {"https"}, "X-Latin": {"caf\xe9"},
			},
			Body: []byte("hello"), IncludeBody: true,
		},
	}
	if !e.isViewer() {
		e.Request.Origin = &Origin{Custom: &CustomOrigin{
			DomainName: "origin.example.com", Path: "/base", Port: 443, Protocol: "https", SSLProtocols: []string{"TLSv1.2"},
			ReadTimeout: 30, KeepaliveTimeout: 5, CustomHeaders: http.Header{"X-Secret": {"s"}},
		}}
	}
	if !e.isRequest() {
		e.Response = &Response{Status: 404, Description: "Not Found", Header: http.Header{
			"Content-Type": {"text/html"}, "Set-Cookie": {"a=1", "b=2"}, "Content-Length": {"9"}, "X-Cache": {"hidden"}, "Via": {"1.1 x"},
		}}
	}
	return e
}

// returning is a function that returns what make makes of the event's request or,
// of a response event, response.
func returning(make func(subject map[string]any) any) Invoke {
	return func(_ context.Context, event []byte) ([]byte, error) {
		var e struct {
			Records []struct {
				CF struct {
					Request, Response map[string]any
				}
			}
		}
		if err := json.Unmarshal(event, &e); err != nil {
			return nil, err
		}
		subject := e.Records[0].CF.Response
		if subject == nil {
			subject = e.Records[0].CF.Request
		}
		return json.Marshal(make(subject))
	}
}

func unchanged(subject map[string]any) any { return subject }

// patched is a function that returns what it is given with a JSON merge patch
// applied, in which null removes a property.
func patched(t *testing.T, patch string) Invoke {
	t.Helper()
	var p any
	if err := json.Unmarshal([]byte(patch), &p); err != nil {
		t.Fatalf("%v in %s", err, patch)
	}
	return returning(func(subject map[string]any) any { return merge(subject, p) })
}

func merge(target, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	merged := map[string]any{}
	if t, ok := target.(map[string]any); ok {
		maps.Copy(merged, t)
	}
	for key, change := range changes {
		if change == nil {
			delete(merged, key)
		} else {
			merged[key] = merge(merged[key], change)
		}
	}
	return merged
}
