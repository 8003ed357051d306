package main

import (
	"testing"
	"testing/fstest"

	"github.com/cfrouter/cfrouter/cfsim"
)

func TestFingerprintedAssets(t *testing.T) {
	const forever = "public, max-age=31536000, immutable"
	kept := func(request, value string) exchange {
		return exchange{request: request, status: 200, header: map[string]string{"cache-control": value}}
	}
	own, gone := kept("/assets/report.pdf", "max-age=60"), kept("/assets/gone-77ab01.js", "")
	own.origin.Headers = map[string]string{"Cache-Control": "max-age=60"}
	gone.origin.Status, gone.status = 404, 404
	open(t, fingerprintedAssets).exchanges(
		kept("/assets/app-3f2a91.js", forever),
		kept("/assets/fonts/serif-09be12.woff2", forever),
		kept("/", "no-cache"),
		kept("/index.html", "no-cache"),
		kept("/guide/", "no-cache"),
		kept("/favicon.ico", ""),
		own,
		gone,
	)
}

// TestNewPageNamesNewAssets deploys without an invalidation.
func TestNewPageNamesNewAssets(t *testing.T) {
	r := open(t, fingerprintedAssets)
	bucket := fstest.MapFS{
		"index.html":           {Data: []byte("app-3f2a91.js")},
		"assets/app-3f2a91.js": {Data: []byte("one")},
	}
	if err := r.Attach("Bundle", cfsim.Files(bucket)); err != nil {
		t.Fatal(err)
	}
	ask := func(request, want, cache string) {
		t.Helper()
		response, body := r.get(request)
		if body != want || response.Header.Get("X-Cache") != cache {
			t.Errorf("%s: got %q, %s; want %q, %s", request, body, response.Header.Get("X-Cache"), want, cache)
		}
	}
	ask("/", "app-3f2a91.js", "Miss from cloudfront")
	ask("/assets/app-3f2a91.js", "one", "Miss from cloudfront")
	bucket["index.html"] = &fstest.MapFile{Data: []byte("app-90c4d7.js")}
	bucket["assets/app-90c4d7.js"] = &fstest.MapFile{Data: []byte("two")}
	ask("/", "app-90c4d7.js", "Miss from cloudfront")
	ask("/assets/app-90c4d7.js", "two", "Miss from cloudfront")
	ask("/assets/app-3f2a91.js", "one", "Hit from cloudfront")
}
