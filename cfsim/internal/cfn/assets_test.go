package cfn

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestAsset(t *testing.T) {
	a := load(t)
	for _, test := range []struct{ name, want string }{
		{"Web/Pages/Api", "asset.ec6a7104c6211eeb6999dd6acb5d5d8e0e36bf463d05e5bfb06f8b9fbd67001b/bootstrap"}, // by its key
		{"Test/Web/Pages/Api", "asset.ec6a7104c6211eeb6999dd6acb5d5d8e0e36bf463d05e5bfb06f8b9fbd67001b/bootstrap"},
		{"Web/Flags", "asset.0c6f9e37bb30012fbd21eaf2c3399f22f66c28f84e5ff214d122e928d35e891b.json"},
		{"Test/Web/Flags", "asset.0c6f9e37bb30012fbd21eaf2c3399f22f66c28f84e5ff214d122e928d35e891b.json"},
		{"Data/Report", ""},            // inline
		{"Web/Deploy/AwsCliLayer", ""}, // not there
		{"Data/Files", ""},             // no such content
		{"Test/Web/Deploy/AwsCliLayer", ""},
	} {
		path, ok := a.Asset(find(t, a, test.name))
		if ok != (test.want != "") {
			t.Errorf("%s: asset %q, %t", test.name, path, ok)
			continue
		}
		if !ok {
			continue
		}
		want := filepath.Join("testdata/assembly", test.want)
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			path = filepath.Join(path, filepath.Base(test.want))
		}
		if path != want {
			t.Errorf("%s: asset %q, want %q", test.name, path, want)
		}
	}
}

func TestAssetBesideTheTemplate(t *testing.T) {
	dir := files(t, map[string]string{"src/index.js": "", "t.yaml": `
Resources:
  Packaged: {Type: "AWS::Lambda::Function", Properties: {Code: ./src}}
  Serverless: {Type: "AWS::Serverless::Function", Properties: {CodeUri: src/}}
  Uploaded: {Type: "AWS::Serverless::Function", Properties: {CodeUri: "s3://bucket/key"}}
  Missing: {Type: "AWS::Lambda::Function", Properties: {Code: ./gone}}
  Object: {Type: "AWS::Lambda::Function", Properties: {Code: {S3Bucket: b, S3Key: k.zip}}}
  Image: {Type: "AWS::Lambda::Function", Metadata: {"aws:asset:path": src, "aws:asset:property": Code.ImageUri}, Properties: {Code: {ImageUri: x}}}
  Store: {Type: "AWS::CloudFront::KeyValueStore", Properties: {Name: n}}
`})
	a, err := Load(filepath.Join(dir, "t.yaml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"Packaged": "src", "Serverless": "src", "Uploaded": "", "Missing": "", "Object": "", "Image": "", "Store": ""} {
		path, ok := a.Asset(find(t, a, name))
		if ok != (want != "") || ok && path != filepath.Join(dir, want) {
			t.Errorf("%s: asset %q, %t, want %q", name, path, ok, want)
		}
	}
}

// A template in memory has nothing beside it: not what is in the current directory.
func TestNothingBesideAMap(t *testing.T) {
	a := parse(t, `
Resources:
  Fn: {Type: "AWS::Lambda::Function", Metadata: {"aws:asset:path": testdata}}
  Packaged: {Type: "AWS::Lambda::Function", Properties: {Code: ./testdata}}
  Child: {Type: "AWS::CloudFormation::Stack", Metadata: {"aws:asset:path": testdata/assembly/Data.template.json}}
`, nil)
	for _, r := range a.Resources("AWS::Lambda::Function") {
		if path, ok := a.Asset(r); ok {
			t.Errorf("%v has %q", r, path)
		}
	}
	if len(a.Stacks) != 1 || len(a.Files()) != 0 {
		t.Errorf("read %q", a.Files())
	}
}

func TestDeployments(t *testing.T) {
	a := load(t)
	got := a.Deployments(find(t, a, "Web/Pages/Site"))
	if len(got) != 2 {
		t.Fatalf("%d sources, want 2", len(got))
	}
	site, config := got[0], got[1]
	if text, err := os.ReadFile(filepath.Join(site.Path, "index.html")); err != nil || !strings.Contains(string(text), "Shop") {
		t.Errorf("the site is %q, %v", text, err)
	}
	if text, err := os.ReadFile(filepath.Join(config.Path, "config.json")); err != nil || !strings.Contains(string(text), "<<marker:0xbaba:0>>") {
		t.Errorf("the configuration is %q, %v", text, err)
	}
	for _, d := range got {
		if d.Resource != find(t, a, "Web/Deploy/CustomResource") || d.Prefix != "pages/" || !d.Extract || d.Prune {
			t.Errorf("deployment %+v", d)
		}
		if want := map[string]string{"cache-control": "max-age=3600"}; !reflect.DeepEqual(d.SystemMetadata, want) {
			t.Errorf("system metadata %q", d.SystemMetadata)
		}
		if !reflect.DeepEqual(d.Exclude, []string{"*.map"}) || d.Include != nil {
			t.Errorf("excludes %q, includes %q", d.Exclude, d.Include)
		}
	}
	if want := map[string]string{"<<marker:0xbaba:0>>": `"https://${shop/DistB3B78991.DomainName}"`}; !reflect.DeepEqual(config.Markers, want) || site.Markers != nil {
		t.Errorf("markers %q and %q", site.Markers, config.Markers)
	}
	if got := a.Deployments(find(t, a, "Web/Site")); got != nil {
		t.Errorf("into the other bucket: %v", got)
	}
}

func TestDeploymentDetails(t *testing.T) {
	a := parse(t, `
Resources:
  Bucket: {Type: "AWS::S3::Bucket", Properties: {BucketName: pages}}
  D:
    Type: Custom::CDKBucketDeployment
    Properties:
      DestinationBucketName: pages
      DestinationBucketKeyPrefix: /
      SourceObjectKeys: [a.zip, b.zip]
      SourceMarkers: [{}, {m: v}]
      SourceMarkersConfig: [{}, {jsonEscape: "true"}]
      Extract: "false"
      UserMetadata: {Author: Me}
      SystemMetadata: {Content-Type: text/html}
      Include: ["*.html"]
`, nil)
	got := a.Deployments(find(t, a, "Bucket"))
	want := Deployment{
		Resource: find(t, a, "D"), Key: "a.zip", Extract: false, Prune: true,
		UserMetadata: map[string]string{"author": "Me"}, SystemMetadata: map[string]string{"content-type": "text/html"},
		Include: []string{"*.html"},
	}
	if len(got) != 2 || !reflect.DeepEqual(got[0], want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
	want.Key, want.Markers, want.JSONEscape = "b.zip", map[string]string{"m": "v"}, true
	if !reflect.DeepEqual(got[1], want) {
		t.Errorf("got  %+v\nwant %+v", got[1], want)
	}
}
