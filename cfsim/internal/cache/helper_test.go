package cache

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"
)

// bench is a cache with a clock and an origin that a test sets.
type bench struct {
	*Cache
	t      testing.TB
	clock  time.Time
	policy Policy
	origin origin
	asked  []http.Header // the validators of every fetch
}

// origin answers a fetch.
type origin func(validators http.Header) (*http.Response, error)

// day0 is a whole second, as Last-Modified and Expires are.
var day0 = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// ordinary is the policy of most tests, CachingOptimized but for the minimum.
var ordinary = Policy{DefaultTTL: 24 * time.Hour, MaxTTL: 365 * 24 * time.Hour}

func newBench(t testing.TB, o Options) *bench {
	b := &bench{t: t, clock: day0, policy: ordinary}
	o.Now = func() time.Time { return b.clock }
	b.Cache = New(o)
	t.Cleanup(b.Close)
	return b
}

// answers sets what the origin answers from now on.
func (b *bench) answers(status int, body string, header ...string) {
	b.origin = func(http.Header) (*http.Response, error) { return respond(status, body, header...), nil }
}

// confirms has the origin answer 304 when it is asked with validators.
func (b *bench) confirms(header ...string) {
	b.origin = func(validators http.Header) (*http.Response, error) {
		if validators == nil {
			return nil, errors.New("asked without validators")
		}
		return respond(304, "", header...), nil
	}
}

// fails has the origin give no answer.
func (b *bench) fails() {
	b.origin = func(http.Header) (*http.Response, error) { return nil, errors.New("connection refused") }
}

// respond makes a response; headers are "Name: value".
func respond(status int, body string, header ...string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: headers(header...),
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1,
	}
}

func headers(lines ...string) http.Header {
	h := http.Header{}
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ": ")
		h.Add(name, value)
	}
	return h
}

// reply is a response that was read whole.
type reply struct {
	Outcome
	status int
	header http.Header
	body   string
	length int64
	err    error
}

func (r reply) String() string {
	if r.err != nil {
		return fmt.Sprintf("%v: %v", r.Status, r.err)
	}
	return fmt.Sprintf("%v: %d %q", r.Status, r.status, r.body)
}

// get asks for a path, which is the cache key too. Headers are "Name: value".
func (b *bench) get(path string, header ...string) reply {
	return b.do("GET", path, header...)
}

func (b *bench) do(method, path string, header ...string) reply {
	b.t.Helper()
	r := &Request{Key: path, Path: path, Method: method, Header: headers(header...), Policy: b.policy}
	resp, out, err := b.Do(context.Background(), r, func(_ context.Context, v http.Header) (*http.Response, error) {
		b.asked = append(b.asked, maps.Clone(v))
		return b.origin(v)
	})
	return read(b.t, resp, out, err)
}

func read(t testing.TB, resp *http.Response, out Outcome, err error) reply {
	t.Helper()
	if out.Reason == "" {
		t.Errorf("no reason given for %v", out)
	}
	if err != nil {
		if out.Status != Error || resp != nil {
			t.Errorf("error %v with outcome %v and response %v", err, out, resp)
		}
		return reply{Outcome: out, err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return reply{out, resp.StatusCode, resp.Header, string(body), resp.ContentLength, err}
}

func (b *bench) pass(d time.Duration) { b.clock = b.clock.Add(d) }

// want checks the short form of a reply: "hit: 200 \"a\"".
func want(t testing.TB, got reply, want string) {
	t.Helper()
	if got.String() != want {
		t.Errorf("got %v (%s), want %s", got, got.Reason, want)
	}
}

// reply reads the response, which must have come.
func (p *pending) reply(t *testing.T) reply {
	t.Helper()
	select {
	case <-p.done:
	default:
		t.Fatal("still waits for an answer")
	}
	return read(t, p.resp, p.out, p.err)
}
