package s3

import (
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestPreconditions(t *testing.T) {
	const (
		same   = "Wed, 04 Mar 2026 05:06:07 GMT"
		before = "Wed, 04 Mar 2026 05:06:06 GMT"
		after  = "Thu, 05 Mar 2026 05:06:07 GMT"
		future = "Fri, 01 May 2026 00:00:01 GMT"
		tag    = `"781e5e245d69b566979b86e28d23f2c7"` // of 0123456789
	)
	for _, test := range []struct {
		headers   []string
		status    int
		condition string
	}{
		{nil, 200, ""},
		{[]string{"If-Match", tag}, 200, ""},
		{[]string{"If-Match", strings.Trim(tag, `"`)}, 200, ""},
		{[]string{"If-Match", `"x", ` + tag}, 200, ""},
		{[]string{"If-Match", "*"}, 200, ""},
		{[]string{"If-Match", `"x"`}, 412, "If-Match"},
		{[]string{"If-Match", "W/" + tag}, 412, "If-Match"},
		{[]string{"If-None-Match", tag}, 304, ""},
		{[]string{"If-None-Match", "W/" + tag}, 304, ""},
		{[]string{"If-None-Match", strings.Trim(tag, `"`)}, 304, ""},
		{[]string{"If-None-Match", `"x"`, "If-None-Match", tag}, 304, ""},
		{[]string{"If-None-Match", "*"}, 304, ""},
		{[]string{"If-None-Match", `"x"`}, 200, ""},
		{[]string{"If-Modified-Since", before}, 200, ""},
		{[]string{"If-Modified-Since", same}, 304, ""},
		{[]string{"If-Modified-Since", after}, 304, ""},
		{[]string{"If-Modified-Since", future}, 200, ""},
		{[]string{"If-Modified-Since", "yesterday"}, 200, ""},
		{[]string{"If-Unmodified-Since", before}, 412, "If-Unmodified-Since"},
		{[]string{"If-Unmodified-Since", same}, 200, ""},
		{[]string{"If-Unmodified-Since", after}, 200, ""},
		{[]string{"If-Match", tag, "If-Unmodified-Since", before}, 200, ""},
		{[]string{"If-None-Match", `"x"`, "If-Modified-Since", same}, 200, ""},
		{[]string{"If-None-Match", tag, "If-Modified-Since", before}, 304, ""},
		{[]string{"If-Match", `"x"`, "If-None-Match", tag}, 412, "If-Match"},
		{[]string{"If-None-Match", tag, "If-Unmodified-Since", before}, 412, "If-Unmodified-Since"},
		{[]string{"If-None-Match", tag, "Range", "bytes=90-"}, 304, ""},
	} {
		b := bucket()
		b.Metadata = func(string) http.Header {
			return http.Header{"Cache-Control": {"no-cache"}, "Content-Encoding": {"gzip"}}
		}
		w := do(t, b, "GET", "/docs-2/notes", test.headers...)
		if w.Code != test.status {
			t.Errorf("%q: status %d, want %d", test.headers, w.Code, test.status)
			continue
		}
		switch w.Code {
		case 412:
			if e := errorOf(t, w); e.Code != "PreconditionFailed" || e.Condition != test.condition {
				t.Errorf("%q: %s of %s, want PreconditionFailed of %s", test.headers, e.Code, e.Condition, test.condition)
			}
			if h := w.Header(); h.Get("Etag") != "" || h.Get("Cache-Control") != "" || h.Get("Content-Encoding") != "" {
				t.Errorf("%q: the error has headers of the object: %v", test.headers, h)
			}
		case 304:
			h := w.Header()
			if h.Get("Etag") != tag || h.Get("Cache-Control") != "no-cache" || h.Get("Last-Modified") != same {
				t.Errorf("%q: headers of 304 are %v", test.headers, h)
			}
			if w.Body.Len() > 0 || h.Get("Content-Length") != "" || h.Get("Content-Type") != "" {
				t.Errorf("%q: 304 has content: %v %q", test.headers, h, w.Body)
			}
		}
	}
}

func TestRange(t *testing.T) {
	for _, test := range []struct {
		asked  string
		status int
		body   string // of the ten digits
		header string
	}{
		{"", 200, "0123456789", ""},
		{"bytes=0-0", 206, "0", "bytes 0-0/10"},
		{"bytes=2-4", 206, "234", "bytes 2-4/10"},
		{"BYTES=2-4", 206, "234", "bytes 2-4/10"},
		{"bytes=7-", 206, "789", "bytes 7-9/10"},
		{"bytes=7-99", 206, "789", "bytes 7-9/10"},
		{"bytes=7-99999999999999999999999", 206, "789", "bytes 7-9/10"},
		{"bytes=-3", 206, "789", "bytes 7-9/10"},
		{"bytes=-99", 206, "0123456789", "bytes 0-9/10"},
		{"bytes=0-", 206, "0123456789", "bytes 0-9/10"},
		{"bytes=10-", 416, "", ""},
		{"bytes=99999999999999999999999-", 416, "", ""},
		{"bytes=-0", 416, "", ""},
		// Not a range, or more than one: the whole.
		{"bytes=4-2", 200, "0123456789", ""},
		{"bytes=", 200, "0123456789", ""},
		{"bytes=-", 200, "0123456789", ""},
		{"bytes=a-b", 200, "0123456789", ""},
		{"bytes=+1-2", 200, "0123456789", ""},
		{"bytes=--2", 200, "0123456789", ""},
		{"items=1-2", 200, "0123456789", ""},
		{"1-2", 200, "0123456789", ""},
		{"bytes=0-1,3-4", 200, "0123456789", ""},
		{"bytes=-1,-2", 200, "0123456789", ""},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			w := do(t, bucket(), method, "/docs-2/notes", "Range", test.asked)
			if w.Code != test.status || w.Header().Get("Content-Range") != test.header {
				t.Errorf("%s %q: %d %q, want %d %q", method, test.asked, w.Code, w.Header().Get("Content-Range"), test.status, test.header)
				continue
			}
			if w.Code == 416 {
				if method == "GET" && errorOf(t, w).Code != "InvalidRange" {
					t.Errorf("%q: %s", test.asked, w.Body)
				}
				continue
			}
			if got := w.Body.String(); method == "GET" && got != test.body || method == "HEAD" && got != "" {
				t.Errorf("%s %q: body %q, want %q", method, test.asked, got, test.body)
			}
			if got := w.Header().Get("Content-Length"); got != map[int]string{1: "1", 3: "3", 10: "10"}[len(test.body)] {
				t.Errorf("%s %q: Content-Length %s of %q", method, test.asked, got, test.body)
			}
		}
	}
	for _, asked := range []string{"bytes=0-", "bytes=-1"} {
		if w := do(t, bucket(), "GET", "/empty", "Range", asked); w.Code != 416 {
			t.Errorf("%s of nothing: %d, want 416", asked, w.Code)
		}
	}
}

func TestIfRange(t *testing.T) {
	for condition, status := range map[string]int{
		`"781e5e245d69b566979b86e28d23f2c7"`:   206,
		`W/"781e5e245d69b566979b86e28d23f2c7"`: 200,
		`"x"`:                                  200,
		"Wed, 04 Mar 2026 05:06:07 GMT":        206,
		"Wed, 04 Mar 2026 05:06:08 GMT":        200,
	} {
		if w := do(t, bucket(), "GET", "/docs-2/notes", "Range", "bytes=1-2", "If-Range", condition); w.Code != status {
			t.Errorf("If-Range: %s: %d, want %d", condition, w.Code, status)
		}
	}
}

// What parseRange accepts lies within a file, whatever the header.
func FuzzRange(f *testing.F) {
	for _, seed := range []string{"bytes=0-0", "bytes=-3", "bytes=7-", "bytes=1-2,3-4", "bytes=99999999999999999999-", "x"} {
		f.Add(seed, int64(10))
	}
	f.Fuzz(func(t *testing.T, asked string, size int64) {
		if size < 0 {
			return
		}
		r := &http.Request{Header: http.Header{"Range": {asked}}}
		p, failure := partOf(r, &object{size: size, modified: time.Now()})
		if failure == nil && (p.start < 0 || p.length < 0 || p.start+p.length > size) {
			t.Errorf("Range: %s of %d bytes is %+v", asked, size, p)
		}
	})
}

func TestShortFile(t *testing.T) {
	o := &object{file: &streamFile{Reader: iotest.ErrReader(http.ErrBodyReadAfterClose)}, size: 10}
	var b strings.Builder
	o.copy(&b, part{2, 5, ""})
	if b.Len() > 0 {
		t.Errorf("copied %q of a file that cannot be read", &b)
	}
}
