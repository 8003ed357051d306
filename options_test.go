package cfrouter_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
	"github.com/cfrouter/cfrouter/edgefn"
)

func rewrite(rules ...*cfrouter.RewriteRule) *cfrouter.RouteOptions {
	return &cfrouter.RouteOptions{Rewrite: &rules}
}

func rule(match, replace string) *cfrouter.RewriteRule {
	return &cfrouter.RewriteRule{Match: &match, Replace: &replace}
}

func TestRewrites(t *testing.T) {
	got, err := cfrouter.RewritesOf(rewrite(rule("^/v1/(.*)$", "/$1"), rule(`\.php$`, "")))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "rules", []edgefn.Rewrite{{Match: "^/v1/(.*)$", Replace: "/$1"}, {Match: `\.php$`}}, got)
	none, err := cfrouter.RewritesOf(&cfrouter.RouteOptions{})
	if none != nil || err != nil {
		t.Errorf("a route without Rewrite has the rules %v, %v", none, err)
	}
}

func TestWrongRewrites(t *testing.T) {
	token := *awscdk.Fn_ImportValue(jsii.String("Name"))
	const both = `lacks Match or Replace: write both, such as "^/v1/(.*)$" and "/$1"`
	const later = ", which is known only at deployment, and the edge function is written at synthesis: write plain text"
	for _, test := range []struct {
		options *cfrouter.RouteOptions
		want    string
	}{
		{rewrite(rule("a", "b"), nil), "RouteOptions.Rewrite rule number 2 " + both},
		{rewrite(&cfrouter.RewriteRule{Match: jsii.String("a")}), "RouteOptions.Rewrite rule number 1 " + both},
		{rewrite(&cfrouter.RewriteRule{Replace: jsii.String("a")}), "RouteOptions.Rewrite rule number 1 " + both},
		{rewrite(rule(token, "/")), fmt.Sprintf("RouteOptions.Rewrite has %q%s", token, later)},
		{rewrite(rule("a", token)), fmt.Sprintf("RouteOptions.Rewrite has %q%s", token, later)},
		{rewrite(rule("", "/")), `RouteOptions.Rewrite rule number 1: the expression is empty: write "^" for every path`},
	} {
		_, err := cfrouter.RewritesOf(test.options)
		if got := fmt.Sprint(err); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestQueries(t *testing.T) {
	for _, test := range []struct {
		name  string
		given *cfrouter.QueryOptions
		want  *edgefn.Query
	}{
		{"not asked for", nil, nil},
		{"usual", &cfrouter.QueryOptions{}, &edgefn.Query{Deny: edgefn.TrackingParameters}},
		{"only these", &cfrouter.QueryOptions{Allow: jsii.Strings("b", "a", "b")}, &edgefn.Query{Allow: []string{"a", "b"}}},
		{"nothing", &cfrouter.QueryOptions{Allow: &[]*string{}}, &edgefn.Query{Allow: []string{}}},
		{"but these", &cfrouter.QueryOptions{Deny: jsii.Strings("x*", "b")}, &edgefn.Query{Deny: slices.Concat([]string{"b", "x*"}, edgefn.TrackingParameters)}},
		{"sorted alone", &cfrouter.QueryOptions{KeepTracking: jsii.Bool(true)}, &edgefn.Query{}},
		{"but these, tracking kept", &cfrouter.QueryOptions{Deny: jsii.Strings("b"), KeepTracking: jsii.Bool(true)}, &edgefn.Query{Deny: []string{"b"}}},
	} {
		got, err := cfrouter.QueryOf(&cfrouter.RouteOptions{Query: test.given})
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		same(t, test.name, test.want, got)
	}
}

func TestWrongQueries(t *testing.T) {
	token := *awscdk.Fn_ImportValue(jsii.String("Name"))
	const either = "RouteOptions.Query has Allow, which names all that is kept, and Deny or KeepTracking beside it: leave out either"
	for _, test := range []struct {
		given *cfrouter.QueryOptions
		want  string
	}{
		{&cfrouter.QueryOptions{Allow: jsii.Strings("a"), Deny: jsii.Strings("b")}, either},
		{&cfrouter.QueryOptions{Allow: jsii.Strings("a"), KeepTracking: jsii.Bool(true)}, either},
		{&cfrouter.QueryOptions{Allow: &[]*string{jsii.String("a"), nil}}, "RouteOptions.Query.Allow has a nil as number 2: leave it out"},
		{&cfrouter.QueryOptions{Deny: &[]*string{&token}}, fmt.Sprintf("RouteOptions.Query.Deny has %q, which is known only at deployment, and the edge function is written at synthesis: write plain text", token)},
		{&cfrouter.QueryOptions{Deny: jsii.Strings("a=1")}, `RouteOptions.Query: parameter "a=1" holds '=', which no name in a url has: write the name alone, as it stands in the url`},
	} {
		_, err := cfrouter.QueryOf(&cfrouter.RouteOptions{Query: test.given})
		if got := fmt.Sprint(err); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

// What the user passed in is not changed, as it may be used for several routes.
func TestOptionsAreLeftAlone(t *testing.T) {
	given := jsii.Strings("b", "a", "b")
	tracking := slices.Clone(edgefn.TrackingParameters)
	for range 2 {
		if _, err := cfrouter.QueryOf(&cfrouter.RouteOptions{Query: &cfrouter.QueryOptions{Deny: given}}); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "names", jsii.Strings("b", "a", "b"), given)
	same(t, "tracking parameters", tracking, edgefn.TrackingParameters)
}
