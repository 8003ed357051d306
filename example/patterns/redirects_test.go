package main

import "testing"

func TestRedirects(t *testing.T) {
	open(t, redirects).expect(map[string]string{
		"https://www.example.org/": "Site /index.html",

		"https://example.org/":                   "301 https://www.example.org/",
		"https://example.org/a/b?c=d&e":          "301 https://www.example.org/a/b?c=d&e",
		"https://example.org/spring-sale":        "301 https://www.example.org/spring-sale",
		"https://www.example.org/about-us.html":  "301 /about/",
		"https://www.example.org/about-us.html/": "Site /about-us.html/index.html",

		"https://www.example.org/api/v1":               "308 /api/v2",
		"POST https://www.example.org/api/v1/jobs?n=1": "308 /api/v2/jobs?n=1",
		"POST https://www.example.org/api/v2/jobs?n=1": "Api /jobs",
		"https://www.example.org/api/v1.5":             "Site /api/v1.5",

		"https://www.example.org/spring-sale":             "302 /offers/?from=spring-sale#top",
		"https://www.example.org/spring-sale/eggs?utm=ad": "302 /offers/?from=spring-sale#top",
	})
}
