package cfsim

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim/internal/edgejs"
)

// An exchange is one request on its way through the distribution. Each stage
// either answers it or leaves it to the next one.
type exchange struct {
	d     *Distribution
	trace *Trace
	ctx   context.Context
	dry   bool   // explain only: ask no origin and leave the cache alone
	id    string // of the request, which no other has

	viewer   *http.Request // as it came
	about    http.Header   // what CloudFront knows of the viewer, as the headers in which it says so
	scheme   string        // "http" or "https"
	host     string
	path     string // as the viewer wrote it
	behavior *behavior
	uri      string // as the edge functions left it
	query    string // without its question mark
	hasQuery bool
	header   http.Header          // as the edge functions left it; no Host
	choice   *edgejs.OriginChange // of an edge function, nil if it made none
}

// An answer is a response and where it comes from.
type answer struct {
	status int
	header http.Header
	body   io.ReadCloser // nil for none
	length int64         // of the body, -1 if unknown
	from   source

	errorPage bool // a custom error page in place of what the origin said
	made      bool // by a function in place of what the origin would have said
	unserved  bool // the request is none of the distribution's, nor is the answer
}

func (a *answer) close() {
	if a.body != nil {
		a.body.Close()
	}
}

type source int

const (
	fromOrigin     source = iota
	fromCloudFront        // an error or a redirect of CloudFront's own
	fromFunction          // made by an edge function
)

// run takes the request through all stages. It returns nil if the answer is only
// known to an origin that is not asked.
func (x *exchange) run() *answer {
	stages := []func() *answer{
		x.checkViewer,
		x.chooseBehavior,
		x.checkProtocol,
		x.checkSignature,
		x.checkMethod,
		x.runViewerRequest,
		x.throughCache,
	}
	for _, stage := range stages {
		if a := stage(); a != nil {
			return x.finish(a)
		}
	}
	return nil
}

// finish turns an answer into what the viewer gets.
func (x *exchange) finish(a *answer) *answer {
	a = x.customError(a)
	x.applyResponseHeaders(a)
	a = x.runViewerResponse(a)
	x.trace.Status, x.trace.Header, x.trace.FromEdge = a.status, a.header, a.from != fromOrigin || a.made
	if x.trace.FromEdge {
		x.trace.Origin, x.trace.OriginID, x.trace.URI, x.trace.OriginRequest, x.trace.origin = "", "", "", nil, nil
	}
	x.trace.step("answer", "%d %s", a.status, http.StatusText(a.status))
	return a
}

// newExchange reads a request as it came. Its path is taken as the viewer wrote
// it, since Go's own reading of a url would hide how it was spelled.
func (d *Distribution) newExchange(r *http.Request, dry bool) *exchange {
	viewer := *r // which a request in the background may read when the caller has its own back
	x := &exchange{d: d, ctx: r.Context(), dry: dry, id: d.requestID(dry), viewer: &viewer, host: r.Host, scheme: r.URL.Scheme}
	target := r.RequestURI
	if target == "" {
		target = r.URL.RequestURI()
	}
	if i := strings.Index(target, "://"); i >= 0 && target[0] != '/' { // absolute form, as a proxy is asked
		target = target[i+3:]
		target = target[strings.IndexAny(target+"/", "/?"):]
	}
	if !strings.HasPrefix(target, "/") {
		target = "/" + target
	}
	x.path, x.query, x.hasQuery = strings.Cut(target, "?")
	x.uri = x.path
	if x.host == "" {
		x.host = d.Host()
	}
	if x.scheme == "" {
		x.scheme = "https"
		if r.TLS == nil && d.options.PlainHTTP {
			x.scheme = "http"
		}
	}
	x.header = r.Header.Clone()
	if x.header == nil {
		x.header = http.Header{}
	}
	x.trace = &Trace{Method: r.Method, URL: x.scheme + "://" + x.host + target, Steps: make([]Step, 0, 8)}
	return x
}

// requestID stands for an id that CloudFront makes up. A request that is only
// explained has that of the next one.
func (d *Distribution) requestID(dry bool) string {
	n := d.requests.Load() + 1
	if !dry {
		n = d.requests.Add(1)
	}
	return fmt.Sprintf("EXAMPLEntjQpEXAMPLE_SG5Z-EXAMPLEPmPfEXAMPLEu%010d==", n)
}

// url is the request's url as edge functions left it.
func (x *exchange) url() string { return withQuery(x.uri, x.query, x.hasQuery) }

func withQuery(path, query string, has bool) string {
	if has {
		return path + "?" + query
	}
	return path
}

// edgeAnswer is an answer with a short text as its body.
func edgeAnswer(status int, from source, xCache, text string) *answer {
	header := http.Header{"X-Cache": {xCache}}
	a := &answer{status: status, header: header, from: from}
	a.setBody([]byte(text))
	if text != "" {
		header.Set("Content-Type", "text/plain; charset=utf-8")
	}
	return a
}

func (a *answer) setBody(body []byte) {
	a.body, a.length = nil, int64(len(body))
	if len(body) > 0 {
		a.body = io.NopCloser(bytes.NewReader(body))
	}
}

// refuse is an error of CloudFront's own. The body says why, which CloudFront's
// own page does not.
func (x *exchange) refuse(stage string, status int, reason string) *answer {
	x.trace.step(stage, "%d: %s", status, reason)
	return edgeAnswer(status, fromCloudFront, "Error from cloudfront", reason+"\n")
}
