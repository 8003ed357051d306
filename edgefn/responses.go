package edgefn

import "strings"

// RespondHeader is the request header in which the viewer-request function leaves
// word for the viewer-response function. It holds four fields with semicolons
// between them:
//
//	number of what the route wants done to the response, 0 for nothing
//	what the document wants: 1 status 404, 2 to be kept for good, 3 not to be kept
//	point of a viewer that has none yet, for the cookie of a split; may be empty
//	stripped prefix; may be empty
//
// The viewer-request function sets or deletes it on every request that it passes
// on, if there is a viewer-response function at all.
//
// AWS does not say whether a viewer-response function sees the request as the
// viewer sent it or as the viewer-request function changed it. If it were the
// former, responses would stay as they are but for viewers that send the header
// themselves, and those could ask for no more than the routes do: the prefix is
// taken for a path of this site only, a point is a number, and what a viewer gets
// is cached for nobody else.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html#functions-event-structure-request)
const RespondHeader = "x-cfrouter-respond"

// Variables of the viewer-response function that a route sets:
//
//	restores    Location and the Path of cookies are mapped back
//	base        what the origin puts in front of paths, and is taken off before
//	cookie      name of the cookie with the viewer's point
//	attributes  of that cookie
//	first       number of the user's code that runs before the Router's
//	last        number of the user's code that runs after
//
// Each is used if a route sets it.

// response are the settings of the viewer-response function for a route.
func (c *composer) response(r Route) settings {
	var out settings
	if r.Restore && r.Strip != "" {
		out.add("restores", "1")
		if r.Base != "" {
			out.add("base", quote(r.Base))
		}
	}
	if r.Split != nil && r.Split.Cookie != "" {
		out.add("cookie", quote(r.Split.Cookie))
		out.add("attributes", quote(r.Split.attributes()))
	}
	out = append(out, c.hook("first", &c.ownResponse, r.Code.BeforeResponse)...)
	return append(out, c.hook("last", &c.ownResponse, r.Code.AfterResponse)...)
}

// addResponse has the record of a route say what is done to the response.
func (c *composer) addResponse(record *settings, r Route) {
	if s := c.response(r); len(s) > 0 {
		record.add("r", c.number("r", "("+c.assigned(s)+"0)"))
	}
}

// responds reports whether there is something to do to a response.
func (c *composer) responds() bool { return c.used["r"] || c.used["t"] }

// responseJS is the viewer-response function, "" if there is nothing to do.
func (c *composer) responseJS() (string, error) {
	if !c.responds() && len(c.ownResponse.sources) == 0 {
		return "", nil
	}
	c.awaits = c.ownResponse.awaits // which is all that this function could wait for
	return c.ownResponse.addTo(c.fill(script("response"), nil))
}

// wordJS are the expressions of what is left in [RespondHeader] and of whether
// anything is.
func (c *composer) wordJS() (word, needed string) {
	variable := func(name, absent string, wanted bool) string {
		if wanted {
			return name
		}
		return absent
	}
	fields := []string{
		variable("r", "0", c.used["r"]), variable("t", "0", c.used["t"]),
		variable("u", "''", c.used["cookie"]), variable("p", "''", c.used["restores"]),
	}
	var conditions []string
	for _, name := range []string{"r", "t"} {
		if c.used[name] {
			conditions = append(conditions, name)
		}
	}
	return strings.Join(fields, " + ';' + "), strings.Join(conditions, " || ")
}
