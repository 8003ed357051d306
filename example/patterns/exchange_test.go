package main

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/cfrouter/cfrouter/cfsim"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// get asks over HTTP, and returns the response and its body.
func (r recipe) get(request string) (*http.Response, string) {
	r.t.Helper()
	server := httptest.NewServer(r.Distribution)
	defer server.Close()
	sent := r.atEdge(request)
	q, err := http.NewRequest(sent.Method, server.URL+sent.URL, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	q.Host = cmp.Or(sent.Host, edgetest.DefaultHost)
	for name, value := range sent.Headers {
		q.Header.Set(name, value)
	}
	response, err := http.DefaultTransport.RoundTrip(q)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return response, string(body)
}

// attach puts a handler behind every origin, of which it is told the name. That can
// be done once.
func (r recipe) attach(origin func(name string) http.Handler) {
	r.t.Helper()
	missing := r.Missing()
	if len(missing) == 0 {
		r.t.Fatal("all origins have something attached already")
	}
	for _, name := range missing {
		if err := r.Attach(name, cfsim.Handler(origin(name))); err != nil {
			r.t.Fatal(err)
		}
	}
}

// itself is an origin that answers with its name and what it is asked for.
func itself(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s", name, r.URL.RequestURI())
	})
}

// exchange is a request, what its origin answers, and what the viewer is to get.
type exchange struct {
	request string
	origin  edgetest.OriginResponse
	status  int
	header  map[string]string // "" for one that is not to be there
	body    string            // "" for any
}

// exchanges checks what becomes of the responses of origins.
func (r recipe) exchanges(table ...exchange) {
	r.t.Helper()
	var answering edgetest.OriginResponse
	r.attach(func(string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { write(w, answering) })
	})
	for _, x := range table {
		answering = x.origin
		response, body := r.get(x.request)
		r.compare("cfsim", x, response, body)
		for _, engine := range njs(r.t) {
			answer, err := r.edge.Respond(engine, r.atEdge(x.request), x.origin)
			if err != nil {
				r.t.Fatal(err)
			}
			recorder := httptest.NewRecorder()
			write(recorder, edgetest.OriginResponse{Status: answer.Status, Headers: answer.Headers, Cookies: answer.Cookies})
			r.compare(engine.Name(), x, recorder.Result(), answer.Body)
		}
	}
}

func write(w http.ResponseWriter, o edgetest.OriginResponse) {
	for name, value := range o.Headers {
		w.Header().Set(name, value)
	}
	for name, cookies := range o.Cookies {
		for _, cookie := range cookies {
			w.Header().Add("Set-Cookie", name+"="+cookie.Value+"; "+cookie.Attributes)
		}
	}
	w.WriteHeader(cmp.Or(o.Status, http.StatusOK))
	io.WriteString(w, o.Body)
}

func (r recipe) compare(simulator string, x exchange, response *http.Response, body string) {
	r.t.Helper()
	if response.StatusCode != x.status {
		r.t.Errorf("%s: %s: got status %d, want %d", simulator, x.request, response.StatusCode, x.status)
	}
	if x.body != "" && body != x.body {
		r.t.Errorf("%s: %s: got body %q, want %q", simulator, x.request, body, x.body)
	}
	for name, want := range x.header {
		if got := response.Header.Get(name); got != want {
			r.t.Errorf("%s: %s: got %s %q, want %q", simulator, x.request, name, got, want)
		}
	}
}
