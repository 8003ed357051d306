package cfrouter_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
	"github.com/cfrouter/cfrouter/edgefn"
)

// inSite makes a directory "site" with files in it, below the working directory of
// the test.
func inSite(t *testing.T, files ...string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, name := range files {
		writeFile(t, "site/"+name, name)
	}
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}

func TestDocuments(t *testing.T) {
	bucket := awss3.NewBucket(newStack(), jsii.String("Bucket"), nil)
	inSite(t, "index.html", "404.html", "errors/gone.html", "b c.txt", ".well-known/security.txt", "a-b", "a/b")
	if err := os.Mkdir("site/empty", 0o755); err != nil {
		t.Fatal(err)
	}
	site := jsii.String("site")
	files := []string{"/.well-known/security.txt", "/404.html", "/a-b", "/a/b", "/b c.txt", "/errors/gone.html", "/index.html"}
	for _, test := range []struct {
		name  string
		props cfrouter.BucketTargetProps
		want  *edgefn.Documents
	}{
		{"plain", cfrouter.BucketTargetProps{}, nil},
		{"plain with an index", cfrouter.BucketTargetProps{IndexDocument: jsii.String("home.html")}, nil},
		{"app", cfrouter.BucketTargetProps{FallbackDocument: jsii.String("index.html")}, &edgefn.Documents{Fallback: "/index.html"}},
		{"app in a directory", cfrouter.BucketTargetProps{FallbackDocument: jsii.String("/app/index.html")}, &edgefn.Documents{Fallback: "/app/index.html"}},
		{"files", cfrouter.BucketTargetProps{CleanUrls: cfrouter.CleanUrls_HTML}, &edgefn.Documents{Clean: edgefn.HtmlFiles}},
		{"files without an index", cfrouter.BucketTargetProps{CleanUrls: cfrouter.CleanUrls_HTML, IndexDocument: jsii.String("")}, &edgefn.Documents{Clean: edgefn.HtmlFiles}},
		{"folders", cfrouter.BucketTargetProps{CleanUrls: cfrouter.CleanUrls_FOLDERS}, &edgefn.Documents{Clean: edgefn.HtmlFolders}},
		{"immutable", cfrouter.BucketTargetProps{Immutable: jsii.Strings("/x.?*?", "assets/*", "/assets/*")}, &edgefn.Documents{Immutable: []string{"/assets/*", "/x.??*"}}},
		{"nothing immutable", cfrouter.BucketTargetProps{Immutable: &[]*string{}}, nil},
		{"content", cfrouter.BucketTargetProps{Content: site}, &edgefn.Documents{Content: files}},
		{"not found", cfrouter.BucketTargetProps{Content: site, NotFoundDocument: jsii.String("errors/gone.html")}, &edgefn.Documents{Content: files, NotFound: "/errors/gone.html"}},
		{
			"app with pages",
			cfrouter.BucketTargetProps{Content: site, FallbackDocument: jsii.String("/index.html"), CleanUrls: cfrouter.CleanUrls_HTML},
			&edgefn.Documents{Content: files, Fallback: "/index.html", Clean: edgefn.HtmlFiles},
		},
	} {
		same(t, test.name, test.want, cfrouter.DocumentsOf(cfrouter.NewBucketTarget(bucket, &test.props)))
	}
}

// What is packed for a deployment is what links lead to.
func TestLinksInContent(t *testing.T) {
	bucket := awss3.NewBucket(newStack(), jsii.String("Bucket"), nil)
	inSite(t, "index.html")
	writeFile(t, "shared/logo.svg", "")
	link(t, "../shared", "site/shared")
	link(t, "index.html", "site/home.html")
	target := cfrouter.NewBucketTarget(bucket, &cfrouter.BucketTargetProps{Content: jsii.String("site")})
	same(t, "content", []string{"/home.html", "/index.html", "/shared/logo.svg"}, cfrouter.DocumentsOf(target).Content)
}

// One bucket may serve several sites, each with its own ways. Its key must not
// depend on the files of a site, or each build of it would rename the origin.
func TestKeysOfSites(t *testing.T) {
	bucket := awss3.NewBucket(newStack(), jsii.String("Bucket"), nil)
	inSite(t, "index.html")
	key := func(props cfrouter.BucketTargetProps) string {
		return *cfrouter.NewBucketTarget(bucket, &props).Key()
	}
	same(t, "key of a bucket without ways of its own", "bucket:Stack/Bucket", key(cfrouter.BucketTargetProps{}))
	site := cfrouter.BucketTargetProps{Content: jsii.String("site"), CleanUrls: cfrouter.CleanUrls_HTML}
	before := key(site)
	writeFile(t, "site/more.html", "")
	same(t, "key after a build", before, key(site))
	seen := map[string]int{"bucket:Stack/Bucket": -1}
	for i, props := range []cfrouter.BucketTargetProps{
		site,
		{CleanUrls: cfrouter.CleanUrls_HTML},
		{CleanUrls: cfrouter.CleanUrls_FOLDERS},
		{FallbackDocument: jsii.String("index.html")},
		{FallbackDocument: jsii.String("app.html")},
		{Immutable: jsii.Strings("/assets/*")},
	} {
		if other, twice := seen[key(props)]; twice {
			t.Errorf("the sites number %d and %d have the same key %q", other, i, key(props))
		}
		seen[key(props)] = i
	}
}

func TestWrongDocuments(t *testing.T) {
	bucket := awss3.NewBucket(newStack(), jsii.String("Bucket"), nil)
	inSite(t, "index.html")
	working, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, directory := range []string{"empty", "broken", "circle/below"} {
		if err := os.MkdirAll(directory, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	link(t, "nowhere", "broken/link")
	link(t, "..", "circle/below/back")
	token := *awscdk.Fn_ImportValue(jsii.String("Name"))
	text := func(s string) *string { return &s }
	do := func(props cfrouter.BucketTargetProps) func() {
		return func() { cfrouter.NewBucketTarget(bucket, &props) }
	}
	const plainPath = `is not the plain path of a file: write one of letters, digits and "-_.~", such as "/index.html"`
	const later = ", which is known only at deployment, and the edge function is written at synthesis: write plain text"
	relative := fmt.Sprintf("the path is relative to the working directory, which is %q", working)
	checkMisuse(t, []misuse{
		{"empty fallback", do(cfrouter.BucketTargetProps{FallbackDocument: text("")}), `FallbackDocument "" ` + plainPath},
		{"fallback with a query string", do(cfrouter.BucketTargetProps{FallbackDocument: text("/a?b")}), `FallbackDocument "/a?b" ` + plainPath},
		{"fallback above", do(cfrouter.BucketTargetProps{FallbackDocument: text("../a")}), `FallbackDocument "../a" ` + plainPath},
		{"directory not found", do(cfrouter.BucketTargetProps{NotFoundDocument: text("a/")}), `NotFoundDocument "a/" ` + plainPath},
		{"document known later", do(cfrouter.BucketTargetProps{NotFoundDocument: &token}), fmt.Sprintf("NotFoundDocument %q %s", token, plainPath)},
		{"no clean urls", do(cfrouter.BucketTargetProps{CleanUrls: "YES"}), `CleanUrls is "YES": use CleanUrls_HTML or CleanUrls_FOLDERS, or leave it out`},
		{"two documents", do(cfrouter.BucketTargetProps{FallbackDocument: text("a"), NotFoundDocument: text("b"), Content: text("site")}), `FallbackDocument "/a" and NotFoundDocument "/b" exclude each other, since with the first no path names nothing: leave one of them out`},
		{"not found without content", do(cfrouter.BucketTargetProps{NotFoundDocument: text("404.html")}), `NotFoundDocument "/404.html" needs Content: CloudFront runs no function on a response of status 400 or above, and its error pages are for all routes of a distribution, so the edge has to know what there is. Set Content to the directory that is deployed to the bucket`},
		{"fallback and clean urls", do(cfrouter.BucketTargetProps{FallbackDocument: text("a.html"), CleanUrls: cfrouter.CleanUrls_HTML}), `FallbackDocument "/a.html" and CleanUrls both say what a path without a dot names: leave one of them out, or set Content to the directory that is deployed to the bucket, so that the fallback is for paths that name no document`},
		{"folders without index", do(cfrouter.BucketTargetProps{IndexDocument: text(""), CleanUrls: cfrouter.CleanUrls_FOLDERS}), `CleanUrls_FOLDERS needs the IndexDocument, which is "": write one such as "index.html", or use CleanUrls_HTML`},
		{"document that is not there", do(cfrouter.BucketTargetProps{Content: text("site"), NotFoundDocument: text("404.html")}), `NotFoundDocument "/404.html" is not among the 1 files in Content: write the path that one of them has there`},
		{"fallback that is not there", do(cfrouter.BucketTargetProps{Content: text("site"), FallbackDocument: text("app.html")}), `FallbackDocument "/app.html" is not among the 1 files in Content: write the path that one of them has there`},
		{"no directory", do(cfrouter.BucketTargetProps{Content: text("dist")}), `BucketTargetProps.Content: directory "dist" cannot be read (no such file or directory): ` + relative},
		{"file for a directory", do(cfrouter.BucketTargetProps{Content: text("site/index.html")}), `BucketTargetProps.Content: directory "site/index.html" cannot be read (not a directory): ` + relative},
		{"empty directory", do(cfrouter.BucketTargetProps{Content: text("empty")}), `BucketTargetProps.Content: directory "empty" has no files in it, so that every path would be a 404: build the site before synthesis, or name the directory that is deployed to the bucket`},
		{"link to nowhere", do(cfrouter.BucketTargetProps{Content: text("broken")}), `BucketTargetProps.Content: file "broken/link" cannot be read (no such file or directory): ` + relative},
		{"link in a circle", do(cfrouter.BucketTargetProps{Content: text("circle")}), `BucketTargetProps.Content: directory "circle/below/back" is a symbolic link to one that it is in: remove the link`},
		{"directory known later", do(cfrouter.BucketTargetProps{Content: &token}), fmt.Sprintf("BucketTargetProps.Content has %q%s", token, later)},
		{"nil among the immutable", do(cfrouter.BucketTargetProps{Immutable: &[]*string{nil}}), "BucketTargetProps.Immutable has a nil as number 1: leave it out"},
		{"immutable directory", do(cfrouter.BucketTargetProps{Immutable: jsii.Strings("assets/")}), `BucketTargetProps.Immutable has "assets/", which ends in a slash as no document does: write "/assets/*" for all below it`},
		{"immutable nothing", do(cfrouter.BucketTargetProps{Immutable: jsii.Strings("")}), `BucketTargetProps.Immutable has "", which ends in a slash as no document does: write "/*" for all below it`},
	})
}

// Targets from elsewhere say how paths lead to documents in the terms of the edge.
func TestWrongDocumentsOfTargets(t *testing.T) {
	newRouter := routers(newStack())
	origin := awscloudfrontorigins.NewHttpOrigin(jsii.String("example.com"), nil)
	add := func(index string, documents edgefn.Documents) func() {
		config := &cfrouter.TargetConfig{Origin: origin, IndexDocument: jsii.String(index), Documents: &documents}
		return func() { newRouter().AddRoute(jsii.String("/a"), &boundTo{config}, nil) }
	}
	const of = "TargetConfig.Documents."
	const keys = "the keys of the object store, each with a slash in front"
	files := []string{"/index.html", "/a b/"}
	checkMisuse(t, []misuse{
		{"fallback without a slash", add("", edgefn.Documents{Fallback: "index.html"}), of + `Fallback "index.html", which does not begin with a slash: write "/index.html"`},
		{"not found without a slash", add("", edgefn.Documents{NotFound: "404.html", Content: files}), of + `NotFound "404.html", which does not begin with a slash: write "/404.html"`},
		{"fallback of a directory", add("", edgefn.Documents{Fallback: "/app/"}), of + `Fallback "/app/" is not the plain path of a file: write one of letters, digits and "-_.~", such as "/index.html"`},
		{"fallback above", add("", edgefn.Documents{Fallback: "/../app"}), of + `Fallback "/../app" is not the plain path of a file: write one of letters, digits and "-_.~", such as "/index.html"`},
		{"unknown clean urls", add("", edgefn.Documents{Clean: 7}), of + "Clean is 7: use edgefn.HtmlFiles, edgefn.HtmlFolders or edgefn.NoCleanUrls"},
		{"clean urls below zero", add("", edgefn.Documents{Clean: -1}), of + "Clean is -1: use edgefn.HtmlFiles, edgefn.HtmlFolders or edgefn.NoCleanUrls"},
		{"content without a slash", add("", edgefn.Documents{Content: []string{"/a", "b"}}), of + `Content has the key "b", which does not begin with a slash: write "/b"`},
		{"no content", add("", edgefn.Documents{Content: []string{}}), of + "Content has no keys in it, so that every path would be a 404: set it to " + keys + ", or to nil if they are not known"},
		{"immutable without a slash", add("", edgefn.Documents{Immutable: []string{"*.js", "assets/*"}}), of + `Immutable has the glob "assets/*", which does not begin with a slash: write "/assets/*"`},
		{"folders without index", add("", edgefn.Documents{Clean: edgefn.HtmlFolders}), `edgefn.HtmlFolders needs the IndexDocument, which is "": write one such as "index.html", or use edgefn.HtmlFiles`},
		{"not found without content", add("", edgefn.Documents{NotFound: "/404.html"}), of + `NotFound "/404.html" needs ` + of + "Content: CloudFront runs no function on a response of status 400 or above, and its error pages are for all routes of a distribution, so the edge has to know what there is. Set " + of + "Content to " + keys},
		{"fallback that is not there", add("", edgefn.Documents{Fallback: "/app.html", Content: files}), of + `Fallback "/app.html" is not among the 2 files in ` + of + "Content: write the path that one of them has there"},
		{"an odd index document", add("a/b", edgefn.Documents{Fallback: "index.html"}), `index document "a/b" is not the plain name of a file: write one of letters, digits and "-_.~", such as "index.html", or "" for none`},
	})
	for _, documents := range []edgefn.Documents{
		{},
		{Fallback: "/app/index.html", Immutable: []string{"/assets/*", "*.js", "?.css"}},
		{NotFound: "/index.html", Content: files, Clean: edgefn.HtmlFolders},
	} {
		add("index.html", documents)()
	}
}
