package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
)

// betaUsers get the next version of the site once they have a cookie, which a link
// or a button can set. Its objects are kept apart in the cache.
func betaUsers(app awscdk.App) {
	stack := awscdk.NewStack(app, jsii.String("BetaUsers"), nil)
	site := awss3.NewBucket(stack, jsii.String("Site"), nil)
	beta := awss3.NewBucket(stack, jsii.String("Beta"), nil)

	router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
	router.AddRoute(jsii.String("/"), cfrouter.NewBucketTarget(site, nil), nil)
	router.AddRoute(jsii.String("/"), cfrouter.NewBucketTarget(beta, nil), &cfrouter.RouteOptions{
		When: &[]cfrouter.Condition{cfrouter.Condition_Cookie(jsii.String("beta"), jsii.String("on"))},
	})
}

// countries keeps what some viewers send in their own region, wherever the nearest
// edge is. Who is in none of them, or where is not known, is served by the other.
func countries(app awscdk.App) {
	stack := awscdk.NewStack(app, jsii.String("Countries"), nil)
	virginia := awsapigatewayv2.NewHttpApi(stack, jsii.String("Virginia"), nil)
	frankfurt := cfrouter.NewUrlTarget(jsii.String("https://frankfurt.example.com"), nil)

	router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
	router.AddRoute(jsii.String("/api"), cfrouter.NewHttpApiTarget(virginia, nil), nil)
	router.AddRoute(jsii.String("/api"), frankfurt, &cfrouter.RouteOptions{
		When: &[]cfrouter.Condition{cfrouter.Condition_Country(jsii.String("AT"), jsii.String("CH"), jsii.String("DE"))},
	})
}
