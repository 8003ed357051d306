package main

import "testing"

func TestMaintenance(t *testing.T) {
	r := open(t, maintenance)
	open := map[string]string{"/": "Shop /", "POST /cart": "Shop /cart"}
	closed := map[string]string{"/": "503", "POST /cart": "503", "/../cart": "503"}
	r.expect(open)
	r.put("maintenance", "on")
	r.expect(closed)
	r.exchanges(exchange{request: "/", status: 503, header: map[string]string{
		"retry-after": "600", "content-type": "text/html; charset=utf-8", "cache-control": "no-store",
	}})
	r.put("maintenance", "off")
	r.expect(open)
}
