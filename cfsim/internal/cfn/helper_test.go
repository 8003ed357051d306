package cfn

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// parse reads a template written as YAML.
func parse(t testing.TB, text string, o *Options) *App {
	t.Helper()
	a, err := parseText(t, text, o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func parseText(t testing.TB, text string, o *Options) (*App, error) {
	t.Helper()
	template, err := decode("template.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return Parse(template, o)
}

// load reads the assembly that the CDK synthesized from assembly.js.
func load(t testing.TB) *App {
	t.Helper()
	a, err := Load("testdata/assembly", nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// find is the one resource with a name.
func find(t testing.TB, a *App, name string, types ...string) *Resource {
	t.Helper()
	r, err := a.Resource(name, types...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// property is a property of a resource, by the names and indexes on the way.
func property(t testing.TB, r *Resource, path ...any) any {
	t.Helper()
	var v any = r.Properties
	for _, step := range path {
		switch step := step.(type) {
		case string:
			v = v.(map[string]any)[step]
		case int:
			v = v.([]any)[step]
		}
	}
	return v
}

// wantError fails unless the error has all the parts.
func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, part := range append(parts, "cfsim: ") {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error has no %q:\n%v", part, err)
		}
	}
}

// files writes files below a new directory and returns it.
func files(t testing.TB, content map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range content {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func jsonOf(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
