package main

import (
	"testing"

	"github.com/cfrouter/cfrouter/internal/edgetest"
)

func TestSinglePageApp(t *testing.T) {
	r := open(t, singlePageApp)
	r.expect(map[string]string{
		"/":                  "Files /index.html",
		"/users/42":          "Files /index.html",
		"/users/42/":         "Files /index.html",
		"/app.js":            "Files /app.js",
		"/images/logo.svg":   "Files /images/logo.svg",
		"/api":               "Api /",
		"/api/users/42":      "Api /users/42",
		"DELETE /api/carts":  "Api /carts",
		"/apiary":            "Files /index.html",
		"/users/../api/me":   "308 /api/me",
		"PUT /users/42":      "403",
		"/users/42?tab=mail": "Files /index.html",
	})
	missing := edgetest.OriginResponse{Status: 404, Body: `{"error":"no such user"}`}
	r.exchanges(
		exchange{request: "/api/users/43", origin: missing, status: 404, body: missing.Body},
		exchange{request: "/api/users/44", origin: edgetest.OriginResponse{Status: 403}, status: 403},
		exchange{request: "/old.js", origin: edgetest.OriginResponse{Status: 404}, status: 404},
		exchange{request: "/users/43", origin: edgetest.OriginResponse{Body: "<title>App</title>"}, status: 200},
	)
}
