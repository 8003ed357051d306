package policy

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Quotas that hold unless AWS has raised them for an account.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-policies)
const (
	maxNames      = 10   // headers, cookies and query strings, of each
	maxNamesTotal = 1024 // characters of all names of a policy
	maxPolicyName = 128  // characters
)

// Problems lists, in sentences, what CloudFront would refuse of the policy or its
// quotas forbid.
func (c *Cache) Problems() []Problem {
	if c.Managed {
		return nil
	}
	r := newReport(c.noted)
	r.selections(c.Legacy, c.Headers, c.Cookies, c.Queries)
	if c.Legacy {
		r.legacyLengths(c)
	} else {
		r.policyName(c.Name)
	}
	r.times(c)
	if c.Headers.Mode == Whitelist {
		r.cacheHeaders(c)
	}
	return r.lines
}

// Problems lists, in sentences, what CloudFront would refuse of the policy or its
// quotas forbid. Those of legacy settings are in their [Cache].
func (o *OriginRequest) Problems() []Problem {
	if o.Managed || o.Legacy {
		return nil
	}
	r := &report{}
	r.policyName(o.Name)
	r.selections(false, o.Headers, o.Cookies, o.Queries)
	switch o.Headers.Mode {
	case Whitelist: // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html#add-origin-custom-headers-forward-authorization
		if o.Headers.Has("Authorization") {
			r.addf("it names the header Authorization, which CloudFront does not let an origin request policy name: put it into the cache policy or send on all viewer headers")
		}
		if o.Headers.Has("Cookie") {
			r.addf("it names the header Cookie: name the cookies in CookiesConfig")
		}
	case AllViewerAndCloudFront:
		for _, name := range o.Headers.Names {
			if !fromCloudFront(name) {
				r.addf("it adds the header %q to all viewer headers: only headers that begin with %s can be added", name, cloudFront)
			}
		}
	}
	return r.lines
}

// A Problem is a sentence on what CloudFront would refuse.
type Problem struct {
	Text  string
	Quota bool // it is more than a quota allows
}

func (p Problem) String() string { return p.Text }

// A report collects problems.
type report struct{ lines []Problem }

func newReport(noted []string) *report {
	r := &report{}
	for _, text := range noted {
		r.addf("%s", text)
	}
	return r
}

func (r *report) addf(format string, args ...any) {
	r.lines = append(r.lines, Problem{Text: fmt.Sprintf(format, args...)})
}

func (r *report) quotaf(format string, args ...any) {
	r.lines = append(r.lines, Problem{fmt.Sprintf(format, args...), true})
}

// policyName: a name that a template does not settle is let pass.
// (https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_cloudfront.CachePolicyProps.html)
func (r *report) policyName(name string) {
	if strings.Contains(name, "${") {
		return
	}
	strange := strings.IndexFunc(name, func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_')
	})
	switch n := utf8.RuneCountInString(name); {
	case name == "":
		r.addf("it has no Name, which CloudFront requires")
	case strange >= 0:
		r.addf("its Name %q has a character beside letters, digits, - and _", name)
	case n > maxPolicyName:
		r.addf("its Name %q has %d characters, and CloudFront takes %d", name, n, maxPolicyName)
	}
}

func (r *report) selections(legacy bool, headers, cookies, queries Selection) {
	total := 0
	for _, s := range []struct {
		Selection
		what, whats string
	}{{headers, "header", "headers"}, {cookies, "cookie", "cookies"}, {queries, "query string", "query strings"}} {
		if len(s.Names) > maxNames {
			r.quotaf("it names %d %s, and the quota is %d", len(s.Names), s.whats, maxNames)
		}
		if len(s.Names) == 0 && slices.Contains([]Mode{Whitelist, AllExcept, AllViewerAndCloudFront}, s.Mode) {
			r.addf("it selects %s by name (%s) and names none: name at least one %s", s.whats, s.Mode, s.what)
		}
		for _, name := range s.Names {
			total += utf8.RuneCountInString(name)
		}
	}
	if total > maxNamesTotal && !legacy {
		r.quotaf("its names of headers, cookies and query strings have %d characters together, and CloudFront takes %d", total, maxNamesTotal)
	}
}

// Quotas of the legacy settings.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-allowlisted-cookies)
const (
	maxCookieBytes = 512 // less one for each cookie
	maxQueryName   = 128 // characters
	maxQueryNames  = 512 // characters of all together
)

func (r *report) legacyLengths(c *Cache) {
	if n, most := len(strings.Join(c.Cookies.Names, "")), maxCookieBytes-len(c.Cookies.Names); n > most {
		r.addf("the names of its cookies have %d bytes together, and CloudFront takes %d (%d less one for each)", n, most, maxCookieBytes)
	}
	for _, name := range c.Queries.Names {
		if n := utf8.RuneCountInString(name); n > maxQueryName {
			r.addf("the name of the query string %q has %d characters, and CloudFront takes %d", name, n, maxQueryName)
		}
	}
	if n := utf8.RuneCountInString(strings.Join(c.Queries.Names, "")); n > maxQueryNames {
		r.addf("the names of its query strings have %d characters together, and CloudFront takes %d", n, maxQueryNames)
	}
}

// times: they have to be in order. What a policy puts into the key CloudFront's API
// refuses as "invalid for policy with caching disabled" if nothing is cached.
// (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html#API_CreateDistribution_Errors)
func (r *report) times(c *Cache) {
	if c.MinTTL > c.DefaultTTL || c.DefaultTTL > c.MaxTTL {
		r.addf("MinTTL is %s, DefaultTTL %s and MaxTTL %s, and none may be less than the one before it",
			inSeconds(c.MinTTL), inSeconds(c.DefaultTTL), inSeconds(c.MaxTTL))
	}
	if !c.Disabled() || c.Legacy {
		return
	}
	var without []string
	for _, s := range []struct {
		given bool
		name  string
	}{
		{!c.Headers.none(), "headers"},
		{!c.Cookies.none(), "cookies"},
		{!c.Queries.none(), "query strings"},
		{c.Gzip, "EnableAcceptEncodingGzip"},
		{c.Brotli, "EnableAcceptEncodingBrotli"},
	} {
		if s.given {
			without = append(without, s.name)
		}
	}
	if len(without) > 0 {
		r.addf("MinTTL, DefaultTTL and MaxTTL are 0, so nothing is cached, and then CloudFront takes no %s in a cache policy: "+
			"name them in an origin request policy or set MaxTTL to 1 or more", strings.Join(without, ", "))
	}
}

// uncacheable are the headers that CloudFront does not put into a key.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#request-custom-headers-behavior,
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html)
var uncacheable = Selection{Mode: Whitelist, Fold: true, Wildcards: true, Names: []string{
	"Cache-Control", "Connection", "Content-Length", "Max-Forwards", "Pragma", "Proxy-Authenticate", "Proxy-Authorization",
	"Proxy-Connection", "Request-Range", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "X-Amz-Cf-Id", "X-Edge-*",
	"X-Forwarded-Proto", "X-Real-IP",
	"CloudFront-Viewer-Address", "CloudFront-Viewer-ASN", "CloudFront-Viewer-JA3-Fingerprint",
	"CloudFront-Viewer-JA4-Fingerprint", "CloudFront-Viewer-TLS",
}}

func (r *report) cacheHeaders(c *Cache) {
	for _, name := range c.Headers.Names {
		switch {
		case strings.EqualFold(name, "Cookie"):
			r.addf("it names the header %s: name the cookies in place of it", name)
		case uncacheable.Has(name):
			r.addf("it names the header %s, which CloudFront does not put into a cache key", name)
		}
	}
	if c.Headers.Has("Accept-Encoding") && !c.Legacy && (c.Gzip || c.Brotli) {
		r.addf("it names the header Accept-Encoding beside EnableAcceptEncodingGzip or EnableAcceptEncodingBrotli, which put it into the key already: leave the header out")
	}
}
