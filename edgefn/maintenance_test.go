package edgefn_test

import (
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

func TestMaintenance(t *testing.T) {
	table := edgefn.Table{Routes: []edgefn.Route{prefix("/api")}, Maintenance: &edgefn.Response{}}
	program := composed(t, table)
	d := deployed(t, program)
	if !program.Stored || len(program.Entries) != 0 {
		t.Errorf("the program reads from a store: %t, with entries %v; want no entry, as none is off", program.Stored, program.Entries)
	}
	// The last is found in three goes, which is one look at the switch all the same.
	requests := []edgetest.Request{{URL: "/api/a"}, {Method: "POST", URL: "/api"}, {URL: "/other"}, {URL: "/api/%61//b"}}
	off := []string{"/api /a", "/api /", "404", "/api /%61//b"}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, value := range []string{"", "off", "ON", "on ", "1", "on"} {
			d.Store(nil)
			if value != "" {
				d.Store(map[string]string{edgefn.MaintenanceKey: value})
			}
			for i, got := range send(t, engine, d, requests...) {
				want := off[i]
				if value == "on" {
					want = "503"
				}
				if outcome(got) != want || got.Reads != 1 {
					t.Errorf("%q: %s: got %s with %d reads, want %s with one", value, requests[i].URL, outcome(got), got.Reads, want)
				}
				if got.Status == 503 && (got.Headers["retry-after"] != "300" || !strings.Contains(got.Body, "maintenance")) {
					t.Errorf("%s: got %v with %q, want a word about maintenance and when to come back", requests[i].URL, got.Headers, got.Body)
				}
			}
		}
	})
}

func TestMaintenanceResponse(t *testing.T) {
	table := edgefn.Table{Routes: []edgefn.Route{prefix("/")}}
	tests := []struct {
		name             string
		response         edgefn.Response
		status           int
		retryAfter, body string
	}{
		{"own words", edgefn.Response{Body: "Back at six."}, 503, "300", "Back at six."},
		{"own time", edgefn.Response{Headers: map[string]string{"retry-after": "60"}}, 503, "60", "Down for maintenance. Please try again in a few minutes.\n"},
		{"own status", edgefn.Response{Status: 200, Body: "x"}, 200, "", "x"},
		{"redirect", edgefn.Response{Status: 302, Location: "https://status.example.com"}, 302, "", ""},
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			table.Maintenance = &test.response
			d := deployed(t, composed(t, table))
			d.Store(map[string]string{edgefn.MaintenanceKey: "on"})
			got := send(t, engine, d, edgetest.Request{URL: "/a"})[0]
			if got.Status != test.status || got.Headers["retry-after"] != test.retryAfter || got.Body != test.body || got.Headers["location"] != test.response.Location {
				t.Errorf("%s: got %d %v with %q", test.name, got.Status, got.Headers, got.Body)
			}
			if test.response.Headers["retry-after"] != "" && len(test.response.Headers) != 1 {
				t.Errorf("%s: the response given was changed to %v", test.name, test.response)
			}
		}
	})
}

// A redirect can keep the path and the query string of the viewer.
func TestMaintenanceElsewhere(t *testing.T) {
	elsewhere := edgefn.Response{Status: 307, Location: "https://old.example.com", KeepPath: true, KeepQuery: true}
	d := deployed(t, composed(t, edgefn.Table{Routes: []edgefn.Route{prefix("/api")}, Maintenance: &elsewhere}))
	d.Store(map[string]string{edgefn.MaintenanceKey: "on"})
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		got := send(t, engine, d, edgetest.Request{URL: "/api/a?b=1"})[0]
		if want := "https://old.example.com/api/a?b=1"; got.Status != 307 || got.Headers["location"] != want {
			t.Errorf("got %d to %q, want 307 to %q", got.Status, got.Headers["location"], want)
		}
	})
}

// The user's code is not run while everything is down.
func TestMaintenanceBeforeCode(t *testing.T) {
	table := edgefn.Table{
		Routes:      []edgefn.Route{prefix("/")},
		Code:        edgefn.Hooks{BeforeRequest: &edgefn.Source{Name: "own.js", Code: "function handler() { return { statusCode: 418, headers: { 'cache-control': { value: 'no-store' } } } }"}},
		Maintenance: &edgefn.Response{},
	}
	d := deployed(t, composed(t, table))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for value, want := range map[string]string{"on": "503", "off": "418"} {
			d.Store(map[string]string{edgefn.MaintenanceKey: value})
			if got := outcome(send(t, engine, d, edgetest.Request{URL: "/"})[0]); got != want {
				t.Errorf("%q: got %s, want %s", value, got, want)
			}
		}
	})
}
