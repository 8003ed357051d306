package main

import (
	"encoding/base64"
	"net/http"
	"testing"

	"github.com/cfrouter/cfrouter/internal/edgetest"
)

func TestOwnCode(t *testing.T) {
	r := open(t, ownCode)
	r.Smoke(t, "/", "/admin", "POST /admin/users")
	r.expect(map[string]string{"/": "Site /index.html", "/admin": "401", "POST /admin/users": "401", "/administrators": "Site /administrators"})
	r.with("User-Agent: Mozilla/5.0 (compatible; GPTBot/1.2)").expect(map[string]string{"/": "403", "/admin": "403"})
	r.with(basic("ada:correct horse battery staple")).expect(map[string]string{
		"/admin": "Admin /", "POST /admin/users": "Admin /users",
	})
	grace := r.with(basic("grace:hopper"))
	grace.expect(map[string]string{"/admin": "401"})
	// As the comment of the recipe has it computed.
	r.put("users/37231fad4d35448a2a3fa818b7a481855b771857d8d8935c6241be676737c266", "grace")
	grace.expect(map[string]string{"/admin": "Admin /"})
}

// basic is the header by which browsers send a name and a password.
func basic(login string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(login))
}

func TestOwnCodeOnResponses(t *testing.T) {
	r := open(t, ownCode)
	of := func(kind string) edgetest.OriginResponse {
		return edgetest.OriginResponse{Headers: map[string]string{"Content-Type": kind}}
	}
	const policy = "default-src 'self'; frame-ancestors 'none'"
	r.exchanges(
		exchange{request: "/", origin: of("text/html; charset=utf-8"), status: 200, header: map[string]string{"content-security-policy": policy}},
		exchange{request: "/logo.png", origin: of("image/png"), status: 200, header: map[string]string{"content-security-policy": ""}},
		exchange{request: "/admin", status: 401, header: map[string]string{"www-authenticate": `Basic realm="Admin", charset="UTF-8"`}},
	)
}

func TestRequestId(t *testing.T) {
	r := open(t, ownCode)
	ids := map[string]bool{}
	r.attach(func(string) http.Handler {
		return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { ids[r.Header.Get("X-Request-Id")] = true })
	})
	ada := r.with(basic("ada:correct horse battery staple")).with("X-Request-Id: forged")
	for range 3 {
		ada.get("/admin")
	}
	if len(ids) != 3 || ids[""] || ids["forged"] {
		t.Errorf("the origin was sent the ids %v, want three", ids)
	}
}
