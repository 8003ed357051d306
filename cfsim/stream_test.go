package cfsim

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestSlowViewer: an origin waits for a viewer, and what is on the way is bounded.
func TestSlowViewer(t *testing.T) {
	for _, path := range []string{"/", "/cached/a"} {
		synctest.Test(t, func(t *testing.T) {
			app := loaded(t, askTemplate, &Options{CacheBytes: 1 << 20})
			d := app.Distributions()[0]
			var written atomic.Int64
			attach(t, d, "a", Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				block := make([]byte, 64<<10)
				for range 1600 { // 100 MiB
					n, err := w.Write(block)
					if written.Add(int64(n)); err != nil {
						return
					}
				}
			})))
			r, err := NewRequest("GET", path)
			if err != nil {
				t.Fatal(err)
			}
			response, trace := d.Do(r)
			if _, err := io.ReadFull(response.Body, make([]byte, 1000)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if n := written.Load(); n > 2<<20 {
				t.Errorf("%s: %d bytes were sent for 1000 that were read", path, n)
			}
			time.Sleep(time.Hour) // the viewer's time is no failure of the origin
			n, err := io.Copy(io.Discard, response.Body)
			if n != 100<<20-1000 || err != nil {
				t.Errorf("%s: then %d bytes came, %v\n%s", path, n, err, trace)
			}
			response.Body.Close()
		})
	}
}

// TestLargeObject: 100 MB over a connection, from a server and from a handler.
func TestLargeObject(t *testing.T) {
	noLeaks(t)
	const size = 100 << 20
	large := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(size))
		io.CopyN(w, zeros{}, size)
	})
	server := httptest.NewServer(large)
	defer server.Close()
	for _, origin := range []Origin{Handler(large), URL(server.URL)} {
		d := loaded(t, patient, &Options{CacheBytes: 8 << 20}).Distributions()[0]
		attach(t, d, "a", origin)
		s := serve(t, d, nil)
		for _, path := range []string{"/", "/cached/a"} {
			r, err := s.client.Get(s.URL + path)
			if err != nil {
				t.Fatal(err)
			}
			n, err := io.Copy(io.Discard, r.Body)
			r.Body.Close()
			if n != size || r.ContentLength != size || err != nil {
				t.Errorf("%s: got %d of %d bytes, %v", path, n, r.ContentLength, err)
			}
		}
		if n := d.cache.Bytes(); n > 8<<20 {
			t.Errorf("the cache takes %d bytes", n)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// TestViewerLeaves: when a viewer goes away, the origin learns of it.
func TestViewerLeaves(t *testing.T) {
	for _, path := range []string{"/", "/cached/a"} {
		for _, when := range []string{"before the answer", "in its middle", "without reading it"} {
			t.Run(path+" "+when, func(t *testing.T) {
				noLeaks(t)
				d := loaded(t, patient, nil).Distributions()[0]
				asked, left := make(chan struct{}, 1), make(chan struct{}, 1)
				attach(t, d, "a", Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					asked <- struct{}{}
					if when != "before the answer" {
						io.WriteString(w, "begin")
					}
					<-r.Context().Done()
					left <- struct{}{}
				})))
				attach(t, d, "good", Handler(answering("good")))
				s := serve(t, d, nil)
				ctx, leave := context.WithCancel(t.Context())
				defer leave()
				request, err := http.NewRequestWithContext(ctx, "GET", s.URL+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				done := make(chan struct{})
				go func() {
					defer close(done)
					r, err := s.client.Do(request)
					if err != nil {
						return
					}
					if when == "in its middle" {
						io.ReadFull(r.Body, make([]byte, 5))
					}
					leave()
					r.Body.Close()
				}()
				await(t, asked, "the origin is asked")
				if when == "before the answer" {
					leave()
				}
				await(t, left, "the origin learns that the viewer went away")
				await(t, done, "the viewer is done")
				if n := d.cache.Len(); n != 0 {
					t.Errorf("%d objects are in the cache", n)
				}
				if _, body, err := s.do("GET", "/good", ""); body != "good" || err != nil {
					t.Errorf("after that, another origin answers %q, %v", body, err)
				}
			})
		}
	}
}

// await waits for something that has to happen.
func await(t testing.TB, happened <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-happened:
	case <-time.After(30 * time.Second):
		t.Fatalf("it does not happen that %s", what)
	}
}

// TestStreaming: what an origin has sent is there before the rest of it.
func TestStreaming(t *testing.T) {
	for _, path := range []string{"/", "/cached/a"} {
		for _, kind := range []string{"handler", "server"} {
			t.Run(kind+" "+path, func(t *testing.T) {
				noLeaks(t)
				next := make(chan string)
				stream := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					for text := range next {
						io.WriteString(w, text)
						w.(http.Flusher).Flush()
					}
				})
				origin := Handler(stream)
				if kind == "server" {
					server := httptest.NewServer(stream)
					defer server.Close()
					origin = URL(server.URL)
				}
				d := loaded(t, patient, nil).Distributions()[0]
				attach(t, d, "a", origin)
				s := serve(t, d, func(s *httptest.Server) { s.EnableHTTP2 = true; s.StartTLS() })
				answered := make(chan *http.Response)
				go func() {
					r, err := s.client.Get(s.URL + path)
					if err != nil {
						t.Error(err)
						close(answered)
						return
					}
					answered <- r
				}()
				next <- "first"
				r, ok := <-answered
				if !ok {
					return
				}
				defer r.Body.Close()
				for _, text := range []string{"first", "second", "third"} {
					part := make([]byte, len(text))
					if _, err := io.ReadFull(r.Body, part); err != nil || string(part) != text {
						t.Fatalf("got %q, %v, want %q", part, err, text)
					}
					switch text {
					case "first":
						next <- "second"
					case "second":
						next <- "third"
					}
				}
				close(next)
				if rest, err := io.ReadAll(r.Body); len(rest) > 0 || err != nil {
					t.Errorf("then came %q, %v", rest, err)
				}
			})
		}
	}
}
