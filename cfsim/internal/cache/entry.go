package cache

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// entry is an object in the cache. It does not change once others can see it;
// a validation or a failing origin puts a changed copy in its place.
type entry struct {
	key      key
	path     string
	sequence uint64 // of the flight that it comes from

	status int
	text   string // "200 OK"
	header []field
	body   []byte
	length int64 // of the body; of a HEAD response the announced one, -1 when unknown

	etag         string
	lastModified string

	life    lifetime
	arrived time.Time
	age     time.Duration // the Age it arrived with
	retry   time.Time     // the origin failed; until then it is not asked again
	failure string        // what the origin did
}

// field is a header field. The strings are shared with the responses made of
// it, the slice is not.
type field struct {
	name   string
	values []string
}

// newEntry takes over a response's head. The body is still to come.
func newEntry(k key, path string, resp *http.Response, length int64, life lifetime, now time.Time) *entry {
	e := &entry{
		key:    k,
		path:   strings.Clone(path),
		status: resp.StatusCode,
		text:   strconv.Itoa(resp.StatusCode) + " " + http.StatusText(resp.StatusCode),
		length: length,
	}
	e.key.name = strings.Clone(k.name)
	e.describe(resp.Header, life, now)
	return e
}

// describe sets everything that a response's header decides.
func (e *entry) describe(h http.Header, life lifetime, now time.Time) {
	e.life, e.arrived, e.age = life, now, originAge(h)
	e.retry, e.failure = time.Time{}, ""
	e.header = make([]field, 0, len(h))
	for name, values := range h {
		// How the transfer was framed, and how old the object was, are no
		// properties of the object.
		if name == "Age" || name == "Transfer-Encoding" || slices.Contains(life.without, name) {
			continue
		}
		e.header = append(e.header, field{name, slices.Clone(values)})
	}
	slices.SortFunc(e.header, func(a, b field) int { return strings.Compare(a.name, b.name) })
	e.etag, e.lastModified = e.get("Etag"), e.get("Last-Modified")
}

// originAge is the Age header of a response, 0 when there is none.
func originAge(h http.Header) time.Duration {
	n, err := strconv.ParseUint(h.Get("Age"), 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}

// with returns the entry with its body.
func (e *entry) with(body []byte) *entry {
	done := *e
	done.body, done.length = body, int64(len(body))
	return &done
}

// refreshed returns the entry as a 304 leaves it: RFC 9111, section 3.2. The
// fields that describe the stored body stay as they are, and so does the ETag
// that the origin has just confirmed.
func (e *entry) refreshed(h http.Header, p *Policy, now time.Time) *entry {
	merged := e.copyHeader(0)
	for name, values := range h {
		switch name {
		case "Content-Length", "Content-Encoding", "Content-Range", "Transfer-Encoding", "Etag":
		default:
			merged[name] = values
		}
	}
	fresh := *e
	fresh.describe(merged, p.lifetime(e.status, merged, now), now)
	return &fresh
}

// heldBack returns the entry as a failing origin leaves it: for the error
// caching minimum TTL it is served without asking again
// (HTTPStatusCodes.html#HTTPStatusCodes-no-custom-error-pages-in-cache).
func (e *entry) heldBack(until time.Time, failure string) *entry {
	held := *e
	held.retry, held.failure = until, failure
	return &held
}

func (e *entry) get(name string) string {
	for _, f := range e.header {
		if f.name == name && len(f.values) > 0 {
			return f.values[0]
		}
	}
	return ""
}

// A state is what may be done with an entry at some time.
type state int

const (
	expired         state = iota // ask the origin first
	fresh                        // serve it
	staleRevalidate              // serve it and ask the origin meanwhile
	staleHeldBack                // serve it, the origin has failed a moment ago
)

func (s state) status() Status {
	if s == fresh {
		return Hit
	}
	return Stale
}

func (e *entry) expires() time.Time { return e.arrived.Add(e.life.ttl) }

func (e *entry) state(now time.Time) (s state, reason string) {
	switch {
	case now.Before(e.expires()):
		return fresh, e.life.why
	case now.Before(e.retry):
		return staleHeldBack, e.failure
	case !e.life.strict && now.Before(e.expires().Add(e.life.whileRevalidate)):
		return staleRevalidate, "expired, and served while it is fetched again, by Cache-Control: stale-while-revalidate"
	}
	return expired, ""
}

// standsIn reports whether the expired entry is served when the origin fails.
//
// "If your origin returns a 5xx error code, CloudFront serves the object even
// though it has expired" (HTTPStatusCodes.html), for as long as stale-if-error
// allows where the object has that directive; stale-if-error=0 means never
// (Expiration.html#stale-if-error). For how long otherwise is unstated but for
// "until it is evicted".
func (e *entry) standsIn(now time.Time) bool {
	if e.life.strict {
		return false
	}
	return e.life.ifError == absent || now.Before(e.expires().Add(e.life.ifError))
}

// validatable reports whether the origin can be asked if the entry is current.
func (e *entry) validatable() bool {
	return e.status == http.StatusOK && !e.life.blind && (e.etag != "" || e.lastModified != "")
}

// validators are the conditional headers that ask for it
// (RequestAndResponseBehaviorCustomOrigin.html#RequestCustomConditionalGETs).
func (e *entry) validators() http.Header {
	if e == nil || !e.validatable() {
		return nil
	}
	h := http.Header{}
	if e.etag != "" {
		h["If-None-Match"] = []string{e.etag}
	}
	if e.lastModified != "" {
		h["If-Modified-Since"] = []string{e.lastModified}
	}
	return h
}

// ageAt is the object's age as the Age header tells it.
func (e *entry) ageAt(now time.Time) time.Duration {
	return max(0, now.Sub(e.arrived)) + e.age
}

func (e *entry) outcome(s Status, reason string, now time.Time) Outcome {
	return Outcome{Status: s, Reason: reason, TTL: e.life.ttl, Age: e.ageAt(now)}
}

// copyHeader returns the header in a map with room for more fields.
func (e *entry) copyHeader(more int) http.Header {
	n := 0
	for _, f := range e.header {
		n += len(f.values)
	}
	all := make([]string, 0, n)
	h := make(http.Header, len(e.header)+more)
	for _, f := range e.header {
		from := len(all)
		all = append(all, f.values...)
		h[f.name] = all[from:len(all):len(all)]
	}
	return h
}

// served is a response from the cache in one piece of memory.
type served struct {
	http.Response
	body memory
}

// memory is a body that is all there.
type memory struct{ bytes.Reader }

func (*memory) Close() error { return nil }

// response returns the whole object.
func (e *entry) response(now time.Time) *http.Response {
	s := &served{Response: http.Response{
		StatusCode: e.status, Status: e.text,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        e.copyHeader(2),
		ContentLength: e.length,
		Body:          http.NoBody,
	}}
	s.Header["Age"] = []string{seconds(e.ageAt(now))}
	if len(e.body) > 0 {
		s.body.Reset(e.body)
		s.Body = &s.body
	}
	return &s.Response
}

var _ interface {
	io.ReadCloser
	io.WriterTo
} = (*memory)(nil)

// overhead estimates the bookkeeping of an entry and of a header field, in
// bytes.
const (
	entryOverhead = 512
	fieldOverhead = 64
)

// size is what the entry counts against Options.MaxBytes.
func (e *entry) size() int64 {
	n := entryOverhead + len(e.key.name) + len(e.path) + len(e.life.why) + cap(e.body)
	for _, f := range e.header {
		n += fieldOverhead + len(f.name)
		for _, v := range f.values {
			n += len(v)
		}
	}
	return int64(n)
}
