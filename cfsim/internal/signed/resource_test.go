package signed

import (
	"strings"
	"testing"
)

var resources = []struct {
	resource string
	matches  []string
	others   []string
}{
	{"*", []string{"https://a.example/b?c", "http://x"}, nil},
	{
		"https://www.example.com/hello*world",
		[]string{"https://www.example.com/helloworld", "https://www.example.com/hello-world", "https://www.example.com/hello/a/world"},
		[]string{"https://www.example.net/hello?world", "https://www.example.com/hello?world", "https://www.example.com/helloworld?x", "http://www.example.com/helloworld"},
	},
	{
		"http://example.com/hello*",
		[]string{"http://example.com/hello", "http://example.com/hello?a=b", "http://example.com/hello/there?a"},
		[]string{"http://example.com/hell", "http://example.com.evil.example/hello"},
	},
	{`http://example.com/hello*\?*`, []string{"http://example.com/hello", "http://example.com/hello?a=b"}, []string{"http://example.com/x?hello"}},
	{"http://example.com*", []string{"http://example.com/", "http://example.com/a/b?c", "http://example.com.au/a"}, []string{"https://example.com/", "http://www.example.com/"}},
	{"*example.com", []string{"http://example.com/", "https://www.example.com/"}, []string{"https://www.example.com/a", "https://www.example.com/?a"}},
	{"*://*example.com/", []string{"http://example.com/", "https://www.example.com/"}, []string{"https://www.example.com/a"}},
	{"https://*", []string{"https://a.example/", "https://a.example/b?c=d"}, []string{"http://a.example/"}},
	{"*://a.example/b", []string{"https://a.example/b", "http://a.example/b"}, []string{"https://a.example/b?c", "https://a.example/bc"}},
	{"http*://a.example/b", []string{"https://a.example/b", "http://a.example/b"}, []string{"ftp://a.example/b"}},
	{
		"https://d111111abcdef8.cloudfront.net/*game_download.zip*",
		[]string{
			"https://d111111abcdef8.cloudfront.net/game_download.zip", "https://d111111abcdef8.cloudfront.net/example_game_download.zip?license=yes",
			"https://d111111abcdef8.cloudfront.net/test_game_download.zip?license=temp",
		},
		[]string{"https://d111111abcdef8.cloudfront.net/other.zip?game_download.zip"},
	},
	{
		"https://a.example/horizon.jpg?size=large&license=yes",
		[]string{"https://a.example/horizon.jpg?size=large&license=yes"},
		[]string{"https://a.example/horizon.jpg", "https://a.example/horizon.jpg?size=large", "https://a.example/horizon.jpg?size=large&license=yes&x"},
	},
	{`https://a.example/horizon.jpg\?size=large`, []string{"https://a.example/horizon.jpg?size=large"}, []string{"https://a.example/horizon.jpgxsize=large"}},
	{"https://a.example/image?.jpg", []string{"https://a.example/image1.jpg"}, []string{"https://a.example/image.jpg", "https://a.example/image12.jpg"}},
	{"https://a.example/page?.html?v=?", []string{"https://a.example/page1.html?v=2"}, []string{"https://a.example/page.html?v=2", "https://a.example/page1.html?v="}},
	{"https://d?.example/", []string{"https://d1.example/"}, []string{"https://d.example/"}},
	{"https://a.example", []string{"https://a.example/"}, []string{"https://a.example/b"}},
	{"https://*/images/*", []string{"https://a.example/images/b"}, []string{"https://a.example/other"}},
	{"https://A.example/", []string{"https://A.example/"}, []string{"https://a.example/"}},
	{"/images/*", nil, []string{"https://a.example/images/b"}},
	{"", nil, []string{"https://a.example/"}},
	{"*.example/go?to=https://b.example/", []string{"https://a.example/go?to=https://b.example/"}, []string{"https://a.example/go"}},
}

func TestMatchResource(t *testing.T) {
	for _, test := range resources {
		for _, url := range test.matches {
			if !matchResource(test.resource, url) {
				t.Errorf("%s does not match %s", test.resource, url)
			}
		}
		for _, url := range test.others {
			if matchResource(test.resource, url) {
				t.Errorf("%s matches %s", test.resource, url)
			}
		}
	}
}

func FuzzMatchResource(f *testing.F) {
	for _, test := range resources {
		for _, url := range append(test.matches, test.others...) {
			f.Add(test.resource, url)
		}
	}
	f.Fuzz(func(t *testing.T, resource, url string) {
		if len(resource)+len(url) > 200 {
			return
		}
		if !matchResource(resource, url) || strings.ContainsAny(resource, `*?\`) {
			return
		}
		// A resource without wildcards takes in one URL, however its root is written.
		root := func(url string) string { return strings.TrimRight(url, "/?") }
		if root(resource) != root(url) {
			t.Errorf("%q matches %q", resource, url)
		}
	})
}

// A URL is taken in by itself, and by itself with any part replaced by a wildcard.
func FuzzOwnURL(f *testing.F) {
	f.Add("https://a.example/b/c?d=e", 12, 3)
	f.Add("http://example.com/", 8, 2)
	f.Fuzz(func(t *testing.T, url string, at, n int) {
		protocol, rest, ok := cutProtocol(url)
		domain, path, hasPath := cutDomain(rest)
		if !ok || len(url) > 200 || protocol == "" || domain == "" || !hasPath || strings.ContainsAny(url, `*\`) || strings.Contains(domain, "?") || strings.Contains(protocol, "?") {
			return
		}
		if !matchResource(url, url) {
			t.Fatalf("%q does not match itself", url)
		}
		// A wildcard within the path.
		path, query, hasQuery := strings.Cut(path, "?")
		if at < 1 || n < 0 || at > len(path) || n > len(path)-at || strings.Contains(query, "?") {
			return
		}
		resource := protocol + "://" + domain + path[:at] + "*" + path[at+n:]
		if hasQuery {
			resource += "?" + query
		}
		if !matchResource(resource, url) {
			t.Errorf("%q does not match %q", resource, url)
		}
	})
}
