package edgefn_test

import (
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
)

// compose is the code of a table of routes that has nothing wrong with it.
func compose(t testing.TB, routes []edgefn.Route) string {
	t.Helper()
	program, err := edgefn.Compose(edgefn.Table{Routes: routes})
	if err != nil {
		t.Fatal(err)
	}
	return program.Request
}

// composed is the program of a table that has nothing wrong with it, in code that
// CloudFront takes.
func composed(t testing.TB, table edgefn.Table) edgefn.Program {
	t.Helper()
	program, err := edgefn.Compose(table)
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{program.Request, program.Response} {
		if problems := edgefn.Check(code, edgefn.Runtime2); code != "" && problems != nil {
			t.Fatalf("%v in:\n%s", problems, code)
		}
	}
	return program
}
