package edgefn_test

import (
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

func cookie(name string, values ...string) edgefn.Condition {
	return edgefn.Condition{Subject: edgefn.Cookie, Name: name, Values: values}
}

func header(name string, values ...string) edgefn.Condition {
	return edgefn.Condition{Subject: edgefn.Header, Name: name, Values: values}
}

func parameter(name string, values ...string) edgefn.Condition {
	return edgefn.Condition{Subject: edgefn.Parameter, Name: name, Values: values}
}

func country(values ...string) edgefn.Condition {
	return edgefn.Condition{Subject: edgefn.Country, Values: values}
}

func method(values ...string) edgefn.Condition {
	return edgefn.Condition{Subject: edgefn.Method, Values: values}
}

func not(c edgefn.Condition) edgefn.Condition {
	c.Not = true
	return c
}

// conditional are two routes of one path, of which the first applies if the
// conditions hold.
func conditional(conditions ...edgefn.Condition) []edgefn.Route {
	first, second := kept("/"), kept("/")
	first.When, first.Key, second.Key = conditions, "holds", "fails"
	return []edgefn.Route{first, second}
}

func TestConditions(t *testing.T) {
	type request = edgetest.Request
	with := func(name, value string) request {
		return request{URL: "/", Headers: map[string]string{name: value}}
	}
	tests := []struct {
		condition    edgefn.Condition
		holds, fails []request
	}{
		{
			cookie("beta", "yes"),
			[]request{with("cookie", "beta=yes"), with("cookie", "a=1; beta=yes; b=2"), with("cookie", "beta=no; beta=yes")},
			[]request{{URL: "/?beta=yes"}, with("cookie", "beta=no"), with("cookie", "beta="), with("cookie", "Beta=yes"), with("cookie", "beta=yes2"), with("beta", "yes")},
		},
		{
			cookie("beta", "a", "b"),
			[]request{with("cookie", "beta=a"), with("cookie", "beta=b"), with("cookie", "beta=c; beta=d; beta=b")},
			[]request{{URL: "/"}, with("cookie", "beta=c"), with("cookie", "beta=c; beta=d"), with("cookie", "beta=a,b")},
		},
		{cookie("beta"), []request{with("cookie", "beta=yes"), with("cookie", "beta="), with("cookie", "beta=1; beta=2")}, []request{{URL: "/"}, with("cookie", "alpha=1")}},
		{not(cookie("beta")), []request{{URL: "/"}, with("cookie", "alpha=1")}, []request{with("cookie", "beta=yes"), with("cookie", "beta=")}},
		{
			not(cookie("beta", "a", "b")),
			[]request{{URL: "/"}, with("cookie", "beta=c"), with("cookie", "beta=c; beta=d")},
			[]request{with("cookie", "beta=a"), with("cookie", "beta=b"), with("cookie", "beta=c; beta=a")},
		},
		{header("x-version", "2"), []request{with("X-Version", "2")}, []request{{URL: "/"}, with("X-Version", "1"), with("X-Version", "1, 2"), with("cookie", "x-version=2")}},
		{header("x-version"), []request{with("X-Version", "2"), with("X-Version", "")}, []request{{URL: "/"}}},
		{header("host", "www.example.com"), []request{{URL: "/", Host: "www.example.com"}}, []request{{URL: "/"}}},
		{
			parameter("v", "1", ""),
			[]request{{URL: "/?v=1"}, {URL: "/?v"}, {URL: "/?v="}, {URL: "/?a&v=2&v=1"}},
			[]request{{URL: "/"}, {URL: "/?v=2"}, {URL: "/?w=1"}, {URL: "/?v=2&v=3"}, with("v", "1")},
		},
		{parameter("q", "a%20b"), []request{{URL: "/?q=a%20b"}}, []request{{URL: "/?q=a+b"}, {URL: "/?q=a"}}},
		{parameter("preview"), []request{{URL: "/?preview"}, {URL: "/?preview=0"}}, []request{{URL: "/preview"}, {URL: "/?a=preview"}}},
		{country("DE", "FR"), []request{with("CloudFront-Viewer-Country", "DE"), with("CloudFront-Viewer-Country", "FR")}, []request{{URL: "/"}, with("CloudFront-Viewer-Country", "US"), with("CloudFront-Viewer-Country", "DE,FR")}},
		{country(), []request{with("CloudFront-Viewer-Country", "DE")}, []request{{URL: "/"}}},
		{not(country("US")), []request{{URL: "/"}, with("CloudFront-Viewer-Country", "DE")}, []request{with("CloudFront-Viewer-Country", "US")}},
		{method("GET", "HEAD"), []request{{URL: "/"}, {URL: "/", Method: "HEAD"}}, []request{{URL: "/", Method: "POST"}, {URL: "/", Method: "OPTIONS"}}},
		{not(method("GET")), []request{{URL: "/", Method: "HEAD"}}, []request{{URL: "/"}}},
		{cookie(`a"'\b`, "\"'\\\u2028//"), []request{with("cookie", "a\"'\\b=\"'\\\u2028//")}, []request{with("cookie", `a"'\b=`)}},
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			if err := test.condition.Check(); err != nil {
				t.Errorf("%v: %v", test.condition, err)
			}
			d := behind(t, compose(t, conditional(test.condition)))
			for key, requests := range map[string][]request{"holds": test.holds, "fails": test.fails} {
				for i, got := range send(t, engine, d, requests...) {
					if got.Headers[edgefn.RouteHeader] != key {
						t.Errorf("%v %s, want that it %s: %+v", test.condition, got.Headers[edgefn.RouteHeader], key, requests[i])
					}
				}
			}
		}
	})
}

// All of several conditions must hold.
func TestSeveralConditions(t *testing.T) {
	d := behind(t, compose(t, conditional(cookie("beta", "yes", "on"), not(country("US")), method("GET"))))
	keys := map[string]string{
		"beta=yes/DE/GET": "holds", "beta=on//GET": "holds",
		"beta=yes/US/GET": "fails", "beta=yes/DE/POST": "fails", "beta=no/DE/GET": "fails", "/DE/GET": "fails",
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for sent, key := range keys {
			parts := strings.Split(sent, "/")
			headers := map[string]string{"cookie": parts[0], "cloudfront-viewer-country": parts[1]}
			if got := ask(t, engine, d, edgetest.Request{URL: "/", Method: parts[2], Headers: headers}); got.Headers[edgefn.RouteHeader] != key {
				t.Errorf("%s: %s, want that it %s", sent, got.Headers[edgefn.RouteHeader], key)
			}
		}
	})
}

// What every object of JavaScript has is not what a viewer sent, and may be sent
// like everything else.
func TestConditionsOnInheritedNames(t *testing.T) {
	names := []string{"constructor", "toString", "valueOf", "hasOwnProperty", "__proto__", "value", "multiValue", "length"}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, name := range names {
			for _, condition := range []edgefn.Condition{cookie(name), parameter(name), header(name), cookie(name, "1"), parameter(name, "1", "2"), header(name, "1")} {
				d := behind(t, compose(t, conditional(condition)))
				got := ask(t, engine, d, edgetest.Request{URL: "/"})
				if got.Headers[edgefn.RouteHeader] != "fails" {
					t.Errorf("%v, says a request without", condition)
				}
				sent := edgetest.Request{URL: "/?" + name + "=1", Headers: map[string]string{"cookie": name + "=1", name: "1"}}
				got = ask(t, engine, d, sent)
				if condition.Subject != edgefn.Header && got.Headers[edgefn.RouteHeader] != "holds" {
					t.Errorf("%v, is denied by a request with %s", condition, sent.URL)
				}
			}
		}
	})
}

func TestConditionString(t *testing.T) {
	for want, condition := range map[string]edgefn.Condition{
		`cookie "beta" is "yes" or "on"`:   cookie("beta", "yes", "on"),
		`cookie "beta" is not "a" nor "b"`: not(cookie("beta", "a", "b")),
		`header "x-a" is there`:            header("x-a"),
		`parameter "q" is missing`:         not(parameter("q")),
		`country is "DE"`:                  country("DE"),
		`method is not "GET"`:              not(method("GET")),
	} {
		if got := condition.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestConditionCheck(t *testing.T) {
	tests := []struct {
		condition edgefn.Condition
		want      []string
	}{
		{header(""), []string{"header", "names none"}},
		{cookie("", "a"), []string{"cookie", "names none"}},
		{header("cookie", "a"), []string{`"cookie"`, "never holds", "condition on the cookie"}},
		{header("x-forwarded-proto"), []string{`"x-forwarded-proto"`, "never holds"}},
		{header("x-edge-location"), []string{`"x-edge-location"`, "never holds"}},
		{header("X-A"), []string{`"X-A"`}},
		{header("x a"), []string{`"x a"`}},
		{header("x-a", "1\n2"), []string{`"1\n2"`, "control character"}},
		{header("x-a", " 1"), []string{`" 1"`, "space at an end"}},
		{cookie("a=b"), []string{`"a=b"`}},
		{cookie("a", "1; b=2"), []string{`"1; b=2"`, "separator"}},
		{parameter("a b"), []string{`"a b"`}},
		{parameter("a", "1&b=2"), []string{`"1&b=2"`, "separator"}},
		{parameter("a", "b c"), []string{`"b c"`, "as it is sent"}},
		{country("de"), []string{`"de"`, "upper case", `"DE"`}},
		{country("DE", "UK"), []string{`country "UK" is not the code of one`, `write "GB" for the United Kingdom`}},
		{country("EU"), []string{`country "EU" is not the code of one`, `such as "DE" and "FR"`}},
		{country("Germany"), []string{`"Germany"`, "two letters"}},
		{method(), []string{"method", "names none"}},
		{method("get"), []string{`"get"`, "GET"}},
		{method("TRACE"), []string{`"TRACE"`, "GET"}},
		{edgefn.Condition{Subject: edgefn.Country, Name: "x", Values: []string{"DE"}}, []string{"country", `"x"`, "leave it out"}},
	}
	for _, test := range tests {
		err := test.condition.Check()
		for _, part := range test.want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%v: got error %v, want %q in it", test.condition, err, part)
			}
		}
	}
}
