// Package compress decides what CloudFront compresses by itself, and for whom, and
// does it.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html)
//
// A behavior compresses if it has Compress on and a cache policy that caches
// compressed objects in the format, or the legacy settings, which know gzip only.
// CloudFront does so when it gets an object from the origin, in the format that the
// viewer of that request gets, and keeps the result; that it may leave an object as
// it is under load is not simulated.
package compress

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
)

// The encodings, as Content-Encoding and Accept-Encoding call them.
const (
	Gzip   = "gzip"
	Brotli = "br"
)

// Choose returns the encoding for a viewer with this Accept-Encoding, of those that
// are enabled: Brotli before gzip, "" for neither. A viewer of HTTP/1.0 counts as
// one without the header.
func Choose(acceptEncoding string, gzip, brotli bool) string {
	switch {
	case brotli && accepts(acceptEncoding, Brotli):
		return Brotli
	case gzip && accepts(acceptEncoding, Gzip):
		return Gzip
	}
	return ""
}

// NormalizeAcceptEncoding returns the Accept-Encoding that is in the cache key of a
// request with this one, "" if none is: "br,gzip", "br" or "gzip", of those that
// are enabled.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html#cache-policy-compressed-objects)
func NormalizeAcceptEncoding(viewer string, gzip, brotli bool) string {
	var accepted []string
	if brotli && accepts(viewer, Brotli) {
		accepted = append(accepted, Brotli)
	}
	if gzip && accepts(viewer, Gzip) {
		accepted = append(accepted, Gzip)
	}
	return strings.Join(accepted, ",")
}

// OriginAcceptEncoding returns the Accept-Encoding that the origin is sent where at
// least one encoding is enabled: the normalized one, "identity" if that is empty
// and the viewer sent the header, "" if the viewer sent none.
func OriginAcceptEncoding(viewer string, gzip, brotli bool) string {
	if normalized := NormalizeAcceptEncoding(viewer, gzip, brotli); normalized != "" || viewer == "" {
		return normalized
	}
	return "identity"
}

// accepts reports whether an encoding is in the header. AWS does not mention
// weights; what a viewer gives the weight 0 it does not take (RFC 9110, 12.4.2),
// and is not sent.
func accepts(acceptEncoding, encoding string) bool {
	for item := range strings.SplitSeq(acceptEncoding, ",") {
		name, parameters, _ := strings.Cut(item, ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		key, weight, _ := strings.Cut(parameters, "=")
		q, err := strconv.ParseFloat(strings.TrimSpace(weight), 64)
		if !strings.EqualFold(strings.TrimSpace(key), "q") || err != nil || q > 0 {
			return true
		}
	}
	return false
}

// Sizes of the objects that are compressed, in bytes.
const (
	minSize = 1_000
	maxSize = 10_000_000
)

// Eligible reports whether a response of the origin is one that CloudFront
// compresses, and if not, why. Of Cache-Control: no-transform AWS says nothing
// among the conditions, so that it makes no difference.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html#compressed-content-cloudfront-notes)
func Eligible(status int, header http.Header) (reason string, ok bool) {
	switch status {
	case http.StatusOK, http.StatusForbidden, http.StatusNotFound:
	default:
		return fmt.Sprintf("the status is %d, and only responses with 200, 403 and 404 are compressed", status), false
	}
	if encodings := header.Values("Content-Encoding"); len(encodings) > 0 {
		return fmt.Sprintf("the origin sent it with Content-Encoding: %s", strings.Join(encodings, ", ")), false
	}
	length := header.Get("Content-Length")
	if length == "" {
		return "it has no Content-Length, without which nothing is compressed", false
	}
	size, err := strconv.ParseUint(length, 10, 63)
	if err != nil {
		return fmt.Sprintf("its Content-Length is %q, which is not a number of bytes", length), false
	}
	if size < minSize || size > maxSize {
		return fmt.Sprintf("it has %d bytes, and only objects of %d to %d bytes are compressed", size, minSize, maxSize), false
	}
	contentType := header.Get("Content-Type")
	if contentType == "" {
		return "it has no Content-Type, and only listed types are compressed", false
	}
	if mediaType, _, _ := strings.Cut(contentType, ";"); !contentTypes[strings.ToLower(strings.TrimSpace(mediaType))] {
		return fmt.Sprintf("its Content-Type %s is none of those that are compressed", mediaType), false
	}
	return "", true
}

// Rewrite changes the headers of a response that is being compressed. A strong ETag
// becomes a weak one, and one that is neither goes. That Vary names Accept-Encoding
// HTTP requires (RFC 9110, 12.5.5); AWS does not mention it.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html#compressed-content-cloudfront-etag-header)
func Rewrite(header http.Header, encoding string) {
	header.Set("Content-Encoding", encoding)
	header.Del("Content-Length")
	switch tag := header.Get("ETag"); {
	case len(tag) > 1 && strings.HasPrefix(tag, `"`) && strings.HasSuffix(tag, `"`):
		header.Set("ETag", "W/"+tag)
	case !strings.HasPrefix(tag, "W/"):
		header.Del("ETag")
	}
	for _, value := range header.Values("Vary") {
		for name := range strings.SplitSeq(value, ",") {
			if name = strings.TrimSpace(name); name == "*" || strings.EqualFold(name, "Accept-Encoding") {
				return
			}
		}
	}
	header.Add("Vary", "Accept-Encoding")
}

// Encode returns a writer that compresses into w, which it does not close. Both
// encodings' writers have a method Flush. It panics for other encodings than those
// that [Choose] returns; "" leaves the bytes as they are.
func Encode(encoding string, w io.Writer) io.WriteCloser {
	switch encoding {
	case Gzip:
		return gzip.NewWriter(w)
	case Brotli:
		return brotli.NewWriter(w)
	case "":
		return nopCloser{w}
	}
	panic(fmt.Sprintf("cfsim: there is no encoding %q: expected %q, %q or none", encoding, Gzip, Brotli))
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
