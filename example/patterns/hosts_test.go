package main

import "testing"

func TestAdminHost(t *testing.T) {
	open(t, adminHost).expect(map[string]string{
		"https://example.com/":                       "Site /index.html",
		"https://example.com/api/users":              "Api /users",
		"https://example.com/webhooks/mail":          "Webhooks /mail",
		"POST https://example.com/webhooks/mail":     "Webhooks /mail",
		"https://admin.example.com/":                 "Admin /index.html",
		"https://admin.example.com/app.js":           "Admin /app.js",
		"https://admin.example.com/api/users":        "Api /users",
		"PUT https://admin.example.com/api/users":    "Api /users",
		"https://admin.example.com/apis":             "Admin /apis",
		"https://admin.example.com/webhooks/mail":    "Admin /webhooks/mail",
		"POST https://admin.example.com/webhooks/":   "405",
		"https://d111111abcdef8.cloudfront.net/a.js": "Site /a.js",
	})
}

func TestTenants(t *testing.T) {
	open(t, tenants).expect(map[string]string{
		"https://example.net/":               "Brochure /index.html",
		"https://help.example.net/orders/":   "Handbook /orders/index.html",
		"https://acme.example.net/orders/":   "Shop /orders/",
		"POST https://acme.example.net/cart": "Shop /cart",
		"PUT https://help.example.net/":      "405",
	})
}
