package cfsim

import (
	"fmt"
	"net/http"
)

// Smoke runs edge functions once for each request, written as for
// [Distribution.Expect], and fails the test for each that would be answered with an
// error of the edge's own making: because a function does not parse, throws, or
// returns what CloudFront refuses. It fails as well for a request that leads to no
// run of the functions of its behavior, as nothing is known of them then.
//
// No origin is asked. For viewer-response functions it answers with an empty 200.
// What the functions make of requests, Smoke does not look at.
func (d *Distribution) Smoke(t TB, requests ...string) {
	t.Helper()
	if len(requests) == 0 {
		t.Fatalf("cfsim: no requests to run the edge functions for")
	}
	for _, request := range requests {
		x := d.exchangeOf(t, request)
		for _, fault := range x.smoke() {
			t.Errorf("%s: %s\n%s", asWritten(request), fault, x.trace)
		}
	}
}

// smoke takes a request through the edge functions and says what went wrong.
func (x *exchange) smoke() (faults []string) {
	a := x.run()
	if a == nil {
		a = x.finish(&answer{status: http.StatusOK, header: http.Header{}, from: fromOrigin})
	}
	for _, f := range x.trace.Functions {
		if f.Err != "" {
			faults = append(faults, fmt.Sprintf("the function %s failed at %s: %s", f.Name, f.EventType, f.Err))
		}
	}
	faults = append(faults, x.notRun()...)
	switch {
	case len(faults) > 0 || a.from != fromCloudFront:
	case len(x.trace.Functions) > 0:
		faults = append(faults, fmt.Sprintf("no origin can be asked, and the edge answers %s", x.trace.Outcome()))
	case x.behavior == nil || x.behavior.hasFunctions():
		faults = append(faults, fmt.Sprintf("no function was run, as the edge answers %s before; ask for what a behavior takes", x.trace.Outcome()))
	}
	return faults
}

// notRun are the functions of the behavior that there is nothing to run of.
func (x *exchange) notRun() (why []string) {
	if x.behavior == nil {
		return nil
	}
	for _, association := range x.behavior.FunctionAssociations {
		if f, _ := x.d.functions.get(association.FunctionARN); f == nil {
			why = append(why, fmt.Sprintf("the function %s at %s was not run: it is not in the template", association.FunctionARN, association.EventType))
		}
	}
	for _, association := range x.behavior.LambdaFunctionAssociations {
		if l := x.behavior.lambdas[association.EventType]; l.process == nil {
			why = append(why, fmt.Sprintf("the function %s at %s was not run: %s", l.name, association.EventType, l.why))
		}
	}
	return why
}

func (b *behavior) hasFunctions() bool {
	return len(b.FunctionAssociations)+len(b.LambdaFunctionAssociations) > 0
}
