package cache

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestErrorsAndExpiredObjects(t *testing.T) {
	type step struct {
		after  time.Duration
		origin string // "" as before, "503", "404", "none", "304"
		want   string
	}
	none := `error: connection refused`
	for _, test := range []struct {
		name   string
		header []string
		min    time.Duration
		steps  []step
	}{
		{"5xx", []string{"Cache-Control: max-age=60"}, 0, []step{
			{time.Minute, "503", `stale: 200 "a"`},
			{9 * time.Second, "304", `stale: 200 "a"`}, // not asked again yet
			{time.Second, "304", `refresh hit: 200 "a"`},
			{time.Second, "", `hit: 200 "a"`},
		}},
		{"no answer, for long", []string{"Cache-Control: max-age=60"}, 0, []step{
			{365 * 24 * time.Hour, "none", `stale: 200 "a"`},
			{time.Hour, "none", `stale: 200 "a"`},
		}},
		{"4xx", []string{"Cache-Control: max-age=60"}, 0, []step{
			{time.Minute, "404", `miss: 404 "gone"`},
			{9 * time.Second, "503", `hit: 404 "gone"`},
			{time.Second, "", `miss: 503 "down"`}, // the object is gone, so nothing stands in
			{9 * time.Second, "304", `hit: 503 "down"`},
		}},
		{"stale-if-error", []string{"Cache-Control: max-age=60, stale-if-error=100"}, 0, []step{
			{159 * time.Second, "503", `stale: 200 "a"`},
			{10 * time.Second, "", `miss: 503 "down"`},
		}},
		{"stale-if-error=0", []string{"Cache-Control: max-age=60, stale-if-error=0"}, 0, []step{
			{60 * time.Second, "503", `miss: 503 "down"`},
		}},
		{"stale-if-error=0, no answer", []string{"Cache-Control: max-age=60, stale-if-error=0"}, 0, []step{
			{60 * time.Second, "none", none},
			{time.Second, "304", `refresh hit: 200 "a"`},
		}},
		{"must-revalidate", []string{"Cache-Control: max-age=60, must-revalidate, stale-while-revalidate=60"}, 0, []step{
			{60 * time.Second, "503", `miss: 503 "down"`},
		}},
		{"no-cache", []string{"Cache-Control: no-cache"}, 0, []step{
			{0, "304", `refresh hit: 200 "a"`},
			{0, "503", `miss: 503 "down"`},
		}},
		{"no-store below a minimum TTL", []string{"Cache-Control: no-store"}, time.Minute, []step{
			{59 * time.Second, "none", `hit: 200 "a"`},
			{time.Second, "none", `stale: 200 "a"`},
		}},
		{"max-age=0", []string{"Cache-Control: max-age=0"}, 0, []step{
			{0, "304", `refresh hit: 200 "a"`},
			{time.Second, "none", `stale: 200 "a"`},
		}},
		{"Vary: *", []string{"Vary: *", "Cache-Control: max-age=60"}, 0, []step{
			{0, "none", `stale: 200 "a"`},
			{10 * time.Second, "404", `miss: 404 "gone"`},
		}},
		{"Vary: * below a minimum TTL", []string{"Vary: *", "Cache-Control: max-age=60"}, time.Second, []step{
			{59 * time.Second, "none", `hit: 200 "a"`},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t, Options{})
			b.policy.MinTTL = test.min
			b.answers(200, "a", append(test.header, `Etag: "1"`)...)
			want(t, b.get("/"), `miss: 200 "a"`)
			for _, s := range test.steps {
				b.pass(s.after)
				switch s.origin {
				case "503":
					b.answers(503, "down")
				case "404":
					b.answers(404, "gone")
				case "304":
					b.confirms(test.header...)
				case "none":
					b.fails()
				}
				want(t, b.get("/"), s.want)
			}
		})
	}
}

func TestErrorTTLOfStale(t *testing.T) {
	b := newBench(t, Options{})
	b.policy.ErrorTTL = func(status int) time.Duration { return time.Duration(status) * time.Second }
	b.answers(200, "a", "Cache-Control: max-age=1")
	b.get("/")
	b.pass(time.Second)
	b.fails()
	got := b.get("/")
	want(t, got, `stale: 200 "a"`)
	if got.Reason != "expired, but the origin failed (connection refused); it is asked again after 8m24s" {
		t.Errorf("reason %q", got.Reason)
	}
	b.answers(200, "b")
	b.pass(503 * time.Second)
	want(t, b.get("/"), `stale: 200 "a"`)
	b.pass(time.Second)
	want(t, b.get("/"), `miss: 200 "b"`)
}

// staleObject puts an object in the cache that may be served while it is
// fetched again.
func staleObject(t *testing.T, w *tower) {
	t.Helper()
	p := w.ask(background, "/")
	w.next().answer(respond(200, "a", "Cache-Control: max-age=10, stale-while-revalidate=60", `Etag: "1"`))
	want(t, p.reply(t), `miss: 200 "a"`)
	time.Sleep(10 * time.Second)
}

func TestStaleWhileRevalidate(t *testing.T) {
	bubble(t, "changed", func(t *testing.T) {
		w := newTower(t, Options{})
		staleObject(t, w)
		ctx, cancel := context.WithCancel(background)
		got := w.ask(ctx, "/").reply(t)
		want(t, got, `stale: 200 "a"`)
		if got.header.Get("Age") != "10" || got.Collapsed {
			t.Errorf("age %q, collapsed %v", got.header.Get("Age"), got.Collapsed)
		}
		cancel() // the viewer goes, the fetch stays
		want(t, w.ask(background, "/").reply(t), `stale: 200 "a"`)
		a := w.next()
		w.quiet()
		if a.validators.Get("If-None-Match") != `"1"` || a.ctx.Err() != nil {
			t.Errorf("validators %v, fetch %v", a.validators, a.ctx.Err())
		}
		a.answer(respond(200, "b", "Cache-Control: max-age=10"))
		want(t, w.ask(background, "/").reply(t), `hit: 200 "b"`)
	})

	bubble(t, "unchanged", func(t *testing.T) {
		w := newTower(t, Options{})
		staleObject(t, w)
		w.ask(background, "/").reply(t)
		w.next().answer(respond(304, ""))
		want(t, w.ask(background, "/").reply(t), `hit: 200 "a"`)
	})

	bubble(t, "failing", func(t *testing.T) {
		w := newTower(t, Options{})
		staleObject(t, w)
		w.ask(background, "/").reply(t)
		w.next().answer(respond(500, "down"))
		time.Sleep(9 * time.Second)
		want(t, w.ask(background, "/").reply(t), `stale: 200 "a"`)
		w.quiet() // for the error caching minimum TTL
		time.Sleep(time.Second)
		want(t, w.ask(background, "/").reply(t), `stale: 200 "a"`)
		w.next().answer(respond(200, "b", "Cache-Control: no-store"))
		if w.Len() != 0 {
			t.Error("an object was kept that the origin has replaced")
		}
	})

	bubble(t, "too late", func(t *testing.T) {
		w := newTower(t, Options{})
		staleObject(t, w)
		want(t, w.ask(background, "/").reply(t), `stale: 200 "a"`)
		a := w.next()
		time.Sleep(60 * time.Second)
		p := w.ask(background, "/")
		p.waits(t) // for the fetch in the background
		w.quiet()
		a.answer(respond(200, "b", "Cache-Control: max-age=10"))
		want(t, p.reply(t), `hit: 200 "b"`)
	})

	bubble(t, "while the body arrives", func(t *testing.T) {
		w := newTower(t, Options{MaxObject: 1 << 20})
		staleObject(t, w)
		w.ask(background, "/").reply(t)
		resp, origin := dripping("Cache-Control: max-age=10")
		w.next().answer(resp)
		drip(t, origin, "b")
		want(t, w.ask(background, "/").reply(t), `stale: 200 "a"`)
		w.quiet()
		origin.Close()
		synctest.Wait()
		want(t, w.ask(background, "/").reply(t), `hit: 200 "b"`)
	})

	bubble(t, "too large to keep", func(t *testing.T) {
		w := newTower(t, Options{MaxObject: 10})
		staleObject(t, w)
		w.ask(background, "/").reply(t)
		w.next().answer(respond(200, strings.Repeat("b", 1<<20), "Cache-Control: max-age=10"))
		want(t, w.ask(background, "/").reply(t), `stale: 200 "a"`)
		w.next().answer(respond(304, ""))
	})

	bubble(t, "after Close", func(t *testing.T) {
		w := newTower(t, Options{})
		staleObject(t, w)
		w.ask(background, "/").reply(t)
		a := w.next()
		w.Close() // returns, though the origin hangs
		if a.ctx.Err() == nil {
			t.Error("the fetch goes on")
		}
		want(t, w.ask(background, "/").reply(t), `stale: 200 "a"`)
		w.quiet()
		w.Close()
	})
}

func TestCloseWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTower(t, Options{})
		staleObject(t, w)
		ended := false
		resp, _, _ := w.Do(background, &Request{Key: "/", Method: "GET", Policy: ordinary}, func(ctx context.Context, _ http.Header) (*http.Response, error) {
			<-ctx.Done()
			time.Sleep(time.Second)
			ended = true
			return nil, ctx.Err()
		})
		resp.Body.Close()
		if w.Close(); !ended {
			t.Error("a fetch in the background outlives Close")
		}
	})
}
