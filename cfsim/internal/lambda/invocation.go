package lambda

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Lambda's limits, in bytes. A response may be 100 bytes longer than a request:
// the page says 6 MB for both, and these are the numbers in Lambda's error
// messages.
// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html)
const (
	maxEvent    = 6 << 20
	maxResponse = 6<<20 + 100
	maxStream   = 200 << 20
)

var errTooLarge = fmt.Errorf("cfsim: an event may have %d bytes at most", maxEvent)

// errBroken ends a stream that is not whole.
var errBroken = errors.New("cfsim: the function's response broke off")

// A FunctionError is the failure of a function that ran: it returned an error,
// crashed, took too long, or answered with too much.
// (https://docs.aws.amazon.com/lambda/latest/dg/invocation-retries.html)
type FunctionError struct {
	RequestID string // of the invocation
	Type      string // the runtime's, such as errorString or Runtime.ExitError
	Message   string
}

func (e *FunctionError) Error() string {
	return fmt.Sprintf("cfsim: the function failed: %s: %s", e.Type, e.Message)
}

// A Stream is the response of a function.
type Stream struct {
	RequestID   string
	ContentType string // as the runtime sent it

	// Body ends with io.EOF when the response is whole, and with a
	// [*FunctionError] when the function itself reports that it failed midway.
	// Any other error means that the rest is lost.
	Body io.ReadCloser
}

// An invocation is one event on its way through a process.
type invocation struct {
	id     string
	event  []byte
	stream bool // whether the response is passed on as it comes

	settled chan struct{} // closed when response or err is set

	mu        sync.Mutex
	response  *Stream
	err       error
	abandoned bool // nobody waits for the response
}

func newInvocation(id string, event []byte, stream bool) *invocation {
	return &invocation{id: id, event: event, stream: stream, settled: make(chan struct{})}
}

// settle sets the outcome, unless there is one.
func (i *invocation) settle(response *Stream, err error) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.response != nil || i.err != nil {
		return false
	}
	i.response, i.err = response, err
	close(i.settled)
	if i.abandoned && response != nil {
		response.Body.Close()
	}
	return true
}

// failure is an error that Lambda itself reports, in its words.
func (i *invocation) failure(kind, format string, arguments ...any) *FunctionError {
	return &FunctionError{i.id, kind, "RequestId: " + i.id + " Error: " + fmt.Sprintf(format, arguments...)}
}

func (i *invocation) answer(contentType string, body io.ReadCloser) bool {
	return i.settle(&Stream{i.id, contentType, body}, nil)
}

// wait returns the outcome. When ctx is done the caller is through with the
// invocation, and a response that is being read ends.
func (i *invocation) wait(ctx context.Context) (*Stream, error) {
	select {
	case <-i.settled:
	case <-ctx.Done():
		i.abandon()
		return nil, context.Cause(ctx)
	}
	if i.err != nil {
		return nil, i.err
	}
	response := *i.response
	response.Body = &stoppingBody{response.Body, context.AfterFunc(ctx, i.abandon)}
	return &response, nil
}

func (i *invocation) abandon() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.abandoned = true
	if i.response != nil {
		i.response.Body.Close()
	}
}

// A stoppingBody lets go of the context when it is closed.
type stoppingBody struct {
	io.ReadCloser
	stop func() bool
}

func (b *stoppingBody) Close() error {
	b.stop()
	return b.ReadCloser.Close()
}

// newUUID returns a random UUID, the form of Lambda's request ids.
func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// newTrace returns a tracing header of a trace that is not recorded.
// (https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader)
func newTrace(seconds int64) string {
	var b [12]byte
	rand.Read(b[:])
	return fmt.Sprintf("Root=1-%08x-%x", uint32(seconds), b)
}
