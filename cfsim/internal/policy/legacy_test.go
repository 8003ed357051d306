package policy

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const legacyText = `{
	"TargetOriginId": "web", "MinTTL": 0, "DefaultTTL": "60", "MaxTTL": 600,
	"ForwardedValues": {
		"QueryString": "true", "QueryStringCacheKeys": ["page"],
		"Cookies": {"Forward": "whitelist", "WhitelistedNames": ["userid_*"]},
		"Headers": ["Accept", "CloudFront-Is-Mobile-Viewer"]
	}
}`

func TestLegacy(t *testing.T) {
	c, o, err := Legacy(object(t, legacyText))
	if err != nil {
		t.Fatal(err)
	}
	cookies := Selection{Mode: Whitelist, Names: []string{"userid_*"}, Wildcards: true}
	want := &Cache{
		Name: "legacy settings", DefaultTTL: time.Minute, MaxTTL: 10 * time.Minute, Gzip: true, Legacy: true,
		Headers: Selection{Mode: Whitelist, Names: []string{"Accept", "CloudFront-Is-Mobile-Viewer"}, Fold: true},
		Cookies: cookies,
		Queries: Selection{Mode: Whitelist, Names: []string{"page"}},
	}
	if diff := cmp.Diff(want, c, unexported); diff != "" {
		t.Errorf("cache (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]any{cookies, Selection{Mode: All}}, []any{o.Cookies, o.Queries}); diff != "" || !o.Legacy {
		t.Errorf("origin request, legacy %t (-want +got):\n%s", o.Legacy, diff)
	}
	if got, want := c.Headers.Generated(), []string{"CloudFront-Is-Mobile-Viewer"}; !cmp.Equal(got, want) || len(o.Headers.Generated()) > 0 {
		t.Errorf("CloudFront adds %q and %q, want %q", got, o.Headers.Generated(), want)
	}
}

// What of a viewer's headers the origin gets that the behavior does not name.
func TestLegacyHeaders(t *testing.T) {
	_, o, err := Legacy(object(t, `{"ForwardedValues": {"QueryString": false}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"X-Custom", "Origin", "If-None-Match", "Content-Type", "x-forwarded-for"} {
		if !o.Headers.Has(name) {
			t.Errorf("%s is not sent on", name)
		}
	}
	for _, name := range []string{"Accept", "accept-language", "Authorization", "Cookie", "Host", "Referer", "User-Agent", "X-Edge-Location", "Cloudfront-Viewer-Country"} {
		if o.Headers.Has(name) {
			t.Errorf("%s is sent on", name)
		}
	}
}

func TestLegacyCases(t *testing.T) {
	for _, test := range []struct {
		name, values string
		check        func(c *Cache, o *OriginRequest) bool
	}{
		{"no query", `"QueryString": false, "QueryStringCacheKeys": ["a"]`, func(c *Cache, o *OriginRequest) bool {
			return c.Queries.Mode == None && o.Queries.Mode == None
		}},
		{"all of the query", `"QueryString": true`, func(c *Cache, o *OriginRequest) bool {
			return c.Queries.Mode == All && o.Queries.Mode == All
		}},
		{"no cookies", `"QueryString": true`, func(c *Cache, o *OriginRequest) bool {
			return c.Cookies.Mode == None && o.Cookies.Mode == None
		}},
		{"all cookies", `"QueryString": true, "Cookies": {"Forward": "all"}`, func(c *Cache, o *OriginRequest) bool {
			return c.Cookies.Mode == All && o.Cookies.Mode == All
		}},
		{"all headers", `"QueryString": true, "Headers": ["*"]`, func(c *Cache, o *OriginRequest) bool {
			return c.Disabled() && c.Headers.Mode == None && o.Headers.Has("Host") && o.Headers.Has("Authorization") && !c.Gzip
		}},
		{"Accept-Encoding", `"QueryString": true, "Headers": ["accept-encoding"]`, func(c *Cache, o *OriginRequest) bool {
			return c.Headers.Has("Accept-Encoding") && !c.Gzip && !c.Brotli
		}},
		{"usual times", `"QueryString": true`, func(c *Cache, o *OriginRequest) bool {
			return c.MinTTL == 0 && c.DefaultTTL == 24*time.Hour && c.MaxTTL == 365*24*time.Hour && c.Gzip && !c.Brotli
		}},
	} {
		c, o, err := Legacy(object(t, `{"ForwardedValues": {`+test.values+`}}`))
		if err != nil || !test.check(c, o) {
			t.Errorf("%s: %v\n%+v\n%+v", test.name, err, c, o)
		}
	}
}

func TestLegacyErrors(t *testing.T) {
	for behavior, want := range map[string]string{
		`{}`:                         "CachePolicyId is missing: expected the id of a cache policy, or ForwardedValues in its place",
		`{"ForwardedValues": "all"}`: `ForwardedValues is "all": expected an object`,
		`{"ForwardedValues": {"Cookies": {"Forward": "some"}}}`: `ForwardedValues.Cookies.Forward is "some": expected one of none, whitelist, all`,
		`{"ForwardedValues": {}, "MaxTTL": "long"}`:             `MaxTTL is "long": expected a number`,
		`{"ForwardedValues": {"Headers": "*"}}`:                 `ForwardedValues.Headers is "*": expected a list`,
	} {
		if _, _, err := Legacy(object(t, behavior)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", behavior, err, want)
		}
	}
}
