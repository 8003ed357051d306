package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
)

// queryStrings caches an API for five minutes. Links to it carry what advertisers
// add, and parameters in any order: the first route drops the former and sorts what
// is left, the second keeps what it knows, and both find more in the cache.
func queryStrings(app awscdk.App) {
	stack := awscdk.NewStack(app, jsii.String("QueryStrings"), nil)
	catalog := cfrouter.NewHttpApiTarget(awsapigatewayv2.NewHttpApi(stack, jsii.String("Catalog"), nil), nil)
	// What is cached is the same for all, so the API is sent neither headers nor cookies.
	anonymous := &awscloudfront.AddBehaviorOptions{
		OriginRequestPolicy: awscloudfront.NewOriginRequestPolicy(stack, jsii.String("Anonymous"), nil),
	}
	briefly := &awscloudfront.CachePolicyProps{MaxTtl: awscdk.Duration_Minutes(jsii.Number(5))}

	router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
	router.AddRoute(jsii.String("/products"), catalog, &cfrouter.RouteOptions{
		Query: &cfrouter.QueryOptions{},
		Cache: briefly, Behavior: anonymous,
	})
	router.AddRoute(jsii.String("/search"), catalog, &cfrouter.RouteOptions{
		Query: &cfrouter.QueryOptions{Allow: jsii.Strings("q", "page")},
		Cache: briefly, Behavior: anonymous,
	})
}
