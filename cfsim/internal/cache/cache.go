// Package cache is CloudFront's edge cache: what is kept and for how long,
// validation with ETag and Last-Modified, stale-while-revalidate and
// stale-if-error, request collapsing, invalidation by path. It is bounded in
// memory and takes its time from a settable clock.
//
// The rules come from these pages of the CloudFront Developer Guide
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/),
// named in the code by their last part:
//
//	Expiration.html                              minimum, default and maximum TTL × Cache-Control, Expires
//	HTTPStatusCodes.html                         which 4xx and 5xx are cached; expired objects and failing origins
//	custom-error-pages-expiration.html           how long errors are cached
//	http-3xx-status-codes.html                   redirects
//	RequestAndResponseBehaviorCustomOrigin.html  validation, collapsing, Vary, lost connections and viewers
//	RangeGETs.html                               parts of objects
//	Cookies.html                                 Set-Cookie
//	invalidation-specifying-objects.html         invalidation paths
//
// Where they are silent the comment says "unstated".
//
// Different from CloudFront: parts of objects (206) are passed on and not
// kept; there is one cache, not an edge and a regional one; an object larger
// than [Options.MaxObject] is passed on and not kept (CloudFront's limit is in
// gigabytes); an entry is forgotten when memory is short, by least recent use.
//
// What leaves the cache is the caller's: header maps and the slices in them
// are never shared with what is kept.
package cache

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// DefaultMaxBytes is the memory a cache uses unless told otherwise.
const DefaultMaxBytes = 64 << 20

// Options are the limits of a [Cache].
type Options struct {
	// MaxBytes bounds what is kept and what is being received to be kept:
	// bodies, headers, keys and an estimate of the bookkeeping.
	// Default: 64 MiB.
	MaxBytes int64

	// MaxObject is the largest body that is kept, in bytes; larger ones are
	// passed on as they come.
	// Default: a quarter of MaxBytes, so that no single object pushes more
	// than that out of the cache.
	MaxObject int64

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// Policy is what a cache behavior, its cache policy and the distribution's
// custom error responses say about caching. The zero value is CloudFront's
// CachingDisabled: nothing but errors is kept, and no request waits for
// another.
type Policy struct {
	MinTTL, DefaultTTL, MaxTTL time.Duration

	// ErrorTTL is the error caching minimum TTL of a 4xx or 5xx status.
	// Default: 10 seconds for every status.
	ErrorTTL func(status int) time.Duration

	// CacheOptions keeps responses to OPTIONS requests too.
	CacheOptions bool

	// NoCollapse lets every request that is not in the cache go to the
	// origin at once, as CloudFront does where cookies are forwarded
	// (RequestAndResponseBehaviorCustomOrigin.html#request-custom-traffic-spikes).
	NoCollapse bool
}

// Request is a viewer's request as the cache sees it. The cache reads it
// before [Cache.Do] returns and not after.
type Request struct {
	// Key is the cache key; requests with equal keys are answered with each
	// other's objects. The method is not part of it: GET and HEAD share
	// objects, OPTIONS has its own.
	Key string

	// Path is what invalidation paths are compared with: the path and, where
	// the key contains query strings, "?" and the query.
	Path string

	Method string

	// Header has the viewer's If-Match, If-None-Match, If-Modified-Since,
	// If-Unmodified-Since, Range and If-Range under their canonical names;
	// others are not looked at.
	Header http.Header

	Policy Policy
}

// Fetch asks the origin. validators, when not nil, are the If-None-Match and
// If-Modified-Since of an expired object and take the place of the viewer's
// own conditional headers; when nil, the request is forwarded as the viewer
// made it.
//
// A fetch may serve several requests and outlive the one it came from, the
// more so when an object is revalidated in the background: it must not touch
// anything that its maker uses after [Cache.Do] has returned. It must return,
// and the response's body must fail, soon after ctx ends. An origin that
// cannot be reached is best reported as a response with status 502 or 504,
// since CloudFront caches those; an error is returned to everybody who waits,
// unless an expired object can be served instead. A panic counts as an error.
type Fetch func(ctx context.Context, validators http.Header) (*http.Response, error)

// Status says where a response comes from.
type Status int

const (
	// NotCacheable: from the origin, and not kept.
	NotCacheable Status = iota
	// Miss: from the origin, and kept once it has arrived whole.
	Miss
	// Hit: from the cache, or from a response to another request that is
	// still arriving ([Outcome.Collapsed]).
	Hit
	// RefreshHit: from the cache, after the origin said that it is current.
	RefreshHit
	// Stale: from the cache, though expired.
	Stale
	// Error: there is no response.
	Error
)

var statusNames = [...]string{"not cacheable", "miss", "hit", "refresh hit", "stale", "error"}

func (s Status) String() string {
	if s < 0 || int(s) >= len(statusNames) {
		return fmt.Sprintf("cache.Status(%d)", int(s))
	}
	return statusNames[s]
}

// Outcome explains a response.
type Outcome struct {
	Status Status

	// Reason says why, readably: "fresh for 24h0m0s, by Cache-Control:
	// max-age=86400", "not stored: Cache-Control: no-store, and the minimum
	// TTL is 0".
	Reason string

	// TTL is how long the object is served without asking the origin,
	// counted from its arrival or last validation. Age is how much of that
	// has passed, plus the Age it arrived with.
	TTL, Age time.Duration

	// Collapsed is set on a request that waited for another one's response
	// and was given it. CloudFront logs such a request as a hit.
	Collapsed bool
}

// Cache is an edge cache. Its methods may be called concurrently.
type Cache struct {
	now       func() time.Time
	maxBytes  int64
	maxObject int64

	mu       sync.Mutex
	entries  map[key]*list.Element // of *entry
	recent   list.List             // of *entry, most recently used first
	bytes    int64                 // what the entries take
	arriving int64                 // reserved for bodies on their way
	sequence uint64
	led      map[key]*flight      // flights that requests may join
	flying   map[*flight]struct{} // every flight whose answer may still be stored
	closed   bool

	background sync.WaitGroup
}

// New returns an empty cache.
func New(o Options) *Cache {
	if o.MaxBytes <= 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.MaxObject <= 0 {
		o.MaxObject = o.MaxBytes / 4
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Cache{
		now:       o.Now,
		maxBytes:  o.MaxBytes,
		maxObject: min(o.MaxObject, o.MaxBytes),
		entries:   map[key]*list.Element{},
		led:       map[key]*flight{},
		flying:    map[*flight]struct{}{},
	}
}

// Do answers a request from the cache or through fetch. The caller closes the
// response's body; until then it may hold up an object that is still arriving.
// When the last viewer of such an object goes away, by closing the body or
// ending its context, the fetch is stopped and nothing is kept.
func (c *Cache) Do(ctx context.Context, r *Request, fetch Fetch) (*http.Response, Outcome, error) {
	k, ok := r.key()
	if !ok {
		return bypass(ctx, r, fetch)
	}
	now := c.now()
	c.mu.Lock()
	e := c.find(k, now)
	if e != nil {
		if s, reason := e.state(now); s != expired {
			if s == staleRevalidate {
				c.revalidate(ctx, r, k, e, fetch)
			}
			c.mu.Unlock()
			resp := e.serve(r, now)
			return resp, e.outcome(s.status(), reason, now), nil
		}
	}
	if r.personal(e) {
		f := c.begin(ctx, r, k, e)
		c.mu.Unlock()
		return f.alone(r, fetch)
	}
	f, place := c.join(ctx, r, k, e, now)
	c.mu.Unlock()
	if place == f.leader {
		go f.run(fetch)
	}
	return f.await(ctx, r, place, fetch)
}

// Len returns the number of objects in the cache.
func (c *Cache) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.recent.Len()
}

// Bytes returns the memory that the cache counts against [Options.MaxBytes].
func (c *Cache) Bytes() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bytes + c.arriving
}

// Close ends revalidations in the background, which fails the requests that
// have come to wait for one, and waits for them. The cache stays usable and
// starts no new ones.
func (c *Cache) Close() {
	c.mu.Lock()
	c.closed = true
	var stops []func()
	for f := range c.flying {
		if f.background {
			stops = append(stops, f.stop)
		}
	}
	c.mu.Unlock()
	for _, stop := range stops {
		stop()
	}
	c.background.Wait()
}

// key names an object. HEAD responses are kept beside the objects they
// describe, since they have no body to answer a GET with.
type key struct {
	name string
	kind kind
}

type kind byte

const (
	whole   kind = iota // the response to a GET
	head                // the response to a HEAD
	options             // the response to an OPTIONS request
)

// key returns the request's key, and false when its response is never cached:
// "CloudFront always caches responses to GET and HEAD requests", to OPTIONS
// requests when configured, and to no others (HTTPStatusCodes.html).
func (r *Request) key() (k key, ok bool) {
	switch r.Method {
	case http.MethodGet, "":
		return key{r.Key, whole}, true
	case http.MethodHead:
		return key{r.Key, head}, true
	case http.MethodOptions:
		return key{r.Key, options}, r.Policy.CacheOptions
	}
	return key{}, false
}

// disabled reports whether the policy is CachingDisabled.
func (p *Policy) disabled() bool {
	return p.MinTTL <= 0 && p.DefaultTTL <= 0 && p.MaxTTL <= 0
}

// personal reports whether the answer to a request may suit nobody else, so
// that neither must others wait for it nor it for others. stored is what will
// be validated, nil when there is nothing.
//
// "If you would like to prevent all request collapsing" use CachingDisabled or
// forward cookies (RequestAndResponseBehaviorCustomOrigin.html). A part of an
// object, and a 304 to the viewer's own validators, are nothing to share.
func (r *Request) personal(stored *entry) bool {
	if r.Policy.NoCollapse || r.Policy.disabled() || r.has("Range") {
		return true
	}
	return (stored == nil || !stored.validatable()) && r.conditional()
}

func (r *Request) has(name string) bool { return len(r.Header[name]) > 0 }

func (r *Request) conditional() bool {
	return r.has("If-None-Match") || r.has("If-Modified-Since") || r.has("If-Match") || r.has("If-Unmodified-Since")
}

// bypass sends a request to the origin that the cache has no part in.
func bypass(ctx context.Context, r *Request, fetch Fetch) (*http.Response, Outcome, error) {
	resp, err := call(ctx, fetch, nil)
	if err != nil {
		return nil, failure(err), err
	}
	reason := "not stored: responses to " + r.Method + " requests are not cached"
	if r.Method == http.MethodOptions {
		reason += " by this behavior"
	}
	return resp, Outcome{Status: NotCacheable, Reason: reason}, nil
}

func failure(err error) Outcome { return Outcome{Status: Error, Reason: err.Error()} }

var errNoResponse = errors.New("cfsim: the origin returned neither a response nor an error")

// call is fetch, with panics and missing responses made errors.
func call(ctx context.Context, fetch Fetch, validators http.Header) (resp *http.Response, err error) {
	defer func() {
		if p := recover(); p != nil {
			resp, err = nil, fmt.Errorf("cfsim: the origin panicked: %v", p)
		}
	}()
	resp, err = fetch(ctx, validators)
	switch {
	case err != nil:
		return nil, err
	case resp == nil:
		return nil, errNoResponse
	case resp.Body == nil:
		resp.Body = http.NoBody
	}
	return resp, nil
}
