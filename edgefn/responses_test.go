package edgefn_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// respond is what the viewer gets if the origin answers with the response.
func respond(t testing.TB, engine edgetest.Engine, d *edgetest.Distribution, r edgetest.Request, o edgetest.OriginResponse) edgetest.Answer {
	t.Helper()
	answer, err := d.Respond(engine, r, o)
	if err != nil {
		t.Fatal(err)
	}
	if answer.Err != nil {
		t.Fatalf("%s: %s: %d, %v", engine.Name(), r.URL, answer.Status, answer.Err)
	}
	return answer
}

func restoring(r edgefn.Route) edgefn.Route {
	r.Restore = true
	return r
}

const viewersHost = "www.example.com"

func TestRestoreLocation(t *testing.T) {
	tests := []struct{ location, want string }{
		{"/", "/api/"},
		{"/x", "/api/x"},
		{"/x?next=/y#z", "/api/x?next=/y#z"},
		{"/x/../y", "/api/x/../y"},
		{"/?a", "/api/?a"},

		// An application that knows its prefix.
		{"/api", "/api"},
		{"/api/", "/api/"},
		{"/api/x", "/api/x"},
		{"/api?a", "/api?a"},
		{"/api#a", "/api#a"},
		{"https://www.example.com/api/x", "https://www.example.com/api/x"},
		{"/apiary", "/api/apiary"},
		{"/API/x", "/api/API/x"},

		// Resolved by the browser, against its own path.
		{"", ""},
		{"x", "x"},
		{"x/y:z", "x/y:z"},
		{"./x", "./x"},
		{"../x", "../x"},
		{"?a=/x", "?a=/x"},
		{"#a", "#a"},

		{"https://www.example.com/x", "https://www.example.com/api/x"},
		{"HTTPS://WWW.Example.COM/x", "HTTPS://WWW.Example.COM/api/x"},
		{"http://www.example.com/x", "http://www.example.com/api/x"},
		{"//www.example.com/x", "//www.example.com/api/x"},
		{"https://www.example.com", "https://www.example.com/api"},
		{"https://www.example.com/", "https://www.example.com/api/"},
		{"https://www.example.com?a", "https://www.example.com/api?a"},

		{"https://other.example.com/x", "https://other.example.com/x"},
		{"https://www.example.com.evil.example/x", "https://www.example.com.evil.example/x"},
		{"https://www.example.com@evil.example/x", "https://www.example.com@evil.example/x"},
		{"https://www.example.com:8443/x", "https://www.example.com:8443/x"},
		{"//other/x", "//other/x"},
		{"///x", "///x"},
		{"mailto:a@www.example.com", "mailto:a@www.example.com"},
		{"com.example.app:/x", "com.example.app:/x"},
		{"urn:x://www.example.com/x", "urn:x://www.example.com/x"},
	}
	d := deployed(t, composed(t, edgefn.Table{Routes: []edgefn.Route{restoring(prefix("/api"))}}))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			headers := map[string]string{"location": test.location, "content-location": test.location, "link": test.location}
			got := respond(t, engine, d, edgetest.Request{URL: "/api/a/b", Host: viewersHost}, edgetest.OriginResponse{Status: 302, Headers: headers})
			if got.Headers["location"] != test.want || got.Headers["content-location"] != test.want || got.Headers["link"] != test.location || got.Status != 302 {
				t.Errorf("%q became %d %v, want %q", test.location, got.Status, got.Headers, test.want)
			}
		}
	})
}

func TestRestoreCookies(t *testing.T) {
	tests := []struct{ name, attributes, want string }{
		{"a", "Path=/", "Path=/api"},
		{"a", "Path=/x", "Path=/api/x"},
		{"a", "Path=/x/", "Path=/api/x/"},
		{"a", "Path=/api", "Path=/api"},
		{"a", "Path=/api/x", "Path=/api/x"},
		{"a", "Path=/apiary", "Path=/api/apiary"},
		{"a", "path=/x", "path=/api/x"},
		{"a", "PATH = /x", "PATH = /api/x"},
		{"a", "Secure;Path=/x;HttpOnly", "Secure;Path=/api/x;HttpOnly"},
		{"a", "Max-Age=60; Path=/; Secure; Expires=Wed, 05 Apr 2027 07:28:00 GMT", "Max-Age=60; Path=/api; Secure; Expires=Wed, 05 Apr 2027 07:28:00 GMT"},
		{"a", `Path="/x"`, `Path="/api/x"`},
		{"a", `Path="/"`, `Path="/api"`},
		{"a", "Path=/x; Path=/y", "Path=/api/x; Path=/api/y"}, // the last one counts

		// The browser uses the directory of its own path.
		{"a", "", ""},
		{"a", "Secure", "Secure"},
		{"a", "Path=", "Path="},
		{"a", "Path", "Path"},
		{"a", "Path=x", "Path=x"},

		{"a", "Xpath=/x", "Xpath=/x"},
		{"a", "Domain=path=/x", "Domain=path=/x"},
		{"__Host-a", "Path=/; Secure", "Path=/; Secure"},
		{"__host-a", "Path=/; Secure", "Path=/; Secure"},
		{"__Secure-a", "Path=/; Secure", "Path=/api; Secure"},
	}
	d := deployed(t, composed(t, edgefn.Table{Routes: []edgefn.Route{restoring(prefix("/api"))}}))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			first, cookie := edgetest.Cookie{Value: "1", Attributes: "Secure"}, edgetest.Cookie{Value: "Path=/1", Attributes: test.attributes}
			want := cookie
			want.Attributes = test.want
			sent := map[string][]edgetest.Cookie{test.name: {cookie}, test.name + "2": {first, cookie}}
			got := respond(t, engine, d, edgetest.Request{URL: "/api/a"}, edgetest.OriginResponse{Cookies: sent}).Cookies
			if one, two := got[test.name], got[test.name+"2"]; !slices.Equal(one, []edgetest.Cookie{want}) || !slices.Equal(two, []edgetest.Cookie{first, want}) {
				t.Errorf("%s with %q became %v, and as the second of two %v; want %q", test.name, test.attributes, one, two, test.want)
			}
		}
	})
}

func based(base string, r edgefn.Route) edgefn.Route {
	r.Base = base
	return restoring(r)
}

// An application that lives under a path of its server says that path as well.
func TestRestoreWithBase(t *testing.T) {
	tests := []struct{ prefix, base, location, want string }{
		{"/g", "/base", "/base/x", "/g/x"},
		{"/g", "/base", "/base", "/g"},
		{"/g", "/base", "/base/", "/g/"},
		{"/g", "/base", "/base?a=/base", "/g?a=/base"},
		{"/g", "/base", "/base#a", "/g#a"},
		{"/g", "/base", "/base/base/x", "/g/base/x"},
		{"/g", "/base", "https://www.example.com/base/x", "https://www.example.com/g/x"},
		{"/g", "/base", "https://www.example.com/base", "https://www.example.com/g"},
		{"/g", "/base", "https://other.example.com/base/x", "https://other.example.com/base/x"},
		{"/g", "/base", "/base//other.example.com", "/g//other.example.com"},

		{"/g", "/base", "/x", "/g/x"},
		{"/g", "/base", "/basement", "/g/basement"},
		{"/g", "/base", "/Base/x", "/g/Base/x"},
		{"/g", "/base", "/", "/g/"},
		{"/g", "/base", "base/x", "base/x"},

		{"/g", "/base", "/g/x", "/g/x"},
		{"/g", "/base", "/g/base/x", "/g/base/x"},
		{"/g", "/v1/a", "/v1/a/x", "/g/x"},
		{"/g", "/v1/a", "/v1/x", "/g/v1/x"},

		// Where one is part of the other, the longer is meant.
		{"/g", "/g", "/g/x", "/g/x"},
		{"/g", "/g/v1", "/g/v1/x", "/g/x"},
		{"/g", "/g/v1", "/g/x", "/g/x"},
		{"/g/v1", "/g", "/g/v1/x", "/g/v1/x"},
		{"/g/v1", "/g", "/g/x", "/g/v1/x"},
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			d := deployed(t, composed(t, edgefn.Table{Routes: []edgefn.Route{based(test.base, prefix(test.prefix))}}))
			sent := edgetest.OriginResponse{Status: 302, Headers: map[string]string{"location": test.location}, Cookies: map[string][]edgetest.Cookie{}}
			path := test.location == "/base/x" || test.location == "/base"
			if path {
				sent.Cookies["a"] = []edgetest.Cookie{{Value: "1", Attributes: "Path=" + test.location}}
			}
			got := respond(t, engine, d, edgetest.Request{URL: test.prefix + "/a", Host: viewersHost}, sent)
			if got.Headers["location"] != test.want || path && got.Cookies["a"][0].Attributes != "Path="+test.want {
				t.Errorf("under %s with base %s, %q became %v %v, want %q", test.prefix, test.base, test.location, got.Headers, got.Cookies, test.want)
			}
		}
	})
}

// Of a split, each destination has its own base.
func TestRestoreWithBasesOfSplit(t *testing.T) {
	split := canary(50, 50)
	split.Destinations[1].Base = "/base"
	d := deployed(t, composed(t, edgefn.Table{Routes: []edgefn.Route{restoring(edgefn.Route{Path: "/g", Strip: "/g", Split: &split}), based("/other", prefix("/h"))}}))
	sent := edgetest.OriginResponse{Status: 302, Headers: map[string]string{"location": "/base/x"}}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for point, want := range map[string]string{"10": "/g/base/x", "90": "/g/x"} {
			r := edgetest.Request{URL: "/g/a", Host: viewersHost, Headers: map[string]string{"cookie": split.Cookie + "=" + point}}
			if got := respond(t, engine, d, r, sent).Headers["location"]; got != want {
				t.Errorf("at the point %s it became %q, want %q", point, got, want)
			}
		}
		if got := respond(t, engine, d, edgetest.Request{URL: "/h/a", Host: viewersHost}, sent).Headers["location"]; got != "/h/base/x" {
			t.Errorf("of another route it became %q, want /h/base/x", got)
		}
		// A viewer whom the split has not seen before is still given the cookie.
		if got := respond(t, engine, d, edgetest.Request{URL: "/g/a", Host: viewersHost}, sent); len(got.Cookies[split.Cookie]) != 1 {
			t.Errorf("got the cookies %v", got.Cookies)
		}
	})
}

// A base path costs those nothing that have none, or restore nothing.
func TestBaseIsLeftOut(t *testing.T) {
	split := canary(50, 50)
	split.Destinations[0].Base = "/base"
	with, without := composed(t, edgefn.Table{Routes: []edgefn.Route{{Path: "/g", Strip: "/g", Split: &split}}}), split
	without.Destinations = slices.Clone(split.Destinations)
	without.Destinations[0].Base = ""
	if other := composed(t, edgefn.Table{Routes: []edgefn.Route{{Path: "/g", Strip: "/g", Split: &without}}}); with.Request != other.Request || with.Response != other.Response {
		t.Errorf("got\n%s\n%s\nwant\n%s\n%s", with.Request, with.Response, other.Request, other.Response)
	}
	if program := composed(t, edgefn.Table{Routes: []edgefn.Route{restoring(prefix("/g"))}}); strings.Contains(program.Response, "base.length") {
		t.Errorf("there is no base to take off:\n%s", program.Response)
	}
}

// Another route's responses are the origin's own.
func TestRestoreOfOneRoute(t *testing.T) {
	d := deployed(t, composed(t, edgefn.Table{Routes: []edgefn.Route{restoring(prefix("/api")), prefix("/plain")}}))
	sent := edgetest.OriginResponse{
		Status: 302, Headers: map[string]string{"location": "/x"},
		Cookies: map[string][]edgetest.Cookie{"a": {{Value: "1", Attributes: "Path=/"}}},
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for url, want := range map[string][2]string{"/plain/a": {"/x", "Path=/"}, "/api/a": {"/api/x", "Path=/api"}} {
			got := respond(t, engine, d, edgetest.Request{URL: url}, sent)
			if got.Headers["location"] != want[0] || got.Cookies["a"][0].Attributes != want[1] {
				t.Errorf("%s: got %v and %v, want %v", url, got.Headers, got.Cookies, want)
			}
		}
	})
}

// What is restored must lead the viewer back to what the application meant, and
// is restored once.
func TestRestoreIsInverse(t *testing.T) {
	d := deployed(t, composed(t, edgefn.Table{Routes: []edgefn.Route{restoring(prefix("/api")), prefix("/")}}))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, location := range []string{"/", "/x", "/x/", "/x/y.html", "/apiary", "/x%2Fy"} {
			redirect := edgetest.OriginResponse{Status: 302, Headers: map[string]string{"Location": location}}
			to := respond(t, engine, d, edgetest.Request{URL: "/api/a"}, redirect).Headers["location"]
			if asked := send(t, engine, d, edgetest.Request{URL: to})[0]; asked.URI != location || asked.Headers[edgefn.RouteHeader] != "/api" {
				t.Errorf("the application's %s became %s, at which it is asked for %s", location, to, outcome(asked))
			}
			again := edgetest.OriginResponse{Status: 302, Headers: map[string]string{"Location": to}}
			if twice := respond(t, engine, d, edgetest.Request{URL: "/api/a"}, again).Headers["location"]; twice != to {
				t.Errorf("%s was restored a second time, to %s", to, twice)
			}
		}
	})
}

// A route that needs nothing done to its responses costs no second function.
func TestNoResponse(t *testing.T) {
	for name, route := range map[string]edgefn.Route{
		"plain":               prefix("/a"),
		"nothing to restore":  restoring(kept("/a")),
		"documents by shape":  site(edgefn.Documents{Fallback: "/index.html"}),
		"a split by a header": {Path: "/a", Split: &edgefn.Split{ID: "a", Header: "x", Weights: []float64{1, 1}, Destinations: make([]edgefn.Destination, 2)}},
	} {
		if program := composed(t, edgefn.Table{Routes: []edgefn.Route{route}}); program.Response != "" || strings.Contains(program.Request, edgefn.RespondHeader) {
			t.Errorf("%s: the response is changed by %q, and the request says %s", name, program.Response, program.Request)
		}
	}
}

// everyResponse has a route for each thing that can be done to a response, and
// one for none.
func everyResponse() edgefn.Table {
	split := &edgefn.Split{
		ID: "canary", Cookie: "canary", MaxAge: 60, Weights: []float64{1, 1},
		Destinations: []edgefn.Destination{{Key: "old"}, {Key: "new"}},
	}
	documents := site(edgefn.Documents{NotFound: "/404.html", Content: []string{"/index.html", "/404.html", "/a.js"}, Immutable: []string{"*.js"}})
	documents.Path, documents.Strip = "/site", "/site"
	return edgefn.Table{Routes: []edgefn.Route{
		restoring(prefix("/api")),
		{Path: "/split", Strip: "/split", Split: split},
		{Path: "/both", Strip: "/both", Split: split, Restore: true},
		documents, prefix("/plain"),
	}}
}

// Only the function says what is done to the response.
func TestRespondHeader(t *testing.T) {
	d := deployed(t, composed(t, everyResponse()))
	const spoof = "1;1;12.3456;/evil"
	wants := map[string]bool{ // whether there is word for the response
		"/api/a": true, "/split/a": true, "/both/a": true, "/site/a.js": true, "/site/": true, "/site/missing": true, "/plain/a": false,
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for url, want := range wants {
			for _, headers := range []map[string]string{nil, {edgefn.RespondHeader: spoof}} {
				got, has := send(t, engine, d, edgetest.Request{URL: url, Headers: headers})[0].Headers[edgefn.RespondHeader]
				if has != want || strings.Contains(got, "evil") || strings.Contains(got, "12.3456") {
					t.Errorf("%s with %v: the header is %q, want one: %t", url, headers, got, want)
				}
			}
		}
	})
}

// If viewers had a say after all, they could have their own browser sent to no
// other site and be given no other cookie.
func TestForeignWord(t *testing.T) {
	d := deployed(t, composed(t, everyResponse()))
	words := []string{
		"", ";", ";;;", "1", "1;0", "1;0;;", "1;0;;/", "1;0;;//evil.example", `1;0;;/\evil.example`, "1;0;;/evil\r\nset-cookie: a=b", "1;0;;/a b", "1;0;;evil",
		"1;0;;https://evil.example", "2;0;1;", "2;0;100.0000;", "2;0;1.23456;", "2;0;a;", "2;0;12.3456; Domain=example", "2;0;12.3456\r\n;", "-1;0;;", "1e9;0;;", "99999;0;;",
		"0;4;;", "0;9;;", "0;;;", "2;0;;/x;y;z", "１;0;;/x",
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, word := range words {
			sent := edgetest.OriginResponse{Status: 302, Headers: map[string]string{"location": "/x"}, SentRequest: true}
			got := respond(t, engine, d, edgetest.Request{URL: "/both/a", Headers: map[string]string{edgefn.RespondHeader: word}}, sent)
			location := got.Headers["location"]
			if got.Status != 302 || !strings.HasPrefix(location, "/") || strings.HasPrefix(location, "//") || strings.ContainsAny(location, "\\\r\n ") {
				t.Errorf("%q: answered %d with location %q", word, got.Status, location)
			}
			if len(got.Cookies) > 0 || !slices.Equal(slices.Collect(maps.Keys(got.Headers)), []string{"location"}) {
				t.Errorf("%q: answered with cookies %v and headers %v", word, got.Cookies, got.Headers)
			}
		}
	})
}

// Nothing is done twice or left out where two things are wanted.
func TestRestoreAndSplit(t *testing.T) {
	d := deployed(t, composed(t, everyResponse()))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		sent := edgetest.OriginResponse{
			Status: 303, Headers: map[string]string{"location": "/x"},
			Cookies: map[string][]edgetest.Cookie{"session": {{Value: "1", Attributes: "Path=/"}}},
		}
		got := respond(t, engine, d, edgetest.Request{URL: "/both/a"}, sent)
		if got.Headers["location"] != "/both/x" || got.Cookies["session"][0].Attributes != "Path=/both" || got.Cookies["canary"] == nil {
			t.Errorf("got %v and cookies %v, want /both/x, /both and the cookie of the split", got.Headers, got.Cookies)
		}
		if attributes := got.Cookies["canary"][0].Attributes; !strings.Contains(attributes, "Path=/;") {
			t.Errorf("the cookie of the split has %q, want it for the whole site", attributes)
		}
	})
}

// An origin's error is answered as it is: CloudFront does not run the function.
func TestRespondToError(t *testing.T) {
	d := deployed(t, composed(t, everyResponse()))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		sent := edgetest.OriginResponse{Status: 404, Headers: map[string]string{"content-location": "/x"}}
		if got := respond(t, engine, d, edgetest.Request{URL: "/both/a"}, sent); got.Status != 404 || got.Headers["content-location"] != "/x" || len(got.Cookies) > 0 {
			t.Errorf("got %d %v with cookies %v, want the response as it was", got.Status, got.Headers, got.Cookies)
		}
	})
}
