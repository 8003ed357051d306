package policy

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func names(n int, prefix string) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("%s%d", prefix, i))
	}
	return all
}

// expect compares problems with the parts of them that are wanted, in order.
func expect(t *testing.T, name string, got []Problem, want []string) {
	t.Helper()
	ok := len(got) == len(want)
	for i := 0; ok && i < len(want); i++ {
		ok = strings.Contains(got[i].Text, want[i])
	}
	if !ok {
		t.Errorf("%s:\n got %q\nwant %q", name, got, want)
	}
}

func TestCacheProblems(t *testing.T) {
	good := func() *Cache {
		return &Cache{
			Name: "a-Policy_1", DefaultTTL: time.Minute, MaxTTL: time.Hour, Gzip: true,
			Headers: Selection{Mode: Whitelist, Names: []string{"Accept", "CloudFront-Viewer-Country"}, Fold: true},
			Cookies: Selection{Mode: All}, Queries: Selection{Mode: None},
		}
	}
	for _, test := range []struct {
		name   string
		change func(*Cache)
		want   []string
	}{
		{"good", func(*Cache) {}, nil},
		{"unsettled name", func(c *Cache) { c.Name = "${AWS::StackName}-policy" }, nil},
		{"no name", func(c *Cache) { c.Name = "" }, []string{"it has no Name"}},
		{"strange name", func(c *Cache) { c.Name = "my policy" }, []string{`its Name "my policy" has a character beside letters, digits, - and _`}},
		{"long name", func(c *Cache) { c.Name = strings.Repeat("a", 129) }, []string{"has 129 characters, and CloudFront takes 128"}},
		{"11 headers", func(c *Cache) { c.Headers.Names = names(11, "X-") }, []string{"it names 11 headers, and the quota is 10"}},
		{"11 cookies", func(c *Cache) { c.Cookies = only(names(11, "c")...) }, []string{"it names 11 cookies"}},
		{"11 queries", func(c *Cache) { c.Queries = only(names(11, "q")...) }, []string{"it names 11 query strings"}},
		{"long names", func(c *Cache) { c.Queries = only(strings.Repeat("q", 1000)) }, []string{"have 1031 characters together, and CloudFront takes 1024"}},
		{"none named", func(c *Cache) { c.Cookies = only() }, []string{"it selects cookies by name (whitelist) and names none: name at least one cookie"}},
		{"order", func(c *Cache) { c.MinTTL = 2 * time.Minute }, []string{"MinTTL is 120, DefaultTTL 60 and MaxTTL 3600, and none may be less than the one before it"}},
		{"order at the end", func(c *Cache) { c.MaxTTL = 0 }, []string{"MaxTTL 0, and none may be less"}},
		{"disabled", func(c *Cache) { c.DefaultTTL, c.MaxTTL = 0, 0 }, []string{"takes no headers, cookies, EnableAcceptEncodingGzip in a cache policy: name them in an origin request policy or set MaxTTL to 1 or more"}},
		{"disabled and empty", func(c *Cache) { *c = Cache{Name: "off"} }, nil},
		{"Accept-Encoding", func(c *Cache) { c.Headers.Names = []string{"accept-encoding"} }, []string{"it names the header Accept-Encoding beside EnableAcceptEncodingGzip"}},
		{"Accept-Encoding alone", func(c *Cache) { c.Headers.Names, c.Gzip = []string{"Accept-Encoding"}, false }, nil},
		{"uncacheable", func(c *Cache) { c.Headers.Names = []string{"cookie", "x-edge-location", "CloudFront-Viewer-TLS"} }, []string{
			"it names the header cookie: name the cookies", "the header x-edge-location, which CloudFront does not put into a cache key", "CloudFront-Viewer-TLS",
		}},
	} {
		c := good()
		test.change(c)
		expect(t, test.name, c.Problems(), test.want)
		c.Managed = true
		expect(t, test.name+", managed", c.Problems(), nil)
	}
}

func TestLegacyProblems(t *testing.T) {
	for _, test := range []struct{ name, behavior, want string }{
		{"good", legacyText, ""},
		{"all headers", `{"MinTTL": 1, "ForwardedValues": {"Headers": ["*"]}}`, "all headers are forwarded, which CloudFront takes with a MinTTL of 0 only, and it is 1"},
		{"all headers, not kept", `{"MinTTL": 0, "ForwardedValues": {"Headers": ["*"], "QueryString": true}}`, ""},
		{"no times, with headers", `{"DefaultTTL": 0, "MaxTTL": 0, "ForwardedValues": {"Headers": ["Accept"], "QueryString": true}}`, ""},
		{"order", `{"MinTTL": 9, "DefaultTTL": 5, "ForwardedValues": {}}`, "MinTTL is 9, DefaultTTL 5"},
		{"cookies", `{"ForwardedValues": {"Cookies": {"Forward": "whitelist", "WhitelistedNames": ["` + strings.Repeat("c", 512) + `"]}}}`, "have 512 bytes together, and CloudFront takes 511"},
		{"query", `{"ForwardedValues": {"QueryString": true, "QueryStringCacheKeys": ["` + strings.Repeat("q", 129) + `"]}}`, "has 129 characters, and CloudFront takes 128"},
		{"no cookie", `{"ForwardedValues": {"Cookies": {"Forward": "whitelist"}}}`, "names none: name at least one cookie"},
	} {
		c, o, err := Legacy(object(t, test.behavior))
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		if test.want != "" {
			want = []string{test.want}
		}
		expect(t, test.name, append(c.Problems(), o.Problems()...), want)
	}
	_, o, _ := Legacy(object(t, `{"ForwardedValues": {}}`))
	expect(t, "origin request", o.Problems(), nil)
	c, _, _ := Legacy(object(t, `{"ForwardedValues": {"QueryString": true, "QueryStringCacheKeys": ["`+strings.Join(names(9, strings.Repeat("q", 60)), `", "`)+`"]}}`))
	expect(t, "many queries", c.Problems(), []string{"the names of its query strings have 549 characters together, and CloudFront takes 512"})
}

func TestOriginRequestProblems(t *testing.T) {
	headers := func(mode Mode, names ...string) Selection { return Selection{Mode: mode, Names: names, Fold: true} }
	for _, test := range []struct {
		name string
		o    OriginRequest
		want []string
	}{
		{"good", OriginRequest{Name: "a", Headers: headers(AllExcept, "Authorization"), Cookies: all}, nil},
		{"Accept-Encoding", OriginRequest{Name: "a", Headers: headers(Whitelist, "Accept-Encoding")}, nil},
		{"Authorization", OriginRequest{Name: "a", Headers: headers(Whitelist, "authorization", "Cookie")}, []string{
			"it names the header Authorization, which CloudFront does not let an origin request policy name: put it into the cache policy or send on all viewer headers", "Cookie",
		}},
		{"other header added", OriginRequest{Name: "a", Headers: headers(AllViewerAndCloudFront, "cloudfront-viewer-tls", "Accept")}, []string{`it adds the header "Accept" to all viewer headers`}},
		{"many", OriginRequest{Name: "a", Headers: headers(AllViewer), Queries: only(names(12, "q")...)}, []string{"it names 12 query strings"}},
		{"none", OriginRequest{Name: "a", Headers: headers(AllExcept), Queries: Selection{Mode: AllExcept}}, []string{"name at least one header", "name at least one query string"}},
	} {
		expect(t, test.name, test.o.Problems(), test.want)
	}
}
