package cache

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// version is what the origin has under a path at some time.
type version struct {
	n      int
	maxAge int  // seconds
	tagged bool // has an ETag, so it can be validated
	status int
}

func (v version) etag() string { return fmt.Sprintf(`"%d"`, v.n) }

func (v version) body(path string) string { return fmt.Sprintf("%s version %d", path, v.n) }

// known is what the reference model knows about a path.
type known struct {
	version
	at time.Time
}

// model predicts a cache that never forgets: one object a path, until it is as
// old as its max-age or its path is invalidated.
type model struct {
	origin map[string]version
	cached map[string]known
}

// get predicts status and version of a response.
func (m *model) get(path string, now time.Time) (Status, version) {
	v, k := m.origin[path], m.cached[path]
	_, stored := m.cached[path]
	if stored && now.Before(k.at.Add(time.Duration(k.ttl())*time.Second)) {
		return Hit, k.version
	}
	m.cached[path] = known{v, now}
	switch {
	case v.maxAge < 0:
		delete(m.cached, path)
		return NotCacheable, v
	case stored && k.status == 200 && v.status == 200 && k.tagged && v.tagged && k.n == v.n:
		return RefreshHit, v
	}
	return Miss, v
}

// ttl is at least 10 seconds for an error.
func (v version) ttl() int {
	if v.status == 404 {
		return max(10, v.maxAge)
	}
	return v.maxAge
}

func (m *model) invalidate(path string) {
	for p := range m.cached {
		prefix, all := strings.CutSuffix(path, "*")
		if p == path || all && strings.HasPrefix(p, prefix) {
			delete(m.cached, p)
		}
	}
}

// TestAgainstModel runs random requests, changes at the origin, invalidations
// and passages of time. A cache with room for everything does exactly what the
// model says; a small one may forget, and nothing else.
func TestAgainstModel(t *testing.T) {
	paths := []string{"/", "/a", "/a/b", "/a/c", "/b", "/b?x=1", "/b?x=2"}
	invalidations := append([]string{"/*", "/a*", "/a/*", "/b*"}, paths...)
	for seed := range uint64(300) {
		small := seed%2 == 1
		rnd := rand.New(rand.NewPCG(seed, 0))
		o := Options{}
		if small {
			o = Options{MaxBytes: 3000}
		}
		b := newBench(t, o)
		m := model{map[string]version{}, map[string]known{}}
		next := 0
		change := func(path string) {
			next++
			v := version{n: next, maxAge: rnd.IntN(20) - 1, tagged: rnd.IntN(2) == 0, status: 200}
			if rnd.IntN(8) == 0 {
				v.status, v.maxAge = 404, max(0, v.maxAge)
			}
			m.origin[path] = v
		}
		for _, path := range paths {
			change(path)
		}
		var log strings.Builder
		for range 200 {
			path := paths[rnd.IntN(len(paths))]
			switch rnd.IntN(10) {
			case 0:
				change(path)
				fmt.Fprintf(&log, "origin: %s is %+v\n", path, m.origin[path])
			case 1, 2, 3:
				d := time.Duration(rnd.IntN(8)) * time.Second
				b.pass(d)
				fmt.Fprintf(&log, "%v pass\n", d)
			case 4:
				path = invalidations[rnd.IntN(len(invalidations))]
				if _, err := b.Invalidate(path); err != nil {
					t.Fatal(err)
				}
				m.invalidate(path)
				fmt.Fprintf(&log, "invalidate %s\n", path)
			default:
				b.origin = m.serve(path)
				got := b.get(path)
				at, stored := b.at(path)
				status, v := m.get(path, b.clock)
				fmt.Fprintf(&log, "get %s: %v, %q\n", path, got, got.Reason)
				if small && status != got.Status && (got.Status == Miss || got.Status == NotCacheable) {
					// Forgotten: then it is what the origin has now.
					m.cached[path] = known{m.origin[path], b.clock}
					v, status = m.origin[path], got.Status
					if v.maxAge < 0 {
						delete(m.cached, path)
					}
				}
				if got.Status != status || got.body != v.body(path) || got.status != v.status {
					t.Fatalf("seed %d: the last request should be a %v of %+v\n%s", seed, status, v, log.String())
				}
				if status != NotCacheable && !small && (!stored || at.Sub(m.cached[path].at) != 0) {
					t.Fatalf("seed %d: the last object should be in the cache since %v\n%s", seed, m.cached[path].at, log.String())
				}
				if b.Bytes() > b.maxBytes {
					t.Fatalf("seed %d: %d bytes of %d\n%s", seed, b.Bytes(), b.maxBytes, log.String())
				}
			}
		}
		var bytes int64
		for at := b.recent.Front(); at != nil; at = at.Next() {
			bytes += at.Value.(*entry).size()
		}
		if bytes != b.Bytes() || b.Len() != len(b.entries) {
			t.Fatalf("seed %d: %d entries of %d bytes, counted as %d of %d", seed, len(b.entries), bytes, b.Len(), b.Bytes())
		}
	}
}

// serve is the model's origin.
func (m *model) serve(path string) origin {
	return func(validators http.Header) (*http.Response, error) {
		v := m.origin[path]
		cc := "Cache-Control: max-age=" + strconv.Itoa(v.maxAge)
		if v.maxAge < 0 {
			cc = "Cache-Control: no-store"
		}
		header := []string{cc}
		if v.tagged {
			header = append(header, "Etag: "+v.etag())
		}
		if v.tagged && v.status == 200 && validators.Get("If-None-Match") == v.etag() {
			return respond(304, "", header...), nil
		}
		return respond(v.status, v.body(path), header...), nil
	}
}

// at tells since when an object is in the cache.
func (b *bench) at(path string) (time.Time, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if at := b.entries[key{path, whole}]; at != nil {
		return at.Value.(*entry).arrived, true
	}
	return time.Time{}, false
}
