package cache

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestConcurrently has many viewers, some of which leave early, origins that
// are slow, fail and lie, and invalidations, all at once. Nobody ever sees
// another key's object, or a whole body that is not what the origin sent, or
// one from before an invalidation that came before the request.
func TestConcurrently(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options{MaxBytes: 100 << 10, MaxObject: 20 << 10})
		var (
			made    atomic.Int64 // generation of what the origin makes now
			invalid atomic.Int64 // everything before this generation is invalidated
			wg      sync.WaitGroup
		)
		const viewers, requests, names = 16, 200, 5
		for viewer := range viewers {
			wg.Go(func() {
				rnd := rand.New(rand.NewPCG(uint64(viewer), 1))
				for range requests {
					name := "/" + strconv.Itoa(rnd.IntN(names))
					visit(t, c, rnd, name, &made, &invalid)
					time.Sleep(time.Duration(rnd.IntN(300)) * time.Millisecond)
				}
			})
		}
		wg.Go(func() {
			for range 40 {
				time.Sleep(700 * time.Millisecond)
				next := made.Add(1)
				if _, err := c.Invalidate("/*"); err != nil {
					t.Error(err)
				}
				invalid.Store(next)
			}
		})
		wg.Wait()
		c.Close()
		synctest.Wait()
		if len(c.flying) != 0 || len(c.led) != 0 || c.arriving != 0 || c.Bytes() > c.maxBytes {
			t.Errorf("%d flights, %d to join, %d bytes arriving, %d bytes are left", len(c.flying), len(c.led), c.arriving, c.Bytes())
		}
	})
}

// visit is one request of a viewer.
func visit(t *testing.T, c *Cache, rnd *rand.Rand, name string, made, invalid *atomic.Int64) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if rnd.IntN(4) == 0 {
		ctx, cancel = context.WithTimeout(ctx, time.Duration(rnd.IntN(200))*time.Millisecond)
		defer cancel()
	}
	policy := ordinary
	policy.NoCollapse = rnd.IntN(8) == 0
	oldest := invalid.Load()
	resp, _, err := c.Do(ctx, &Request{Key: name, Path: name, Method: "GET", Policy: policy}, erratic(rnd.Uint64(), name, made))
	if err != nil {
		return
	}
	defer resp.Body.Close()
	if rnd.IntN(6) == 0 {
		io.CopyN(io.Discard, resp.Body, 100)
		return
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		return
	}
	var from string
	var generation int64
	if _, err := fmt.Sscanf(string(body), "%s %d;", &from, &generation); err != nil {
		t.Errorf("body %.40q: %v", body, err)
	} else if from != name {
		t.Errorf("%s was given to %s", from, name)
	} else if generation < oldest {
		t.Errorf("%s of generation %d after the invalidation that began %d", name, generation, oldest)
	}
	if want := resp.Header.Get("X-Length"); strconv.Itoa(len(body)) != want {
		t.Errorf("%s has %d bytes, sent were %s", name, len(body), want)
	}
}

// erratic is an origin that takes its time and is not reliable.
func erratic(seed uint64, name string, made *atomic.Int64) Fetch {
	return func(ctx context.Context, validators http.Header) (*http.Response, error) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		generation := made.Load() // as of the request: it may be old when it arrives
		select {
		case <-time.After(time.Duration(rnd.IntN(100)) * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		switch rnd.IntN(10) {
		case 0:
			return nil, fmt.Errorf("no connection")
		case 1:
			panic("no reason")
		case 2:
			return respond(503, "down"), nil
		}
		body := fmt.Sprintf("%s %d;", name, generation) + strings.Repeat("x", rnd.IntN(40<<10))
		cc := []string{"max-age=1", "max-age=1, stale-while-revalidate=1", "no-store", "max-age=0", "stale-if-error=5, max-age=2"}[rnd.IntN(5)]
		resp := respond(200, "", "Cache-Control: "+cc, "X-Length: "+strconv.Itoa(len(body)))
		if rnd.IntN(2) == 0 {
			resp.Header.Set("Content-Length", strconv.Itoa(len(body)))
		}
		resp.Body = &slowBody{ctx: ctx, rest: body, cut: rnd.IntN(8) == 0}
		return resp, nil
	}
}

// slowBody pauses between pieces and ends with its context.
type slowBody struct {
	ctx  context.Context
	rest string
	cut  bool
}

func (b *slowBody) Read(p []byte) (int, error) {
	select {
	case <-time.After(10 * time.Millisecond):
	case <-b.ctx.Done():
		return 0, b.ctx.Err()
	}
	if b.cut && len(b.rest) < 5000 {
		return 0, io.ErrUnexpectedEOF
	}
	if b.rest == "" {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), 8<<10)], b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

func (b *slowBody) Close() error { return nil }
