package edgejs

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/dop251/goja"
)

// A run is one call of a function, with a runtime of its own.
type run struct {
	f     *Function
	vm    *goja.Runtime
	event *Event
	env   *Env

	request, response parsed // of the event
	modules           map[string]goja.Value

	logs     []string
	logBytes int
	warnings []string

	origin    *OriginChange
	originErr error // what is wrong with it

	rejected []*goja.Promise // without a handler so far
	stopped  *Error          // why the run must end whatever the code catches
}

func (r *run) do(ctx context.Context) (result *Result) {
	if r.f.broken != nil {
		return &Result{Err: r.f.broken}
	}
	// A mistake of the engine must not end the process.
	defer func() {
		if p := recover(); p != nil {
			result = &Result{Err: r.f.executionError(0, 0, "the engine failed: %v", p)}
		}
	}()
	r.newRuntime()
	defer r.watch(ctx)()

	returned, err := r.call()
	if err != nil {
		return &Result{Err: err}
	}
	// Properties may have getters, which are code too.
	if ex := r.vm.Try(func() { result = r.judge(returned) }); ex != nil {
		return &Result{Err: r.failure(ex)}
	}
	if r.stopped != nil {
		return &Result{Err: r.stopped}
	}
	return result
}

func (r *run) newRuntime() {
	now := time.Now
	if r.env.Now != nil {
		now = r.env.Now
	}
	start := now()
	r.vm = goja.New()
	r.vm.SetMaxCallStackSize(r.f.limits.calls)
	// AWS: Date "always returns the same value, the function's start time".
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html)
	r.vm.SetTimeSource(func() time.Time { return start })
	r.vm.SetPromiseRejectionTracker(r.track)
	for _, setup := range r.f.setup {
		setup(r)
	}
}

// call evaluates the top level, calls the handler and waits for its promise.
func (r *run) call() (goja.Value, *Error) {
	value, err := r.vm.RunProgram(r.f.program)
	if err != nil {
		return nil, r.failure(err)
	}
	handler, ok := goja.AssertFunction(value)
	if !ok {
		return nil, r.f.executionError(0, 0, "there is no function named handler at the top level; declare one: function handler(event) { … }")
	}
	// The queue of jobs has run dry when the call returns.
	if value, err = handler(goja.Undefined(), r.eventObject()); err != nil {
		return nil, r.failure(err)
	}
	if r.stopped != nil {
		return nil, r.stopped
	}
	promise, ok := as[*goja.Promise](value)
	if ok {
		switch promise.State() {
		case goja.PromiseStatePending:
			return nil, r.f.executionError(0, 0, "the promise that the handler returned was never settled: nothing is left to run")
		case goja.PromiseStateRejected:
			return nil, r.thrown(promise.Result())
		}
		value = promise.Result()
	}
	// njs ends with an error here, although the handler knows of none.
	if len(r.rejected) > 0 {
		e := r.thrown(r.rejected[0].Result())
		return nil, r.f.executionError(e.Line, e.Column, "a promise was rejected and nothing handles that: %s", text(r.rejected[0].Result()))
	}
	return value, nil
}

// track keeps the promises that were rejected and have no handler.
func (r *run) track(p *goja.Promise, operation goja.PromiseRejectionOperation) {
	if operation == goja.PromiseRejectionReject {
		r.rejected = append(r.rejected, p)
		return
	}
	r.rejected = slices.DeleteFunc(r.rejected, func(other *goja.Promise) bool { return other == p })
}

// stop ends the run, whatever the code catches. The engine looks at it before
// its next instruction.
func (r *run) stop(format string, args ...any) goja.Value {
	if r.stopped == nil {
		line, column := r.here()
		r.stopped = r.f.executionError(line, column, format, args...)
	}
	r.vm.Interrupt(r.stopped)
	return goja.Undefined()
}

// failure turns an error of the engine into one of the function.
func (r *run) failure(err error) *Error {
	if r.stopped != nil {
		return r.stopped
	}
	var interrupted *goja.InterruptedError
	var overflow *goja.StackOverflowError
	var exception *goja.Exception
	switch {
	case errors.As(err, &interrupted):
		line, column := r.position(interrupted.Stack())
		if why, ok := interrupted.Value().(error); ok {
			return r.f.executionError(line, column, "%v", why)
		}
	case errors.As(err, &overflow):
		line, column := r.position(overflow.Stack())
		return r.f.executionError(line, column, "calls nest deeper than %d; does a function call itself without an end?", r.f.limits.calls)
	case errors.As(err, &exception):
		line, column := r.position(exception.Stack())
		return r.f.executionError(line, column, "%s", text(exception.Value()))
	}
	return r.f.executionError(0, 0, "%v", err)
}

// thrown is the error of a promise that was rejected with the value.
func (r *run) thrown(value goja.Value) *Error {
	line, column := 0, 0
	if object, ok := value.(*goja.Object); ok && object.ClassName() == "Error" {
		line, column = r.positionIn(text(object.Get("stack")))
	}
	return r.f.executionError(line, column, "%s", text(value))
}

// here is where in the code the run is.
func (r *run) here() (line, column int) {
	return r.position(r.vm.CaptureCallStack(0, nil))
}

// position is that of the innermost frame in the function's own code.
func (r *run) position(stack []goja.StackFrame) (line, column int) {
	for _, frame := range stack {
		if p := frame.Position(); frame.SrcName() == r.f.name && p.Line > r.f.offset {
			return p.Line - r.f.offset, p.Column
		}
	}
	return 0, 0
}

var stackPosition = regexp.MustCompile(`\bat (?:.*\()?(.+):(\d+):(\d+)\(\d+\)`)

// positionIn is position for the text of a stack.
func (r *run) positionIn(stack string) (line, column int) {
	for _, match := range stackPosition.FindAllStringSubmatch(stack, -1) {
		line, _ := strconv.Atoi(match[2])
		column, _ := strconv.Atoi(match[3])
		if match[1] == r.f.name && line > r.f.offset {
			return line - r.f.offset, column
		}
	}
	return 0, 0
}

// as returns the Go value that an object stands for, if it is a T.
func as[T any](v goja.Value) (T, bool) {
	var zero T
	object, ok := v.(*goja.Object)
	if !ok || object.ExportType() != reflect.TypeFor[T]() {
		return zero, false
	}
	exported, ok := object.Export().(T)
	return exported, ok
}

// text is String(v), for a message. A list is written as console.log does, which
// is the shorter the longer it is.
func text(v goja.Value) (s string) {
	object, ok := v.(*goja.Object)
	switch {
	case v == nil:
		return "undefined"
	case ok && object.ClassName() == "Array":
		return dump(v)
	}
	// An object may have a toString that throws.
	defer func() {
		if recover() != nil {
			s = "[object]"
		}
	}()
	return cmp.Or(v.String(), `""`)
}

// isMissing reports whether a property is not there, or as good as not there.
func isMissing(v goja.Value) bool {
	return v == nil || goja.IsUndefined(v) || goja.IsNull(v)
}
