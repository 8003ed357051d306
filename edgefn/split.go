package edgefn

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A split gives every viewer a point from 0 up to 100, and lays the destinations
// over these points side by side, each as wide as its share of the weights. What
// sticks to a viewer is the point and not the destination: when weights change,
// those viewers move whose points other destinations have come to lie over, and
// nobody else. A destination of weight 0 lies over no point, and one that has all
// the weight over each of them.
//
// The weights are a value of the key-value store, such as "90,10". They need not
// add up to 100. If there are none, or what is there are not as many numbers as
// there are destinations, or they add up to 0, those of the table apply.

// WeightsKey is the key of the weights of a split in the key-value store. Its value
// is a number for each destination, with commas between them, such as "90,10":
// digits, with at most nine before and nine after a point. White space around them
// means nothing.
func WeightsKey(id string) string { return "weights/" + id }

// splitJS is the JavaScript of a split.
type splitJS struct {
	// begin sets the names of what there is to read, and its value is the viewer's
	// point if there is one.
	begin string
	// lead sets the variables of the destination whose number, counted from 1, is
	// in the variable at.
	lead string
}

// addSplit has a route lead to one of several destinations.
func (c *composer) addSplit(record *settings, r Route) {
	c.stored, c.awaits = true, true
	js := splitJS{c.splitBegin(*r.Split), c.splitLead(r)}
	at := slices.Index(c.splits, js)
	if at < 0 {
		at = len(c.splits)
		c.splits = append(c.splits, js)
	}
	record.add("s", fmt.Sprint(at+1))
}

// splitBegin adds the weights to the store as well.
func (c *composer) splitBegin(s Split) string {
	texts := make([]string, len(s.Weights))
	for i, weight := range s.Weights {
		texts[i] = strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(weight, 'f', 9, 64), "0"), ".")
	}
	weights := Entry{WeightsKey(s.ID), strings.Join(texts, ",")}
	if at := slices.IndexFunc(c.entries, func(e Entry) bool { return e.Key == weights.Key }); at < 0 {
		c.entries = append(c.entries, weights)
	} else if c.entries[at] != weights {
		c.fail(fmt.Errorf("two splits have the id %q, one with the weights %s and one with %s: write the same weights, or give one of them an id of its own",
			s.ID, c.entries[at].Value, weights.Value))
	}
	point := fmt.Sprintf("(request.cookies[%s] || 0).value", quote(s.Cookie))
	if s.Header != "" {
		c.hashes = true
		point = fmt.Sprintf("hashed(%s, (request.headers[%s] || 0).value)", quote(s.ID), quote(s.Header))
	} else {
		c.used["u"] = true
	}
	return fmt.Sprintf("(split = %s, weights = %s, many = %d, %s)", quote(weights.Key), quote(weights.Value), len(s.Weights), point)
}

// splitLead needs to reset nothing: the record of a route with a split sets no
// variable that a destination may set, but for what is done to the response, which
// one with a base path sets anew.
func (c *composer) splitLead(r Route) string {
	pieces := make([]string, len(r.Split.Destinations))
	for i, d := range r.Split.Destinations {
		record := c.destination(d)
		if r.Destination = d; r.Restore && d.Base != "" {
			c.addResponse(&record, r)
		}
		pieces[i] = "(" + c.assigned(record) + "0)"
	}
	return chosen("at", 0, pieces)
}

// splitWords are what the splits of a table put into the handler.
func (c *composer) splitWords() (begin, lead string) {
	var begins, leads []string
	for _, js := range c.splits {
		begins, leads = append(begins, js.begin), append(leads, js.lead)
	}
	return chosen("s", 0, begins), chosen("s", 0, leads)
}

// attributes are those of the cookie of a split. Without an age it lasts as long
// as the browser's session.
func (s Split) attributes() string {
	const always = "Path=/; Secure; HttpOnly; SameSite=Lax"
	if s.MaxAge == 0 {
		return always
	}
	return fmt.Sprintf("Max-Age=%d; %s", s.MaxAge, always)
}

var (
	splitID    = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
	cookieName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
)

// The code at the edge takes nine digits before and after the point, so that no
// sum of weights is too large or too small to be compared exactly.
const (
	leastWeight = 1e-9
	mostWeight  = 999_999_999
)

// Check returns what of a split makes no sense.
func (s Split) Check() error {
	return errors.Join(s.checkID(), s.checkWeights(), s.checkStickiness())
}

func (s Split) checkID() error {
	if !splitID.MatchString(s.ID) {
		return fmt.Errorf("the split has the id %q, which is part of a key of the key-value store: write 1 to 64 letters, digits, dots, hyphens and underscores", s.ID)
	}
	return nil
}

func (s Split) checkWeights() error {
	if len(s.Destinations) < 2 {
		return fmt.Errorf("the split %q has %d destinations: write two or more, or route to the one itself", s.ID, len(s.Destinations))
	}
	if len(s.Weights) != len(s.Destinations) {
		return fmt.Errorf("the split %q has %d weights for %d destinations: write one for each", s.ID, len(s.Weights), len(s.Destinations))
	}
	sum := 0.0
	for i, weight := range s.Weights {
		// What is not a number is not at least 0 either.
		if !(weight >= 0) || math.IsInf(weight, 0) || weight > mostWeight || weight > 0 && weight < leastWeight {
			return fmt.Errorf("the split %q has the weight %v as number %d: write 0, or a number from %v to %d", s.ID, weight, i+1, leastWeight, mostWeight)
		}
		sum += weight
	}
	if sum == 0 {
		return fmt.Errorf("the weights of the split %q add up to 0: give one of them more", s.ID)
	}
	return nil
}

func (s Split) checkStickiness() error {
	switch {
	case s.Cookie == "" && s.Header == "":
		return fmt.Errorf("the split %q has neither a cookie nor a header that keeps a viewer with a destination: name one of them", s.ID)
	case s.Cookie != "" && s.Header != "":
		return fmt.Errorf("the split %q has both the cookie %q and the header %q: name one of them", s.ID, s.Cookie, s.Header)
	case s.Cookie != "" && !cookieName.MatchString(s.Cookie):
		return fmt.Errorf("the split %q has the cookie %q, which is no name of one: write letters, digits and hyphens", s.ID, s.Cookie)
	case s.Cookie != "" && s.MaxAge < 0:
		return fmt.Errorf("the split %q has a cookie that lasts for %d seconds: write how long it lasts, or 0 for the browser's session", s.ID, s.MaxAge)
	case s.Header == "cookie":
		return fmt.Errorf("the split %q has the header %q, which functions are shown cookie by cookie: name a cookie", s.ID, s.Header)
	case s.Header != "" && (!headerName.MatchString(s.Header) || isDisallowed(s.Header)):
		return fmt.Errorf("the split %q has the header %q, which functions are not shown: write the name of another one, in lower case", s.ID, s.Header)
	}
	return nil
}
