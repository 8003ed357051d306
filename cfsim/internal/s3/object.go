package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"runtime"
	"slices"
	"strings"
	"time"
)

// object is a file that was opened to be served.
type object struct {
	key      string
	file     fs.File
	size     int64
	modified time.Time // in whole seconds, as headers have it
	etag     string    // in quotes
}

// undated is the Last-Modified of files without a time, such as embedded ones:
// every object of S3 has one.
var undated = time.Date(2006, time.March, 1, 0, 0, 0, 0, time.UTC)

// foldsCase says that file names usually ignore case here. Keys never do, so
// the name of a file is compared with the names its directory lists.
var foldsCase = runtime.GOOS == "darwin" || runtime.GOOS == "windows"

// open finds an object. The caller closes its file.
func (b *Bucket) open(ctx context.Context, key string) (*object, *failure) {
	switch {
	case b.Files == nil:
		return nil, noSuchBucket(b.Name)
	case b.CannotGet:
		return nil, accessDenied()
	case !fs.ValidPath(key):
		return nil, b.missing(key)
	}
	// Only what is known to be a file is opened: opening a named pipe waits
	// for a writer.
	info, err := fs.Stat(b.Files, key)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return nil, unreadable(key, err)
	case err != nil, !info.Mode().IsRegular(), foldsCase && !spelled(b.Files, key):
		return nil, b.missing(key)
	}
	o, err := b.openFile(ctx, key)
	switch {
	case errors.Is(err, fs.ErrNotExist): // removed since
		return nil, b.missing(key)
	case err != nil:
		return nil, unreadable(key, err)
	}
	return o, nil
}

func (b *Bucket) openFile(ctx context.Context, key string) (*object, error) {
	file, err := b.Files.Open(key)
	if err != nil {
		return nil, err
	}
	o := &object{key: key, file: file}
	if err := b.describe(ctx, o); err != nil {
		o.file.Close()
		return nil, err
	}
	return o, nil
}

func (b *Bucket) describe(ctx context.Context, o *object) error {
	info, err := o.file.Stat()
	if err != nil {
		return err
	}
	o.size, o.modified = info.Size(), lastModified(info)
	var read bool
	if o.etag, read, err = b.etags.of(ctx, o.key, info, o.file); err != nil || !read {
		return err
	}
	if s, ok := o.file.(io.Seeker); ok {
		_, err := s.Seek(0, io.SeekStart)
		return err
	}
	again, err := b.Files.Open(o.key)
	if err == nil {
		o.file.Close()
		o.file = again
	}
	return err
}

func lastModified(info fs.FileInfo) time.Time {
	if info.ModTime().IsZero() {
		return undated
	}
	return info.ModTime().UTC().Truncate(time.Second)
}

// missing is the answer for a key that there is not.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax
func (b *Bucket) missing(key string) *failure {
	// A directory that is not there, since nothing was built yet, would
	// otherwise look like a lack of permissions.
	if _, err := fs.Stat(b.Files, "."); errors.Is(err, fs.ErrNotExist) {
		return noSuchBucket(b.Name)
	}
	if !b.CanList {
		return accessDenied()
	}
	return noSuchKey(key)
}

// spelled reports whether every part of a name has the case that its directory
// lists.
func spelled(files fs.FS, name string) bool {
	for name != "." {
		entries, err := fs.ReadDir(files, path.Dir(name))
		if err != nil || !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == path.Base(name) }) {
			return false
		}
		name = path.Dir(name)
	}
	return true
}

// serveObject answers a GET or HEAD request for an object that exists.
func (b *Bucket) serveObject(w http.ResponseWriter, r *http.Request, o *object, overrides http.Header) *failure {
	fresh, f := b.precondition(r, o)
	if f != nil {
		return f
	}
	if fresh {
		// What RFC 9110 asks for stays: Cache-Control, ETag, Expires. Which of
		// the others S3 sends is unstated.
		b.setHeaders(w.Header(), o, overrides)
		w.Header().Del("Content-Type")
		w.Header().Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	p, f := partOf(r, o)
	if f != nil {
		return f
	}
	b.send(w, r, http.StatusOK, o, p, overrides)
	return nil
}

// send answers with a part of an object.
func (b *Bucket) send(w http.ResponseWriter, r *http.Request, status int, o *object, p part, overrides http.Header) {
	h := w.Header()
	b.setHeaders(h, o, overrides)
	h.Set("Accept-Ranges", "bytes")
	h.Set("Content-Length", fmt.Sprint(p.length))
	if p.header != "" {
		status = http.StatusPartialContent
		h.Set("Content-Range", p.header)
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		o.copy(w, p)
	}
}

// setHeaders sets the headers that belong to an object.
func (b *Bucket) setHeaders(h http.Header, o *object, overrides http.Header) {
	h.Set("ETag", o.etag)
	h.Set("Last-Modified", o.modified.Format(http.TimeFormat))
	h.Set("X-Amz-Server-Side-Encryption", "AES256")
	h.Set("Content-Type", ContentType(o.key))
	addAll(h, b.metadata(o.key))
	addAll(h, overrides)
}

// copy sends a part of the object. If the client goes away, or the file shrinks
// meanwhile, what was sent is shorter than its Content-Length, which makes the
// server close the connection.
func (o *object) copy(w io.Writer, p part) {
	if p.start > 0 {
		if s, ok := o.file.(io.Seeker); ok {
			if _, err := s.Seek(p.start, io.SeekStart); err != nil {
				return
			}
		} else if _, err := io.CopyN(io.Discard, o.file, p.start); err != nil {
			return
		}
	}
	io.CopyN(w, o.file, p.length) // an error has nowhere to go
}

func (b *Bucket) metadata(key string) http.Header {
	if b.Metadata == nil {
		return nil
	}
	return b.Metadata(key)
}

func addAll(h, more http.Header) {
	for name, values := range more {
		h[http.CanonicalHeaderKey(name)] = slices.Clone(values)
	}
}

// overridden are the headers that a parameter of the url may set.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax
var overridden = []string{"Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Type", "Expires"}

// overrides are the headers asked for with response-* parameters.
func (b *Bucket) overrides(query url.Values) (http.Header, *failure) {
	h := http.Header{}
	for _, name := range overridden {
		parameter := "response-" + strings.ToLower(name)
		if !query.Has(parameter) {
			continue
		}
		value := query.Get(parameter)
		switch {
		case b.Unsigned:
			return nil, &failure{http.StatusBadRequest, "InvalidRequest", "Request specific response headers cannot be used for anonymous GET requests.", nil}
		case strings.ContainsFunc(value, func(c rune) bool { return c < ' ' || c == 0x7f }):
			return nil, invalidArgument("Header value cannot be represented.", parameter, value) // unstated
		}
		h.Set(name, value)
	}
	return h, nil
}
