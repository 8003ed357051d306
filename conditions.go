package cfrouter

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/edgefn"
)

// Condition is something that a request must have for a route to apply: see
// [RouteOptions]. It is made by the functions whose names begin with Condition_.
//
// Of the values of a condition any one will do, and without values it is enough that
// there is what the condition looks at, whatever it is. Values are compared with
// what the viewer sent as a whole and letter by letter; of what was sent several
// times, such as ?tag=a&tag=b, one has to fit.
type Condition interface{ condition() edgefn.Condition }

type condition edgefn.Condition

func (c condition) condition() edgefn.Condition { return edgefn.Condition(c) }

// Condition_Header looks at a header of the request, whose name is in any case. For
// the host write it in the pattern, for cookies use [Condition_Cookie], for the
// country [Condition_Country].
func Condition_Header(name *string, values ...*string) Condition {
	lower := strings.ToLower(value(name, ""))
	switch lower {
	case "host":
		panicf(`Condition_Header was given "host", which is the pattern's: write it there, such as "admin.example.com/"`)
	case edgefn.CountryHeader:
		panicf("Condition_Header was given %q, which CloudFront adds where it is asked for: use Condition_Country", lower)
	}
	return newCondition("Condition_Header", edgefn.Condition{Subject: edgefn.Header, Name: lower}, values)
}

// Condition_Cookie looks at a cookie.
func Condition_Cookie(name *string, values ...*string) Condition {
	return newCondition("Condition_Cookie", edgefn.Condition{Subject: edgefn.Cookie, Name: value(name, "")}, values)
}

// Condition_Query looks at a parameter of the query string. Name and values are
// compared as they stand in the URL, escapes included: "a%20b".
func Condition_Query(name *string, values ...*string) Condition {
	return newCondition("Condition_Query", edgefn.Condition{Subject: edgefn.Parameter, Name: value(name, "")}, values)
}

// Condition_Country looks at the country that CloudFront finds the viewer's address
// to be in. The codes are those of ISO 3166-1 with two letters, such as "DE", in any
// case; without codes it is enough that the country is known.
//
// CloudFront tells functions only what a policy names. That is the cache policy that
// the Router makes, or the origin request policy; where there is neither, the Router
// makes one of the latter for each set of headers that routes look at. An account has
// 20. The same goes for other headers about the viewer that CloudFront adds, such as
// CloudFront-Is-Mobile-Viewer.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html)
func Condition_Country(codes ...*string) Condition {
	return newCondition("Condition_Country", edgefn.Condition{Subject: edgefn.Country}, codes)
}

// Condition_Method looks at the method of the request, in any case: one of GET,
// HEAD, OPTIONS, POST, PUT, PATCH and DELETE. GET does not stand for HEAD.
func Condition_Method(methods ...*string) Condition {
	return newCondition("Condition_Method", edgefn.Condition{Subject: edgefn.Method}, methods)
}

// Condition_Not holds where another condition does not.
func Condition_Not(of Condition) Condition {
	if isNil(of) {
		panicf(`Condition_Not was given nil: pass a condition, such as Condition_Cookie(jsii.String("beta"))`)
	}
	opposite := of.condition()
	opposite.Not = !opposite.Not
	return condition(opposite)
}

// newCondition completes a condition, or panics if no request could have what it
// looks for.
func newCondition(maker string, c edgefn.Condition, values []*string) Condition {
	checkPlain(maker, c.Name)
	for i, given := range values {
		if given == nil {
			panicf("%s was given a nil as value number %d: leave it out", maker, i+1)
		}
		checkPlain(maker, *given)
		text := *given
		if c.Subject == edgefn.Country || c.Subject == edgefn.Method {
			text = strings.ToUpper(text)
		}
		if !slices.Contains(c.Values, text) {
			c.Values = append(c.Values, text)
		}
	}
	if err := c.Check(); err != nil {
		panicf("%w", err)
	}
	return condition(c)
}

// checkPlain refuses what cannot be written into the edge function, for which it has
// to be known at synthesis.
func checkPlain(where, text string) {
	if err := plain(where, text); err != nil {
		panicf("%w", err)
	}
}

// conditionsOf are those of a route.
func conditionsOf(options *RouteOptions) ([]edgefn.Condition, error) {
	if options.When == nil {
		return nil, nil
	}
	var out []edgefn.Condition
	for i, given := range *options.When {
		if isNil(given) {
			return nil, fmt.Errorf("RouteOptions.When has a nil as number %d: leave it out", i+1)
		}
		out = append(out, given.condition())
	}
	if len(out) == 0 {
		return nil, errors.New("RouteOptions.When is an empty list: write a condition, or leave it out for a route without any")
	}
	if reason := edgefn.Impossible(out); reason != "" {
		return nil, fmt.Errorf("RouteOptions.When has conditions that no request fulfils: %s; leave one of them out", reason)
	}
	return out, nil
}
