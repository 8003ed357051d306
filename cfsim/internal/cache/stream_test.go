package cache

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

func TestLength(t *testing.T) {
	for _, test := range []struct {
		body, announced string
		stored          bool
	}{
		{"abc", "3", true},
		{"", "0", true},
		{"", "", true},
		{"abc", "", true},
		{"abc", "4", false},
		{"abc", "2", false},
		{"abc", "0", false},
	} {
		b := newBench(t, Options{})
		header := []string{"Cache-Control: max-age=60"}
		if test.announced != "" {
			header = append(header, "Content-Length: "+test.announced)
		}
		b.answers(200, test.body, header...)
		first := b.get("/")
		if stored := b.Len() == 1; stored != test.stored {
			t.Errorf("body %q announced as %q: stored %v", test.body, test.announced, stored)
		}
		if lie := first.err != nil; lie == test.stored {
			t.Errorf("body %q announced as %q: read error %v", test.body, test.announced, first.err)
		}
		if test.stored {
			want(t, b.get("/"), fmt.Sprintf("hit: 200 %q", test.body))
		}
		if b.arriving != 0 {
			t.Errorf("body %q announced as %q: %d bytes are still reserved", test.body, test.announced, b.arriving)
		}
	}
}

func TestLengthWithoutHeader(t *testing.T) {
	b := newBench(t, Options{})
	b.origin = func(http.Header) (*http.Response, error) {
		resp := respond(200, "abc")
		resp.ContentLength = 4
		return resp, nil
	}
	if got := b.get("/"); got.err == nil || b.Len() != 0 {
		t.Errorf("error %v, %d stored", got.err, b.Len())
	}
	b.origin = func(http.Header) (*http.Response, error) {
		resp := respond(200, "", "Content-Length: 3")
		resp.Body = http.NoBody
		return resp, nil
	}
	if got := b.get("/"); got.err == nil || b.Len() != 0 {
		t.Errorf("error %v, %d stored", got.err, b.Len())
	}
	b.origin = func(http.Header) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}}, nil // no body at all
	}
	want(t, b.get("/"), `miss: 200 ""`)
	want(t, b.get("/"), `hit: 200 ""`)
}

func TestBrokenBody(t *testing.T) {
	for name, broken := range map[string]io.Reader{
		"error": io.MultiReader(strings.NewReader("abc"), readerFunc(func([]byte) (int, error) { return 0, io.ErrUnexpectedEOF })),
		"panic": io.MultiReader(strings.NewReader("abc"), readerFunc(func([]byte) (int, error) { panic("origin") })),
	} {
		b := newBench(t, Options{})
		b.origin = func(http.Header) (*http.Response, error) {
			resp := respond(200, "")
			resp.Body = io.NopCloser(broken)
			return resp, nil
		}
		got := b.get("/")
		if got.body != "abc" || got.err == nil || b.Len() != 0 {
			t.Errorf("%s: body %q, error %v, %d stored", name, got.body, got.err, b.Len())
		}
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestTooLargeForTheCache reads bodies that turn out to be too large only when
// much of them has come.
func TestTooLargeForTheCache(t *testing.T) {
	body := strings.Repeat("0123456789", 100<<10)
	for name, o := range map[string]Options{
		"object": {MaxObject: 300_000},
		"memory": {MaxBytes: 300_000, MaxObject: 300_000},
		"exact":  {MaxObject: int64(len(body)) - 1},
		"tiny":   {MaxObject: 1},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, o)
			b.answers(200, body)
			for range 2 {
				if got := b.get("/"); got.Status != Miss || got.body != body || got.err != nil {
					t.Errorf("%v, %d bytes of %d, error %v", got.Status, len(got.body), len(body), got.err)
				}
			}
			if b.Len() != 0 || b.Bytes() != 0 {
				t.Errorf("%d bytes are left", b.Bytes())
			}
		})
	}
	b := newBench(t, Options{MaxObject: int64(len(body))})
	b.answers(200, body)
	b.get("/")
	if got := b.get("/"); got.Status != Hit || got.body != body {
		t.Errorf("%v, %d bytes of %d", got.Status, len(got.body), len(body))
	}
}

// TestMemoryForArrivals has several objects arrive at a time that would fit
// one by one.
func TestMemoryForArrivals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size = 60 << 10
		w := newTower(t, Options{MaxBytes: 100 << 10, MaxObject: 100 << 10})
		var all []*pending
		var origins []*io.PipeWriter
		for i := range 3 {
			all = append(all, w.ask(background, fmt.Sprint("/", i)))
			resp, origin := dripping()
			w.next().answer(resp)
			drip(t, origin, strings.Repeat("x", size/2))
			origins = append(origins, origin)
		}
		for _, o := range origins {
			drip(t, o, strings.Repeat("y", size/2))
			if n := w.Bytes(); n > w.maxBytes {
				t.Errorf("%d bytes of %d", n, w.maxBytes)
			}
		}
		for i, p := range all {
			origins[i].Close()
			if got := p.reply(t); got.body != strings.Repeat("x", size/2)+strings.Repeat("y", size/2) || got.err != nil {
				t.Errorf("object %d: %d bytes, %v", i, len(got.body), got.err)
			}
		}
		if n := w.Len(); n != 1 {
			t.Errorf("%d objects are kept, there is room for one", n)
		}
	})
}

func TestSlowReaders(t *testing.T) {
	bubble(t, "hold up nobody while the object is kept", func(t *testing.T) {
		w := newTower(t, Options{})
		slow, fast := w.ask(background, "/"), w.ask(background, "/")
		body := strings.Repeat("0123456789", 1<<16)
		w.next().answer(respond(200, body))
		if got := fast.reply(t); got.body != body || got.err != nil {
			t.Errorf("%d bytes, %v", len(got.body), got.err)
		}
		if w.Len() != 1 {
			t.Error("not stored")
		}
		if got := slow.reply(t); got.body != body || got.err != nil {
			t.Errorf("%d bytes, %v", len(got.body), got.err)
		}
	})

	bubble(t, "hold up the origin when it is not", func(t *testing.T) {
		const limit = 1 << 18
		w := newTower(t, Options{MaxObject: limit})
		slow, fast := w.ask(background, "/"), w.ask(background, "/")
		body := strings.Repeat("0123456789", 1<<18)
		sent := &counting{r: strings.NewReader(body)}
		resp := respond(200, "")
		resp.Body = io.NopCloser(sent)
		w.next().answer(resp)
		fastDone := make(chan struct{})
		go func() {
			defer close(fastDone)
			if got := fast.reply(t); got.body != body || got.err != nil {
				t.Errorf("%d bytes, %v", len(got.body), got.err)
			}
		}()
		synctest.Wait()
		if n := sent.n.Load(); n > limit+4*window {
			t.Errorf("%d bytes were taken from the origin though nobody reads them", n)
		}
		late := w.ask(background, "/") // cannot have the beginning any more
		w.next().answer(respond(200, "late", "Cache-Control: no-store"))
		want(t, late.reply(t), `not cacheable: 200 "late"`)

		half := readN(t, slow.resp.Body, len(body)/2)
		synctest.Wait()
		if n := sent.n.Load(); half != body[:len(body)/2] || n > int64(len(half))+4*window {
			t.Errorf("%d bytes were taken from the origin, %d read", n, len(half))
		}
		if n := w.Bytes(); n != 0 {
			t.Errorf("%d bytes are counted for what is not kept", n)
		}
		slow.resp.Body.Close()
		<-fastDone
	})

	bubble(t, "are not those who may not share it", func(t *testing.T) {
		w := newTower(t, Options{MaxObject: 1 << 10})
		lead, wait := w.ask(background, "/"), w.ask(background, "/")
		body := strings.Repeat("0123456789", 1<<16)
		w.next().answer(respond(200, body, "Cache-Control: max-age=0"))
		if got := lead.reply(t); got.body != body || got.err != nil {
			t.Errorf("%d bytes, %v", len(got.body), got.err)
		}
		w.next().answer(respond(200, "b"))
		want(t, wait.reply(t), `miss: 200 "b"`)
	})
}

type counting struct {
	r io.Reader
	n atomic.Int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}
