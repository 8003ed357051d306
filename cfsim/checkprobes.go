package cfsim

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// remainders stand for what wildcards match. Functions that take a prefix off, or
// add a document to it, turn the paths that they make of different patterns into
// the same one.
var remainders = []string{"", "index.html", "object", "folder/", "folder/object.html"}

// checkProbes sends a few requests through each behavior, edge functions included,
// and looks for functions that fail and for origins that share a cache key. It
// executes what is there instead of reading it, so what it reports does happen;
// that it reports nothing proves little.
func (c *checker) checkProbes() {
	type owner struct{ origin, url string }
	owners := map[string]owner{}
	reported := map[string]bool{}
	for _, url := range c.probes() {
		r, err := NewRequest("GET", url)
		if err != nil {
			continue // a pattern that is no part of a url, reported elsewhere
		}
		if f := c.d.behaviorOf(url).viewerRequest; f != nil && reported[f.resource.ID] {
			continue // it fails, perhaps only after a while
		}
		c.d.requests.Add(1) // each probe has an id of its own, which may be part of its key
		trace := c.probe(r, reported)
		c.reportFailure(trace, url, reported)
		if !trace.Cacheable || trace.Origin == "" {
			continue
		}
		content := trace.Origin + trace.origin.OriginPath // two folders of one bucket are two origins
		first, ok := owners[trace.CacheKey]
		pair := min(first.origin, content) + " " + max(first.origin, content)
		switch {
		case !ok:
			owners[trace.CacheKey] = owner{content, url}
		case first.origin != content && !reported[pair]:
			reported[pair] = true
			c.add(Error, "shared-cache-key", c.d.resource.ID,
				"%s of %s and %s of %s have the same key in the cache, %q, so that whoever is asked first answers for both: put something that tells them apart into the cache policy",
				first.url, first.origin, url, content, trace.CacheKey)
		}
	}
}

// page is how an origin is taken to answer a probe. It has the headers that objects
// of a bucket have, as a function that relies on them does not fail for want of them.
func page() *answer {
	const date = "Fri, 02 Jan 2026 12:00:00 GMT"
	return &answer{status: http.StatusOK, from: fromOrigin, header: http.Header{
		"Content-Type": {"text/html; charset=utf-8"}, "Content-Length": {"0"},
		"Date": {date}, "Last-Modified": {date}, "Etag": {`"0"`}, "Server": {"origin"},
	}}
}

// probe explains a request, with a run of the CloudFront function at viewer-response
// unless that has failed before.
func (c *checker) probe(r *http.Request, failed map[string]bool) *Trace {
	x := c.d.newExchange(r, true)
	if a := x.run(); a != nil || x.behavior == nil {
		return x.trace
	}
	if f := x.behavior.viewerResponse; f != nil && !failed[f.resource.ID] {
		x.finish(page())
	}
	return x.trace
}

// reportFailure reports each failing function once. One whose key-value store has
// values that are not known here may find them once deployed, and code that cannot be
// parsed is reported elsewhere.
func (c *checker) reportFailure(t *Trace, url string, reported map[string]bool) {
	for _, run := range t.Functions {
		if run.Err == "" || reported[run.Name] {
			continue
		}
		reported[run.Name] = true
		f := c.d.behaviorOf(url).function(run.EventType)
		if !run.Unparsable && (f == nil || f.store == nil || f.store.holds()) {
			c.add(Error, "function-fails", run.Name, "the function fails at %s for %s: %s", run.EventType, url, run.Err)
		}
	}
}

// probes are paths that the patterns match, each first matched by its own.
func (c *checker) probes() []string {
	urls := map[string]bool{}
	for _, b := range c.d.behaviors {
		pattern := strings.ReplaceAll(b.matches[0], "?", "x")
		for _, remainder := range remainders {
			urls[strings.ReplaceAll(pattern, "*", remainder)] = true
		}
		urls[strings.ReplaceAll(strings.TrimSuffix(pattern, "/*"), "*", "object")] = true
	}
	return slices.Sorted(maps.Keys(urls))
}
