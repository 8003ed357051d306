package cfrouter

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter/edgefn"
)

// RedirectStatus is the status of a redirect.
type RedirectStatus string

const (
	// RedirectStatus_MOVED_PERMANENTLY is 301: search engines and browsers take the
	// new location for the old one. Browsers repeat a POST as a GET.
	RedirectStatus_MOVED_PERMANENTLY RedirectStatus = "MOVED_PERMANENTLY"
	// RedirectStatus_FOUND is 302: for the time being. Browsers repeat a POST as a GET.
	RedirectStatus_FOUND RedirectStatus = "FOUND"
	// RedirectStatus_TEMPORARY_REDIRECT is 307: for the time being. The request is
	// repeated as it was, with its method and body.
	RedirectStatus_TEMPORARY_REDIRECT RedirectStatus = "TEMPORARY_REDIRECT"
	// RedirectStatus_PERMANENT_REDIRECT is 308: for good. The request is repeated as
	// it was, with its method and body.
	RedirectStatus_PERMANENT_REDIRECT RedirectStatus = "PERMANENT_REDIRECT"
)

// redirectCodes are the statuses in figures.
var redirectCodes = map[RedirectStatus]int{
	RedirectStatus_MOVED_PERMANENTLY:  301,
	RedirectStatus_FOUND:              302,
	RedirectStatus_TEMPORARY_REDIRECT: 307,
	RedirectStatus_PERMANENT_REDIRECT: 308,
}

// RedirectTargetProps are the settings of [NewRedirectTarget].
type RedirectTargetProps struct {
	// Status says whether the redirect is for good, and what browsers do with a
	// request that is no GET. Whichever it is, nobody keeps the answer (cache-control
	// "no-store"), so that a later deployment can take it back.
	// Default: - RedirectStatus_TEMPORARY_REDIRECT.
	Status RedirectStatus

	// KeepPath appends to the location what is left of the path once the route has
	// stripped what it strips ([RouteOptions]), in front of the location's query string:
	//
	//	"/old"                      /old/a leads to the location and "/a"
	//	"/old/*"                    /old/a leads to the location and "/old/a"
	//	"/old/*" with StripPrefix   /old/a leads to the location and "/a"
	//	"/"                         /old/a leads to the location and "/old/a"
	//	"/old/a" with Exact         nothing is left, so /old/a leads to the location
	//
	// Default: - true.
	KeepPath *bool

	// KeepQuery appends the query string of the request, behind that of the location
	// if it has one.
	// Default: - true.
	KeepQuery *bool
}

// NewRedirectTarget answers requests with a redirect, at the edge and without an
// origin. The location is a path on the host that was asked for, such as "/new", or
// a URL, such as "https://www.example.com" or "https://www.example.com/base". It may
// have a query string and a fragment, and is plain ASCII, escaped as in a URL. It is
// no template: nothing of the request is put in the place of "*" or "$1" in it.
//
//	www := cfrouter.NewRedirectTarget(jsii.String("https://www.example.com"), nil)
//	router.AddRoute(jsii.String("example.com/"), www, nil)
//
// A redirect that would lead a browser round in a circle on the Router's own routes
// is an error at synthesis.
func NewRedirectTarget(location *string, props *RedirectTargetProps) Target {
	if location == nil {
		panicf(`NewRedirectTarget was given a nil location: write a path, such as "/new", or a URL, such as "https://www.example.com"`)
	}
	given := merged(&RedirectTargetProps{Status: RedirectStatus_TEMPORARY_REDIRECT}, props)
	status, known := redirectCodes[given.Status]
	shown, hidden := withoutUser(*location)
	switch isPath := strings.HasPrefix(*location, "/") && !strings.HasPrefix(*location, "//"); {
	case hidden && !isPath:
		panicf("location %q holds a user name or a password, not shown here, and every viewer would see them: leave them out", shown)
	case *location == "":
		panicf(`location "" is empty: write a path, such as "/new", or a URL, such as "https://www.example.com"`)
	case isToken(*location):
		panicf("location %q holds a value that is known only at deployment, and the edge function is written at synthesis: write it as plain text", *location)
	case !known:
		panicf("location %q has the Status %q, which does not redirect: use RedirectStatus_MOVED_PERMANENTLY (301), _FOUND (302), _TEMPORARY_REDIRECT (307) or _PERMANENT_REDIRECT (308)", *location, given.Status)
	}
	t := &answerTarget{"redirect", edgefn.Response{
		Status:    status,
		Location:  *location,
		KeepPath:  value(given.KeepPath, true),
		KeepQuery: value(given.KeepQuery, true),
	}}
	if err := cmp.Or(t.answer.Check(), checkTemplate(*location)); err != nil {
		panicf("%w", err)
	}
	return t
}

// reference is what stands for a part of the request elsewhere. A star in a query
// string may be meant.
var reference = regexp.MustCompile(`^[^?#]*?(\*)|(\$[1-9])`)

// checkTemplate refuses a location that expects a part of the request in it.
func checkTemplate(location string) error {
	found := reference.FindStringSubmatch(location)
	if found == nil {
		return nil
	}
	mark := found[1] + found[2]
	before, after, _ := strings.Cut(location, mark)
	instead := "to put it elsewhere, answer with a redirect in code of your own (RouteOptions.ViewerRequest.Before)"
	if after == "" && !strings.ContainsAny(before, "?#") {
		instead = fmt.Sprintf("write %q", cmp.Or(strings.TrimRight(before, "/"), "/"))
	}
	return fmt.Errorf("location %q holds %q, which nothing is put in the place of; what the route does not strip of the path is appended by itself (KeepPath), so %s, or %s for the character", location, mark, instead, url.QueryEscape(mark[:1])+mark[1:])
}

// ResponseTargetProps are the settings of [NewResponseTarget].
type ResponseTargetProps struct {
	// Status is from 200 to 599, and none that redirects.
	// Default: - 200.
	Status *float64

	// Headers are those of the response, in any case. CloudFront reserves some, such as
	// x-cache and x-amz-cf-id, and counts content-length itself.
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html)
	// Default: - cache-control is "no-store"; set it to let browsers keep the response.
	Headers *map[string]*string

	// ContentType is the type of the body.
	// Default: - "text/plain; charset=utf-8", if there is a body.
	ContentType *string

	// Body is text in UTF-8. It is part of the code of the edge function, which has
	// 10,240 bytes for everything.
	// Default: - no body.
	Body *string
}

// NewResponseTarget answers requests at the edge and without an origin: robots.txt,
// security.txt, health checks, pages that are gone. The props may be nil, which is
// an empty response of status 200. It answers every method, but where its paths are
// below those of an origin group, for which CloudFront takes GET, HEAD and OPTIONS.
//
//	robots := cfrouter.NewResponseTarget(&cfrouter.ResponseTargetProps{Body: jsii.String("User-agent: *\nAllow: /\n")})
//	router.AddRoute(jsii.String("/robots.txt"), robots, &cfrouter.RouteOptions{Exact: jsii.Bool(true)})
func NewResponseTarget(props *ResponseTargetProps) Target {
	answer, err := responseOf(props, 200)
	if err != nil {
		panicf("%w", err)
	}
	return &answerTarget{"response", *answer}
}

// responseOf is the response that props say; the status is the one that it has
// unless they say otherwise.
func responseOf(props *ResponseTargetProps, status float64) (*edgefn.Response, error) {
	given := merged(&ResponseTargetProps{Status: &status}, props)
	if isTokenNumber(*given.Status) {
		return nil, errors.New("response has a Status that is known only at deployment, and the edge function is written at synthesis: write a number")
	}
	if math.Trunc(*given.Status) != *given.Status || math.Abs(*given.Status) > 999 {
		return nil, fmt.Errorf("status %v is none that a response can have: write a whole number from 200 to 599", *given.Status)
	}
	headers, err := given.headers()
	if err != nil {
		return nil, err
	}
	answer := &edgefn.Response{Status: int(*given.Status), Headers: headers, Body: value(given.Body, "")}
	for _, text := range append(valuesOf(headers), answer.Body) {
		if isToken(text) {
			return nil, fmt.Errorf("response has the text %q, which is known only at deployment, and the edge function is written at synthesis: write it as plain text", text)
		}
	}
	return answer, answer.Check()
}

// isTokenNumber reports whether a number stands for one that is known only at
// deployment. The CDK writes such a number as one far below zero.
func isTokenNumber(n float64) bool { return n < 0 && *awscdk.Token_IsUnresolved(n) }

// headers are those given, by their names in lower case.
func (p *ResponseTargetProps) headers() (map[string]string, error) {
	out := map[string]string{}
	for name, given := range value(p.Headers, nil) {
		lower := strings.ToLower(name)
		_, twice := out[lower]
		switch {
		case given == nil:
			return nil, fmt.Errorf("header %q has a nil value: leave it out, or give it one", name)
		case twice:
			return nil, fmt.Errorf("header %q is there twice, spelled differently: leave one out", lower)
		}
		out[lower] = *given
	}
	if p.ContentType == nil {
		return out, nil
	}
	if before, given := out["content-type"]; given {
		return nil, fmt.Errorf("ContentType is %q, and Headers have %q for content-type: leave one of them out", *p.ContentType, before)
	}
	out["content-type"] = *p.ContentType
	return out, nil
}

func valuesOf(m map[string]string) []string {
	var out []string
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

// answerTarget is what the edge answers by itself.
type answerTarget struct {
	kind   string
	answer edgefn.Response
}

// Key is made of the whole answer, so that the same answer in several places is
// one target.
func (t *answerTarget) Key() *string {
	return jsii.String(t.kind + ":" + hash(fingerprint(t.answer))[:16])
}

func (t *answerTarget) settings() any { return t.answer }

func (t *answerTarget) Bind(constructs.Construct, *TargetBindOptions) *TargetConfig {
	answer := t.answer
	return &TargetConfig{Answer: &answer}
}

// answerUnder is the answer that a route for a pattern gives. An exact route strips
// nothing, and yet nothing is left of its path.
func answerUnder(p pattern, answer edgefn.Response) *edgefn.Response {
	if p.kind == edgefn.Exact {
		answer.KeepPath = false
	}
	return &answer
}
