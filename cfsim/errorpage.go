package cfsim

import (
	"io"
	"net/http"
)

// customError replaces an error by the page that the distribution has for its
// status. An error that a function made is left as it is.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GeneratingCustomErrorResponses.html)
func (x *exchange) customError(a *answer) *answer {
	e, ok := x.d.errors[a.status]
	if !ok || e.ResponsePagePath == "" || a.from == fromFunction || a.status < 400 || a.unserved {
		return a
	}
	status := a.status
	if e.ResponseCode != 0 {
		status = int(e.ResponseCode)
	}
	if x.dry {
		x.trace.step("error page", "%s in place of the %d, with status %d, if it can be had", e.ResponsePagePath, a.status, status)
		a.status, a.errorPage = status, true
		return a
	}
	page, asked := x.errorPage(e.ResponsePagePath)
	a.drain()
	page.errorPage = true
	if page.status != http.StatusOK {
		step := x.trace.step("error page", "%s could not be had, so its %d takes the place of the %d", e.ResponsePagePath, page.status, a.status)
		for _, s := range asked.Steps {
			step.Details = append(step.Details, s.Stage+": "+s.Text)
		}
		return page
	}
	x.trace.step("error page", "%s in place of the %d, with status %d", e.ResponsePagePath, a.status, status)
	page.status, page.from = status, a.from
	page.header.Set("X-Cache", "Error from cloudfront")
	return page
}

// drain reads what is left of an answer, so that the cache has all of it, unless
// that is more than it would keep.
func (a *answer) drain() {
	if a.body != nil {
		io.CopyN(io.Discard, a.body, 16<<20) //nolint:errcheck // what breaks off is not kept
	}
	a.close()
}

// errorPage gets the page as CloudFront does: by the behavior that its path
// matches. That no viewer function runs for it is unstated; a page is no viewer's
// request.
func (x *exchange) errorPage(path string) (*answer, *Trace) {
	page := *x
	page.trace, page.path, page.uri, page.query, page.hasQuery, page.choice = &Trace{}, path, path, "", false, nil
	request := *x.viewer
	request.Method, request.Body, request.ContentLength = http.MethodGet, nil, 0
	page.viewer = &request
	page.header = http.Header{}
	page.chooseBehavior()
	return page.throughCache(), page.trace
}
