package lambda

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	runtimeclient "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

// TestMain runs the tests or, in a process that a test started, a handler.
func TestMain(m *testing.M) {
	if mode := os.Getenv("CFSIM_TEST_HANDLER"); mode != "" {
		handle(mode)
		return
	}
	code := m.Run()
	if leaked := leakedGoroutines(); leaked != "" {
		fmt.Fprintf(os.Stderr, "goroutines are left:\n%s\n", leaked)
		code = 1
	}
	os.Exit(code)
}

// leakedGoroutines returns the stacks that are in this package once all tests
// are over, after giving those that are ending a while to end.
func leakedGoroutines() string {
	var leaked []string
	for range 100 {
		leaked = nil
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		for stack := range strings.SplitSeq(string(stacks), "\n\n") {
			if strings.Contains(stack, "internal/lambda.") && !strings.Contains(stack, "leakedGoroutines") {
				leaked = append(leaked, stack)
			}
		}
		if leaked == nil {
			return ""
		}
		time.Sleep(50 * time.Millisecond)
	}
	return strings.Join(leaked, "\n\n")
}

// handle is what the processes run.
func handle(mode string) {
	switch mode {
	case "obey":
		runtimeclient.Start(obey)
	case "verbatim":
		runtimeclient.Start(verbatim{})
	case "stream":
		runtimeclient.Start(stream)
	case "late":
		pass(os.Getenv("GATE"))
		runtimeclient.Start(obey)
	case "second time": // fails the first time
		file := os.Getenv("MARK")
		if _, err := os.Stat(file); err != nil {
			fmt.Fprintln(os.Stderr, "main.go:3:1: syntax error")
			os.WriteFile(file, nil, 0o600)
			os.Exit(1)
		}
		runtimeclient.Start(obey)
	case "mute":
		fmt.Println("pid", os.Getpid())
		select {}
	case "owner": // of a function that it does not close
		f := New(Options{
			Command: Command{Args: []string{must(os.Executable())}, Env: []string{"CFSIM_TEST_HANDLER=mute"}},
			Log:     os.Stdout,
		})
		f.Invoke(context.Background(), nil)
	case "no init":
		call("POST", "/runtime/init/error", `{"errorType":"Runtime.NoDatabase","errorMessage":"where is it"}`)
		select {}
	case "misuse":
		misuse()
	case "sleep":
		time.Sleep(time.Hour)
	}
}

// obey does what the body of an event says.
func obey(ctx context.Context, event events.LambdaFunctionURLRequest) (any, error) {
	verb, argument, _ := strings.Cut(event.Body, " ")
	switch verb {
	case "pid":
		return os.Getpid(), nil
	case "event":
		return map[string]any{"statusCode": 200, "body": string(must(json.Marshal(event)))}, nil
	case "context":
		c, _ := lambdacontext.FromContext(ctx)
		_, limited := ctx.Deadline()
		return []any{c.AwsRequestID, c.InvokedFunctionArn, limited}, nil
	case "env":
		return os.Getenv(argument), nil
	case "print":
		fmt.Print("to stdout\nand ")
		fmt.Fprint(os.Stderr, "to stderr\nno newline")
		return nil, nil
	case "pass":
		pass(argument)
		return os.Getpid(), nil
	case "big":
		var size int
		fmt.Sscan(argument, &size)
		return strings.Repeat("x", size), nil
	case "spawn": // and leave it to the function to end it
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "CFSIM_TEST_HANDLER=sleep")
		child.Stdout = os.Stdout
		err := child.Start()
		return child.Process.Pid, err
	case "error":
		return nil, errors.New("boom")
	case "panic":
		panic("no towel")
	case "crash":
		os.Exit(3)
	case "hang":
		select {}
	}
	return nil, fmt.Errorf("no verb %q", verb)
}

// verbatim returns the body of an event as its payload.
type verbatim struct{}

func (verbatim) Invoke(_ context.Context, payload []byte) ([]byte, error) {
	var event struct{ Body string }
	err := json.Unmarshal(payload, &event)
	return []byte(event.Body), err
}

// stream sends "one\n", passes a gate and does what the body of an event says.
func stream(_ context.Context, event events.LambdaFunctionURLRequest) (any, error) {
	verb, gate, _ := strings.Cut(event.Body, " ")
	reader, writer := io.Pipe()
	go func() {
		io.WriteString(writer, "one\n")
		pass(gate)
		switch verb {
		case "finish":
			io.WriteString(writer, "two\n")
		case "error":
			writer.CloseWithError(errors.New("half of it is missing"))
		case "crash":
			os.Exit(3)
		case "hang":
			select {}
		case "flood":
			for i := 0; ; i++ {
				if _, err := io.WriteString(writer, strings.Repeat("x", 1<<20)); err != nil {
					return
				}
			}
		}
		writer.Close()
	}()
	switch event.RawPath {
	case "/json":
		return map[string]any{"statusCode": 404, "body": "as it is"}, nil
	case "/fail":
		return nil, errors.New("boom")
	}
	return &events.LambdaFunctionURLStreamingResponse{
		StatusCode: 201,
		Headers:    map[string]string{"content-type": "text/plain", "x-from": "stream"},
		Cookies:    []string{"a=1; Path=/", "b=2"},
		Body:       reader,
	}, nil
}

// misuse makes calls that a runtime does not make, and answers with what came of
// them.
func misuse() {
	var got []int
	status := func(method, path string) { got = append(got, call(method, path, "{}").StatusCode) }
	status("GET", "/nowhere")
	status("POST", "/runtime/invocation/none/response")
	id := call("GET", "/runtime/invocation/next", "").Header.Get("Lambda-Runtime-Aws-Request-Id")
	status("GET", "/runtime/invocation/next")
	status("POST", "/runtime/invocation/other/response")
	call("POST", "/runtime/invocation/"+id+"/response", fmt.Sprint(got))
	status("POST", "/runtime/invocation/"+id+"/error")
	fmt.Println("after the answer:", got[len(got)-1])
	call("GET", "/runtime/invocation/next", "")
}

func call(method, path, body string) *http.Response {
	address := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01"
	response := must(http.DefaultClient.Do(must(http.NewRequest(method, address+path, strings.NewReader(body)))))
	response.Body.Close()
	return response
}

// pass waits until a test opens a gate.
func pass(gate string) {
	if gate != "" {
		must(http.Get(gate)).Body.Close()
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// A gate holds up handlers.
type gate struct {
	URL     string
	reached chan struct{} // one for each handler that is held up
	open    chan struct{} // one for each that may go on; closed, all may
}

func newGate(t *testing.T) *gate {
	g := &gate{reached: make(chan struct{}, 100), open: make(chan struct{})}
	over := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		g.reached <- struct{}{}
		select {
		case <-g.open:
		case <-over:
		}
	}))
	t.Cleanup(func() {
		close(over)
		server.Close()
	})
	g.URL = server.URL
	return g
}

// A logBuffer is a log that can be read meanwhile.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// start returns a function whose processes are this test binary.
func start(t *testing.T, mode string, o Options) (*Function, *logBuffer) {
	t.Helper()
	log := &logBuffer{}
	o.Log = log
	if o.Name == "" {
		o.Name = "fn"
	}
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	if o.Command.Args == nil {
		o.Command.Args = []string{must(os.Executable())}
	}
	o.Command.Env = append(o.Command.Env, "CFSIM_TEST_HANDLER="+mode)
	f := New(o)
	t.Cleanup(func() {
		f.Close()
		if t.Failed() {
			t.Logf("log:\n%s", log)
		}
	})
	return f, log
}

// tell makes the event that tells a handler what to do.
func tell(body string) []byte {
	return must(json.Marshal(map[string]any{"body": body, "rawPath": "/"}))
}

// ask invokes and returns the payload.
func ask(t *testing.T, f *Function, body string) string {
	t.Helper()
	payload, err := f.Invoke(t.Context(), tell(body))
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return string(payload)
}

// eventually waits for what is about to happen; the bound only ends a hang.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("still not: %s", what)
		}
	}
}
