package policy

import "time"

// ManagedCache returns the cache policy that AWS manages under an id.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html)
func ManagedCache(id string) (*Cache, bool) { return lookUp(managedCaches, id) }

// ManagedOriginRequest returns the origin request policy that AWS manages under an
// id.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html)
func ManagedOriginRequest(id string) (*OriginRequest, bool) { return lookUp(managedOriginRequests, id) }

// ManagedResponseHeaders returns the response headers policy that AWS manages
// under an id.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html)
func ManagedResponseHeaders(id string) (*ResponseHeaders, bool) {
	return lookUp(managedResponseHeaders, id)
}

// lookUp makes a policy anew every time, so that no caller can change it for
// another.
func lookUp[P any](policies map[string]func() P, id string) (*P, bool) {
	create, ok := policies[id]
	if !ok {
		return nil, false
	}
	p := create()
	return &p, true
}

func cache(name string, minimum, standard, maximum time.Duration, headers, cookies, queries Selection, compressed ...string) func() Cache {
	headers.Fold = true
	return func() Cache {
		c := Cache{
			Name: name, MinTTL: minimum * time.Second, DefaultTTL: standard * time.Second, MaxTTL: maximum * time.Second,
			Headers: headers.clone(), Cookies: cookies.clone(), Queries: queries.clone(), Managed: true,
		}
		for _, encoding := range compressed {
			c.Gzip = c.Gzip || encoding == "gzip"
			c.Brotli = c.Brotli || encoding == "br"
		}
		return c
	}
}

func originRequest(name string, headers, cookies, queries Selection) func() OriginRequest {
	headers.Fold = true
	return func() OriginRequest {
		return OriginRequest{Name: name, Headers: headers.clone(), Cookies: cookies.clone(), Queries: queries.clone(), Managed: true}
	}
}

var (
	none = Selection{Mode: None}
	all  = Selection{Mode: All}
)

func only(names ...string) Selection { return Selection{Mode: Whitelist, Names: names} }

const year = 31536000 // seconds

// The contents of the four policies of Amplify Hosting are in its own guide.
// (https://docs.aws.amazon.com/amplify/latest/userguide/cache-configuration-type.html#managed-cache-policies-amplify)
var managedCaches = map[string]func() Cache{
	"2e54312d-136d-493c-8eb9-b001f22f67d2": cache("Managed-Amplify", 2, 2, 600,
		only("Authorization", "CloudFront-Viewer-Country", "Host"), all, all, "gzip", "br"),
	"4d1d2f1d-3a71-49ad-9e08-7ea5d843a556": cache("Managed-Amplify-Default", 0, 0, year,
		only("Authorization", "Accept", "CloudFront-Viewer-Country", "Host"), all, all, "gzip", "br"),
	"a6bad946-36c3-4c33-aa98-362c74a7fb13": cache("Managed-Amplify-DefaultNoCookies", 0, 0, year,
		only("Authorization", "Accept", "CloudFront-Viewer-Country", "Host"), none, all, "gzip", "br"),
	"1c6db51a-a33f-469a-8245-dae26771f530": cache("Managed-Amplify-ImageOptimization", 0, 0, year,
		only("Authorization", "Accept", "Host"), none, all, "gzip", "br"),
	"7e5fad67-ee98-4ad0-b05a-394999eefc1a": cache("Managed-Amplify-StaticContent", 0, 0, year,
		only("Authorization", "Host"), none, none, "gzip", "br"),
	"4135ea2d-6df8-44a3-9df3-4b5a84be39ad": cache("Managed-CachingDisabled", 0, 0, 0, none, none, none),
	"658327ea-f89d-4fab-a63d-7e88639e58f6": cache("Managed-CachingOptimized", 1, 86400, year, none, none, none, "gzip", "br"),
	"b2884449-e4de-46a7-ac36-70bc7f1ddd6d": cache("Managed-CachingOptimizedForUncompressedObjects", 1, 86400, year, none, none, none),
	"08627262-05a9-4f76-9ded-b50ca2e3a84f": cache("Managed-Elemental-MediaPackage", 0, 86400, year,
		only("Origin"), none, only("aws.manifestfilter", "start", "end", "m"), "gzip"),
	"83da9c7e-98b4-4e11-a168-04f0df8e2c65": cache("UseOriginCacheControlHeaders", 0, 0, year,
		only("Host", "Origin", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"), all, none, "gzip", "br"),
	"4cc15a8a-d715-48a4-82b8-cc0b614638fe": cache("UseOriginCacheControlHeaders-QueryStrings", 0, 0, year,
		only("Host", "Origin", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"), all, all, "gzip", "br"),
}

var managedOriginRequests = map[string]func() OriginRequest{
	"216adef6-5c7f-47e4-b989-5492eafa07d3": originRequest("Managed-AllViewer", Selection{Mode: AllViewer}, all, all),
	"33f36d7e-f396-46d9-90e0-52428a34d9dc": originRequest("Managed-AllViewerAndCloudFrontHeaders-2022-06",
		Selection{Mode: AllViewerAndCloudFront, Names: viewerHeaders}, all, all),
	"b689b0a8-53d0-40ab-baf2-68738e2966ac": originRequest("Managed-AllViewerExceptHostHeader",
		Selection{Mode: AllExcept, Names: []string{"Host"}}, all, all),
	"59781a5b-3903-41f3-afcb-af62929ccde1": originRequest("Managed-CORS-CustomOrigin", only("Origin"), none, none),
	"88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": originRequest("Managed-CORS-S3Origin",
		only("Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method"), none, none),
	"775133bc-15f2-49f9-abea-afb2e0bf67d2": originRequest("Managed-Elemental-MediaTailor-PersonalizedManifests",
		only("Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method", "User-Agent", "X-Forwarded-For"), none, all),
	"bf0718e1-ba1e-49d1-88b1-f726733018ae": originRequest("Managed-HostHeaderOnly", only("Host"), none, none),
	"acba4595-bd28-49b8-b9fe-13317c0390fa": originRequest("Managed-UserAgentRefererHeaders", only("User-Agent", "Referer"), none, none),
}

// What the policies for preflights answer to Access-Control-Request-Headers their
// page does not list, so that they answer nothing here.
var managedResponseHeaders = map[string]func() ResponseHeaders{
	"60669652-455b-4ae9-85a4-c4c02393f86c": responseHeaders("Managed-SimpleCORS", simpleCORS, nil),
	"5cc3b908-e619-4b99-88e5-2cf7f45965bd": responseHeaders("Managed-CORS-With-Preflight", corsWithPreflight, nil),
	"67f7725c-6f97-4210-82d7-5512b31e9d03": responseHeaders("Managed-SecurityHeadersPolicy", nil, securityHeaders),
	"e61eb60c-9c35-4d20-a928-2b84e02af89c": responseHeaders("Managed-CORS-and-SecurityHeadersPolicy", simpleCORS, securityHeaders),
	"eaab4381-ed33-4a86-88ca-d9558dc6cd63": responseHeaders("Managed-CORS-with-preflight-and-SecurityHeadersPolicy", corsWithPreflight, securityHeaders),
}

func responseHeaders(name string, cors func() *CORS, security func() []Header) func() ResponseHeaders {
	return func() ResponseHeaders {
		p := ResponseHeaders{Name: name, Managed: true}
		if cors != nil {
			p.CORS = cors()
		}
		if security != nil {
			p.Security = security()
		}
		return p
	}
}

func simpleCORS() *CORS { return &CORS{Origins: []string{"*"}} }

func corsWithPreflight() *CORS {
	return &CORS{
		Origins: []string{"*"},
		Methods: []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"},
		Expose:  []string{"*"},
	}
}

func securityHeaders() []Header {
	return []Header{
		{Name: "Referrer-Policy", Value: "strict-origin-when-cross-origin"},
		{Name: "Strict-Transport-Security", Value: "max-age=31536000"},
		{Name: "X-Content-Type-Options", Value: "nosniff", Override: true},
		{Name: "X-Frame-Options", Value: "SAMEORIGIN"},
		{Name: "X-XSS-Protection", Value: "1; mode=block"},
	}
}
