package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/cfrouter/cfrouter/cfsim"
)

// An eventLog prints what happens while a distribution is served, in words or as
// lines of JSON. It is safe for concurrent use.
type eventLog struct {
	*console
	json bool

	mu    sync.Mutex
	hosts bool // whether lines name the host: there are several
}

// use has lines name the host of requests if a distribution answers for several.
func (l *eventLog) use(d *cfsim.Distribution) {
	aliases := d.Aliases()
	wildcard := slices.ContainsFunc(aliases, func(a string) bool { return strings.HasPrefix(a, "*") })
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hosts = len(aliases) > 1 || wildcard
}

func (l *eventLog) namesHosts() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hosts
}

const indent = "         " // the width of a time and a space

// An event is something to print.
type event interface {
	words(*console) string // one line or several
}

// add prints an event.
func (l *eventLog) add(e event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.json {
		l.println(e.words(l.console))
		return
	}
	encoder := json.NewEncoder(l.stdout)
	encoder.SetEscapeHTML(false) // urls are easier to search for as they are
	_ = encoder.Encode(e)        // a log that cannot be written ends nothing
}

// Write takes the output of Lambda processes and of the server.
func (l *eventLog) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		l.add(&output{now("log"), strings.TrimRight(line, "\r\n")})
	}
	return len(p), nil
}

// request takes what a request went through.
func (l *eventLog) request(t *cfsim.Trace) {
	e := &answered{
		stamp: now("request"), withHost: l.namesHosts(), Method: t.Method, URL: t.URL, Status: t.Status,
		Behavior: t.Behavior, Origin: t.Origin, Cache: t.Cache, Milliseconds: float64(t.Took.Microseconds()) / 1000,
	}
	for _, f := range t.Functions {
		for _, text := range f.Logs {
			e.Logs = append(e.Logs, f.Name+": "+text)
		}
		if f.Err != "" {
			e.Reasons = append(e.Reasons, f.Name+": "+f.Err)
		}
	}
	for _, step := range t.Steps {
		if strings.HasPrefix(step.Text, "denied: ") || strings.HasPrefix(step.Text, fmt.Sprintf("%d: ", t.Status)) {
			e.Reasons = append(e.Reasons, step.Text)
		}
	}
	l.add(e)
}
