// Command api is the Lambda function behind the HTTP API: it serves the catalog and prices quotes.
package main

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/cfrouter/cfrouter/example/quote"
)

func main() { lambda.Start(handle) }

// endpoint answers one path with a value to encode as JSON.
type endpoint struct {
	method string
	answer func(events.APIGatewayV2HTTPRequest) (any, error)
}

// The paths have no /api in front, since the router strips it: this function does not know, and
// need not know, where it is mounted.
var endpoints = map[string]endpoint{
	"/catalog": {http.MethodGet, catalog},
	"/quote":   {http.MethodPost, price},
}

func handle(_ context.Context, request events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	endpoint, ok := endpoints[request.RawPath]
	if !ok {
		return failed(quote.NewProblem(http.StatusNotFound,
			"there is nothing at "+link(request, request.RawPath)+"; start at "+link(request, "/catalog")), nil), nil
	}
	if method := request.RequestContext.HTTP.Method; method != endpoint.method {
		return failed(quote.NewProblem(http.StatusMethodNotAllowed, "send "+endpoint.method+" instead of "+method),
			map[string]string{"allow": endpoint.method}), nil
	}
	value, err := endpoint.answer(request)
	if err != nil {
		return failed(quote.AsProblem(err), nil), nil
	}
	body, err := json.Marshal(value)
	if err != nil {
		return failed(quote.AsProblem(err), nil), nil
	}
	return respond(http.StatusOK, "application/json", string(body), nil), nil
}

func catalog(request events.APIGatewayV2HTTPRequest) (any, error) {
	return map[string]any{
		"currency":  quote.Currency,
		"items":     quote.Items,
		"discounts": quote.Discounts,
		"links":     map[string]string{"self": link(request, "/catalog"), "quote": link(request, "/quote")},
	}, nil
}

func price(request events.APIGatewayV2HTTPRequest) (any, error) {
	parsed, err := quote.Parse(request.Body, request.IsBase64Encoded)
	if err != nil {
		return nil, err
	}
	return quote.Price(parsed)
}

// link returns the path under which a viewer reaches a path of this API. The router says in
// x-forwarded-prefix what it stripped; without a router in front there is nothing to put back.
func link(request events.APIGatewayV2HTTPRequest, path string) string {
	return request.Headers["x-forwarded-prefix"] + path
}

func failed(problem *quote.Problem, headers map[string]string) events.APIGatewayV2HTTPResponse {
	return respond(problem.Status, quote.ProblemType, problem.JSON(), headers)
}

func respond(status int, contentType, body string, headers map[string]string) events.APIGatewayV2HTTPResponse {
	all := map[string]string{"content-type": contentType, "cache-control": "no-store"}
	for name, value := range headers {
		all[name] = value
	}
	return events.APIGatewayV2HTTPResponse{StatusCode: status, Headers: all, Body: body}
}
