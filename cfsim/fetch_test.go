package cfsim

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// TestCollapsing: requests for an object that is being fetched wait for it, where
// something may be kept, and each goes to the origin where nothing is.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#request-custom-traffic-spikes)
func TestCollapsing(t *testing.T) {
	for path, want := range map[string]int64{"/cached/a": 1, "/": 5} {
		synctest.Test(t, func(t *testing.T) {
			d := loaded(t, patient, nil).Distributions()[0]
			var asked atomic.Int64
			proceed := make(chan struct{})
			attach(t, d, "a", Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				io.WriteString(w, "first ")
				<-proceed
				io.WriteString(w, "second")
			})))
			var group sync.WaitGroup
			var caches sync.Map
			for i := range 5 {
				group.Go(func() {
					_, body, trace := get(t, d, "GET", path)
					if body != "first second" {
						t.Errorf("%s: got %q\n%s", path, body, trace)
					}
					caches.Store(i, trace.Cache)
				})
			}
			synctest.Wait()
			if n := asked.Load(); n != want {
				t.Errorf("%s: the origin was asked %d times, want %d", path, n, want)
			}
			close(proceed)
			group.Wait()
			var got []string
			caches.Range(func(_, cache any) bool { got = append(got, cache.(string)); return true })
			slices.Sort(got)
			if want == 1 && !slices.Equal(got, []string{"hit", "hit", "hit", "hit", "miss"}) {
				t.Errorf("%s: got %q", path, got)
			}
		})
	}
}

// TestInvalidateWhileFetching: what was asked for before an invalidation is not
// kept after it.
func TestInvalidateWhileFetching(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := loaded(t, patient, nil).Distributions()[0]
		proceed := make(chan string)
		attach(t, d, "a", Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, <-proceed) })))
		old := make(chan string)
		go func() {
			_, body, _ := get(t, d, "GET", "/cached/a")
			old <- body
		}()
		synctest.Wait()
		if _, err := d.Invalidate("/cached/*"); err != nil {
			t.Fatal(err)
		}
		proceed <- "old"
		if body := <-old; body != "old" {
			t.Errorf("got %q", body)
		}
		go func() { proceed <- "new" }()
		if _, body, trace := get(t, d, "GET", "/cached/a"); body != "new" {
			t.Errorf("got %q\n%s", body, trace)
		}
	})
}

func TestInvalidateRefuses(t *testing.T) {
	d := loaded(t, patient, nil).Distributions()[0]
	for _, path := range []string{"", "/a b", "/*/a"} {
		if _, err := d.Invalidate(path); err == nil || !strings.HasPrefix(err.Error(), "cfsim: ") || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: got %v", path, err)
		}
	}
}

// TestMissingOrigin: a behavior whose origin is not there is answered, not left
// hanging.
func TestMissingOrigin(t *testing.T) {
	d := loaded(t, web(behaviors("/gone {TargetOriginId: attic}"), ""), nil).Distributions()[0]
	r, body, trace := get(t, d, "GET", "/gone")
	if r.StatusCode != 502 || !strings.Contains(body, `"attic"`) || !strings.Contains(trace.String(), `"attic"`) {
		t.Errorf("got %s %q\n%s", r.Status, body, trace)
	}
}
