package s3

import (
	"mime"
	"testing"
)

func TestContentType(t *testing.T) {
	for key, want := range map[string]string{
		"index.html":          "text/html",
		"INDEX.HTML":          "text/html",
		"a/b.c/app.mjs":       "text/javascript",
		"style.css":           "text/css",
		"app.js.map":          "binary/octet-stream",
		"data.json":           "application/json",
		"site.webmanifest":    "application/manifest+json",
		"font.woff2":          "font/woff2",
		"photo.JPG":           "image/jpeg",
		"favicon.ico":         "image/vnd.microsoft.icon",
		"logo.svgz":           "image/svg+xml",
		"backup.tar.gz":       "application/x-tar",
		"backup.tgz":          "application/x-tar",
		"app.js.gz":           "text/javascript",
		"app.js.br":           "text/javascript",
		"module.wasm":         "application/wasm",
		"README":              "binary/octet-stream",
		".htaccess":           "binary/octet-stream",
		".html":               "binary/octet-stream",
		"a.html/noextension":  "binary/octet-stream",
		"trailing.":           "binary/octet-stream",
		"":                    "binary/octet-stream",
		".gz":                 "binary/octet-stream",
		"x.gz.gz.bz2":         "binary/octet-stream",
		"dir.with.dots/a.txt": "text/plain",
	} {
		if got := ContentType(key); got != want {
			t.Errorf("ContentType(%q) = %q, want %q", key, got, want)
		}
	}
	for ext, text := range types {
		if _, _, err := mime.ParseMediaType(text); err != nil {
			t.Errorf("the type %q of %s: %v", text, ext, err)
		}
	}
}
