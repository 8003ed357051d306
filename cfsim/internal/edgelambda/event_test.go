package edgelambda

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// seen returns what a function of an event is passed.
func seen(t *testing.T, e *Event) any {
	t.Helper()
	var got any
	Run(t.Context(), func(_ context.Context, event []byte) ([]byte, error) {
		if err := json.Unmarshal(event, &got); err != nil {
			t.Fatalf("%v in %s", err, event)
		}
		return []byte("null"), nil
	}, e)
	return got
}

func TestEvents(t *testing.T) {
	const request = `
		"clientIp": "203.0.113.178",
		"headers": {
			"content-length": [{"key": "Content-Length", "value": "5"}],
			"cookie": [{"key": "Cookie", "value": "a=1; b=2"}],
			"host": [{"key": "Host", "value": "example.com"}],
			"x-latin": [{"key": "X-Latin", "value": "café"}],
			"x-two": [{"key": "X-Two", "value": "1"}, {"key": "X-Two", "value": "2"}]
		},
		"method": "POST", "querystring": "q=1", "uri": "/a%20b"`
	const body = `, "body": {"action": "read-only", "data": "aGVsbG8=", "encoding": "base64", "inputTruncated": false}`
	const origin = `, "origin": {"custom": {
		"customHeaders": {"x-secret": [{"key": "X-Secret", "value": "s"}]}, "domainName": "origin.example.com",
		"keepaliveTimeout": 5, "path": "/base", "port": 443, "protocol": "https", "readTimeout": 30, "sslProtocols": ["TLSv1.2"]
	}}`
	const response = `, "response": {
		"headers": {
			"content-length": [{"key": "Content-Length", "value": "9"}],
			"content-type": [{"key": "Content-Type", "value": "text/html"}],
			"set-cookie": [{"key": "Set-Cookie", "value": "a=1"}, {"key": "Set-Cookie", "value": "b=2"}],
			"via": [{"key": "Via", "value": "1.1 x"}]
		},
		"status": "404", "statusDescription": "Not Found"
	}`
	for eventType, cf := range map[string]string{
		ViewerRequest:  `"request": {` + request + body + `}`,
		OriginRequest:  `"request": {` + request + body + origin + `}`,
		OriginResponse: `"request": {` + request + origin + `}` + response,
		ViewerResponse: `"request": {` + request + `}` + response,
	} {
		text := `{"Records": [{"cf": {
			"config": {"distributionDomainName": "d111111abcdef8.cloudfront.net", "distributionId": "EDFDVBD6EXAMPLE", "eventType": "` + eventType + `", "requestId": "id=="},
			` + cf + `}}]}`
		var want any
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, seen(t, event(eventType))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", eventType, diff)
		}
	}
}

func TestS3OriginInEvent(t *testing.T) {
	e := event(OriginRequest)
	e.Request.Origin = &Origin{S3: &S3Origin{DomainName: "b.s3.amazonaws.com", AuthMethod: "origin-access-identity", Region: "us-east-1"}}
	want := map[string]any{"s3": map[string]any{
		"authMethod": "origin-access-identity", "customHeaders": map[string]any{}, "domainName": "b.s3.amazonaws.com", "path": "", "region": "us-east-1",
	}}
	if diff := cmp.Diff(any(want), requestOf(t, e)["origin"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBodyInEvent(t *testing.T) {
	for _, test := range []struct {
		eventType string
		body      int
		sees      int
		truncated bool
	}{
		{ViewerRequest, 0, 0, false},
		{ViewerRequest, 40960, 40960, false},
		{ViewerRequest, 40961, 40960, true},
		{OriginRequest, 40961, 40961, false},
		{OriginRequest, 1048576, 1048576, false},
		{OriginRequest, 1048577, 1048576, true},
	} {
		e := event(test.eventType)
		e.Request.Body = []byte(strings.Repeat("x", test.body))
		body, _ := requestOf(t, e)["body"].(map[string]any)
		data, err := base64.StdEncoding.DecodeString(body["data"].(string))
		if err != nil || len(data) != test.sees || body["inputTruncated"] != test.truncated {
			t.Errorf("%s with %d bytes: sees %d bytes, truncated %v, %v", test.eventType, test.body, len(data), body["inputTruncated"], err)
		}
		result := Run(t.Context(), returning(unchanged), e)
		if result.Err != nil || result.Request.BodyReplaced || len(result.Request.Body) != test.body {
			t.Errorf("%s with %d bytes: got %+v", test.eventType, test.body, result.Err)
		}
	}
	e := event(ViewerRequest)
	e.Request.IncludeBody = false
	if body, ok := requestOf(t, e)["body"]; ok {
		t.Errorf("the function sees %v, which its association does not include", body)
	}
}

func requestOf(t *testing.T, e *Event) map[string]any {
	t.Helper()
	records := seen(t, e).(map[string]any)["Records"].([]any)
	return records[0].(map[string]any)["cf"].(map[string]any)["request"].(map[string]any)
}

// TestAngleBracketsStay since a function may print its event, and JSON needs no
// escapes for them.
func TestAngleBracketsStay(t *testing.T) {
	e := event(ViewerRequest)
	e.Request.Header = http.Header{"Link": {"</a>; rel=next"}}
	Run(t.Context(), func(_ context.Context, event []byte) ([]byte, error) {
		if !strings.Contains(string(event), "</a>; rel=next") || strings.HasSuffix(string(event), "\n") {
			t.Errorf("got %s", event)
		}
		return event, nil
	}, e)
}
