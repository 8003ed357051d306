package cache

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// lifetime is what a response, its status and the policy say about keeping it.
type lifetime struct {
	keep bool
	ttl  time.Duration // may be 0: kept, and validated before each use
	why  string        // why it is or is not kept

	whileRevalidate time.Duration // served this long past its expiry while it is fetched again
	ifError         time.Duration // served this long past its expiry when the origin fails; absent: without limit
	strict          bool          // never served past its expiry
	blind           bool          // never validated, always fetched whole

	without []string // header fields that are not kept, canonical
}

// absent is the value of a directive that is not there.
const absent time.Duration = -1

// longest is the longest lifetime CloudFront takes from a header, 100 years
// (Expiration.html).
const longest = 100 * 365 * 24 * time.Hour

// lifetime decides about a response that arrives now.
func (p *Policy) lifetime(status int, h http.Header, now time.Time) lifetime {
	d := parseCacheControl(h["Cache-Control"])
	switch {
	case status >= 400:
		return p.errorLifetime(status, d, h, now)
	case status == http.StatusPartialContent:
		return notStored("it is a part of an object, and this simulation keeps whole objects only")
	case status == http.StatusNotModified:
		return notStored("the origin answered the viewer's own condition with 304")
	case status < 200:
		return notStored("status " + strconv.Itoa(status) + " is no final response")
	case (status == http.StatusTemporaryRedirect || status == http.StatusPermanentRedirect) && len(h["Cache-Control"]) == 0:
		// http-3xx-status-codes.html
		return notStored("status " + strconv.Itoa(status) + " is cached only with a Cache-Control header")
	}
	// Other 2xx and 3xx are cached by the same rules: stated for 3xx, unstated
	// for 2xx beside 200.
	return p.objectLifetime(d, h, now)
}

// objectLifetime is the table of Expiration.html#ExpirationDownloadDist.
func (p *Policy) objectLifetime(d directives, h http.Header, now time.Time) lifetime {
	if p.disabled() {
		return notStored("the minimum, default and maximum TTL are 0")
	}
	l := lifetime{
		keep:    true,
		ifError: d.ifError,
		// Unstated by AWS; RFC 9111, section 5.2.2.2.
		strict: d.mustRevalidate,
		// Cookies.html: no-cache="Set-Cookie" keeps the object without it.
		without: d.without,
	}
	named, by := d.named(h, now)
	switch {
	case d.forbids() != "" && p.MinTTL > 0:
		l.ttl = p.MinTTL
		l.why = fmt.Sprintf("fresh for %v, the minimum TTL, in spite of Cache-Control: %s", l.ttl, d.forbids())
	case d.noStore || d.private:
		return notStored("Cache-Control: " + d.forbids() + ", and the minimum TTL is 0")
	case d.noCache:
		// "CloudFront and browsers respect the headers": no-cache allows
		// keeping what is validated before every use. An object kept thus
		// is served on errors only where the minimum TTL is above 0.
		l.strict = true
		l.why = "validated before each use, by Cache-Control: no-cache"
	case hasVaryStar(h) && p.MinTTL <= 0:
		// RequestAndResponseBehaviorCustomOrigin.html#ResponseCustomContentNegotiation
		l.blind = true
		l.why = "fetched again for each use, by Vary: *"
	case named >= 0:
		l.ttl, l.why = p.clamp(named, by)
	default:
		l.ttl = max(p.MinTTL, p.DefaultTTL)
		which := "default"
		if p.MinTTL > p.DefaultTTL {
			which = "minimum"
		}
		if l.ttl <= 0 {
			return notStored("no max-age, s-maxage or Expires, and the default TTL is 0")
		}
		l.why = fmt.Sprintf("fresh for %v, by the %s TTL", l.ttl, which)
	}
	// Expiration.html: the object is served stale as long as the
	// directive says, but is gone from the cache after the maximum TTL.
	l.whileRevalidate = max(0, min(d.whileRevalidate, p.MaxTTL-l.ttl))
	return l
}

// clamp brings a lifetime named by the origin between the minimum and the
// maximum TTL.
func (p *Policy) clamp(named time.Duration, by string) (time.Duration, string) {
	switch {
	case named > p.MaxTTL:
		return p.MaxTTL, fmt.Sprintf("fresh for %v, the maximum TTL, instead of %s", p.MaxTTL, by)
	case named < p.MinTTL:
		return p.MinTTL, fmt.Sprintf("fresh for %v, the minimum TTL, instead of %s", p.MinTTL, by)
	case named == 0:
		return 0, "validated before each use, by " + by
	}
	return named, fmt.Sprintf("fresh for %v, by %s", named, by)
}

// The statuses of HTTPStatusCodes.html#HTTPStatusCodes-cached-errors. 410 is
// not on every version of that list, but custom-error-pages-expiration.html
// says when it is not cached. 416 and the others are not cached.
var (
	cachedErrors           = []int{404, 410, 414, 500, 501, 502, 503, 504}
	cachedErrorsWithHeader = []int{400, 403, 405, 412, 415}
	errorsHeedingNoStore   = []int{404, 410, 414, 501}
)

// errorLifetime is custom-error-pages-expiration.html: errors are cached for
// the error caching minimum TTL or what the origin's headers say, whichever is
// longer, also where caching is disabled; the headers' say ends at the maximum
// TTL.
func (p *Policy) errorLifetime(status int, d directives, h http.Header, now time.Time) lifetime {
	code := strconv.Itoa(status)
	switch {
	case slices.Contains(cachedErrorsWithHeader, status):
		if d.maxAge < 0 && d.sMaxAge < 0 {
			return notStored("status " + code + " is cached only with Cache-Control: max-age or s-maxage")
		}
	case !slices.Contains(cachedErrors, status):
		return notStored("status " + code + " is not cached")
	case d.forbids() != "" && slices.Contains(errorsHeedingNoStore, status):
		return notStored("status " + code + " with Cache-Control: " + d.forbids())
	}
	l := lifetime{keep: true, ttl: p.errorTTL(status), ifError: absent, strict: true, without: d.without}
	l.why = fmt.Sprintf("fresh for %v, the error caching minimum TTL of status %s", l.ttl, code)
	if named, by := d.named(h, now); min(named, p.MaxTTL) > l.ttl {
		l.ttl = min(named, p.MaxTTL)
		l.why = fmt.Sprintf("fresh for %v, by %s and the maximum TTL", l.ttl, by)
	}
	if l.ttl <= 0 {
		return notStored("the error caching minimum TTL of status " + code + " is 0")
	}
	return l
}

// defaultErrorTTL is the error caching minimum TTL where nothing is set.
const defaultErrorTTL = 10 * time.Second

func (p *Policy) errorTTL(status int) time.Duration {
	if p.ErrorTTL == nil {
		return defaultErrorTTL
	}
	return p.ErrorTTL(status)
}

func notStored(why string) lifetime { return lifetime{why: "not stored: " + why} }

// directives are the parts of a response's Cache-Control that CloudFront acts
// on. Durations are absent when the directive is.
type directives struct {
	maxAge, sMaxAge          time.Duration
	whileRevalidate, ifError time.Duration
	noStore, noCache         bool
	private, mustRevalidate  bool
	without                  []string // fields named by no-cache="…" and private="…"
}

// named returns the lifetime that the origin names and the header that does:
// s-maxage before max-age before Expires (Expiration.html). It is absent when
// there is none.
func (d *directives) named(h http.Header, now time.Time) (ttl time.Duration, by string) {
	switch {
	case d.sMaxAge >= 0:
		return d.sMaxAge, "Cache-Control: s-maxage=" + seconds(d.sMaxAge)
	case d.maxAge >= 0:
		return d.maxAge, "Cache-Control: max-age=" + seconds(d.maxAge)
	case len(h["Expires"]) > 0:
		by = "Expires: " + h["Expires"][0]
		// A date that is none has passed: RFC 9111, section 5.3.
		at, err := http.ParseTime(h["Expires"][0])
		if err != nil || !at.After(now) {
			return 0, by
		}
		return min(at.Sub(now), longest), by
	}
	return absent, ""
}

// forbids returns the directives that ask not to be cached, "" if there are
// none.
func (d *directives) forbids() string {
	switch {
	case d.noStore:
		return "no-store"
	case d.private:
		return "private"
	case d.noCache:
		return "no-cache"
	}
	return ""
}

func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }

func parseCacheControl(values []string) directives {
	d := directives{maxAge: absent, sMaxAge: absent, whileRevalidate: absent, ifError: absent}
	for _, v := range values {
		for v != "" {
			var name, arg string
			name, arg, v = nextDirective(v)
			d.set(name, arg)
		}
	}
	return d
}

func (d *directives) set(name, arg string) {
	switch strings.ToLower(name) {
	case "max-age":
		first(&d.maxAge, arg)
	case "s-maxage":
		first(&d.sMaxAge, arg)
	case "stale-while-revalidate":
		first(&d.whileRevalidate, arg)
	case "stale-if-error":
		first(&d.ifError, arg)
	case "no-store":
		d.noStore = true
	case "no-cache":
		d.qualified(&d.noCache, arg)
	case "private":
		d.qualified(&d.private, arg)
	case "must-revalidate", "proxy-revalidate":
		d.mustRevalidate = true
	}
}

// qualified sets a directive that may be limited to some header fields.
func (d *directives) qualified(flag *bool, fields string) {
	if fields == "" {
		*flag = true
		return
	}
	for f := range strings.SplitSeq(fields, ",") {
		if f = strings.TrimSpace(f); f != "" {
			d.without = append(d.without, http.CanonicalHeaderKey(f))
		}
	}
}

// first sets a number of seconds that is not set yet. What is no number counts
// as 0, which is the careful reading: RFC 9111, section 4.2.1.
func first(d *time.Duration, arg string) {
	if *d != absent {
		return
	}
	n, err := strconv.ParseUint(arg, 10, 64)
	switch {
	case err == nil && n <= uint64(longest/time.Second):
		*d = time.Duration(n) * time.Second
	case err == nil, strings.Trim(arg, "0123456789") == "" && arg != "":
		*d = longest
	default:
		*d = 0
	}
}

// nextDirective splits the first directive off a Cache-Control value.
func nextDirective(v string) (name, arg, rest string) {
	i := strings.IndexAny(v, ",=")
	if i < 0 {
		return strings.TrimSpace(v), "", ""
	}
	name = strings.TrimSpace(v[:i])
	if v[i] == ',' {
		return name, "", v[i+1:]
	}
	v = strings.TrimLeft(v[i+1:], " \t")
	if !strings.HasPrefix(v, `"`) {
		arg, rest, _ = strings.Cut(v, ",")
		return name, strings.TrimSpace(arg), rest
	}
	arg, rest, _ = strings.Cut(v[1:], `"`)
	_, rest, _ = strings.Cut(rest, ",")
	return name, arg, rest
}

func hasVaryStar(h http.Header) bool {
	for _, v := range h["Vary"] {
		for f := range strings.SplitSeq(v, ",") {
			if strings.TrimSpace(f) == "*" {
				return true
			}
		}
	}
	return false
}
