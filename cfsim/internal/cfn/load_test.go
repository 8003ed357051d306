package cfn

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	oneBucket  = `{"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}`
	noManifest = `{"name": "a web app's"}`
	manifestOf = `{"version": "54.0.0", "artifacts": {"Web": {
		"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region",
		"properties": {"templateFile": "Web.template.json"}, "displayName": "Web",
		"metadata": {"/Web/B/Resource": [{"type": "aws:cdk:logicalId", "data": "B"}]}}}}`
)

func TestLoad(t *testing.T) {
	for _, test := range []struct {
		name    string
		content map[string]string
		path    string
		want    string // resources
		read    string // files
	}{
		{"a JSON file", map[string]string{"t.json": oneBucket}, "t.json", "t/B", "t.json"},
		{"a YAML file", map[string]string{"t.yaml": "Resources: {B: {Type: 'AWS::S3::Bucket'}}"}, "t.yaml", "t/B", "t.yaml"},
		{"a file of the CDK", map[string]string{"Web.template.json": oneBucket, "Web.assets.json": `{"files": {}}`}, "Web.template.json", "Web/B", "Web.assets.json Web.template.json"},
		{"a file beside another manifest", map[string]string{"t.json": oneBucket, "manifest.json": noManifest}, "t.json", "t/B", "t.json"},
		{"a directory without manifest", map[string]string{"A.template.json": oneBucket, "B.template.yaml": "Resources: {B: {Type: T}}", "A1.nested.template.json": "?", "other.json": "?"}, ".", "A/B B/B", "A.template.json B.template.yaml"},
		{"an assembly", map[string]string{"manifest.json": manifestOf, "Web.template.json": oneBucket, "Other.template.json": "?"}, ".", "Web/B", "Web.template.json manifest.json"},
		{"a file of an assembly", map[string]string{"manifest.json": manifestOf, "Web.template.json": oneBucket}, "Web.template.json", "Web/B", "Web.template.json manifest.json"},
		{"a file an assembly does not have", map[string]string{"manifest.json": manifestOf, "Old.template.json": oneBucket}, "Old.template.json", "Old/B", "Old.template.json"},
		{"a stack without resources", map[string]string{"manifest.json": manifestOf, "Web.template.json": `{"Outputs": {}}`}, ".", "", "Web.template.json manifest.json"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := files(t, test.content)
			a, err := Load(filepath.Join(dir, test.path), nil)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range a.Resources() {
				got = append(got, r.Stack.Name+"/"+r.ID)
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("resources %q, want %q", got, test.want)
			}
			var read []string
			for _, f := range a.Files() {
				name, err := filepath.Rel(dir, f)
				if err != nil {
					t.Fatal(err)
				}
				read = append(read, name)
			}
			slices.Sort(read)
			if strings.Join(read, " ") != test.read {
				t.Errorf("files %q, want %q", read, test.read)
			}
		})
	}
}

func TestLoadFaults(t *testing.T) {
	for _, test := range []struct {
		name    string
		content map[string]string
		path    string
		parts   []string
	}{
		{"nothing", nil, "nowhere", []string{"nowhere: no such file or directory", "run cdk synth first"}},
		{"empty directory", nil, ".", []string{"a directory without a template: expected a cdk.out directory (run cdk synth first) or a template file"}},
		{"the project", map[string]string{"cdk.out/manifest.json": manifestOf}, ".", []string{"did you mean ", "cdk.out?"}},
		{"several projects", map[string]string{"a/cdk.out/manifest.json": manifestOf, "b/cdk.out/manifest.json": manifestOf, "c/manifest.json": noManifest}, ".", []string{"a directory with several apps", "b/cdk.out"}},
		{"several assemblies", map[string]string{"a/manifest.json": manifestOf, "b/manifest.json": manifestOf}, ".", []string{"a directory with several apps: expected one"}},
		{"an app without stacks", map[string]string{"manifest.json": `{"version": "54.0.0"}`}, ".", []string{"no stack in its manifest.json"}},
		{"a broken manifest", map[string]string{"manifest.json": `{`}, ".", []string{"manifest.json: not the manifest of a cloud assembly", "run cdk synth again"}},
		{"a wrong manifest", map[string]string{"manifest.json": `{"version": "1", "artifacts": []}`}, ".", []string{"not the manifest of a cloud assembly"}},
		{"an assembly in itself", map[string]string{"manifest.json": `{"version": "1", "artifacts": {"a": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}}}`}, ".", []string{"an assembly that contains itself"}},
		{"an assembly that is not there", map[string]string{"manifest.json": `{"version": "1", "artifacts": {"a": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "stage"}}}}`}, ".", []string{"stage: a directory without a template"}},
		{"a missing template", map[string]string{"manifest.json": manifestOf}, ".", []string{"Web.template.json: cannot read the template", "run cdk synth again?"}},
		{"missing assets", map[string]string{"manifest.json": `{"version": "1", "artifacts": {"a": {"type": "cdk:asset-manifest", "properties": {"file": "a.json"}}, "b": {"type": "aws:cloudformation:stack"}}}`}, ".", []string{"a.json", "run cdk synth again"}},
		{"missing metadata", map[string]string{"Web.template.json": oneBucket, "manifest.json": strings.Replace(manifestOf, `"metadata"`, `"additionalMetadataFile": "m.json", "metadata"`, 1)}, ".", []string{"m.json", "run cdk synth again"}},
		{"broken assets of a file", map[string]string{"A.template.json": oneBucket, "A.assets.json": "["}, "A.template.json", []string{"A.assets.json"}},
		{"broken assets", map[string]string{"A.template.json": oneBucket, "A.assets.json": "["}, ".", []string{"A.assets.json"}},
		{"broken template", map[string]string{"A.template.json": "{\n]"}, ".", []string{"A.template.json: not JSON: line 2, column 1"}},
		{"no template", map[string]string{"package.json": `{"name": "x", "version": "1"}`}, "package.json", []string{"package.json: not a template: expected an object with Resources", `"name", "version"`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load(filepath.Join(files(t, test.content), test.path), nil)
			wantError(t, err, test.parts...)
		})
	}
}

func TestLoadSaysWhatCannotBeRead(t *testing.T) {
	dir := files(t, map[string]string{"A.template.json": oneBucket})
	if err := os.Mkdir(filepath.Join(dir, "B.template.json"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := Load(dir, nil)
	wantError(t, err, "B.template.json: cannot read the template")
}
