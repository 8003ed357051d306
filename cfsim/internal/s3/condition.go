package s3

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// precondition evaluates the conditional headers of a request in the order of
// RFC 9110, section 13.2.2, as S3 does. It reports whether what the client has
// is still fresh, so that the answer is 304.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-reads.html
func (b *Bucket) precondition(r *http.Request, o *object) (fresh bool, f *failure) {
	h := r.Header
	if tags := h.Values("If-Match"); len(tags) > 0 {
		if !names(tags, o.etag) {
			return false, preconditionFailed("If-Match")
		}
	} else if since, err := http.ParseTime(h.Get("If-Unmodified-Since")); err == nil && o.modified.After(since) {
		return false, preconditionFailed("If-Unmodified-Since")
	}
	if tags := h.Values("If-None-Match"); len(tags) > 0 {
		return names(weak(tags), o.etag), nil
	}
	// S3 ignores a date that is still to come.
	since, err := http.ParseTime(h.Get("If-Modified-Since"))
	return err == nil && !since.After(b.now()) && !o.modified.After(since), nil
}

// names reports whether lists of entity tags name one. S3 takes tags without
// their quotes too.
func names(lists []string, etag string) bool {
	for _, list := range lists {
		for tag := range strings.SplitSeq(list, ",") {
			tag = strings.TrimSpace(tag)
			if tag == "*" || strings.Trim(tag, `"`) == strings.Trim(etag, `"`) {
				return true
			}
		}
	}
	return false
}

// weak makes weak tags comparable, which is for If-None-Match only. CloudFront
// weakens the tag of an object that it compresses.
func weak(lists []string) []string {
	var plain []string
	for _, list := range lists {
		plain = append(plain, strings.ReplaceAll(list, "W/", ""))
	}
	return plain
}

// part is the piece of an object that a response has; header is its
// Content-Range, "" for the whole.
type part struct {
	start, length int64
	header        string
}

// partOf reads the Range header. A header that is no range, or asks for several,
// is ignored: "Amazon S3 doesn't support retrieving multiple ranges of data per
// GET request".
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax
func partOf(r *http.Request, o *object) (part, *failure) {
	whole := part{0, o.size, ""}
	asked := r.Header.Get("Range")
	first, last, ok := parseRange(asked)
	if !ok || !o.isStill(r.Header.Get("If-Range")) {
		return whole, nil
	}
	if first < 0 { // a suffix of so many bytes
		if last == 0 || o.size == 0 {
			return whole, invalidRange(asked, o.size)
		}
		first, last = max(0, o.size-last), o.size-1
	}
	if first >= o.size {
		return whole, invalidRange(asked, o.size)
	}
	last = min(last, o.size-1)
	return part{first, last - first + 1, fmt.Sprintf("bytes %d-%d/%d", first, last, o.size)}, nil
}

// parseRange reads "bytes=1-2", "bytes=1-" or "bytes=-2"; of the last, first is
// -1 and last the number of bytes.
func parseRange(text string) (first, last int64, ok bool) {
	unit, spec, found := strings.Cut(text, "=")
	if !found || !strings.EqualFold(strings.TrimSpace(unit), "bytes") {
		return 0, 0, false
	}
	from, to, found := strings.Cut(strings.TrimSpace(spec), "-")
	first, okFirst := parsePosition(from, -1)
	last, okLast := parsePosition(to, 1<<62)
	return first, last, found && okFirst && okLast && from+to != "" && first <= last
}

// parsePosition reads digits; missing is what none at all stand for.
func parsePosition(digits string, missing int64) (int64, bool) {
	if digits == "" {
		return missing, true
	}
	if strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		n = 1 << 62 // beyond every object
	}
	return n, true
}

// isStill evaluates If-Range, as RFC 9110 has it; that S3 heeds it is unstated.
func (o *object) isStill(condition string) bool {
	switch t, err := http.ParseTime(condition); {
	case condition == "":
		return true
	case err == nil:
		return t.Equal(o.modified)
	}
	return condition == o.etag
}
