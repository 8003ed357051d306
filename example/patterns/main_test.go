package main

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/cxapi"
	"github.com/aws/jsii-runtime-go"
)

// TestMain fails when a golden file is left over.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 {
		if err := checkGoldenFiles(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// TestSynth synthesizes all recipes together, as the command line does, and wants
// each of them to have been synthesized by a test of its own.
func TestSynth(t *testing.T) {
	for _, stack := range synthesize(t, newApp(appProps(t))) {
		if _, err := os.Stat(goldenFile(*stack.StackName())); err != nil && !*update {
			t.Errorf("%v: the recipe has no test", err)
		}
	}
}

// synthesize returns the stacks of an app. What CDK's validator finds fails
// synthesis; what the Router has to say is a message.
func synthesize(t *testing.T, app awscdk.App) []cxapi.CloudFormationStackArtifact {
	t.Helper()
	stacks := *app.Synth(nil).Stacks()
	for _, stack := range stacks {
		for _, message := range *stack.Messages() {
			text, err := json.Marshal(message)
			t.Errorf("%s: %s %v", *stack.StackName(), text, err)
		}
	}
	return stacks
}

// appProps are what the command line makes of cdk.json, which only it reads.
func appProps(t *testing.T) *awscdk.AppProps {
	t.Helper()
	data, err := os.ReadFile("cdk.json")
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
	return &awscdk.AppProps{Outdir: jsii.String(t.TempDir()), Context: &config.Context, AnalyticsReporting: jsii.Bool(false)}
}
