package cfrouter_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
	"github.com/cfrouter/cfrouter/cfsim"
	"github.com/cfrouter/cfrouter/edgefn"
)

func entries(pairs map[string]*string) ([]edgefn.Entry, error) {
	return cfrouter.EntriesOf(&cfrouter.RouterProps{KeyValues: &pairs})
}

func TestEntries(t *testing.T) {
	text := func(s string) *string { return &s }
	longest := strings.Repeat("k", 512)
	got, err := entries(map[string]*string{"b": text(""), "a b": text("1"), "a/b": text("é"), "maintenance2": text("x"), "site": text("y"), longest: text(strings.Repeat("v", 1024))})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "entries", []edgefn.Entry{
		{Key: "a b", Value: "1"}, {Key: "a/b", Value: "é"}, {Key: "b"}, {Key: longest, Value: strings.Repeat("v", 1024)}, {Key: "maintenance2", Value: "x"}, {Key: "site", Value: "y"},
	}, got)
	none, err := cfrouter.EntriesOf(&cfrouter.RouterProps{})
	if none != nil || err != nil {
		t.Errorf("a Router without KeyValues has the entries %v, %v", none, err)
	}
}

// The function on responses has the store only if it reads it, and then another name
// with other content: it would be changed under the running distribution otherwise.
func TestStoreOfResponses(t *testing.T) {
	type named struct{ name, stores any }
	build := func(code, entry string) named {
		stack := newStack()
		router := routerIn(stack, &cfrouter.RouterProps{
			KeyValues:      &map[string]*string{"key": jsii.String(entry)},
			ViewerResponse: &cfrouter.EdgeCode{After: cfrouter.EdgeSource_FromInline(jsii.String(code))},
		})
		router.AddRoute(jsii.String("/"), urlTarget("https://example.com"), nil)
		functions := resourcesOf(synthesize(t, stack), "AWS::CloudFront::Function")
		for id, function := range functions {
			if properties := object(function); strings.Contains(id, "ResponseFunction") {
				return named{fmt.Sprint(properties["Name"]), object(properties["FunctionConfig"])["KeyValueStoreAssociations"]}
			}
		}
		t.Fatalf("no function on responses in %v", functions)
		return named{}
	}
	const blind = "function handler(event) { return event.response }"
	const reading = "async function handler(event) { event.response.headers['x-key'] = { value: await cf.kvs().get('key') }; return event.response }"
	if one, two := build(blind, "1"), build(blind, "2"); one.stores != nil || one.name != two.name {
		t.Errorf("a function that reads nothing: %v and %v", one, two)
	}
	if one, two := build(reading, "1"), build(reading, "2"); one.stores == nil || one.name == two.name {
		t.Errorf("a function that reads the store: %v and %v", one, two)
	}
}

// Maintenance that is declared is on from the deployment on.
func TestDeclaredMaintenance(t *testing.T) {
	for state, want := range map[string]string{"on": "503", "off": "one.example.org /x"} {
		app := newApp()
		stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
		router := routerIn(stack, &cfrouter.RouterProps{
			Maintenance: &cfrouter.ResponseTargetProps{},
			KeyValues:   &map[string]*string{"maintenance": jsii.String(state)},
		})
		router.AddRoute(jsii.String("/"), urlTarget("https://one.example.org"), nil)
		cfsim.Open(t, *app.Synth(nil).Directory()).Expect(t, map[string]string{"/x": want})
	}
	_, err := cfrouter.EntriesOf(&cfrouter.RouterProps{
		Maintenance: &cfrouter.ResponseTargetProps{},
		KeyValues:   &map[string]*string{"maintenance": jsii.String("true")},
	})
	same(t, "another state", `KeyValues have "true" for "maintenance": write "on" or "off"`, fmt.Sprint(err))
}

func TestWrongEntries(t *testing.T) {
	token := *awscdk.Fn_ImportValue(jsii.String("Name"))
	one := jsii.String("1")
	tooMuch := map[string]*string{}
	for i := range 5000 {
		tooMuch[fmt.Sprintf("%04d", i)] = jsii.String(strings.Repeat("v", 1000))
	}
	const later = "and one of them is known only at deployment: write plain text, and what deployment finds out with aws cloudfront-keyvaluestore put-key"
	for _, test := range []struct {
		pairs map[string]*string
		want  string
	}{
		{map[string]*string{"": one}, `KeyValues have the key "": write one of 1 to 512 bytes`},
		{map[string]*string{"a": nil}, `KeyValues have a nil for "a": leave the key out, or give it a value`},
		{map[string]*string{token: one}, fmt.Sprintf("KeyValues have %q for %q, %s", "1", token, later)},
		{map[string]*string{"a": &token}, fmt.Sprintf("KeyValues have %q for %q, %s", token, "a", later)},
		{map[string]*string{"routes/a": one}, `KeyValues have the key "routes/a", and "routes/" is the Router's own: write another one`},
		{map[string]*string{"site/": one}, `KeyValues have the key "site/", and "site/" is the Router's own: write another one`},
		{map[string]*string{"weights/checkout": one}, `KeyValues have the key "weights/checkout", and "weights/" is the Router's own: write another one`},
		{map[string]*string{"maintenance": jsii.String("on")}, `KeyValues have the key "maintenance", which switches RouterProps.Maintenance, and that is not set: set it as well, or write another key`},
		{map[string]*string{strings.Repeat("é", 257): one}, fmt.Sprintf("KeyValues have the key %q… of 514 bytes, and CloudFront takes 512: write a shorter one", strings.Repeat("é", 40))},
		{map[string]*string{"a": jsii.String(strings.Repeat("é", 513))}, `KeyValues have a value of 1026 bytes for "a", and CloudFront takes 1024: divide it among several keys`},
		{map[string]*string{"a": jsii.String("\xff")}, `KeyValues have "\xff" for "a", and one of them is no text in UTF-8: write it in Base64`},
		{tooMuch, "KeyValues have 5020000 bytes, and CloudFront takes 5000000 in a key-value store: keep large values in a bucket"},
	} {
		_, err := entries(test.pairs)
		if got := fmt.Sprint(err); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}
