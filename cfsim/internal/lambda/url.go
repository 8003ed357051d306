package lambda

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// A URL is a function URL: an http.Handler that passes every request on to one
// function.
//
// A function that fails, or returns what is no response, is answered with 502. A
// request whose response broke off midway ends with [http.ErrAbortHandler].
// (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html)
type URL struct {
	Function *Function

	// Stream is the InvokeMode RESPONSE_STREAM: the response is passed on as it
	// comes, up to 200 MB. Only a response of the type
	// application/vnd.awslambda.http-integration-response, such as
	// events.LambdaFunctionURLStreamingResponse, has a status and headers then;
	// any other is sent as it is, braces and all.
	// Default: the whole response is collected first, up to 6 MB.
	Stream bool

	// Domain is what the function takes for the URL's own, such as
	// "abc.lambda-url.us-east-1.on.aws".
	// Default: the request's Host.
	Domain string

	// Public is the AuthType NONE. The function sees it in
	// requestContext.accountId, which is "anonymous" then.
	Public bool
}

func (u *URL) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := newUUID()
	w.Header().Set("X-Amzn-Requestid", id)
	w.Header().Set("X-Amzn-Trace-Id", newTrace(time.Now().Unix())+";Sampled=0")
	if err := u.respond(w, r, id); err != nil {
		abortIfGone(r)
		u.fail(w, id, err)
	}
}

func (u *URL) respond(w http.ResponseWriter, r *http.Request, id string) error {
	body, err := readBody(w, r, maxEvent)
	if err != nil {
		return err
	}
	event, err := json.Marshal(u.event(r, body, id))
	if err != nil {
		return err
	}
	response, err := u.Function.invoke(r.Context(), newInvocation(id, event, u.Stream))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if u.Stream {
		return u.stream(w, r, response)
	}
	return u.buffer(w, response)
}

// event makes the event of a request. The path is as the viewer spelled it in
// rawPath, and decoded in requestContext, as observed.
// (https://github.com/hotsock/voker/blob/main/vokerhttp/testdata/functionurl-request.json)
func (u *URL) event(r *http.Request, body []byte, id string) *event {
	e := newEvent(r, body, u.Domain, id)
	e.RawPath = rawPath(r)
	e.RequestContext.HTTP.Path = e.RawPath
	if decoded, err := url.PathUnescape(e.RawPath); err == nil {
		e.RequestContext.HTTP.Path = decoded
	}
	if u.Public {
		e.RequestContext.AccountID = "anonymous"
	}
	return e
}

// buffer sends a response that came as a whole. One that was made for streaming
// is understood too, as observed.
// (https://github.com/localstack/localstack/pull/12935)
func (u *URL) buffer(w http.ResponseWriter, response *Stream) error {
	payload, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	var a *answer
	if response.ContentType == integrationType {
		rest := bytes.NewBuffer(payload)
		if a, err = readPrelude(rest); err == nil {
			a.body = rest.Bytes()
		}
	} else {
		a, err = interpret(payload, "application/json")
	}
	if err != nil {
		return err
	}
	u.remap(a)
	a.send(w)
	return nil
}

// stream sends a response as it comes.
func (u *URL) stream(w http.ResponseWriter, r *http.Request, response *Stream) error {
	body := bufio.NewReader(response.Body)
	a := newAnswer(http.StatusOK, cmp.Or(response.ContentType, "application/octet-stream"), "")
	if response.ContentType == integrationType {
		var err error
		if a, err = readPrelude(body); err != nil {
			return err
		}
	}
	u.remap(a)
	a.sendHead(w)
	if bodyAllowed(a.status) {
		u.copy(w, r, body, response.RequestID)
	}
	return nil
}

// copy sends each piece when it comes. A failure that the function itself reports
// ends the response as if it were whole, since that is what Lambda does with it;
// anything else aborts it, so that nobody takes it for whole.
// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming,
// observed in https://github.com/hotsock/voker/tree/main/examples/runtime-probe)
func (u *URL) copy(w http.ResponseWriter, r *http.Request, body io.Reader, id string) {
	flush := http.NewResponseController(w).Flush
	_ = flush() // the status need not wait for the body; a writer that cannot flush buffers
	piece := make([]byte, 32<<10)
	for {
		n, err := body.Read(piece)
		if n > 0 {
			if _, err := w.Write(piece[:n]); err != nil {
				panic(http.ErrAbortHandler)
			}
			_ = flush()
		}
		var failed *FunctionError
		switch {
		case err == io.EOF:
			return
		case errors.As(err, &failed):
			u.Function.logf("cfsim: request %s: %s: %s; the response ends there, and the viewer takes it for whole", id, failed.Type, failed.Message)
			return
		case err != nil:
			abortIfGone(r)
			u.Function.logf("cfsim: request %s: the response broke off", id)
			panic(http.ErrAbortHandler)
		}
	}
}

// remap renames the header that would make a browser ask for a password. AWS
// states that of REST APIs; of function URLs it is reported by their users.
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html)
func (u *URL) remap(a *answer) {
	if values, ok := a.header["Www-Authenticate"]; ok {
		delete(a.header, "Www-Authenticate")
		a.header["X-Amzn-Remapped-Www-Authenticate"] = values
	}
}

// fail answers a request that got no response.
func (u *URL) fail(w http.ResponseWriter, id string, err error) {
	if errors.Is(err, errTooLarge) {
		// Lambda's answer to an Invoke; that of a function URL is unstated.
		w.Header().Set("X-Amzn-Errortype", "RequestTooLargeException")
		newAnswer(http.StatusRequestEntityTooLarge, "application/json", fmt.Sprintf(`{"Message":"Request must be smaller than %d bytes for the InvokeFunction operation"}`, maxEvent)).send(w)
		return
	}
	newAnswer(http.StatusBadGateway, "text/plain; charset=utf-8", u.Function.explain(id, err)).send(w)
}

// explain logs why a request failed and returns what to tell the viewer: of a
// function that failed no more than AWS tells, which is also observed of function
// URLs; of one that cannot be run here, which has no counterpart in AWS, why.
// (https://github.com/localstack/localstack/blob/main/tests/aws/services/lambda_/test_lambda.py)
func (f *Function) explain(id string, err error) string {
	var failed *FunctionError
	var unavailable *unavailableError
	switch {
	case errors.As(err, &failed):
		f.logf("cfsim: request %s: %s: %s", id, failed.Type, failed.Message)
	case errors.As(err, &unavailable):
		return err.Error()
	default:
		f.logf("cfsim: request %s: %v", id, err)
	}
	return "Internal Server Error"
}

// readBody reads a request's body up to a limit.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if r.Body == nil {
		return nil, nil // the request was made here, and not by a server
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, errTooLarge
	case err != nil:
		panic(http.ErrAbortHandler) // the body broke off, so that nobody is there to be told
	}
	return body, nil
}

// abortIfGone ends the request of a viewer who is gone. There is nobody to
// answer, and nothing that a cache in between could keep.
func abortIfGone(r *http.Request) {
	if r.Context().Err() != nil {
		panic(http.ErrAbortHandler)
	}
}
