package cfrouter_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
	"github.com/cfrouter/cfrouter/edgefn"
)

const passOn = "function handler(event) { return event.request }"

// writeFile makes a file in a directory that is the working directory of the test.
func writeFile(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func inline(code string) cfrouter.EdgeSource {
	return cfrouter.EdgeSource_FromInline(jsii.String(code))
}

func TestHooks(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "edge/auth.js", passOn+"\n")
	file := cfrouter.EdgeSource_FromFile(jsii.String("edge/auth.js"))
	source := func(name, code string) *edgefn.Source { return &edgefn.Source{Name: name, Code: code} }
	for _, test := range []struct {
		name, owner       string
		request, response *cfrouter.EdgeCode
		want              edgefn.Hooks
	}{
		{"nothing", "", nil, nil, edgefn.Hooks{}},
		{"nothing in either", "", &cfrouter.EdgeCode{}, &cfrouter.EdgeCode{}, edgefn.Hooks{}},
		{
			"the Router's", "",
			&cfrouter.EdgeCode{Before: inline(passOn), After: file},
			&cfrouter.EdgeCode{After: inline(passOn)},
			edgefn.Hooks{
				BeforeRequest: source("RouterProps.ViewerRequest.Before", passOn),
				AfterRequest:  source("edge/auth.js", passOn+"\n"),
				AfterResponse: source("RouterProps.ViewerResponse.After", passOn),
			},
		},
		{
			"a route's", ` of pattern "/api"`,
			&cfrouter.EdgeCode{After: inline(passOn)},
			&cfrouter.EdgeCode{Before: inline(passOn)},
			edgefn.Hooks{
				AfterRequest:   source(`ViewerRequest.After of pattern "/api"`, passOn),
				BeforeResponse: source(`ViewerResponse.Before of pattern "/api"`, passOn),
			},
		},
	} {
		same(t, test.name, test.want, cfrouter.HooksOf(test.owner, test.request, test.response))
	}
}

func TestWrongEdgeCode(t *testing.T) {
	directory := t.TempDir()
	t.Chdir(directory)
	working, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, "empty.js", "")
	writeFile(t, "latin1.js", "// caf\xe9\n"+passOn)
	writeFile(t, "edge/broken.js", "function handler(event) {\n  return event?.request;\n}\n")
	token := *awscdk.Fn_ImportValue(jsii.String("Name"))
	file := func(path string) func() {
		return func() { cfrouter.EdgeSource_FromFile(jsii.String(path)) }
	}
	missing := filepath.Join(directory, "missing.js")
	const example = `write a CloudFront Function, such as "function handler(event) { return event.request }"`
	checkMisuse(t, []misuse{
		{"nil code", func() { cfrouter.EdgeSource_FromInline(nil) }, "EdgeSource_FromInline was given no code: " + example},
		{"no code", func() { inline("") }, "EdgeSource_FromInline was given no code: " + example},
		{"code known later", func() { inline("// " + token) }, fmt.Sprintf("EdgeSource_FromInline has %q, which is known only at deployment, and the edge function is written at synthesis: write plain text", "// "+token)},
		{"nil path", func() { cfrouter.EdgeSource_FromFile(nil) }, `EdgeSource_FromFile was given no path: write one such as "edge/auth.js"`},
		{"missing file", file("edge/missing.js"), fmt.Sprintf(`file "edge/missing.js" cannot be read (no such file or directory): the path is relative to the working directory, which is %q`, working)},
		{"missing file by its whole path", file(missing), fmt.Sprintf("file %q cannot be read (no such file or directory)", missing)},
		{"directory", file("edge"), fmt.Sprintf(`file "edge" cannot be read (is a directory): the path is relative to the working directory, which is %q`, working)},
		{"empty file", file("empty.js"), `file "empty.js" is empty: ` + example},
		{"other encoding", file("latin1.js"), `file "latin1.js" is not in UTF-8: save it in that encoding`},
		{"code that CloudFront could not run", func() {
			broken := cfrouter.EdgeSource_FromFile(jsii.String("edge/broken.js"))
			cfrouter.HooksOf("", &cfrouter.EdgeCode{Before: broken}, nil)
		}, "edge/broken.js:2:15: found optional chaining (?.): write event && event.request"},
		{"no handler", func() {
			cfrouter.HooksOf(` of pattern "/a"`, nil, &cfrouter.EdgeCode{After: inline("var a = 1;")})
		}, `ViewerResponse.After of pattern "/a":1:1: found no function named handler: write function handler(event) { return event.request; }, which CloudFront calls`},
	})
}
