package cfsim

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
)

// A script is what an origin answers in place of what is behind it.
type script struct {
	path   string // for which it does so, "" for all
	status int
	header http.Header
	body   string
	hangs  bool
	err    error
}

// script reads a directive "origin".
func (s *scenario) script(l line) error {
	words := strings.Fields(l.rest)
	if len(words) < 2 {
		return fmt.Errorf("it names an origin and what that answers")
	}
	name, what := words[0], words[1]
	known := false
	for _, o := range s.d.origins {
		known = known || o.name == name
	}
	if !known {
		return fmt.Errorf("there is no such origin")
	}
	answer := script{}
	if len(words) > 2 {
		answer.path = words[2]
	}
	var err error
	switch what {
	case "default":
		delete(s.scripts, name)
		return nil
	case "hangs":
		answer.hangs = true
	case "refuses":
		answer.err = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	default:
		answer.status, err = strconv.Atoi(what)
	}
	answer.header, answer.body = headerAndBody(l.attached)
	s.scripts[name] = answer
	return err
}

func (a script) RoundTrip(r *http.Request) (*http.Response, error) {
	switch {
	case a.err != nil:
		return nil, a.err
	case a.hangs:
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return handlerTransport{a}.RoundTrip(r)
}

func (a script) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	io.WriteString(w, a.body)
}

// An observed origin answers by its script, or else as what is behind it does, and
// notes what it is asked.
type observed struct {
	s      *scenario
	name   string
	behind http.RoundTripper
}

// standIn is what answers for an origin.
func (s *scenario) standIn(o *origin) (http.RoundTripper, error) {
	files, ok := s.buckets[o.name]
	if !ok {
		return observed{s, o.name, script{status: http.StatusOK}}, nil
	}
	bucket, err := s.d.bucket(o, files)
	return observed{s, o.name, bucket}, err
}

func (o observed) RoundTrip(r *http.Request) (*http.Response, error) {
	asked := o.name + " " + r.RequestURI
	if r.Method != http.MethodGet {
		asked = r.Method + " " + asked
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	o.s.asked, o.s.got = append(o.s.asked, asked), string(body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	if answer, ok := o.s.scripts[o.name]; ok && (answer.path == "" || answer.path == r.URL.Path) {
		return answer.RoundTrip(r)
	}
	return o.behind.RoundTrip(r)
}
