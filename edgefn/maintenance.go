package edgefn

import (
	"cmp"
	"maps"
)

// addMaintenance has every request look up, before anything else, whether the
// response is to be sent instead. That is one read of the key-value store,
// whatever the route, which is why a table has to ask for it. The key may be
// missing.
func (c *composer) addMaintenance(r *Response) {
	if r == nil {
		return
	}
	c.stored, c.awaits = true, true
	answer := r.unavailable()
	c.number("maintenance", answer.js(answer.literal))
}

// unavailable fills in what a response during maintenance does not say. With
// status 503 neither crawlers nor clients take it for the content, and they come
// back.
func (r Response) unavailable() Response {
	r.Status = cmp.Or(r.Status, 503)
	if r.Status != 503 {
		return r
	}
	headers := map[string]string{"retry-after": "300"} // seconds
	maps.Copy(headers, r.Headers)
	r.Headers = headers
	r.Body = cmp.Or(r.Body, "Down for maintenance. Please try again in a few minutes.\n")
	return r
}
