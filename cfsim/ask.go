package cfsim

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// An originError is a request that an origin did not answer as CloudFront expects.
type originError struct {
	status int // what the viewer gets
	reason string
	xCache string // what the header X-Cache says of it, if that is not the usual
	cause  error
}

func (e *originError) Error() string { return e.reason }

func (e *originError) Unwrap() error { return e.cause }

func (x *exchange) originFailed(err error) *answer {
	var failure *originError
	if !errors.As(err, &failure) {
		failure = &originError{status: http.StatusBadGateway, reason: fmt.Sprintf("the origin %s did not answer: %v", x.trace.Origin, err)}
	}
	a := x.refuse("origin", failure.status, failure.reason)
	a.from = fromOrigin
	a.header.Set("X-Cache", cmp.Or(failure.xCache, a.header.Get("X-Cache")))
	return a
}

// maxPayload is what a function URL takes.
// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html)
const maxPayload = 6 << 20

// askOne sends the request to one origin.
func (x *exchange) askOne(ctx context.Context, o *origin, validators http.Header) (*http.Response, error) {
	ready, err := x.prepare(o)
	if err != nil || ready.made != nil {
		return ready.made, err
	}
	response, err := x.send(ctx, ready, validators)
	if err != nil {
		return nil, err
	}
	return x.runOriginResponseLambda(ready.sent, response)
}

// send sends a request to an origin that lets the distribution in.
func (x *exchange) send(ctx context.Context, ready *prepared, validators http.Header) (*http.Response, error) {
	o, sent := ready.origin, ready.sent
	if ready.denied != "" {
		return o.forbidden(ready.denied), nil
	}
	transport, err := o.transport()
	if err != nil {
		return nil, err
	}
	body, refused, err := x.bodyFor(o)
	if err != nil || refused != nil {
		return refused, err
	}
	if validators != nil || x.behavior.forwardsCookies() {
		for _, name := range conditional {
			sent.Header.Del(name)
		}
	}
	if !x.behavior.forwardsCookies() {
		maps.Copy(sent.Header, validators)
	}
	response, err := x.roundTrip(ctx, o, transport, sent, body)
	if err != nil {
		return nil, err
	}
	x.removeFrom(response.Header)
	return response, nil
}

// removeFrom takes away what CloudFront does not pass on of an origin's answer:
// cookies where none are forwarded, and of Vary what the origin cannot vary by.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Cookies.html,
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#ResponseCustomRemovedHeaders)
func (x *exchange) removeFrom(header http.Header) {
	header.Del(madeAtEdge)
	if cookies := header["Set-Cookie"]; len(cookies) > 0 && !x.behavior.forwardsCookies() {
		x.trace.step("origin", "Set-Cookie is removed from the answer, since no cookies are forwarded: %s", strings.Join(cookies, ", "))
		header.Del("Set-Cookie")
	}
	vary := header["Vary"]
	header.Del("Vary")
	for _, line := range vary {
		for name := range strings.SplitSeq(line, ",") {
			if name = http.CanonicalHeaderKey(strings.TrimSpace(name)); name == "Accept-Encoding" || name == "Cookie" || x.forwards(name) {
				header.Add("Vary", name)
			}
		}
	}
}

// conditional are the viewer's conditions, which give way to those by which the
// cache validates what it has.
var conditional = []string{"If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since"}

// bodyFor returns the viewer's body. What a function URL is sent has to be hashed
// by the viewer, and is read whole to compare.
func (x *exchange) bodyFor(o *origin) (io.ReadCloser, *http.Response, error) {
	body := x.viewer.Body
	if body == nil || !o.access.signs || o.resource == nil || o.resource.Type != "AWS::Lambda::Function" {
		return body, nil, nil
	}
	payload, err := io.ReadAll(io.LimitReader(body, maxPayload+1))
	if err != nil {
		return nil, nil, err
	}
	if len(payload) > maxPayload {
		return nil, plainResponse(http.StatusRequestEntityTooLarge, "the body is larger than the 6 MB that a function URL takes\n"), nil
	}
	if reason := checkPayload(payload, x.header); reason != "" {
		x.trace.step("access", "denied: %s", reason)
		return nil, o.forbidden(reason), nil
	}
	return io.NopCloser(bytes.NewReader(payload)), nil, nil
}

// forbidden is what an origin answers that does not let the distribution in.
func (o *origin) forbidden(reason string) *http.Response {
	return plainResponse(http.StatusForbidden, o.name+" refuses the request: "+reason+"\n")
}

func plainResponse(status int, text string) *http.Response {
	return &http.Response{
		StatusCode: status, ContentLength: int64(len(text)), Body: io.NopCloser(strings.NewReader(text)),
		Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}, "Content-Length": {fmt.Sprint(len(text))}},
	}
}

// transport is what answers for an origin.
func (o *origin) transport() (http.RoundTripper, error) {
	switch {
	case o.attached != nil:
		return o.attached, nil
	case o.external != nil:
		return o.external, nil
	}
	return nil, &originError{status: http.StatusBadGateway, reason: fmt.Sprintf("nothing is attached to the origin %s that could answer", o.name)}
}

// roundTrip sends a request, as often as the origin has attempts: while no connection
// can be made, and with GET and HEAD while the origin says nothing either. Any other
// request that was begun is not repeated.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html#DownloadDistValuesOriginResponseTimeout)
func (x *exchange) roundTrip(ctx context.Context, o *origin, transport http.RoundTripper, sent *OriginRequest, body io.ReadCloser) (response *http.Response, err error) {
	ctx, done := o.bounded(ctx)
	for range o.attempts() {
		response, err = x.attempt(ctx, o, transport, sent, body)
		if err == nil {
			body := response.Body.(*timedBody)
			stop := body.cancel
			body.cancel = func() { stop(); done() }
			return response, nil
		}
		if ctx.Err() != nil || !x.repeats(err) {
			break
		}
	}
	done()
	return nil, err
}

// bounded limits the time of a request and its answer, if the origin has a response
// completion timeout.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html#response-completion-timeout)
func (o *origin) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if o.ResponseCompletionTimeout == 0 {
		return context.WithCancel(ctx)
	}
	limit := seconds(o.ResponseCompletionTimeout, 0)
	return context.WithTimeoutCause(ctx, limit, &originError{
		status: http.StatusGatewayTimeout, reason: fmt.Sprintf("the answer of the origin %s was not complete after %s", o.name, limit),
	})
}

// repeats reports whether a request is sent again after it has failed.
func (x *exchange) repeats(err error) bool {
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return true
	}
	var failure *originError
	late := errors.As(err, &failure) && failure.status == http.StatusGatewayTimeout
	return late && (x.viewer.Method == http.MethodGet || x.viewer.Method == http.MethodHead)
}

// attempt sends a request once, and waits for the first byte, and then from one byte
// to the next, as long as the origin's read timeout says.
func (x *exchange) attempt(ctx context.Context, o *origin, transport http.RoundTripper, sent *OriginRequest, body io.ReadCloser) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(context.WithValue(ctx, dialTimeout{}, o.connectionTimeout()))
	late := &originError{status: http.StatusGatewayTimeout, reason: fmt.Sprintf("the origin %s sent nothing for %s", o.name, o.readTimeout())}
	timer := time.AfterFunc(o.readTimeout(), func() { cancel(late) })
	response, err := transport.RoundTrip(x.httpRequest(ctx, sent, body))
	if err != nil {
		timer.Stop()
		cancel(nil)
		return nil, originFailure(ctx, o, err)
	}
	removeHopByHop(response.Header)
	promised := response.ContentLength
	if sent.Method == http.MethodHead || response.StatusCode == http.StatusNotModified {
		promised = -1 // the length of what is not sent
	}
	response.Body = &timedBody{ReadCloser: response.Body, timer: timer, timeout: o.readTimeout(), want: promised, cancel: func() { cancel(nil) }}
	timer.Stop() // until somebody reads
	return response, nil
}

func originFailure(ctx context.Context, o *origin, err error) error {
	var failure *originError
	if errors.As(context.Cause(ctx), &failure) || errors.As(err, &failure) {
		return failure
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return &originError{status: http.StatusGatewayTimeout, reason: fmt.Sprintf("the origin %s could not be reached in time: %v", o.name, err), cause: err}
	}
	return &originError{status: http.StatusBadGateway, reason: fmt.Sprintf("the origin %s could not be asked: %v", o.name, err), cause: err}
}

// httpRequest writes an origin request as the one that a transport sends and a
// handler sees. The path keeps its spelling.
func (x *exchange) httpRequest(ctx context.Context, sent *OriginRequest, body io.ReadCloser) *http.Request {
	path, query, _ := strings.Cut(sent.target, "?")
	u := &url.URL{Scheme: sent.scheme, Host: sent.domain, RawQuery: query, ForceQuery: strings.HasSuffix(sent.target, "?")}
	if decoded, err := url.PathUnescape(path); err == nil {
		u.Path, u.RawPath = decoded, path
	} else {
		u.Opaque = path
	}
	r := &http.Request{
		Method: sent.Method, URL: u, Host: sent.Host, Header: sent.Header, RequestURI: sent.target,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, RemoteAddr: cmp.Or(x.viewer.RemoteAddr, x.viewerIP()+":443"),
		Body: http.NoBody,
	}
	if body != nil && body != http.NoBody {
		// A transport closes what it could not send, which another attempt needs.
		r.Body, r.ContentLength = io.NopCloser(body), x.viewer.ContentLength
	}
	return r.WithContext(ctx)
}

var hopByHop = []string{
	"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
}

func removeHopByHop(header http.Header) {
	for _, name := range hopByHop {
		header.Del(name)
	}
}

// A timedBody fails when nothing comes for too long, and when it ends before the
// length that was promised. It ends where that is reached.
type timedBody struct {
	io.ReadCloser
	timer   *time.Timer
	timeout time.Duration
	want    int64 // -1 if unknown
	read    atomic.Int64
	cancel  func()
}

func (b *timedBody) Read(p []byte) (int, error) {
	if b.want >= 0 && b.read.Load() >= b.want {
		return 0, io.EOF
	}
	b.timer.Reset(b.timeout)
	n, err := b.ReadCloser.Read(p)
	b.timer.Stop()
	switch read := b.read.Add(int64(n)); {
	case b.want < 0:
	case read > b.want:
		return n - int(read-b.want), io.EOF // what comes after is no part of the message
	case errors.Is(err, io.EOF) && read < b.want:
		return n, io.ErrUnexpectedEOF
	}
	return n, err
}

func (b *timedBody) Close() error {
	b.timer.Stop()
	b.cancel()
	return b.ReadCloser.Close()
}
