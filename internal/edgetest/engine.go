package edgetest

import (
	_ "embed"
	"encoding/json"
	"errors"
	"os"
	"testing"
)

// An Engine executes CloudFront functions.
type Engine interface {
	// Name says which engine it is, for the message of a failing test.
	Name() string

	// Run calls the handler of a function once for each event, one after the
	// other, and returns the results in the order of the events. Code that does
	// not parse, and a handler that throws, is a [Result] with an error, as
	// CloudFront answers it request by request; the error of Run itself is a
	// failure of the engine, after which there are no results.
	Run(f Function, events []Event) ([]Result, error)
}

// A Function is code and what the cloudfront module that it may import knows.
type Function struct {
	Code    string
	Origins []string          // ids of the origins of the distribution
	Store   map[string]string // what is in the key-value store; nil without one
}

// A config is what cloudfront.js makes the module of.
type config struct {
	Origins []string          `json:"origins"`
	Store   map[string]string `json:"store"`
}

func (f Function) config() config {
	// Without origins the list is still one.
	return config{Origins: append([]string{}, f.Origins...), Store: f.Store}
}

// A Result is what a handler made of one event.
type Result struct {
	// Value is the returned value as JSON, nil when the handler returned
	// nothing. Of a promise it is the value it was resolved with.
	Value json.RawMessage

	// Err says what was thrown.
	Err error

	// Reads is how often the handler asked the key-value store for a key.
	Reads int

	choice *choice
}

// A choice is what a function made of the origin of the request.
type choice struct {
	IDs      []string       `json:"ids"`      // of the origin, or the two of a group; none to stay with that of the behavior
	Settings map[string]any `json:"settings"` // that are not as the origin has them
}

// Engines returns every engine that is installed. Without njs a
// developer's run goes on with the others, but continuous integration, where
// the variable CI is set, fails: there a check that is skipped is a check
// nobody makes.
func Engines(t testing.TB) []Engine {
	t.Helper()
	engines := []Engine{Goja()}
	njs, err := Njs()
	switch {
	case err == nil:
		engines = append(engines, njs)
	case os.Getenv("CI") != "":
		t.Fatal(err)
	default:
		t.Logf("not run on njs: %v", err)
	}
	return engines
}

// driver defines edgetestCall, which calls the handler with a [call]. Both
// engines use it, so that they differ in nothing but themselves.
//
//go:embed driver.js
var driver string

// cloudfront is an expression: the function that makes the cloudfront module.
//
//go:embed cloudfront.js
var cloudfront string

// newCall returns the argument of the driver's edgetestCall as JSON. The event
// in it is a string, so that the engine's own JSON.parse builds it and a key
// such as "__proto__" is a key like any other.
func newCall(e Event) (json.RawMessage, error) {
	event, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{
		"event": string(event), "hasRawQuery": !e.NoRawQueryString, "rawQuery": e.RawQuery,
	})
}

// A report is what the driver says about one call.
type report struct {
	Value  *string `json:"value"`
	Error  *string `json:"error"`
	Reads  int     `json:"reads"`
	Choice *choice `json:"choice"`
}

func readReport(text string) Result {
	var r report
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return Result{Err: err}
	}
	result := Result{Reads: r.Reads, choice: r.Choice}
	switch {
	case r.Error != nil:
		result.Err = errors.New(*r.Error)
	case r.Value != nil:
		result.Value = json.RawMessage(*r.Value)
	}
	return result
}

var errNeverSettled = errors.New("the promise of the handler was never settled")
