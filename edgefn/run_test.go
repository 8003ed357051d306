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
	return deployed(t, edgefn.Program{Request: code})
}

// deployed returns a distribution with a program in front of the origin "origin",
// and more origins to choose from. The host of each is its id and ".example.com".
// What is cached is kept apart by the query string and by the two headers that the
// program sets for that.
func deployed(t testing.TB, program edgefn.Program, origins ...string) *edgetest.Distribution {
	t.Helper()
	type object = map[string]any
	config := object{}
	if program.Stored {
		config["KeyValueStoreAssociations"] = []any{object{"KeyValueStoreARN": object{"Fn::GetAtt": []any{"Store", "Arn"}}}}
	}
	resources := object{
		"Store": object{"Type": "AWS::CloudFront::KeyValueStore"},
		"Cache": object{"Type": "AWS::CloudFront::CachePolicy", "Properties": object{"CachePolicyConfig": object{
			"ParametersInCacheKeyAndForwardedToOrigin": object{
				"HeadersConfig":      object{"HeaderBehavior": "whitelist", "Headers": []any{edgefn.RouteHeader, "x-forwarded-host"}},
				"QueryStringsConfig": object{"QueryStringBehavior": "all"},
			},
		}}},
	}
	var associations, list []any
	for event, code := range map[string]string{"viewer-request": program.Request, "viewer-response": program.Response} {
		if code == "" {
			continue
		}
		resources[event] = object{"Type": "AWS::CloudFront::Function", "Properties": object{"FunctionCode": code, "FunctionConfig": config}}
		associations = append(associations, object{"EventType": event, "FunctionARN": object{"Fn::GetAtt": []any{event, "FunctionARN"}}})
	}
	for _, id := range append([]string{"origin"}, origins...) {
		list = append(list, object{"Id": id, "DomainName": id + ".example.com"})
	}
	resources["Distribution"] = object{"Type": "AWS::CloudFront::Distribution", "Properties": object{"DistributionConfig": object{
		"Origins": list,
		"DefaultCacheBehavior": object{
			"TargetOriginId":       "origin",
			"AllowedMethods":       []any{"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"},
			"CachePolicyId":        object{"Ref": "Cache"},
			"FunctionAssociations": associations,
		},
	}}}
	d, err := edgetest.Load(object{"Resources": resources})
	if err != nil {
		t.Fatal(err)
	}
	entries := map[string]string{}
	for _, entry := range program.Entries {
		entries[entry.Key] = entry.Value
	}
	d.Store(entries)
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

// value is what a pointer points to, for messages.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// The constructors below name a route by its key, so that an outcome shows
// which route it was.

func prefix(path string) edgefn.Route {
	r := edgefn.Route{Kind: edgefn.Prefix, Path: path, Strip: path, Destination: edgefn.Destination{Key: path}}
	if path == "/" {
		r.Strip = ""
	}
	return r
}

func kept(path string) edgefn.Route {
	return edgefn.Route{Kind: edgefn.Prefix, Path: path, Destination: edgefn.Destination{Key: path + " kept"}}
}

func exact(path string) edgefn.Route {
	return edgefn.Route{Kind: edgefn.Exact, Path: path, Destination: edgefn.Destination{Key: "=" + path}}
}

func glob(path string) edgefn.Route {
	return edgefn.Route{Kind: edgefn.Glob, Path: path, Destination: edgefn.Destination{Key: path}}
}

func stripping(strip string, r edgefn.Route) edgefn.Route {
	r.Strip = strip
	return r
}

func store(index string, r edgefn.Route) edgefn.Route {
	r.Index = &index
	return r
}
