package cache

import (
	"slices"
	"strings"
	"testing"
)

func TestInvalidate(t *testing.T) {
	all := []string{"/", "/A", "/a", "/a/", "/a/b", "/a/b/c", "/a?x=1", "/a?x=2", "/ab", "/caf%C3%A9"}
	for _, test := range []struct {
		paths []string
		gone  []string
	}{
		{nil, nil},
		{[]string{"/a"}, []string{"/a"}},
		{[]string{"a"}, []string{"/a"}},
		{[]string{"/a", "/a", "/missing"}, []string{"/a"}},
		{[]string{"/A*"}, []string{"/A"}},
		{[]string{"/a?x=1"}, []string{"/a?x=1"}},
		{[]string{"/a/*"}, []string{"/a/", "/a/b", "/a/b/c"}},
		{[]string{"/a*"}, []string{"/a", "/a/", "/a/b", "/a/b/c", "/a?x=1", "/a?x=2", "/ab"}},
		{[]string{"/caf%C3%A9"}, []string{"/caf%C3%A9"}},
		{[]string{"/"}, []string{"/"}},
		{[]string{"/*"}, all},
		{[]string{"*"}, all},
		{[]string{"/a/b*", "/ab"}, []string{"/a/b", "/a/b/c", "/ab"}},
	} {
		b := newBench(t, Options{})
		b.answers(200, "x")
		for _, path := range all {
			b.get(path)
		}
		n, err := b.Invalidate(test.paths...)
		if err != nil || n != len(test.gone) || b.Len() != len(all)-n {
			t.Errorf("%q: %d removed, error %v, %d left", test.paths, n, err, b.Len())
		}
		for _, path := range all {
			if got := b.get(path); (got.Status == Miss) != slices.Contains(test.gone, path) {
				t.Errorf("%q: %s is a %v", test.paths, path, got.Status)
			}
		}
	}
}

func TestInvalidateEveryKeyOfAPath(t *testing.T) {
	b := newBench(t, Options{})
	b.policy.CacheOptions = true
	b.answers(200, "x")
	b.do("GET", "/a")
	b.do("OPTIONS", "/a")
	b.do("HEAD", "/a") // answered with the GET's object
	if n, _ := b.Invalidate("/a"); n != 2 || b.Bytes() != 0 {
		t.Errorf("%d removed, %d bytes left", n, b.Bytes())
	}
}

func TestInvalidateMalformed(t *testing.T) {
	b := newBench(t, Options{})
	b.answers(200, "x")
	b.get("/a")
	for path, want := range map[string]string{
		"":                        `cfsim: invalidation path "" is empty; write "/*" for everything`,
		"/a*/b":                   `cfsim: invalidation path "/a*/b" has a "*" that is not its last character, where alone it is a wildcard; write "/a*", or every path by itself`,
		"/**":                     `cfsim: invalidation path "/**" has a "*" that is not its last character, where alone it is a wildcard; write "/*", or every path by itself`,
		"/café":                   `cfsim: invalidation path "/café" has characters that CloudFront compares in their encoded form; write "/caf%C3%A9"`,
		"/a b":                    `cfsim: invalidation path "/a b" has characters that CloudFront compares in their encoded form; write "/a%20b"`,
		strings.Repeat("x", 4001): "has 4001 characters; CloudFront takes 4000",
	} {
		n, err := b.Invalidate("/a", path)
		if err == nil || n != 0 || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%.20q: %d removed, error %v\nwant %s", path, n, err, want)
		}
	}
	if b.Len() != 1 {
		t.Error("a malformed path removed an object")
	}
}
