package cfsim

import (
	"os"
	"path/filepath"
	"testing"
)

// loaded loads a template that a test writes out, as YAML or JSON.
func loaded(t testing.TB, template string, o *Options) *App {
	t.Helper()
	app, err := Load(written(t, "template.yaml", template), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { app.Close() })
	return app
}

// written writes a file and returns its path.
func written(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// web is a template with a distribution. settings are lines of its configuration,
// resources are those beside it; both are YAML as it stands in a template.
func web(settings, resources string) string {
	return `
Resources:
` + resources + `
  Web:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
` + settings
}

// plain are settings of a distribution with one origin and nothing cached.
const plain = `
        Origins:
          - {Id: a, DomainName: a.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
        DefaultCacheBehavior: {TargetOriginId: a, ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad}
`
