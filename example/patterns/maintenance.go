package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
)

// maintenance closes everything while the key "maintenance" of the key-value store
// is "on", which takes seconds and no deployment. With the output
// RouterKeyValueStoreArn… as ARN:
//
//	ETAG=$(aws cloudfront-keyvaluestore describe-key-value-store --kvs-arn "$ARN" --query ETag --output text)
//	aws cloudfront-keyvaluestore put-key --kvs-arn "$ARN" --if-match "$ETAG" --key maintenance --value on
//
// Any other value opens it again.
func maintenance(app awscdk.App) {
	stack := awscdk.NewStack(app, jsii.String("Maintenance"), nil)
	shop := awsapigatewayv2.NewHttpApi(stack, jsii.String("Shop"), nil)

	router := cfrouter.NewRouter(stack, jsii.String("Router"), &cfrouter.RouterProps{
		Maintenance: &cfrouter.ResponseTargetProps{
			Headers:     &map[string]*string{"retry-after": jsii.String("600")},
			ContentType: jsii.String("text/html; charset=utf-8"),
			Body:        jsii.String(`<!doctype html><html lang="en"><title>Back soon</title><h1>We are back in ten minutes</h1></html>`),
		},
	})
	router.AddRoute(jsii.String("/"), cfrouter.NewHttpApiTarget(shop, nil), nil)
}
