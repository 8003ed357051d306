package main

import "testing"

func TestResponses(t *testing.T) {
	r := open(t, responses)
	r.expect(map[string]string{
		"/robots.txt":               "200",
		"/.well-known/security.txt": "200",
		"/healthz":                  "200",
		"HEAD /healthz":             "200",
		"/forum":                    "410",
		"/forum/topics/7":           "410",
		"/forums":                   "Application /forums",
		"/robots.txt/":              "Application /robots.txt/",
		"/account/":                 "Application /account/",
	})
	r.exchanges(
		exchange{request: "/robots.txt", status: 200, body: "User-agent: *\nDisallow: /account/\n", header: map[string]string{
			"content-type": "text/plain; charset=utf-8", "cache-control": "public, max-age=86400",
		}},
		exchange{request: "/healthz", status: 200, body: `{"status":"ok"}`, header: map[string]string{
			"content-type": "application/json", "cache-control": "no-store",
		}},
	)
}
