package cache

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestViewersGoAway(t *testing.T) {
	cancelled := fmt.Sprintf("error: %v", context.Canceled)

	bubble(t, "one who waits", func(t *testing.T) {
		w := newTower(t, Options{})
		ctx, cancel := context.WithCancel(background)
		lead, wait := w.ask(background, "/"), w.ask(ctx, "/")
		cancel()
		synctest.Wait()
		want(t, wait.reply(t), cancelled)
		lead.waits(t)
		w.next().answer(respond(200, "a"))
		want(t, lead.reply(t), `miss: 200 "a"`)
	})

	bubble(t, "the one who leads", func(t *testing.T) {
		w := newTower(t, Options{})
		type name struct{}
		ctx, cancel := context.WithCancel(context.WithValue(background, name{}, "leader"))
		lead, wait := w.ask(ctx, "/"), w.ask(background, "/")
		cancel()
		synctest.Wait()
		want(t, lead.reply(t), cancelled)
		a := w.next()
		if a.ctx.Err() != nil || a.ctx.Value(name{}) != "leader" {
			t.Errorf("the fetch has ended (%v) or lost its values", a.ctx.Err())
		}
		a.answer(respond(200, "a"))
		want(t, wait.reply(t), `hit: 200 "a"`)
		want(t, w.ask(background, "/").reply(t), `hit: 200 "a"`)
	})

	bubble(t, "the one who leads, for nothing to share", func(t *testing.T) {
		w := newTower(t, Options{})
		ctx, cancel := context.WithCancel(background)
		w.ask(ctx, "/")
		wait := w.ask(background, "/")
		cancel()
		synctest.Wait()
		resp, origin := dripping("Cache-Control: no-store")
		w.next().answer(resp)
		if _, err := origin.Write([]byte("a")); err == nil {
			t.Error("a body that nobody reads was left open")
		}
		w.next().answer(respond(200, "b", "Cache-Control: no-store"))
		want(t, wait.reply(t), `not cacheable: 200 "b"`)
	})

	bubble(t, "all, before the answer", func(t *testing.T) {
		w := newTower(t, Options{})
		ctx, cancel := context.WithCancel(background)
		w.ask(ctx, "/")
		w.ask(ctx, "/")
		a := w.next()
		cancel()
		synctest.Wait()
		if a.ctx.Err() == nil {
			t.Error("the fetch goes on for nobody")
		}
		next := w.ask(background, "/")
		w.next().answer(respond(200, "a"))
		want(t, next.reply(t), `miss: 200 "a"`)
	})

	bubble(t, "all, in the middle of the body", func(t *testing.T) {
		w := newTower(t, Options{})
		ctx, cancel := context.WithCancel(background)
		lead, wait := w.ask(ctx, "/"), w.ask(background, "/")
		resp, origin := dripping("Content-Length: 2")
		a := w.next()
		a.answer(resp)
		drip(t, origin, "a")
		wait.resp.Body.Close()
		wait.resp.Body.Close()
		if a.ctx.Err() != nil {
			t.Error("the fetch was stopped for one of two")
		}
		if _, err := wait.resp.Body.Read(make([]byte, 1)); err == nil {
			t.Error("a closed body can be read")
		}
		readN(t, lead.resp.Body, 1)
		cancel()
		if n, err := lead.resp.Body.Read(make([]byte, 1)); n != 0 || !errors.Is(err, context.Canceled) {
			t.Errorf("read %d, %v", n, err)
		}
		if a.ctx.Err() == nil {
			t.Error("the fetch goes on for nobody")
		}
		// What a transport does when the context ends:
		origin.CloseWithError(a.ctx.Err())
		synctest.Wait()
		if w.Len() != 0 {
			t.Error("half an object was stored")
		}
		next := w.ask(background, "/")
		w.next().answer(respond(200, "b"))
		want(t, next.reply(t), `miss: 200 "b"`)
	})

	bubble(t, "the one who leads, in the middle of the body", func(t *testing.T) {
		w := newTower(t, Options{})
		lead, wait := w.ask(background, "/"), w.ask(background, "/")
		resp, origin := dripping()
		w.next().answer(resp)
		drip(t, origin, "a")
		lead.resp.Body.Close()
		drip(t, origin, "b")
		origin.Close()
		want(t, wait.reply(t), `hit: 200 "ab"`)
		want(t, w.ask(background, "/").reply(t), `hit: 200 "ab"`)
	})

	bubble(t, "alone, in the middle of the body", func(t *testing.T) {
		w := newTower(t, Options{})
		w.policy.NoCollapse = true
		lead := w.ask(background, "/")
		resp, origin := dripping()
		w.next().answer(resp)
		drip(t, origin, "a")
		lead.resp.Body.Close()
		synctest.Wait()
		if _, err := origin.Write([]byte("b")); err == nil {
			t.Error("the origin goes on for nobody")
		}
		synctest.Wait()
		if w.Len() != 0 {
			t.Error("half an object was stored")
		}
	})

	bubble(t, "alone, which is no failure of the origin", func(t *testing.T) {
		w := newTower(t, Options{})
		w.policy.NoCollapse = true
		p := w.ask(background, "/")
		w.next().answer(respond(200, "a", "Content-Length: 1", `Etag: "1"`))
		p.reply(t)
		time.Sleep(48 * time.Hour)
		ctx, cancel := context.WithCancel(background)
		p = w.ask(ctx, "/")
		w.next()
		cancel()
		synctest.Wait()
		want(t, p.reply(t), cancelled)
		p = w.ask(background, "/")
		w.next().answer(respond(304, ""))
		want(t, p.reply(t), `refresh hit: 200 "a"`)
	})

	bubble(t, "with a body that is not cached", func(t *testing.T) {
		w := newTower(t, Options{})
		for _, end := range []string{"close", "cancel"} {
			ctx, cancel := context.WithCancel(background)
			lead := w.ask(ctx, "/")
			resp, origin := dripping("Cache-Control: no-store")
			a := w.next()
			a.answer(resp)
			go origin.Write([]byte("ab"))
			if got := readN(t, lead.resp.Body, 1); got != "a" || a.ctx.Err() != nil {
				t.Errorf("%s: read %q, fetch %v", end, got, a.ctx.Err())
			}
			if end == "cancel" {
				cancel()
				synctest.Wait()
				if a.ctx.Err() == nil {
					t.Error("the fetch goes on for nobody")
				}
			}
			lead.resp.Body.Close()
			if a.ctx.Err() == nil {
				t.Errorf("%s: the fetch goes on for nobody", end)
			}
			cancel()
		}
	})
}

// TestLeaveAtTheLastMoment has the leader's context end when the answer is
// there and not yet taken.
func TestLeaveAtTheLastMoment(t *testing.T) {
	for name, resp := range map[string]*http.Response{
		"kept":     respond(200, ""),
		"not kept": respond(200, "", "Cache-Control: no-store"),
	} {
		bubble(t, name, func(t *testing.T) {
			w := newTower(t, Options{})
			r := &Request{Key: "/", Path: "/", Method: "GET", Policy: ordinary}
			body, origin := io.Pipe()
			resp.Body = body
			w.mu.Lock()
			f := w.launch(background, r, key{"/", whole}, nil)
			w.mu.Unlock()
			go f.run(func(context.Context, http.Header) (*http.Response, error) { return resp, nil })
			<-f.ready
			f.desert(f.leader)
			if f.ctx.Err() == nil {
				t.Error("the fetch goes on for nobody")
			}
			origin.CloseWithError(f.ctx.Err())
			if _, err := body.Read(make([]byte, 1)); !errors.Is(err, io.ErrClosedPipe) && name == "not kept" {
				t.Errorf("the body was left open: %v", err)
			}
			synctest.Wait()
			if w.Len() != 0 {
				t.Error("half an object was stored")
			}
		})
	}
}

func TestSwitchingProtocols(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTower(t, Options{})
		ctx, cancel := context.WithCancel(background)
		p := w.ask(ctx, "/")
		resp := respond(101, "")
		resp.Body = connection{}
		a := w.next()
		a.answer(resp)
		<-p.done
		if _, ok := p.resp.Body.(io.Writer); !ok || a.ctx.Err() != nil {
			t.Errorf("body %T, fetch %v", p.resp.Body, a.ctx.Err())
		}
		cancel()
		synctest.Wait()
		if a.ctx.Err() == nil {
			t.Error("the fetch outlives the request")
		}
	})
}

type connection struct{ io.ReadWriteCloser }
