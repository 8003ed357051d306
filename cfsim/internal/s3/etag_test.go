package s3

import (
	"bytes"
	"context"
	"crypto/md5"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

// countingFS counts how many bytes of its files are read.
type countingFS struct {
	fs.FS
	mu   sync.Mutex
	read int
}

type countingFile struct {
	fs.File
	in *countingFS
}

func (c *countingFS) Open(name string) (fs.File, error) {
	f, err := c.FS.Open(name)
	if err != nil {
		return nil, err
	}
	return countingFile{f, c}, nil
}

// Read makes no Seeker of a file: these are files that only stream.
func (f countingFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	f.in.mu.Lock()
	defer f.in.mu.Unlock()
	f.in.read += n
	return n, err
}

// streamFile is a file without a Seeker.
type streamFile struct {
	io.Reader
	fs.File
}

func (f *streamFile) Read(p []byte) (int, error) { return f.Reader.Read(p) }

func TestETagIsComputedOnce(t *testing.T) {
	fsys := files()
	for _, file := range fsys {
		file.ModTime = time.Unix(1e9, 0) // past by every clock
	}
	counting := &countingFS{FS: fsys}
	b := &Bucket{Files: counting}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if w := do(t, b, "HEAD", "/docs-2/notes"); w.Header().Get("Etag") != `"781e5e245d69b566979b86e28d23f2c7"` {
				t.Errorf("ETag is %s", w.Header().Get("Etag"))
			}
		})
	}
	wg.Wait()
	if counting.read != 10 {
		t.Errorf("eight HEAD requests read %d bytes of a file of 10, want it read once", counting.read)
	}
	if w := do(t, b, "GET", "/docs-2/notes", "Range", "bytes=3-5"); w.Body.String() != "345" {
		t.Errorf("a range of a file that only streams is %q", w.Body)
	}
	if w := do(t, &Bucket{Files: counting}, "GET", "/docs-2/notes"); w.Body.String() != "0123456789" {
		t.Errorf("a file that only streams is %q", w.Body)
	}
}

func TestChangesAreSeen(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "app.js")
	b := &Bucket{Files: os.DirFS(dir), CanList: true}
	seen := map[string]bool{}
	for i, text := range []string{"one", "two", "three", "4"} {
		write(t, name, text) // maybe within one tick of the clock
		w := do(t, b, "GET", "/app.js")
		if want := fmt.Sprintf(`"%x"`, md5.Sum([]byte(text))); w.Body.String() != text || w.Header().Get("Etag") != want {
			t.Errorf("change %d: %q with ETag %s, want %q with %s", i, w.Body, w.Header().Get("Etag"), text, want)
		}
		seen[w.Header().Get("Etag")] = true
	}
	if len(seen) != 4 {
		t.Errorf("four contents had %d ETags", len(seen))
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if w := do(t, b, "GET", "/app.js"); w.Code != 404 {
		t.Errorf("a removed file: %d, want 404", w.Code)
	}
}

func TestUndatedFiles(t *testing.T) {
	fsys := fstest.MapFS{"a": {Data: []byte("one")}}
	b := &Bucket{Files: fsys}
	first := do(t, b, "GET", "/a")
	fsys["a"] = &fstest.MapFile{Data: []byte("two")}
	second := do(t, b, "GET", "/a")
	if first.Header().Get("Etag") == second.Header().Get("Etag") {
		t.Error("a file without a time was changed and kept its ETag")
	}
	if got := first.Header().Get("Last-Modified"); got != "Wed, 01 Mar 2006 00:00:00 GMT" {
		t.Errorf("Last-Modified of a file without a time is %q", got)
	}
}

func TestNobodyWaitsForTheETag(t *testing.T) {
	counting := &countingFS{FS: files()}
	b := &Bucket{Files: counting}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := httptest.NewRequest("GET", "/docs-2/notes", nil).WithContext(ctx)
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	if w.Code != 500 || counting.read != 0 {
		t.Errorf("a cancelled request: %d after %d bytes, want 500 after none", w.Code, counting.read)
	}
	if w := do(t, b, "GET", "/docs-2/notes"); w.Code != 200 {
		t.Errorf("the next request: %d, want 200", w.Code)
	}
}

// A large file is streamed, and a client that goes away harms nobody.
func TestLargeFile(t *testing.T) {
	const size = 64 << 20
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "big.bin"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	f.Close()
	server := httptest.NewServer(&Bucket{Files: os.DirFS(dir)})
	defer server.Close()
	get := func() *http.Response {
		response, err := server.Client().Get(server.URL + "/big.bin")
		if err != nil {
			t.Fatal(err)
		}
		return response
	}
	aborted := get()
	io.ReadFull(aborted.Body, make([]byte, 10))
	aborted.Body.Close()
	whole := get()
	defer whole.Body.Close()
	if n, err := io.Copy(io.Discard, whole.Body); n != size || err != nil || whole.ContentLength != size {
		t.Errorf("read %d bytes of %d (Content-Length %d): %v", n, size, whole.ContentLength, err)
	}
}

func TestUnreadableFile(t *testing.T) {
	b := &Bucket{Files: brokenFS{files()}}
	w := do(t, b, "GET", "/broken")
	if e := errorOf(t, w); w.Code != 500 || e.Code != "InternalError" || !strings.Contains(e.Message, `"broken" cannot be read: it is broken`) {
		t.Errorf("a file that cannot be read: %d %s", w.Code, w.Body)
	}
	b.CanList = true
	if w := do(t, b, "GET", "/forbidden"); w.Code != 500 || errorOf(t, w).Code != "InternalError" {
		t.Errorf("a file without permission: %d %s", w.Code, w.Body)
	}
}

// brokenFS has a file that fails to be read, and one that may not be opened.
type brokenFS struct{ fstest.MapFS }

func (b brokenFS) Open(name string) (fs.File, error) {
	switch name {
	case "broken":
		f, err := b.MapFS.Open("empty")
		return &streamFile{errReader{}, f}, err
	case "forbidden":
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return b.MapFS.Open(name)
}

func (b brokenFS) Stat(name string) (fs.FileInfo, error) { return fs.Stat(onlyOpen{b}, name) }

type onlyOpen struct{ fs.FS }

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, fmt.Errorf("it is broken") }

// Case is compared where file names ignore it.
func TestSpelling(t *testing.T) {
	defer func(was bool) { foldsCase = was }(foldsCase)
	foldsCase = true
	b := &Bucket{Files: foldingFS{files()}, CanList: true}
	for target, status := range map[string]int{
		"/index.html":      200,
		"/Index.html":      404,
		"/docs/index.html": 200,
		"/Docs/index.html": 404,
		"/docs/a/deep.css": 200,
		"/docs/A/deep.css": 404,
	} {
		if w := do(t, b, "GET", target); w.Code != status {
			t.Errorf("GET %s: %d, want %d", target, w.Code, status)
		}
	}
	if w := do(t, b, "GET", "/?prefix=Docs/"); bytes.Contains(w.Body.Bytes(), []byte("<Key>")) {
		t.Errorf("the prefix Docs/ lists what is in docs/: %s", w.Body)
	}
}

// foldingFS ignores the case of names.
type foldingFS struct{ fstest.MapFS }

func (f foldingFS) Open(name string) (fs.File, error) { return f.MapFS.Open(strings.ToLower(name)) }

func (f foldingFS) Stat(name string) (fs.FileInfo, error) { return f.MapFS.Stat(strings.ToLower(name)) }

func (f foldingFS) ReadDir(name string) ([]fs.DirEntry, error) {
	return f.MapFS.ReadDir(strings.ToLower(name))
}

func TestSettled(t *testing.T) {
	fresh := fstest.MapFS{"a": {Data: []byte("one"), ModTime: time.Now().Add(time.Hour)}}
	counting := &countingFS{FS: fresh}
	b := &Bucket{Files: counting}
	do(t, b, "HEAD", "/a")
	do(t, b, "HEAD", "/a")
	if counting.read != 6 {
		t.Errorf("a file that was just written was read %d bytes by two requests, want 6: its time does not vouch for it yet", counting.read)
	}
}
