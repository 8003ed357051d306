package compress

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
)

func TestAcceptEncoding(t *testing.T) {
	for _, test := range []struct {
		viewer                string
		gzip, brotli          bool
		choose, key, toOrigin string
	}{
		{"gzip, deflate, br", true, true, "br", "br,gzip", "br,gzip"},
		{"br, gzip;q=0.1", true, true, "br", "br,gzip", "br,gzip"},
		{"gzip", true, true, "gzip", "gzip", "gzip"},
		{"br", true, true, "br", "br", "br"},
		{"deflate", true, true, "", "", "identity"},
		{"", true, true, "", "", ""},
		{"gzip, br", true, false, "gzip", "gzip", "gzip"},
		{"gzip, br", false, true, "br", "br", "br"},
		{"br", true, false, "", "", "identity"},
		{"gzip, br", false, false, "", "", "identity"},
		{"GZIP", true, true, "gzip", "gzip", "gzip"},
		{"x-gzip, brotli", true, true, "", "", "identity"},
		{"*", true, true, "", "", "identity"},
		{"br;q=0, gzip;q=1", true, true, "gzip", "gzip", "gzip"},
		{"br; Q = 0.0 ,gzip;q=0", true, true, "", "", "identity"},
		{"br;q=0, br", true, true, "br", "br", "br"},
		{"gzip;q=x", true, true, "gzip", "gzip", "gzip"},
		{",;,gzip", true, true, "gzip", "gzip", "gzip"},
	} {
		if got := Choose(test.viewer, test.gzip, test.brotli); got != test.choose {
			t.Errorf("Choose(%q, %t, %t): got %q, want %q", test.viewer, test.gzip, test.brotli, got, test.choose)
		}
		if got := NormalizeAcceptEncoding(test.viewer, test.gzip, test.brotli); got != test.key {
			t.Errorf("NormalizeAcceptEncoding(%q, %t, %t): got %q, want %q", test.viewer, test.gzip, test.brotli, got, test.key)
		}
		if got := OriginAcceptEncoding(test.viewer, test.gzip, test.brotli); got != test.toOrigin {
			t.Errorf("OriginAcceptEncoding(%q, %t, %t): got %q, want %q", test.viewer, test.gzip, test.brotli, got, test.toOrigin)
		}
	}
}

func FuzzAcceptEncoding(f *testing.F) {
	f.Add("gzip, deflate, br;q=0.5", true, true)
	f.Add(";;=,,", true, false)
	f.Fuzz(func(t *testing.T, viewer string, gzip, brotli bool) {
		key := NormalizeAcceptEncoding(viewer, gzip, brotli)
		if again := NormalizeAcceptEncoding(key, gzip, brotli); again != key {
			t.Errorf("%q becomes %q, then %q", viewer, key, again)
		}
		chosen := Choose(viewer, gzip, brotli)
		if Choose(key, gzip, brotli) != chosen {
			t.Errorf("%q gets %q, and its key %q another", viewer, chosen, key)
		}
		if !strings.HasPrefix(key, chosen) || chosen == "" && key != "" {
			t.Errorf("%q gets %q with the key %q", viewer, chosen, key)
		}
	})
}

func TestEligible(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int
		header []string
		reason string // "" if it is
	}{
		{"page", 200, []string{"Content-Length", "1000", "Content-Type", "text/html; charset=utf-8"}, ""},
		{"largest", 200, []string{"Content-Length", "10000000", "Content-Type", "application/json"}, ""},
		{"not found", 404, []string{"Content-Length", "5000", "Content-Type", "TEXT/HTML"}, ""},
		{"forbidden", 403, []string{"Content-Length", "5000", "Content-Type", "text/plain"}, ""},
		{"no-transform", 200, []string{"Content-Length", "5000", "Content-Type", "text/plain", "Cache-Control", "no-transform"}, ""},
		{"error", 500, []string{"Content-Length", "5000", "Content-Type", "text/plain"}, "the status is 500, and only responses with 200, 403 and 404 are compressed"},
		{"part", 206, []string{"Content-Length", "5000", "Content-Type", "text/plain"}, "the status is 206"},
		{"compressed", 200, []string{"Content-Length", "5000", "Content-Type", "text/plain", "Content-Encoding", "gzip"}, "the origin sent it with Content-Encoding: gzip"},
		{"identity", 200, []string{"Content-Length", "5000", "Content-Type", "text/plain", "Content-Encoding", ""}, "the origin sent it with Content-Encoding: "},
		{"streamed", 200, []string{"Content-Type", "text/plain"}, "it has no Content-Length"},
		{"nonsense", 200, []string{"Content-Length", "-5", "Content-Type", "text/plain"}, `its Content-Length is "-5"`},
		{"small", 200, []string{"Content-Length", "999", "Content-Type", "text/plain"}, "it has 999 bytes, and only objects of 1000 to 10000000 bytes are compressed"},
		{"large", 200, []string{"Content-Length", "10000001", "Content-Type", "text/plain"}, "it has 10000001 bytes"},
		{"image", 200, []string{"Content-Length", "5000", "Content-Type", "image/png"}, "its Content-Type image/png is none of those that are compressed"},
		{"font", 200, []string{"Content-Length", "5000", "Content-Type", "font/woff2"}, "font/woff2"},
		{"no type", 200, []string{"Content-Length", "5000"}, "it has no Content-Type"},
	} {
		header := http.Header{}
		for i := 0; i < len(test.header); i += 2 {
			header.Set(test.header[i], test.header[i+1])
		}
		reason, ok := Eligible(test.status, header)
		if ok != (test.reason == "") || !strings.Contains(reason, test.reason) || ok && reason != "" {
			t.Errorf("%s: got %t, %q, want %q", test.name, ok, reason, test.reason)
		}
	}
}

func TestRewrite(t *testing.T) {
	for _, test := range []struct {
		name         string
		header, want http.Header
	}{
		{
			"strong tag",
			http.Header{"Etag": {`"abc"`}, "Content-Length": {"1000"}, "Content-Type": {"text/css"}},
			http.Header{"Etag": {`W/"abc"`}, "Content-Encoding": {"br"}, "Content-Type": {"text/css"}, "Vary": {"Accept-Encoding"}},
		},
		{
			"weak tag, Vary there",
			http.Header{"Etag": {`W/"abc"`}, "Vary": {"Origin, accept-encoding"}},
			http.Header{"Etag": {`W/"abc"`}, "Content-Encoding": {"br"}, "Vary": {"Origin, accept-encoding"}},
		},
		{
			"invalid tag, other Vary",
			http.Header{"Etag": {`abc`}, "Vary": {"Origin"}},
			http.Header{"Content-Encoding": {"br"}, "Vary": {"Origin", "Accept-Encoding"}},
		},
		{
			"open tag, Vary on all",
			http.Header{"Etag": {`"`}, "Vary": {"*"}},
			http.Header{"Content-Encoding": {"br"}, "Vary": {"*"}},
		},
	} {
		Rewrite(test.header, "br")
		if diff := cmp.Diff(test.want, test.header); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestEncode(t *testing.T) {
	text := strings.Repeat("The same words again and again. ", 1000)
	for encoding, decode := range map[string]func(io.Reader) (io.Reader, error){
		"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		"br":   func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
		"":     func(r io.Reader) (io.Reader, error) { return r, nil },
	} {
		var b bytes.Buffer
		w := Encode(encoding, &b)
		for part := range strings.SplitAfterSeq(text, ".") {
			if _, err := io.WriteString(w, part); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if small := b.Len() < len(text)/10; small != (encoding != "") {
			t.Errorf("%q: %d bytes became %d", encoding, len(text), b.Len())
		}
		r, err := decode(&b)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || string(got) != text {
			t.Errorf("%q: read %d bytes back, %v", encoding, len(got), err)
		}
	}
}

// What was written can be read after a flush, before the end.
func TestEncodeStreams(t *testing.T) {
	for encoding, decode := range map[string]func(io.Reader) (io.Reader, error){
		"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		"br":   func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
	} {
		var b bytes.Buffer
		w := Encode(encoding, &b)
		if _, err := io.WriteString(w, "first"); err != nil {
			t.Fatal(err)
		}
		if err := w.(interface{ Flush() error }).Flush(); err != nil {
			t.Fatal(err)
		}
		r, err := decode(&b)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 5)
		if _, err := io.ReadFull(r, got); err != nil || string(got) != "first" {
			t.Errorf("%q: read %q, %v", encoding, got, err)
		}
	}
}

func TestEncodePanics(t *testing.T) {
	defer func() {
		if got, want := recover(), `cfsim: there is no encoding "deflate": expected "gzip", "br" or none`; got != want {
			t.Errorf("got %v, want %q", got, want)
		}
	}()
	Encode("deflate", io.Discard)
}
