package cache

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// answer is what came of a flight.
type answer struct {
	outcome Outcome
	err     error
	raw     *http.Response // the origin's own response, for the leader
	entry   *entry         // the object, nil when there is none to share
	stream  *stream        // its body, nil when the entry has it
	shared  bool           // the requests that waited may have it too
}

// judge decides what the origin's response means for the object.
func (f *flight) judge(resp *http.Response, err error) *answer {
	c := f.cache
	now := c.now()
	if err != nil || resp.StatusCode >= 500 {
		if a := f.standIn(resp, err, now); a != nil {
			return a
		}
		if err != nil {
			return &answer{err: err, outcome: failure(err)}
		}
	}
	if resp.StatusCode == http.StatusNotModified && f.validators != nil {
		return f.confirm(resp, now)
	}
	life := f.policy.lifetime(resp.StatusCode, resp.Header, now)
	length := announced(resp)
	if life.keep && f.key.kind != head && length > c.maxObject {
		life = notStored(fmt.Sprintf("its %d bytes are more than the %d that are kept of an object", length, c.maxObject))
	}
	if !life.keep {
		if supersedes(resp.StatusCode) {
			c.mu.Lock()
			c.drop(f)
			c.mu.Unlock()
		}
		return &answer{raw: resp, outcome: Outcome{Status: NotCacheable, Reason: life.why}}
	}
	return f.accept(resp, length, life, now)
}

// supersedes reports whether a response that is not kept says something about
// the object as a whole, which makes the stored one obsolete.
func supersedes(status int) bool {
	return status >= 200 && status < 500 && status != http.StatusPartialContent && status != http.StatusNotModified
}

// announced is the length of a response's body, -1 when it is not known. The
// header is believed before ContentLength, whose zero value may mean either.
func announced(resp *http.Response) int64 {
	if n, err := strconv.ParseInt(resp.Header.Get("Content-Length"), 10, 64); err == nil && n >= 0 {
		return n
	}
	if resp.ContentLength > 0 {
		return resp.ContentLength
	}
	return -1
}

// standIn answers with the expired object when the origin fails, nil if there
// is none that may be served. That the viewer went away is no failure of the
// origin.
func (f *flight) standIn(resp *http.Response, err error, now time.Time) *answer {
	c := f.cache
	if f.ctx.Err() != nil || f.old == nil || !f.old.standsIn(now) {
		return nil
	}
	status, did := http.StatusGatewayTimeout, ""
	if err != nil {
		did = "the origin failed (" + strings.TrimPrefix(err.Error(), "cfsim: ") + ")"
	} else {
		status, did = resp.StatusCode, "the origin answered "+strconv.Itoa(resp.StatusCode)
	}
	wait := f.policy.errorTTL(status)
	e := f.old.heldBack(now.Add(wait), fmt.Sprintf("expired, but %s; it is asked again after %v", did, wait))
	c.mu.Lock()
	void := f.void
	c.put(f, e)
	c.mu.Unlock()
	if void {
		return nil
	}
	if resp != nil {
		resp.Body.Close()
	}
	return &answer{entry: e, shared: true, outcome: e.outcome(Stale, e.failure, now)}
}

// confirm answers with the object that the origin says is current.
func (f *flight) confirm(resp *http.Response, now time.Time) *answer {
	resp.Body.Close()
	c := f.cache
	e := f.old.refreshed(resp.Header, &f.policy, now)
	c.mu.Lock()
	if e.life.keep {
		c.put(f, e)
	} else {
		c.drop(f)
	}
	c.mu.Unlock()
	return &answer{entry: e, shared: e.life.ttl > 0, outcome: e.outcome(RefreshHit, e.life.why, now)}
}

// accept takes in a response that is to be kept. It is shared if it is fresh
// for any time: for max-age=0, no-cache and the like CloudFront collapses no
// requests (RequestAndResponseBehaviorCustomOrigin.html#request-custom-traffic-spikes).
// Whether it does for a default TTL of 0 is unstated; here it does not.
func (f *flight) accept(resp *http.Response, length int64, life lifetime, now time.Time) *answer {
	c := f.cache
	a := &answer{
		raw:    resp,
		entry:  newEntry(f.key, f.path, resp, length, life, now),
		shared: life.ttl > 0,
	}
	a.outcome = a.entry.outcome(Miss, life.why, now)
	if f.key.kind == head || resp.Body == http.NoBody && length <= 0 {
		resp.Body.Close()
		resp.Body = http.NoBody
		if f.key.kind != head {
			a.entry.length = 0
		}
		c.mu.Lock()
		c.put(f, a.entry)
		c.mu.Unlock()
		return a
	}
	a.stream = &stream{
		src: resp.Body, length: length, limit: c.maxObject,
		reserve: func(n int64) bool {
			c.mu.Lock()
			defer c.mu.Unlock()
			return c.reserve(n)
		},
	}
	return a
}

// receive reads the body of an answer and stores the object if it arrives
// whole. It is stored before any reader sees its end, so that who has read it
// finds it in the cache.
func (f *flight) receive(a *answer) {
	c := f.cache
	s := a.stream
	body, err := s.fill()
	s.src.Close()
	c.mu.Lock()
	c.reserve(-s.reserved)
	if body != nil {
		c.put(f, a.entry.with(body))
	}
	c.end(f)
	c.mu.Unlock()
	s.finish(err)
}
