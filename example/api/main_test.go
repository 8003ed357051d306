package main

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/cfrouter/cfrouter/example/quote"
)

func call(t *testing.T, method, path, prefix, body string) (events.APIGatewayV2HTTPResponse, map[string]any) {
	t.Helper()
	request := events.APIGatewayV2HTTPRequest{RawPath: path, Body: body, Headers: map[string]string{}}
	request.RequestContext.HTTP.Method = method
	if prefix != "" {
		request.Headers["x-forwarded-prefix"] = prefix
	}
	response, err := handle(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	var value map[string]any
	if err := json.Unmarshal([]byte(response.Body), &value); err != nil {
		t.Fatalf("the body is not JSON: %v\n%s", err, response.Body)
	}
	return response, value
}

func TestAnswers(t *testing.T) {
	const flyers = `{"jobs": [{"item": "flyers", "quantity": 500}]}`
	for _, test := range []struct {
		name, method, path, body string
		status                   int
		key                      string
		want                     any
	}{
		{"catalog", "GET", "/catalog", "", 200, "currency", "EUR"},
		{"quote", "POST", "/quote", flyers, 200, "totalCents", 7500.0},
		{"bad JSON", "POST", "/quote", "{", 400, "title", "Bad Request"},
		{"bad job", "POST", "/quote", `{"jobs": [{"item": "stamps", "quantity": 1}]}`, 422, "detail", `job 1: there is no item "stamps"; see the catalog`},
		{"unknown path", "GET", "/orders", "", 404, "detail", "there is nothing at /api/orders; start at /api/catalog"},
		{"unstripped path", "GET", "/api/catalog", "", 404, "title", "Not Found"},
		{"wrong method", "GET", "/quote", "", 405, "detail", "send POST instead of GET"},
	} {
		t.Run(test.name, func(t *testing.T) {
			response, value := call(t, test.method, test.path, "/api", test.body)
			if response.StatusCode != test.status {
				t.Errorf("status %d, want %d: %s", response.StatusCode, test.status, response.Body)
			}
			if diff := cmp.Diff(test.want, value[test.key]); diff != "" {
				t.Errorf("%s (-want +got)\n%s", test.key, diff)
			}
			want := "application/json"
			if test.status != 200 {
				want = quote.ProblemType
			}
			if got := response.Headers["content-type"]; got != want {
				t.Errorf("content-type %q, want %q", got, want)
			}
		})
	}
}

func TestWrongMethodNamesTheRightOne(t *testing.T) {
	response, _ := call(t, "DELETE", "/catalog", "", "")
	if got := response.Headers["allow"]; got != "GET" {
		t.Errorf("allow %q, want GET", got)
	}
}

func TestLinksFollowTheMount(t *testing.T) {
	for _, prefix := range []string{"", "/api", "/v2/prices"} {
		_, value := call(t, "GET", "/catalog", prefix, "")
		want := map[string]any{"self": prefix + "/catalog", "quote": prefix + "/quote"}
		if diff := cmp.Diff(want, value["links"]); diff != "" {
			t.Errorf("mounted at %q (-want +got)\n%s", prefix, diff)
		}
	}
}
