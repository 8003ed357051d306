package edgefn_test

import (
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

func TestMethodsLetThrough(t *testing.T) {
	static, dynamic := prefix("/static"), prefix("/")
	static.Methods = "GET HEAD OPTIONS"
	d := behind(t, compose(t, []edgefn.Route{static, dynamic}))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, method := range methods {
			for accept, body := range map[string]string{"text/html": "<h1>405 Method Not Allowed</h1>", "*/*": `{"status":405,"error":"Method Not Allowed"}`} {
				headers := map[string]string{"accept": accept}
				if got := send(t, engine, d, edgetest.Request{Method: method, URL: "/a", Headers: headers})[0]; outcome(got) != "/ /a" {
					t.Errorf("%s /a: got %v, want it passed on", method, got)
				}
				got := send(t, engine, d, edgetest.Request{Method: method, URL: "/static/a", Headers: headers})[0]
				if strings.Contains(static.Methods, method) {
					if outcome(got) != "/static /a" {
						t.Errorf("%s: got %v, want it passed on", method, got)
					}
				} else if got.Status != 405 || got.Headers["allow"] != "GET, HEAD, OPTIONS" || !strings.Contains(got.Body, body) {
					t.Errorf("%s: got %v with %q, want 405 with %q", method, got, got.Body, body)
				}
			}
		}
	})
}

// A behavior that caches must never find what is not to be cached.
func TestUnique(t *testing.T) {
	cached, unique := prefix("/cached"), prefix("/")
	unique.Key, unique.Unique = "", true
	for name, routes := range map[string][]edgefn.Route{"beside a key": {cached, unique}, "alone": {unique}} {
		d := behind(t, compose(t, routes))
		eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
			seen := map[string]bool{}
			for range 3 {
				got := ask(t, engine, d, edgetest.Request{URL: "/a", Headers: map[string]string{edgefn.RouteHeader: "mine"}})
				key := got.Headers[edgefn.RouteHeader]
				if key == "" || key == "mine" || seen[key] {
					t.Errorf("%s: key %q, want one that no other request has", name, key)
				}
				seen[key] = true
			}
			if len(routes) > 1 {
				if got := ask(t, engine, d, edgetest.Request{URL: "/cached/a"}); outcome(got) != "/cached /a" {
					t.Errorf("%s: got %s, want the key of the route", name, outcome(got))
				}
			}
		})
	}
}

// Where the console tests a function, requests have no id.
func TestUniqueWithoutRequestID(t *testing.T) {
	unique := prefix("/")
	unique.Unique = true
	code := compose(t, []edgefn.Route{unique})
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		events := make([]edgetest.Event, 3)
		for i := range events {
			events[i] = edgetest.NewEvent(edgetest.Request{URL: "/"})
			events[i].Context.RequestID = ""
		}
		results, err := engine.Run(edgetest.Function{Code: code}, events)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, r := range results {
			_, key, found := strings.Cut(string(r.Value), `"`+edgefn.RouteHeader+`":{"value":"0.`)
			if r.Err != nil || !found || seen[key] {
				t.Errorf("got %s, %v, want a key of its own", r.Value, r.Err)
			}
			seen[key] = true
		}
	})
}

func TestPlain(t *testing.T) {
	sent := map[string]string{
		"origin": "https://www.example.net", "access-control-request-method": "GET",
		"access-control-request-headers": "x-a", "accept": "*/*",
	}
	static, dynamic := prefix("/static"), prefix("/")
	static.Plain = true
	d := behind(t, compose(t, []edgefn.Route{static, dynamic}))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		got := ask(t, engine, d, edgetest.Request{URL: "/static/a?b=1&b=2", Headers: sent})
		if got.URI != "/a" || got.Query != "" || got.Headers["accept"] != "*/*" {
			t.Errorf("got %v with query %q, want /a without a query", got, got.Query)
		}
		for name := range sent {
			if _, found := got.Headers[name]; found && name != "accept" {
				t.Errorf("the header %s is passed on", name)
			}
		}
		got = ask(t, engine, d, edgetest.Request{URL: "/a?b=1&b=2", Headers: sent})
		if got.Query != "b=1&b=2" {
			t.Errorf("got query %q, want that of the viewer", got.Query)
		}
		for name, value := range sent {
			if got.Headers[name] != value {
				t.Errorf("the header %s is %q, want %q", name, got.Headers[name], value)
			}
		}
	})
}
