package cache

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestCollapse(t *testing.T) {
	bubble(t, "one fetch for all", func(t *testing.T) {
		w := newTower(t, Options{})
		var all []*pending
		for range 5 {
			all = append(all, w.ask(background, "/"))
		}
		other := w.ask(background, "/other")
		first := w.next()
		w.next().answer(respond(200, "other"))
		w.quiet()
		want(t, other.reply(t), `miss: 200 "other"`)
		for _, p := range all {
			p.waits(t)
		}
		first.answer(respond(200, "a"))
		for i, p := range all {
			got := p.reply(t)
			if got.Collapsed != (i > 0) || got.body != "a" || got.Status != []Status{Miss, Hit}[min(i, 1)] {
				t.Errorf("request %d: %v, collapsed %v", i, got, got.Collapsed)
			}
		}
		want(t, w.ask(background, "/").reply(t), `hit: 200 "a"`)
		w.quiet()
	})

	bubble(t, "the body as it arrives", func(t *testing.T) {
		w := newTower(t, Options{})
		lead, wait := w.ask(background, "/"), w.ask(background, "/")
		resp, origin := dripping("Content-Length: 4")
		w.next().answer(resp)
		drip(t, origin, "ab")
		late := w.ask(background, "/")
		for _, p := range []*pending{lead, wait, late} {
			if got := readN(t, p.resp.Body, 2); got != "ab" {
				t.Errorf("read %q", got)
			}
			if p.resp.ContentLength != 4 && p != lead {
				t.Errorf("length %d", p.resp.ContentLength)
			}
		}
		if w.Len() != 0 {
			t.Error("half an object is in the cache")
		}
		drip(t, origin, "cd")
		origin.Close()
		synctest.Wait()
		if w.Len() != 1 {
			t.Error("the object is not in the cache")
		}
		for _, p := range []*pending{lead, wait, late} {
			if got := p.reply(t); got.body != "cd" || got.err != nil {
				t.Errorf("read %q, %v", got.body, got.err)
			}
		}
		if !late.out.Collapsed || late.out.Status != Hit {
			t.Errorf("a late request: %v", late.out)
		}
		w.quiet()
	})

	bubble(t, "conditions of those who wait", func(t *testing.T) {
		w := newTower(t, Options{})
		lead := w.ask(background, "/")
		resp, origin := dripping(`Etag: "1"`)
		w.next().answer(resp)
		drip(t, origin, "a")
		// Its answer may be no answer for others, so it asks by itself.
		cond := w.ask(background, "/", `If-None-Match: "1"`)
		w.next().answer(respond(304, ""))
		want(t, cond.reply(t), `not cacheable: 304 ""`)
		origin.Close()
		want(t, lead.reply(t), `miss: 200 "a"`)

		time.Sleep(48 * time.Hour)
		lead, cond = w.ask(background, "/", `If-None-Match: "0"`), w.ask(background, "/", `If-None-Match: "2"`)
		a := w.next()
		if a.validators.Get("If-None-Match") != `"1"` {
			t.Errorf("validated with %v", a.validators)
		}
		a.answer(respond(200, "b", `Etag: "2"`))
		want(t, lead.reply(t), `miss: 200 "b"`)
		want(t, cond.reply(t), `hit: 304 ""`)
		w.quiet()
	})

	bubble(t, "not of ranges", func(t *testing.T) {
		w := newTower(t, Options{})
		lead := w.ask(background, "/")
		resp, origin := dripping()
		w.next().answer(resp)
		drip(t, origin, "ab")
		part := w.ask(background, "/", "Range: bytes=0-0")
		w.next().answer(respond(206, "a"))
		want(t, part.reply(t), `not cacheable: 206 "a"`)
		origin.Close()
		want(t, lead.reply(t), `miss: 200 "ab"`)
		want(t, w.ask(background, "/", "Range: bytes=0-0").reply(t), `hit: 206 "a"`)
	})

	bubble(t, "validation", func(t *testing.T) {
		w := newTower(t, Options{})
		w.ask(background, "/")
		w.next().answer(respond(200, "a", `Etag: "1"`))
		w.ask(background, "/").reply(t)
		time.Sleep(48 * time.Hour)
		one, two := w.ask(background, "/"), w.ask(background, "/")
		w.next().answer(respond(304, ""))
		want(t, one.reply(t), `refresh hit: 200 "a"`)
		want(t, two.reply(t), `hit: 200 "a"`)
		w.quiet()
	})

	for name, resp := range map[string]func() *http.Response{
		"no-store":  func() *http.Response { return respond(200, "a", "Cache-Control: no-store") },
		"no-cache":  func() *http.Response { return respond(200, "a", "Cache-Control: no-cache") },
		"max-age=0": func() *http.Response { return respond(200, "a", "Cache-Control: max-age=0") },
		"status":    func() *http.Response { return respond(401, "a") },
	} {
		bubble(t, "not of "+name, func(t *testing.T) {
			w := newTower(t, Options{})
			var all []*pending
			for range 4 {
				all = append(all, w.ask(background, "/"))
			}
			first := w.next()
			w.quiet()
			first.answer(resp())
			// Now the others ask at the same time.
			var rest []*asked
			for range 3 {
				rest = append(rest, w.next())
			}
			for _, a := range rest {
				a.answer(resp())
			}
			for _, p := range all {
				if got := p.reply(t); got.body != "a" || got.Collapsed {
					t.Errorf("%v, collapsed %v", got, got.Collapsed)
				}
			}
			w.quiet()
		})
	}

	for name, policy := range map[string]Policy{
		"caching is disabled":   {},
		"cookies are forwarded": {DefaultTTL: time.Hour, MaxTTL: time.Hour, NoCollapse: true},
	} {
		bubble(t, "not where "+name, func(t *testing.T) {
			w := newTower(t, Options{})
			w.policy = policy
			one, two := w.ask(background, "/"), w.ask(background, "/")
			a, b := w.next(), w.next()
			b.answer(respond(200, "b"))
			a.answer(respond(200, "a"))
			if got := one.reply(t); got.body != "a" {
				t.Error(got)
			}
			if got := two.reply(t); got.body != "b" {
				t.Error(got)
			}
			synctest.Wait()
			if policy.NoCollapse {
				// The later answer wins, whichever comes in last.
				want(t, w.ask(background, "/").reply(t), `hit: 200 "b"`)
			}
		})
	}

	bubble(t, "not after the object has expired", func(t *testing.T) {
		w := newTower(t, Options{})
		one := w.ask(background, "/")
		resp, origin := dripping("Cache-Control: max-age=10")
		w.next().answer(resp)
		drip(t, origin, "a")
		time.Sleep(10 * time.Second)
		two := w.ask(background, "/")
		w.next().answer(respond(200, "b", "Cache-Control: max-age=10"))
		want(t, two.reply(t), `miss: 200 "b"`)
		origin.Close()
		want(t, one.reply(t), `miss: 200 "a"`)
		want(t, w.ask(background, "/").reply(t), `hit: 200 "b"`)
	})
}

func TestCollapsedFailures(t *testing.T) {
	for name, fetch := range map[string]struct {
		fetch Fetch
		want  string
	}{
		"error": {func(context.Context, http.Header) (*http.Response, error) { return nil, errors.New("refused") }, "error: refused"},
		"panic": {func(context.Context, http.Header) (*http.Response, error) { panic("oh") }, "error: cfsim: the origin panicked: oh"},
		"exit": {
			func(context.Context, http.Header) (*http.Response, error) { runtime.Goexit(); return nil, nil },
			"error: cfsim: the origin ended its goroutine",
		},
	} {
		bubble(t, name, func(t *testing.T) {
			w := newTower(t, Options{})
			start := make(chan struct{})
			var calls atomic.Int32
			replies := make(chan reply, 3)
			for range 3 {
				go func() {
					resp, out, err := w.Do(background, &Request{Key: "/", Method: "GET", Policy: ordinary}, func(ctx context.Context, v http.Header) (*http.Response, error) {
						calls.Add(1)
						<-start
						return fetch.fetch(ctx, v)
					})
					replies <- read(t, resp, out, err)
				}()
			}
			synctest.Wait()
			close(start)
			for range 3 {
				want(t, <-replies, fetch.want)
			}
			if calls.Load() != 1 {
				t.Errorf("%d fetches", calls.Load())
			}
		})
	}

	bubble(t, "stale for all", func(t *testing.T) {
		w := newTower(t, Options{})
		w.ask(background, "/")
		w.next().answer(respond(200, "a", "Content-Length: 1"))
		time.Sleep(48 * time.Hour)
		one, two := w.ask(background, "/"), w.ask(background, "/")
		w.next().answer(nil)
		want(t, one.reply(t), `stale: 200 "a"`)
		want(t, two.reply(t), `stale: 200 "a"`)
	})
}

func TestHangingOriginHoldsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTower(t, Options{})
		ctx, cancel := context.WithTimeout(background, time.Second)
		defer cancel()
		deaf := make(chan struct{})
		got := make(chan error)
		for range 2 {
			go func() {
				_, _, err := w.Do(ctx, &Request{Key: "/", Method: "GET", Policy: ordinary}, func(context.Context, http.Header) (*http.Response, error) {
					<-deaf
					return respond(200, "late"), nil
				})
				got <- err
			}()
		}
		for range 2 {
			if err := <-got; !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		}
		// The next request does not wait for what hangs.
		next := w.ask(background, "/")
		w.next().answer(respond(200, "a"))
		want(t, next.reply(t), `miss: 200 "a"`)
		close(deaf)
		synctest.Wait()
		want(t, w.ask(background, "/").reply(t), `hit: 200 "a"`)
	})
}

func TestInvalidateInFlight(t *testing.T) {
	bubble(t, "before the answer", func(t *testing.T) {
		w := newTower(t, Options{})
		before := w.ask(background, "/")
		old := w.next()
		if n, err := w.Invalidate("/*"); n != 0 || err != nil {
			t.Error(n, err)
		}
		after := w.ask(background, "/")
		w.next().answer(respond(200, "new"))
		old.answer(respond(200, "old"))
		want(t, before.reply(t), `miss: 200 "old"`)
		want(t, after.reply(t), `miss: 200 "new"`)
		want(t, w.ask(background, "/").reply(t), `hit: 200 "new"`)
	})

	bubble(t, "in the middle of the body", func(t *testing.T) {
		w := newTower(t, Options{})
		before := w.ask(background, "/")
		resp, origin := dripping()
		w.next().answer(resp)
		drip(t, origin, "old")
		w.Invalidate("/")
		after := w.ask(background, "/")
		origin.Close()
		want(t, before.reply(t), `miss: 200 "old"`)
		if w.Len() != 0 {
			t.Error("what was invalidated on its way was stored")
		}
		w.next().answer(respond(200, "new"))
		want(t, after.reply(t), `miss: 200 "new"`)
	})

	bubble(t, "of what would stand in", func(t *testing.T) {
		w := newTower(t, Options{})
		w.ask(background, "/")
		w.next().answer(respond(200, "a", "Content-Length: 1"))
		time.Sleep(48 * time.Hour)
		p := w.ask(background, "/")
		if n, _ := w.Invalidate("/"); n != 1 {
			t.Errorf("%d removed", n)
		}
		w.next().answer(respond(503, "down"))
		want(t, p.reply(t), `miss: 503 "down"`)
		if w.Len() != 0 {
			t.Error("stored")
		}
	})

	bubble(t, "alone", func(t *testing.T) {
		w := newTower(t, Options{})
		w.policy.NoCollapse = true
		p := w.ask(background, "/")
		w.Invalidate("/")
		w.next().answer(respond(200, "old"))
		want(t, p.reply(t), `miss: 200 "old"`)
		if w.Len() != 0 {
			t.Error("stored")
		}
	})

	bubble(t, "in the background", func(t *testing.T) {
		w := newTower(t, Options{})
		staleObject(t, w)
		w.ask(background, "/").reply(t)
		w.Invalidate("/")
		w.next().answer(respond(200, "b", "Cache-Control: max-age=10"))
		if w.Len() != 0 {
			t.Error("stored")
		}
	})
}
