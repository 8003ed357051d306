package edgetest

import (
	_ "embed"
	"encoding/json"
	"errors"
	"os"
	"testing"
)

// An Engine executes the code of a CloudFront function.
type Engine interface {
	// Name says which engine it is, for the message of a failing test.
	Name() string

	// Run calls the handler in code once for each event and returns the
	// results in the order of the events. Code that does not parse, and a
	// handler that throws, is a [Result] with an error, as CloudFront answers
	// it request by request; the error of Run itself is a failure of the
	// engine, after which there are no results.
	Run(code string, events []Event) ([]Result, error)
}

// A Result is what a handler made of one event.
type Result struct {
	// Value is the returned value as JSON, nil when the handler returned
	// nothing. Of a promise it is the value it was resolved with.
	Value json.RawMessage

	// Err says what was thrown.
	Err error
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
	Value *string `json:"value"`
	Error *string `json:"error"`
}

func readReport(text string) Result {
	var r report
	switch err := json.Unmarshal([]byte(text), &r); {
	case err != nil:
		return Result{Err: err}
	case r.Error != nil:
		return Result{Err: errors.New(*r.Error)}
	case r.Value != nil:
		return Result{Value: json.RawMessage(*r.Value)}
	}
	return Result{}
}
