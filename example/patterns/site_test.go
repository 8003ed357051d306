package main

import (
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/internal/edgetest"
)

func TestStaticSiteNotFound(t *testing.T) {
	page := edgetest.OriginResponse{Body: "<title>There is no such page</title>"}
	open(t, staticSite).exchanges(
		exchange{request: "/nothing", origin: page, status: 404, body: page.Body, header: map[string]string{"cache-control": "no-cache"}},
		exchange{request: "/404.html", origin: page, status: 200},
		exchange{request: "/about", origin: page, status: 200},
	)
}

func TestStaticSite(t *testing.T) {
	r := open(t, staticSite)
	r.expect(map[string]string{
		"/":                 "Site /index.html",
		"/about":            "Site /about.html",
		"/about/":           "308 /about",
		"/about.html":       "Site /about.html",
		"/guides/":          "Site /guides/index.html",
		"/guides":           "308 /guides/",
		"/guides/first-row": "Site /guides/first-row.html",
		"/style.css":        "Site /style.css",
		"/nothing":          "Site /404.html",
		"/nothing.css":      "Site /404.html",
		"/guides/nothing/":  "Site /404.html",
		"/404":              "Site /404.html",
	})

	// What the template deploys into the bucket is there to be asked for.
	if _, err := r.AttachAssets(); err != nil {
		t.Fatal(err)
	}
	for request, want := range map[string]struct {
		status int
		title  string
	}{
		"/":                 {200, "Harbour Rowing Club"},
		"/about":            {200, "About us"},
		"/guides/first-row": {200, "Your first row"},
		"/guides/nothing":   {404, "There is no such page"},
		"/nothing.css":      {404, "There is no such page"},
	} {
		response, body := r.get(request)
		if response.StatusCode != want.status || !strings.Contains(body, "<title>"+want.title+"</title>") {
			t.Errorf("%s: got %s %s, want %d and %s", request, response.Status, body, want.status, want.title)
		}
	}
}
