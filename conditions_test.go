package cfrouter_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
	"github.com/cfrouter/cfrouter/edgefn"
)

func when(conditions ...cfrouter.Condition) *cfrouter.RouteOptions {
	return &cfrouter.RouteOptions{When: &conditions}
}

func TestConditions(t *testing.T) {
	s := jsii.String
	for _, test := range []struct {
		condition cfrouter.Condition
		want      edgefn.Condition
	}{
		{cfrouter.Condition_Header(s("X-Beta")), edgefn.Condition{Subject: edgefn.Header, Name: "x-beta"}},
		{cfrouter.Condition_Header(s("x-side"), s("Green"), s("blue"), s("Green")), edgefn.Condition{Subject: edgefn.Header, Name: "x-side", Values: []string{"Green", "blue"}}},
		{cfrouter.Condition_Cookie(s("Beta"), s("on")), edgefn.Condition{Subject: edgefn.Cookie, Name: "Beta", Values: []string{"on"}}},
		{cfrouter.Condition_Query(s("v"), s(""), s("a%20b")), edgefn.Condition{Subject: edgefn.Parameter, Name: "v", Values: []string{"", "a%20b"}}},
		{cfrouter.Condition_Country(s("de"), s("DE"), s("At")), edgefn.Condition{Subject: edgefn.Country, Values: []string{"DE", "AT"}}},
		{cfrouter.Condition_Country(), edgefn.Condition{Subject: edgefn.Country}},
		{cfrouter.Condition_Method(s("get"), s("HEAD")), edgefn.Condition{Subject: edgefn.Method, Values: []string{"GET", "HEAD"}}},
		{cfrouter.Condition_Not(cfrouter.Condition_Cookie(s("a"))), edgefn.Condition{Subject: edgefn.Cookie, Name: "a", Not: true}},
		{cfrouter.Condition_Not(cfrouter.Condition_Not(cfrouter.Condition_Cookie(s("a")))), edgefn.Condition{Subject: edgefn.Cookie, Name: "a"}},
	} {
		got, err := cfrouter.ConditionsOf(when(test.condition))
		if err != nil {
			t.Errorf("%v: %v", test.want, err)
		}
		same(t, test.want.String(), []edgefn.Condition{test.want}, got)
	}
	none, err := cfrouter.ConditionsOf(&cfrouter.RouteOptions{})
	if none != nil || err != nil {
		t.Errorf("a route without When has the conditions %v, %v", none, err)
	}
}

// Negating a condition leaves the one it was made of as it is.
func TestNotMakesAnotherCondition(t *testing.T) {
	beta := cfrouter.Condition_Cookie(jsii.String("beta"))
	cfrouter.Condition_Not(beta)
	got, err := cfrouter.ConditionsOf(when(beta))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "condition", []edgefn.Condition{{Subject: edgefn.Cookie, Name: "beta"}}, got)
}

func TestWrongConditions(t *testing.T) {
	token := *awscdk.Fn_ImportValue(jsii.String("Name"))
	text := func(s string) *string { return &s }
	header := func(name *string, values ...*string) func() {
		return func() { cfrouter.Condition_Header(name, values...) }
	}
	const later = ", which is known only at deployment, and the edge function is written at synthesis: write plain text"
	checkMisuse(t, []misuse{
		{"nil name", header(nil), "a condition on a header names none: write which one is meant"},
		{"no name of a header", header(text("a b")), `header "a b" has a name that no request can have: write it as it is sent, without spaces and separators`},
		{"host", header(text("Host")), `Condition_Header was given "host", which is the pattern's: write it there, such as "admin.example.com/"`},
		{"country", header(text("CloudFront-Viewer-Country")), `Condition_Header was given "cloudfront-viewer-country", which CloudFront adds where it is asked for: use Condition_Country`},
		{"nil value", header(text("x-a"), text("1"), nil), "Condition_Header was given a nil as value number 2: leave it out"},
		{"name known later", func() { cfrouter.Condition_Cookie(&token) }, fmt.Sprintf("Condition_Cookie has %q%s", token, later)},
		{"value known later", func() { cfrouter.Condition_Country(&token) }, fmt.Sprintf("Condition_Country has %q%s", token, later)},
		{"cookie with a separator", func() { cfrouter.Condition_Cookie(text("a"), text("1;2")) }, `cookie "a" never is "1;2", which has a space at an end, a separator or a control character: write the value as it is sent`},
		{"parameter with its value", func() { cfrouter.Condition_Query(text("a=1")) }, `parameter "a=1" has a name that no request can have: write it as it is sent, without spaces and separators`},
		{"no country", func() { cfrouter.Condition_Country(text("Germany")) }, `country "GERMANY" is no code of two letters in upper case: write one such as "DE"`},
		{"no method", func() { cfrouter.Condition_Method(text("trace")) }, `method "TRACE" is none that CloudFront lets through: write one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT`},
		{"any method", func() { cfrouter.Condition_Method() }, `a condition on the method names none, and every request has one: write those that are meant, such as "GET"`},
		{"not nil", func() { cfrouter.Condition_Not(nil) }, `Condition_Not was given nil: pass a condition, such as Condition_Cookie(jsii.String("beta"))`},
	})
}

func TestConditionsThatNoRequestFulfils(t *testing.T) {
	get := cfrouter.Condition_Method(jsii.String("GET"))
	post := cfrouter.Condition_Method(jsii.String("POST"))
	for _, test := range []struct {
		options *cfrouter.RouteOptions
		want    string
	}{
		{when(), "RouteOptions.When is an empty list: write a condition, or leave it out for a route without any"},
		{when(get, nil), "RouteOptions.When has a nil as number 2: leave it out"},
		{when(get, post), `RouteOptions.When has conditions that no request fulfils: method is "GET" and method is "POST" exclude each other; leave one of them out`},
	} {
		_, err := cfrouter.ConditionsOf(test.options)
		if got := fmt.Sprint(err); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}
