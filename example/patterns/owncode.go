package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
)

// ownCode runs CloudFront Functions as anybody writes them, in the one function that
// CloudFront takes: some on all requests, and one on those for /admin, which asks
// the key-value store who is let in.
//
// A user is added without a deployment, with the output RouterKeyValueStoreArn… as
// ARN:
//
//	KEY=users/$(printf 'Basic %s' "$(printf 'grace:PASSWORD' | openssl base64 -A)" | openssl dgst -sha256 -r | cut -d' ' -f1)
//	ETAG=$(aws cloudfront-keyvaluestore describe-key-value-store --kvs-arn "$ARN" --query ETag --output text)
//	aws cloudfront-keyvaluestore put-key --kvs-arn "$ARN" --if-match "$ETAG" --key "$KEY" --value grace
func ownCode(app awscdk.App) {
	stack := awscdk.NewStack(app, jsii.String("OwnCode"), nil)
	site := awss3.NewBucket(stack, jsii.String("Site"), nil)
	admin := awsapigatewayv2.NewHttpApi(stack, jsii.String("Admin"), nil)

	router := cfrouter.NewRouter(stack, jsii.String("Router"), &cfrouter.RouterProps{
		ViewerRequest: &cfrouter.EdgeCode{
			Before: cfrouter.EdgeSource_FromFile(jsii.String("edge/crawlers.js")),
			After:  cfrouter.EdgeSource_FromFile(jsii.String("edge/request-id.js")),
		},
		ViewerResponse: &cfrouter.EdgeCode{
			After: cfrouter.EdgeSource_FromFile(jsii.String("edge/content-policy.js")),
		},
		KeyValues: &map[string]*string{
			// ada, with the password "correct horse battery staple".
			"users/b269b31021aeeed4999c0867eeaf75bc4032b9cec7275b34bae5e6791675f28b": jsii.String("ada"),
		},
	})
	router.AddRoute(jsii.String("/"), cfrouter.NewBucketTarget(site, nil), nil)
	router.AddRoute(jsii.String("/admin"), cfrouter.NewHttpApiTarget(admin, nil), &cfrouter.RouteOptions{
		ViewerRequest: &cfrouter.EdgeCode{Before: cfrouter.EdgeSource_FromFile(jsii.String("edge/password.js"))},
	})
}
