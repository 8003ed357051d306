package main

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
)

// manyRoutes gives each of 3,000 shops a path of its own, which is 40 times what
// CloudFront has behaviors for, and redirects 2,000 addresses of an old site, each to
// one of its own. With Dispatch_EDGE the table is in the function, or, as here, in a
// key-value store of which a request reads one value.
func manyRoutes(app awscdk.App) {
	const shops, cells, stories = 3000, 8, 2000
	stack := awscdk.NewStack(app, jsii.String("ManyRoutes"), nil)
	home := awss3.NewBucket(stack, jsii.String("Home"), nil)

	router := cfrouter.NewRouter(stack, jsii.String("Router"), &cfrouter.RouterProps{
		Dispatch: cfrouter.Dispatch_EDGE,
	})
	router.AddRoute(jsii.String("/"), cfrouter.NewBucketTarget(home, nil), nil)

	var targets []cfrouter.Target
	for i := range cells {
		cell := awsapigatewayv2.NewHttpApi(stack, jsii.String(fmt.Sprintf("Cell%d", i)), nil)
		targets = append(targets, cfrouter.NewHttpApiTarget(cell, nil))
	}
	for i := range shops {
		router.AddRoute(jsii.String(fmt.Sprintf("/shop-%d", i)), targets[i%cells], nil)
	}
	for i := range stories {
		moved := cfrouter.NewRedirectTarget(jsii.String(fmt.Sprintf("/stories/%d/", 2000+i)), &cfrouter.RedirectTargetProps{
			Status: cfrouter.RedirectStatus_MOVED_PERMANENTLY,
		})
		router.AddRoute(jsii.String(fmt.Sprintf("/blog/%d.html", i)), moved, &cfrouter.RouteOptions{Exact: jsii.Bool(true)})
	}
}
