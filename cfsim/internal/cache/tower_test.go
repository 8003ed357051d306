package cache

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
)

// The tests that use a tower run in bubbles of testing/synctest: synctest.Wait
// returns when every goroutine waits for something, time passes only when all
// do, and a goroutine that is left over fails the test.

// tower is a cache with an origin that a test answers for by hand.
type tower struct {
	*Cache
	t       *testing.T
	policy  Policy
	fetches chan *asked
}

// asked is a fetch that waits for its answer.
type asked struct {
	ctx        context.Context
	validators http.Header
	back       chan *http.Response // nil: the fetch fails
}

func newTower(t *testing.T, o Options) *tower {
	w := &tower{Cache: New(o), t: t, policy: ordinary, fetches: make(chan *asked, 100)}
	t.Cleanup(func() {
		w.Close()
		synctest.Wait()
		w.mu.Lock()
		defer w.mu.Unlock()
		if len(w.flying) != 0 || len(w.led) != 0 || w.arriving != 0 {
			t.Errorf("%d flights, %d to join and %d bytes are left", len(w.flying), len(w.led), w.arriving)
		}
	})
	return w
}

// pending is a request under way.
type pending struct {
	resp *http.Response
	out  Outcome
	err  error
	done chan struct{}
}

// ask sends a request from its own goroutine.
func (w *tower) ask(ctx context.Context, path string, header ...string) *pending {
	p := &pending{done: make(chan struct{})}
	r := &Request{Key: path, Path: path, Method: "GET", Header: headers(header...), Policy: w.policy}
	go func() {
		defer close(p.done)
		p.resp, p.out, p.err = w.Do(ctx, r, w.fetch)
	}()
	synctest.Wait()
	return p
}

func (w *tower) fetch(ctx context.Context, validators http.Header) (*http.Response, error) {
	a := &asked{ctx, validators, make(chan *http.Response)}
	w.fetches <- a
	select {
	case resp := <-a.back:
		if resp == nil {
			return nil, errors.New("connection refused")
		}
		return resp, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// next returns the oldest fetch that was not looked at yet.
func (w *tower) next() *asked {
	w.t.Helper()
	select {
	case a := <-w.fetches:
		return a
	default:
		w.t.Fatal("the origin was not asked")
		return nil
	}
}

func (w *tower) quiet() {
	w.t.Helper()
	if n := len(w.fetches); n != 0 {
		w.t.Errorf("the origin was asked %d times too often", n)
	}
}

func (a *asked) answer(resp *http.Response) {
	a.back <- resp
	synctest.Wait()
}

// waits fails the test if the request was answered.
func (p *pending) waits(t *testing.T) {
	t.Helper()
	select {
	case <-p.done:
		t.Errorf("did not wait: %v, %v", p.out, p.err)
	default:
	}
}

// dripping is a response whose body the test writes.
func dripping(header ...string) (*http.Response, *io.PipeWriter) {
	r, w := io.Pipe()
	resp := respond(200, "", header...)
	resp.Body = r
	return resp, w
}

func drip(t *testing.T, w *io.PipeWriter, s string) {
	t.Helper()
	if _, err := io.WriteString(w, s); err != nil {
		t.Errorf("the origin could not send %q: %v", s, err)
	}
	synctest.Wait()
}

// readN reads n bytes that must be there.
func readN(t *testing.T, body io.Reader, n int) string {
	t.Helper()
	b := make([]byte, n)
	if _, err := io.ReadFull(body, b); err != nil {
		t.Errorf("after %q: %v", b, err)
	}
	return string(b)
}

var background = context.Background()

func bubble(t *testing.T, name string, f func(t *testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, f) })
}
