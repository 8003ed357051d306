package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
)

// canary lets one viewer in twenty meet a new version, who keeps meeting it by a
// cookie. The share is changed without a deployment, with the output
// RouterKeyValueStoreArn… as ARN:
//
//	ETAG=$(aws cloudfront-keyvaluestore describe-key-value-store --kvs-arn "$ARN" --query ETag --output text)
//	aws cloudfront-keyvaluestore put-key --kvs-arn "$ARN" --if-match "$ETAG" --key weights/checkout --value 75,25
func canary(app awscdk.App) {
	stack := awscdk.NewStack(app, jsii.String("Canary"), nil)
	stable := awsapigatewayv2.NewHttpApi(stack, jsii.String("Stable"), nil)
	next := awsapigatewayv2.NewHttpApi(stack, jsii.String("Next"), nil)

	router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
	router.AddRoute(jsii.String("/checkout"), cfrouter.NewSplitTarget(&cfrouter.SplitTargetProps{
		Id: jsii.String("checkout"),
		Targets: &[]*cfrouter.WeightedTarget{
			{Target: cfrouter.NewHttpApiTarget(stable, nil), Weight: jsii.Number(95)},
			{Target: cfrouter.NewHttpApiTarget(next, nil), Weight: jsii.Number(5)},
		},
	}), nil)
}

// blueGreen has two versions of which one is live: blue, until the key
// weights/release of the store is changed to "0,100" as above, and again once it is
// changed back. Until then green can be tried with a header.
func blueGreen(app awscdk.App) {
	stack := awscdk.NewStack(app, jsii.String("BlueGreen"), nil)
	blue := cfrouter.NewHttpApiTarget(awsapigatewayv2.NewHttpApi(stack, jsii.String("Blue"), nil), nil)
	green := cfrouter.NewHttpApiTarget(awsapigatewayv2.NewHttpApi(stack, jsii.String("Green"), nil), nil)

	router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
	router.AddRoute(jsii.String("/"), cfrouter.NewSplitTarget(&cfrouter.SplitTargetProps{
		Id: jsii.String("release"),
		Targets: &[]*cfrouter.WeightedTarget{
			{Target: blue, Weight: jsii.Number(100)},
			{Target: green, Weight: jsii.Number(0)},
		},
	}), nil)
	router.AddRoute(jsii.String("/"), green, &cfrouter.RouteOptions{
		When: &[]cfrouter.Condition{cfrouter.Condition_Header(jsii.String("x-release"), jsii.String("green"))},
	})
}
