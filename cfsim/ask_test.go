package cfsim

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// askTemplate has the origin a behind the default behavior, which caches nothing,
// and behind /cached/*, which does. It is given a twentieth of a second, where
// CloudFront's least is a second.
var askTemplate = web(`
        Origins:
          - {Id: a, DomainName: a.example.com, ConnectionAttempts: 2, ConnectionTimeout: 1, CustomOriginConfig: {OriginProtocolPolicy: https-only, OriginReadTimeout: 0.05}}
          - {Id: good, DomainName: good.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
        CacheBehaviors:
          - {PathPattern: '/cached/*', TargetOriginId: a, ViewerProtocolPolicy: allow-all, CachePolicyId: !Ref Policy}
          - {PathPattern: '/good', TargetOriginId: good, ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad}
        CustomErrorResponses: [{ErrorCode: 502, ErrorCachingMinTTL: 0}, {ErrorCode: 504, ErrorCachingMinTTL: 0}]
        DefaultCacheBehavior: {TargetOriginId: a, ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad, AllowedMethods: [GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE]}
`, cachePolicy("Policy", "0, DefaultTTL: 3600, MaxTTL: 86400"))

// patient is the same with a minute for the origin.
var patient = strings.Replace(askTemplate, "OriginReadTimeout: 0.05", "OriginReadTimeout: 60", 1)

// wire is a server that answers every connection with a function of its own, once
// it has the head of a request.
func wire(t *testing.T, answer func(c net.Conn)) Origin {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				head := make([]byte, 64<<10)
				if _, err := c.Read(head); err == nil {
					answer(c)
				}
			}()
		}
	}()
	return URL("http://" + listener.Addr().String())
}

// sends writes a text and closes the connection.
func sends(text string) func(net.Conn) {
	return func(c net.Conn) { io.WriteString(c, text) }
}

// hangs waits until the other side closes the connection.
func hangs(c net.Conn) { io.Copy(io.Discard, c) }

// TestOriginsGoneWrong: whatever an origin does, the viewer gets an answer that
// says what happened, and the next request is served.
func TestOriginsGoneWrong(t *testing.T) {
	refusing := func(t *testing.T) Origin {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		listener.Close()
		return URL("http://" + listener.Addr().String())
	}
	handler := func(f http.HandlerFunc) func(*testing.T) Origin {
		return func(*testing.T) Origin { return Handler(f) }
	}
	onWire := func(answer func(net.Conn)) func(*testing.T) Origin {
		return func(t *testing.T) Origin { return wire(t, answer) }
	}
	const ok = "HTTP/1.1 200 OK\r\n"
	for name, test := range map[string]struct {
		origin func(t *testing.T) Origin
		status int
		says   string // in the body and the trace, if the edge answers
		breaks bool   // the body breaks off
		body   string // as far as it comes
	}{
		"refuses":                    {refusing, 502, "connection refused", false, ""},
		"hangs":                      {onWire(hangs), 504, "sent nothing for 50ms", false, ""},
		"closes":                     {onWire(func(net.Conn) {}), 502, "could not be asked", false, ""},
		"sends garbage":              {onWire(sends("\x16\x03\x01\x02\x00\x01\r\n\r\n")), 502, "malformed HTTP", false, ""},
		"speaks another protocol":    {onWire(sends("SSH-2.0-OpenSSH_9.6\r\n")), 502, "malformed HTTP", false, ""},
		"sends no status":            {onWire(sends("HTTP/1.1 OK\r\n\r\n")), 502, "malformed HTTP", false, ""},
		"sends a broken header":      {onWire(sends(ok + "Content-Length\r\n\r\n")), 502, "malformed", false, ""},
		"sends an odd length":        {onWire(sends(ok + "Content-Length: ten\r\n\r\n0123456789")), 502, "Content-Length", false, ""},
		"hangs in its header":        {onWire(func(c net.Conn) { io.WriteString(c, ok+"X-A: "); hangs(c) }), 504, "sent nothing for 50ms", false, ""},
		"sends less than it says":    {onWire(sends(ok + "Content-Length: 10\r\n\r\n01234")), 200, "", true, "01234"},
		"sends more than it says":    {onWire(sends(ok + "Content-Length: 5\r\n\r\n0123456789")), 200, "", false, "01234"},
		"hangs in its body":          {onWire(func(c net.Conn) { io.WriteString(c, ok+"Content-Length: 10\r\n\r\n01234"); hangs(c) }), 200, "", true, "01234"},
		"hangs between chunks":       {onWire(func(c net.Conn) { io.WriteString(c, ok+"Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n"); hangs(c) }), 200, "", true, "01234"},
		"breaks off between chunks":  {onWire(sends(ok + "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n")), 200, "", true, "01234"},
		"sends a broken chunk":       {onWire(sends(ok + "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\nzz\r\n")), 200, "", true, "01234"},
		"says nothing of its length": {onWire(sends(ok + "\r\n01234")), 200, "", false, "01234"},
		"speaks HTTP/1.0":            {onWire(sends("HTTP/1.0 200 OK\r\n\r\n01234")), 200, "", false, "01234"},
		"sends hints before":         {onWire(sends("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok + "Content-Length: 5\r\n\r\n01234")), 200, "", false, "01234"},
		"is a handler that panics":   {handler(func(http.ResponseWriter, *http.Request) { panic("no way") }), 502, "the handler panicked: no way", false, ""},
		"is a handler that aborts":   {handler(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), 502, "the connection was closed", false, ""},
		"is a handler that hangs":    {handler(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), 504, "sent nothing for 50ms", false, ""},
		"is a handler of few words":  {handler(func(http.ResponseWriter, *http.Request) {}), 200, "", false, ""},
		"is a handler that says too much": {handler(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			io.WriteString(w, "0123456789")
		}), 200, "", false, "01234"},
		"is a handler that says too little": {handler(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10")
			io.WriteString(w, "01234")
		}), 200, "", true, "01234"},
		"is a handler that panics late": {handler(func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "01234")
			panic("too late")
		}), 200, "", true, "01234"},
		"is a handler that hangs late": {handler(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "01234")
			<-r.Context().Done()
		}), 200, "", true, "01234"},
	} {
		t.Run(name, func(t *testing.T) {
			noLeaks(t)
			traces := make(chan *Trace, 4)
			d := loaded(t, askTemplate, &Options{Observe: func(x *Trace) { traces <- x }}).Distributions()[0]
			attach(t, d, "a", test.origin(t))
			attach(t, d, "good", Handler(answering("good")))
			s := serve(t, d, nil)
			for _, path := range []string{"/", "/cached/a", "/cached/a"} {
				r, body, err := s.do("GET", path, "")
				x := <-traces
				if r.StatusCode != test.status || (err != nil) != test.breaks {
					t.Errorf("%s: got %s %q, %v", path, r.Status, body, err)
				}
				if test.says == "" && body != test.body {
					t.Errorf("%s: got %q, want %q", path, body, test.body)
				}
				if !strings.Contains(body, test.says) {
					t.Errorf("%s: the body says %q, want %q", path, body, test.says)
				}
				if !strings.Contains(x.String(), test.says) {
					t.Errorf("%s: the trace lacks %q\n%s", path, test.says, x)
				}
				if test.status >= 500 && r.Header.Get("X-Cache") != "Error from cloudfront" {
					t.Errorf("%s: X-Cache is %s", path, r.Header.Get("X-Cache"))
				}
			}
			if r, body, err := s.do("GET", "/good", ""); body != "good" || err != nil {
				t.Errorf("after that, another origin answers %s %q, %v", r.Status, body, err)
			}
		})
	}
}

// TestOriginGoneWrongTrace: an origin that was asked and failed is named by the
// trace, whatever the method.
func TestOriginGoneWrongTrace(t *testing.T) {
	d := loaded(t, askTemplate, nil).Distributions()[0]
	attach(t, d, "a", Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("no way") })))
	for _, method := range []string{"GET", "POST"} {
		_, _, trace := get(t, d, method, "/a")
		if trace.Status != 502 || trace.FromEdge || trace.Origin != "a.example.com" || trace.URI != "/a" || trace.OriginRequest == nil {
			t.Errorf("%s: got %d, edge %v, origin %q %q\n%s", method, trace.Status, trace.FromEdge, trace.Origin, trace.URI, trace)
		}
	}
}

// TestAttempts: a connection is tried as often as the origin says, and a GET that
// nothing came of as well. Other requests are not sent again.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html#DownloadDistValuesOriginResponseTimeout)
func TestAttempts(t *testing.T) {
	refuse := func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Err: errors.New("refused")}
	}
	reset := func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "read", Err: errors.New("reset")}
	}
	hang := func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	d := loaded(t, askTemplate, nil).Distributions()[0]
	for _, test := range []struct {
		name, method string
		origin       roundTripper
		want         int
	}{
		{"refuses", "GET", refuse, 2},
		{"refuses", "POST", refuse, 2},
		{"resets", "GET", reset, 1},
		{"resets", "POST", reset, 1},
		{"hangs", "GET", hang, 2},
		{"hangs", "HEAD", hang, 2},
		{"hangs", "POST", hang, 1},
		{"hangs", "OPTIONS", hang, 1},
	} {
		tries := 0
		d.originByID("a").attached = roundTripper(func(r *http.Request) (*http.Response, error) {
			tries++
			return test.origin(r)
		})
		if get(t, d, test.method, "/"+test.name); tries != test.want {
			t.Errorf("%s to an origin that %s: tried %d times, want %d", test.method, test.name, tries, test.want)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestSlowOrigin: an origin may take its time as long as it sends something before
// the read timeout, and then as long as it likes.
func TestSlowOrigin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := loaded(t, web(plain, ""), nil).Distributions()[0]
		attach(t, d, "a", Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for range 10 {
				time.Sleep(29 * time.Second)
				io.WriteString(w, ".")
			}
		})))
		if _, body, trace := get(t, d, "GET", "/"); body != ".........." {
			t.Errorf("got %q\n%s", body, trace)
		}
		attach(t, d, "a", Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-time.After(31 * time.Second):
			case <-r.Context().Done():
			}
		})))
		began := time.Now()
		if r, body, _ := get(t, d, "GET", "/"); r.StatusCode != 504 || !strings.Contains(body, "sent nothing for 30s") || time.Since(began) != 3*30*time.Second {
			t.Errorf("got %s %q after %s, want the third attempt to end after 90s", r.Status, body, time.Since(began))
		}
	})
}
