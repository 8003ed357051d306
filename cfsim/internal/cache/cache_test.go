package cache

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestHitAndExpiry(t *testing.T) {
	b := newBench(t, Options{})
	b.answers(200, "a", "Cache-Control: max-age=60", "Etag: \"1\"", "Set-Cookie: x", "Set-Cookie: y", "Age: 5")
	want(t, b.get("/a"), `miss: 200 "a"`)
	b.pass(59 * time.Second)
	got := b.get("/a")
	want(t, got, `hit: 200 "a"`)
	if got.header.Get("Age") != "64" || got.Age != 64*time.Second || got.TTL != time.Minute {
		t.Errorf("after 59s and with an Age of 5s: header %q, age %v, TTL %v", got.header.Get("Age"), got.Age, got.TTL)
	}
	if got.Reason != "fresh for 1m0s, by Cache-Control: max-age=60" {
		t.Errorf("reason %q", got.Reason)
	}
	if c := got.header["Set-Cookie"]; len(c) != 2 || got.length != 1 {
		t.Errorf("cookies %q, length %d", c, got.length)
	}
	b.pass(time.Second)
	b.answers(200, "b", "Cache-Control: max-age=60")
	want(t, b.get("/a"), `miss: 200 "b"`)
	if v := b.asked[1]; v.Get("If-None-Match") != `"1"` || len(v) != 1 {
		t.Errorf("validated with %v", v)
	}
	want(t, b.get("/a"), `hit: 200 "b"`)
	want(t, b.get("/other"), `miss: 200 "b"`)
}

func TestValidation(t *testing.T) {
	b := newBench(t, Options{})
	b.answers(200, "a", "Cache-Control: max-age=60", "Etag: \"1\"", "Last-Modified: Sun, 01 Mar 2026 11:00:00 GMT", "X-Version: 1", "Content-Length: 1")
	b.get("/a")
	b.pass(time.Hour)
	b.confirms("Cache-Control: max-age=10", "X-Version: 2", "Content-Length: 0", "Etag: \"wrong\"")
	got := b.get("/a")
	want(t, got, `refresh hit: 200 "a"`)
	if v := b.asked[1]; v.Get("If-None-Match") != `"1"` || v.Get("If-Modified-Since") != "Sun, 01 Mar 2026 11:00:00 GMT" {
		t.Errorf("validated with %v", v)
	}
	if got.header.Get("X-Version") != "2" || got.header.Get("Content-Length") != "1" || got.header.Get("Etag") != `"1"` || got.header.Get("Age") != "0" {
		t.Errorf("header after validation: %v", got.header)
	}
	b.pass(9 * time.Second)
	want(t, b.get("/a"), `hit: 200 "a"`)

	// A 304 may end the caching of what it confirms.
	b.pass(time.Second)
	b.confirms("Cache-Control: no-store")
	want(t, b.get("/a"), `refresh hit: 200 "a"`)
	if b.Len() != 0 || b.Bytes() != 0 {
		t.Errorf("%d entries of %d bytes are left", b.Len(), b.Bytes())
	}
}

func TestHead(t *testing.T) {
	b := newBench(t, Options{})
	b.answers(200, "", "Content-Length: 3", "Etag: \"h\"")
	want(t, b.do("HEAD", "/a"), `miss: 200 ""`)
	got := b.do("HEAD", "/a")
	want(t, got, `hit: 200 ""`)
	if got.length != 3 {
		t.Errorf("length %d, want the announced 3", got.length)
	}
	// It answers no GET, but the other way round.
	b.answers(200, "abc", "Cache-Control: max-age=10")
	want(t, b.get("/a"), `miss: 200 "abc"`)
	got = b.do("HEAD", "/a")
	want(t, got, `hit: 200 ""`)
	if got.header.Get("Etag") != "" || got.length != 3 {
		t.Errorf("HEAD was not answered with the object: %v, length %d", got.header, got.length)
	}
	// When the object has expired, with what an earlier HEAD brought.
	b.pass(time.Minute)
	got = b.do("HEAD", "/a")
	want(t, got, `hit: 200 ""`)
	if got.header.Get("Etag") != `"h"` {
		t.Errorf("HEAD of an expired object: %v", got.header)
	}
}

func TestMethods(t *testing.T) {
	b := newBench(t, Options{})
	b.answers(200, "a")
	for _, m := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS"} {
		for range 2 {
			got := b.do(m, "/a")
			want(t, got, `not cacheable: 200 "a"`)
			if !strings.Contains(got.Reason, m) {
				t.Errorf("%s: reason %q", m, got.Reason)
			}
		}
	}
	b.policy.CacheOptions = true
	want(t, b.do("OPTIONS", "/a"), `miss: 200 "a"`)
	want(t, b.do("OPTIONS", "/a"), `hit: 200 "a"`)
	b.answers(200, "b")
	want(t, b.get("/a"), `miss: 200 "b"`)
	want(t, b.do("OPTIONS", "/a"), `hit: 200 "a"`)
}

func TestNotStored(t *testing.T) {
	b := newBench(t, Options{MaxBytes: 1 << 20, MaxObject: 10})
	for _, test := range []struct {
		name   string
		policy Policy
		header []string // of the request
		resp   *http.Response
		reason string
	}{
		{"disabled", Policy{}, nil, respond(200, "a", "Cache-Control: max-age=60"), "not stored: the minimum, default and maximum TTL are 0"},
		{"no-store", ordinary, nil, respond(200, "a", "Cache-Control: no-store, max-age=60"), "not stored: Cache-Control: no-store, and the minimum TTL is 0"},
		{"range", ordinary, []string{"Range: bytes=0-0"}, respond(206, "a", "Content-Range: bytes 0-0/9"), "not stored: it is a part of an object, and this simulation keeps whole objects only"},
		{"condition", ordinary, []string{`If-None-Match: "1"`}, respond(304, ""), "not stored: the origin answered the viewer's own condition with 304"},
		{"416", ordinary, []string{"Range: bytes=9-"}, respond(416, ""), "not stored: status 416 is not cached"},
		{"large", ordinary, nil, respond(200, "01234567890", "Content-Length: 11"), "not stored: its 11 bytes are more than the 10 that are kept of an object"},
	} {
		b.policy = test.policy
		b.origin = func(v http.Header) (*http.Response, error) { return test.resp, nil }
		got := b.get("/"+test.name, test.header...)
		if got.Status != NotCacheable || got.Reason != test.reason || got.status != test.resp.StatusCode {
			t.Errorf("%s: %v, %q", test.name, got, got.Reason)
		}
		if b.Len() != 0 {
			t.Fatalf("%s: was stored", test.name)
		}
	}
}

func TestDisabledCachesErrors(t *testing.T) {
	b := newBench(t, Options{})
	b.policy = Policy{}
	b.answers(404, "gone")
	want(t, b.get("/"), `miss: 404 "gone"`)
	b.answers(200, "a")
	b.pass(9 * time.Second)
	want(t, b.get("/"), `hit: 404 "gone"`)
	b.pass(time.Second)
	want(t, b.get("/"), `not cacheable: 200 "a"`)
	if b.Len() != 0 {
		t.Error("the error was kept beside the object")
	}
}

func TestSetCookieIsNotKept(t *testing.T) {
	b := newBench(t, Options{})
	b.answers(200, "a", `Cache-Control: max-age=60, no-cache="Set-Cookie, x-user"`, "Set-Cookie: a=1", "X-User: me", "X-Other: 1")
	if got := b.get("/"); got.header.Get("Set-Cookie") == "" || got.header.Get("X-User") == "" {
		t.Errorf("withheld from the viewer who caused it: %v", got.header)
	}
	got := b.get("/")
	want(t, got, `hit: 200 "a"`)
	if got.header.Get("Set-Cookie") != "" || got.header.Get("X-User") != "" || got.header.Get("X-Other") == "" {
		t.Errorf("header from the cache: %v", got.header)
	}
}

func TestPanickingOrigin(t *testing.T) {
	b := newBench(t, Options{})
	for _, policy := range []Policy{ordinary, {}} {
		b.policy = policy
		b.origin = func(http.Header) (*http.Response, error) { panic("oh") }
		want(t, b.get("/"), "error: cfsim: the origin panicked: oh")
		b.origin = func(http.Header) (*http.Response, error) { return nil, nil }
		want(t, b.get("/"), "error: cfsim: the origin returned neither a response nor an error")
		want(t, b.do("POST", "/"), "error: cfsim: the origin returned neither a response nor an error")
	}
	if len(b.flying) != 0 || len(b.led) != 0 {
		t.Error("flights are left")
	}
}

func TestCallersMayChangeHeaders(t *testing.T) {
	b := newBench(t, Options{})
	b.answers(200, "a", "Cache-Control: max-age=60", "X: 1", "X: 2")
	spoil := func(h http.Header) {
		h["X"][0] = "spoilt"
		h.Add("X", "spoilt")
		h.Set("Y", "spoilt")
		h.Del("Cache-Control")
	}
	spoil(b.get("/").header)
	for range 2 {
		got := b.get("/").header
		if x := got["X"]; len(x) != 2 || x[0] != "1" || x[1] != "2" || got.Get("Y") != "" || got.Get("Cache-Control") == "" {
			t.Errorf("the cache has %v", got)
		}
		spoil(got)
	}
}

func TestEviction(t *testing.T) {
	const each = 1000
	b := newBench(t, Options{MaxBytes: 10 * (each + entryOverhead + 2*fieldOverhead), MaxObject: each})
	body := strings.Repeat("x", each)
	b.origin = func(http.Header) (*http.Response, error) {
		return respond(200, body, "Content-Length: "+strconv.Itoa(each)), nil
	}
	b.get("/first")
	for i := range 100 {
		b.get("/" + strconv.Itoa(i))
		want(t, b.get("/first"), fmt.Sprintf("hit: 200 %q", body))
		if b.Bytes() > b.maxBytes {
			t.Fatalf("%d bytes of %d", b.Bytes(), b.maxBytes)
		}
	}
	if n := b.Len(); n < 7 || n > 10 {
		t.Errorf("%d objects are kept", n)
	}
	want(t, b.get("/99"), fmt.Sprintf("hit: 200 %q", body))
	want(t, b.get("/0"), fmt.Sprintf("miss: 200 %q", body))

	// A key alone may be too much.
	long := "/" + strings.Repeat("k", int(b.maxBytes))
	b.get(long)
	want(t, b.get(long), fmt.Sprintf("miss: 200 %q", body))
	if b.Bytes() > b.maxBytes {
		t.Errorf("%d bytes of %d", b.Bytes(), b.maxBytes)
	}
}

func TestStatusString(t *testing.T) {
	for s, want := range map[Status]string{NotCacheable: "not cacheable", RefreshHit: "refresh hit", Error: "error", 99: "cache.Status(99)", -1: "cache.Status(-1)"} {
		if s.String() != want {
			t.Errorf("%d is %q, want %q", s, s, want)
		}
	}
}
