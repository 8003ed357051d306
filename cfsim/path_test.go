package cfsim

import (
	"strings"
	"testing"
)

// TestNormalize: the form of a path by which behaviors are chosen.
// (https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2)
func TestNormalize(t *testing.T) {
	for path, want := range map[string]string{
		"/":                  "/",
		"/a":                 "/a",
		"/a/":                "/a/",
		"//":                 "/",
		"//a":                "/a",
		"/a//b":              "/a/b",
		"/a//":               "/a/",
		"/.":                 "/",
		"/./a":               "/a",
		"/a/.":               "/a/",
		"/a/./b":             "/a/b",
		"/..":                "/",
		"/../a":              "/a",
		"/../../a":           "/a",
		"/a/..":              "/",
		"/a/../":             "/",
		"/a/b/..":            "/a/",
		"/a/../b":            "/b",
		"/a/b/../../c":       "/c",
		"/a/../../b":         "/b",
		"/a/.../b":           "/a/.../b",
		"/a/..b":             "/a/..b",
		"/a.":                "/a.",
		"/%61":               "/a",
		"/%7E%2d%5F%2E%30":   "/~-_.0",
		"/%2e%2E/a":          "/a",
		"/a/%2e%2e/b":        "/b",
		"/a%2Fb":             "/a%2Fb",
		"/a%2fb/..":          "/",
		"/%2561":             "/%2561", // decoded once
		"/%":                 "/%",
		"/%4":                "/%4",
		"/%zz":               "/%zz",
		"/%%61":              "/%a",
		"/ü":                 "/ü",
		"/%C3%BC":            "/%C3%BC",
		"/a;b/../c":          "/c",
		"/a/b%2E%2E/c":       "/a/b../c",
		"/a/%2e/b/%2e%2e/":   "/a/",
		"/files/..%2fsecret": "/files/..%2fsecret",
	} {
		if got := normalize(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

// FuzzNormalize: a normal form begins with a slash, has neither empty nor dot
// segments, and is longer than nothing.
func FuzzNormalize(f *testing.F) {
	for _, path := range []string{"/", "//a/../b/./c//", "/%2e%2E/%61%2f", "/..//..", "/a/%2", "/.%2e/.", "/%25%32%65"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if !strings.HasPrefix(path, "/") {
			path = "/" + path
		}
		normal := normalize(path)
		segments := strings.Split(strings.TrimPrefix(normal, "/"), "/")
		for i, segment := range segments {
			if segment == "." || segment == ".." || segment == "" && i < len(segments)-1 {
				t.Errorf("%q: got %q", path, normal)
			}
		}
		if !strings.HasPrefix(normal, "/") || len(normal) > len(path) {
			t.Errorf("%q: got %q", path, normal)
		}
		if ends := strings.HasSuffix(path, "/"); ends && !strings.HasSuffix(normal, "/") {
			t.Errorf("%q: the slash at its end is gone: %q", path, normal)
		}
	})
}
