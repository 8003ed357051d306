package policy

import (
	"regexp"
	"slices"
	"testing"
	"time"
)

func TestManagedCache(t *testing.T) {
	for _, test := range []struct {
		id, name                   string
		minimum, standard, maximum time.Duration // seconds
		headers                    []string
		cookies, queries           Mode
		gzip, brotli               bool
	}{
		{"4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "Managed-CachingDisabled", 0, 0, 0, nil, None, None, false, false},
		{"658327ea-f89d-4fab-a63d-7e88639e58f6", "Managed-CachingOptimized", 1, 86400, 31536000, nil, None, None, true, true},
		{"b2884449-e4de-46a7-ac36-70bc7f1ddd6d", "Managed-CachingOptimizedForUncompressedObjects", 1, 86400, 31536000, nil, None, None, false, false},
		{"08627262-05a9-4f76-9ded-b50ca2e3a84f", "Managed-Elemental-MediaPackage", 0, 86400, 31536000, []string{"origin"}, None, Whitelist, true, false},
		{"2e54312d-136d-493c-8eb9-b001f22f67d2", "Managed-Amplify", 2, 2, 600, []string{"authorization", "host", "cloudfront-viewer-country"}, All, All, true, true},
		{"83da9c7e-98b4-4e11-a168-04f0df8e2c65", "UseOriginCacheControlHeaders", 0, 0, 31536000, []string{"host", "origin", "x-http-method"}, All, None, true, true},
		{"4cc15a8a-d715-48a4-82b8-cc0b614638fe", "UseOriginCacheControlHeaders-QueryStrings", 0, 0, 31536000, []string{"x-method-override"}, All, All, true, true},
		{"7e5fad67-ee98-4ad0-b05a-394999eefc1a", "Managed-Amplify-StaticContent", 0, 0, 31536000, []string{"host"}, None, None, true, true},
	} {
		c, ok := ManagedCache(test.id)
		if !ok {
			t.Errorf("there is no %s", test.name)
			continue
		}
		if c.Name != test.name || c.MinTTL != test.minimum*time.Second || c.DefaultTTL != test.standard*time.Second || c.MaxTTL != test.maximum*time.Second ||
			c.Cookies.Mode != test.cookies || c.Queries.Mode != test.queries || c.Gzip != test.gzip || c.Brotli != test.brotli || !c.Managed {
			t.Errorf("%s: got %+v", test.name, c)
		}
		if (c.Headers.Mode == None) != (len(test.headers) == 0) {
			t.Errorf("%s: headers %+v", test.name, c.Headers)
		}
		for _, name := range test.headers {
			if !c.Headers.Has(name) {
				t.Errorf("%s: has no header %s", test.name, name)
			}
		}
	}
}

func TestManagedOriginRequest(t *testing.T) {
	for id, want := range map[string]struct {
		host, accept, country, cookie, query bool
	}{
		"216adef6-5c7f-47e4-b989-5492eafa07d3": {true, true, false, true, true}, // AllViewer
		"33f36d7e-f396-46d9-90e0-52428a34d9dc": {true, true, true, true, true},  // AllViewerAndCloudFrontHeaders-2022-06
		"b689b0a8-53d0-40ab-baf2-68738e2966ac": {false, true, true, true, true}, // AllViewerExceptHostHeader
		"59781a5b-3903-41f3-afcb-af62929ccde1": {},                              // CORS-CustomOrigin
		"88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": {},                              // CORS-S3Origin
		"775133bc-15f2-49f9-abea-afb2e0bf67d2": {query: true},                   // Elemental-MediaTailor-PersonalizedManifests
		"bf0718e1-ba1e-49d1-88b1-f726733018ae": {host: true},                    // HostHeaderOnly
		"acba4595-bd28-49b8-b9fe-13317c0390fa": {},                              // UserAgentRefererHeaders
	} {
		o, ok := ManagedOriginRequest(id)
		if !ok {
			t.Errorf("there is no %s", id)
			continue
		}
		got := want
		got.host, got.accept, got.country = o.Headers.Has("Host"), o.Headers.Has("Accept"), o.Headers.Has("CloudFront-Viewer-Country")
		got.cookie, got.query = o.Cookies.Has("a"), o.Queries.Has("a")
		if got != want || !o.Managed {
			t.Errorf("%s: got %+v, want %+v", o.Name, got, want)
		}
	}
	o, _ := ManagedOriginRequest("33f36d7e-f396-46d9-90e0-52428a34d9dc")
	if n := len(o.Headers.Generated()); n != 21 {
		t.Errorf("%s adds %d headers, want 21", o.Name, n)
	}
}

// Every policy under its own name, none shared between two callers.
func TestManaged(t *testing.T) {
	id := regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	var ids, names []string
	for key := range managedCaches {
		c, _ := ManagedCache(key)
		ids, names = append(ids, key), append(names, c.Name)
		if len(c.Headers.Names) > 0 {
			c.Headers.Names[0] = "changed"
			if again, _ := ManagedCache(key); again.Headers.Names[0] == "changed" {
				t.Errorf("%s can be changed", c.Name)
			}
		}
		if problems := c.Problems(); len(problems) > 0 {
			t.Errorf("%s: %q", c.Name, problems)
		}
	}
	for key := range managedOriginRequests {
		o, _ := ManagedOriginRequest(key)
		ids, names = append(ids, key), append(names, o.Name)
		if problems := o.Problems(); len(problems) > 0 {
			t.Errorf("%s: %q", o.Name, problems)
		}
	}
	for key := range managedResponseHeaders {
		p, _ := ManagedResponseHeaders(key)
		ids, names = append(ids, key), append(names, p.Name)
		if problems := p.Problems(); len(problems) > 0 {
			t.Errorf("%s: %q", p.Name, problems)
		}
	}
	if len(ids) != 11+8+5 {
		t.Errorf("there are %d policies", len(ids))
	}
	for _, key := range ids {
		if !id.MatchString(key) {
			t.Errorf("%q is no id", key)
		}
	}
	slices.Sort(names)
	if n := len(slices.Compact(slices.Clone(names))); n != len(names) {
		t.Errorf("two of %q are the same", names)
	}
	if _, ok := ManagedCache("216adef6-5c7f-47e4-b989-5492eafa07d3"); ok {
		t.Error("an origin request policy is a cache policy")
	}
}
