package cache

import (
	"slices"
	"testing"
	"time"
)

func TestLifetime(t *testing.T) {
	const (
		day  = 24 * time.Hour
		none = absent // not kept
	)
	var (
		min0   = Policy{DefaultTTL: day, MaxTTL: 7 * day}
		min1h  = Policy{MinTTL: time.Hour, DefaultTTL: day, MaxTTL: 7 * day}
		min2d  = Policy{MinTTL: 2 * day, DefaultTTL: day, MaxTTL: 7 * day}
		origin = Policy{MaxTTL: 365 * day} // UseOriginCacheControlHeaders
		off    = Policy{}
		noErr  = Policy{DefaultTTL: day, MaxTTL: 7 * day, ErrorTTL: func(int) time.Duration { return 0 }}
	)
	for _, test := range []struct {
		policy Policy
		status int
		header []string
		ttl    time.Duration
		why    string
	}{
		// The rows of the table in Expiration.html.
		{min0, 200, []string{"Cache-Control: max-age=60"}, time.Minute, "fresh for 1m0s, by Cache-Control: max-age=60"},
		{min0, 200, []string{"Cache-Control: max-age=6000000"}, 7 * day, "fresh for 168h0m0s, the maximum TTL, instead of Cache-Control: max-age=6000000"},
		{min0, 200, []string{"Cache-Control: max-age=0"}, 0, "validated before each use, by Cache-Control: max-age=0"},
		{min1h, 200, []string{"Cache-Control: max-age=60"}, time.Hour, "fresh for 1h0m0s, the minimum TTL, instead of Cache-Control: max-age=60"},
		{min1h, 200, []string{"Cache-Control: max-age=7200"}, 2 * time.Hour, "fresh for 2h0m0s, by Cache-Control: max-age=7200"},
		{min1h, 200, []string{"Cache-Control: max-age=6000000"}, 7 * day, ""},
		{min0, 200, nil, day, "fresh for 24h0m0s, by the default TTL"},
		{min0, 200, []string{"Cache-Control: public"}, day, ""},
		{min1h, 200, nil, day, ""},
		{min2d, 200, nil, 2 * day, "fresh for 48h0m0s, by the minimum TTL"},
		{min0, 200, []string{"Cache-Control: max-age=60, s-maxage=120"}, 2 * time.Minute, "fresh for 2m0s, by Cache-Control: s-maxage=120"},
		{min0, 200, []string{"Cache-Control: s-maxage=120", "Cache-Control: max-age=60"}, 2 * time.Minute, ""},
		{min1h, 200, []string{"Cache-Control: max-age=7200, s-maxage=120"}, time.Hour, ""},
		{min0, 200, []string{"Expires: Sun, 01 Mar 2026 12:30:00 GMT"}, 30 * time.Minute, "fresh for 30m0s, by Expires: Sun, 01 Mar 2026 12:30:00 GMT"},
		{min0, 200, []string{"Expires: Sun, 01 Mar 2026 11:30:00 GMT"}, 0, ""},
		{min0, 200, []string{"Expires: Sun, 01 Mar 2036 11:30:00 GMT"}, 7 * day, ""},
		{min0, 200, []string{"Expires: 0"}, 0, "validated before each use, by Expires: 0"},
		{min1h, 200, []string{"Expires: Sun, 01 Mar 2026 12:30:00 GMT"}, time.Hour, ""},
		{min0, 200, []string{"Expires: Sun, 01 Mar 2026 12:30:00 GMT", "Cache-Control: max-age=60"}, time.Minute, ""},
		{min0, 200, []string{"Cache-Control: no-store"}, none, "not stored: Cache-Control: no-store, and the minimum TTL is 0"},
		{min0, 200, []string{"Cache-Control: private, max-age=60"}, none, "not stored: Cache-Control: private, and the minimum TTL is 0"},
		{min0, 200, []string{"Cache-Control: no-cache, max-age=60"}, 0, "validated before each use, by Cache-Control: no-cache"},
		{min0, 200, []string{"Cache-Control: no-cache, no-store"}, none, ""},
		{min1h, 200, []string{"Cache-Control: no-store"}, time.Hour, "fresh for 1h0m0s, the minimum TTL, in spite of Cache-Control: no-store"},
		{min1h, 200, []string{"Cache-Control: private, max-age=7200"}, time.Hour, ""},
		{min1h, 200, []string{"Cache-Control: no-cache"}, time.Hour, ""},

		// Field names, spelling and nonsense.
		{min0, 200, []string{`Cache-Control: no-cache="Set-Cookie", max-age=60`}, time.Minute, ""},
		{min0, 200, []string{`Cache-Control: private="X-A, X-B",max-age=60`}, time.Minute, ""},
		{min0, 200, []string{`CACHE-control: MAX-AGE = "60" , x="a,b=c", , y`}, time.Minute, ""},
		{min0, 200, []string{"Cache-Control: max-age=60, max-age=120"}, time.Minute, ""},
		{min0, 200, []string{"Cache-Control: max-age=-1"}, 0, ""},
		{min0, 200, []string{"Cache-Control: max-age"}, 0, ""},
		{min0, 200, []string{"Cache-Control: max-age=1e3"}, 0, ""},
		{min0, 200, []string{"Cache-Control: max-age=99999999999999999999999"}, 7 * day, ""},
		{min0, 200, []string{"Cache-Control: ,,;=\"", "Cache-Control: "}, day, ""},
		{min0, 200, []string{"Vary: *"}, 0, "fetched again for each use, by Vary: *"},
		{min0, 200, []string{"Vary: Accept, *"}, 0, ""},
		{min0, 200, []string{"Vary: Accept"}, day, ""},
		{min1h, 200, []string{"Vary: *"}, day, ""},

		{origin, 200, nil, none, "not stored: no max-age, s-maxage or Expires, and the default TTL is 0"},
		{origin, 200, []string{"Cache-Control: max-age=60"}, time.Minute, ""},
		{off, 200, []string{"Cache-Control: max-age=60"}, none, "not stored: the minimum, default and maximum TTL are 0"},

		// Other statuses.
		{min0, 204, nil, day, ""},
		{min0, 206, nil, none, ""},
		{min0, 101, nil, none, "not stored: status 101 is no final response"},
		{min0, 301, nil, day, ""},
		{min0, 302, nil, day, ""},
		{min0, 304, nil, none, ""},
		{min0, 307, nil, none, "not stored: status 307 is cached only with a Cache-Control header"},
		{min0, 307, []string{"Cache-Control: public"}, day, ""},
		{min0, 308, []string{"Expires: Sun, 01 Mar 2026 12:30:00 GMT"}, none, ""},
		{min0, 308, []string{"Cache-Control: max-age=60"}, time.Minute, ""},

		// Errors.
		{min0, 404, nil, 10 * time.Second, "fresh for 10s, the error caching minimum TTL of status 404"},
		{off, 404, nil, 10 * time.Second, ""},
		{min2d, 404, nil, 10 * time.Second, ""},
		{min0, 404, []string{"Cache-Control: max-age=5"}, 10 * time.Second, ""},
		{min0, 404, []string{"Cache-Control: max-age=60"}, time.Minute, "fresh for 1m0s, by Cache-Control: max-age=60 and the maximum TTL"},
		{min0, 404, []string{"Cache-Control: max-age=6000000"}, 7 * day, ""},
		{off, 404, []string{"Cache-Control: max-age=60"}, 10 * time.Second, ""},
		{min2d, 404, []string{"Cache-Control: max-age=60"}, time.Minute, ""},
		{min0, 404, []string{"Expires: Sun, 01 Mar 2026 12:30:00 GMT"}, 30 * time.Minute, ""},
		{min0, 404, []string{"Cache-Control: no-store"}, none, "not stored: status 404 with Cache-Control: no-store"},
		{min0, 410, []string{"Cache-Control: private"}, none, ""},
		{min0, 414, []string{"Cache-Control: no-cache"}, none, ""},
		{min0, 501, []string{"Cache-Control: no-cache"}, none, ""},
		{min0, 500, []string{"Cache-Control: no-store"}, 10 * time.Second, ""},
		{min0, 503, []string{"Cache-Control: private"}, 10 * time.Second, ""},
		{noErr, 404, nil, none, "not stored: the error caching minimum TTL of status 404 is 0"},
		{noErr, 404, []string{"Cache-Control: max-age=60"}, time.Minute, ""},
		{min0, 403, nil, none, "not stored: status 403 is cached only with Cache-Control: max-age or s-maxage"},
		{min0, 403, []string{"Cache-Control: s-maxage=60"}, time.Minute, ""},
		{min0, 403, []string{"Cache-Control: max-age=0"}, 10 * time.Second, ""},
		{min0, 403, []string{"Expires: Sun, 01 Mar 2026 12:30:00 GMT"}, none, ""},
		{min0, 400, nil, none, ""},
		{min0, 405, []string{"Cache-Control: max-age=60"}, time.Minute, ""},
		{min0, 401, []string{"Cache-Control: max-age=60"}, none, "not stored: status 401 is not cached"},
		{min0, 416, []string{"Cache-Control: max-age=60"}, none, ""},
		{min0, 429, []string{"Cache-Control: max-age=60"}, none, ""},
		{min0, 505, nil, none, ""},
	} {
		l := test.policy.lifetime(test.status, headers(test.header...), day0)
		if !l.keep {
			l.ttl = none
		}
		if l.ttl != test.ttl || test.why != "" && l.why != test.why || l.why == "" {
			t.Errorf("%d %q under %v/%v/%v: %v, %q; want %v, %q", test.status, test.header,
				test.policy.MinTTL, test.policy.DefaultTTL, test.policy.MaxTTL, l.ttl, l.why, test.ttl, test.why)
		}
	}
}

func TestStaleDirectives(t *testing.T) {
	for _, test := range []struct {
		header           string
		max              time.Duration
		revalidate, fail time.Duration
		strict           bool
	}{
		{"max-age=60", time.Hour, 0, absent, false},
		{"max-age=60, stale-while-revalidate=30, stale-if-error=40", time.Hour, 30 * time.Second, 40 * time.Second, false},
		{"max-age=60, stale-while-revalidate=30", 70 * time.Second, 10 * time.Second, absent, false},
		{"max-age=60, stale-while-revalidate=30", 30 * time.Second, 0, absent, false},
		{"max-age=60, stale-if-error=7200", time.Hour, 0, 2 * time.Hour, false},
		{"max-age=60, must-revalidate, stale-if-error=9", time.Hour, 0, 9 * time.Second, true},
		{"max-age=60, proxy-revalidate", time.Hour, 0, absent, true},
		{"max-age=60, stale-while-revalidate=x", time.Hour, 0, absent, false},
	} {
		p := Policy{MaxTTL: test.max}
		l := p.lifetime(200, headers("Cache-Control: "+test.header), day0)
		if l.whileRevalidate != test.revalidate || l.ifError != test.fail || l.strict != test.strict {
			t.Errorf("%q: %v, %v, strict %v", test.header, l.whileRevalidate, l.ifError, l.strict)
		}
	}
}

func TestUnkeptFields(t *testing.T) {
	d := parseCacheControl([]string{`no-cache="set-cookie, X-A", private=x-b`})
	if want := []string{"Set-Cookie", "X-A", "X-B"}; !slices.Equal(d.without, want) || d.noCache || d.private {
		t.Errorf("%+v, want the fields %q", d, want)
	}
}

func FuzzCacheControl(f *testing.F) {
	for _, s := range []string{"max-age=60", `no-cache="a", max-age="`, "=,=\",\"", "stale-if-error=9999999999999999999999, s-maxage = 1", "private=", `x="a,max-age=5"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := parseCacheControl([]string{s})
		for _, v := range []time.Duration{d.maxAge, d.sMaxAge, d.whileRevalidate, d.ifError} {
			if v < absent || v > longest {
				t.Errorf("%q has a duration of %v", s, v)
			}
		}
		// A list is its parts: one more directive changes nothing about these.
		if e := parseCacheControl([]string{s, "x-unknown=1"}); e.maxAge != d.maxAge || e.noStore != d.noStore {
			t.Errorf("%q reads differently with another directive after it", s)
		}
	})
}
