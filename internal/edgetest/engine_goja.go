package edgetest

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/dop251/goja"
)

// runTime bounds one call of a handler. CloudFront's own limit is far below a
// millisecond; this one only ends loops that would not end.
const runTime = 2 * time.Second

// maxStack is how deep calls may nest. Without a limit a handler that calls
// itself takes all memory before runTime is over.
const maxStack = 2000

// Goja returns an engine in pure Go. Each event gets a fresh runtime, so
// nothing an earlier request left behind in a variable is seen by a later one.
func Goja() Engine { return gojaEngine{} }

type gojaEngine struct{}

func (gojaEngine) Name() string { return "goja" }

func (gojaEngine) Run(code string, events []Event) ([]Result, error) {
	helper, err := goja.Compile("driver.js", driver, true)
	if err != nil {
		return nil, err
	}
	// CloudFront's runtime is always strict.
	program, parseErr := goja.Compile("function.js", code, true)
	results := make([]Result, len(events))
	for i, event := range events {
		if parseErr != nil {
			results[i].Err = parseErr
			continue
		}
		c, err := newCall(event)
		if err != nil {
			return nil, err
		}
		results[i] = runGoja(program, helper, c)
	}
	return results, nil
}

func runGoja(program, helper *goja.Program, c json.RawMessage) Result {
	vm := goja.New()
	vm.SetMaxCallStackSize(maxStack)
	defer time.AfterFunc(runTime, func() { vm.Interrupt("the function ran for more than " + runTime.String()) }).Stop()

	result := Result{Err: errors.New("the promise of the handler was never settled")}
	err := errors.Join(
		vm.Set("console", map[string]any{"log": func(string) {}}),
		vm.Set("edgetestItem", string(c)),
		vm.Set("edgetestReport", func(text string) { result = readReport(text) }),
	)
	for _, p := range []*goja.Program{helper, program} {
		if err == nil {
			_, err = vm.RunProgram(p)
		}
	}
	// The handler may be a const, which is no property of the global object,
	// so the call is a script too.
	if err == nil {
		_, err = vm.RunString("edgetestCall(JSON.parse(edgetestItem), edgetestReport)")
	}
	if err != nil {
		return Result{Err: err}
	}
	return result
}
