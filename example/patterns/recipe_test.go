package main

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/cfrouter/cfrouter/cfsim"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// recipe is the stack of a recipe as it was synthesized, in two simulators that
// have nothing in common: cfsim, and edgetest with njs.
type recipe struct {
	*cfsim.Distribution
	t       *testing.T
	app     *cfsim.App
	edge    *edgetest.Distribution
	stored  map[string]string // what the template imports into the key-value store
	headers map[string]string // of requests
}

// open synthesizes a recipe by itself, and finds no fault with it.
func open(t *testing.T, add func(awscdk.App)) recipe {
	t.Helper()
	return openFrom(t, add, "")
}

// openFrom is open for viewers in a country; "" is one that CloudFront does not know.
func openFrom(t *testing.T, add func(awscdk.App), country string) recipe {
	t.Helper()
	app := awscdk.NewApp(appProps(t))
	add(app)
	stack := synthesize(t, app)[0]
	directory := filepath.Dir(*stack.TemplateFullPath())
	var template map[string]any
	readJSON(t, *stack.TemplateFullPath(), &template)
	golden(t, *stack.StackName(), template)

	r := recipe{t: t, headers: map[string]string{}}
	if country != "" {
		r.headers["CloudFront-Viewer-Country"] = country
	}
	var errs [3]error
	r.app, errs[0] = cfsim.Load(directory, &cfsim.Options{Country: country})
	r.edge, errs[1] = edgetest.Load(template)
	if errs[0] == nil {
		t.Cleanup(func() { r.app.Close() })
		r.Distribution, errs[2] = r.app.Distribution("Router")
	}
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	for _, finding := range r.app.Check() {
		t.Error(finding)
	}
	r.stored = imported(t, directory, template)
	r.edge.Store(r.stored)
	return r
}

// imported is what a template imports into its key-value store, which is a file
// beside it.
func imported(t *testing.T, directory string, template map[string]any) map[string]string {
	t.Helper()
	values := map[string]string{}
	text, err := json.Marshal(template["Resources"])
	if err != nil {
		t.Fatal(err)
	}
	var resources map[string]struct {
		Type       string
		Properties struct{ ImportSource json.RawMessage }
	}
	if err := json.Unmarshal(text, &resources); err != nil {
		t.Fatal(err)
	}
	for _, resource := range resources {
		if resource.Type != "AWS::CloudFront::KeyValueStore" || resource.Properties.ImportSource == nil {
			continue
		}
		files, _ := filepath.Glob(filepath.Join(directory, "asset."+string(assets.Find(resource.Properties.ImportSource))+"*"))
		if len(files) != 1 {
			t.Fatalf("the content of the store is in %q, want one file", files)
		}
		var content struct{ Data []struct{ Key, Value string } }
		readJSON(t, files[0], &content)
		for _, entry := range content.Data {
			values[entry.Key] = entry.Value
		}
	}
	return values
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// put changes a value of the key-value store, as the command line of AWS does.
func (r recipe) put(key, value string) {
	r.t.Helper()
	r.stored[key] = value
	r.edge.Store(r.stored)
	var content struct {
		Data []map[string]string `json:"data"`
	}
	for key, value := range r.stored {
		content.Data = append(content.Data, map[string]string{"key": key, "value": value})
	}
	text, err := json.Marshal(content)
	if err != nil {
		r.t.Fatal(err)
	}
	file := filepath.Join(r.t.TempDir(), "store.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		r.t.Fatal(err)
	}
	if err := r.app.AttachStore("Router/Store", file); err != nil {
		r.t.Fatal(err)
	}
}

// with is the recipe, asked with one more header.
func (r recipe) with(name, value string) recipe {
	r.headers = maps.Clone(r.headers)
	r.headers[name] = value
	return r
}

// expect checks what becomes of requests, written as for [cfsim.Distribution.Expect].
func (r recipe) expect(want map[string]string) {
	r.t.Helper()
	if len(r.headers) == 0 {
		r.Expect(r.t, want)
	}
	var requests []edgetest.Request
	var traces []*cfsim.Trace
	for _, request := range slices.Sorted(maps.Keys(want)) {
		trace := r.Explain(r.request(request))
		if got := trace.Outcome(); got != want[request] {
			r.t.Errorf("%s with %v: got %s, want %s\n%s", request, r.headers, got, want[request], trace)
		}
		traces = append(traces, trace)
		requests = append(requests, r.atEdge(request))
	}
	for _, engine := range njs(r.t) {
		answers, err := r.edge.Do(engine, requests...)
		if err != nil {
			r.t.Fatal(err)
		}
		for i, got := range answers {
			want := traces[i]
			if got.Origin != want.Origin || got.URI != want.URI || want.Origin == "" && got.Status != want.Status || got.Headers["location"] != want.Header.Get("Location") {
				r.t.Errorf("%s: %s %s: got %+v, want %s", engine.Name(), requests[i].Method, requests[i].URL, got, want.Outcome())
			}
		}
	}
}

// njs is the engine, if it is installed.
func njs(t *testing.T) []edgetest.Engine {
	t.Helper()
	return slices.DeleteFunc(edgetest.Engines(t), func(e edgetest.Engine) bool { return e.Name() == edgetest.Goja().Name() })
}

// request is one for cfsim.
func (r recipe) request(text string) *http.Request {
	r.t.Helper()
	method, url := split(text)
	request, err := cfsim.NewRequest(method, url)
	if err != nil {
		r.t.Fatal(err)
	}
	for name, value := range r.headers {
		request.Header.Set(name, value)
	}
	return request
}

// atEdge is the same one for edgetest.
func (r recipe) atEdge(text string) edgetest.Request {
	method, url := split(text)
	host := ""
	if rest, ok := strings.CutPrefix(url, "https://"); ok {
		slash := strings.IndexByte(rest, '/')
		host, url = rest[:slash], rest[slash:]
	}
	return edgetest.Request{Method: method, URL: url, Host: host, Headers: r.headers}
}

// split reads a url, after a method if it is not GET.
func split(request string) (method, url string) {
	method, url, ok := strings.Cut(request, " ")
	if !ok {
		return http.MethodGet, request
	}
	return method, url
}
