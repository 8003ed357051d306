package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

// patience only ends tests that hang.
const patience = 30 * time.Second

// handlerVariable makes the test binary a Lambda handler. The template of the
// tests gives it to the function.
const handlerVariable = "CFROUTER_TEST_HANDLER"

func handle() {
	lambda.Start(func(request events.LambdaFunctionURLRequest) (string, error) {
		fmt.Fprintln(os.Stderr, "asked for", request.RawPath)
		return strconv.Itoa(os.Getpid()), nil
	})
}

// A running is a serve command under way.
type running struct {
	t      *testing.T
	url    string
	client *http.Client
	stop   func() int // ends it and returns the exit status
	lines  chan string
	seen   []string // and not waited for yet
}

// serve runs the command with the template of the tests and what the flags add.
func serve(t *testing.T, args ...string) *running {
	t.Helper()
	reader, writer := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	status := make(chan int, 1)
	var messages strings.Builder
	go func() {
		status <- run(ctx, append([]string{"serve", "-listen", "127.0.0.1:0"}, args...), newConsole(nil, writer, &messages))
		writer.Close()
	}()
	s := &running{t: t, client: &http.Client{Transport: &http.Transport{DisableCompression: true}, Timeout: patience}, lines: make(chan string, 1000)}
	go func() {
		defer close(s.lines)
		for scanner := bufio.NewScanner(reader); scanner.Scan(); {
			s.lines <- scanner.Text()
		}
	}()
	s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s.stop = sync.OnceValue(func() int {
		cancel()
		s.client.CloseIdleConnections()
		select {
		case code := <-status:
			return code
		case <-time.After(patience):
			t.Fatal("serve does not end")
			return 0
		}
	})
	t.Cleanup(func() {
		if code := s.stop(); code != ok || messages.Len() > 0 {
			t.Errorf("exit status %d, messages %q", code, messages.String())
		}
	})
	s.url = regexp.MustCompile(`https?://[^"\s]+`).FindString(s.wait(`https?://`))
	return s
}

// wait returns the first line of the log that matches. It is waited for once.
func (s *running) wait(pattern string) string {
	s.t.Helper()
	match := regexp.MustCompile(pattern).MatchString
	for deadline := time.After(patience); ; {
		if i := slices.IndexFunc(s.seen, match); i >= 0 {
			line := s.seen[i]
			s.seen = slices.Delete(s.seen, i, i+1)
			return line
		}
		select {
		case line, open := <-s.lines:
			if open {
				s.seen = append(s.seen, line)
				continue
			}
		case <-deadline:
		}
		s.t.Fatalf("no line %q in the log, only\n%s", pattern, strings.Join(s.seen, "\n"))
	}
}

// get returns the answer with its body read.
func (s *running) get(path string) (*http.Response, string) {
	s.t.Helper()
	return s.do(must(http.NewRequest("GET", s.url+path, nil)))
}

func (s *running) do(r *http.Request) (*http.Response, string) {
	s.t.Helper()
	response, err := s.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return response, string(body)
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// write puts a file where it belongs at once, as careful programs do.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// bucket is a directory with a page.
func bucket(t *testing.T) (dir string) {
	dir = t.TempDir()
	write(t, filepath.Join(dir, "page.html"), "a page")
	return dir
}

const template = "testdata/site.yaml"

func TestServe(t *testing.T) {
	s := serve(t, template, "-offline", "-origin", "Site="+bucket(t))
	s.wait(`^nothing stands in for .*slow\.example\.net: .*-origin NAME=WHAT`)
	for _, test := range []struct {
		method, path, header, want, log string
	}{
		{"GET", "/page.html", "", "200 a page", `^\d\d:\d\d:\d\d 200 GET  /page\.html  \*, Site, miss, [\d.]+ ms$`},
		{"HEAD", "/page.html", "", "200 ", `200 HEAD /page\.html  \*, Site, hit, `},
		{"GET", "/page.html?x", "Range: bytes=2-5", "206 page", `206 GET  /page\.html\?x  `},
		{"GET", "/none.html", "", "404 NoSuchKey", `404 GET  /none\.html  \*, Site, `},
		{"POST", "/page.html", "", "403 POST", `^         403: the behavior \* takes GET, HEAD, not POST$`},
		{"GET", "/slow", "", "502 slow", `^         502: nothing is attached to the origin slow\.example\.net`},
		{"GET", "/page.html", "Host: www.example.com", "200 a page", ` 200 `},
		{"GET", "/page.html", "Host: www.example.com.localhost:1234", "200 a page", ` 200 `},
		{"GET", "/page.html", "Host: www.example.net", "403 www.example.com", `the host www\.example\.net is no name of the distribution`},
		{"GET", "/page.html", "Host: www.example.net.localhost", "403 www.example.com", `the host www\.example\.net is no name of the distribution`},
	} {
		r := must(http.NewRequest(test.method, s.url+test.path, nil))
		if name, value, ok := strings.Cut(test.header, ": "); ok {
			r.Header.Set(name, value)
			r.Host = r.Header.Get("Host")
		}
		response, body := s.do(r)
		status, text, _ := strings.Cut(test.want, " ")
		if strconv.Itoa(response.StatusCode) != status || !strings.Contains(body, text) {
			t.Errorf("%s %s %s: got %d %s, want %s", test.method, test.path, test.header, response.StatusCode, body, test.want)
		}
		s.wait(test.log)
	}
}

// TestServeHosts: a distribution that answers for several hosts has them in its log.
func TestServeHosts(t *testing.T) {
	s := serve(t, "../../cfsim/testdata/foreign/releases.yaml", "-offline")
	for _, host := range []string{"example.com", "www.example.com"} {
		r := must(http.NewRequest("GET", s.url+"/cart?a", nil))
		r.Host = host + ".localhost:1234"
		s.do(r)
		s.wait(` GET  ` + regexp.QuoteMeta(host) + `/cart\?a  `)
	}
}

func TestServeJSON(t *testing.T) {
	s := serve(t, "-json", template, "-origin", "Site="+bucket(t))
	s.get("/page.html")
	var event struct {
		Event, Method, URL, Behavior, Origin, Cache string
		Status                                      int
		Logs                                        []string
		Time                                        time.Time
	}
	if err := json.Unmarshal([]byte(s.wait(`"event":"request"`)), &event); err != nil {
		t.Fatal(err)
	}
	want := event
	want.Method, want.URL, want.Behavior, want.Origin, want.Cache, want.Status = "GET", strings.Replace(s.url, "http:", "https:", 1)+"/page.html", "*", "Site", "miss", 200
	if fmt.Sprint(event) != fmt.Sprint(want) || fmt.Sprint(event.Logs) != "[Version: version one]" || event.Time.IsZero() {
		t.Errorf("got %+v\nwant %+v", event, want)
	}
}

func TestServeTLS(t *testing.T) {
	s := serve(t, "-tls", template, "-origin", "Site="+bucket(t))
	s.client.Transport = &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
	response, body := s.get("/page.html")
	if response.ProtoMajor != 2 || body != "a page" {
		t.Errorf("got %s %q, want HTTP/2 and the page", response.Proto, body)
	}
	certificate := response.TLS.PeerCertificates[0]
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	for _, name := range []string{"localhost", "127.0.0.1", "::1", "shop.localhost"} {
		if _, err := certificate.Verify(x509.VerifyOptions{Roots: roots, DNSName: name}); err != nil {
			t.Errorf("the certificate is not good for %s: %v", name, err)
		}
	}
	if !strings.HasPrefix(s.url, "https://") {
		t.Errorf("got %s, want https", s.url)
	}
}

func TestServePlainHTTP(t *testing.T) {
	s := serve(t, "-plain-http", template, "-origin", "Site="+bucket(t))
	response, _ := s.get("/page.html")
	if want := strings.Replace(s.url, "http:", "https:", 1) + "/page.html"; response.StatusCode != 301 || response.Header.Get("Location") != want {
		t.Errorf("got %s to %s, want 301 to %s", response.Status, response.Header.Get("Location"), want)
	}
}

// TestReload changes what is served under the server's feet.
func TestReload(t *testing.T) {
	dir, site := t.TempDir(), bucket(t)
	text := string(must(os.ReadFile(template)))
	file, config := filepath.Join(dir, "site.yaml"), filepath.Join(dir, "settings.json")
	settings := func(directory string) string {
		return jsonText(map[string]any{"template": "site.yaml", "origins": map[string]string{"Site": directory}})
	}
	write(t, file, text)
	write(t, config, settings(site))
	s := serve(t, "-config", config)
	expect := func(version, page string) {
		t.Helper()
		response, body := s.get("/page.html")
		if got := response.Header.Get("X-Version"); got != version || body != page {
			t.Errorf("got version %q of %q, want %q of %q", got, body, version, page)
		}
	}
	expect("one", "a page")

	write(t, file, strings.ReplaceAll(text, "one", "two"))
	s.wait(`loaded again after a change$`)
	expect("two", "a page")

	// What cannot be used is said, and what was there goes on.
	for _, broken := range []string{"Resources: [", "Resources: {}", strings.Replace(text, "Site:", "Store:", 1)} {
		write(t, file, broken)
		s.wait(`a change cannot be used, so what was loaded before goes on: .*site\.yaml|no origin "Site"`)
		expect("two", "a page")
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	s.wait(`a change cannot be used, .*site\.yaml.*no such file`)
	expect("two", "a page")
	write(t, file, strings.ReplaceAll(text, "one", "three"))
	s.wait(`loaded again after a change$`)
	expect("three", "a page")

	// New content is seen although the cache has the old one.
	write(t, filepath.Join(site, "page.html"), "a new page")
	s.wait(`the cache was emptied$`)
	expect("three", "a new page")

	// So are new settings.
	other := bucket(t)
	write(t, config, `{"origin": 1}`)
	s.wait(`a change cannot be used, .*there is no setting "origin": did you mean origins\?$`)
	write(t, config, settings(other))
	s.wait(`loaded again after a change$`)
	expect("three", "a page")
}

func jsonText(value any) string { return string(must(json.Marshal(value))) }

// TestReloadLetsRequestsEnd changes the template while an origin is still thinking.
func TestReloadLetsRequestsEnd(t *testing.T) {
	asked, answer := make(chan struct{}), make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "first, ")
		http.NewResponseController(w).Flush()
		asked <- struct{}{}
		<-answer
		io.WriteString(w, "second")
	}))
	defer slow.Close()
	file := filepath.Join(t.TempDir(), "site.yaml")
	text := string(must(os.ReadFile(template)))
	write(t, file, text)
	s := serve(t, file, "-origin", "slow.example.net="+slow.URL)
	got := make(chan string)
	go func() {
		_, body := s.get("/slow")
		got <- body
	}()
	<-asked
	write(t, file, strings.ReplaceAll(text, "one", "two"))
	s.wait(`loaded again`)
	close(answer)
	if body := <-got; body != "first, second" {
		t.Errorf("got %q", body)
	}
}

// TestHungOrigin asks an origin that never answers, which keeps neither other
// requests nor the end waiting.
func TestHungOrigin(t *testing.T) {
	asked, over := make(chan struct{}, 10), make(chan struct{})
	hung := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		select {
		case <-over:
		case <-r.Context().Done():
		}
	}))
	defer hung.Close()
	defer close(over)
	s := serve(t, template, "-origin", "Site="+bucket(t), "-origin", "slow.example.net="+hung.URL)
	failed := make(chan error, 1)
	go func() {
		_, err := s.client.Get(s.url + "/slow")
		failed <- err
	}()
	<-asked
	if _, body := s.get("/page.html"); body != "a page" {
		t.Errorf("got %q", body)
	}

	// A viewer that goes away.
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	if _, err := s.client.Do(must(http.NewRequestWithContext(ctx, "GET", s.url+"/slow?again", nil))); err == nil {
		t.Error("there is an answer to a request that was given up")
	}
	s.wait(`GET  /slow\?again  /slow, slow\.example\.net`)
	if _, body := s.get("/page.html"); body != "a page" {
		t.Errorf("got %q", body)
	}

	if status := s.stop(); status != ok {
		t.Errorf("exit status %d", status)
	}
	if err := <-failed; err == nil {
		t.Error("the hung request was answered")
	}
}

// TestSlowViewer leaves an answer unread, which keeps neither other requests nor
// the end waiting.
func TestSlowViewer(t *testing.T) {
	site := bucket(t)
	write(t, filepath.Join(site, "large.bin"), strings.Repeat("large ", 8<<20))
	s := serve(t, template, "-origin", "Site="+site)
	connection, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	connection.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(connection, "GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(connection).ReadString('\n'); err != nil || !strings.Contains(line, "200 OK") {
		t.Fatalf("got %q, %v", line, err)
	}
	if _, body := s.get("/page.html"); body != "a page" {
		t.Errorf("got %q", body)
	}
	if status := s.stop(); status != ok {
		t.Errorf("exit status %d", status)
	}
}

// TestStrangeViewers sends what no browser would, and asks for a page after each.
func TestStrangeViewers(t *testing.T) {
	s := serve(t, template, "-origin", "Site="+bucket(t))
	send := func(text string) string {
		t.Helper()
		connection, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		connection.SetDeadline(time.Now().Add(patience))
		go io.WriteString(connection, text)
		line, _ := bufio.NewReader(connection).ReadString('\n')
		return strings.TrimSpace(line)
	}
	const host = " HTTP/1.1\r\nHost: localhost\r\n"
	for text, want := range map[string]string{
		"GET /page.html" + host + "\r\n":                                                         "HTTP/1.1 200 OK",
		"GET /page.html HTTP/1.0\r\n\r\n":                                                        "HTTP/1.0 200 OK",
		"GET //../page.html" + host + "\r\n":                                                     "HTTP/1.1 404 Not Found",
		"GET /" + strings.Repeat("a", 9000) + host + "\r\n":                                      "HTTP/1.1 414 Request URI Too Long",
		"GET /page.html" + host + "X: " + strings.Repeat("a", 40000) + "\r\n\r\n":                "HTTP/1.1 494",
		"GET /page.html" + host + "X: " + strings.Repeat("a", 1<<20) + "\r\n\r\n":                "HTTP/1.1 431 Request Header Fields Too Large",
		"GET /page.html" + host + strings.Repeat("X: a\r\n", 7000) + "\r\n":                      "HTTP/1.1 494",
		"GET /page.html" + host + "X: \x00\r\n\r\n":                                              "HTTP/1.1 400 Bad Request",
		"GET /page.html" + host + "Range: bytes=" + strings.Repeat("0-0,", 2000) + "0-0\r\n\r\n": "HTTP/1.1 ",
		"GET /%zz" + host + "\r\n":                                                               "HTTP/1.1 400 Bad Request",
		"PURGE /" + host + "\r\n":                                                                "HTTP/1.1 403 Forbidden",
		"CONNECT www.example.com:443" + host + "\r\n":                                            "HTTP/1.1 403 Forbidden",
		"\x16\x03\x01\x00\x05hello\r\n\r\n":                                                      "HTTP/1.1 400 Bad Request",
		"GET http://[::1/ HTTP/1.1\r\n\r\n":                                                      "HTTP/1.1 400 Bad Request",
	} {
		if got := send(text); !strings.HasPrefix(got, want) {
			t.Errorf("%.60q: got %q, want %q", text, got, want)
		}
		if _, body := s.get("/page.html"); body != "a page" {
			t.Fatalf("%.60q: got %q afterwards", text, body)
		}
	}
}

func TestPortInUse(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var out, messages strings.Builder
	status := run(t.Context(), []string{"serve", "-listen", listener.Addr().String(), template}, newConsole(nil, &out, &messages))
	if status != failed || out.Len() > 0 || !strings.Contains(messages.String(), "-listen takes another HOST:PORT") {
		t.Errorf("got status %d, %q and %q", status, out.String(), messages.String())
	}
}

// TestStopWhileLoading ends a server before it has begun.
func TestStopWhileLoading(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, messages strings.Builder
	if status := run(ctx, []string{"serve", "-listen", "127.0.0.1:0", template}, newConsole(nil, &out, &messages)); status != ok {
		t.Errorf("got status %d: %s", status, messages.String())
	}
}
