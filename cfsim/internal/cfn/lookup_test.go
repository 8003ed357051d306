package cfn

import (
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	a := load(t)
	bucket := "AWS::S3::Bucket"
	for _, test := range []struct {
		name  string
		types []string
		want  string
	}{
		{"Far37C22583", nil, "Edge/Far Test/Edge/Far"},
		{"Edge/Far37C22583", nil, "Edge/Far"},
		{"shop/SiteE53D7754", nil, "Web/Site"},
		{"Web/Site", nil, "Web/Site"},
		{"/Web/Site/Resource", nil, "Web/Site"},
		{"Test/Web/Pages/Site/Resource", nil, "Test/Web/Pages/Site"},
		{"Site", nil, "Test/Web/Site Web/Site"}, // by path within the stack
		{"Pages/Site", nil, "Test/Web/Pages/Site Web/Pages/Site"},
		{"Far", nil, "Edge/Far Test/Edge/Far"},
		{"Deploy/CustomResource/Default", nil, "Test/Web/Deploy/CustomResource Web/Deploy/CustomResource"},
		{"FilesX", nil, ""},
		{"files", nil, ""},
		{"", nil, ""},
		{"Files", []string{bucket}, "Data/Files Test/Data/Files"},
		{"Files", []string{"AWS::Lambda::Function"}, ""},
		{"LiveFunctionUrl", nil, "Data/Live/FunctionUrl Test/Data/Live/FunctionUrl"}, // without the hash
	} {
		var got []string
		for _, r := range a.Find(test.name, test.types...) {
			got = append(got, r.Path)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%q finds %q, want %q", test.name, got, test.want)
		}
	}
}

func TestFindWithoutPaths(t *testing.T) {
	a := parse(t, `
Resources:
  Site: {Type: T}
  SiteE53D7754: {Type: T}
  SiteE53D775: {Type: T}
  ABCDEF01: {Type: T}
  Dist0123ABCD: {Type: T, Metadata: {"aws:cdk:path": App/Web/Dist/Resource}}
  CDKMetadata: {Type: "AWS::CDK::Metadata", Metadata: {"aws:cdk:path": App/Web/CDKMetadata/Default}}
`, nil)
	for name, want := range map[string]string{
		"Site":           "Site",
		"SiteE53D7754":   "SiteE53D7754",
		"ABCDEF01":       "ABCDEF01",
		"Dist":           "Dist0123ABCD",
		"App/Web/Dist":   "Dist0123ABCD",
		"template/Site":  "Site",
		"Web/Dist":       "",
		"Dist/Resource":  "Dist0123ABCD",
		"App/Web/Dist/x": "",
	} {
		got := ""
		if r, err := a.Resource(name); err == nil {
			got = r.ID
		}
		if got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

func TestResourceFaults(t *testing.T) {
	a := load(t)
	_, err := a.Resource("Fils", "AWS::S3::Bucket")
	wantError(t, err, `no AWS::S3::Bucket named "Fils": there are "Data/Files", "Edge/Far"`)
	_, err = a.Resource("Files")
	wantError(t, err, `"Files" is the name of several: write one of "Data/Files", "Test/Data/Files"`)
	_, err = a.Resource("x", "No::Type")
	wantError(t, err, `no No::Type named "x": there are none`)
	_, err = parse(t, names, nil).Resource("x", "AWS::ApiGatewayV2::Api")
	wantError(t, err, `there are "template/Api"`)
}
