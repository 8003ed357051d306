// Package edgefn composes what a Router runs at the edge: one CloudFront
// Function for the viewer-request event that holds the whole route table, and
// one for the viewer-response event if a route has something to change there.
//
// It needs neither the CDK nor jsii. The JavaScript lives in js, in files of its
// own; [Compose] adds the table and removes what no route uses, and comments and
// white space. The code keeps to what the engine behind CloudFront's JavaScript
// runtime 2.0 takes.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html)
// [Check] says of any function, whoever wrote it, what that engine would not take.
package edgefn

// MaxBytes is CloudFront's limit for the code of one function. It cannot be
// raised.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions)
const MaxBytes = 10_240

// RouteHeader is the request header that keeps the cached objects of one route
// apart from those of every other. The function sets it on every request of a
// cached route, so that no viewer chooses its value.
const RouteHeader = "x-cfrouter-route"

// Table is what the edge functions of a Router do.
type Table struct {
	// Routes are tried in order. Those for a host come before those for a wildcard
	// host, and those before the ones without; of each, the most specific path first.
	Routes []Route
	// Code is the user's own, run on every request.
	Code Hooks
	// Maintenance is answered to everything while the key [MaintenanceKey] of the
	// key-value store is "on"; nil if it is never looked up. Without a status it is a
	// 503, and a 503 without Retry-After has one of 300 seconds.
	Maintenance *Response
	// Store says that rows of the table may be kept in a key-value store if they do
	// not fit into the function.
	Store bool
}

// MaintenanceKey is the key of the store that turns maintenance on.
const MaintenanceKey = "maintenance"

// Kind says how the path of a [Route] is matched.
type Kind int

const (
	// Prefix matches the path, the path with a slash, and everything below.
	// The path "/" matches everything.
	Prefix Kind = iota
	// Exact matches the path and nothing else.
	Exact
	// Glob matches as the path pattern of a cache behavior does.
	Glob
)

// Route is a row of the route table.
type Route struct {
	Kind Kind
	Path string // a canonical glob, or a path; no slash at the end of a prefix
	Host string // "admin.example.com", "*.example.com", or "" for every host
	When []Condition

	Strip string // what is taken off the beginning of the uri; "" for nothing
	Destination

	Code     Hooks     // the user's own code for this route
	Answer   *Response // what the edge answers by itself; the destination is then unused
	Split    *Split    // destinations to choose from instead of the route's own
	Rewrites []Rewrite // the first that matches what is left of the path is applied
	Query    *Query
	// Restore puts what was stripped back in front of the paths in a response, in the
	// place of the destination's Base if they have it: those of Location,
	// Content-Location and the Path of cookies. Of urls, those of the
	// viewer's host are mapped; others stay, the origin's own among them, as do
	// relative ones, paths that have the prefix and cookies named __Host-. So does
	// a response with a status of 400 or more, which no function is run for.
	Restore bool

	asides bool // what the route has for itself is beside its entry in the store
}

// Destination is where a route leads to.
type Destination struct {
	Origin string // id of the origin to select; "" for that of the behavior
	// Elsewhere is a server that is none of the distribution's origins: its host, and
	// the path that is put in front of every request's, if there is one. It is reached
	// by https; all other settings are those of the behavior's own origin.
	Elsewhere string
	Key       string  // value of [RouteHeader]; "" for a route that is not cached
	Index     *string // document for a path that ends in "/"; "" answers "/" with 404; nil for origins that are no object store

	// Base is the path that the origin puts in front of every request's, if there is
	// one. What an application says of its own paths may have it: [Route.Restore].
	Base string

	Forwards bool // the origin is sent headers of the viewer's, so they must tell the truth

	// What follows is for a behavior whose settings suit other routes as well.
	Methods string // those let through, such as "GET HEAD"; "" for all that the behavior allows
	Unique  bool   // not cached by a behavior that caches: no two requests have one key
	Plain   bool   // the origin must see neither the query string nor what it could take for a request from another site

	Documents *Documents // of a site in an object store

	// Expressions for Key and Elsewhere if they are not written out, since they are in
	// the entry of a listed route.
	keyJS, elsewhereJS string
}
