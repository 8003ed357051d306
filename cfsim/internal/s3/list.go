package s3

import (
	"context"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// listing is the result of ListObjects and ListObjectsV2. The owner of objects
// is left out: a file has none.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
type listing struct {
	XMLName               xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
	Name                  string
	Prefix                string
	Marker                *string // V1
	NextMarker            string  `xml:",omitempty"`
	StartAfter            string  `xml:",omitempty"` // V2
	ContinuationToken     string  `xml:",omitempty"`
	NextContinuationToken string  `xml:",omitempty"`
	KeyCount              *int
	MaxKeys               int
	Delimiter             string `xml:",omitempty"`
	EncodingType          string `xml:",omitempty"`
	IsTruncated           bool
	Contents              []listed
	CommonPrefixes        []commonPrefix
}

type listed struct {
	Key          string
	LastModified string
	ETag         string
	Size         int64
	StorageClass string
}

type commonPrefix struct{ Prefix string }

const maxPage = 1000

// serveBucket answers GET and HEAD requests for the bucket itself.
func (b *Bucket) serveBucket(w http.ResponseWriter, r *http.Request, query url.Values) *failure {
	switch {
	case b.Files == nil:
		return noSuchBucket(b.Name)
	case !b.CanList:
		return accessDenied()
	case r.Method == http.MethodHead:
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusOK)
		return nil
	}
	q, f := parseListQuery(query)
	if f != nil {
		return f
	}
	result, f := b.list(r.Context(), q)
	if f != nil {
		return f
	}
	text, err := xml.Marshal(result)
	if err != nil {
		panic(err) // texts and numbers can always be marshalled
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(http.StatusOK)
	w.Write(append([]byte(xml.Header), text...)) // the client may be gone
	return nil
}

// listQuery are the parameters of a listing.
type listQuery struct {
	v2                bool
	prefix, delimiter string
	after             string // the listing begins after this key or common prefix
	startAfter, token string
	max               int
	encode            bool
}

func parseListQuery(query url.Values) (listQuery, *failure) {
	q := listQuery{
		v2:         query.Get("list-type") == "2",
		prefix:     query.Get("prefix"),
		delimiter:  query.Get("delimiter"),
		after:      query.Get("marker"),
		startAfter: query.Get("start-after"),
		token:      query.Get("continuation-token"),
		max:        maxPage,
		encode:     query.Get("encoding-type") == "url",
	}
	if query.Has("encoding-type") && !q.encode {
		return q, invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", query.Get("encoding-type"))
	}
	if text := query.Get("max-keys"); text != "" {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil || n < 0 {
			return q, invalidArgument("Argument max-keys must be an integer between 0 and 2147483647", "max-keys", text)
		}
		q.max = min(int(n), maxPage)
	}
	if !q.v2 {
		return q, nil
	}
	q.after = q.startAfter
	if query.Has("continuation-token") { // it wins over start-after
		last, err := base64.RawURLEncoding.DecodeString(q.token)
		if err != nil || len(last) == 0 {
			return q, invalidArgument("The continuation token provided is incorrect", "continuation-token", q.token)
		}
		q.after, q.startAfter = string(last), ""
	}
	return q, nil
}

// list returns one page.
func (b *Bucket) list(ctx context.Context, q listQuery) (*listing, *failure) {
	keys, err := b.keys(ctx, q.prefix)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, noSuchBucket(b.Name)
	case err != nil:
		return nil, unlistable(err)
	}
	page, truncated := paginate(keys, q)
	l := q.header(b.Name)
	for _, e := range page {
		if e.group {
			l.CommonPrefixes = append(l.CommonPrefixes, commonPrefix{q.written(e.name)})
			continue
		}
		o, err := b.openFile(ctx, e.name)
		switch {
		case errors.Is(err, fs.ErrNotExist): // removed since
			continue
		case err != nil:
			return nil, unreadable(e.name, err)
		}
		o.file.Close()
		l.Contents = append(l.Contents, listed{
			q.written(e.name), o.modified.Format("2006-01-02T15:04:05.000Z"), o.etag, o.size, "STANDARD",
		})
	}
	l.IsTruncated = truncated
	count := len(l.Contents) + len(l.CommonPrefixes)
	if q.v2 {
		l.KeyCount = &count
	}
	if truncated && q.v2 {
		l.NextContinuationToken = base64.RawURLEncoding.EncodeToString([]byte(page[len(page)-1].name))
	} else if truncated && q.delimiter != "" { // without one, the last key is the marker
		l.NextMarker = q.written(page[len(page)-1].name)
	}
	return l, nil
}

// header is the part of a listing that repeats the request.
func (q listQuery) header(bucket string) *listing {
	l := &listing{
		Name:      bucket,
		Prefix:    q.written(q.prefix),
		MaxKeys:   q.max,
		Delimiter: q.written(q.delimiter),
	}
	if q.encode {
		l.EncodingType = "url"
	}
	if q.v2 {
		l.StartAfter, l.ContinuationToken = q.written(q.startAfter), q.token
	} else {
		marker := q.written(q.after)
		l.Marker = &marker
	}
	return l
}

// written is a key as the listing has it. With encoding-type=url all but the
// slashes is escaped.
func (q listQuery) written(text string) string {
	if !q.encode {
		return text
	}
	return strings.ReplaceAll(url.QueryEscape(text), "%2F", "/")
}

// entry is a key, or the common prefix of a group of keys.
type entry struct {
	name  string
	group bool
}

// paginate takes what comes after q.after from sorted keys, and reports whether
// more is left.
func paginate(keys []string, q listQuery) (page []entry, truncated bool) {
	for _, key := range keys {
		e := entry{name: key}
		if before, _, found := strings.Cut(key[len(q.prefix):], q.delimiter); found && q.delimiter != "" {
			e = entry{q.prefix + before + q.delimiter, true}
		}
		switch {
		case e.name <= q.after, len(page) > 0 && page[len(page)-1] == e:
			continue
		case len(page) == q.max:
			return page, q.max > 0
		}
		page = append(page, e)
	}
	return page, false
}

// keys returns the sorted keys that begin with prefix. Directories reached by a
// symbolic link are left out, though what is in them can be read.
func (b *Bucket) keys(ctx context.Context, prefix string) ([]string, error) {
	if _, err := fs.Stat(b.Files, "."); errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	root := "."
	if i := strings.LastIndexByte(prefix, '/'); i >= 0 {
		root = prefix[:i]
	}
	if !fs.ValidPath(root) || foldsCase && !spelled(b.Files, root) {
		return nil, nil
	}
	var keys []string
	err := fs.WalkDir(b.Files, root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // no such prefix, or removed since
			return nil
		case err != nil:
			return fmt.Errorf("%s: %w", name, err)
		case !d.IsDir() && strings.HasPrefix(name, prefix) && len(name) <= maxKey && fs.ValidPath(name) && b.isFile(name, d):
			keys = append(keys, name)
		}
		return ctx.Err()
	})
	slices.Sort(keys) // a walk has "a/b" before "a-b"
	return keys, err
}

func (b *Bucket) isFile(name string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink == 0 {
		return d.Type().IsRegular()
	}
	info, err := fs.Stat(b.Files, name)
	return err == nil && info.Mode().IsRegular()
}
