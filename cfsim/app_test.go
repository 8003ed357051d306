package cfsim

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestLoadRefuses: what is no template with a distribution is refused with its
// path, and with what to give instead.
func TestLoadRefuses(t *testing.T) {
	empty := t.TempDir()
	for name, test := range map[string]struct {
		path string
		says []string
	}{
		"no file":         {filepath.Join(empty, "none"), []string{"none", "no such file"}},
		"empty directory": {empty, []string{empty, "cdk synth"}},
		"text":            {written(t, "a.txt", "Lorem ipsum\n"), []string{"a.txt", "not a template"}},
		"empty file":      {written(t, "b.yaml", ""), []string{"b.yaml"}},
		"a list":          {written(t, "c.yaml", "- a\n- b\n"), []string{"c.yaml", "not a template"}},
		"broken JSON":     {written(t, "d.json", `{"Resources": {`), []string{"d.json", "not JSON", "line 1"}},
		"broken YAML":     {written(t, "e.yaml", "Resources: [a\n"), []string{"e.yaml", "not YAML", "line 1"}},
		"an image":        {written(t, "f.png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), []string{"f.png"}},
		"other JSON":      {written(t, "package.json", `{"name": "a", "dependencies": {}}`), []string{"package.json", "Resources"}},
		"no distribution": {written(t, "g.yaml", "Resources:\n  Bucket: {Type: AWS::S3::Bucket}\n"), []string{"g.yaml", "AWS::CloudFront::Distribution"}},
		"no behavior":     {written(t, "h.yaml", web("        Origins: []\n", "")), []string{"Web", "DefaultCacheBehavior"}},
		"no settings":     {written(t, "i.yaml", "Resources: {Web: {Type: AWS::CloudFront::Distribution}}\n"), []string{"Web", "DefaultCacheBehavior"}},
		"a list of settings": {
			written(t, "j.yaml", "Resources: {Web: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: [a]}}}\n"), []string{"Web", "DistributionConfig"},
		},
		"a word for a number": {
			written(t, "k.yaml", web(strings.Replace(plain, "a.example.com,", "a.example.com, ConnectionAttempts: many,", 1), "")), []string{"Web", `"many" is no number`},
		},
		"a word for a list":        {written(t, "l.yaml", web(plain+"        CacheBehaviors: none\n", "")), []string{"Web", "CacheBehaviors"}},
		"a behavior that is text":  {written(t, "m.yaml", web(plain+"        CacheBehaviors: [a]\n", "")), []string{"Web", "CacheBehaviors"}},
		"a reference to nothing":   {written(t, "n.yaml", web(strings.Replace(plain, "a.example.com", "!GetAtt Gone.DomainName", 1), "")), []string{"n.yaml", "Gone"}},
		"a reference that returns": {written(t, "o.yaml", web(plain, "  A: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref B}}\n  B: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref A}}\n")), []string{"o.yaml"}},
	} {
		t.Run(name, func(t *testing.T) {
			app, err := Load(test.path, nil)
			if err == nil {
				app.Close()
				t.Fatal("it was loaded")
			}
			for _, text := range append(test.says, "cfsim: ") {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("the error lacks %q: %v", text, err)
				}
			}
		})
	}
}

// TestLenient: CloudFormation takes a string wherever it takes a boolean or a
// number.
func TestLenient(t *testing.T) {
	d := loaded(t, web(`
        Origins:
          - {Id: a, DomainName: a.example.com, ConnectionAttempts: '2', CustomOriginConfig: {OriginProtocolPolicy: https-only, HTTPSPort: '8443', OriginReadTimeout: '5'}}
        DefaultCacheBehavior: {TargetOriginId: a, Compress: 'true', ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad}
        Comment: ''
`, ""), nil).Distributions()[0]
	r, err := NewRequest("GET", "/")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := d.Explain(r).OriginRequest.URL, "https://a.example.com:8443/"; got != want {
		t.Errorf("the origin is asked for %s, want %s", got, want)
	}
	o := d.origins[0]
	if got := o.readTimeout(); o.attempts() != 2 || got != 5*time.Second || !d.Routes()[0].Compress {
		t.Errorf("got %d attempts of %s, want 2 of 5s, compressed", o.attempts(), got)
	}
}

func TestDistribution(t *testing.T) {
	two, err := Load("testdata/foreign/two.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer two.Close()
	cdk, err := Load("testdata/foreign/cdk-typescript.template.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer cdk.Close()
	for _, test := range []struct {
		app        *App
		name, want string
	}{
		{two, "SiteDistribution", "SiteDistribution"},
		{two, "ArchiveDistribution", "ArchiveDistribution"},
		{cdk, "", "cdk-typescript/Web"},
		{cdk, "Web", "cdk-typescript/Web"},
		{cdk, "Web3C8945DB", "cdk-typescript/Web"},
		{cdk, "cdk-typescript/Web", "cdk-typescript/Web"},
		{cdk, "/cdk-typescript/Web/", "cdk-typescript/Web"},
	} {
		d, err := test.app.Distribution(test.name)
		if err != nil {
			t.Errorf("%q: %v", test.name, err)
		} else if d.Name() != test.want {
			t.Errorf("%q: got %s, want %s", test.name, d.Name(), test.want)
		}
	}
	for _, test := range []struct {
		app  *App
		name string
		says []string
	}{
		{two, "", []string{"there are 2 distributions, name one of them: ArchiveDistribution, SiteDistribution"}},
		{two, "Site", []string{`no distribution "Site"`, "ArchiveDistribution, SiteDistribution"}},
		{two, "Content", []string{`no distribution "Content"`}}, // a bucket
		{cdk, "web", []string{`no distribution "web"`, "cdk-typescript/Web"}},
		{cdk, "Site", []string{`no distribution "Site"`}},
	} {
		_, err := test.app.Distribution(test.name)
		for _, text := range append(test.says, "cfsim: ") {
			if err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("%q: got %v, want %s", test.name, err, text)
			}
		}
	}
	if names := []string{two.Distributions()[0].Name(), two.Distributions()[1].Name()}; !slices.IsSorted(names) {
		t.Errorf("the distributions come as %q", names)
	}
}

// TestFromTemplate: the map is read and not changed, and what comes of it is what
// comes of the file.
func TestFromTemplate(t *testing.T) {
	text, err := os.ReadFile("testdata/foreign/two.json")
	if err != nil {
		t.Fatal(err)
	}
	parse := func() (template map[string]any) {
		if err := json.Unmarshal(text, &template); err != nil {
			t.Fatal(err)
		}
		return template
	}
	template := parse()
	app, err := FromTemplate(template, &Options{Parameters: map[string]string{"RedirectList": "a/b"}})
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	app.Check()
	for _, d := range app.Distributions() {
		d.Routes()
		r, err := NewRequest("GET", "/about-us")
		if err != nil {
			t.Fatal(err)
		}
		d.Do(r)
	}
	if !reflect.DeepEqual(template, parse()) {
		t.Error("the map was changed")
	}
	file, err := Load("testdata/foreign/two.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for i, d := range file.Distributions() {
		if !reflect.DeepEqual(d.Routes(), app.Distributions()[i].Routes()) {
			t.Errorf("%s: the routes differ", d.Name())
		}
	}
}

func TestOptions(t *testing.T) {
	const template = "testdata/foreign/legacy.yaml"
	trace := func(t *testing.T, o *Options, url string) *Trace {
		t.Helper()
		app, err := Load(template, o)
		if err != nil {
			t.Fatal(err)
		}
		defer app.Close()
		r, err := NewRequest("GET", url)
		if err != nil {
			t.Fatal(err)
		}
		return app.Distributions()[0].Explain(r)
	}
	t.Run("Country", func(t *testing.T) {
		for country, want := range map[string]int{"": 0, "DE": 0, "US": 403} {
			if got := trace(t, &Options{Country: country}, "/").Status; got != want {
				t.Errorf("%q: got %d, want %d", country, got, want)
			}
		}
		for _, country := range []string{"de", "DEU", "Germany"} {
			if _, err := Load(template, &Options{Country: country}); err == nil || !strings.Contains(err.Error(), country) {
				t.Errorf("%q: got %v, want an error that quotes it", country, err)
			}
		}
	})
	t.Run("Parameters", func(t *testing.T) {
		if got := trace(t, &Options{Parameters: map[string]string{"Stage": "dev"}}, "/account/a").OriginRequest.Header.Get("X-Stage"); got != "dev" {
			t.Errorf("got X-Stage: %s, want dev", got)
		}
		for name, value := range map[string]string{"Stag": "dev", "Stage": "test"} {
			_, err := Load(template, &Options{Parameters: map[string]string{name: value}})
			if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "prod") && name == "Stage" {
				t.Errorf("%s=%s: got %v, want an error that says what may be given", name, value, err)
			}
		}
	})
	t.Run("Region and Account", func(t *testing.T) {
		app, err := Load("testdata/foreign/failover.yaml", &Options{Region: "eu-west-1", Account: "111122223333"})
		if err != nil {
			t.Fatal(err)
		}
		defer app.Close()
		r, err := NewRequest("GET", "/a")
		if err != nil {
			t.Fatal(err)
		}
		x := app.Distributions()[0].Explain(r)
		if want := "https://${PrimaryBucket}.s3.eu-west-1.amazonaws.com/a"; x.OriginRequest.URL != want || x.Denied != "" {
			t.Errorf("got %s and %q, want %s", x.OriginRequest.URL, x.Denied, want)
		}
	})
	t.Run("nil", func(t *testing.T) {
		if got := trace(t, nil, "/").Outcome(); got != "Site /index.html" {
			t.Errorf("got %s", got)
		}
	})
}

// TestRoutes: the table has each behavior in order, with what is set for it.
func TestRoutes(t *testing.T) {
	app, err := Load("testdata/foreign/failover.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	all := []string{"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"}
	want := []Route{
		{
			Behavior: "/api/*", Origin: "LoadBalancer", OriginID: "api", OriginPath: "/internal", Protocol: "https-only", Methods: all,
			CachePolicy: "${AWS::StackName}-api", Caching: "0 s (0 s to 1 min)", RequestPolicy: "${AWS::StackName}-api", HeadersPolicy: "${AWS::StackName}-api", Compress: true,
		},
		{
			Behavior: "/health", Origin: "LoadBalancer", OriginID: "api", OriginPath: "/internal", Protocol: "allow-all", Methods: []string{"GET", "HEAD"},
			CachePolicy: "Managed-CachingDisabled", Caching: "off",
		},
		{
			Behavior: "*", Origin: "PrimaryBucket", OriginID: "site", Protocol: "redirect-to-https", Methods: []string{"GET", "HEAD"},
			CachePolicy: "${AWS::StackName}-assets", Caching: "1 day (1 s to 1 year)", Compress: true,
		},
	}
	if got := app.Distributions()[0].Routes(); !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	edge, err := Load("testdata/foreign/edge-lambda.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer edge.Close()
	routes := edge.Distributions()[0].Routes()
	if !routes[0].Signed || routes[1].Signed || strings.Join(routes[2].LambdaEdge, " ") != "viewer-request origin-response" {
		t.Errorf("got %+v", routes)
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", time.Second: "1 s", 90 * time.Second: "90 s", time.Minute: "1 min", 2 * time.Hour: "2 h", 24 * time.Hour: "1 day",
		48 * time.Hour: "2 days", 365 * 24 * time.Hour: "1 year", 730 * 24 * time.Hour: "2 years", 1500 * time.Millisecond: "1.5 s",
	} {
		if got := span(d); got != want {
			t.Errorf("%s: got %s, want %s", d, got, want)
		}
	}
}

// TestAssets: content that the template deploys is served without being attached.
func TestAssets(t *testing.T) {
	app, err := Load("internal/cfn/testdata/assembly", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	var attached []string
	for _, d := range app.Distributions() {
		names, err := d.AttachAssets()
		if err != nil {
			t.Fatal(err)
		}
		attached = append(attached, names...)
		if again, err := d.AttachAssets(); err != nil || len(again) > 0 {
			t.Errorf("the second time, %q are attached, %v", again, err)
		}
		for _, name := range names {
			if slices.Contains(d.Missing(), name) {
				t.Errorf("%s is attached and missing", name)
			}
		}
	}
	if len(attached) == 0 {
		t.Error("nothing is attached")
	}
}

// TestFiles: the files of a template are known, to be watched.
func TestFiles(t *testing.T) {
	app, err := Load("testdata/foreign/crossstack", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	names := map[string]bool{}
	for _, file := range app.Files() {
		names[filepath.Base(file)] = true
	}
	if !names["docs.template.yaml"] || !names["storage.template.yaml"] {
		t.Errorf("got %q", slices.Collect(maps.Keys(names)))
	}
}
