package cfrouter_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
	"github.com/cfrouter/cfrouter/cfsim"
)

// TestReadme runs the routing test that the README shows, on the routes of its quick
// start.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "Expect(t, map[string]string{\n")
	table, _, _ = strings.Cut(table, "})")
	requests := map[string]string{}
	for _, row := range regexp.MustCompile(`"(.*)": *"(.*)",`).FindAllStringSubmatch(table, -1) {
		requests[row[1]] = row[2]
	}
	stack := newStack()
	router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
	router.AddRoute(jsii.String("/"), cfrouter.NewBucketTarget(awss3.NewBucket(stack, jsii.String("Site"), nil), nil), nil)
	router.AddRoute(jsii.String("/echo"), cfrouter.NewUrlTarget(jsii.String("https://example.com"), nil), nil)
	template := synthesize(t, stack)
	cfsim.OpenTemplate(t, &template).Expect(t, requests)
}
