package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
)

// adminHost has two sites, each on a host of its own, and an API that both call
// under their own host, so that neither needs CORS.
//
// A host with a route for "/" hides the routes without a host, unless they are for
// every host: admin.example.com has /api, and no /webhooks.
func adminHost(app awscdk.App) {
	stack := awscdk.NewStack(app, jsii.String("AdminHost"), inUsEast1())
	site := awss3.NewBucket(stack, jsii.String("Site"), nil)
	admin := awss3.NewBucket(stack, jsii.String("Admin"), nil)
	api := awsapigatewayv2.NewHttpApi(stack, jsii.String("Api"), nil)
	webhooks := awsapigatewayv2.NewHttpApi(stack, jsii.String("Webhooks"), nil)

	router := cfrouter.NewRouter(stack, jsii.String("Router"), &cfrouter.RouterProps{
		DomainNames: jsii.Strings("example.com", "admin.example.com"),
		HostedZone:  zone(stack, "example.com"),
	})
	router.AddRoute(jsii.String("/"), cfrouter.NewBucketTarget(site, nil), nil)
	router.AddRoute(jsii.String("admin.example.com/"), cfrouter.NewBucketTarget(admin, nil), nil)
	router.AddRoute(jsii.String("/api"), cfrouter.NewHttpApiTarget(api, nil), &cfrouter.RouteOptions{
		EveryHost: jsii.Bool(true),
	})
	router.AddRoute(jsii.String("/webhooks"), cfrouter.NewHttpApiTarget(webhooks, nil), nil)
}

// tenants gives each customer a host. The shop finds it in x-forwarded-host. A host
// that is spelled out goes before a wildcard, and either before none.
func tenants(app awscdk.App) {
	stack := awscdk.NewStack(app, jsii.String("Tenants"), inUsEast1())
	brochure := awss3.NewBucket(stack, jsii.String("Brochure"), nil)
	handbook := awss3.NewBucket(stack, jsii.String("Handbook"), nil)
	shop := awsapigatewayv2.NewHttpApi(stack, jsii.String("Shop"), nil)

	router := cfrouter.NewRouter(stack, jsii.String("Router"), &cfrouter.RouterProps{
		DomainNames: jsii.Strings("example.net", "*.example.net"),
		HostedZone:  zone(stack, "example.net"),
	})
	router.AddRoute(jsii.String("/"), cfrouter.NewBucketTarget(brochure, nil), nil)
	router.AddRoute(jsii.String("help.example.net/"), cfrouter.NewBucketTarget(handbook, nil), nil)
	router.AddRoute(jsii.String("*.example.net/"), cfrouter.NewHttpApiTarget(shop, nil), nil)
}

// inUsEast1 is where CloudFront takes certificates from. A stack in another region
// gets a second one for them, and one without a region is an error.
func inUsEast1() *awscdk.StackProps {
	return &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("111122223333"), Region: jsii.String("us-east-1")},
	}
}

// zone stands for a hosted zone that is there already. HostedZone_FromLookup finds
// one by its name alone, with credentials for the account.
func zone(scope constructs.Construct, name string) awsroute53.IHostedZone {
	return awsroute53.HostedZone_FromHostedZoneAttributes(scope, jsii.String("Zone"), &awsroute53.HostedZoneAttributes{
		HostedZoneId: jsii.String("Z0123456789EXAMPLE"),
		ZoneName:     jsii.String(name),
	})
}
