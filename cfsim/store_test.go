package cfsim

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestAttachStore(t *testing.T) {
	app, err := Load("testdata/foreign/two.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	d, err := app.Distribution("SiteDistribution")
	if err != nil {
		t.Fatal(err)
	}
	location := func() string {
		r, err := NewRequest("GET", "/about-us")
		if err != nil {
			t.Fatal(err)
		}
		return d.Explain(r).Header.Get("Location")
	}
	if got := location(); got != "" {
		t.Errorf("an empty store redirects to %s", got)
	}
	for _, test := range []struct{ path, want string }{
		{"testdata/foreign/two.redirects.json", "/about.html"},
		{written(t, "more.json", `{"data": [{"key": "/about-us", "value": "/more"}]}`), "/more"},
		{written(t, "other.json", `{"data": [{"key": "/team", "value": "/people"}]}`), "/more"},
		{written(t, "none.json", `{"data": []}`), "/more"},
	} {
		if err := app.AttachStore("Moved", test.path); err != nil {
			t.Fatal(err)
		}
		if got := location(); got != test.want {
			t.Errorf("%s: got %s, want %s", test.path, got, test.want)
		}
	}
	for _, test := range []struct{ name, path, says string }{
		{"Move", "testdata/foreign/two.redirects.json", `no key-value store "Move"`},
		{"Move", "testdata/foreign/two.redirects.json", `there are "Moved"`},
		{"Moved", "testdata/none.json", "none.json: no such file"},
		{"Moved", written(t, "list.json", `["a"]`), "list.json"},
		{"Moved", written(t, "map.json", `{"/about-us": "/x"}`), `map.json`},
		{"Moved", written(t, "text.json", `about`), `{"data": [{"key": "a", "value": "b"}]}`},
		{"Moved", written(t, "number.json", `{"data": [{"key": "a", "value": 1}]}`), "number.json"},
	} {
		err := app.AttachStore(test.name, test.path)
		if err == nil || !strings.HasPrefix(err.Error(), "cfsim: ") || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s %s: got %v, want %s", test.name, test.path, err, test.says)
		}
	}
}

// TestPutKey: one key changes, the others stay as they are, and the next request
// sees it.
func TestPutKey(t *testing.T) {
	d := Open(t, "testdata/foreign/releases.yaml")
	app := d.App()
	put := func(key, value string) {
		t.Helper()
		if err := app.PutKey("Switches", key, value); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"a", strings.Repeat("k", maxStoreKey)} {
		put(key, strings.Repeat("v", maxStoreValue))
	}
	d.Expect(t, map[string]string{"/cart": "Site /cart"})
	if err := app.AttachStore("Switches", written(t, "open.json", `{"data": [{"key": "opened", "value": "on"}]}`)); err != nil {
		t.Fatal(err)
	}
	d.Expect(t, map[string]string{"/cart": "Site /cart"})
	put("closed", "on")
	d.Expect(t, map[string]string{"/cart": "503"})
	if value, ok := app.stores[0].Get("opened"); !ok || value != "on" || app.stores[0].Len() != 4 {
		t.Errorf("the other keys are %v", app.stores[0].values)
	}

	for _, test := range []struct{ store, key, value, says string }{
		{"Switch", "closed", "on", `cfsim: there is no key-value store "Switch" that a function uses; there are "Switches"`},
		{"Switches", "", "on", `cfsim: the key "" has 0 bytes, and a key-value store takes 1 to 512`},
		{"Switches", strings.Repeat("k", maxStoreKey+1), "on", `kk" has 513 bytes`},
		{"Switches", "closed", strings.Repeat("v", maxStoreValue+1), `cfsim: the value of "closed" has 1025 bytes, and a key-value store takes 1024`},
	} {
		if err := app.PutKey(test.store, test.key, test.value); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("got %v, want %s", err, test.says)
		}
	}
}

// TestStoreNames: a store is called by its construct path, also where the template has
// none, and the message about another name says what there is in these words.
func TestStoreNames(t *testing.T) {
	const path = "    Metadata: {'aws:cdk:path': Shop/Router/Store/Resource}\n"
	for _, test := range []struct {
		name, metadata, says string
		names                []string
	}{
		{"with paths", path, `there are "Router/Store"`, []string{"Router/Store", "Shop/Router/Store", "RouterStore", "RouterStoreE2235B32"}},
		{"without", "", `there are "RouterStore"`, []string{"Router/Store", "RouterStore", "RouterStoreE2235B32"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			settings, resources := edge("viewer-request", "function handler(event) { return event.request; }")
			resources = strings.Replace(resources, "Comment: ''", "Comment: '', KeyValueStoreAssociations: [{KeyValueStoreARN: !GetAtt RouterStoreE2235B32.Arn}]", 1) +
				"  RouterStoreE2235B32:\n    Type: AWS::CloudFront::KeyValueStore\n" + test.metadata + "    Properties: {Name: s}\n"
			app := loaded(t, web(settings, resources), nil)
			for _, name := range test.names {
				if err := app.PutKey(name, "a", "b"); err != nil {
					t.Error(err)
				}
			}
			if err := app.PutKey("Stores", "a", "b"); err == nil || !strings.HasSuffix(err.Error(), test.says) {
				t.Errorf("got %v, want %s", err, test.says)
			}
		})
	}
}

// TestStoreNamedAlike: a name that two stores have is none, and the message says what
// tells them apart.
func TestStoreNamedAlike(t *testing.T) {
	settings, resources := edge("viewer-request", "function handler(event) { return event.request; }")
	settings += "          - {PathPattern: /g/*, TargetOriginId: a, ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad, " +
		"FunctionAssociations: [{EventType: viewer-request, FunctionARN: !GetAtt Other.FunctionARN}]}\n"
	resources += function("Other", "function handler(event) { return event.request; }")
	for _, id := range []string{"One", "Two"} {
		resources = strings.Replace(resources, "Comment: '', Runtime", "Comment: '"+id+"', KeyValueStoreAssociations: [{KeyValueStoreARN: !GetAtt "+id+".Arn}], Runtime", 1)
		resources += "  " + id + ":\n    Type: AWS::CloudFront::KeyValueStore\n    Metadata: {'aws:cdk:path': " + id + "/Router/Store/Resource}\n    Properties: {Name: s}\n"
	}
	app := loaded(t, web(settings, resources), nil)
	err := app.PutKey("Router/Store", "a", "b")
	if want := `cfsim: 2 key-value stores are called "Router/Store": write out one of "One/Router/Store", "Two/Router/Store"`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := app.PutKey("Two/Router/Store", "a", "b"); err != nil {
		t.Error(err)
	}
	if app.stores[0].Len() != 0 || app.stores[1].Len() != 1 {
		t.Errorf("the key is not in the second store alone: %d and %d", app.stores[0].Len(), app.stores[1].Len())
	}
}

// TestPutKeyWhileServing has the race detector look at a store that is written and
// read at once.
func TestPutKeyWhileServing(t *testing.T) {
	d := Open(t, "testdata/foreign/releases.yaml")
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 20 {
			if status := explain(t, d, "GET", "/cart").Status; status != 0 && status != 503 {
				t.Errorf("got %d", status)
			}
		}
	}()
	for _, key := range []string{"a", "b", "c", "closed"} {
		if err := d.App().PutKey("Switches", key, "on"); err != nil {
			t.Error(err)
		}
	}
	<-done
	d.Expect(t, map[string]string{"/cart": "503"})
}

// TestImportedStore: what a template imports into a key-value store is read from
// the cloud assembly, and a template without its assets has an empty store.
func TestImportedStore(t *testing.T) {
	const code = `import cf from 'cloudfront';
async function handler(event) {
  var store = cf.kvs();
  return {statusCode: 302, headers: {location: {value: await store.get('to')}}};
}`
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	template := web(
		behaviors("/f/* {FunctionAssociations: [{EventType: viewer-request, FunctionARN: !GetAtt Edge.FunctionARN}]}"),
		strings.Replace(function("Edge", code), "Runtime: cloudfront-js-2.0", "Runtime: cloudfront-js-2.0, KeyValueStoreAssociations: [{KeyValueStoreARN: !GetAtt Store.Arn}]", 1)+`
  Store: {Type: AWS::CloudFront::KeyValueStore, Properties: {Name: s, ImportSource: {SourceType: S3, SourceArn: 'arn:aws:s3:::assets-bucket/abc.json'}}}
`)
	write("Web.template.json", asJSON(t, strings.NewReplacer(
		"!GetAtt Edge.FunctionARN", "{'Fn::GetAtt': [Edge, FunctionARN]}", "!GetAtt Store.Arn", "{'Fn::GetAtt': [Store, Arn]}",
	).Replace(template)))
	const manifest = `{"version": "48.0.0", "files": {"abc": {"source": {"path": "asset.abc.json", "packaging": "file"}, "destinations": {"here": {"bucketName": "assets-bucket", "objectKey": "abc.json"}}}}}`
	location := func() (string, *Trace) {
		d := openFile(t, filepath.Join(dir, "Web.template.json"), nil)
		x := explain(t, d, "GET", "/f/a")
		return x.Header.Get("Location"), x
	}
	if got, x := location(); got != "" || x.Status != 503 || !strings.Contains(x.String(), "failed") {
		t.Errorf("without its assets, it redirects to %q\n%s", got, x)
	}
	write("Web.assets.json", manifest)
	write("asset.abc.json", `{"data": [{"key": "to", "value": "/there"}]}`)
	if got, x := location(); got != "/there" {
		t.Errorf("it redirects to %q\n%s", got, x)
	}
	check := func() string {
		return strings.Join(summaries(openFile(t, filepath.Join(dir, "Web.template.json"), nil).App().Check()), "; ")
	}
	if got := check(); got != "" {
		t.Errorf("found is %s", got)
	}
	write("asset.abc.json", `{"data": [{"key": "too", "value": "/there"}]}`)
	if got, want := check(), "error function-fails Edge"; got != want {
		t.Errorf("without the key in what it imports, found is %q, want %q", got, want)
	}
	write("asset.abc.json", `{"data": [{"key": "to", "value": "/there"}]}`)
	over := func(text string) string {
		d := openFile(t, filepath.Join(dir, "Web.template.json"), nil)
		if err := d.App().AttachStore("Store", written(t, "over.json", text)); err != nil {
			t.Fatal(err)
		}
		return explain(t, d, "GET", "/f/a").Header.Get("Location")
	}
	if got := over(`{"data": [{"key": "flag", "value": "on"}]}`); got != "/there" {
		t.Errorf("with another key put over what it imports, it redirects to %q", got)
	}
	if got := over(`{"data": [{"key": "to", "value": "/elsewhere"}]}`); got != "/elsewhere" {
		t.Errorf("with its key put over what it imports, it redirects to %q", got)
	}
	write("asset.abc.json", `{"to": "/there"}`)
	app, err := Load(filepath.Join(dir, "Web.template.json"), nil)
	if err == nil {
		defer app.Close()
		if found := list(app.Check()) + strings.Join(app.Notes(), "\n"); !strings.Contains(found, "asset.abc.json") {
			t.Error("an import that cannot be read is passed over in silence")
		}
		if err := app.PutKey("Store", "to", "/there"); err != nil {
			t.Error(err)
		}
	} else if !strings.Contains(err.Error(), "asset.abc.json") {
		t.Error(err)
	}
}

func asJSON(t *testing.T, text string) string {
	t.Helper()
	var value any
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// Of a template by itself it is not known what its stores import, and a trace
// says so rather than pass off the store as empty.
func TestUnknownStore(t *testing.T) {
	const template = `{"Resources": {
		"Store": {"Type": "AWS::CloudFront::KeyValueStore", "Properties": {"Name": "store", "ImportSource": {"SourceType": "S3", "SourceArn": "arn:aws:s3:::assets/0123.json"}}},
		"Edge": {"Type": "AWS::CloudFront::Function", "Properties": {"Name": "edge", "AutoPublish": true,
			"FunctionConfig": {"Comment": "", "Runtime": "cloudfront-js-2.0", "KeyValueStoreAssociations": [{"KeyValueStoreARN": {"Fn::GetAtt": ["Store", "Arn"]}}]},
			"FunctionCode": "function handler(event) { return event.request }"}},
		"Distribution": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": {"Enabled": true,
			"Origins": [{"Id": "o", "DomainName": "example.com", "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}],
			"DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
				"FunctionAssociations": [{"EventType": "viewer-request", "FunctionARN": {"Fn::GetAtt": ["Edge", "FunctionARN"]}}]}}}}}}`
	app, err := Load(written(t, "template.json", template), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	d, err := app.Distribution("")
	if err != nil {
		t.Fatal(err)
	}
	said := func() bool {
		r, err := NewRequest("GET", "/")
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(d.Explain(r).String(), "the content of the key-value store Store")
	}
	if !said() {
		t.Error("the trace does not say that the content of the store is unknown")
	}
	if err := app.AttachStore("Store", written(t, "values.json", `{"data": []}`)); err != nil {
		t.Fatal(err)
	}
	if said() {
		t.Error("the store was attached, and its content is said to be unknown")
	}
}
