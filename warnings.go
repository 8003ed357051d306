package cfrouter

import (
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/cfrouter/cfrouter/edgefn"
)

// Warnings are about what may be meant. The id of each is part of the contract:
// Annotations_Of(scope).AcknowledgeWarning silences it.

// warnAbout reports what is doubtful about a new route, by itself and together
// with those before it.
func (r *router) warnAbout(added *route) {
	path := added.pattern.text()
	if added.pattern.kind != edgefn.Exact && strings.Contains(added.pattern.path, "/:") {
		r.warn("parameter:"+path, "pattern %q has a segment that begins with a colon and matches that very text and nothing else, as patterns have no parameters: write \"*\" for any text, as in %q, or acknowledge this if the text is meant", added.pattern, withStars(path))
	}
	for _, d := range added.destinations {
		if value(d.target.config.SignsRequests, false) && d.wants.writes() {
			r.warn("payloadHash:"+path, "requests with a body under %q need the header x-amz-content-sha256 with the SHA-256 of the body in lower-case hex, set by the client: the function URL behind the origin access control refuses them without. Acknowledge this once clients send it, or allow fewer methods with Behavior.AllowedMethods", path)
		}
		if d.wants.cached && sendsHeaders(d.wants.forward) {
			r.warn("unkeyedRequest:"+path, "responses under %q are cached, and the origin request policy sends headers or cookies that may not be in the cache key: if a response depends on them, one viewer gets what was made for another. Name those it depends on in Cache.HeaderBehavior and CookieBehavior and acknowledge this, or set Behavior.OriginRequestPolicy to one that sends none", path)
		}
	}
	for _, other := range r.patterns.near(added) {
		r.warnAboutOverlap(added, other)
	}
	if !added.hasOwnKey() {
		return
	}
	for _, other := range r.routes {
		if other.hasOwnKey() {
			r.warnAboutSharedKey(added, other)
		}
	}
}

// hasOwnKey reports whether a policy was passed in that caches.
func (r *route) hasOwnKey() bool {
	return slices.ContainsFunc(r.destinations, func(d *destination) bool { return d.wants.ownKey() })
}

// sharesKey reports whether such a policy does not name the Router's header.
func (r *route) sharesKey() bool {
	return slices.ContainsFunc(r.destinations, func(d *destination) bool { return d.wants.sharesKey() })
}

func (r *router) warnAboutOverlap(a, b *route) {
	relation, witness := relate(a.pattern, b.pattern)
	if relation != overlapping {
		return
	}
	first, second := inOrder(a, b)
	r.warn("overlap:"+first.pattern.text()+":"+second.pattern.text(), "patterns %q and %q both match %q and neither is more specific: %q goes first. Acknowledge this if it is meant, or write one of them so that it excludes or contains the other", first.pattern, second.pattern, witness, first.pattern)
}

// warnAboutSharedKey is about routes whose policies were passed in: nothing in
// their cache key tells the routes apart, so if their targets can be asked for
// the same uri, one may answer with the object of the other. Where that is certain
// it is an error, see mixedObjects.
func (r *router) warnAboutSharedKey(a, b *route) {
	certain := a.pattern.anyHost() == b.pattern.anyHost() && a.fetchesElsewhere(b)
	if !a.sharesKey() && !b.sharesKey() || certain {
		return
	}
	witness, overlap := a.seen().Overlap(b.seen())
	if !overlap {
		return
	}
	remedy := "Use Cache instead of Behavior.CachePolicy, or name the header x-cfrouter-route in both policies"
	if a.strip != "" || b.strip != "" {
		remedy = "Use Cache instead of Behavior.CachePolicy, name the header x-cfrouter-route in both policies, or do not strip the prefixes"
	}
	first, second := inOrder(a, b)
	r.warn("sharedCacheKey:"+first.pattern.text()+":"+second.pattern.text(), "patterns %q and %q use cache policies of their own, and both targets can be asked for %q: as AWS does not say that behavior or origin are part of the cache key, one may answer with an object of the other. %s", first.pattern, second.pattern, witness, remedy)
}

// inOrder puts two routes in the order in which they are tried, so that a
// warning does not depend on which was added first.
func inOrder(a, b *route) (first, second *route) {
	if comparePatterns(b.pattern, a.pattern) < 0 {
		return b, a
	}
	return a, b
}

// warnAboutErrorPages is about error responses that replace what origins say.
func warnAboutErrorPages(scope constructs.IConstruct, given *awscloudfront.DistributionProps) {
	if given == nil {
		return
	}
	for _, response := range value(given.ErrorResponses, nil) {
		if response.ResponsePagePath != nil {
			warn(scope, "errorPages", "ErrorResponses replaces every %v of the distribution by %q: an API behind the Router could no longer tell its clients what went wrong. Let the targets make their own error pages, or acknowledge this", value(response.HttpStatus, 0), *response.ResponsePagePath)
		}
	}
}
