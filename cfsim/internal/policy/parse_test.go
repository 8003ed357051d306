package policy

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func object(t testing.TB, text string) map[string]any {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return o
}

var unexported = cmpopts.IgnoreUnexported(Cache{}, ResponseHeaders{})

const cacheText = `{"CachePolicyConfig": {
	"Name": "by-language", "Comment": "one object a language",
	"MinTTL": 1, "DefaultTTL": "60", "MaxTTL": 3600,
	"ParametersInCacheKeyAndForwardedToOrigin": {
		"EnableAcceptEncodingGzip": true, "EnableAcceptEncodingBrotli": "true",
		"HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": ["Accept-Language"]},
		"CookiesConfig": {"CookieBehavior": "allExcept", "Cookies": ["_ga"]},
		"QueryStringsConfig": {"QueryStringBehavior": "all"}
	}
}}`

func TestParseCache(t *testing.T) {
	got, err := ParseCache(object(t, cacheText))
	want := &Cache{
		Name: "by-language", MinTTL: time.Second, DefaultTTL: time.Minute, MaxTTL: time.Hour, Gzip: true, Brotli: true,
		Headers: Selection{Mode: Whitelist, Names: []string{"Accept-Language"}, Fold: true},
		Cookies: Selection{Mode: AllExcept, Names: []string{"_ga"}},
		Queries: Selection{Mode: All},
	}
	if diff := cmp.Diff(want, got, unexported); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestDefaultTTLs(t *testing.T) {
	for _, test := range []struct {
		given                      string
		minimum, standard, maximum time.Duration // seconds
	}{
		{`"MinTTL": 0`, 0, 86400, 31536000},
		{`"MinTTL": 100000`, 100000, 100000, 31536000},
		{`"MinTTL": 40000000`, 40000000, 40000000, 40000000},
		{`"MinTTL": 5, "DefaultTTL": 50000000`, 5, 50000000, 50000000},
		{`"MinTTL": 0, "DefaultTTL": 0, "MaxTTL": 0`, 0, 0, 0},
		{`"DefaultTTL": null`, 0, 86400, 31536000},
	} {
		c, err := ParseCache(object(t, strings.Replace(cacheText, `"MinTTL": 1, "DefaultTTL": "60", "MaxTTL": 3600`, test.given, 1)))
		if err != nil {
			t.Error(err)
			continue
		}
		if c.MinTTL != test.minimum*time.Second || c.DefaultTTL != test.standard*time.Second || c.MaxTTL != test.maximum*time.Second {
			t.Errorf("%s: got %s, %s, %s", test.given, c.MinTTL, c.DefaultTTL, c.MaxTTL)
		}
		if c.Disabled() != (test.maximum == 0) {
			t.Errorf("%s: disabled is %t", test.given, c.Disabled())
		}
	}
}

const originRequestText = `{"OriginRequestPolicyConfig": {
	"Name": "api",
	"HeadersConfig": {"HeaderBehavior": "allViewerAndWhitelistCloudFront", "Headers": ["CloudFront-Viewer-Country"]},
	"CookiesConfig": {"CookieBehavior": "none"},
	"QueryStringsConfig": {"QueryStringBehavior": "whitelist", "QueryStrings": ["q", 7]}
}}`

func TestParseOriginRequest(t *testing.T) {
	got, err := ParseOriginRequest(object(t, originRequestText))
	want := &OriginRequest{
		Name:    "api",
		Headers: Selection{Mode: AllViewerAndCloudFront, Names: []string{"CloudFront-Viewer-Country"}, Fold: true},
		Cookies: Selection{Mode: None},
		Queries: Selection{Mode: Whitelist, Names: []string{"q", "7"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestParseErrors(t *testing.T) {
	cache := func(m map[string]any) error { _, err := ParseCache(m); return err }
	request := func(m map[string]any) error { _, err := ParseOriginRequest(m); return err }
	for _, test := range []struct {
		parse    func(map[string]any) error
		from     string
		old, new string // what is changed in it
		want     string
	}{
		{cache, `{}`, "", "", `CachePolicyConfig is missing: expected an object`},
		{cache, `{"CachePolicyConfig": "${Config}"}`, "", "", `CachePolicyConfig is "${Config}": expected an object`},
		{cache, cacheText, `"DefaultTTL": "60"`, `"DefaultTTL": "${TTL}"`, `CachePolicyConfig.DefaultTTL is "${TTL}": expected a number`},
		{cache, cacheText, `"MinTTL": 1`, `"MinTTL": -1`, `CachePolicyConfig.MinTTL is -1: expected a whole number of seconds, 0 or more`},
		{cache, cacheText, `"MinTTL": 1`, `"MinTTL": 0.5`, `is 0.5: expected a whole number of seconds`},
		{cache, cacheText, `"MinTTL": 1`, `"MinTTL": 1e300`, `MinTTL is 1e+300: expected a whole number of seconds`},
		{cache, cacheText, `"MinTTL": 1`, `"MinTTL": true`, `MinTTL is true: expected a number`},
		{cache, cacheText, `"MinTTL": 1`, `"MinTTL": {"Ref": "TTL"}`, `MinTTL is {"Ref":"TTL"}: expected a string`},
		{cache, cacheText, `"true"`, `"yes"`, `EnableAcceptEncodingBrotli is "yes": expected true or false`},
		{cache, cacheText, `"true"`, `"1"`, `EnableAcceptEncodingBrotli is "1": expected true or false`},
		{cache, cacheText, `"whitelist"`, `"allViewer"`, `ParametersInCacheKeyAndForwardedToOrigin.HeadersConfig.HeaderBehavior is "allViewer": expected one of none, whitelist`},
		{cache, cacheText, `["_ga"]`, `"_ga"`, `CookiesConfig.Cookies is "_ga": expected a list`},
		{cache, cacheText, `["_ga"]`, `[["_ga"]]`, `CookiesConfig.Cookies[0] is ["_ga"]: expected a string`},
		{cache, cacheText, `"QueryStringsConfig": {"QueryStringBehavior": "all"}`, `"Other": 1`, `QueryStringsConfig is missing: expected an object`},
		{cache, cacheText, `"QueryStringBehavior": "all"`, `"Other": 1`, `QueryStringsConfig.QueryStringBehavior is missing: expected one of none, whitelist, allExcept, all`},
		{request, `{"OriginRequestPolicyConfig": []}`, "", "", `OriginRequestPolicyConfig is []: expected an object`},
		{request, originRequestText, "allViewerAndWhitelistCloudFront", "all", `HeaderBehavior is "all": expected one of none, whitelist, allViewer, allViewerAndWhitelistCloudFront, allExcept`},
	} {
		err := test.parse(object(t, strings.Replace(test.from, test.old, test.new, 1)))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", test.new, err, test.want)
		}
	}
}

// Whatever a template holds, it is read or refused, and what is read makes sense.
func FuzzParse(f *testing.F) {
	for _, text := range []string{cacheText, originRequestText, responseText, legacyText, "{}", `{"CachePolicyConfig":{"MinTTL":"NaN"}}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var o map[string]any
		if json.Unmarshal([]byte(text), &o) != nil {
			return
		}
		if c, err := ParseCache(o); err == nil {
			if c.MinTTL < 0 || c.DefaultTTL < 0 || c.MaxTTL < 0 {
				t.Errorf("%s: %+v", text, c)
			}
			c.Problems()
		}
		if r, err := ParseOriginRequest(o); err == nil {
			r.Problems()
		}
		if r, err := ParseResponseHeaders(o); err == nil {
			r.Problems()
			r.Apply(nil, "GET", map[string][]string{})
		}
		if c, r, err := Legacy(o); err == nil {
			c.Problems()
			r.Problems()
			if c.Queries.Mode != None && r.Queries.Mode != All {
				t.Errorf("%s: query strings are in the key and not sent on", text)
			}
		}
	})
}
