package cfn

import (
	"slices"
	"strings"
	"testing"
)

func TestAssemblyStacks(t *testing.T) {
	a := load(t)
	var got []string
	for _, s := range a.Stacks {
		parent := ""
		if s.Parent != nil {
			parent = s.Parent.Stack.Name
		}
		got = append(got, strings.Join([]string{s.Name, s.Path, s.Region, s.Account, parent}, ","))
	}
	want := []string{
		"Data,Data,eu-central-1,123456789012,",
		"Edge,Edge,us-east-1,123456789012,",
		"Test-Data,Test/Data,eu-central-1,123456789012,",
		"Test-Edge,Test/Edge,us-east-1,123456789012,",
		"Test-edge-lambda-stack-c87d770b018f0da3f24ddbd05e4cf564a5e639829b,Test/edge-lambda-stack-c87d770b018f0da3f24ddbd05e4cf564a5e639829b,us-east-1,123456789012,",
		"TestWeb23347330,Test/Web,eu-central-1,123456789012,", // of the same name as the other one
		"TestWeb23347330/Pages,Test/Web/Pages,eu-central-1,123456789012,TestWeb23347330",
		"edge-lambda-stack-c8be3fae24bea63104eb71460f1dc2b729eadee134,edge-lambda-stack-c8be3fae24bea63104eb71460f1dc2b729eadee134,us-east-1,123456789012,",
		"shop,Web,eu-central-1,123456789012,",
		"shop/Pages,Web/Pages,eu-central-1,123456789012,shop",
	}
	if !slices.Equal(got, want) {
		t.Errorf("stacks\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// In the assembly the two distributions refer to nested stacks, stacks of the
// region and stacks of another one, by each way the CDK has for that.
func TestAssemblyOrigins(t *testing.T) {
	a := load(t)
	for _, test := range []struct {
		distribution string
		domains      []string
		resources    []string
	}{
		{"Web/Dist", []string{
			"${shop/Pages/SiteE53D7754}.s3.eu-central-1.amazonaws.com",
			"shop-files.s3.eu-central-1.amazonaws.com",
			"${Edge/Far37C22583}.s3.us-east-1.amazonaws.com",
			"${Data/LiveFunctionUrlBF2FFCE0}.lambda-url.eu-central-1.on.aws",
			"${shop/SiteE53D7754}.s3-website.eu-central-1.amazonaws.com",
			"${shop/Rest9065D4D9}.execute-api.eu-central-1.amazonaws.com",
		}, []string{"Web/Pages/Site", "Data/Files", "Edge/Far", "Data/Live/FunctionUrl", "Web/Site", "Web/Rest"}},
		{"Test/Web/Dist", []string{
			"${TestWeb23347330/Pages/SiteE53D7754}.s3.eu-central-1.amazonaws.com",
			"${Test-Data/Files8E6940B8}.s3.eu-central-1.amazonaws.com",
			"${Test-Edge/Far37C22583}.s3.us-east-1.amazonaws.com",
			"${Test-Data/LiveFunctionUrlBF2FFCE0}.lambda-url.eu-central-1.on.aws",
			"${TestWeb23347330/SiteE53D7754}.s3-website.eu-central-1.amazonaws.com",
			"${TestWeb23347330/Rest9065D4D9}.execute-api.eu-central-1.amazonaws.com",
		}, []string{"Test/Web/Pages/Site", "Test/Data/Files", "Test/Edge/Far", "Test/Data/Live/FunctionUrl", "Test/Web/Site", "Test/Web/Rest"}},
	} {
		dist := find(t, a, test.distribution)
		for i, domain := range test.domains {
			got := property(t, dist, "DistributionConfig", "Origins", i, "DomainName").(string)
			if got != domain {
				t.Errorf("%s: origin %d is %q, want %q", test.distribution, i, got, domain)
			}
			if r := a.ResourceOf(got); r != find(t, a, test.resources[i]) {
				t.Errorf("%s: %q is of %v, want %s", test.distribution, got, r, test.resources[i])
			}
		}
		if got := property(t, dist, "DistributionConfig", "Origins", 5, "OriginPath"); got != "/prod" {
			t.Errorf("%s: the path of the REST API is %q", test.distribution, got)
		}
		edge := property(t, dist, "DistributionConfig", "DefaultCacheBehavior", "LambdaFunctionAssociations", 0, "LambdaFunctionARN").(string)
		if r := a.ResourceOf(edge); r == nil || r.Type != "AWS::Lambda::Version" || !strings.HasSuffix(r.Path, "Edge/Rewrite/CurrentVersion") {
			t.Errorf("%s: Lambda@Edge %q is of %v", test.distribution, edge, r)
		}
	}
}

func TestAssemblyOutputs(t *testing.T) {
	a := load(t)
	for _, s := range a.Stacks {
		sign, ok := s.Outputs["SignVersion"].(string)
		if !ok {
			continue
		}
		if got := s.Outputs["LiveName"].(string); !strings.HasSuffix(got, "Data/ReportC847FC22}:live") {
			t.Errorf("the alias is %q", got)
		}
		if r := a.ResourceOf(sign); r == nil || r.Type != "AWS::Lambda::Version" || !strings.HasSuffix(r.Path, "/Sign/CurrentVersion") {
			t.Errorf("the edge function %q is of %v", sign, r)
		}
	}
}

// Every symbol leads back to its resource, and nothing is left to resolve.
func TestAssemblyIsPlain(t *testing.T) {
	a := load(t)
	if len(a.Resources()) < 60 || len(a.Notes) > 0 {
		t.Fatalf("%d resources, notes %q", len(a.Resources()), a.Notes)
	}
	for _, r := range a.Resources() {
		if got := a.ResourceOf(a.Symbol(r)); got != r {
			t.Errorf("%s is of %v, want %v", a.Symbol(r), got, r)
		}
		if got := a.ResourceOf("https://" + a.Symbol(r) + ".example.com/x"); got != r {
			t.Errorf("a text with %s is of %v, want %v", a.Symbol(r), got, r)
		}
		if name := findIntrinsic(r.Properties); name != "" {
			t.Errorf("%v has %s left", r, name)
		}
		if r.Path == "" {
			t.Errorf("%s/%s has no construct path", r.Stack.Name, r.ID)
		}
		if got := a.Find(r.Path, r.Type); !slices.Contains(got, r) {
			t.Errorf("%s finds %v", r.Path, got)
		}
	}
}

// findIntrinsic is the name of an intrinsic function in a value, if any.
func findIntrinsic(v any) string {
	switch v := v.(type) {
	case map[string]any:
		if name, _ := single(v); isIntrinsic(name) && name != "Fn::Transform" {
			return name
		}
		for _, e := range v {
			if name := findIntrinsic(e); name != "" {
				return name
			}
		}
	case []any:
		for _, e := range v {
			if name := findIntrinsic(e); name != "" {
				return name
			}
		}
	}
	return ""
}

func TestAssemblyFiles(t *testing.T) {
	files := load(t).Files()
	for _, want := range []string{
		"testdata/assembly/manifest.json",
		"testdata/assembly/Web.template.json",
		"testdata/assembly/Web.assets.json",
		"testdata/assembly/Web.metadata.json",
		"testdata/assembly/WebPagesFDFE103B.nested.template.json",
		"testdata/assembly/assembly-Test/manifest.json",
		"testdata/assembly/assembly-Test/TestWebPagesD248F7C6.nested.template.json",
	} {
		if !slices.Contains(files, want) {
			t.Errorf("%s is not among %q", want, files)
		}
	}
	if slices.Sort(files); len(slices.Compact(files)) != len(files) {
		t.Errorf("a file is there twice: %q", files)
	}
}

// One template of an assembly is a whole app but for what other stacks export.
func TestOneStackOfAnAssembly(t *testing.T) {
	a, err := Load("testdata/assembly/Web.template.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	origins := property(t, find(t, a, "Dist"), "DistributionConfig", "Origins").([]any)
	var got []string
	for _, o := range origins {
		got = append(got, o.(map[string]any)["DomainName"].(string))
	}
	want := []string{
		"${shop/Pages/SiteE53D7754}.s3.eu-central-1.amazonaws.com",
		"${ImportValue:Data:ExportsOutputFnGetAttFiles8E6940B8RegionalDomainName7CD68B62}",
		"${ExportsReader8B249524./cdk/exports/shop/Edgeuseast1FnGetAttFar37C22583RegionalDomainName46D22CD3}",
		"${ImportValue:Data:ExportsOutputFnGetAttLiveFunctionUrlBF2FFCE0FunctionUrlC59B6AA2[2]}",
		"${shop/SiteE53D7754}.s3-website.eu-central-1.amazonaws.com",
		"${Rest9065D4D9}.execute-api.eu-central-1.amazonaws.com",
	}
	if !slices.Equal(got, want) {
		t.Errorf("origins\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if r := a.ResourceOf(got[1]); r != nil {
		t.Errorf("the import is of %v", r)
	}
}
