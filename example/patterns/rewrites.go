package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
)

// rewrites lets the addresses of a blog outlive the program that they are from. The
// rules see what is left of the path after /blog, and the first that matches is
// applied, alone.
func rewrites(app awscdk.App) {
	stack := awscdk.NewStack(app, jsii.String("Rewrites"), nil)
	blog := awss3.NewBucket(stack, jsii.String("Blog"), nil)

	router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
	router.AddRoute(jsii.String("/blog"), cfrouter.NewBucketTarget(blog, nil), &cfrouter.RouteOptions{
		Rewrite: &[]*cfrouter.RewriteRule{
			{Match: jsii.String(`^/(\d{4})/(\d\d)/([^/.]+)/?$`), Replace: jsii.String("/posts/$1-$2-$3.html")},
			{Match: jsii.String(`^/(?<topic>[a-z-]+)/feed/?$`), Replace: jsii.String("/feeds/$<topic>.xml")},
			{Match: jsii.String(`\.htm$`), Replace: jsii.String(".html")},
		},
	})
}

// legacyApp puts an application under a path of which it knows nothing: it redirects
// to "/login" and sets cookies for "/", which the viewer gets as "/wiki/login" and
// "/wiki". In its pages, links have to be relative.
func legacyApp(app awscdk.App) {
	stack := awscdk.NewStack(app, jsii.String("LegacyApp"), nil)
	wiki := cfrouter.NewUrlTarget(jsii.String("https://wiki.example.com"), nil)

	router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
	router.AddRoute(jsii.String("/wiki"), wiki, &cfrouter.RouteOptions{RestorePrefix: jsii.Bool(true)})
}
