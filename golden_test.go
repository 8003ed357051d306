package cfrouter_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden templates in testdata")

// askedGoldens are the golden files that this run has asked for, each with the
// name of its test.
var askedGoldens = map[string]string{}

func goldenFile(name string) string { return filepath.Join("testdata", name+".template.json") }

// golden compares a template with testdata/<name>.template.json. The code of the
// edge function is left out together with the hash of it in the function's name:
// every golden would change with it.
func golden(t *testing.T, name string, template map[string]any) {
	t.Helper()
	compareGolden(t, name, withoutCode(withoutNoise(t, template)))
}

// goldenWithCode is golden for the one template that keeps the code, so that no
// change of it goes unseen.
func goldenWithCode(t *testing.T, name string, template map[string]any) {
	t.Helper()
	compareGolden(t, name, withoutNoise(t, template))
}

func compareGolden(t *testing.T, name string, template map[string]any) {
	t.Helper()
	path := goldenFile(name)
	if owner, asked := askedGoldens[path]; asked && owner != t.Name() {
		t.Fatalf("%s belongs to %s", path, owner)
	}
	askedGoldens[path] = t.Name()
	got := formatted(t, template)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: run go test -update", err)
	}
	if bytes.Equal(want, got) {
		return
	}
	// A difference of parsed templates shows where in the template it is.
	var wanted map[string]any
	if err := json.Unmarshal(want, &wanted); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	diff := cmp.Diff(wanted, template)
	if diff == "" {
		diff = "  only the formatting of the file"
	}
	t.Errorf("%s differs (-want +got); go test -update rewrites it:\n%s", path, diff)
}

// formatted is a template as it stands in a golden file.
func formatted(t *testing.T, template map[string]any) []byte {
	t.Helper()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(template); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

// assetHash names the files that the CDK uploads, which change with its version.
var assetHash = regexp.MustCompile(`[0-9a-f]{64}`)

// withoutNoise is a copy of a template without what depends on the version of
// the CDK alone.
func withoutNoise(t *testing.T, template map[string]any) map[string]any {
	t.Helper()
	var out map[string]any
	text := assetHash.ReplaceAll(formatted(t, template), []byte("ASSET_HASH"))
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	for section, names := range map[string][]string{
		"Parameters": {"BootstrapVersion"},
		"Rules":      {"CheckBootstrapVersion"},
		"Resources":  {"CDKMetadata"},
		"Conditions": {"CDKMetadataAvailable"},
	} {
		content, _ := out[section].(map[string]any)
		for _, name := range names {
			delete(content, name)
		}
		if len(content) == 0 {
			delete(out, section)
		}
	}
	return out
}

// codeHash is the end of an edge function's name.
var codeHash = regexp.MustCompile(`-[0-9a-f]{8}$`)

func withoutCode(template map[string]any) map[string]any {
	for _, function := range resourcesOf(template, "AWS::CloudFront::Function") {
		function["FunctionCode"] = "CODE"
		function["Name"] = replaced(function["Name"], codeHash, "-CODE_HASH")
	}
	return template
}

// replaced rewrites every text in a value of a template.
func replaced(value any, pattern *regexp.Regexp, with string) any {
	switch v := value.(type) {
	case string:
		return pattern.ReplaceAllString(v, with)
	case []any:
		for i := range v {
			v[i] = replaced(v[i], pattern, with)
		}
	case map[string]any:
		for name := range v {
			v[name] = replaced(v[name], pattern, with)
		}
	}
	return value
}

// checkGoldenFiles finds golden files that no test asked for, which would stay
// behind unseen when a test is renamed or removed. A run of selected tests asks
// for some of them only and is not held to that.
func checkGoldenFiles() error {
	for _, selecting := range []string{"test.run", "test.skip", "test.list"} {
		if flag.Lookup(selecting).Value.String() != "" {
			return nil
		}
	}
	files, err := filepath.Glob(goldenFile("*"))
	if err != nil {
		return err
	}
	for _, path := range files {
		switch {
		case askedGoldens[path] != "":
		case !*update:
			return fmt.Errorf("%s is asked for by no test: run go test -update, which removes it", path)
		default:
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}

// What follows reads templates. The assertions of the CDK panic where they do
// not hold, which would end the run of all tests.

// assert holds a template to assertions of the CDK.
func assert(t *testing.T, template map[string]any, hold func(assertions.Template)) {
	t.Helper()
	if failed := recovered(func() { hold(assertions.Template_FromJSON(&template, nil)) }); failed != nil {
		t.Errorf("%v", failed)
	}
}

// recovered is what a call panicked with.
func recovered(call func()) (cause any) {
	defer func() { cause = recover() }()
	call()
	return nil
}

// count asserts how many resources of a type a template has.
func count(t *testing.T, template map[string]any, kind string, want int) {
	t.Helper()
	assert(t, template, func(it assertions.Template) { it.ResourceCountIs(jsii.String(kind), jsii.Number(want)) })
}

// has asserts that a resource of a type has these properties, among others.
func has(t *testing.T, template map[string]any, kind string, properties map[string]any) {
	t.Helper()
	assert(t, template, func(it assertions.Template) { it.HasResourceProperties(jsii.String(kind), properties) })
}

// same reports a difference.
func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// resourcesOf are the properties of all resources of a type by logical id.
func resourcesOf(template map[string]any, kind string) map[string]map[string]any {
	out := map[string]map[string]any{}
	for id, resource := range object(template["Resources"]) {
		if object(resource)["Type"] == kind {
			out[id] = object(object(resource)["Properties"])
		}
	}
	return out
}

// only is the one resource of a type.
func only(t *testing.T, template map[string]any, kind string) (id string, properties map[string]any) {
	t.Helper()
	all := resourcesOf(template, kind)
	if len(all) != 1 {
		t.Fatalf("there are %d resources of type %s, want one: %v", len(all), kind, slices.Sorted(maps.Keys(all)))
	}
	for id, properties = range all {
	}
	return id, properties
}

// configOf is the configuration of the one distribution.
func configOf(t *testing.T, template map[string]any) map[string]any {
	t.Helper()
	_, properties := only(t, template, "AWS::CloudFront::Distribution")
	return object(properties["DistributionConfig"])
}

// behaviorsOf are the behaviors of the one distribution in their order, the
// default last, with the path pattern "*".
func behaviorsOf(t *testing.T, template map[string]any) []map[string]any {
	t.Helper()
	config := configOf(t, template)
	out := objects(config["CacheBehaviors"])
	last := maps.Clone(object(config["DefaultCacheBehavior"]))
	last["PathPattern"] = "*"
	return append(out, last)
}

// behaviorOf is the behavior with a path pattern.
func behaviorOf(t *testing.T, template map[string]any, path string) map[string]any {
	t.Helper()
	for _, behavior := range behaviorsOf(t, template) {
		if behavior["PathPattern"] == path {
			return behavior
		}
	}
	t.Fatalf("there is no behavior %q", path)
	return nil
}

// outputsOf are the values of a template's outputs by name, without the hash at
// the end of a logical id.
func outputsOf(template map[string]any) map[string]any {
	out := map[string]any{}
	for id, output := range object(template["Outputs"]) {
		out[id[:len(id)-8]] = object(output)["Value"]
	}
	return out
}

// each collects one field of several objects.
func each(of []map[string]any, field string) []any {
	var out []any
	for _, o := range of {
		out = append(out, o[field])
	}
	return out
}

func object(v any) map[string]any {
	o, _ := v.(map[string]any)
	return o
}

func objects(v any) []map[string]any {
	var out []map[string]any
	items, _ := v.([]any)
	for _, item := range items {
		out = append(out, object(item))
	}
	return out
}

// ref, attribute and join write CloudFormation's functions.
func ref(id string) map[string]any { return map[string]any{"Ref": id} }

func attribute(id, name string) map[string]any {
	return map[string]any{"Fn::GetAtt": []any{id, name}}
}

func join(parts ...any) map[string]any {
	return map[string]any{"Fn::Join": []any{"", parts}}
}

// distributionArn is that of a distribution of the same stack, or of any of the
// account's with the id "*".
func distributionArn(id any) map[string]any {
	if id == "*" {
		return join("arn:", ref("AWS::Partition"), ":cloudfront::", ref("AWS::AccountId"), ":distribution/*")
	}
	return join("arn:", ref("AWS::Partition"), ":cloudfront::", ref("AWS::AccountId"), ":distribution/", id)
}
