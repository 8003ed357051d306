// Package s3 answers HTTP requests as a bucket of Amazon S3 does, with the files
// of an [io/fs.FS] as objects. [Bucket] is the REST endpoint of a bucket,
// [Website] its website endpoint.
//
// Reading is simulated whole: keys, ranges, ETag and Last-Modified, conditional
// requests, listings, CORS, and errors with S3's codes. What is not simulated is
// answered with 501 and an error that says so: writing, versions, and every
// subresource such as ?acl or ?tagging. Signatures are not checked: who calls is
// the business of [Bucket.CanList], [Bucket.CannotGet] and [Bucket.Unsigned].
//
// Where a comment says "unstated", no page of AWS tells what S3 does.
//
// # Keys
//
// A key is the decoded path of the url without its first slash. S3 knows no
// directories, so "a//b", "/a", "a/" and "a/../b" are keys like any other. A
// file system cannot hold files of such names; they are keys of objects that do
// not exist, and never reach the FS. Case matters, on file systems that do not
// care about it too.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
package s3

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// Bucket is the REST endpoint of a bucket, addressed in the virtual-hosted style:
// the whole path is the key. Its fields must not change once it is in use. It
// is safe for concurrent use.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
type Bucket struct {
	// Files are the objects. A change of a file shows in the next request.
	// Whether a symbolic link may lead out of a directory is for the FS to
	// decide: os.DirFS follows it, the FS of an [os.Root] does not.
	// Default: there is no such bucket.
	Files fs.FS

	// Name stands in listings and messages.
	Name string

	// CanList says that the caller has s3:ListBucket: a missing key is then
	// answered with 404 NoSuchKey, else with 403 AccessDenied, and the root
	// lists the keys.
	CanList bool

	// CannotGet says that the caller lacks s3:GetObject: every key is answered
	// with 403 AccessDenied.
	CannotGet bool

	// Unsigned says that requests carry no signature, as those of an origin
	// without access control: S3 refuses response-* parameters then.
	Unsigned bool

	// Metadata returns the headers stored with an object: Cache-Control,
	// Content-Type, x-amz-meta-* and so on.
	// Default: Content-Type by [ContentType], and nothing else.
	Metadata func(key string) http.Header

	// CORS are the rules of the bucket, in their order.
	// Default: no CORS.
	CORS []CORSRule

	// Now is the clock.
	// Default: time.Now.
	Now func() time.Time

	etags etags
}

// maxKey is the longest key, in bytes of UTF-8.
const maxKey = 1024

func (b *Bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.begin(w)
	if f := b.serve(w, r); f != nil {
		f.writeXML(w, r)
	}
}

// begin sets the headers that every response of S3 has.
// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html
func (b *Bucket) begin(w http.ResponseWriter) {
	var id [56]byte
	rand.Read(id[:]) // never fails
	h := w.Header()
	h.Set("Server", "AmazonS3")
	h.Set("Date", b.now().UTC().Format(http.TimeFormat))
	h.Set("X-Amz-Request-Id", strings.ToUpper(hex.EncodeToString(id[:8])))
	h.Set("X-Amz-Id-2", base64.StdEncoding.EncodeToString(id[8:]))
}

func (b *Bucket) now() time.Time {
	if b.Now == nil {
		return time.Now()
	}
	return b.Now()
}

// serve answers a request, or returns what is wrong with it.
func (b *Bucket) serve(w http.ResponseWriter, r *http.Request) *failure {
	key := keyOf(r)
	if r.Method == http.MethodOptions {
		return b.preflight(w, r, key)
	}
	b.allowOrigin(w, r)
	query := r.URL.Query()
	if f := firstOf(checkKey(key), checkMethod(r, key), checkAuthorization(r), checkSubresource(query, key)); f != nil {
		return f
	}
	if key == "" {
		return b.serveBucket(w, r, query)
	}
	overrides, f := b.overrides(query)
	if f != nil {
		return f
	}
	o, f := b.open(r.Context(), key)
	if f != nil {
		return f
	}
	defer o.file.Close()
	return b.serveObject(w, r, o, overrides)
}

func keyOf(r *http.Request) string { return strings.TrimPrefix(r.URL.Path, "/") }

func checkKey(key string) *failure {
	switch {
	case len(key) > maxKey:
		return &failure{http.StatusBadRequest, "KeyTooLongError", "Your key is too long", []detail{
			{"Size", fmt.Sprint(len(key))}, {"MaxSizeAllowed", fmt.Sprint(maxKey)},
		}}
	case !utf8.ValidString(key):
		// That a key is UTF-8 is documented, this answer is unstated.
		return &failure{http.StatusBadRequest, "InvalidURI", "Couldn't parse the specified URI.", []detail{{"URI", (&url.URL{Path: "/" + key}).EscapedPath()}}}
	}
	return nil
}

func checkMethod(r *http.Request, key string) *failure {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		return nil
	case http.MethodPut, http.MethodPost, http.MethodDelete:
		return notSimulated("writing to a bucket", r.Method+" requests")
	}
	return methodNotAllowed(r.Method, key)
}

// checkAuthorization refuses an Authorization header that is no signature, such
// as a viewer's bearer token that was forwarded to the bucket.
func checkAuthorization(r *http.Request) *failure {
	value := r.Header.Get("Authorization")
	scheme, _, _ := strings.Cut(value, " ")
	if value == "" || scheme == "AWS" || strings.HasPrefix(scheme, "AWS4-") {
		return nil
	}
	return invalidArgument("Unsupported Authorization Type", "Authorization", value)
}

// subresources turn a request for an object or for its bucket into one for
// something about it. Buckets have further ones, which only count without a key.
var (
	subresources       = []string{"acl", "attributes", "legal-hold", "partNumber", "retention", "tagging", "torrent", "uploadId", "uploads", "versionId"}
	bucketSubresources = []string{
		"accelerate", "acl", "analytics", "cors", "encryption", "intelligent-tiering", "inventory", "lifecycle", "location",
		"logging", "metadataConfiguration", "metadataTable", "metrics", "notification", "object-lock", "ownershipControls",
		"policy", "policyStatus", "publicAccessBlock", "replication", "requestPayment", "session", "tagging", "uploads",
		"versioning", "versions", "website",
	}
)

func checkSubresource(query url.Values, key string) *failure {
	names := subresources
	if key == "" {
		names = bucketSubresources
	}
	for _, name := range names {
		if query.Has(name) {
			return notSimulated("the subresource ?"+name, "requests with this parameter")
		}
	}
	return nil
}
