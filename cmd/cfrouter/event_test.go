package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/cfrouter/cfrouter/cfsim"
)

var noon = stamp{"request", time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)}

func TestWords(t *testing.T) {
	for _, test := range []struct {
		event event
		want  string
	}{
		{
			&answered{stamp: noon, Method: "GET", URL: "https://www.example.com/a?b=c", Status: 200, Behavior: "/a*", Origin: "Site", Cache: "miss", Milliseconds: 1.25},
			"12:00:00 200 GET  /a?b=c  /a*, Site, miss, 1.2 ms",
		},
		{
			&answered{stamp: noon, withHost: true, Method: "GET", URL: "https://www.example.com/a?b=c", Status: 200, Behavior: "/a*", Origin: "Site", Cache: "miss", Milliseconds: 1.25},
			"12:00:00 200 GET  www.example.com/a?b=c  /a*, Site, miss, 1.2 ms",
		},
		{
			&answered{stamp: noon, Method: "POST", URL: "https://www.example.com/", Status: 403, Behavior: "*", Reasons: []string{"403: no POST"}},
			"12:00:00 403 POST /  *, the edge, 0.0 ms\n         403: no POST",
		},
		{
			&answered{stamp: noon, Method: "GET", URL: "https://www.example.com/" + strings.Repeat("a", 300), Status: 414},
			"12:00:00 414 GET  /" + strings.Repeat("a", 199) + "...  the edge, 0.0 ms",
		},
		{
			&answered{stamp: noon, Method: "GET", URL: "https://www.example.com/", Status: 200, Logs: []string{"F: a\nb\x1b[2J"}},
			"12:00:00 200 GET  /  the edge, 0.0 ms\n         F: a\n           b\uFFFD[2J",
		},
		{
			&serving{noon, "Web", "http://localhost:1", []string{"http://192.0.2.7:1"}, missing{"Site", "Api"}},
			"Web is at http://localhost:1\nand at http://192.0.2.7:1\nnothing stands in for Site, Api: requests for it are answered with 502; -origin NAME=WHAT gives it something",
		},
		{&reloaded{stamp: noon}, "12:00:00 loaded again after a change"},
		{&kept{noon, "no template"}, "12:00:00 a change cannot be used, so what was loaded before goes on: no template"},
		{&emptied{noon}, "12:00:00 the content of a bucket changed, so the cache was emptied"},
		{&output{noon, "Api | hello"}, "         Api | hello"},
	} {
		if got := test.event.words(&console{}); got != test.want {
			t.Errorf("got\n%s\nwant\n%s", got, test.want)
		}
	}
}

func TestColours(t *testing.T) {
	c := &console{colours: true}
	for status, want := range map[int]string{200: " 200 ", 304: " 304 ", 404: "\x1b[33m404\x1b[0m", 502: "\x1b[31m502\x1b[0m"} {
		if got := (&answered{Status: status}).words(c); !strings.Contains(got, want) {
			t.Errorf("%d: got %q", status, got)
		}
	}
}

func TestEventLog(t *testing.T) {
	var out bytes.Buffer
	log := &eventLog{console: &console{stdout: &out}, json: true}
	if _, err := log.Write([]byte("one\r\ntwo <b>")); err != nil {
		t.Fatal(err)
	}
	log.request(&cfsim.Trace{
		Method: "GET", URL: "https://www.example.com/?a=1&b=2", Status: 502, Behavior: "*", Origin: "Site", Cache: "miss", Took: 1500 * time.Microsecond,
		Functions: []cfsim.FunctionRun{{Name: "Edge", Logs: []string{"hello"}}},
		Steps:     []cfsim.Step{{Text: "GET"}, {Text: "denied: by the policy"}, {Text: "502: it did not answer"}, {Text: "502 Bad Gateway"}},
	})
	lines := strings.SplitAfter(out.String(), "\n")
	for i, want := range []string{
		`"text":"one"}`,
		`"text":"two <b>"}`,
		`"method":"GET","url":"https://www.example.com/?a=1&b=2","status":502,"behavior":"*","origin":"Site","cache":"miss","milliseconds":1.5,` +
			`"logs":["Edge: hello"],"reasons":["denied: by the policy","502: it did not answer"]}`,
	} {
		if !json.Valid([]byte(lines[i])) || !strings.Contains(lines[i], want) {
			t.Errorf("got %swant %s", lines[i], want)
		}
	}
}
