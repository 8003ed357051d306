package lambda

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"
)

// An environment is one process and the runtime API that is there for it alone;
// Lambda calls it an execution environment.
// (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html)
type environment struct {
	function *Function
	output   *lineWriter
	work     chan *invocation // taken by the process's call for the next invocation
	ended    chan struct{}    // closed when the process is gone

	mu       sync.Mutex
	process  *exec.Cmd   // while there is one to kill
	deadline *time.Timer // of the start, then of the current invocation
	waiting  bool        // in a call for the next invocation
	ready    bool        // such a call was made
	current  *invocation // until the process asks for the next one
	answered bool        // current's response is complete
	cause    error       // why it was killed

	failure error // why it never asked for an invocation; set when ended is closed
}

func newEnvironment(f *Function) *environment {
	return &environment{
		function: f,
		output:   newLineWriter(f),
		work:     make(chan *invocation),
		ended:    make(chan struct{}),
	}
}

// run is the life of the process.
func (e *environment) run() {
	end := e.live()
	e.output.flush()

	e.mu.Lock()
	if e.cause != nil {
		end = e.cause
	}
	unfinished, ready := e.current, e.ready
	if e.answered {
		unfinished = nil
	}
	e.mu.Unlock()

	// First the function forgets it, so that whoever learns of the end gets
	// another process.
	e.function.remove(e)
	var expired *FunctionError
	switch {
	case !ready:
		e.failure = e.function.unavailable(e.unready(end))
		if !errors.Is(end, errClosed) {
			first, _, _ := strings.Cut(e.failure.Error(), "\n") // what follows is in the log
			e.function.logf("%s", first)
		}
	case unfinished != nil:
		unfinished.settle(nil, e.broken(unfinished, end))
	case !errors.Is(end, errClosed) && !errors.As(end, &expired):
		e.function.logf("cfsim: the process ended: %v", end)
	}
	close(e.ended)
}

// live starts the process and returns when it and everything it started is gone.
func (e *environment) live() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("there is no port for the runtime API: %w", err)
	}
	server := &http.Server{Handler: e.runtimeAPI(), ErrorLog: log.New(io.Discard, "", 0)}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	defer serving.Wait()
	defer server.Close()

	cmd, err := e.function.command(listener.Addr().String())
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = e.output, e.output
	// Where the process is to die with this one, the kernel means the thread that
	// started it. (https://go.dev/issue/27505)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := e.start(cmd); err != nil {
		return err
	}
	err = cmd.Wait()
	e.mu.Lock()
	defer e.mu.Unlock()
	killRest(cmd)
	e.process = nil
	e.deadline.Stop()
	return &exited{cmd.ProcessState.String(), err == nil || errors.Is(err, exec.ErrWaitDelay)}
}

func (e *environment) start(cmd *exec.Cmd) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.cause != nil {
		return e.cause
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("the command %q did not start: %w", strings.Join(cmd.Args, " "), err)
	}
	e.process = cmd
	e.deadline = time.AfterFunc(e.function.options.InitTimeout, e.giveUp)
	return nil
}

// giveUp kills a process that never asked for an invocation.
func (e *environment) giveUp() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.ready {
		e.stop(fmt.Errorf("the process did not ask for an invocation within %v: a handler does so at the address in AWS_LAMBDA_RUNTIME_API, in Go with lambda.Start", e.function.options.InitTimeout))
	}
}

// kill ends the process and all it started, as Lambda does, without a chance to
// clean up. The first cause counts.
func (e *environment) kill(cause error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stop(cause)
}

// stop is kill for those who hold the lock.
func (e *environment) stop(cause error) {
	if e.cause == nil {
		e.cause = cause
	}
	if e.process != nil {
		killTree(e.process)
	}
}

// settling reports that the process has answered and will soon be idle.
func (e *environment) settling() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.current != nil && e.answered
}

// exited is that a process ended without being killed.
type exited struct {
	status  string // such as "exit status 1"
	success bool
}

func (e *exited) Error() string { return e.status }

// unready is why a process ended that never asked for an invocation.
func (e *environment) unready(end error) error {
	var exit *exited
	if !errors.As(end, &exit) {
		return end
	}
	return fmt.Errorf("the process of the command %q ended before it asked for an invocation: %w; the end of its output:\n%s",
		strings.Join(e.function.options.Command.Args, " "), end, e.output.tail)
}

// broken is what becomes of the invocation that the end interrupted.
func (e *environment) broken(i *invocation, end error) error {
	var exit *exited
	switch {
	case !errors.As(end, &exit):
		return e.function.unavailable(end)
	case exit.success:
		return i.failure("Runtime.ExitError", "Runtime exited without providing a reason")
	}
	return i.failure("Runtime.ExitError", "Runtime exited with error: %s", exit.status)
}
