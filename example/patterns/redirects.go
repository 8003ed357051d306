package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
)

// redirects are answered at the edge and reach no origin.
func redirects(app awscdk.App) {
	stack := awscdk.NewStack(app, jsii.String("Redirects"), inUsEast1())
	site := awss3.NewBucket(stack, jsii.String("Site"), nil)
	api := awsapigatewayv2.NewHttpApi(stack, jsii.String("Api"), nil)

	// The first name is the one that Url and the output RouterUrl… say.
	router := cfrouter.NewRouter(stack, jsii.String("Router"), &cfrouter.RouterProps{
		DomainNames: jsii.Strings("www.example.org", "example.org"),
		HostedZone:  zone(stack, "example.org"),
	})
	router.AddRoute(jsii.String("/"), cfrouter.NewBucketTarget(site, nil), nil)
	router.AddRoute(jsii.String("/api/v2"), cfrouter.NewHttpApiTarget(api, nil), nil)

	// The site has one name. Path and query string are kept.
	router.AddRoute(jsii.String("example.org/"), cfrouter.NewRedirectTarget(jsii.String("https://www.example.org"), &cfrouter.RedirectTargetProps{
		Status: cfrouter.RedirectStatus_MOVED_PERMANENTLY,
	}), nil)

	// One page moved, and what is below its path did not.
	router.AddRoute(jsii.String("/about-us.html"), cfrouter.NewRedirectTarget(jsii.String("/about/"), &cfrouter.RedirectTargetProps{
		Status: cfrouter.RedirectStatus_MOVED_PERMANENTLY,
	}), &cfrouter.RouteOptions{Exact: jsii.Bool(true)})

	// Everything below a path moved. With 308 clients repeat a POST as a POST.
	router.AddRoute(jsii.String("/api/v1"), cfrouter.NewRedirectTarget(jsii.String("/api/v2"), &cfrouter.RedirectTargetProps{
		Status: cfrouter.RedirectStatus_PERMANENT_REDIRECT,
	}), nil)

	// Whatever of the campaign was asked for, and however: this is what is left of it.
	router.AddRoute(jsii.String("/spring-sale"), cfrouter.NewRedirectTarget(jsii.String("/offers/?from=spring-sale#top"), &cfrouter.RedirectTargetProps{
		Status:    cfrouter.RedirectStatus_FOUND,
		KeepPath:  jsii.Bool(false),
		KeepQuery: jsii.Bool(false),
	}), nil)
}
