package cfrouter_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
	"github.com/cfrouter/cfrouter/edgefn"
)

func redirectTo(location string, props *cfrouter.RedirectTargetProps) cfrouter.Target {
	return cfrouter.NewRedirectTarget(jsii.String(location), props)
}

func answerOf(target cfrouter.Target) edgefn.Response { return *target.Bind(nil, nil).Answer }

func TestRedirectTarget(t *testing.T) {
	for _, test := range []struct {
		location string
		props    *cfrouter.RedirectTargetProps
		want     edgefn.Response
	}{
		{"/new", nil, edgefn.Response{Status: 307, Location: "/new", KeepPath: true, KeepQuery: true}},
		{"https://www.example.com", &cfrouter.RedirectTargetProps{}, edgefn.Response{Status: 307, Location: "https://www.example.com", KeepPath: true, KeepQuery: true}},
		{
			"https://www.example.com/base?a=1#top",
			&cfrouter.RedirectTargetProps{Status: cfrouter.RedirectStatus_MOVED_PERMANENTLY, KeepPath: jsii.Bool(false)},
			edgefn.Response{Status: 301, Location: "https://www.example.com/base?a=1#top", KeepQuery: true},
		},
		{"/search?q=*&price=$", nil, edgefn.Response{Status: 307, Location: "/search?q=*&price=$", KeepPath: true, KeepQuery: true}},
		{"/@me", nil, edgefn.Response{Status: 307, Location: "/@me", KeepPath: true, KeepQuery: true}},
		{"https://www.example.com/@me?mail=a@b", nil, edgefn.Response{Status: 307, Location: "https://www.example.com/@me?mail=a@b", KeepPath: true, KeepQuery: true}},
		{"/new", &cfrouter.RedirectTargetProps{Status: cfrouter.RedirectStatus_FOUND, KeepQuery: jsii.Bool(false)}, edgefn.Response{Status: 302, Location: "/new", KeepPath: true}},
		{"/new", &cfrouter.RedirectTargetProps{Status: cfrouter.RedirectStatus_PERMANENT_REDIRECT}, edgefn.Response{Status: 308, Location: "/new", KeepPath: true, KeepQuery: true}},
	} {
		same(t, "redirect to "+test.location, test.want, answerOf(redirectTo(test.location, test.props)))
	}
}

func TestResponseTarget(t *testing.T) {
	for _, test := range []struct {
		name  string
		props *cfrouter.ResponseTargetProps
		want  edgefn.Response
	}{
		{"nothing", nil, edgefn.Response{Status: 200, Headers: map[string]string{}}},
		{"body", &cfrouter.ResponseTargetProps{Body: jsii.String("ok")}, edgefn.Response{Status: 200, Headers: map[string]string{}, Body: "ok"}},
		{
			"everything",
			&cfrouter.ResponseTargetProps{
				Status:      jsii.Number(410),
				Headers:     &map[string]*string{"Cache-Control": jsii.String("max-age=60"), "x-why": jsii.String("gone")},
				ContentType: jsii.String("text/html"),
				Body:        jsii.String("<p>gone"),
			},
			edgefn.Response{Status: 410, Headers: map[string]string{"cache-control": "max-age=60", "x-why": "gone", "content-type": "text/html"}, Body: "<p>gone"},
		},
	} {
		same(t, test.name, test.want, answerOf(cfrouter.NewResponseTarget(test.props)))
	}
}

// A target is what it answers, so that one can be made anew wherever it is used.
func TestKeysOfAnswers(t *testing.T) {
	status := func(code float64) cfrouter.Target {
		return cfrouter.NewResponseTarget(&cfrouter.ResponseTargetProps{
			Status:  jsii.Number(code),
			Headers: &map[string]*string{"x-a": jsii.String("1"), "x-b": jsii.String("2"), "x-c": jsii.String("3")},
		})
	}
	same(t, "key of an equal response", *status(404).Key(), *status(404).Key())
	same(t, "key of an equal redirect", *redirectTo("/a", nil).Key(), *redirectTo("/a", &cfrouter.RedirectTargetProps{KeepPath: jsii.Bool(true)}).Key())
	seen := map[string]int{}
	different := []cfrouter.Target{
		status(404), status(410), cfrouter.NewResponseTarget(nil),
		redirectTo("/a", nil), redirectTo("/b", nil),
		redirectTo("/a", &cfrouter.RedirectTargetProps{KeepPath: jsii.Bool(false)}),
		redirectTo("/a", &cfrouter.RedirectTargetProps{Status: cfrouter.RedirectStatus_FOUND}),
	}
	for i, target := range different {
		if other, twice := seen[*target.Key()]; twice {
			t.Errorf("the answers number %d and %d have the same key %q", other, i, *target.Key())
		}
		seen[*target.Key()] = i
	}
}

func TestWrongRedirects(t *testing.T) {
	token := *awscdk.Fn_ImportValue(jsii.String("Location"))
	do := func(location string, props *cfrouter.RedirectTargetProps) func() {
		return func() { redirectTo(location, props) }
	}
	const appended = "which nothing is put in the place of; what the route does not strip of the path is appended by itself (KeepPath), so "
	const elsewhere = "to put it elsewhere, answer with a redirect in code of your own (RouteOptions.ViewerRequest.Before), or "
	checkMisuse(t, []misuse{
		{"nil", func() { cfrouter.NewRedirectTarget(nil, nil) }, `NewRedirectTarget was given a nil location: write a path, such as "/new", or a URL, such as "https://www.example.com"`},
		{"empty", do("", nil), `location "" is empty: write a path, such as "/new", or a URL, such as "https://www.example.com"`},
		{"token", do(token, nil), fmt.Sprintf("location %q holds a value that is known only at deployment, and the edge function is written at synthesis: write it as plain text", token)},
		{"status", do("/new", &cfrouter.RedirectTargetProps{Status: "SEE_OTHER"}), `location "/new" has the Status "SEE_OTHER", which does not redirect: use RedirectStatus_MOVED_PERMANENTLY (301), _FOUND (302), _TEMPORARY_REDIRECT (307) or _PERMANENT_REDIRECT (308)`},
		{"a star", do("/new/*", nil), `location "/new/*" holds "*", ` + appended + `write "/new", or %2A for the character`},
		{"nothing but a star", do("/*", nil), `location "/*" holds "*", ` + appended + `write "/", or %2A for the character`},
		{"a star before more", do("https://www.example.com/*/x", nil), `location "https://www.example.com/*/x" holds "*", ` + appended + elsewhere + `%2A for the character`},
		{"a group", do("https://www.example.com/$1", nil), `location "https://www.example.com/$1" holds "$1", ` + appended + `write "https://www.example.com", or %241 for the character`},
		{"a group in the query string", do("/new?id=$2", nil), `location "/new?id=$2" holds "$2", ` + appended + elsewhere + `%242 for the character`},
		{"no location", do("new", nil), `location "new" is relative: write "/new" for a path, or "https://new" for another host`},
	})
}

func TestWrongResponses(t *testing.T) {
	token := *awscdk.Fn_ImportValue(jsii.String("Text"))
	do := func(props *cfrouter.ResponseTargetProps) func() {
		return func() { cfrouter.NewResponseTarget(props) }
	}
	status := func(code float64) func() {
		return do(&cfrouter.ResponseTargetProps{Status: jsii.Number(code)})
	}
	header := func(name string, value *string) func() {
		return do(&cfrouter.ResponseTargetProps{Headers: &map[string]*string{name: value}})
	}
	const whole = "is none that a response can have: write a whole number from 200 to 599"
	const known = "which is known only at deployment, and the edge function is written at synthesis: write it as plain text"
	tests := []misuse{
		{"half a status", status(200.5), "status 200.5 " + whole},
		{"no number", status(math.NaN()), "status NaN " + whole},
		{"number known later", status(*awscdk.Token_AsNumber(&laterString{})), "response has a Status that is known only at deployment, and the edge function is written at synthesis: write a number"},
		{"low status", status(199), "status 199 is none that a response can have: write one from 200 to 599"},
		{"nil header", header("x-a", nil), `header "x-a" has a nil value: leave it out, or give it one`},
		{"header twice", do(&cfrouter.ResponseTargetProps{Headers: &map[string]*string{"X-A": jsii.String("1"), "x-a": jsii.String("2")}}), `header "x-a" is there twice, spelled differently: leave one out`},
		{"two types", do(&cfrouter.ResponseTargetProps{
			ContentType: jsii.String("text/html"), Headers: &map[string]*string{"Content-Type": jsii.String("text/css")},
		}), `ContentType is "text/html", and Headers have "text/css" for content-type: leave one of them out`},
		{"header of CloudFront's", header("X-Cache", jsii.String("1")), `header "x-cache" is one that no function may set, CloudFront would answer 502: leave it out`},
		{"body known later", do(&cfrouter.ResponseTargetProps{Body: &token}), fmt.Sprintf("response has the text %q, %s", token, known)},
		{"header known later", header("x-a", &token), fmt.Sprintf("response has the text %q, %s", token, known)},
		{"type known later", do(&cfrouter.ResponseTargetProps{ContentType: &token}), fmt.Sprintf("response has the text %q, %s", token, known)},
		{"maintenance", func() { cfrouter.MaintenanceOf(&cfrouter.ResponseTargetProps{Status: jsii.Number(503.5)}) }, "RouterProps.Maintenance: status 503.5 " + whole},
	}
	checkMisuse(t, tests)
}

func TestMaintenance(t *testing.T) {
	same(t, "answer", edgefn.Response{Status: 503, Headers: map[string]string{}, Body: "back soon"},
		*cfrouter.MaintenanceOf(&cfrouter.ResponseTargetProps{Body: jsii.String("back soon")}))
	same(t, "status", 200, cfrouter.MaintenanceOf(&cfrouter.ResponseTargetProps{Status: jsii.Number(200)}).Status)
}

// Targets from elsewhere may answer at the edge as well.
func TestWrongAnswersOfTargets(t *testing.T) {
	newRouter := routers(newStack())
	add := func(config *cfrouter.TargetConfig) func() {
		return func() { newRouter().AddRoute(jsii.String("/a"), &boundTo{config}, nil) }
	}
	origin := awscloudfrontorigins.NewHttpOrigin(jsii.String("example.com"), nil)
	checkMisuse(t, []misuse{
		{"both", add(&cfrouter.TargetConfig{Origin: origin, Answer: &edgefn.Response{Status: 200}}), `pattern "/a" has a target ("route:/a") whose Bind returned both an Origin and an Answer: return one of them`},
		{"wrong answer", add(&cfrouter.TargetConfig{Answer: &edgefn.Response{Status: 99}}), "status 99 is none that a response can have: write one from 200 to 599"},
		{"documents of no object store", add(&cfrouter.TargetConfig{Origin: origin, Documents: &edgefn.Documents{}}), `TargetConfig has Documents without an IndexDocument: set it, to "" if a directory has none`},
	})
}
