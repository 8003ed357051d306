package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
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
	edge    *edgetest.Distribution
	stored  map[string]string // what the template imports into the key-value store
	headers string            // of requests, each with a line break before it
}

// open synthesizes a recipe by itself, and finds no fault with it.
func open(t *testing.T, add func(awscdk.App)) recipe {
	t.Helper()
	app := awscdk.NewApp(appProps(t))
	add(app)
	stack := synthesize(t, app)[0]
	directory := filepath.Dir(*stack.TemplateFullPath())
	var template map[string]any
	readJSON(t, *stack.TemplateFullPath(), &template)
	golden(t, *stack.StackName(), template)

	edge, err := edgetest.Load(template)
	if err != nil {
		t.Fatal(err)
	}
	r := recipe{t: t, Distribution: cfsim.Open(t, directory), edge: edge, stored: imported(t, directory, template)}
	for _, finding := range r.App().Check() {
		t.Error(finding)
	}
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
	if err := r.App().PutKey("Router/Store", key, value); err != nil {
		r.t.Fatal(err)
	}
}

// with is the recipe, asked with one more header.
func (r recipe) with(header string) recipe {
	r.headers += "\n" + header
	return r
}

// expect checks what becomes of requests, written as for [cfsim.Distribution.Expect].
func (r recipe) expect(want map[string]string) {
	r.t.Helper()
	with := map[string]string{}
	for request, outcome := range want {
		with[request+r.headers] = outcome
	}
	r.Expect(r.t, with)
	texts := slices.Sorted(maps.Keys(want))
	var requests []edgetest.Request
	for _, text := range texts {
		requests = append(requests, r.atEdge(text))
	}
	for _, engine := range njs(r.t) {
		answers, err := r.edge.Do(engine, requests...)
		if err != nil {
			r.t.Fatal(err)
		}
		for i, answer := range answers {
			if got := outcome(answer); got != want[texts[i]] {
				r.t.Errorf("%s: %q: got %s, want %s\n%s", engine.Name(), texts[i]+r.headers, got, want[texts[i]], answer)
			}
		}
	}
}

// idHash is what the CDK adds to the id of a resource.
var idHash = regexp.MustCompile("[0-9A-F]{8}$")

// outcome is an answer in the words of [cfsim.Trace.Outcome].
func outcome(a edgetest.Answer) string {
	if a.Status == 0 {
		return idHash.ReplaceAllString(a.Origin, "") + " " + a.URI
	}
	return strings.TrimSpace(fmt.Sprint(a.Status, " ", a.Headers["location"]))
}

// njs is the engine, if it is installed.
func njs(t *testing.T) []edgetest.Engine {
	t.Helper()
	return slices.DeleteFunc(edgetest.Engines(t), func(e edgetest.Engine) bool { return e.Name() == edgetest.Goja().Name() })
}

// atEdge is a request for edgetest.
func (r recipe) atEdge(text string) edgetest.Request {
	lines := strings.Split(text+r.headers, "\n")
	method, url, ok := strings.Cut(lines[0], " ")
	if !ok {
		method, url = http.MethodGet, lines[0]
	}
	request := edgetest.Request{Method: method, URL: url, Headers: map[string]string{}}
	if rest, ok := strings.CutPrefix(url, "https://"); ok {
		slash := strings.IndexByte(rest, '/')
		request.Host, request.URL = rest[:slash], rest[slash:]
	}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		request.Headers[name] = value
	}
	return request
}
