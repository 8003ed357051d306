package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"

	"github.com/cfrouter/cfrouter/cfsim"
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

// TestRoutes says where each path of the shop leads. No origin is asked.
func TestRoutes(t *testing.T) {
	newShop(t).Expect(t, map[string]string{
		"/":                     "Site /index.html",
		"/files":                "308 /files/",
		"/files/price-list.csv": "Files /price-list.csv",
		"POST /api/quote":       "HttpApi /quote",
		"POST /report":          "Report /",
		"/echo/get?x=1":         "postman-echo.com /get",
		"/api.json":             "Site /api.json",
		"/files/../api/catalog": "308 /api/catalog",
	})
}

// TestShop asks the shop as a browser does, with the real content and the real functions behind it.
func TestShop(t *testing.T) {
	shop := newShop(t)
	for name, origin := range map[string]cfsim.Origin{
		"Site":   cfsim.Dir(source("site")),
		"Files":  cfsim.Dir(source("files")),
		"Api":    cfsim.LambdaIn(source("api"), "go", "run", "."),
		"Report": cfsim.LambdaIn(source("report"), "go", "run", "."),
	} {
		if err := shop.Attach(name, origin); err != nil {
			t.Fatal(err)
		}
	}
	edge := httptest.NewServer(shop)
	defer edge.Close()
	for _, c := range []struct{ method, path, body, want string }{
		{"GET", "/", "", "<title>"},
		{"GET", "/files/price-list.csv", "", "business-cards"},
		{"POST", "/api/quote", job, `"totalCents"`},
		{"POST", "/report", job, "Flyers A5"},
	} {
		request, err := http.NewRequest(c.method, edge.URL+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("x-amz-content-sha256", fmt.Sprintf("%x", sha256.Sum256([]byte(c.body))))
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(string(body), c.want) {
			t.Errorf("%s %s: got %s, %v: %s; want %s in it", c.method, c.path, response.Status, err, body, c.want)
		}
	}
}

const job = `{"jobs": [{"item": "flyers", "quantity": 250}]}`

func newShop(t *testing.T) *cfsim.Distribution {
	t.Helper()
	stack := newStack(awscdk.NewApp(nil))
	return cfsim.OpenTemplate(t, assertions.Template_FromStack(stack, nil).ToJSON())
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
