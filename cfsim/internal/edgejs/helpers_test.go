package edgejs

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cfrouter/cfrouter/internal/edgetest"
	"github.com/dop251/goja"
)

// handler wraps the body of a handler.
func handler(body string) string { return "function handler(event) {\n" + body + "\n}\n" }

func compile(t testing.TB, code string) *Function {
	t.Helper()
	f, err := Compile("Edge", code, "cloudfront-js-2.0")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// requestEvent is an event with something of everything.
func requestEvent() *Event {
	return &Event{
		Type: "viewer-request", DistributionDomain: "d111111abcdef8.cloudfront.net", DistributionID: "EDFDVBD6EXAMPLE",
		RequestID: "EXAMPLEntjQpEXAMPLE==", ViewerIP: "198.51.100.11",
		Request: Request{
			Method: "GET", URI: "/a/b.txt", RawQuery: "a=1&b&a=%20x", HasQuery: true,
			Header: http.Header{
				"Host": {"example.com"}, "Accept": {"text/html", "text/plain"}, "Cookie": {"id=1; theme=dark"},
				"X-Amz-Cf-Id": {"hidden"}, "User-Agent": {"test"},
			},
		},
	}
}

func responseEvent() *Event {
	e := requestEvent()
	e.Type = "viewer-response"
	e.Response = &Response{Status: 200, Description: "OK", Header: http.Header{
		"Content-Type": {"text/html"}, "Via": {"1.1 edge"}, "X-Cache": {"Miss"},
		"Set-Cookie": {"id=1; Secure; Path=/", "theme=dark", "id=2"},
	}}
	return e
}

func runCode(t testing.TB, code string, event *Event, env *Env) *Result {
	t.Helper()
	return compile(t, code).Run(t.Context(), event, env)
}

// body returns what a function answers with.
func body(t testing.TB, code string, env *Env) string {
	t.Helper()
	result := runCode(t, code, requestEvent(), env)
	if result.Err != nil {
		t.Fatal(result.Err)
	}
	return string(result.Response.Body)
}

// returned runs a function and returns what its handler returned, as JSON, before
// any rule is applied to it.
func returned(f *Function, event *Event) (json.RawMessage, *Error) {
	r := &run{f: f, event: event, env: &Env{Now: func() time.Time { return time.UnixMilli(0) }}}
	r.newRuntime()
	value, failed := r.call()
	if failed != nil {
		return nil, failed
	}
	stringify, _ := goja.AssertFunction(r.vm.Get("JSON").(*goja.Object).Get("stringify"))
	text, err := stringify(goja.Undefined(), value)
	if err != nil {
		return nil, r.failure(err)
	}
	if goja.IsUndefined(text) {
		return nil, nil
	}
	return json.RawMessage(text.String()), nil
}

// njs returns the engine to compare with. The test is skipped without it.
func njs(t testing.TB) edgetest.Engine {
	t.Helper()
	for _, engine := range edgetest.Engines(t) {
		if strings.HasPrefix(engine.Name(), "njs") {
			return engine
		}
	}
	t.Skip("njs is not installed")
	return nil
}
