package signed

import (
	"strings"

	"github.com/cfrouter/cfrouter/internal/glob"
)

// matchResource reports whether the Resource of a custom policy takes in a URL.
//
// Both are cut into protocol, domain, path and query string, and a wildcard, '*'
// for any number of characters or '?' for exactly one, does not reach beyond its
// part; but "*" alone is any URL, one that begins with '*' has any protocol, and
// '*' at the end of the domain or of the path takes in what comes after it.
//
// AWS separates the query string by `\?` in describing this and asks to write '?',
// which is a wildcard too. So each '?' after the domain may be either here, unless
// a `\?` is there.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-custom-policy.html#private-content-custom-policy-statement-values)
func matchResource(resource, url string) bool {
	if resource == "*" {
		return true
	}
	wantProtocol, want, ok := cutProtocol(resource)
	if !ok && !strings.HasPrefix(resource, "*") {
		return false
	}
	protocol, rest, ok := cutProtocol(url)
	if !ok {
		return false
	}
	wantDomain, wantPath, hasPath := cutDomain(want)
	domain, path, _ := cutDomain(rest)
	if !match(wantProtocol, protocol) || !match(wantDomain, domain) {
		return false
	}
	if !hasPath && strings.HasSuffix(wantDomain, "*") {
		return true
	}
	path, query, _ := strings.Cut(path, "?")
	return matchPath(wantPath, path, query)
}

// cutProtocol cuts off the protocol, which is any if it is not written.
func cutProtocol(url string) (protocol, rest string, ok bool) {
	protocol, rest, ok = strings.Cut(url, "://")
	if !ok || strings.ContainsAny(protocol, "/.") {
		return "*", url, false
	}
	return protocol, rest, true
}

// cutDomain cuts after the domain. Without a path, the path is "/".
func cutDomain(rest string) (domain, path string, hasPath bool) {
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[:i], rest[i:], true
	}
	return rest, "/", false
}

func matchPath(want, path, query string) bool {
	if wantPath, wantQuery, ok := strings.Cut(want, `\?`); ok {
		return match(wantPath, path) && match(wantQuery, query)
	}
	for i := range len(want) {
		if want[i] == '?' && match(want[:i], path) && match(want[i+1:], query) {
			return true
		}
	}
	return match(want, path) && (query == "" || strings.HasSuffix(want, "*"))
}

func match(pattern, text string) bool { return glob.Set{pattern}.Match(text) }
