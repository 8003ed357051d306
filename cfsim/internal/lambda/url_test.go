package lambda

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// serve returns the address of a server for a handler.
func serve(t *testing.T, handler http.Handler) string {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

// request sends a request and returns the response with its body, and what ended
// the body too early.
func request(t *testing.T, method, url, body string, headers ...string) (*http.Response, string, error) {
	t.Helper()
	r := must(http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body)))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response, string(text), err
}

func TestURLRequest(t *testing.T) {
	f, _ := start(t, "obey", Options{})
	url := serve(t, &URL{Function: f, Domain: "abc.lambda-url.us-east-1.on.aws"})
	response, body, err := request(t, "POST", url+"/a%2Fb/c%20d?x=1&x=2&y=a+b&z=%26", "event",
		"Content-Type", "text/plain", "Cookie", "a=1; b=2", "X-Many", "1", "X-Many", "2", "User-Agent", "me")
	if err != nil || response.StatusCode != 200 {
		t.Fatal(response.Status, body, err)
	}
	got := map[string]any{}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	context := got["requestContext"].(map[string]any)
	headers := got["headers"].(map[string]any)
	if id := response.Header.Get("X-Amzn-Requestid"); context["requestId"] != id || id == "" {
		t.Errorf("the event has the request id %v, the response %q", context["requestId"], id)
	}
	for _, known := range []string{"x-amzn-trace-id", "accept-encoding", "content-length"} {
		delete(headers, known)
	}
	for _, varying := range []string{"requestId", "time", "timeEpoch"} {
		delete(context, varying)
	}
	want := map[string]any{
		"version":               "2.0",
		"rawPath":               "/a%2Fb/c%20d",
		"rawQueryString":        "x=1&x=2&y=a+b&z=%26",
		"cookies":               []any{"a=1", "b=2"},
		"queryStringParameters": map[string]any{"x": "1,2", "y": "a b", "z": "&"},
		"headers": map[string]any{
			"content-type": "text/plain", "cookie": "a=1; b=2", "x-many": "1,2", "user-agent": "me",
			"host": "abc.lambda-url.us-east-1.on.aws", "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https", "x-forwarded-port": "443",
		},
		"requestContext": map[string]any{
			"accountId": "123456789012", "apiId": "abc", "domainName": "abc.lambda-url.us-east-1.on.aws", "domainPrefix": "abc",
			"http": map[string]any{"method": "POST", "path": "/a/b/c d", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "me"},
		},
		"body":            "event",
		"isBase64Encoded": false,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}

func TestURLFailures(t *testing.T) {
	f, log := start(t, "obey", Options{Name: "prices"})
	url := serve(t, &URL{Function: f})
	for _, test := range []struct {
		body   string
		status int
		want   string
		log    string
	}{
		{"error", 502, "Internal Server Error", "errorString: boom"},
		{"crash", 502, "Internal Server Error", "Runtime exited with error: exit status 3"},
		{strings.Repeat("x", maxEvent+1), 413, `{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}`, ""},
		{strings.Repeat("x", maxEvent), 413, `{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}`, ""},
		{"pid", 200, "", ""},
	} {
		response, body, err := request(t, "POST", url, test.body, "Content-Type", "text/plain")
		if err != nil || response.StatusCode != test.status || test.want != "" && body != test.want {
			t.Errorf("%.20s: got %s %q %v, want %d %q", test.body, response.Status, body, err, test.status, test.want)
		}
		if want := response.Header.Get("X-Amzn-Requestid"); test.log != "" && (!strings.Contains(log.String(), test.log) || !strings.Contains(log.String(), "prices | cfsim: request "+want)) {
			t.Errorf("%.20s: the log lacks %q or the request %s:\n%s", test.body, test.log, want, log)
		}
	}
}

// TestURLOfFunctionThatCannotRun tells the user what is wrong, where they look.
func TestURLOfFunctionThatCannotRun(t *testing.T) {
	for _, streams := range []bool{false, true} {
		f, _ := start(t, "obey", Options{Command: Command{Args: []string{"no-such-program"}}})
		response, body, _ := request(t, "GET", serve(t, &URL{Function: f, Stream: streams}), "")
		if want := `cfsim: function "fn": the command "no-such-program" did not start`; response.StatusCode != 502 || !strings.HasPrefix(body, want) {
			t.Errorf("got %s %q, want 502 and %q", response.Status, body, want)
		}
	}
}

func TestURLResponses(t *testing.T) {
	f, log := start(t, "verbatim", Options{})
	url := serve(t, &URL{Function: f})
	for _, test := range []struct {
		payload string
		status  int
		kind    string
		want    string
	}{
		{`{"statusCode":201,"headers":{"content-type":"text/css"},"body":"a"}`, 201, "text/css", "a"},
		{`{"statusCode":200}`, 200, "application/json", ""},
		{`{"statusCode":204,"body":"ignored"}`, 204, "application/json", ""},
		{`{"statusCode":401,"headers":{"WWW-Authenticate":"Basic"}}`, 401, "application/json", ""},
		{`{"no":"status"}`, 200, "application/json", `{"no":"status"}`},
		{`{"statusCode":20}`, 502, "text/plain; charset=utf-8", "Internal Server Error"},
		{``, 200, "application/json", ""},
		{"\x00\xff garbage", 200, "application/json", "\x00\ufffd garbage"},
	} {
		response, body, err := request(t, "POST", url, test.payload, "Content-Type", "text/plain")
		if strings.Contains(test.payload, "garbage") {
			// A body that is no text comes in Base64, and this handler returns it as it came.
			test.want = "AP8gZ2FyYmFnZQ=="
		}
		if err != nil || response.StatusCode != test.status || response.Header.Get("Content-Type") != test.kind || body != test.want {
			t.Errorf("%s: got %s %s %q %v, want %d %s %q", test.payload, response.Status, response.Header.Get("Content-Type"), body, err, test.status, test.kind, test.want)
		}
		if test.status == 401 && response.Header.Get("X-Amzn-Remapped-Www-Authenticate") != "Basic" {
			t.Errorf("got headers %v, want the request for a password renamed", response.Header)
		}
	}
	if want := `"statusCode" is 20, return a number from 200 to 599`; !strings.Contains(log.String(), want) {
		t.Errorf("the log lacks %q:\n%s", want, log)
	}
}

func TestURLStreams(t *testing.T) {
	f, _ := start(t, "stream", Options{})
	url := serve(t, &URL{Function: f, Stream: true})
	g := newGate(t)
	response := must(http.Post(url, "text/plain", strings.NewReader("finish "+g.URL)))
	defer response.Body.Close()
	if response.StatusCode != 201 || response.Header.Get("X-From") != "stream" || response.Header.Get("Content-Type") != "text/plain" {
		t.Errorf("got %s %v", response.Status, response.Header)
	}
	if diff := cmp.Diff([]string{"a=1; Path=/", "b=2"}, response.Header["Set-Cookie"]); diff != "" {
		t.Errorf("cookies (-want +got):\n%s", diff)
	}
	lines := bufio.NewReader(response.Body)
	if line, err := lines.ReadString('\n'); line != "one\n" || err != nil {
		t.Fatalf("got %q %v, want the first line while the function waits", line, err)
	}
	close(g.open)
	if rest, err := io.ReadAll(lines); string(rest) != "two\n" || err != nil {
		t.Errorf("got %q %v, want the second line and a proper end", rest, err)
	}
}

func TestURLStreamThatEndsEarly(t *testing.T) {
	for _, test := range []struct {
		verb  string
		whole bool
		log   string
	}{
		{"error", true, "half of it is missing; the response ends there, and the viewer takes it for whole"},
		{"crash", false, "the response broke off"},
		{"hang", false, "Task timed out after 2.00 seconds"},
	} {
		t.Run(test.verb, func(t *testing.T) {
			o := Options{}
			if test.verb == "hang" {
				o.Timeout = 2 * time.Second
			}
			f, log := start(t, "stream", o)
			url := serve(t, &URL{Function: f, Stream: true})
			g := newGate(t)
			response := must(http.Post(url, "text/plain", strings.NewReader(test.verb+" "+g.URL)))
			defer response.Body.Close()
			lines := bufio.NewReader(response.Body)
			if line, err := lines.ReadString('\n'); line != "one\n" || err != nil {
				t.Fatalf("got %q %v, want the first line", line, err)
			}
			close(g.open)
			if rest, err := io.ReadAll(lines); len(rest) > 0 || (err == nil) != test.whole {
				t.Errorf("got %q %v, want nothing more, whole %v", rest, err, test.whole)
			}
			eventually(t, test.log, func() bool { return strings.Contains(log.String(), test.log) })
			if _, body, err := request(t, "POST", url, "finish", "Content-Type", "text/plain"); body != "one\ntwo\n" || err != nil {
				t.Errorf("the next request: got %q %v", body, err)
			}
		})
	}
}

// TestURLStreamOfOthers is what becomes of answers that were not made for
// streaming, and of streams whose URL is not.
func TestURLStreamOfOthers(t *testing.T) {
	f, log := start(t, "stream", Options{})
	streaming, buffering := serve(t, &URL{Function: f, Stream: true}), serve(t, &URL{Function: f})
	for _, test := range []struct {
		method, url string
		status      int
		kind, want  string
	}{
		{"POST", streaming + "/json", 200, "application/json", `{"body":"as it is","statusCode":404}`},
		{"POST", streaming + "/fail", 502, "text/plain; charset=utf-8", "Internal Server Error"},
		{"HEAD", streaming, 201, "text/plain", ""},
		{"POST", buffering, 201, "text/plain", "one\ntwo\n"},
		{"POST", buffering + "/json", 404, "application/json", "as it is"},
	} {
		response, body, err := request(t, test.method, test.url, "finish", "Content-Type", "text/plain")
		if err != nil || response.StatusCode != test.status || response.Header.Get("Content-Type") != test.kind || body != test.want {
			t.Errorf("%s %s: got %s %s %q %v, want %d %s %q", test.method, test.url, response.Status, response.Header.Get("Content-Type"), body, err, test.status, test.kind, test.want)
		}
	}
	// Collected as a whole, a response that the function gives up is a failure.
	if response, body, _ := request(t, "POST", buffering, "error", "Content-Type", "text/plain"); response.StatusCode != 502 {
		t.Errorf("got %s %q, want 502", response.Status, body)
	}
	if want := "errorString: half of it is missing"; !strings.Contains(log.String(), want) {
		t.Errorf("the log lacks %q:\n%s", want, log)
	}
}

// TestURLStreamAwaitsItsViewer floods a viewer who does not read: what is on the
// way is bounded, and the function is held up.
func TestURLStreamAwaitsItsViewer(t *testing.T) {
	f, _ := start(t, "stream", Options{Concurrency: 1})
	stream, err := f.InvokeWithResponseStream(t.Context(), must(json.Marshal(map[string]string{"body": "flood"})))
	if err != nil {
		t.Fatal(err)
	}
	body := bufio.NewReader(stream.Body)
	if head, err := readPrelude(body); err != nil || head.status != 201 {
		t.Fatalf("got %v %v", head, err)
	}
	if n, err := io.CopyN(io.Discard, body, 50<<20); err != nil {
		t.Fatalf("after %d bytes: %v", n, err)
	}
	stream.Body.Close() // and the function is left to finish by itself
}

func TestCloseEndsStreamThatNobodyReads(t *testing.T) {
	f, _ := start(t, "stream", Options{})
	stream, err := f.InvokeWithResponseStream(t.Context(), must(json.Marshal(map[string]string{"body": "flood"})))
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	if _, err := io.ReadAll(stream.Body); !errors.Is(err, errBroken) {
		t.Errorf("got %v, want %v", err, errBroken)
	}
}

func TestStreamEndsWithTheContext(t *testing.T) {
	f, _ := start(t, "stream", Options{Concurrency: 1})
	g := newGate(t)
	ctx, cancel := context.WithCancel(t.Context())
	stream, err := f.InvokeWithResponseStream(ctx, must(json.Marshal(map[string]string{"body": "finish " + g.URL})))
	if err != nil {
		t.Fatal(err)
	}
	<-g.reached
	go cancel()
	if _, err := io.ReadAll(stream.Body); err == nil {
		t.Error("the body ended as if it were whole")
	}
	// The process finishes unheard, and is there for the next.
	close(g.open)
	payload, err := f.Invoke(t.Context(), must(json.Marshal(map[string]string{"body": "finish"})))
	if err != nil || !bytes.HasSuffix(payload, []byte("two\n")) {
		t.Errorf("got %q %v", payload, err)
	}
}

// TestViewerWhoLeaves does so before and in the middle of a response. Nothing is
// answered then that something in between could keep.
func TestViewerWhoLeaves(t *testing.T) {
	for _, mode := range []string{"obey", "stream"} {
		t.Run(mode, func(t *testing.T) {
			f, _ := start(t, mode, Options{})
			g := newGate(t)
			ended := make(chan any, 1)
			handler := &URL{Function: f, Stream: mode == "stream"}
			url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer func() { ended <- recover() }()
				handler.ServeHTTP(w, r)
			}))
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				<-g.reached
				cancel()
			}()
			verb := map[string]string{"obey": "pass ", "stream": "finish "}[mode]
			r := must(http.NewRequestWithContext(ctx, "POST", url, strings.NewReader(verb+g.URL)))
			r.Header.Set("Content-Type", "text/plain")
			response, err := http.DefaultClient.Do(r)
			if err == nil {
				_, err = io.ReadAll(response.Body)
				response.Body.Close()
			}
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want %v", err, context.Canceled)
			}
			if reason := <-ended; reason != http.ErrAbortHandler {
				t.Errorf("the handler ended with %v, want %v", reason, http.ErrAbortHandler)
			}
			close(g.open)
		})
	}
}
