package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
)

// responses are small texts that the edge answers with, whatever becomes of the
// application behind it.
func responses(app awscdk.App) {
	stack := awscdk.NewStack(app, jsii.String("Responses"), nil)
	application := awsapigatewayv2.NewHttpApi(stack, jsii.String("Application"), nil)
	exact := &cfrouter.RouteOptions{Exact: jsii.Bool(true)}

	router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
	router.AddRoute(jsii.String("/"), cfrouter.NewHttpApiTarget(application, nil), nil)

	router.AddRoute(jsii.String("/robots.txt"), cfrouter.NewResponseTarget(&cfrouter.ResponseTargetProps{
		Headers: &map[string]*string{"cache-control": jsii.String("public, max-age=86400")},
		Body:    jsii.String("User-agent: *\nDisallow: /account/\n"),
	}), exact)

	// RFC 9116 wants both fields, and a date within a year.
	router.AddRoute(jsii.String("/.well-known/security.txt"), cfrouter.NewResponseTarget(&cfrouter.ResponseTargetProps{
		Body: jsii.String("Contact: mailto:security@example.com\nExpires: 2027-06-30T00:00:00Z\n"),
	}), exact)

	// What a monitor asks to see that the distribution answers.
	router.AddRoute(jsii.String("/healthz"), cfrouter.NewResponseTarget(&cfrouter.ResponseTargetProps{
		ContentType: jsii.String("application/json"),
		Body:        jsii.String(`{"status":"ok"}`),
	}), exact)

	router.AddRoute(jsii.String("/forum"), cfrouter.NewResponseTarget(&cfrouter.ResponseTargetProps{
		Status: jsii.Number(410),
		Body:   jsii.String("The forum was closed.\n"),
	}), nil)
}
