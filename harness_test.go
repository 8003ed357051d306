package cfrouter_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// newApp is an app whose templates are held to CDK's own rules: what they find
// fails synthesis.
func newApp() awscdk.App {
	return awscdk.NewApp(&awscdk.AppProps{
		AnalyticsReporting: jsii.Bool(false),
		Context:            &map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": true},
	})
}

func newStack() awscdk.Stack { return awscdk.NewStack(newApp(), jsii.String("Stack"), nil) }

// synthesize is the template of a stack.
func synthesize(t *testing.T, stack awscdk.Stack) map[string]any {
	t.Helper()
	return *assertions.Template_FromStack(stack, nil).ToJSON()
}

// targets makes targets from the names of the routing cases, "kind:Name", and
// keeps them, so that one name is one resource.
type targets struct {
	stack awscdk.Stack
	made  map[string]cfrouter.Target
	ids   map[string]string
}

func newTargets(stack awscdk.Stack) *targets {
	return &targets{stack, map[string]cfrouter.Target{}, map[string]string{}}
}

func (ts *targets) get(t testing.TB, name string) cfrouter.Target {
	t.Helper()
	if ts.made[name] == nil {
		kind, rest, _ := strings.Cut(name, ":")
		ts.made[name] = ts.make(t, name, kind, rest)
	}
	return ts.made[name]
}

func (ts *targets) make(t testing.TB, name, kind, rest string) cfrouter.Target {
	id := jsii.String(rest)
	switch kind {
	case "bucket":
		bucket := awss3.NewBucket(ts.stack, id, nil)
		ts.ids[name] = logicalId(ts.stack, bucket.Node().DefaultChild())
		return cfrouter.NewBucketTarget(bucket, nil)
	case "httpapi":
		api := awsapigatewayv2.NewHttpApi(ts.stack, id, nil)
		ts.ids[name] = logicalId(ts.stack, api.Node().DefaultChild())
		return cfrouter.NewHttpApiTarget(api, nil)
	case "httpapi-stage":
		api := awsapigatewayv2.NewHttpApi(ts.stack, id, nil)
		stage := api.AddStage(jsii.String("V1"), &awsapigatewayv2.HttpStageOptions{StageName: jsii.String("v1"), AutoDeploy: jsii.Bool(true)})
		ts.ids[name] = logicalId(ts.stack, api.Node().DefaultChild())
		return cfrouter.NewHttpApiTarget(api, &cfrouter.HttpApiTargetProps{Stage: stage})
	case "function":
		fn := newLambda(ts.stack, rest)
		ts.ids[name] = logicalId(ts.stack, fn.Node().DefaultChild())
		return cfrouter.NewFunctionTarget(fn, nil)
	case "url":
		host, _, _ := strings.Cut(strings.SplitN(rest, "://", 2)[1], "/")
		ts.ids[name] = host
		return cfrouter.NewUrlTarget(jsii.String(rest), nil)
	}
	t.Fatalf("unknown kind of target %q", name)
	return nil
}

func newLambda(stack awscdk.Stack, id string) awslambda.Function {
	return awslambda.NewFunction(stack, jsii.String(id), &awslambda.FunctionProps{
		Code:    awslambda.Code_FromInline(jsii.String("exports.handler = async () => ({ statusCode: 200 })")),
		Handler: jsii.String("index.handler"),
		Runtime: awslambda.Runtime_NODEJS_22_X(),
	})
}

func logicalId(stack awscdk.Stack, resource any) string {
	return *stack.GetLogicalId(resource.(awscdk.CfnElement))
}

// load reads a synthesized template for execution.
func load(t testing.TB, template map[string]any) *edgetest.Distribution {
	t.Helper()
	d, err := edgetest.Load(template)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
