package lambda

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// runtimeAPI is what the process talks to.
// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html)
func (e *environment) runtimeAPI() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", e.handleNext)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", e.handleResponse)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", e.handleError)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", e.handleInitError)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, http.StatusNotFound, "NotFound", r.URL.Path+" is not simulated")
	})
	return mux
}

// handleNext ends the current invocation and waits for another.
func (e *environment) handleNext(w http.ResponseWriter, r *http.Request) {
	free, ok := e.finish()
	if !ok {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "the process has an invocation or waits for one already")
		return
	}
	if free {
		e.function.release(e)
	}
	select {
	case i := <-e.work:
		e.deliver(w, i)
	case <-e.ended:
	case <-r.Context().Done():
		// A runtime sets no timeout on this call, so the process is about to end, or broken.
		select {
		case <-e.ended:
		case <-time.After(grace):
			e.kill(errors.New("the process hung up while it waited for an invocation"))
		}
	}
}

// finish makes the process one that waits. It is free for any request then, but
// for the first time, when the one that it was started for waits for it.
func (e *environment) finish() (free, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.waiting || e.current != nil && !e.answered {
		return false, false
	}
	e.deadline.Stop()
	free = e.ready
	e.waiting, e.ready, e.current = true, true, nil
	return free, true
}

// deliver passes an invocation to the process.
func (e *environment) deliver(w http.ResponseWriter, i *invocation) {
	timeout := e.function.options.Timeout
	now := time.Now()
	e.mu.Lock()
	e.waiting, e.current, e.answered = false, i, false
	e.deadline = time.AfterFunc(timeout, func() { e.expire(i) })
	e.mu.Unlock()

	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Lambda-Runtime-Aws-Request-Id", i.id)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(now.Add(timeout).UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", e.function.region, account, e.function.options.Name))
	h.Set("Lambda-Runtime-Trace-Id", newTrace(now.Unix())+";Sampled=0")
	_, _ = w.Write(i.event) // a process that does not read it is dead, or expires
}

// expire kills the process that takes too long, and with it the invocation.
func (e *environment) expire(i *invocation) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.current != i {
		return
	}
	err := i.failure("Sandbox.Timedout", "Task timed out after %.2f seconds", e.function.options.Timeout.Seconds())
	if !i.settle(nil, err) {
		e.function.logf("cfsim: request %s: %s", i.id, err.Message) // the response has begun, so that nothing else tells
	}
	e.stop(err)
}

// handleResponse takes a function's response, whole or as it comes.
func (e *environment) handleResponse(w http.ResponseWriter, r *http.Request) {
	i := e.unanswered(w, r)
	if i == nil {
		return
	}
	receive := e.buffer
	if i.stream {
		receive = e.pass
	}
	switch err := receive(i, r); {
	case errors.Is(err, errResponseTooLarge):
		refuse(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", fmt.Sprintf("Exceeded maximum allowed payload size (%d bytes).", maxResponse))
	case err != nil:
		refuse(w, http.StatusBadRequest, "TruncatedHTTPRequest", err.Error())
	default:
		accept(w)
	}
}

var errResponseTooLarge = errors.New("cfsim: the response is too large")

// complete notes that the process has answered, before anybody learns of it: the
// next request is to find a process that will be free at once.
func (e *environment) complete() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answered = true
}

// buffer takes a response as a whole.
func (e *environment) buffer(i *invocation, r *http.Request) error {
	payload, err := io.ReadAll(io.LimitReader(r.Body, maxResponse+1))
	e.complete()
	switch failed := reported(i, r.Trailer); {
	case err != nil:
		i.settle(nil, i.failure("Runtime.TruncatedResponse", "Response truncated"))
		return err
	case len(payload) > maxResponse:
		i.settle(nil, &FunctionError{i.id, "Function.ResponseSizeTooLarge", fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", maxResponse)})
		return errResponseTooLarge
	case failed != nil:
		i.settle(nil, failed)
	default:
		i.answer(r.Header.Get("Content-Type"), io.NopCloser(bytes.NewReader(payload)))
	}
	return nil
}

// pass passes a response on as it comes, no faster than it is read. When nobody
// reads any more the rest is dropped, and the function can finish.
// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming)
func (e *environment) pass(i *invocation, r *http.Request) error {
	body, pipe := io.Pipe()
	if !i.answer(r.Header.Get("Content-Type"), body) {
		body.Close()
	}
	passed := make(chan struct{})
	defer close(passed)
	go func() {
		select {
		case <-e.ended: // and the reader may have stopped reading
			pipe.CloseWithError(errBroken)
		case <-passed:
		}
	}()
	n, err := io.Copy(pipe, io.LimitReader(r.Body, maxStream+1))
	if err != nil {
		_, err = io.Copy(io.Discard, r.Body)
	}
	e.complete()
	switch failed := reported(i, r.Trailer); {
	case err != nil:
		pipe.CloseWithError(errBroken)
		return err
	case n > maxStream:
		pipe.CloseWithError(errBroken)
		return errResponseTooLarge
	case failed != nil:
		pipe.CloseWithError(failed)
	default:
		pipe.Close()
	}
	return nil
}

// reported returns the failure that a runtime reports after a response.
func reported(i *invocation, trailer http.Header) error {
	kind := trailer.Get("Lambda-Runtime-Function-Error-Type")
	if kind == "" {
		return nil
	}
	text, err := base64.StdEncoding.DecodeString(trailer.Get("Lambda-Runtime-Function-Error-Body"))
	if err != nil {
		text = nil
	}
	return functionError(i.id, kind, text)
}

func (e *environment) handleError(w http.ResponseWriter, r *http.Request) {
	i := e.unanswered(w, r)
	if i == nil {
		return
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, maxResponse))
	if err != nil {
		refuse(w, http.StatusBadRequest, "TruncatedHTTPRequest", err.Error())
		return
	}
	e.complete()
	i.settle(nil, functionError(i.id, r.Header.Get("Lambda-Runtime-Function-Error-Type"), text))
	accept(w)
}

// handleInitError ends a process that says that it cannot run.
func (e *environment) handleInitError(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(io.LimitReader(r.Body, maxResponse))
	failed := functionError("", r.Header.Get("Lambda-Runtime-Function-Error-Type"), text)
	accept(w)
	_ = http.NewResponseController(w).Flush()
	e.kill(fmt.Errorf("the process could not initialize: %s: %s", failed.Type, failed.Message))
}

// functionError reads what a runtime reports.
func functionError(id, kind string, text []byte) *FunctionError {
	var report struct{ ErrorType, ErrorMessage string }
	_ = json.Unmarshal(text, &report) // a report need not be JSON
	return &FunctionError{id, cmp.Or(report.ErrorType, kind, "Runtime.UnknownReason"), cmp.Or(report.ErrorMessage, string(text))}
}

// unanswered returns the invocation that a call is about, or refuses the call.
func (e *environment) unanswered(w http.ResponseWriter, r *http.Request) *invocation {
	e.mu.Lock()
	i, answered := e.current, e.answered
	e.mu.Unlock()
	switch id := r.PathValue("id"); {
	case i == nil || i.id != id:
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID "+strconv.Quote(id))
		return nil
	case answered:
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "the invocation is answered already")
		return nil
	}
	return i
}

func accept(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, `{"status":"OK"}`)
}

func refuse(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"errorType": kind, "errorMessage": message})
}
