package edgetest

import (
	"fmt"
	"slices"
	"strings"
)

// cachingDisabled is the id of the managed cache policy of that name.
const cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"

// A keyPolicy is what of a request goes into the key of a cached object.
type keyPolicy struct {
	enabled                        bool
	queryStrings, headers, cookies selection
}

// A selection is one of the lists of a cache policy.
type selection struct {
	mode  string // "none", "whitelist", "allExcept" or "all"
	names []string
}

func (s selection) has(name string) bool {
	switch s.mode {
	case "whitelist":
		return slices.Contains(s.names, name)
	case "allExcept":
		return !slices.Contains(s.names, name)
	}
	return s.mode == "all"
}

// keyPolicy reads the cache policy of a behavior. Of a managed policy only
// CachingDisabled is known; the others are taken to have the uri as their key,
// which is the most that two requests can share.
func (t template) keyPolicy(b behavior) (keyPolicy, error) {
	policy, err := t.text(b.CachePolicyID)
	if err != nil {
		return keyPolicy{}, err
	}
	id, ok := t.resourceIn(policy)
	if !ok {
		return keyPolicy{enabled: policy != cachingDisabled}, nil
	}
	var properties struct {
		CachePolicyConfig struct {
			MaxTTL     *float64
			Parameters struct {
				HeadersConfig struct {
					HeaderBehavior string
					Headers        []string
				}
				CookiesConfig struct {
					CookieBehavior string
					Cookies        []string
				}
				QueryStringsConfig struct {
					QueryStringBehavior string
					QueryStrings        []string
				}
			} `json:"ParametersInCacheKeyAndForwardedToOrigin"`
		}
	}
	if err := convert(t.Resources[id].Properties, &properties); err != nil {
		return keyPolicy{}, fmt.Errorf("edgetest: cache policy %s: %w", id, err)
	}
	config := properties.CachePolicyConfig
	headers, cookies, query := config.Parameters.HeadersConfig, config.Parameters.CookiesConfig, config.Parameters.QueryStringsConfig
	// Names of headers alone are compared without regard to case. A function
	// has them in lower case.
	for i, name := range headers.Headers {
		headers.Headers[i] = strings.ToLower(name)
	}
	return keyPolicy{
		enabled:      config.MaxTTL == nil || *config.MaxTTL > 0,
		queryStrings: selection{query.QueryStringBehavior, query.QueryStrings},
		headers:      selection{headers.HeaderBehavior, headers.Headers},
		cookies:      selection{cookies.CookieBehavior, cookies.Cookies},
	}, nil
}

// of returns the key of a request that is sent on: the uri with the parameters of
// the query string that the policy names, in the order in which they are sent, then
// a line for each header and cookie it names.
func (k keyPolicy) of(b behavior, r passed) string {
	cached := b.CachedMethods
	if len(cached) == 0 {
		cached = []string{"GET", "HEAD"}
	}
	if !k.enabled || !slices.Contains(cached, r.method) {
		return ""
	}
	var query, lines []string
	for part := range strings.SplitSeq(r.query, "&") {
		if name, _, _ := strings.Cut(part, "="); part != "" && k.queryStrings.has(name) {
			query = append(query, part)
		}
	}
	for name, value := range r.headers.all() {
		if k.headers.has(name) {
			lines = append(lines, "\n"+name+": "+value)
		}
	}
	for name, value := range r.cookies.all() {
		if k.cookies.has(name) {
			lines = append(lines, "\ncookie "+name+"="+value)
		}
	}
	uri := r.uri
	if len(query) > 0 {
		uri += "?" + strings.Join(query, "&")
	}
	return uri + strings.Join(lines, "")
}
