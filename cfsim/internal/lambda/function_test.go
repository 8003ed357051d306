package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestProcessIsReused(t *testing.T) {
	f, _ := start(t, "obey", Options{Concurrency: 1})
	first := ask(t, f, "pid")
	for range 3 {
		if next := ask(t, f, "pid"); next != first {
			t.Errorf("got process %s, want %s again", next, first)
		}
	}
}

func TestProcessesRunInParallelUpToTheLimit(t *testing.T) {
	f, _ := start(t, "obey", Options{Concurrency: 2})
	g := newGate(t)
	pids := make(chan string)
	for range 5 {
		go func() {
			payload, err := f.Invoke(context.Background(), tell("pass "+g.URL))
			pids <- fmt.Sprint(string(payload), err)
		}()
	}
	<-g.reached
	<-g.reached // at the same time as the first, which nobody let go
	close(g.open)
	seen := map[string]bool{}
	for range 5 {
		seen[<-pids] = true
	}
	if len(seen) != 2 {
		t.Errorf("got answers of %v, want two processes", seen)
	}
}

func TestProcessThatDiesIdleIsReplaced(t *testing.T) {
	f, log := start(t, "obey", Options{Concurrency: 1})
	first := ask(t, f, "pid")
	process := must(os.FindProcess(must(strconv.Atoi(first))))
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "noticed", func() bool { return strings.Contains(log.String(), "the process ended: ") })
	if second := ask(t, f, "pid"); second == first {
		t.Errorf("process %s answered after it was killed", first)
	}
}

// TestFailures also asks again after each, since one failure must not spoil the
// next invocation.
func TestFailures(t *testing.T) {
	for _, test := range []struct{ body, kind, message string }{
		{"error", "errorString", "boom"},
		{"panic", "string", "no towel"},
		{"crash", "Runtime.ExitError", "Runtime exited with error: exit status 3"},
		{"hang", "Sandbox.Timedout", "Task timed out after 2.00 seconds"},
		{"big 6291555", "Function.ResponseSizeTooLarge", "6291556 bytes"},
	} {
		t.Run(test.body, func(t *testing.T) {
			t.Parallel()
			o := Options{}
			if test.body == "hang" {
				o.Timeout = 2 * time.Second
			}
			f, _ := start(t, "obey", o)
			for range 2 {
				_, err := f.Invoke(t.Context(), tell(test.body))
				var failed *FunctionError
				if !errors.As(err, &failed) || failed.Type != test.kind || !strings.Contains(failed.Message, test.message) || failed.RequestID == "" {
					t.Fatalf("got %#v, want a FunctionError of type %s with %q", err, test.kind, test.message)
				}
			}
			ask(t, f, "pid")
		})
	}
}

func TestSizes(t *testing.T) {
	f, _ := start(t, "obey", Options{})
	if got := len(ask(t, f, "big 6291554")); got != maxResponse { // two are the quotes
		t.Errorf("got %d bytes, want %d", got, maxResponse)
	}
	event := tell("pid " + strings.Repeat("x", maxEvent-len(tell("pid "))))
	if _, err := f.Invoke(t.Context(), event); err != nil {
		t.Errorf("an event of %d bytes: %v", len(event), err)
	}
	if _, err := f.Invoke(t.Context(), append(event, ' ')); !errors.Is(err, errTooLarge) {
		t.Errorf("an event of %d bytes: got %v, want %v", len(event)+1, err, errTooLarge)
	}
}

func TestCannotStart(t *testing.T) {
	for _, test := range []struct {
		mode string
		args []string
		want string
	}{
		{mode: "obey", args: []string{}, want: `cfsim: function "fn": there is no command: set Command.Args`},
		{mode: "obey", args: []string{"no-such-program", "x"}, want: `the command "no-such-program x" did not start: exec: "no-such-program"`},
		{mode: "mute", want: "did not ask for an invocation within 300ms"},
		{mode: "no init", want: "could not initialize: Runtime.NoDatabase: where is it"},
		{mode: "unknown", want: "ended before it asked for an invocation: exit status 0"},
	} {
		t.Run(test.mode+fmt.Sprint(test.args), func(t *testing.T) {
			t.Parallel()
			timeout := 30 * time.Second
			if test.mode == "mute" {
				timeout = 300 * time.Millisecond
			}
			f, log := start(t, test.mode, Options{InitTimeout: timeout, Command: Command{Args: test.args}})
			for range 2 {
				_, err := f.Invoke(t.Context(), tell("pid"))
				var unavailable *unavailableError
				if !errors.As(err, &unavailable) || !strings.Contains(err.Error(), test.want) {
					t.Fatalf("got %v, want %q", err, test.want)
				}
			}
			f.Close() // the log is complete then
			if got := strings.Count(log.String(), test.want); got != 2 {
				t.Errorf("the log has %q %d times, want 2:\n%s", test.want, got, log)
			}
		})
	}
}

func TestEachRequestTriesAgain(t *testing.T) {
	f, log := start(t, "second time", Options{Command: Command{Env: []string{"MARK=" + filepath.Join(t.TempDir(), "mark")}}})
	_, err := f.Invoke(t.Context(), tell("pid"))
	if err == nil || !strings.Contains(err.Error(), "exit status 1; the end of its output:\nmain.go:3:1: syntax error") {
		t.Errorf("got %v, want the output of the process", err)
	}
	if want := "fn | main.go:3:1: syntax error\n"; !strings.Contains(log.String(), want) {
		t.Errorf("the log lacks %q", want)
	}
	ask(t, f, "pid")
}

func TestInvocationGoesOnWithoutItsCaller(t *testing.T) {
	f, _ := start(t, "obey", Options{Concurrency: 1})
	pid := ask(t, f, "pid")
	g := newGate(t)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-g.reached
		cancel()
	}()
	if _, err := f.Invoke(ctx, tell("pass "+g.URL)); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want %v", err, context.Canceled)
	}
	close(g.open)
	if again := ask(t, f, "pid"); again != pid {
		t.Errorf("got process %s, want %s, which had nothing to die of", again, pid)
	}
}

// TestStartGoesOnWithoutItsCaller is a viewer who reloads while the handler is
// being compiled.
func TestStartGoesOnWithoutItsCaller(t *testing.T) {
	g := newGate(t)
	f, _ := start(t, "late", Options{Command: Command{Env: []string{"GATE=" + g.URL}}})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-g.reached
		cancel()
	}()
	if _, err := f.Invoke(ctx, tell("pid")); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want %v", err, context.Canceled)
	}
	answer := make(chan error)
	go func() {
		_, err := f.Invoke(t.Context(), tell("pid"))
		answer <- err
	}()
	g.open <- struct{}{}
	if err := <-answer; err != nil {
		t.Fatal(err)
	}
	if len(g.reached) > 0 {
		t.Error("a second process was started")
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	f, _ := start(t, "obey", Options{Concurrency: 1})
	g := newGate(t)
	go f.Invoke(context.Background(), tell("pass "+g.URL))
	<-g.reached
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Invoke(ctx, tell("pid")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestClose(t *testing.T) {
	f, _ := start(t, "obey", Options{})
	pids := []int{must(strconv.Atoi(ask(t, f, "spawn"))), must(strconv.Atoi(ask(t, f, "pid")))}

	g := newGate(t)
	failed := make(chan error)
	go func() {
		_, err := f.Invoke(context.Background(), tell("pass "+g.URL))
		failed <- err
	}()
	<-g.reached
	var closing sync.WaitGroup
	for range 3 {
		closing.Go(func() { f.Close() })
	}
	if err := <-failed; !errors.Is(err, errClosed) {
		t.Errorf("the invocation under way: got %v, want %v", err, errClosed)
	}
	closing.Wait()
	if _, err := f.Invoke(t.Context(), tell("pid")); !errors.Is(err, errClosed) {
		t.Errorf("an invocation afterwards: got %v, want %v", err, errClosed)
	}
	for _, pid := range pids {
		eventually(t, fmt.Sprintf("process %d is gone", pid), func() bool { return !running(pid) })
	}
}

func TestCloseEndsStart(t *testing.T) {
	g := newGate(t)
	f, _ := start(t, "late", Options{Command: Command{Env: []string{"GATE=" + g.URL}}})
	failed := make(chan error)
	go func() {
		_, err := f.Invoke(context.Background(), tell("pid"))
		failed <- err
	}()
	<-g.reached
	f.Close()
	if err := <-failed; !errors.Is(err, errClosed) {
		t.Errorf("got %v, want %v", err, errClosed)
	}
}

// TestProcessDiesWithItsOwner kills the owner, which cannot close the function
// then.
func TestProcessDiesWithItsOwner(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the kernel does this on Linux only")
	}
	owner := exec.Command(must(os.Executable()))
	owner.Env = append(os.Environ(), "CFSIM_TEST_HANDLER=owner")
	output := must(owner.StdoutPipe())
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Fscanf(output, " | pid %d\n", &pid); err != nil || !running(pid) {
		t.Errorf("there is no process %d: %v", pid, err)
	}
	owner.Process.Kill()
	owner.Wait()
	eventually(t, "process gone", func() bool { return !running(pid) })
}

// running reports whether a process runs. One that ended stays a zombie until
// its parent looks, which may be a container's first process that never does.
func running(pid int) bool {
	if runtime.GOOS != "linux" {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func TestChildrenOfProcessThatCrashesEnd(t *testing.T) {
	f, _ := start(t, "obey", Options{Concurrency: 1})
	child := must(strconv.Atoi(ask(t, f, "spawn")))
	if _, err := f.Invoke(t.Context(), tell("crash")); err == nil {
		t.Fatal("there was no crash")
	}
	eventually(t, "child gone", func() bool { return !running(child) })
}

func TestEnvironment(t *testing.T) {
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_DEFAULT_REGION", "eu-central-1")
	t.Setenv("AWS_LAMBDA_MAX_CONCURRENCY", "9")
	t.Setenv("OF_THE_USER", "kept")
	dir := t.TempDir()
	f, _ := start(t, "obey", Options{Name: "prices", Memory: 256, Command: Command{Dir: dir, Env: []string{
		"OWN=yes", "AWS_LAMBDA_FUNCTION_NAME=forged", "TZ=Europe/Berlin",
	}}})
	for name, want := range map[string]string{
		"OWN":                             "yes",
		"OF_THE_USER":                     "kept",
		"TZ":                              "Europe/Berlin",
		"AWS_REGION":                      "eu-central-1",
		"AWS_LAMBDA_FUNCTION_NAME":        "prices",
		"AWS_LAMBDA_FUNCTION_VERSION":     "$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
		"AWS_LAMBDA_LOG_GROUP_NAME":       "/aws/lambda/prices",
		"AWS_LAMBDA_MAX_CONCURRENCY":      "",
		"LAMBDA_TASK_ROOT":                dir,
		"_HANDLER":                        "bootstrap",
	} {
		if got := ask(t, f, "env "+name); got != strconv.Quote(want) {
			t.Errorf("%s is %s, want %q", name, got, want)
		}
	}
}

func TestContextOfHandler(t *testing.T) {
	f, _ := start(t, "obey", Options{Name: "prices", Command: Command{Env: []string{"AWS_REGION=eu-west-1"}}})
	var id, arn string
	var limited bool
	if err := json.Unmarshal([]byte(ask(t, f, "context")), &[]any{&id, &arn, &limited}); err != nil {
		t.Fatal(err)
	}
	if len(id) != 36 || arn != "arn:aws:lambda:eu-west-1:123456789012:function:prices" || !limited {
		t.Errorf("got id %q, ARN %q, deadline %v", id, arn, limited)
	}
}

func TestLog(t *testing.T) {
	f, log := start(t, "obey", Options{Name: "prices"})
	ask(t, f, "print")
	f.Close()
	if got, want := log.String(), "prices | to stdout\nprices | and to stderr\nprices | no newline\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestMisuseOfRuntimeAPI(t *testing.T) {
	f, log := start(t, "misuse", Options{Concurrency: 1})
	if got, want := ask(t, f, ""), "[404 400 403 400]"; got != want {
		t.Errorf("got statuses %s, want %s", got, want)
	}
	eventually(t, "second answer refused", func() bool { return strings.Contains(log.String(), "after the answer: 403") })
}
