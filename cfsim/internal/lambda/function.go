package lambda

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"
)

// A Command is how a handler is run.
type Command struct {
	// Args are the program and its arguments, such as "go", "run",
	// "./example/api", or the path of a compiled bootstrap. The program is looked
	// up as [os/exec.Command] does.
	Args []string

	// Dir is the folder it runs in.
	// Default: the current one.
	Dir string

	// Env are variables, each "NAME=value", over those of this process. Lambda's
	// own, such as AWS_LAMBDA_FUNCTION_NAME, cannot be set.
	Env []string
}

// Options are the settings of [New].
type Options struct {
	// Name is the function's name. Every line in Log begins with it.
	Name string

	Command Command

	// Handler is what the process finds in _HANDLER.
	// Default: bootstrap.
	Handler string

	// Timeout is how long one invocation may take, counted from when the process
	// takes it. A process that takes longer is killed.
	// Default: 3 s, which is Lambda's.
	Timeout time.Duration

	// InitTimeout is how long a process may take from its start to its first call
	// of the runtime API.
	// Default: 2 min. Lambda gives 10 s, but `go run` compiles first.
	InitTimeout time.Duration

	// Memory is what the process is told to have, in MB. Nothing limits it.
	// Default: 128.
	Memory int

	// Log takes what the processes print, and why invocations fail, a line with
	// each Write. It has to be safe for concurrent use if several functions share it.
	// Default: it is thrown away.
	Log io.Writer

	// Concurrency is the number of processes at most. As on Lambda a process has
	// one invocation at a time, and one more is started when all are busy; unlike
	// there, where requests beyond are refused with status 429, they wait.
	// Default: 10, which is the quota of a new AWS account.
	Concurrency int
}

// account stands for the one that a deployment would know.
const account = "123456789012"

// grace is how long a process that has answered may take to ask for the next
// invocation before a request gives it up and has another process started. It
// takes microseconds.
const grace = 100 * time.Millisecond

var errClosed = errors.New("closed")

// An unavailableError is that a function cannot be run, which has no counterpart
// on Lambda.
type unavailableError struct {
	function string
	err      error
}

func (e *unavailableError) Error() string {
	return fmt.Sprintf("cfsim: function %q: %v", e.function, e.err)
}

func (e *unavailableError) Unwrap() error { return e.err }

func (f *Function) unavailable(err error) error { return &unavailableError{f.options.Name, err} }

// A Function runs the processes of one Lambda function. It is safe for
// concurrent use.
type Function struct {
	options Options
	region  string
	logging sync.Mutex

	processes sync.WaitGroup // each until all of it is gone

	mu      sync.Mutex
	closed  bool
	all     []*environment
	idle    []*environment // the last used one last; one that still starts is idle if its request is gone
	changed chan struct{}  // closed, and replaced, when idle, all or closed changes
}

// New returns a function. No process is started before the first invocation.
func New(o Options) *Function {
	o.Handler = cmp.Or(o.Handler, "bootstrap")
	o.Timeout = cmp.Or(o.Timeout, 3*time.Second)
	o.InitTimeout = cmp.Or(o.InitTimeout, 2*time.Minute)
	o.Memory = cmp.Or(o.Memory, 128)
	o.Concurrency = cmp.Or(max(o.Concurrency, 0), 10)
	if o.Log == nil {
		o.Log = io.Discard
	}
	env := slices.Concat(os.Environ(), o.Command.Env)
	return &Function{
		options: o,
		region:  cmp.Or(lookup(env, "AWS_REGION"), lookup(env, "AWS_DEFAULT_REGION"), "us-east-1"),
		changed: make(chan struct{}),
	}
}

// Invoke passes an event and returns the payload that the function returns. Its
// error is a [*FunctionError] if the function ran and failed.
//
// An invocation that was handed to a process goes on when ctx is done, up to the
// function's timeout, as it does on Lambda.
// (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html)
func (f *Function) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	response, err := f.invoke(ctx, newInvocation(newUUID(), event, false))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(response.Body)
}

// InvokeWithResponseStream passes an event and returns as soon as the function
// begins to answer. The caller closes the stream's body.
// (https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html)
func (f *Function) InvokeWithResponseStream(ctx context.Context, event []byte) (*Stream, error) {
	return f.invoke(ctx, newInvocation(newUUID(), event, true))
}

func (f *Function) invoke(ctx context.Context, i *invocation) (*Stream, error) {
	if err := f.begin(ctx, i); err != nil {
		return nil, err
	}
	return i.wait(ctx)
}

// begin returns when a process has taken the invocation.
func (f *Function) begin(ctx context.Context, i *invocation) error {
	if len(i.event) > maxEvent {
		return fmt.Errorf("%w: the event has %d bytes", errTooLarge, len(i.event))
	}
	for {
		e, err := f.acquire(ctx)
		if err != nil {
			return err
		}
		select {
		case e.work <- i:
			return nil
		case <-e.ended:
			if e.failure != nil {
				return e.failure
			}
			// It ended between invocations, which is none of this one's business.
		case <-ctx.Done():
			f.release(e)
			return context.Cause(ctx)
		}
	}
}

// acquire returns a process without an invocation, started now if need be.
func (f *Function) acquire(ctx context.Context) (*environment, error) {
	patience := time.NewTimer(grace)
	defer patience.Stop()
	for patient := true; ; {
		f.mu.Lock()
		switch last := len(f.idle) - 1; {
		case f.closed:
			f.mu.Unlock()
			return nil, f.unavailable(errClosed)
		case last >= 0:
			e := f.idle[last]
			f.idle = f.idle[:last]
			f.mu.Unlock()
			return e, nil
		case len(f.all) < f.options.Concurrency && !(patient && slices.ContainsFunc(f.all, (*environment).settling)):
			e := newEnvironment(f)
			f.all = append(f.all, e)
			f.processes.Go(e.run)
			f.mu.Unlock()
			return e, nil
		}
		changed := f.changed
		f.mu.Unlock()
		select {
		case <-changed:
		case <-patience.C:
			patient = false
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// release gives back a process that acquire returned.
func (f *Function) release(e *environment) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if slices.Contains(f.all, e) {
		f.idle = append(f.idle, e)
		f.broadcast()
	}
}

// remove forgets a process that ended.
func (f *Function) remove(e *environment) {
	f.mu.Lock()
	defer f.mu.Unlock()
	is := func(other *environment) bool { return other == e }
	f.all = slices.DeleteFunc(f.all, is)
	f.idle = slices.DeleteFunc(f.idle, is)
	f.broadcast()
}

func (f *Function) broadcast() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// Close kills the processes and waits until they are gone. Invocations under way
// fail, and so does every later one. It can be called again, and always returns
// nil.
func (f *Function) Close() error {
	f.mu.Lock()
	f.closed = true
	f.broadcast()
	all := slices.Clone(f.all)
	f.mu.Unlock()
	for _, e := range all {
		e.kill(errClosed)
	}
	f.processes.Wait()
	return nil
}
