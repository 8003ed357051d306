package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden templates in testdata")

// goldens are the golden files that this run has compared.
var goldens = map[string]bool{}

func goldenFile(stack string) string { return filepath.Join("testdata", stack+".template.json") }

// golden compares the template of a stack with testdata/<stack>.template.json.
func golden(t *testing.T, stack string, template map[string]any) {
	t.Helper()
	path := goldenFile(stack)
	goldens[path] = true
	got := formatted(t, template)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Errorf("%v: run go test -update", err)
		return
	}
	if diff := cmp.Diff(parsed(t, want), parsed(t, got)); diff != "" {
		t.Errorf("%s differs (-want +got); go test -update rewrites it:\n%s", path, diff)
	}
}

func parsed(t *testing.T, text []byte) (template any) {
	t.Helper()
	if err := json.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	return template
}

// What changes with the version of the CDK, or with every change of the edge
// function, is left out: hashes of assets and, at the end of the names of functions
// and key-value stores, of code and content; and the code.
var (
	assets = regexp.MustCompile(`[0-9a-f]{64}`)
	names  = regexp.MustCompile(`-[0-9a-f]{8}(-r)?"`)
	code   = regexp.MustCompile(`"FunctionCode": ".*"`)
)

// formatted is a template as it stands in a golden file, without what every stack
// has to say of its deployment.
func formatted(t *testing.T, template map[string]any) []byte {
	t.Helper()
	resources := maps.Clone(template["Resources"].(map[string]any))
	for id, resource := range resources {
		switch resource.(map[string]any)["Type"] {
		case "AWS::CloudFront::Function", "AWS::CloudFront::KeyValueStore":
			text := names.ReplaceAll(indented(t, resource), []byte(`-HASH$1"`))
			resources[id] = json.RawMessage(code.ReplaceAll(text, []byte(`"FunctionCode": "CODE"`)))
		}
	}
	template = maps.Clone(template)
	template["Resources"] = resources
	delete(template, "Parameters")
	delete(template, "Rules")
	return assets.ReplaceAll(indented(t, template), []byte("ASSET_HASH"))
}

func indented(t *testing.T, value any) []byte {
	t.Helper()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

// checkGoldenFiles finds golden files that no test compared, which would stay behind
// unseen when a recipe is renamed or removed. A run of selected tests compares some
// of them only and is not held to that.
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
		case goldens[path]:
		case !*update:
			return fmt.Errorf("%s is compared by no test: run go test -update, which removes it", path)
		default:
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}
