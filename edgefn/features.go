package edgefn

// Response is an answer of the edge's own: a redirect, if Location is set. Without
// a cache-control among its headers it is sent with no-store, without a
// content-type its body is plain text.
type Response struct {
	Status  int
	Headers map[string]string // names in lower case
	Body    string

	Location  string // a path or a URL
	KeepPath  bool   // append what is left of the path, between the path and the query string of Location
	KeepQuery bool   // append the viewer's query string
}

// Condition must hold for a route to match. Of what was sent several times, one
// value decides. Names and values of parameters are compared as they stand in the
// url, percent signs and all.
type Condition struct {
	Subject Subject
	Name    string   // of the header (in lower case), cookie or query parameter
	Values  []string // one of them; empty: anything, as long as it is there
	Not     bool
}

// Subject is what a [Condition] looks at.
type Subject int

const (
	Header Subject = iota
	Cookie
	Parameter
	Country // two letters, in upper case
	Method
)

// Split divides viewers among destinations. One of weight 0 gets no request, and one
// that has all the weight gets every one. See [WeightsKey] for how to change weights.
type Split struct {
	// ID names the split: it is the key of the weights in the key-value store, and
	// part of what is hashed.
	ID           string
	Destinations []Destination
	Weights      []float64 // one for each, used while the store has none
	// Cookie keeps a viewer where the first request led, once it was answered with a
	// status below 400. Header does so by its value instead; requests without it are
	// led anywhere. One of them is set.
	Cookie, Header string
	MaxAge         int // of the cookie, in seconds; 0 for the browser's session
}

// Rewrite replaces the first match in a path, whose escapes are those of the url.
type Rewrite struct {
	Match   string // a regular expression of JavaScript's, without slashes around it
	Replace string // with $1, $<name>, $& and $$
}

// Query says which parameters of the query string are kept. The others are
// dropped, and those kept are sorted by name. Names are compared as they stand in
// the url.
type Query struct {
	Allow []string // only these; nil for all but Deny
	Deny  []string // a star at the end stands for any name that begins so
}

// Documents says how the paths of a site lead to the documents in an object store.
type Documents struct {
	// Fallback is the document, beginning with a slash, that is sent with status 200
	// for paths that name no file, which is to say without a dot in their last
	// segment; "" for none.
	Fallback string
	Clean    CleanUrls
	// NotFound is the document that is sent with status 404 for paths that Content
	// does not have, nor a fallback; "" for none.
	NotFound string
	// Content are the keys of the store, each with a slash in front, if they are
	// known; nil otherwise.
	Content []string
	// Immutable are globs of the documents that never change under one name. Unless
	// it is empty, browsers keep those for a year, and nobody keeps HTML. What an
	// object's own Cache-Control or Expires says wins.
	Immutable []string
}

// CleanUrls says which document a path without extension names.
type CleanUrls int

const (
	NoCleanUrls CleanUrls = iota
	HtmlFiles             // /about is /about.html, and /about/ is redirected to it
	HtmlFolders           // /about/ is /about/index.html, and /about is redirected to it
)

// Hooks are the user's own code that runs before and after the Router's, on one
// event each; nil for none. That of the table runs around that of a route.
//
// BeforeRequest of the table sees the request as the viewer sent it, and what it
// makes of the path is routed and checked as if the viewer had. BeforeRequest of a
// route runs once the route is found and the path is known to have no other
// spelling, and sees the whole path. If it changes the path, the route stays the
// same, its prefix is taken off if it is still there, and nothing is checked again.
// AfterRequest sees the request as the origin will, and does not run if the edge
// answers by itself.
//
// BeforeResponse and AfterResponse run when CloudFront runs functions at
// viewer-response at all. Those of a route rest on [RespondHeader].
//
// What a handler returns goes on in place of what it was given, which must have
// the same structure. A response, told by its statusCode, ends a request. What is
// neither a request nor a response, or a request without uri or headers, makes
// CloudFront answer with 502, as it does to such a function on its own.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/monitoring-functions.html)
type Hooks struct {
	BeforeRequest, AfterRequest   *Source
	BeforeResponse, AfterResponse *Source
}

// Source is code of the user's: a complete CloudFront Function for runtime 2.0, with
// a function named handler at its top level. It runs in a scope of its own, where
// its top-level statements are run anew each time its handler is called.
//
// cf, the module cloudfront, is there without an import, and cf.kvs() reads the
// Router's key-value store. The modules crypto and querystring are had with
// require. A promise is waited for if the handler is async or if any of the words
// async, Promise, kvs and subtle is in the code; other handlers must not return one.
type Source struct {
	Name string // for messages: a file, or what else tells the user where it is
	Code string
}

// Entry is a key of a key-value store and its value.
type Entry struct{ Key, Value string }
