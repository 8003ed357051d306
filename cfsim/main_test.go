package cfsim

import (
	"context"
	"encoding/json"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	runtimeclient "github.com/aws/aws-lambda-go/lambda"
)

// handlerVariable makes a process of the test's own binary a Lambda handler.
const handlerVariable = "CFSIM_TEST_HANDLER"

// TestMain runs the tests or, in a process that a test started, a handler.
func TestMain(m *testing.M) {
	if os.Getenv(handlerVariable) != "" {
		runtimeclient.Start(answerEvent)
		return
	}
	os.Exit(m.Run())
}

// answerEvent answers with what a handler sees of a request.
func answerEvent(_ context.Context, event struct {
	RouteKey       string            `json:"routeKey"`
	RawPath        string            `json:"rawPath"`
	RawQueryString string            `json:"rawQueryString"`
	Headers        map[string]string `json:"headers"`
	PathParameters map[string]string `json:"pathParameters"`
	Body           string            `json:"body"`
	RequestContext struct {
		DomainName string `json:"domainName"`
		HTTP       struct {
			Method string `json:"method"`
		} `json:"http"`
	} `json:"requestContext"`
},
) (any, error) {
	body, err := json.Marshal([]any{
		event.RequestContext.HTTP.Method, event.RouteKey, event.RawPath, event.RawQueryString, event.PathParameters["id"], event.Body, os.Getenv("STAGE"),
	})
	return map[string]any{"statusCode": 201, "headers": map[string]string{"content-type": "application/json"}, "body": string(body)}, err
}

// noLeaks fails a test after which goroutines are left that were not there when it
// began. It is called first, so that it looks last.
func noLeaks(t testing.TB) {
	t.Helper()
	before := stacks()
	t.Cleanup(func() {
		var left []string
		for range 500 { // those that are ending get a while
			left = nil
			for id, stack := range stacks() {
				if before[id] == "" && !strings.Contains(stack, "testing.") {
					left = append(left, stack)
				}
			}
			if len(left) == 0 {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Errorf("goroutines are left:\n%s", strings.Join(left, "\n\n"))
	})
}

// stacks are those of all goroutines, by their ids.
func stacks() map[string]string {
	text := make([]byte, 4<<20)
	text = text[:runtime.Stack(text, true)]
	found := map[string]string{}
	for stack := range strings.SplitSeq(string(text), "\n\n") {
		id, _, _ := strings.Cut(stack, " [")
		found[id] = stack
	}
	return found
}
