package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
)

// TestSynth synthesizes the app as the command line does, with cdk-nag on top. Findings of CDK's own
// validator panic in Synth; those of cdk-nag and of the router are annotations, which the last two
// calls panic about.
func TestSynth(t *testing.T) {
	app := newApp(&awscdk.AppProps{
		Outdir:             jsii.String(t.TempDir()),
		Context:            cdkContext(t),
		AnalyticsReporting: jsii.Bool(false),
	})
	awscdk.Aspects_Of(app).Add(cdknag.NewAwsSolutionsChecks(&cdknag.NagPackProps{Reports: jsii.Bool(false)}), nil)
	app.Synth(nil)
	findings := assertions.Annotations_FromStack(app.Node().FindChild(jsii.String("Folio")).(awscdk.Stack))
	findings.HasNoError(jsii.String("*"), assertions.Match_AnyValue())
	findings.HasNoWarning(jsii.String("*"), assertions.Match_AnyValue())
}

// cdkContext reads the feature flags of cdk.json, which only the command line sets by itself.
func cdkContext(t *testing.T) *map[string]any {
	t.Helper()
	data, err := os.ReadFile(source("..", "cdk.json"))
	if err != nil {
		t.Fatal(err)
	}
	var config struct{ Context map[string]any }
	if err := json.Unmarshal(data, &config); err != nil {
		t.Fatal(err)
	}
	if config.Context["@aws-cdk/core:validateAgainstDefaultRules"] != true {
		t.Error("cdk.json leaves CDK's validator off")
	}
	return &config.Context
}

func TestFailedBuildShowsTheCompilersWords(t *testing.T) {
	defer func() {
		if message := fmt.Sprint(recover()); !strings.Contains(message, `building the function "site"`) || !strings.Contains(message, "no Go files") {
			t.Errorf("got %s", message)
		}
	}()
	goCode("site")
}
