package cfsim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// A handlerTransport asks a handler in place of a server. The answer streams: it
// is there as soon as the handler has written its header.
type handlerTransport struct{ handler http.Handler }

func (t handlerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	reader, writer := io.Pipe()
	w := &pipeWriter{header: http.Header{}, body: writer, began: make(chan struct{}), request: r, reader: reader}
	go w.serve(t.handler)
	select {
	case <-w.began:
		if w.err != nil {
			return nil, w.err
		}
		return w.response, nil
	case <-r.Context().Done():
		reader.CloseWithError(r.Context().Err())
		return nil, r.Context().Err()
	}
}

// A pipeWriter is the ResponseWriter of such a handler.
type pipeWriter struct {
	header  http.Header
	body    *io.PipeWriter
	reader  *io.PipeReader
	request *http.Request

	once     sync.Once
	began    chan struct{} // closed once response or err is set
	response *http.Response
	err      error
	bodyless bool
}

func (w *pipeWriter) serve(handler http.Handler) {
	defer func() {
		failure := recover()
		if failure == nil {
			w.WriteHeader(http.StatusOK)
			w.body.CloseWithError(context.Cause(w.request.Context())) // one that was given up has not said all
			return
		}
		err := fmt.Errorf("the handler panicked: %v", failure)
		if e, ok := failure.(error); ok && errors.Is(e, http.ErrAbortHandler) {
			err = errors.New("the connection was closed")
		}
		w.once.Do(func() { w.err = err; close(w.began) })
		w.body.CloseWithError(err)
	}()
	stop := context.AfterFunc(w.request.Context(), func() { w.reader.CloseWithError(w.request.Context().Err()) })
	defer stop()
	handler.ServeHTTP(w, w.request)
}

func (w *pipeWriter) Header() http.Header { return w.header }

func (w *pipeWriter) WriteHeader(status int) {
	if status < 200 { // CloudFront passes no informational answers on
		return
	}
	w.once.Do(func() {
		length := int64(-1)
		if n, err := strconv.ParseInt(w.header.Get("Content-Length"), 10, 64); err == nil {
			length = n
		}
		var body io.ReadCloser = w.reader
		if w.request.Method == http.MethodHead || status == http.StatusNoContent || status == http.StatusNotModified {
			w.reader.Close()
			body, w.bodyless = http.NoBody, true
		}
		w.response = &http.Response{
			StatusCode: status, Header: w.header.Clone(), Body: body, ContentLength: length,
			Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: w.request,
		}
		close(w.began)
	})
}

func (w *pipeWriter) Write(p []byte) (int, error) {
	if _, stated := w.header["Content-Type"]; !stated && w.header.Get("Content-Encoding") == "" {
		w.header.Set("Content-Type", http.DetectContentType(p)) // as net/http does
	}
	w.WriteHeader(http.StatusOK)
	if w.bodyless {
		return len(p), nil
	}
	return w.body.Write(p)
}

// Flush is there for handlers that stream. Every write reaches the reader anyway.
func (w *pipeWriter) Flush() { w.WriteHeader(http.StatusOK) }

// dialTimeout is the key of the context's value that bounds a connection's making.
type dialTimeout struct{}

// newServerTransport speaks HTTP with servers. It follows no redirects and asks
// for no compression of its own.
func newServerTransport() *http.Transport {
	return &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			timeout, _ := ctx.Value(dialTimeout{}).(time.Duration)
			return (&net.Dialer{Timeout: timeout}).DialContext(ctx, network, address)
		},
		DisableCompression:  true,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 100,
		IdleConnTimeout:     30 * time.Second,
	}
}

// A baseTransport sends requests to a server that stands in for an origin.
type baseTransport struct {
	base      *url.URL
	transport *http.Transport
}

func (t baseTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	out := r.Clone(r.Context())
	out.RequestURI = ""
	if out.Host == out.URL.Host { // the origin's own name, which the stand-in does not have
		out.Host = t.base.Host
	}
	out.URL.Scheme, out.URL.Host = t.base.Scheme, t.base.Host
	prefix := trimSlash(t.base.EscapedPath())
	if out.URL.Opaque != "" {
		out.URL.Opaque = prefix + out.URL.Opaque
	} else {
		out.URL.Path, out.URL.RawPath = trimSlash(t.base.Path)+out.URL.Path, prefix+out.URL.EscapedPath()
	}
	return t.transport.RoundTrip(out)
}

// A plainTransport sends requests to the origin itself.
type plainTransport struct{ transport *http.Transport }

func (t plainTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	out := r.Clone(r.Context())
	out.RequestURI = ""
	return t.transport.RoundTrip(out)
}

func trimSlash(path string) string {
	if path != "" && path[len(path)-1] == '/' {
		return path[:len(path)-1]
	}
	return path
}
