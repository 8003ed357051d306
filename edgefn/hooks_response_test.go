package edgefn_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// marked is a source that adds a mark to a header of the response.
func marked(mark string) *edgefn.Source {
	return own(fmt.Sprintf(`
		var headers = event.response.headers;
		headers['x-seen'] = { value: (headers['x-seen'] ? headers['x-seen'].value + ' ' : '') + '%s:' + event.response.statusCode };
		return event.response;`, mark))
}

func asyncMarked(mark string) *edgefn.Source {
	s := marked(mark)
	s.Code = "async " + strings.Replace(s.Code, "return event.response", "return await Promise.resolve(event.response)", 1)
	return s
}

func TestOwnCodeOfResponses(t *testing.T) {
	hooks := func(before, after *edgefn.Source) edgefn.Hooks {
		return edgefn.Hooks{BeforeResponse: before, AfterResponse: after}
	}
	status := func(n int) *edgefn.Source {
		return own(fmt.Sprintf("return { statusCode: %d, headers: event.response.headers, cookies: {} };", n))
	}
	site := func(code edgefn.Hooks) edgefn.Route {
		r := store("index.html", prefix("/site"))
		r.Code, r.Documents = code, &edgefn.Documents{NotFound: "/404.html", Content: []string{"/a.html", "/404.html"}}
		return r
	}
	tests := []struct {
		name  string
		table edgefn.Table
		want  map[string]string // by url: the status, and what was noted
	}{
		{
			"of all routes",
			edgefn.Table{Code: hooks(marked("t"), marked("T")), Routes: []edgefn.Route{prefix("/a"), prefix("/")}},
			map[string]string{"/a/x": "200 t:200 T:200", "/x%20y": "200 t:200 T:200", "/a/../x": "308"},
		},
		{
			"of one route",
			edgefn.Table{Routes: []edgefn.Route{with(hooks(marked("r"), marked("R")), prefix("/a")), prefix("/")}},
			map[string]string{"/a/x": "200 r:200 R:200", "/x": "200"},
		},
		{
			"of several",
			edgefn.Table{Code: hooks(marked("t"), marked("T")), Routes: []edgefn.Route{
				with(hooks(marked("a"), nil), prefix("/a")), with(hooks(nil, marked("B")), prefix("/b")), with(hooks(marked("c"), marked("C")), prefix("/c")), prefix("/"),
			}},
			map[string]string{"/a/x": "200 t:200 a:200 T:200", "/b/x": "200 t:200 B:200 T:200", "/c/x": "200 t:200 c:200 C:200 T:200", "/x": "200 t:200 T:200"},
		},
		{
			"that wait",
			edgefn.Table{Code: hooks(asyncMarked("t"), marked("T")), Routes: []edgefn.Route{
				with(hooks(marked("a"), asyncMarked("A")), prefix("/a")), with(hooks(asyncMarked("b"), marked("B")), prefix("/b")),
			}},
			map[string]string{"/a/x": "200 t:200 a:200 A:200 T:200", "/b/x": "200 t:200 b:200 B:200 T:200"},
		},
		{
			"around the Router's own",
			edgefn.Table{Code: hooks(marked("t"), marked("T")), Routes: []edgefn.Route{site(hooks(marked("r"), marked("R")))}},
			map[string]string{"/site/a.html": "200 t:200 r:200 R:200 T:200", "/site/none": "404 t:200 r:200 R:404 T:404"},
		},
		{
			"another response",
			edgefn.Table{Code: hooks(status(201), marked("T")), Routes: []edgefn.Route{with(hooks(marked("r"), status(204)), prefix("/a")), prefix("/")}},
			map[string]string{"/a/x": "204 r:201 T:204", "/x": "201 T:201"},
		},
		{
			"a response without headers",
			edgefn.Table{Code: hooks(own("return { statusCode: 200 };"), nil), Routes: []edgefn.Route{site(edgefn.Hooks{})}},
			map[string]string{"/site/a.html": "200", "/site/none": "404"},
		},
		{"none", edgefn.Table{Code: hooks(own(""), marked("T")), Routes: []edgefn.Route{prefix("/")}}, map[string]string{"/x": "502"}},
		{"none of a route", edgefn.Table{Routes: []edgefn.Route{with(hooks(nil, own("")), prefix("/a")), prefix("/")}}, map[string]string{"/a/x": "502", "/x": "200"}},
	}
	for name, body := range map[string]string{"a number": "return 1;", "a text": "return 'x';", "an object": "return {};", "the request": "return event.request;"} {
		routes := []edgefn.Route{site(hooks(own(body), nil)), with(hooks(nil, own(body)), prefix("/last")), prefix("/")}
		tests = append(tests, struct {
			name  string
			table edgefn.Table
			want  map[string]string
		}{name + " of a route", edgefn.Table{Code: hooks(nil, marked("T")), Routes: routes}, map[string]string{"/site/a.html": "502", "/last/x": "502", "/x": "200 T:200"}})
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				program := composed(t, test.table)
				if test.name == "that wait" && strings.Contains(program.Request, "async") {
					t.Errorf("the request's function waits for what is in the response's:\n%s", program.Request)
				}
				d := deployed(t, program)
				for url, want := range test.want {
					a, err := d.Respond(engine, edgetest.Request{URL: url}, edgetest.OriginResponse{})
					if err != nil {
						t.Fatal(err)
					}
					got := fmt.Sprint(a.Status)
					if seen := a.Headers["x-seen"]; seen != "" {
						got += " " + seen
					}
					if got != want {
						t.Errorf("%s: got %s (%v), want %s", url, got, a.Err, want)
					}
				}
			})
		}
	})
}

// The code of both events may read the one key-value store.
func TestOwnCodeOfResponsesReadsStore(t *testing.T) {
	source := &edgefn.Source{Code: `async function handler(event) {
		event.response.headers['x-greeting'] = { value: await cf.kvs().get('greeting') };
		return event.response;
	}`}
	program := composed(t, edgefn.Table{Code: edgefn.Hooks{AfterResponse: source}, Routes: []edgefn.Route{prefix("/")}})
	if !program.Stored || strings.Contains(program.Request, "cloudfront") {
		t.Errorf("stored is %t, and the request's function is\n%s", program.Stored, program.Request)
	}
	d := deployed(t, program)
	d.Store(map[string]string{"greeting": "hello"})
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		a, err := d.Respond(engine, edgetest.Request{URL: "/x"}, edgetest.OriginResponse{})
		if err != nil || a.Err != nil || a.Headers["x-greeting"] != "hello" {
			t.Errorf("got %v, %v", a, err)
		}
	})
}
