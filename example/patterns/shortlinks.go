package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
)

// shortLinks keeps a list of links in the key-value store, which code of one's own
// looks up: as many as the store holds, in one route and one behavior, and without a
// byte of the edge function for each.
//
// A link is added or changed without a deployment, with the output
// RouterKeyValueStoreArn… as ARN:
//
//	ETAG=$(aws cloudfront-keyvaluestore describe-key-value-store --kvs-arn "$ARN" --query ETag --output text)
//	aws cloudfront-keyvaluestore put-key --kvs-arn "$ARN" --if-match "$ETAG" --key /go/jobs --value https://jobs.example.com/
func shortLinks(app awscdk.App) {
	stack := awscdk.NewStack(app, jsii.String("ShortLinks"), nil)
	site := awss3.NewBucket(stack, jsii.String("Site"), nil)

	router := cfrouter.NewRouter(stack, jsii.String("Router"), &cfrouter.RouterProps{
		KeyValues: &map[string]*string{
			"/go/docs":   jsii.String("https://docs.example.com/"),
			"/go/status": jsii.String("https://status.example.com/?from=link"),
			"/go/home":   jsii.String("/"),
		},
	})
	router.AddRoute(jsii.String("/"), cfrouter.NewBucketTarget(site, nil), nil)
	// What the code does not answer is no link.
	router.AddRoute(jsii.String("/go"), cfrouter.NewResponseTarget(&cfrouter.ResponseTargetProps{
		Status: jsii.Number(404),
		Body:   jsii.String("There is no such link.\n"),
	}), &cfrouter.RouteOptions{
		ViewerRequest: &cfrouter.EdgeCode{Before: cfrouter.EdgeSource_FromFile(jsii.String("edge/shortlink.js"))},
	})
}
