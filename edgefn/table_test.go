package edgefn_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// A tableTest is a route table and the [outcome] of urls. The fuzz target
// starts from these.
type tableTest struct {
	name   string
	routes []edgefn.Route
	want   map[string]string // by path, or by host and path with a space in between
}

var tableTests = []tableTest{
	{"no routes", nil, map[string]string{"/": "404", "/a": "404", "//": "404", "/%61": "404", "/../a": "308 /a"}},
	{"root", []edgefn.Route{prefix("/")}, map[string]string{
		"/": "/ /", "/a": "/ /a", "/a/b/": "/ /a/b/", "//": "/ //", "/a//b": "/ /a//b",
	}},
	{"prefix", []edgefn.Route{prefix("/api")}, map[string]string{
		"/api": "/api /", "/api/": "/api /", "/api/users": "/api /users", "/api/users/": "/api /users/",
		"/api//users": "/api /users", "/api///": "/api /", "/api//a//b": "/api /a//b", "/api?x=/": "/api /",
		"/api/-": "/api /-", "/api/!": "/api /!", "/api/~": "/api /~", "/api/0": "/api /0", "/api/api": "/api /api", "/api/;..": "/api /;..",
		"/": "404", "/apiary": "404", "/api.json": "404", "/api-v2": "404", "/api0": "404", "/api~": "404", "/API": "404", "/ap": "404", "/x/api": "404",
	}},
	{"prefix kept", []edgefn.Route{kept("/api"), prefix("/")}, map[string]string{
		"/api": "/api kept /api", "/api/": "/api kept /api/", "/api/a//b": "/api kept /api/a//b", "/apiary": "/ /apiary",
	}},
	{"nested prefixes", []edgefn.Route{prefix("/a/b/c"), prefix("/a/b"), prefix("/a"), prefix("/b"), prefix("/")}, map[string]string{
		"/a": "/a /", "/a/": "/a /", "/a/x": "/a /x", "/a/b": "/a/b /", "/a/b/": "/a/b /", "/a/bc": "/a /bc", "/a/b/x": "/a/b /x",
		"/a/b/c": "/a/b/c /", "/a/b/c/d": "/a/b/c /d", "/a/b/cd": "/a/b /cd", "/b/a": "/b /a", "/": "/ /", "/c": "/ /c", "/a.": "/ /a.", "/a0": "/ /a0",
		// What is left of a path may itself look like a prefix.
		"/a//b": "308 /a/b", "/b//a": "/b /a", "/a/b/c//d": "/a/b/c /d", "/a//bc": "/a /bc", "//a": "308 /a", "//c": "/ //c",
	}},
	{"exact", []edgefn.Route{exact("/api"), exact("/up/"), exact("/"), prefix("/api"), prefix("/up")}, map[string]string{
		"/api": "=/api /api", "/api/": "/api /", "/api/a": "/api /a", "/up": "/up /", "/up/": "=/up/ /up/", "/up/a": "/up /a",
		"/": "=/ /", "/a": "404", "/API": "404", "/api//": "/api /", "/up//": "308 /up/", "//": "308 /", "//api": "308 /api",
	}},
	{"exact alone", []edgefn.Route{exact("/api")}, map[string]string{
		"/api": "=/api /api", "/api/": "404", "/api/a": "404", "/apiary": "404", "/": "404", "//api": "308 /api",
	}},
	{"star at the end", []edgefn.Route{glob("/up/*"), glob("/v*"), prefix("/")}, map[string]string{
		"/up/": "/up/* /up/", "/up/a/b": "/up/* /up/a/b", "/up": "/ /up", "/v": "/v* /v", "/v1": "/v* /v1", "/v/": "/v* /v/", "/v1/a": "/v* /v1/a", "/V": "/ /V", "/w": "/ /w",
		"/up//": "/up/* /up//", "//up/a": "308 /up/a",
	}},
	{"suffix", []edgefn.Route{prefix("/api"), glob("/*.jpg")}, map[string]string{
		"/a.jpg": "/*.jpg /a.jpg", "/.jpg": "/*.jpg /.jpg", "/a/b.jpg": "/*.jpg /a/b.jpg", "/api/a.jpg": "/api /a.jpg",
		"/a.jpeg": "404", "/a.jpg/": "404", "/ajpg": "404", "/a.JPG": "404", "/a.jpg.png": "404", "/a.jpg?b.png": "/*.jpg /a.jpg", "/a?b.jpg": "404",
	}},
	{"suffix below a prefix", []edgefn.Route{glob("/api/*.jpg"), prefix("/api"), glob("/*.jpg"), prefix("/")}, map[string]string{
		"/api/a.jpg": "/api/*.jpg /api/a.jpg", "/api/a": "/api /a", "/api.jpg": "/*.jpg /api.jpg", "/api": "/api /", "/a": "/ /a", "/api/.jpg": "/api/*.jpg /api/.jpg",
	}},
	{"question marks", []edgefn.Route{glob("/a?"), glob("/b/??/c"), glob("/?")}, map[string]string{
		"/ab": "/a? /ab", "/a/": "/a? /a/", "/a": "/? /a", "/abc": "404", "/b/xy/c": "/b/??/c /b/xy/c", "/b/x/c": "404", "/b//c": "404", "/b////c": "308 /b/c", "/": "404", "/%": "/? /%",
	}},
	{"a glob alone", []edgefn.Route{glob("/b/?/c")}, map[string]string{
		"/b/x/c": "/b/?/c /b/x/c", "/b//x/c": "308 /b/x/c", "//b/x/c": "308 /b/x/c", "/b/xy/c": "404", "/b//xy/c": "404",
	}},
	{"prefixes like each other", []edgefn.Route{prefix("/a/b/c"), prefix("/a/b"), prefix("/a-b"), prefix("/a.b"), prefix("/a0"), exact("/a"), prefix("/a"), prefix("/b!"), prefix("/b")}, map[string]string{
		"/a": "=/a /a", "/a/": "/a /", "/a/x": "/a /x", "/a-b": "/a-b /", "/a-b/x": "/a-b /x", "/a-c": "404", "/a-": "404", "/a.b/x": "/a.b /x", "/a.c": "404", "/a0/x": "/a0 /x", "/a00": "404", "/a!": "404",
		"/a/a/b": "/a /a/b", "/a/b/d": "/a/b /d", "/a/b/c/d": "/a/b/c /d", "/a/b-c": "/a /b-c", "/a/bc": "/a /bc", "/b!/x": "/b! /x", "/b!x": "404", "/b/!": "/b /!", "/b~": "404",
		"//a-b": "308 /a-b", "/a//b": "308 /a/b", "/a//b-c": "/a /b-c",
	}},
	{"several stars", []edgefn.Route{glob("/a/*/c/*.js"), glob("/*/c*d"), glob("/*x*y*")}, map[string]string{
		"/a/b/c/d.js": "/a/*/c/*.js /a/b/c/d.js", "/a//c/.js": "308 /a/c/.js", "/a///c/.js": "308 /a/c/.js", "/a/b//c/.js": "/a/*/c/*.js /a/b//c/.js", "/a/b/b/c/d/e.js": "/a/*/c/*.js /a/b/b/c/d/e.js", "/a/c/d.js": "404",
		"/a/cd": "/*/c*d /a/cd", "/a/b/c/d": "/*/c*d /a/b/c/d", "/xy": "/*x*y* /xy", "/a/xa/ya": "/*x*y* /a/xa/ya", "/yx": "404",
	}},
	// A matcher that goes back from star to star would not end on these.
	{"many stars", []edgefn.Route{glob("/*a*a*a*a*a*b"), glob("/*a*?b*c*d*e*f*g*h*i*j*k*l*m")}, map[string]string{
		"/" + strings.Repeat("a", 500) + "b": "/*a*a*a*a*a*b /" + strings.Repeat("a", 500) + "b", "/" + strings.Repeat("a", 500): "404",
		"/a-bcdefghijkl-m": "/*a*?b*c*d*e*f*g*h*i*j*k*l*m /a-bcdefghijkl-m", "/abcdefghijklm": "404", "/a-bcdefghijlkm": "404",
	}},
	{"stripping globs", []edgefn.Route{stripping("/files/img", glob("/files/img/*.png")), stripping("/files", glob("/files/*")), stripping("/a", glob("/a/b*"))}, map[string]string{
		"/files/img/a/b.png": "/files/img/*.png /a/b.png", "/files/img/.png": "/files/img/*.png /.png", "/files/img//x.png": "/files/img/*.png /x.png",
		"/files/": "/files/* /", "/files/a": "/files/* /a", "/files": "404", "/a/b": "/a/b* /b", "/a/bc/d": "/a/b* /bc/d", "/a/c": "404", "/files//img/a.png": "308 /files/img/a.png",
	}},
	{"every character of a pattern", []edgefn.Route{glob(`/*_-.$~"'@:+&x`), prefix(`/_-.$~"'@:+&`), exact(`/"'+'"`), glob(`/$&?`), glob(`/$'*`), prefix("/$`$")}, map[string]string{
		`/a_-.$~"'@:+&x`: `/*_-.$~"'@:+&x /a_-.$~"'@:+&x`, `/a_-,$~"'@:+&x`: "404", `/_-.$~"'@:+&/b`: `/_-.$~"'@:+& /b`, `/"'+'"`: `=/"'+'" /"'+'"`,
		"/$&a": "/$&? /$&a", "/$'a": "/$'* /$'a", "/$&": "404", "/$`$/a": "/$`$ /a",
	}},
	{"stores", []edgefn.Route{store("index.html", prefix("/docs")), store("", prefix("/raw")), store("home.htm", kept("/kept")), store("", kept("/plain")), store("index.html", prefix("/"))}, map[string]string{
		"/docs": "308 /docs/", "/docs?a=b&a=c": "308 /docs/?a=b&a=c", "/docs/": "/docs /index.html", "/docs//": "/docs /index.html", "/docs/a": "/docs /a", "/docs/a/": "/docs /a/index.html", "/docs/a?b": "/docs /a",
		"/raw": "404", "/raw/": "404", "/raw//": "404", "/raw/a": "/raw /a", "/raw/a/": "/raw /a/",
		"/kept": "308 /kept/", "/kept?a": "308 /kept/?a", "/kept/": "/kept kept /kept/home.htm", "/kept/a": "/kept kept /kept/a", "/kept/a/": "/kept kept /kept/a/home.htm",
		"/plain": "/plain kept /plain", "/plain/": "/plain kept /plain/", "/": "/ /index.html", "/a": "/ /a", "/a/": "/ /a/index.html", "//": "/ //index.html",
		"//docs": "308 /docs", "/%64ocs": "308 /docs", "/docs/.": "308 /docs/", "/docs/..": "308 /", "/docs/a/..": "308 /docs/",
	}},
	{"stores without documents", []edgefn.Route{store("", glob("/?")), store("", exact("/up/")), store("", stripping("/files", glob("/files/*"))), store("", prefix("/"))}, map[string]string{
		"/": "404", "/a": "/? /a", "/up/": "=/up/ /up/", "/files/": "404", "/files//": "404", "/files/a": "/files/* /a", "/ab": "/ /ab", "/ab/": "/ /ab/",
	}},
	{"stores under exact paths and globs", []edgefn.Route{store("i", exact("/docs")), store("i", exact("/up/")), store("i", exact("/")), store("i", prefix("/docs")), store("i", kept("/up")), store("i", glob("/*/"))}, map[string]string{
		"/docs": "=/docs /docs", "/docs/": "/docs /i", "/up/": "=/up/ /up/i", "/up": "308 /up/", "/up/a/": "/up kept /up/a/i", "/": "=/ /i", "/x/": "/*/ /x/i", "/x": "404",
	}},
	{"a store beside others", []edgefn.Route{prefix("/api"), store("i", prefix("/docs"))}, map[string]string{
		"/api": "/api /", "/api/": "/api /", "/api/a/": "/api /a/", "/docs": "308 /docs/", "/docs/": "/docs /i", "/": "404",
	}},
	{"spellings", []edgefn.Route{prefix("/admin"), prefix("/img"), exact("/up"), prefix("/")}, map[string]string{
		// A dot segment, however it is written, is never passed on.
		"/img/../admin/x": "308 /admin/x", "/img/%2e%2e/admin": "308 /admin", "/img/.%2E/admin": "308 /admin", "/img/%2e./admin/?a=%2e%2e/": "308 /admin/?a=%2e%2e/",
		"/./admin": "308 /admin", "/admin/.": "308 /admin/", "/admin/..": "308 /", "/admin/a/..": "308 /admin/", "/..": "308 /", "/.": "308 /", "/../../admin": "308 /admin", "/img/%2e": "308 /img/", "/a/..//..//b": "308 /b",
		// These are none.
		"/img/...": "/img /...", "/img/.a": "/img /.a", "/img/a..": "/img /a..", "/img/..a/b": "/img /..a/b", "/.well-known/x": "/ /.well-known/x", "/img/%2ea": "/img /%2ea",
		// Slashes in disguise that make dot segments.
		"/img/..%2fadmin": "400", "/img/..%2Fadmin": "400", "/img%2f..%2fadmin": "400", "/img/%2e%2e%2fadmin": "400", `/img/..\admin`: "400", `/img\..\admin`: "400", "/img/..%5cadmin": "400", "/img/..%5Cadmin": "400",
		"/img/%2f../admin": "400", "/img/a%2f..": "400", "/img/a%5C.": "400", `/\.`: "400", "/.%2f": "400", "/img/a%2f%2e%2E": "400", `/img/.\`: "400", "/img/../%2f..": "400",
		// And that do not.
		"/img/a%2fb": "/img /a%2fb", "/img/a%2f.b": "/img /a%2f.b", `/img/a\b`: `/img /a\b`, "/img%2fa": "/ /img%2fa", `/img\a`: `/ /img\a`, "/img/a..%2fb": "/img /a..%2fb", "/img/%252e%252e/": "/img /%252e%252e/", "/img/%2": "/img /%2", "/img/%zz": "/img /%zz", "/img/%E2%82%AC": "/img /%E2%82%AC",
		// Double slashes and needless escapes matter if they hide a route.
		"/img/https://x/y.png": "/img /https://x/y.png", "/img//y.png": "/img /y.png", "/img/%61": "/img /%61", "/%61": "/ /%61",
		"//admin": "308 /admin", "///admin//x": "308 /admin/x", "/%61dmin": "308 /admin", "/%61dmin/%7e%2D?a": "308 /admin/~-?a", "/%41dmin": "/ /%41dmin", "/%75%70": "308 /up", "//up": "308 /up", "//up/": "/ //up/", "/%2561dmin": "/ /%2561dmin",
		"//": "/ //", "/x//admin": "/ /x//admin",
		// A redirect stays on the site.
		"//evil.example/..": "308 /", "//evil.example/%2e": "308 /evil.example/", `/\evil.example/./`: "308 /%5Cevil.example/", `/.//\evil.example`: "308 /%5Cevil.example", "/..//evil.example/": "308 /evil.example/", "/img/..//evil.example": "308 /evil.example", `//./\/evil.example`: "308 /%5C/evil.example", `/./a\b`: "308 /a%5Cb",
	}},
	{"spellings without a root", []edgefn.Route{prefix("/api"), glob("/*.png")}, map[string]string{
		"//api": "308 /api", "/%61pi/x": "308 /api/x", "//x": "404", "/x%2epng": "308 /x.png", "/%78": "404", "/x//y.png": "/*.png /x//y.png", "/api//x.png": "/api /x.png", "//api/x.png": "308 /api/x.png", "/x/../y": "308 /y", "/x/..%2fy": "400", "/%78.png": "/*.png /%78.png",
	}},
	{"a spelling that a glob tells apart", []edgefn.Route{glob("/b/???"), glob("/a??c"), glob("/a?c"), prefix("/")}, map[string]string{
		"/a/c": "/a?c /a/c", "/a//c": "308 /a/c", "/a%62c": "308 /abc", "/ab%63": "308 /abc", `/a\c`: `/a?c /a\c`, "/a%5Cc": "/ /a%5Cc",
		// The path and what it means belong to the root, but CloudFront might
		// choose the behavior by "/b/%63".
		"/b//%63": "308 /b/c", "/b/%63": "308 /b/c", "/b/c": "/ /b/c",
	}},
}

func TestTable(t *testing.T) {
	for _, test := range tableTests {
		t.Run(test.name, func(t *testing.T) {
			eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
				for _, plan := range edgefn.Plans() {
					checkTable(t, engine, plan, test)
				}
			})
		})
	}
}

// checkTable lays out a table by a plan. All routes name an origin, since otherwise
// those with a key could not be listed.
func checkTable(t *testing.T, engine edgetest.Engine, plan edgefn.Plan, test tableTest) {
	routes := slices.Clone(test.routes)
	for i := range routes {
		routes[i].Origin = fmt.Sprint("o", i%3)
	}
	d := deploy(t, routes, plan)
	if d == nil {
		return
	}
	var requests []edgetest.Request
	for url := range test.want {
		host, path, found := strings.Cut(url, " ")
		if !found {
			host, path = "", url
		}
		requests = append(requests, edgetest.Request{Host: host, URL: path})
	}
	for i, a := range d.send(t, engine, requests...) {
		url := strings.TrimSpace(requests[i].Host + " " + requests[i].URL)
		if got := outcome(a); got != test.want[url] {
			t.Errorf("%s: %s: got %s, want %s", plan, url, got, test.want[url])
		}
	}
}

// A redirect shows what an escape becomes: unreserved characters are decoded,
// whatever the case of the escape, and nothing else is.
func TestEscapes(t *testing.T) {
	const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	var requests []edgetest.Request
	var want []string
	for c := range 256 {
		for _, format := range []string{"%%%02x", "%%%02X"} {
			escape := fmt.Sprintf(format, c)
			requests = append(requests, edgetest.Request{URL: "/./x" + escape + "x"})
			if strings.IndexByte(unreserved, byte(c)) >= 0 {
				escape = string(rune(c))
			}
			want = append(want, "308 /x"+escape+"x")
		}
	}
	d := behind(t, compose(t, []edgefn.Route{prefix("/")}))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for i, a := range send(t, engine, d, requests...) {
			if got := outcome(a); got != want[i] {
				t.Errorf("%s: got %s, want %s", requests[i].URL, got, want[i])
			}
		}
	})
}
