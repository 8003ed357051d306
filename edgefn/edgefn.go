// Package edgefn composes what a Router runs at the edge: one CloudFront
// Function for the viewer-request event that holds the whole route table.
//
// It needs neither the CDK nor jsii. The JavaScript lives in files of its own
// beside this one; [Compose] adds the table and removes what no route uses, and
// comments and white space. The code keeps to what the engine behind CloudFront's
// JavaScript runtime 2.0 takes.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html)
// [Check] says of any function, whoever wrote it, what that engine would not take.
package edgefn

import (
	_ "embed"
	"slices"
	"strings"
)

// MaxBytes is CloudFront's limit for the code of one function. It cannot be
// raised.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions)
const MaxBytes = 10_240

// RouteHeader is the request header that keeps the cached objects of one route
// apart from those of every other. The function sets it on every request of a
// cached route, so that no viewer chooses its value.
const RouteHeader = "x-cfrouter-route"

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

	Strip string  // what is taken off the beginning of the uri; "" for nothing
	Key   string  // value of [RouteHeader]; "" for a route that is not cached
	Index *string // document for a path that ends in "/"; "" answers "/" with 404; nil for origins that are no object store

	Forwards bool // the origin is sent headers of the viewer's, so they must tell the truth
}

//go:embed router.js
var routerJS string

// Compose returns the code of the viewer-request function that sends each
// request to the first of the routes that matches it. The routes are taken in
// order, most specific first.
func Compose(routes []Route) string {
	routes = withBarePrefixes(routes)
	source := selectParts(routerJS, map[string]bool{
		"keys":    slices.ContainsFunc(routes, func(r Route) bool { return r.Key != "" }),
		"stores":  slices.ContainsFunc(routes, func(r Route) bool { return r.Index != nil }),
		"indexes": slices.ContainsFunc(routes, func(r Route) bool { return r.Index != nil && *r.Index != "" }),
	})
	return squeeze(strings.Replace(source, "= FIND;", "= "+findJS(routes)+";", 1))
}

// withBarePrefixes adds a row in front of each route to an object store that has
// an index document and keeps its prefix: the bare prefix is redirected to the
// prefix with a slash, or relative links in the document would not resolve. The
// function itself sees to that where the prefix is stripped.
func withBarePrefixes(routes []Route) []Route {
	var out []Route
	for _, r := range routes {
		if r.Kind == Prefix && r.Path != "/" && r.Strip == "" && r.Index != nil && *r.Index != "" {
			out = append(out, Route{Kind: Exact, Path: r.Path, Strip: r.Path, Index: r.Index})
		}
		out = append(out, r)
	}
	return out
}
