package main

import "testing"

func TestShortLinks(t *testing.T) {
	r := open(t, shortLinks)
	r.Smoke(t, "/", "/go/docs", "/go/nothing")
	r.expect(map[string]string{
		"/go/docs":       "302 https://docs.example.com/",
		"POST /go/docs":  "302 https://docs.example.com/",
		"/go/docs?a=b":   "302 https://docs.example.com/",
		"/go/status":     "302 https://status.example.com/?from=link",
		"/go/home":       "302 /",
		"/go":            "404",
		"/go/docs/":      "404",
		"/go/documents":  "404",
		"/go/jobs":       "404",
		"/gone":          "Site /gone",
		"/x/../go/docs":  "308 /go/docs",
		"/toString":      "Site /toString",
		"/go/__proto__":  "404",
		"/documents/go/": "Site /documents/go/index.html",
	})
	r.put("/go/jobs", "https://jobs.example.com/")
	r.put("/go/docs", "https://manual.example.com/")
	r.expect(map[string]string{
		"/go/jobs": "302 https://jobs.example.com/",
		"/go/docs": "302 https://manual.example.com/",
	})
	r.exchanges(exchange{request: "/go/nothing", status: 404, body: "There is no such link.\n"})
}
