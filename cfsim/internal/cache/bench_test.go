package cache

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

const benchBody = 4 << 10

func benchOrigin() Fetch {
	body := strings.Repeat("x", benchBody)
	return func(context.Context, http.Header) (*http.Response, error) {
		return &http.Response{
			StatusCode: 200, ContentLength: benchBody, Body: io.NopCloser(strings.NewReader(body)),
			Header: http.Header{
				"Cache-Control": {"max-age=3600"}, "Content-Length": {strconv.Itoa(benchBody)}, "Content-Type": {"text/plain"},
				"Etag": {`"1"`}, "Last-Modified": {"Sun, 01 Mar 2026 11:00:00 GMT"}, "Date": {"Sun, 01 Mar 2026 11:00:00 GMT"},
			},
		}, nil
	}
}

func fetchAll(b *testing.B, c *Cache, r *Request, fetch Fetch) {
	resp, _, err := c.Do(context.Background(), r, fetch)
	if err != nil {
		b.Fatal(err)
	}
	n, err := io.Copy(io.Discard, resp.Body)
	if err != nil || n != benchBody {
		b.Fatal(n, err)
	}
	resp.Body.Close()
}

func BenchmarkHit(b *testing.B) {
	c, fetch := New(Options{}), benchOrigin()
	r := &Request{Key: "/a", Path: "/a", Method: "GET", Policy: ordinary}
	b.ReportAllocs()
	for b.Loop() {
		fetchAll(b, c, r, fetch)
	}
}

func BenchmarkHitParallel(b *testing.B) {
	c, fetch := New(Options{}), benchOrigin()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		r := &Request{Key: "/a", Path: "/a", Method: "GET", Policy: ordinary}
		for pb.Next() {
			fetchAll(b, c, r, fetch)
		}
	})
}

// BenchmarkMiss stores a new object each time, and evicts one.
func BenchmarkMiss(b *testing.B) {
	c, fetch := New(Options{MaxBytes: 1 << 20}), benchOrigin()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		path := "/" + strconv.Itoa(i)
		fetchAll(b, c, &Request{Key: path, Path: path, Method: "GET", Policy: ordinary}, fetch)
	}
}

func BenchmarkNotCacheable(b *testing.B) {
	c, fetch := New(Options{}), benchOrigin()
	r := &Request{Key: "/a", Path: "/a", Method: "GET"}
	b.ReportAllocs()
	for b.Loop() {
		fetchAll(b, c, r, fetch)
	}
}

// BenchmarkServer compares, over real connections, a handler that answers from
// the cache with a bare reverse proxy.
func BenchmarkServer(b *testing.B) {
	fetch := benchOrigin()
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		resp, _ := fetch(nil, nil)
		send(w, resp)
	}))
	defer origin.Close()
	target, _ := url.Parse(origin.URL)
	c := New(Options{})
	for _, bench := range []struct {
		name    string
		handler http.Handler
	}{
		{"cache", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			resp, _, _ := c.Do(r.Context(), &Request{Key: r.URL.Path, Path: r.URL.Path, Method: r.Method, Header: r.Header, Policy: ordinary}, fetch)
			send(w, resp)
			resp.Body.Close()
		})},
		{"proxy", httputil.NewSingleHostReverseProxy(target)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			front := httptest.NewServer(bench.handler)
			defer front.Close()
			client := front.Client()
			for b.Loop() {
				resp, err := client.Get(front.URL + "/a")
				if err != nil {
					b.Fatal(err)
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		})
	}
}

func send(w http.ResponseWriter, resp *http.Response) {
	for name, values := range resp.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(resp.StatusCode)
	io.Copy(w, resp.Body)
}
