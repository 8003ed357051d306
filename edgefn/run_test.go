package edgefn_test

import (
	"fmt"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// behind returns a distribution that has nothing but the code in front of one
// origin, so that an answer shows what the code alone makes of a request.
func behind(t testing.TB, code string) *edgetest.Distribution {
	t.Helper()
	type object = map[string]any
	d, err := edgetest.Load(object{"Resources": object{
		"Edge": object{"Type": "AWS::CloudFront::Function", "Properties": object{"FunctionCode": code}},
		"Distribution": object{"Type": "AWS::CloudFront::Distribution", "Properties": object{"DistributionConfig": object{
			"Origins": []any{object{"Id": "origin", "DomainName": "origin.example.com"}},
			"DefaultCacheBehavior": object{
				"TargetOriginId": "origin",
				"AllowedMethods": []any{"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"},
				"FunctionAssociations": []any{object{
					"EventType": "viewer-request", "FunctionARN": object{"Fn::GetAtt": []any{"Edge", "FunctionARN"}},
				}},
			},
		}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// send runs the code for the requests and returns their answers. Whatever the
// code is asked, it must neither throw nor return what CloudFront refuses, and
// what the edge answers by itself must not be kept by anyone.
func send(t testing.TB, engine edgetest.Engine, d *edgetest.Distribution, requests ...edgetest.Request) []edgetest.Answer {
	t.Helper()
	answers, err := d.Do(engine, requests...)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range answers {
		if a.Err != nil {
			t.Fatalf("%s: %s: %d, %v", engine.Name(), requests[i].URL, a.Status, a.Err)
		}
		if a.Status != 0 && a.Headers["cache-control"] != "no-store" {
			t.Errorf("%s: %s: %d with cache-control %q, want no-store", engine.Name(), requests[i].URL, a.Status, a.Headers["cache-control"])
		}
	}
	return answers
}

// eachEngine runs a subtest on every engine.
func eachEngine(t *testing.T, f func(*testing.T, edgetest.Engine)) {
	t.Helper()
	for _, engine := range edgetest.Engines(t) {
		t.Run(engine.Name(), func(t *testing.T) { f(t, engine) })
	}
}

// outcome is an answer in a line: "404", "308 /there", or the key of the route
// and the uri that a request is passed on with.
func outcome(a edgetest.Answer) string {
	switch {
	case a.Status == 308:
		return "308 " + a.Headers["location"]
	case a.Status != 0:
		return fmt.Sprint(a.Status)
	case a.Headers[edgefn.RouteHeader] == "":
		return a.URI
	}
	return a.Headers[edgefn.RouteHeader] + " " + a.URI
}

func pointer[T any](v T) *T { return &v }

// The constructors below name a route by its key, so that an outcome shows
// which route it was.

func prefix(path string) edgefn.Route {
	r := edgefn.Route{Kind: edgefn.Prefix, Path: path, Strip: path, Key: path}
	if path == "/" {
		r.Strip = ""
	}
	return r
}

func kept(path string) edgefn.Route {
	return edgefn.Route{Kind: edgefn.Prefix, Path: path, Key: path + " kept"}
}

func exact(path string) edgefn.Route {
	return edgefn.Route{Kind: edgefn.Exact, Path: path, Key: "=" + path}
}

func glob(path string) edgefn.Route {
	return edgefn.Route{Kind: edgefn.Glob, Path: path, Key: path}
}

func stripping(strip string, r edgefn.Route) edgefn.Route {
	r.Strip = strip
	return r
}

func store(index string, r edgefn.Route) edgefn.Route {
	r.Index = &index
	return r
}
