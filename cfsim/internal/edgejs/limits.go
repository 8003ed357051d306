package edgejs

import (
	"context"
	"fmt"
	"runtime"
	"runtime/metrics"
	"time"

	"github.com/dlclark/regexp2/v2"
)

// Nothing interrupts a match of a regular expression. Most are matched in time
// that grows with the text only, but those with a lookaround or a reference to a
// group are not, and can take for ever. goja gives no access to the limit of such
// a match but this one, which holds for the whole process; it has the run end
// later than its own limit by as much.
func init() { regexp2.DefaultMatchTimeout = min(regexp2.DefaultMatchTimeout, defaultLimits.time) }

// limits end a run that would not end by itself. CloudFront's own are below a
// millisecond of compute time, which it does not publish, and 2 MB of memory;
// these do no more than keep the process healthy.
type limits struct {
	time   time.Duration
	calls  int           // nested
	heap   uint64        // bytes by which the heap of the process may grow
	unseen time.Duration // runs shorter than this are not watched
}

var defaultLimits = limits{time: time.Second, calls: 1000, heap: 64 << 20, unseen: 3 * time.Millisecond}

// maxValue is the largest text, buffer or list that one operation may make, in
// bytes or elements. It is CloudFront's limit for the memory of a function.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions)
const maxValue = 2 << 20

// watchEvery is how often a run is looked at that takes long.
const watchEvery = time.Millisecond

// watch interrupts the run when its time is over, its context is done or it takes
// too much memory, until the function that it returns is called.
func (r *run) watch(ctx context.Context) (end func()) {
	done := make(chan struct{})
	start := time.Now()
	timer := time.AfterFunc(r.f.limits.unseen, func() {
		heap := heapBytes()
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-ctx.Done():
				r.vm.Interrupt(fmt.Errorf("the run was given up: %w", context.Cause(ctx)))
				return
			case <-tick.C:
			}
			if time.Since(start) > r.f.limits.time {
				r.vm.Interrupt(fmt.Errorf("the function ran for more than %v; is there a loop without an end?", r.f.limits.time))
				return
			}
			if r.tooMuch(&heap) {
				r.vm.Interrupt(fmt.Errorf("the function took more than %d MB of memory; CloudFront allows 2", r.f.limits.heap>>20))
				return
			}
		}
	})
	return func() {
		timer.Stop()
		close(done)
	}
}

// tooMuch reports whether the heap has grown by more than the limit since it had
// the given size. What others in the process allocate meanwhile counts as well,
// but not what they left behind.
func (r *run) tooMuch(since *uint64) bool {
	limit := *since + r.f.limits.heap
	switch now := heapBytes(); {
	case now < limit:
		return false
	case now > limit+3*r.f.limits.heap:
		// There is no time to look more closely.
		return true
	}
	runtime.GC()
	now := heapBytes()
	*since = min(*since, now)
	return now > limit
}

// heapBytes is the size of all objects, garbage that was not yet swept included.
func heapBytes() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
