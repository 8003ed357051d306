package cfsim

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// ServeHTTP answers as the distribution would, with the origins that are
// attached; see [Distribution.Attach].
func (d *Distribution) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	response, trace := d.Do(r)
	if d.options.Observe != nil {
		defer d.options.Observe(trace)
	}
	defer response.Body.Close()
	header := w.Header()
	for name, values := range response.Header {
		header[name] = values
	}
	w.WriteHeader(response.StatusCode)
	copyBody(w, response)
}

// copyBody passes a body on as it comes. A body that breaks off breaks the
// connection off, or the viewer would take a part for the whole.
func copyBody(w http.ResponseWriter, r *http.Response) {
	out := io.Writer(w)
	if r.ContentLength < 0 {
		out = flushWriter{w, http.NewResponseController(w)}
	}
	if _, err := io.Copy(out, r.Body); err != nil {
		http.NewResponseController(w).Flush() //nolint:errcheck // the viewer gets what there is, if it is still there
		panic(http.ErrAbortHandler)
	}
}

// A flushWriter sends what it is given at once, for answers that are streamed.
type flushWriter struct {
	http.ResponseWriter
	*http.ResponseController
}

func (w flushWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	if err == nil {
		err = w.Flush()
	}
	if errors.Is(err, http.ErrNotSupported) { // whoever wraps the writer collects the answer
		err = nil
	}
	return n, err
}

// Do takes a request through the distribution, and returns what the viewer gets
// and how it came about. The body has to be closed. What an origin sends after
// its header is not in the trace.
func (d *Distribution) Do(r *http.Request) (*http.Response, *Trace) {
	began := time.Now()
	x := d.newExchange(r, false)
	a := x.run()
	x.trace.Took = time.Since(began)
	a.header.Set("Via", "1.1 "+viaName)
	a.header.Set("X-Amz-Cf-Pop", "SIM00-P1")
	a.header.Set("X-Amz-Cf-Id", x.id)
	if a.length >= 0 {
		a.header.Set("Content-Length", strconv.FormatInt(a.length, 10))
	}
	if r.Method == http.MethodHead {
		a.close()
		a.body = nil
	}
	if a.body == nil {
		a.body = http.NoBody
	}
	return &http.Response{
		Status: strconv.Itoa(a.status) + " " + http.StatusText(a.status), StatusCode: a.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header, Body: a.body, ContentLength: a.length, Request: r,
	}, x.trace
}

// Explain takes a request through the distribution, its edge functions included,
// without asking an origin or the cache. Where those would answer, the trace has no status.
func (d *Distribution) Explain(r *http.Request) *Trace {
	x := d.newExchange(r, true)
	x.run()
	return x.trace
}
