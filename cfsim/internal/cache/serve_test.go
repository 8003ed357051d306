package cache

import (
	"bytes"
	"context"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestConditions(t *testing.T) {
	const (
		before = "Sun, 01 Mar 2026 10:59:59 GMT"
		at     = "Sun, 01 Mar 2026 11:00:00 GMT"
		after  = "Sun, 01 Mar 2026 11:00:01 GMT"
	)
	for _, test := range []struct {
		header []string
		etag   string
		status int
	}{
		{[]string{`If-None-Match: "1"`}, `"1"`, 304},
		{[]string{`If-None-Match: W/"1"`}, `"1"`, 304},
		{[]string{`If-None-Match: "1"`}, `W/"1"`, 304},
		{[]string{`If-None-Match: "0", W/"2" , "1"`}, `"1"`, 304},
		{[]string{`If-None-Match: "0"`, `If-None-Match: "1"`}, `"1"`, 304},
		{[]string{`If-None-Match: *`}, `"1"`, 304},
		{[]string{`If-None-Match: "0,", "a b"`}, `"1"`, 200},
		{[]string{`If-None-Match: 1`}, `"1"`, 200},
		{[]string{`If-None-Match: "1`}, `"1"`, 200},
		{[]string{`If-None-Match: `}, `"1"`, 200},
		{[]string{`If-None-Match: ""`}, ``, 200},
		{[]string{"If-Modified-Since: " + at}, `"1"`, 304},
		{[]string{"If-Modified-Since: " + after}, ``, 304},
		{[]string{"If-Modified-Since: " + before}, `"1"`, 200},
		{[]string{"If-Modified-Since: yesterday"}, `"1"`, 200},
		{[]string{`If-None-Match: "2"`, "If-Modified-Since: " + after}, `"1"`, 200},
		{[]string{`If-Match: "1"`}, `"1"`, 200},
		{[]string{`If-Match: "2"`}, `"1"`, 412},
		{[]string{`If-Match: W/"1"`}, `W/"1"`, 412},
		{[]string{"If-Unmodified-Since: " + before}, `"1"`, 412},
		{[]string{"If-Unmodified-Since: " + at}, `"1"`, 200},
	} {
		b := newBench(t, Options{})
		b.answers(200, "abc", "Etag: "+test.etag, "Last-Modified: "+at, "Content-Type: text/plain", "Content-Length: 3", "Cache-Control: max-age=60")
		b.get("/")
		for _, method := range []string{"GET", "HEAD"} {
			got := b.do(method, "/", test.header...)
			if got.Status != Hit || got.status != test.status {
				t.Errorf("%s %q: %v, want %d", method, test.header, got, test.status)
			}
			if got.status != 200 && (got.body != "" || got.length != 0 || got.header.Get("Content-Type") != "" || got.header.Get("Content-Length") != "") {
				t.Errorf("%s %q: body %q, header %v", method, test.header, got.body, got.header)
			}
			if got.status == 304 && got.header.Get("Cache-Control") == "" {
				t.Errorf("%s %q: 304 without Cache-Control", method, test.header)
			}
		}
	}
}

func TestConditionsAreForObjects(t *testing.T) {
	b := newBench(t, Options{})
	b.answers(404, "gone", `Etag: "1"`)
	b.get("/")
	want(t, b.get("/", `If-None-Match: "1"`), `hit: 404 "gone"`)
	want(t, b.get("/", "Range: bytes=0-0"), `hit: 404 "gone"`)
}

// TestRanges compares with http.ServeContent where CloudFront follows the RFC.
func TestRanges(t *testing.T) {
	const body = "0123456789"
	modified := day0.Add(-time.Hour)
	b := newBench(t, Options{})
	b.answers(200, body, `Etag: "1"`, "Last-Modified: "+modified.Format(http.TimeFormat), "Content-Type: text/plain", "Content-Length: 10")
	b.get("/")
	for _, header := range [][]string{
		{"Range: bytes=0-0"},
		{"Range: bytes=2-5"},
		{"Range: bytes=2-"},
		{"Range: bytes=-3"},
		{"Range: bytes=-30"},
		{"Range: bytes=9-100"},
		{"Range: bytes=10-"},
		{"Range: bytes=99999999999999999-"},
		{"Range: bytes=0-9"},
		{"Range: bytes=0-0,2-3"},
		{"Range: bytes=0-0, 2-3 ,-1"},
		{"Range: bytes=0-0,50-60"},
		{"Range: bytes=50-60,70-80"},
		{"Range: bytes=1-2", `If-Range: "1"`},
		{"Range: bytes=1-2", `If-Range: "2"`},
		{"Range: bytes=1-2", `If-Range: W/"1"`},
		{"Range: bytes=1-2", "If-Range: " + modified.Format(http.TimeFormat)},
		{"Range: bytes=1-2", "If-Range: " + day0.Format(http.TimeFormat)},
		{"Range: bytes=1-2", "If-Range: nonsense"},
		{"Range: bytes=1-2", `If-None-Match: "1"`},
	} {
		rec := httptest.NewRecorder()
		req := httptest.NewRequest("GET", "/", nil)
		req.Header = headers(header...)
		rec.Header().Set("Etag", `"1"`)
		rec.Header().Set("Content-Type", "text/plain")
		http.ServeContent(rec, req, "", modified, strings.NewReader(body))
		wanted := rec.Result()
		wantBody, _ := io.ReadAll(wanted.Body)

		got := b.get("/", header...)
		if got.Status != Hit || got.err != nil || got.status != wanted.StatusCode || got.header.Get("Content-Range") != wanted.Header.Get("Content-Range") {
			t.Errorf("%q: %v %q, want %d %q", header, got, got.header.Get("Content-Range"), wanted.StatusCode, wanted.Header.Get("Content-Range"))
			continue
		}
		switch {
		case got.status == 416:
			if got.body != "" || got.length != 0 {
				t.Errorf("%q: 416 with %q", header, got.body)
			}
		case strings.HasPrefix(wanted.Header.Get("Content-Type"), "multipart/"):
			if g, w := parts(t, got.header, got.body), parts(t, wanted.Header, string(wantBody)); g != w {
				t.Errorf("%q: %s\nwant %s", header, g, w)
			}
			fallthrough
		case got.status == 206:
			if got.length != int64(len(got.body)) || got.header.Get("Content-Length") != wanted.Header.Get("Content-Length") {
				t.Errorf("%q: length %d and %q of %d", header, got.length, got.header.Get("Content-Length"), len(got.body))
			}
		case got.body != string(wantBody):
			t.Errorf("%q: %q, want %q", header, got.body, wantBody)
		}
	}
}

// parts describes a multipart body.
func parts(t *testing.T, h http.Header, body string) string {
	t.Helper()
	_, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for r := multipart.NewReader(strings.NewReader(body), params["boundary"]); ; {
		p, err := r.NextPart()
		if err == io.EOF {
			return all.String()
		} else if err != nil {
			t.Fatal(err)
		}
		content, _ := io.ReadAll(p)
		all.WriteString(p.Header.Get("Content-Range") + " " + p.Header.Get("Content-Type") + " " + string(content) + "; ")
	}
}

// TestWholeForOddRanges has the requests for parts that CloudFront answers
// with the whole object.
func TestWholeForOddRanges(t *testing.T) {
	b := newBench(t, Options{})
	b.answers(200, "0123456789")
	b.get("/")
	for _, header := range []string{
		"bytes=5-6,1-2", "bytes=1-5,3-8", "bytes=1-1,1-1", "bytes=1-2,x", "bytes=5-1", "bytes=--1",
		"bytes=", "bytes=-", "bytes=1", "bytes=+1-2", "lines=1-2", "bytes=-3,0-1", "bytes=0-1,", "",
	} {
		want(t, b.get("/", "Range: "+header), `hit: 200 "0123456789"`)
	}
	want(t, b.get("/", "Range: bytes=-0"), `hit: 416 ""`)
	b.answers(200, "")
	b.get("/empty")
	want(t, b.get("/empty", "Range: bytes=0-"), `hit: 200 ""`)
	got := b.do("HEAD", "/", "Range: bytes=1-2")
	if want(t, got, `hit: 200 ""`); got.length != 10 {
		t.Errorf("HEAD with a range: length %d", got.length)
	}
}

func TestRangeAndMiss(t *testing.T) {
	b := newBench(t, Options{})
	// An origin that takes no notice of ranges fills the cache.
	b.answers(200, "0123", "Cache-Control: max-age=60", `Etag: "1"`)
	want(t, b.get("/", "Range: bytes=0-0"), `miss: 200 "0123"`)
	want(t, b.get("/", "Range: bytes=0-0"), `hit: 206 "0"`)
	// An expired object that is current serves the range.
	b.pass(time.Minute)
	b.confirms("Cache-Control: max-age=60")
	want(t, b.get("/", "Range: bytes=1-1"), `refresh hit: 206 "1"`)
	// One that is not does not.
	b.pass(time.Minute)
	b.answers(206, "x")
	want(t, b.get("/", "Range: bytes=1-1"), `not cacheable: 206 "x"`)
	b.fails()
	want(t, b.get("/", "Range: bytes=1-2"), `stale: 206 "12"`)
}

func TestHitBodyIsNotCopied(t *testing.T) {
	b := newBench(t, Options{})
	b.answers(200, "0123")
	b.get("/")
	resp, _, _ := b.Do(context.Background(), &Request{Key: "/", Method: "GET", Policy: b.policy}, nil)
	wt, ok := resp.Body.(io.WriterTo)
	if !ok {
		t.Fatalf("%T has no WriteTo", resp.Body)
	}
	var w lastWrite
	wt.WriteTo(&w)
	e := b.lookup(key{"/", whole})
	if len(w.p) != 4 || &w.p[0] != &e.body[0] {
		t.Error("the body was copied on its way out")
	}
}

type lastWrite struct{ p []byte }

func (w *lastWrite) Write(p []byte) (int, error) {
	w.p = p
	return len(p), nil
}

func FuzzRange(f *testing.F) {
	for _, s := range []string{"bytes=0-0", "bytes=-1", "bytes=1-", "bytes=0-1,3-4,-1", "bytes=5-1,,", "bytes=9223372036854775807-", "bytes=0-9223372036854775807"} {
		f.Add(s, 10)
	}
	f.Fuzz(func(t *testing.T, header string, size int) {
		if size < 0 || size > 1000 {
			return
		}
		spans, err := spansOf(header, int64(size))
		if err != nil && spans != nil {
			t.Error("spans and an error")
		}
		end := int64(0)
		for _, s := range spans {
			if s.start < end || s.end <= s.start || s.end > int64(size) {
				t.Errorf("%q of %d bytes: %v", header, size, spans)
			}
			end = s.end
		}
		body := bytes.Repeat([]byte("x"), size)
		e := &entry{status: 200, body: body, length: int64(size)}
		resp := e.serve(&Request{Method: "GET", Header: http.Header{"Range": {header}}}, day0)
		if got, err := io.ReadAll(resp.Body); err != nil || int64(len(got)) != resp.ContentLength {
			t.Errorf("%q of %d bytes: %d bytes sent, %d announced, error %v", header, size, len(got), resp.ContentLength, err)
		}
	})
}
