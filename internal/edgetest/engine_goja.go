package edgetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"sync"
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

// CloudFront's runtime is always strict.
var (
	gojaDriver     = sync.OnceValue(func() *goja.Program { return goja.MustCompile("driver.js", driver, true) })
	gojaCloudfront = sync.OnceValue(func() *goja.Program { return goja.MustCompile("cloudfront.js", cloudfront, true) })
)

// importStatement matches a statement such as "import cf from 'cloudfront'" and
// what ends the one before it. goja has no modules.
var importStatement = regexp.MustCompile(`(^|[;}\n])(\s*)import\s+([\w$]+)\s+from\s*(?:'(\w+)'|"(\w+)")`)

func (gojaEngine) Run(f Function, events []Event) ([]Result, error) {
	code := importStatement.ReplaceAllString(f.Code, `$1${2}const $3 = edgetestImport('$4$5')`)
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
		results[i] = runGoja(program, f.config(), c)
	}
	return results, nil
}

func runGoja(program *goja.Program, with config, c json.RawMessage) Result {
	vm := goja.New()
	vm.SetMaxCallStackSize(maxStack)
	defer time.AfterFunc(runTime, func() { vm.Interrupt("the function ran for more than " + runTime.String()) }).Stop()

	result := Result{Err: errNeverSettled}
	err := errors.Join(
		vm.Set("console", map[string]any{"log": func(string) {}}),
		vm.Set("edgetestImport", func(name string) (goja.Value, error) { return gojaModule(vm, with, name) }),
		vm.Set("edgetestItem", string(c)),
		vm.Set("edgetestReport", func(text string) { result = readReport(text) }),
	)
	for _, p := range []*goja.Program{gojaDriver(), program} {
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

func gojaModule(vm *goja.Runtime, with config, name string) (goja.Value, error) {
	if name != "cloudfront" {
		return nil, fmt.Errorf("cannot find the module %q", name)
	}
	value, err := vm.RunProgram(gojaCloudfront())
	if err != nil {
		return nil, err
	}
	create, _ := goja.AssertFunction(value)
	argument := vm.NewObject()
	store := goja.Null()
	if with.Store != nil {
		store = vm.ToValue(with.Store)
	}
	if err := errors.Join(argument.Set("origins", vm.ToValue(with.Origins)), argument.Set("store", store)); err != nil {
		return nil, err
	}
	return create(goja.Undefined(), argument)
}
