package main

import (
	"testing"

	"github.com/cfrouter/cfrouter/internal/edgetest"
)

func TestRewrites(t *testing.T) {
	open(t, rewrites).expect(map[string]string{
		"/blog/2024/05/hello":            "Blog /posts/2024-05-hello.html",
		"/blog/2024/05/hello/":           "Blog /posts/2024-05-hello.html",
		"/blog/2024/05/hello?from=feed":  "Blog /posts/2024-05-hello.html",
		"/blog/2024/5/hello":             "Blog /2024/5/hello",
		"/blog/go-modules/feed":          "Blog /feeds/go-modules.xml",
		"/blog/about.htm":                "Blog /about.html",
		"/blog/posts/2024-05-hello.html": "Blog /posts/2024-05-hello.html",
		"/blog/":                         "Blog /index.html",
		"/blog":                          "308 /blog/",
		"/2024/05/hello":                 "404",
	})
}

func TestLegacyApp(t *testing.T) {
	r := open(t, legacyApp)
	r.expect(map[string]string{
		"/wiki":           "wiki.example.com /",
		"/wiki/login":     "wiki.example.com /login",
		"POST /wiki/save": "wiki.example.com /save",
		"/wikis":          "404",
	})
	location := func(url string) edgetest.OriginResponse {
		return edgetest.OriginResponse{Status: 302, Headers: map[string]string{"Location": url}}
	}
	session := edgetest.OriginResponse{Cookies: map[string][]edgetest.Cookie{
		"session": {{Value: "abc", Attributes: "Path=/; HttpOnly"}},
	}}
	r.exchanges(
		exchange{request: "/wiki/", origin: location("/login?next=%2F"), status: 302, header: map[string]string{"location": "/wiki/login?next=%2F"}},
		exchange{request: "/wiki/", origin: location("https://d111111abcdef8.cloudfront.net/login"), status: 302, header: map[string]string{"location": "https://d111111abcdef8.cloudfront.net/wiki/login"}},
		exchange{request: "/wiki/", origin: location("https://accounts.example.com/"), status: 302, header: map[string]string{"location": "https://accounts.example.com/"}},
		exchange{request: "/wiki/", origin: location("login"), status: 302, header: map[string]string{"location": "login"}},
		exchange{request: "/wiki/login", origin: session, status: 200, header: map[string]string{"set-cookie": "session=abc; Path=/wiki; HttpOnly"}},
	)
}
