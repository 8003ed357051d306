package cache

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"
)

// flight is one request to the origin and what becomes of its response.
//
// A flight is led by the request that caused it, and others may wait for its
// answer (RequestAndResponseBehaviorCustomOrigin.html#request-custom-traffic-spikes).
// It belongs to none of them: when the leader goes away it goes on for the
// others, and when the last one does it is stopped. "If a viewer terminates a
// session […] before [CloudFront] can deliver the requested object, CloudFront
// does not cache the object" (#response-custom-canceled-requests).
type flight struct {
	cache      *Cache
	key        key
	path       string
	policy     Policy
	old        *entry // what the answer may confirm, and what stands in for it
	validators http.Header
	sequence   uint64
	background bool

	ctx   context.Context
	stop  func()
	ready chan struct{} // closed when answer is set

	// Guarded by cache.mu.
	viewers int
	leader  *reader   // nil when nobody leads, as in the background
	waiting []*reader // for the answer, the leader among them
	void    bool      // invalidated: nothing of it may be stored
	answer  *answer
}

// begin registers a flight, led by the request. The caller holds c.mu.
func (c *Cache) begin(ctx context.Context, r *Request, k key, old *entry) *flight {
	c.sequence++
	f := &flight{
		cache: c, key: k, path: r.Path, policy: r.Policy,
		old: old, validators: old.validators(),
		sequence: c.sequence,
		ctx:      ctx, stop: func() {},
		viewers: 1,
	}
	f.leader = &reader{flight: f, ctx: ctx}
	f.waiting = []*reader{f.leader}
	c.flying[f] = struct{}{}
	return f
}

// launch begins a flight that others may join. It keeps the context's values
// but not its end. The caller holds c.mu.
func (c *Cache) launch(ctx context.Context, r *Request, k key, old *entry) *flight {
	f := c.begin(ctx, r, k, old)
	f.ctx, f.stop = context.WithCancel(context.WithoutCancel(ctx))
	f.ready = make(chan struct{})
	c.led[k] = f
	return f
}

// join returns the flight that a request waits for, and its place there. The
// caller holds c.mu.
func (c *Cache) join(ctx context.Context, r *Request, k key, old *entry, now time.Time) (*flight, *reader) {
	f := c.led[k]
	if f == nil || f.answer != nil && !now.Before(f.answer.entry.expires()) {
		f = c.launch(ctx, r, k, old)
		return f, f.leader
	}
	f.viewers++
	place := &reader{flight: f, ctx: ctx}
	if f.answer == nil {
		f.waiting = append(f.waiting, place)
	}
	return f, place
}

// revalidate has an expired object fetched in the background, unless somebody
// is at it. The caller holds c.mu.
func (c *Cache) revalidate(ctx context.Context, r *Request, k key, e *entry, fetch Fetch) {
	if c.closed || c.led[k] != nil {
		return
	}
	f := c.launch(ctx, r, k, e)
	f.background, f.leader, f.waiting = true, nil, nil
	c.background.Go(func() { f.run(fetch) })
}

// close lets no more requests join a flight. The caller holds c.mu.
func (c *Cache) close(f *flight) {
	if c.led[f.key] == f {
		delete(c.led, f.key)
	}
}

// end forgets a flight that has nothing more to store. The caller holds c.mu.
func (c *Cache) end(f *flight) {
	c.close(f)
	delete(c.flying, f)
}

// leave tells that a viewer needs the flight no more.
func (f *flight) leave() {
	c := f.cache
	c.mu.Lock()
	f.viewers--
	last := f.viewers == 0
	if last {
		c.close(f)
	}
	c.mu.Unlock()
	if last {
		f.stop()
	}
}

var errExited = errors.New("cfsim: the origin ended its goroutine")

// run is a flight that others may join.
func (f *flight) run(fetch Fetch) {
	a, leader := f.fly(fetch)
	switch {
	case a.stream != nil:
		f.receive(a)
	case a.raw != nil && leader:
		return // who has the body now, and stops the flight when done with it
	case a.raw != nil:
		a.raw.Body.Close()
	}
	f.stop()
}

// fly asks the origin and makes its answer known. It tells whether the leader
// is still there to take it.
func (f *flight) fly(fetch Fetch) (a *answer, leader bool) {
	defer func() {
		// An origin may end this goroutine, as a failing test does.
		if f.answer == nil {
			f.land(&answer{err: errExited, outcome: failure(errExited)})
			f.stop()
		}
	}()
	resp, err := call(f.ctx, fetch, f.validators)
	a = f.judge(resp, err)
	return a, f.land(a)
}

// land lets everybody have the answer. A body begins with everybody who waited
// for it and may have it, so that none of it is gone when they come to read.
func (f *flight) land(a *answer) (leader bool) {
	c := f.cache
	c.mu.Lock()
	f.answer = a
	if a.stream == nil {
		c.end(f)
	}
	for _, r := range f.waiting {
		leader = leader || r == f.leader
		if a.stream != nil && (a.shared || r == f.leader) {
			r.stream = a.stream
			a.stream.readers = append(a.stream.readers, r)
		}
	}
	f.waiting = nil
	c.mu.Unlock()
	if f.ready != nil {
		close(f.ready)
	}
	return leader
}

// await waits for the answer and gives the request its own of it.
func (f *flight) await(ctx context.Context, r *Request, place *reader, fetch Fetch) (*http.Response, Outcome, error) {
	select {
	case <-f.ready:
	case <-ctx.Done():
		f.desert(place)
		err := context.Cause(ctx)
		return nil, failure(err), err
	}
	if place == f.leader {
		return f.lead(ctx, r, f.answer)
	}
	return f.follow(ctx, r, f.answer, place, fetch)
}

// desert leaves the flight before its answer was taken, and takes care of what
// was meant for this viewer alone.
func (f *flight) desert(place *reader) {
	f.cache.mu.Lock()
	a := f.answer
	f.waiting = slices.DeleteFunc(f.waiting, func(r *reader) bool { return r == place })
	f.cache.mu.Unlock()
	if place.stream != nil {
		place.Close() // which leaves
		return
	}
	if a != nil && a.raw != nil && place == f.leader {
		a.raw.Body.Close()
	}
	f.leave()
}

// lead gives the answer to the request that caused the flight.
func (f *flight) lead(ctx context.Context, r *Request, a *answer) (*http.Response, Outcome, error) {
	switch {
	case a.err != nil:
		f.leave()
		return nil, a.outcome, a.err
	case a.stream != nil:
		a.raw.Body = f.leader
		return a.raw, a.outcome, nil
	case a.raw != nil && f.ready != nil && a.raw.StatusCode == http.StatusSwitchingProtocols:
		context.AfterFunc(ctx, f.stop) // the body is a connection, and must stay one
		return a.raw, a.outcome, nil
	case a.raw != nil && f.ready != nil:
		a.raw.Body = f.own(ctx, a.raw.Body)
		return a.raw, a.outcome, nil
	case a.raw != nil:
		return a.raw, a.outcome, nil
	}
	f.leave()
	return a.entry.serve(r, f.cache.now()), a.outcome, nil
}

// follow gives the answer to a request that waited for it, or sends the
// request to the origin by itself when the answer is not for others.
func (f *flight) follow(ctx context.Context, r *Request, a *answer, place *reader, fetch Fetch) (*http.Response, Outcome, error) {
	c := f.cache
	now := c.now()
	switch {
	case a.err != nil:
		f.leave()
		out := a.outcome
		out.Collapsed = true
		return nil, out, a.err
	case !a.shared:
	case a.stream == nil:
		f.leave()
		return a.entry.serve(r, now), f.collapsed(a, now), nil
	case place.stream != nil || a.stream.admit(place):
		resp := a.entry.serve(r, now)
		if resp.StatusCode != a.entry.status {
			place.Close()
		} else {
			resp.Body, resp.ContentLength = place, a.stream.length
		}
		return resp, f.collapsed(a, now), nil
	}
	f.leave()
	c.mu.Lock()
	own := c.begin(ctx, r, f.key, c.lookup(f.key))
	c.mu.Unlock()
	return own.alone(r, fetch)
}

// collapsed is the outcome of a request that waited.
func (f *flight) collapsed(a *answer, now time.Time) Outcome {
	status := Hit
	if a.outcome.Status == Stale {
		status = Stale
	}
	o := a.entry.outcome(status, a.outcome.Reason, now)
	o.Collapsed = true
	return o
}

// alone is a flight of one request, which neither waits for others nor has
// them wait.
func (f *flight) alone(r *Request, fetch Fetch) (*http.Response, Outcome, error) {
	a, _ := f.fly(fetch)
	if a.stream != nil {
		f.stop = func() { a.stream.src.Close() }
		go f.receive(a)
	}
	return f.lead(f.ctx, r, a)
}

// owned is the body of a response that only the leader of a flight gets. The
// flight ends with it, and with the leader's context.
type owned struct {
	io.ReadCloser
	stop   func()
	detach func() bool
}

func (f *flight) own(ctx context.Context, body io.ReadCloser) io.ReadCloser {
	return &owned{body, f.stop, context.AfterFunc(ctx, f.stop)}
}

func (o *owned) Close() error {
	o.detach()
	defer o.stop()
	return o.ReadCloser.Close()
}
