// Command report is the Lambda function behind the function URL: it streams a production plan for a
// quote, a line at a time.
package main

import (
	"context"
	"io"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/cfrouter/cfrouter/example/quote"
)

// pause stands in for slow work. The plan itself takes microseconds, and a stream that is over at
// once could not be told from an ordinary answer.
const pause = 300 * time.Millisecond

type (
	request  = events.LambdaFunctionURLRequest
	response = events.LambdaFunctionURLStreamingResponse
)

func main() { lambda.Start(newHandler(pause)) }

func newHandler(pause time.Duration) func(context.Context, *request) (*response, error) {
	return func(ctx context.Context, request *request) (*response, error) {
		priced, err := price(request)
		if err != nil {
			return failed(quote.AsProblem(err)), nil
		}
		return &response{
			StatusCode: http.StatusOK,
			Headers:    map[string]string{"content-type": "text/plain; charset=utf-8", "cache-control": "no-store"},
			Body:       stream(ctx, quote.Plan(priced), pause),
		}, nil
	}
}

// price accepts one request only, a POST of the route itself. The router strips the route's prefix,
// so that arrives as the path "/".
func price(request *request) (quote.Quote, error) {
	if request.RawPath != "/" {
		return quote.Quote{}, quote.NewProblem(http.StatusNotFound,
			"there is nothing at "+request.Headers["x-forwarded-prefix"]+request.RawPath)
	}
	if method := request.RequestContext.HTTP.Method; method != http.MethodPost {
		return quote.Quote{}, quote.NewProblem(http.StatusMethodNotAllowed, "send POST instead of "+method)
	}
	parsed, err := quote.Parse(request.Body, request.IsBase64Encoded)
	if err != nil {
		return quote.Quote{}, err
	}
	return quote.Price(parsed)
}

// stream returns a reader that delivers each line as soon as it is made. Lambda closes the reader
// when the client is gone, which makes the next write fail and so ends the goroutine.
func stream(ctx context.Context, lines iter.Seq[string], pause time.Duration) io.ReadCloser {
	reader, writer := io.Pipe()
	go func() { writer.CloseWithError(write(ctx, writer, lines, pause)) }()
	return reader
}

func write(ctx context.Context, writer io.Writer, lines iter.Seq[string], pause time.Duration) error {
	for line := range lines {
		if _, err := io.WriteString(writer, line+"\n"); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
	return nil
}

func failed(problem *quote.Problem) *response {
	headers := map[string]string{"content-type": quote.ProblemType, "cache-control": "no-store"}
	if problem.Status == http.StatusMethodNotAllowed {
		headers["allow"] = http.MethodPost
	}
	return &response{StatusCode: problem.Status, Headers: headers, Body: strings.NewReader(problem.JSON())}
}
