package main

import (
	"net/http"
	"strings"
	"testing"
)

func TestCanary(t *testing.T) {
	r := open(t, canary)
	stable := map[string]string{"/checkout": "Stable /", "POST /checkout/pay": "Stable /pay"}
	next := map[string]string{"/checkout": "Next /", "POST /checkout/pay": "Next /pay"}

	// The cookie holds a number from 0 up to 100, of which the first 95 are for Stable.
	early, middle, late := r.with("Cookie: cfrouter-checkout=12.5"), r.with("Cookie: cfrouter-checkout=80"), r.with("Cookie: cfrouter-checkout=97.25")
	early.expect(stable)
	middle.expect(stable)
	late.expect(next)

	// With more weight for Next, those move whose number is between the old share and
	// the new one.
	r.put("weights/checkout", "75,25")
	early.expect(stable)
	middle.expect(next)
	late.expect(next)

	r.put("weights/checkout", "0,100")
	r.expect(next)
	early.expect(next)

	r.put("weights/checkout", "100,0")
	r.expect(stable)
	late.expect(stable)
}

func TestCanarySticks(t *testing.T) {
	r := open(t, canary)
	r.attach(itself)
	r.put("weights/checkout", "50,50")
	met := map[string]bool{}
	for range 64 { // that all meet the same one happens once in 2^63
		response, first := r.get("/checkout/pay")
		cookie := cookieOf(t, response)
		for range 3 {
			response, again := r.with("Cookie: " + cookie).get("/checkout/pay")
			if again != first || len(response.Cookies()) > 0 {
				t.Fatalf("with %s: got %s and %v, want %s and no other cookie", cookie, again, response.Cookies(), first)
			}
		}
		met[first] = true
	}
	if !met["Stable /pay"] || !met["Next /pay"] {
		t.Errorf("got %v, want both", met)
	}
}

// cookieOf is the cookie of a canary as it is sent back.
func cookieOf(t *testing.T, response *http.Response) string {
	t.Helper()
	cookie, attributes, _ := strings.Cut(response.Header.Get("Set-Cookie"), "; ")
	if want := "Max-Age=604800; Path=/; Secure; HttpOnly; SameSite=Lax"; !strings.HasPrefix(cookie, "cfrouter-checkout=") || attributes != want {
		t.Fatalf("got cookie %q with %q, want cfrouter-checkout with %q", cookie, attributes, want)
	}
	return cookie
}

func TestBlueGreen(t *testing.T) {
	r := open(t, blueGreen)
	r.expect(map[string]string{
		"/":                                  "Blue /",
		"/\nX-Release: blue":                 "Blue /",
		"/\nX-Release: green":                "Green /",
		"POST /orders":                       "Blue /orders",
		"POST /orders\nX-Release: green":     "Green /orders",
		"/?release=green\nX-Releases: green": "Blue /",
	})

	r.put("weights/release", "0,100")
	r.expect(map[string]string{"/": "Green /", "POST /orders": "Green /orders"})
	r.put("weights/release", "100,0")
	r.expect(map[string]string{"/": "Blue /", "POST /orders": "Blue /orders"})
}
