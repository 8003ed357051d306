package lambda

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestParseRoute(t *testing.T) {
	for key, want := range map[string]string{
		"$default":                  "",
		"GET /":                     "",
		"ANY /{proxy+}":             "",
		"POST /a/{b}/c-d.e/{rest+}": "",
		"":                          `"" is neither "$default" nor a method`,
		"/a":                        `"/a" is neither`,
		"get /a":                    `"get /a" is neither`,
		"TRACE /a":                  `"TRACE /a" is neither`,
		"GET a":                     `"GET a" is neither`,
		"GET  /a":                   `"GET  /a" is neither`,
		"GET /a/":                   `the segment ""`,
		"GET //a":                   `the segment ""`,
		"GET /{a+}/b":               `the segment "{a+}"`,
		"GET /{}":                   `the segment "{}"`,
		"GET /{+}":                  `the segment "{+}"`,
		"GET /{a":                   `the segment "{a"`,
		"GET /a}":                   `the segment "a}"`,
		"GET /a{b}":                 `the segment "a{b}"`,
	} {
		_, err := parseRoute(key)
		if got := fmt.Sprint(err); want == "" && err != nil || !strings.Contains(got, want) {
			t.Errorf("%q: got %v, want %q", key, err, want)
		}
	}
}

var routeTests = []struct {
	routes                string // in any order
	method, path          string
	want, wantsParameters string
}{
	// The example in AWS's page.
	{"GET /pets/dog/1, GET /pets/dog/{id}, GET /pets/{proxy+}, ANY /{proxy+}, $default", "GET", "/pets/dog/1", "GET /pets/dog/1", ""},
	{"GET /pets/dog/1, GET /pets/dog/{id}, GET /pets/{proxy+}, ANY /{proxy+}, $default", "GET", "/pets/dog/2", "GET /pets/dog/{id}", "map[id:2]"},
	{"GET /pets/dog/1, GET /pets/dog/{id}, GET /pets/{proxy+}, ANY /{proxy+}, $default", "GET", "/pets/cat/1", "GET /pets/{proxy+}", "map[proxy:cat/1]"},
	{"GET /pets/dog/1, GET /pets/dog/{id}, GET /pets/{proxy+}, ANY /{proxy+}, $default", "POST", "/test/5", "ANY /{proxy+}", "map[proxy:test/5]"},

	{"GET /a, ANY /a, $default", "GET", "/a", "GET /a", ""},
	{"GET /a, ANY /a, $default", "PUT", "/a", "ANY /a", ""},
	{"GET /a, $default", "PUT", "/a", "$default", ""},
	{"GET /a", "PUT", "/a", "", ""},
	{"GET /a", "GET", "/A", "", ""},
	{"GET /a, ANY /a/{x+}", "GET", "/a/", "ANY /a/{x+}", "map[x:]"},
	{"GET /a", "GET", "/a/", "", ""},
	{"GET /a/{x+}", "GET", "/a", "", ""},
	{"GET /{x}", "GET", "/", "", ""},
	{"GET /{x+}", "GET", "/", "GET /{x+}", "map[x:]"},
	{"GET /, GET /{x+}", "GET", "/", "GET /", ""},
	{"GET /a/{x}/c, GET /a/b/{y}", "GET", "/a/b/c", "GET /a/b/{y}", "map[y:c]"},
	{"GET /a/{x+}, GET /{y}/{z}", "GET", "/a/b", "GET /{y}/{z}", "map[y:a z:b]"},
	{"GET /a/{x+}, GET /{y}/{z}", "GET", "/a/b/c", "GET /a/{x+}", "map[x:b/c]"},
	{"GET /a/{x}", "GET", "/a//", "", ""},
	{"$default", "PROPFIND", "/x", "$default", ""},
}

func TestFind(t *testing.T) {
	for _, test := range routeTests {
		keys := strings.Split(test.routes, ", ")
		for range 5 {
			rand.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
			api := &API{}
			for _, key := range keys {
				api.Routes = append(api.Routes, Route{RouteKey: key, Function: &Function{}})
			}
			if err := api.Validate(); err != nil {
				t.Fatal(err)
			}
			got, parameters := "", ""
			if m := api.find(test.method, test.path); m != nil {
				got = m.RouteKey
				if len(m.parameters) > 0 {
					parameters = fmt.Sprint(m.parameters)
				}
			}
			if got != test.want || parameters != test.wantsParameters {
				t.Errorf("%s %s among %q: got %q %s, want %q %s", test.method, test.path, keys, got, parameters, test.want, test.wantsParameters)
			}
		}
	}
}
