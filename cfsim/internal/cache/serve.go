package cache

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"time"
)

// serve answers a request with the entry: whole, in part, or not at all where
// the viewer's conditions say so (RFC 9110, section 13.2.2).
func (e *entry) serve(r *Request, now time.Time) *http.Response {
	resp := e.response(now)
	if e.status != http.StatusOK || r.Method == http.MethodOptions {
		return resp
	}
	if r.conditional() {
		if status := e.precondition(r.Header); status != 0 {
			return bare(resp, status)
		}
	}
	if r.Method == http.MethodHead {
		resp.Body = http.NoBody
		return resp
	}
	if r.has("Range") && e.inRange(r.Header) {
		return e.partial(resp, r.Header.Get("Range"))
	}
	return resp
}

// bare makes a response one without a body.
func bare(resp *http.Response, status int) *http.Response {
	resp.StatusCode, resp.Status = status, strconv.Itoa(status)+" "+http.StatusText(status)
	resp.Body, resp.ContentLength = http.NoBody, 0
	for _, name := range []string{"Content-Type", "Content-Length", "Content-Encoding"} {
		delete(resp.Header, name)
	}
	return resp
}

// precondition returns the status that the viewer's conditions lead to, 0 when
// the object is to be sent.
func (e *entry) precondition(h http.Header) int {
	if values := h["If-Match"]; len(values) > 0 {
		if !matches(values, e.etag, strongMatch) {
			return http.StatusPreconditionFailed
		}
	} else if since, ok := date(h, "If-Unmodified-Since"); ok && e.modifiedAfter(since) {
		return http.StatusPreconditionFailed
	}
	if values := h["If-None-Match"]; len(values) > 0 {
		if matches(values, e.etag, weakMatch) {
			return http.StatusNotModified
		}
	} else if since, ok := date(h, "If-Modified-Since"); ok && e.lastModified != "" && !e.modifiedAfter(since) {
		return http.StatusNotModified
	}
	return 0
}

func date(h http.Header, name string) (time.Time, bool) {
	t, err := http.ParseTime(h.Get(name))
	return t, err == nil
}

func (e *entry) modifiedAfter(t time.Time) bool {
	m, err := http.ParseTime(e.lastModified)
	return err == nil && m.After(t)
}

// matches reports whether a list of entity tags has the given one or is "*".
func matches(values []string, etag string, same func(a, b string) bool) bool {
	for _, v := range values {
		for v = strings.TrimLeft(v, ", \t"); v != ""; v = strings.TrimLeft(v, ", \t") {
			if v[0] == '*' {
				return true
			}
			var tag string
			if tag, v = nextTag(v); tag == "" {
				break
			}
			if same(tag, etag) {
				return true
			}
		}
	}
	return false
}

// nextTag splits the first entity tag off a list; it is "" when there is none.
func nextTag(list string) (tag, rest string) {
	start := 0
	if strings.HasPrefix(list, "W/") {
		start = 2
	}
	if len(list) < start+2 || list[start] != '"' {
		return "", ""
	}
	end := strings.IndexByte(list[start+1:], '"')
	if end < 0 {
		return "", ""
	}
	end += start + 2
	return list[:end], list[end:]
}

func strongMatch(a, b string) bool { return a == b && strings.HasPrefix(a, `"`) }

func weakMatch(a, b string) bool {
	return b != "" && strings.TrimPrefix(a, "W/") == strings.TrimPrefix(b, "W/")
}

// inRange reports whether If-Range, when there is one, allows a part.
func (e *entry) inRange(h http.Header) bool {
	if len(h["If-Range"]) == 0 {
		return true
	}
	v := h.Get("If-Range")
	if strings.HasPrefix(v, `"`) || strings.HasPrefix(v, "W/") {
		return strongMatch(v, e.etag)
	}
	t, err := http.ParseTime(v)
	if err != nil {
		return false
	}
	m, err := http.ParseTime(e.lastModified)
	return err == nil && m.Equal(t)
}

// span is a part of a body, from the byte at start to the one before end.
type span struct{ start, end int64 }

func (s span) contentRange(size int64) string {
	return "bytes " + strconv.FormatInt(s.start, 10) + "-" + strconv.FormatInt(s.end-1, 10) + "/" + strconv.FormatInt(size, 10)
}

// partial makes the response to a GET one to a range request.
func (e *entry) partial(resp *http.Response, header string) *http.Response {
	spans, err := spansOf(header, e.length)
	switch {
	case err != nil:
		resp = bare(resp, http.StatusRequestedRangeNotSatisfiable)
		resp.Header["Content-Range"] = []string{"bytes */" + strconv.FormatInt(e.length, 10)}
		return resp
	case len(spans) == 0:
		return resp
	}
	resp.StatusCode, resp.Status = http.StatusPartialContent, "206 Partial Content"
	if len(spans) == 1 {
		s := spans[0]
		resp.Header["Content-Range"] = []string{s.contentRange(e.length)}
		resp.ContentLength = s.end - s.start
		part := &memory{}
		part.Reset(e.body[s.start:s.end])
		resp.Body = part
	} else {
		e.multipart(resp, spans)
	}
	resp.Header["Content-Length"] = []string{strconv.FormatInt(resp.ContentLength, 10)}
	return resp
}

// multipart sends several parts, without copying them.
func (e *entry) multipart(resp *http.Response, spans []span) {
	var heads bytes.Buffer
	w := multipart.NewWriter(&heads)
	var parts []io.Reader
	resp.ContentLength = 0
	add := func(b []byte) {
		parts = append(parts, bytes.NewReader(b))
		resp.ContentLength += int64(len(b))
	}
	for _, s := range spans {
		heads.Reset()
		h := textproto.MIMEHeader{"Content-Range": {s.contentRange(e.length)}}
		if t := e.get("Content-Type"); t != "" {
			h["Content-Type"] = []string{t}
		}
		w.CreatePart(h) // a bytes.Buffer takes every write
		add(bytes.Clone(heads.Bytes()))
		add(e.body[s.start:s.end])
	}
	heads.Reset()
	w.Close()
	add(heads.Bytes())
	resp.Header["Content-Type"] = []string{"multipart/byteranges; boundary=" + w.Boundary()}
	resp.Body = io.NopCloser(io.MultiReader(parts...))
}

var errNoOverlap = errors.New("no range overlaps the object")

// spansOf reads a Range header. No spans and no error mean that the whole
// object is sent: for an empty object, another unit than bytes, and, as
// RangeGETs.html says, "if your Range headers don't adhere to the following
// requirements": ascending, not overlapping, each one valid. Ranges past the
// end of the object are left out.
func spansOf(header string, size int64) ([]span, error) {
	list, ok := strings.CutPrefix(header, "bytes=")
	if !ok || size == 0 {
		return nil, nil
	}
	var spans []span
	beyond := false
	for one := range strings.SplitSeq(list, ",") {
		s, ok := spanOf(strings.TrimSpace(one), size)
		switch {
		case !ok:
			return nil, nil
		case s.start >= size || s.start == s.end:
			beyond = true
		case len(spans) > 0 && s.start < spans[len(spans)-1].end:
			return nil, nil
		default:
			spans = append(spans, s)
		}
	}
	if len(spans) == 0 && beyond {
		return nil, errNoOverlap
	}
	return spans, nil
}

// spanOf reads one of "2-5", "2-" and "-5".
func spanOf(text string, size int64) (span, bool) {
	from, to, ok := strings.Cut(text, "-")
	if !ok {
		return span{}, false
	}
	if from == "" {
		n, ok := digits(to)
		return span{max(0, size-n), size}, ok
	}
	start, ok := digits(from)
	if !ok {
		return span{}, false
	}
	if to == "" {
		return span{start, size}, true
	}
	last, ok := digits(to)
	if !ok || last < start {
		return span{}, false
	}
	return span{start, min(last+1, size)}, true
}

func digits(s string) (int64, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 63)
	return n, err == nil
}
