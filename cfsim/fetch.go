package cfsim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cfrouter/cfrouter/cfsim/internal/cache"
	"github.com/cfrouter/cfrouter/cfsim/internal/compress"
)

// throughCache answers from the cache or from an origin.
func (x *exchange) throughCache() *answer {
	o, refused := x.chooseOrigin()
	if refused != nil {
		return refused
	}
	if x.uri == "/" && x.d.config.DefaultRootObject != "" {
		x.uri += strings.TrimPrefix(x.d.config.DefaultRootObject, "/")
		x.trace.step("origin", "/ is the default root object %s", x.uri)
	}
	first := single(o)
	x.trace.reaches(first, nil, "")
	x.trace.URI = first.OriginPath + x.uri
	x.describeCache()
	if x.dry {
		return x.explainOrigin(o)
	}
	if !x.trace.Cacheable {
		response, err := x.ask(x.ctx, o, nil)
		return x.answered(response, err, "Miss from cloudfront")
	}
	return x.askCache(o)
}

// explainOrigin says what an origin would be asked.
func (x *exchange) explainOrigin(o *origin) *answer {
	if len(o.members) > 0 {
		x.trace.step("origin", "%s", describeGroup(o))
	}
	ready, err := x.prepare(single(o))
	switch {
	case err != nil:
		return x.originFailed(err)
	case ready.made != nil:
		return x.answered(ready.made, nil, "")
	}
	return nil
}

func (x *exchange) describeCache() {
	x.trace.Cacheable = x.behavior.caches(x.viewer.Method)
	x.trace.CacheKey = x.cacheKey()
	if !x.trace.Cacheable {
		x.trace.step("cache", "%s", x.whyNotCached())
		return
	}
	c := x.behavior.cache
	step := x.trace.step("cache", "by policy %s: %s unless the origin says otherwise, %s to %s", cmp.Or(c.Name, "of the behavior"), span(c.DefaultTTL), span(c.MinTTL), span(c.MaxTTL))
	step.Details = append([]string{"key:"}, strings.Split(x.trace.CacheKey, "\n")...)
}

func (x *exchange) whyNotCached() string {
	if x.behavior.cache.Disabled() {
		return fmt.Sprintf("not used, by %s", x.behavior.cache.Name)
	}
	return fmt.Sprintf("not used for %s, cached are %s", x.viewer.Method, strings.Join(x.behavior.CachedMethods, ", "))
}

// prepare makes the request for an origin, which Lambda@Edge may change or answer,
// and says whether the origin will let the distribution in. It returns the reason if
// not.
func (x *exchange) prepare(o *origin) (*prepared, error) {
	o, sent, made, err := x.runOriginRequestLambda(o, x.originRequest(o))
	if err != nil || made != nil {
		return &prepared{made: made}, err
	}
	o.addCustomHeaders(sent)
	step := x.trace.step("origin", "%s: %s %s", o.name, sent.Method, sent.URL)
	step.Details = append([]string{"host: " + sent.Host}, lines(sent.Header)...)
	allowed, denied := o.access.check(o, sent)
	if denied != "" {
		x.trace.step("access", "denied: %s", denied)
	} else if allowed != "" {
		x.trace.step("access", "%s", allowed)
	}
	x.trace.reaches(o, sent, denied)
	return &prepared{origin: o, sent: sent, denied: denied}, nil
}

// prepared is a request that is ready to be sent.
type prepared struct {
	origin *origin
	sent   *OriginRequest
	denied string         // why the origin will refuse it, "" if not
	made   *http.Response // of a function, in place of all that
}

func describeGroup(g *origin) string {
	var members, codes []string
	for _, m := range g.members {
		members = append(members, m.Id)
	}
	for _, code := range g.failover {
		codes = append(codes, fmt.Sprint(code))
	}
	return fmt.Sprintf("group %s of %s, the second if the first fails or answers %s", g.Id, strings.Join(members, " and "), strings.Join(codes, ", "))
}

// askCache answers from the cache, which asks the origin for what it does not
// have.
func (x *exchange) askCache(o *origin) *answer {
	c := x.behavior.cache
	request := &cache.Request{
		Key: x.trace.CacheKey, Path: x.keyPath(), Method: x.viewer.Method, Header: x.header,
		Policy: cache.Policy{
			MinTTL: c.MinTTL, DefaultTTL: c.DefaultTTL, MaxTTL: c.MaxTTL, ErrorTTL: x.d.errorTTL(single(o)),
			CacheOptions: slices.Contains(x.behavior.CachedMethods, http.MethodOptions),
			NoCollapse:   x.behavior.forwardsCookies(),
		},
	}
	// The cache may go on asking after this exchange has its answer.
	var asked sync.Mutex
	var origins Trace
	response, outcome, err := x.d.cache.Do(x.ctx, request, func(ctx context.Context, validators http.Header) (*http.Response, error) {
		fork := *x
		fork.trace, fork.ctx = &Trace{}, ctx
		fork.setBody(nil, 0) // it may not be there any more
		response, err := fork.ask(ctx, o, validators)
		var failure *originError
		if errors.As(err, &failure) { // kept for a while, like the errors of origins
			fork.trace.step("origin", "%d: %s", failure.status, failure.reason)
			response, err = plainResponse(failure.status, failure.reason+"\n"), nil
			if failure.xCache != "" {
				response.Header.Set(madeAtEdge, failure.xCache)
			}
		}
		asked.Lock()
		defer asked.Unlock()
		origins.add(fork.trace)
		return response, err
	})
	asked.Lock()
	x.trace.add(&origins)
	asked.Unlock()
	x.trace.Cache = outcome.Status.String()
	x.trace.step("cache", "%s: %s", outcome.Status, outcome.Reason)
	return x.answered(response, err, xCache[outcome.Status])
}

// errorTTL is how long an error is kept: 10 seconds unless the distribution has
// a setting for its status, and at least one second if it is a bucket's.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html,
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html)
func (d *Distribution) errorTTL(o *origin) func(status int) time.Duration {
	return func(status int) time.Duration {
		ttl := 10 * time.Second
		if e, ok := d.errors[status]; ok && e.ErrorCachingMinTTL != nil {
			ttl = time.Duration(float64(*e.ErrorCachingMinTTL) * float64(time.Second))
		}
		if o.isS3() {
			return max(ttl, time.Second)
		}
		return ttl
	}
}

// madeAtEdge is a header that a response has between the edge function that made it
// and its answer: what X-Cache is to say.
const madeAtEdge = "Cfsim-Made-At-Edge"

// answered makes an answer of what an origin or the cache returned.
func (x *exchange) answered(r *http.Response, err error, xCache string) *answer {
	if err != nil {
		return x.originFailed(err)
	}
	header := r.Header.Clone()
	if r.StatusCode >= 400 {
		xCache = "Error from cloudfront"
	}
	made := header.Get(madeAtEdge)
	header.Del(madeAtEdge)
	if made != "" && !strings.Contains(xCache, "Hit") {
		xCache = made
	}
	header.Set("X-Cache", xCache)
	return &answer{status: r.StatusCode, header: header, body: r.Body, length: r.ContentLength, from: fromOrigin, made: made != ""}
}

// ask sends the request to an origin, or to the members of a group one after the
// other, and compresses what it answers.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html)
func (x *exchange) ask(ctx context.Context, o *origin, validators http.Header) (*http.Response, error) {
	if len(o.members) == 0 {
		return x.compressed(x.askOne(ctx, o, validators))
	}
	x.trace.step("origin", "%s", describeGroup(o))
	response, err := x.askOne(ctx, o.members[0], validators)
	failed := err != nil && o.failsOver(err) || err == nil && slices.Contains(o.failover, response.StatusCode)
	safe := slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, x.viewer.Method)
	if len(o.members) < 2 || !failed || !safe || ctx.Err() != nil {
		return x.compressed(response, err)
	}
	why := fmt.Sprint(err)
	if err == nil {
		why = fmt.Sprintf("it answered %d", response.StatusCode)
		response.Body.Close()
	}
	x.trace.step("origin", "%s failed (%s), so %s is asked", o.members[0].Id, why, o.members[1].Id)
	return x.compressed(x.askOne(ctx, o.members[1], validators))
}

// failsOver reports whether the second member of a group is asked because the first
// gave no answer: if 504 is among the codes for one that is late, and else if 503 is.
func (o *origin) failsOver(err error) bool {
	var failure *originError
	if errors.As(err, &failure) && failure.status == http.StatusGatewayTimeout {
		return slices.Contains(o.failover, http.StatusGatewayTimeout)
	}
	return slices.Contains(o.failover, http.StatusServiceUnavailable)
}

// compressed compresses an answer at the edge if the behavior wants that.
func (x *exchange) compressed(r *http.Response, err error) (*http.Response, error) {
	c := x.behavior.cache
	if err != nil || !bool(x.behavior.Compress) || c.Disabled() || r.Body == nil || x.viewer.ProtoMajor == 1 && x.viewer.ProtoMinor == 0 {
		return r, err
	}
	encoding := compress.Choose(x.header.Get("Accept-Encoding"), c.Gzip, c.Brotli)
	if encoding == "" {
		return r, nil
	}
	if reason, ok := compress.Eligible(r.StatusCode, r.Header); !ok {
		x.trace.step("compress", "no: %s", reason)
		return r, nil
	}
	x.trace.step("compress", "%s", encoding)
	compress.Rewrite(r.Header, encoding)
	r.Header.Del("Accept-Ranges")
	r.ContentLength = -1
	r.Body = encode(encoding, r.Body)
	return r, nil
}

// encode returns what is left of a body, compressed. Closing it closes the body.
func encode(encoding string, body io.ReadCloser) io.ReadCloser {
	reader, writer := io.Pipe()
	go func() {
		defer body.Close()
		encoder := compress.Encode(encoding, writer)
		_, err := io.Copy(encoder, body)
		if err == nil {
			err = encoder.Close()
		}
		writer.CloseWithError(err)
	}()
	return compressing{reader, body}
}

// compressing is a body on its way through an encoder.
type compressing struct {
	*io.PipeReader
	body io.Closer
}

func (c compressing) Close() error {
	c.PipeReader.Close()
	return c.body.Close()
}
