package cfrouter

import (
	"fmt"
	"slices"

	"github.com/cfrouter/cfrouter/edgefn"
)

// Dispatch says where it is decided which target a request goes to.
type Dispatch string

const (
	// Dispatch_BEHAVIORS gives the routes behaviors of their own, so that CloudFront
	// chooses the target: two for a plain path, one for a glob or an Exact route, none
	// for "/". CloudFront takes 75. Routes that differ in nothing but their host or
	// their conditions share behaviors, and those that the edge answers need none.
	Dispatch_BEHAVIORS Dispatch = "BEHAVIORS"

	// Dispatch_EDGE lets the edge function choose the target, among thousands if need
	// be. Routes have a behavior of their own only if their settings, such as their
	// methods or their origin request policy, do not suit one that is there already. As
	// long as the table of the routes fits into the 10,240 bytes that CloudFront takes
	// of a function it is part of it; beyond that it is kept in the key-value store, of
	// which a request reads one value, and three at most: with routes for hosts, or a
	// path that could be spelled otherwise.
	Dispatch_EDGE Dispatch = "EDGE"
)

// RewriteRule changes a path.
type RewriteRule struct {
	// Match is a regular expression of JavaScript's, without slashes around it or
	// flags, such as "^/v1/(.*)$". It looks at the path that is left after stripping,
	// escapes included, without the query string, and matches anywhere unless ^ and $
	// say otherwise. What the engine of CloudFront Functions cannot run is an error.
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html)
	Match *string

	// Replace is what takes the place of that which matches: $1 to $99 and $<name> are
	// groups of it, $& is all of it and $$ is a dollar sign.
	Replace *string
}

// rewritesOf are the rules of a route.
func rewritesOf(options *RouteOptions) ([]edgefn.Rewrite, error) {
	var out []edgefn.Rewrite
	for i, rule := range value(options.Rewrite, nil) {
		if rule == nil || rule.Match == nil || rule.Replace == nil {
			return nil, fmt.Errorf(`RouteOptions.Rewrite rule number %d lacks Match or Replace: write both, such as "^/v1/(.*)$" and "/$1"`, i+1)
		}
		for _, text := range []string{*rule.Match, *rule.Replace} {
			if err := plain("RouteOptions.Rewrite", text); err != nil {
				return nil, err
			}
		}
		read := edgefn.Rewrite{Match: *rule.Match, Replace: *rule.Replace}
		if err := read.Check(); err != nil {
			return nil, fmt.Errorf("RouteOptions.Rewrite rule number %d: %w", i+1, err)
		}
		out = append(out, read)
	}
	return out, nil
}

// QueryOptions say which parameters of the query string a target is sent. They are
// written as in the URL, escapes included; a star at the end of a name stands for
// any that begins so, such as "utm_*".
type QueryOptions struct {
	// Allow are the only ones that are kept; an empty list keeps none.
	// Default: - all but those of Deny.
	Allow *[]*string

	// Deny are those that are dropped, besides those that are there to track visitors,
	// such as utm_source, gclid and fbclid (edgefn.TrackingParameters).
	// Default: - only those that are there to track visitors.
	Deny *[]*string

	// KeepTracking keeps the parameters that are there to track visitors.
	// Default: - false.
	KeepTracking *bool
}

// queryOf are the rules of a route for the query string; nil if it has none.
func queryOf(options *RouteOptions) (*edgefn.Query, error) {
	given := options.Query
	if given == nil {
		return nil, nil
	}
	if given.Allow != nil && (given.Deny != nil || given.KeepTracking != nil) {
		return nil, fmt.Errorf("RouteOptions.Query has Allow, which names all that is kept, and Deny or KeepTracking beside it: leave out either")
	}
	allow, err := names("RouteOptions.Query.Allow", given.Allow)
	if err != nil {
		return nil, err
	}
	deny, err := names("RouteOptions.Query.Deny", given.Deny)
	if err != nil {
		return nil, err
	}
	if given.Allow == nil && !value(given.KeepTracking, false) {
		deny = append(deny, edgefn.TrackingParameters...)
	}
	query := &edgefn.Query{Allow: allow, Deny: deny}
	if err := query.Check(); err != nil {
		return nil, fmt.Errorf("RouteOptions.Query: %w", err)
	}
	return query, nil
}

// names are those of a list, sorted and each once; nil if there is no list.
func names(where string, list *[]*string) ([]string, error) {
	if list == nil {
		return nil, nil
	}
	out := []string{}
	for i, name := range *list {
		if name == nil {
			return nil, fmt.Errorf("%s has a nil as number %d: leave it out", where, i+1)
		}
		if err := plain(where, *name); err != nil {
			return nil, err
		}
		out = append(out, *name)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// plain refuses text that cannot be written into the edge function, since it is
// known only at deployment.
func plain(where, text string) error {
	if isToken(text) {
		return fmt.Errorf("%s has %q, which is known only at deployment, and the edge function is written at synthesis: write plain text", where, text)
	}
	return nil
}
