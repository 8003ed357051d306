package main

import "testing"

func TestBetaUsers(t *testing.T) {
	r := open(t, betaUsers)
	r.expect(map[string]string{
		"/":                              "Site /index.html",
		"/\nCookie: beta=off":            "Site /index.html",
		"/\nCookie: betamax=on":          "Site /index.html",
		"/\nCookie: beta=on":             "Beta /index.html",
		"/\nCookie: theme=dark; beta=on": "Beta /index.html",
		"/about.html":                    "Site /about.html",
		"/about.html\nCookie: beta=on":   "Beta /about.html",
		"POST /":                         "403",
		"POST /\nCookie: beta=on":        "403",
	})

	// Nobody is sent from the cache what is not meant for him.
	r.attach(itself)
	for range 2 {
		for cookie, want := range map[string]string{"beta=on": "Beta /index.html", "beta=off": "Site /index.html"} {
			if _, got := r.with("Cookie: " + cookie).get("/"); got != want {
				t.Errorf("%s: got %s, want %s", cookie, got, want)
			}
		}
	}
}

func TestCountries(t *testing.T) {
	open(t, countries).expect(map[string]string{
		"/api/orders": "Virginia /orders",
		"/api/orders\nCloudFront-Viewer-Country: US":      "Virginia /orders",
		"/api/orders\nCloudFront-Viewer-Country: DE":      "frankfurt.example.com /orders",
		"POST /api/orders\nCloudFront-Viewer-Country: CH": "frankfurt.example.com /orders",
		"POST /api/orders":                       "Virginia /orders",
		"/orders":                                "404",
		"/orders\nCloudFront-Viewer-Country: DE": "404",
	})
}
