package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
)

// singlePageApp sends its one page for every path that is no file, with status 200.
// That is decided for the paths of this route alone: the 403 and 404 of the API reach
// its clients, where error pages of the distribution would replace them by the page.
func singlePageApp(app awscdk.App) {
	stack := awscdk.NewStack(app, jsii.String("SinglePageApp"), nil)
	files := awss3.NewBucket(stack, jsii.String("Files"), nil)
	api := awsapigatewayv2.NewHttpApi(stack, jsii.String("Api"), nil)

	router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
	router.AddRoute(jsii.String("/"), cfrouter.NewBucketTarget(files, &cfrouter.BucketTargetProps{
		FallbackDocument: jsii.String("/index.html"),
	}), nil)
	router.AddRoute(jsii.String("/api"), cfrouter.NewHttpApiTarget(api, nil), nil)
}
