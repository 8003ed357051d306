package s3

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"io"
	"io/fs"
	"sync"
	"time"
)

// etags remembers the MD5 of files, which is the ETag of an object that was put
// in one piece and is not encrypted with a key of KMS.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
type etags struct {
	mu     sync.Mutex
	byName map[string]*etag
}

// etag is that of a file as it was. Its lock is held while the file is read, so
// that a file many ask for at once is read once.
type etag struct {
	mu       sync.Mutex
	size     int64
	modified time.Time
	value    string
}

// settled is how long a file must have been unchanged for its time to vouch for
// its content: within a tick of the file system's clock it can be written twice.
const settled = 2 * time.Second

// of returns the tag of a file, in quotes, and whether it had to be read for it.
func (c *etags) of(ctx context.Context, name string, info fs.FileInfo, file io.Reader) (value string, read bool, err error) {
	e := c.entry(name)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.value != "" && e.size == info.Size() && e.modified.Equal(info.ModTime()) {
		return e.value, false, nil
	}
	sum := md5.New()
	if _, err := io.Copy(sum, contextReader{ctx, file}); err != nil {
		return "", true, err
	}
	value = `"` + hex.EncodeToString(sum.Sum(nil)) + `"`
	// A file without a time may change unnoticed.
	if t := info.ModTime(); !t.IsZero() && time.Since(t) > settled {
		e.size, e.modified, e.value = info.Size(), t, value
	}
	return value, true, nil
}

func (c *etags) entry(name string) *etag {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byName == nil {
		c.byName = map[string]*etag{}
	}
	if c.byName[name] == nil {
		c.byName[name] = &etag{}
	}
	return c.byName[name]
}

// contextReader stops reading when nobody waits for the result.
type contextReader struct {
	ctx context.Context
	io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
