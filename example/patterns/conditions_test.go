package main

import "testing"

func TestBetaUsers(t *testing.T) {
	r := open(t, betaUsers)
	site := map[string]string{"/": "Site /index.html", "/about.html": "Site /about.html", "POST /": "403"}
	r.expect(site)
	r.with("Cookie", "beta=off").expect(site)
	r.with("Cookie", "betamax=on").expect(site)
	r.with("Cookie", "theme=dark; beta=on").expect(map[string]string{
		"/": "Beta /index.html", "/about.html": "Beta /about.html", "POST /": "403",
	})

	// Nobody is sent from the cache what is not meant for him.
	r.attach(itself)
	for range 2 {
		for cookie, want := range map[string]string{"beta=on": "Beta /index.html", "beta=off": "Site /index.html"} {
			if _, got := r.with("Cookie", cookie).get("/"); got != want {
				t.Errorf("%s: got %s, want %s", cookie, got, want)
			}
		}
	}
}

func TestCountries(t *testing.T) {
	for country, api := range map[string]string{
		"DE": "frankfurt.example.com",
		"CH": "frankfurt.example.com",
		"US": "Virginia",
		"":   "Virginia",
	} {
		openFrom(t, countries, country).expect(map[string]string{
			"/api/orders":      api + " /orders",
			"POST /api/orders": api + " /orders",
			"/orders":          "404",
		})
	}
}
