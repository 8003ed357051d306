package cfsim

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// served is a distribution behind a server, with a client of its own.
type served struct {
	*httptest.Server
	t      testing.TB
	client *http.Client
}

func serve(t testing.TB, d http.Handler, configure func(*httptest.Server)) *served {
	t.Helper()
	server := httptest.NewUnstartedServer(d)
	if configure == nil {
		server.Start()
	} else {
		configure(server)
	}
	transport := &http.Transport{
		DisableCompression: true, ForceAttemptHTTP2: true,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // a server of this test
	}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
	})
	return &served{server, t, &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// do sends a request. err is that of reading the body.
func (s *served) do(method, path, body string, headers ...string) (r *http.Response, text string, err error) {
	s.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	request, err := http.NewRequest(method, s.URL+path, reader)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		request.Header.Set(name, value)
	}
	if r, err = s.client.Do(request); err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer r.Body.Close()
	all, err := io.ReadAll(r.Body)
	return r, string(all), err
}

// TestServe: the same distribution over HTTP/1.1, TLS and HTTP/2.
func TestServe(t *testing.T) {
	for name, test := range map[string]struct {
		configure func(*httptest.Server)
		major     int
	}{
		"HTTP/1.1": {func(s *httptest.Server) { s.Start() }, 1},
		"TLS":      {func(s *httptest.Server) { s.TLS = &tls.Config{NextProtos: []string{"http/1.1"}}; s.StartTLS() }, 1},
		"HTTP/2":   {func(s *httptest.Server) { s.EnableHTTP2 = true; s.StartTLS() }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			noLeaks(t)
			var mu sync.Mutex
			var seen []string
			d := openFile(t, "testdata/foreign/cdk-typescript.template.json", &Options{Observe: func(trace *Trace) {
				mu.Lock()
				defer mu.Unlock()
				seen = append(seen, fmt.Sprintf("%s %s %d", trace.Behavior, trace.Outcome(), trace.Status))
			}})
			attach(t, d, "Site", Files(fstest.MapFS{"about.html": {Data: []byte("about")}, "errors/missing.html": {Data: []byte("missing")}}))
			attach(t, d, "api.example.com", Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				w.WriteHeader(201)
				fmt.Fprint(w, r.Method, " ", r.URL.Path, " ", string(body), " ", err)
			})))
			s := serve(t, d, test.configure)
			for _, request := range []struct {
				method, path, body string
				status             int
				want               string
			}{
				{"GET", "/about", "", 200, "about"},
				{"HEAD", "/about", "", 200, ""},
				{"GET", "/none", "", 404, "missing"},
				{"HEAD", "/none", "", 404, ""},
				{"POST", "/api/users", "new", 201, "POST /v2/api/users new <nil>"},
				{"PATCH", "/api/users", strings.Repeat("x", 100_000), 201, "PATCH /v2/api/users " + strings.Repeat("x", 100_000) + " <nil>"},
				{"POST", "/about", "x", 403, "the behavior * takes GET, HEAD, not POST\n"},
			} {
				r, body, err := s.do(request.method, request.path, request.body)
				if err != nil || r.StatusCode != request.status || body != request.want || r.ProtoMajor != test.major {
					t.Errorf("%s %s: got %s %s %.100q %v, want %d %.100q", request.method, request.path, r.Proto, r.Status, body, err, request.status, request.want)
				}
				if r.Header.Get("Via") == "" || r.Header.Get("X-Amz-Cf-Id") == "" || r.Header.Get("X-Cache") == "" {
					t.Errorf("%s %s: the answer does not look like CloudFront's: %v", request.method, request.path, r.Header)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			want := []string{
				"* Site /about.html 200", "* Site /about.html 200", "* Site /none.html 404", "* Site /none.html 404",
				"/api/* api.example.com /v2/api/users 201", "/api/* api.example.com /v2/api/users 201", "* 403 403",
			}
			if !slices.Equal(seen, want) {
				t.Errorf("observed were\n%s\nwant\n%s", strings.Join(seen, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// TestPlainHTTP: whether a connection without TLS counts as HTTPS.
func TestPlainHTTP(t *testing.T) {
	noLeaks(t)
	for plainHTTP, want := range map[bool]int{false: 200, true: 301} {
		d := openFile(t, "testdata/foreign/cdk-typescript.template.json", &Options{PlainHTTP: plainHTTP})
		attach(t, d, "Site", Handler(answering("site")))
		s := serve(t, d, nil)
		r, _, err := s.do("GET", "/about?a=1", "")
		if err != nil || r.StatusCode != want {
			t.Errorf("PlainHTTP %v: got %s, %v, want %d", plainHTTP, r.Status, err, want)
		}
		if location := r.Header.Get("Location"); want == 301 && location != strings.Replace(s.URL, "http:", "https:", 1)+"/about?a=1" {
			t.Errorf("it redirects to %s", location)
		}
	}
}

// TestConcurrent: any number of requests, invalidations and explanations at once.
func TestConcurrent(t *testing.T) {
	noLeaks(t)
	d := openFile(t, "testdata/foreign/clean.yaml", nil)
	echo := Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Header.Get("X-Section"), r.URL.Path)
	}))
	for _, name := range []string{"docs", "guide", "api", "Site", "Media"} {
		attach(t, d, name, echo)
	}
	s := serve(t, d, func(s *httptest.Server) { s.EnableHTTP2 = true; s.StartTLS() })
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := range 60 {
				n := (worker + i) % 7
				for path, want := range map[string]string{
					fmt.Sprintf("/docs/%d", n):       fmt.Sprintf("docs/%d", n),
					fmt.Sprintf("/guide/%d", n):      fmt.Sprintf("guide/%d", n),
					fmt.Sprintf("/api/%d", n):        fmt.Sprintf("/live/api/%d", n),
					fmt.Sprintf("/media/%d?w=1", n):  fmt.Sprintf("/public/media/%d", n),
					fmt.Sprintf("/directory%d/", n):  fmt.Sprintf("/directory%d/index.html", n),
					fmt.Sprintf("/%d/../docs/x", n):  "docs/../docs/x",
					fmt.Sprintf("/none%d.html?", n):  fmt.Sprintf("/none%d.html", n),
					fmt.Sprintf("/docs/%d/a?l=x", n): fmt.Sprintf("docs/%d/a", n),
				} {
					if strings.Contains(path, "..") {
						continue // net/http cleans it
					}
					if _, body, err := s.do("GET", path, ""); err != nil || body != want {
						t.Errorf("%s: got %q, %v, want %q", path, body, err, want)
					}
				}
				if i%10 == 0 {
					if _, err := d.Invalidate("/docs/*", "/*"); err != nil {
						t.Error(err)
					}
					explain(t, d, "GET", "/guide/1")
					d.Routes()
				}
			}
		})
	}
	group.Wait()
}

// TestDoHead: an answer to HEAD has no body, whoever makes it.
func TestDoHead(t *testing.T) {
	settings, resources := edge("viewer-request", `function handler(event) { return {statusCode: 200, body: 'made'}; }`)
	d := loaded(t, web(settings, resources), nil).Distributions()[0]
	attach(t, d, "a", Handler(answering("origin")))
	for _, url := range []string{"/f/a", "/a", "http://localhost/a", "https://other.example.net/"} {
		_, whole, _ := get(t, d, "GET", url)
		r, body, trace := get(t, d, "HEAD", url)
		if body != "" {
			t.Errorf("%s: the answer to HEAD has the body %q\n%s", url, body, trace)
		}
		if length := r.Header.Get("Content-Length"); length != "" && length != fmt.Sprint(len(whole)) {
			t.Errorf("%s: Content-Length is %s, and that of GET %d", url, length, len(whole))
		}
	}
}

// TestForms: requests that no browser sends.
func TestForms(t *testing.T) {
	noLeaks(t)
	d := openFile(t, "testdata/foreign/cdk-typescript.template.json", nil)
	attach(t, d, "Site", Handler(answering("site")))
	attach(t, d, "api.example.com", Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, n, " ", err)
	})))
	s := serve(t, d, nil)
	for name, test := range map[string]struct {
		change func(*http.Request)
		status int
		body   string
	}{
		"a long url":      {func(r *http.Request) { r.URL.RawQuery = strings.Repeat("a", 8200) }, 414, ""},
		"many headers":    {func(r *http.Request) { r.Header.Set("X-A", strings.Repeat("a", 33000)) }, 494, ""},
		"another host":    {func(r *http.Request) { r.Host = "www.example.org" }, 403, ""},
		"GET with a body": {func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("x")); r.ContentLength = 1 }, 403, ""},
		"GET with chunks": {func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("x")); r.ContentLength = -1 }, 403, ""},
		"an odd method":   {func(r *http.Request) { r.Method = "PURGE" }, 403, ""},
		"chunks": {func(r *http.Request) {
			r.Method, r.URL.Path, r.Body, r.ContentLength = "POST", "/api/a", io.NopCloser(strings.NewReader("xyz")), -1
		}, 200, "3 <nil>"},
		"100-continue": {func(r *http.Request) {
			r.Method, r.URL.Path, r.Body, r.ContentLength = "POST", "/api/a", io.NopCloser(strings.NewReader("xyz")), 3
			r.Header.Set("Expect", "100-continue")
		}, 200, "3 <nil>"},
		"an unread upload": {func(r *http.Request) {
			r.Method, r.Body, r.ContentLength = "PUT", io.NopCloser(strings.NewReader(strings.Repeat("x", 1<<20))), 1<<20
		}, 403, ""},
		"as for a proxy": {func(r *http.Request) { r.URL.Opaque = "//www.example.org/about" }, 403, ""},
	} {
		request, err := http.NewRequest("GET", s.URL+"/about", nil)
		if err != nil {
			t.Fatal(err)
		}
		test.change(request)
		r, err := s.client.Do(request)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		if r.StatusCode != test.status || err != nil || test.body != "" && string(body) != test.body {
			t.Errorf("%s: got %s %q, %v, want %d %q", name, r.Status, body, err, test.status, test.body)
		}
	}
}
