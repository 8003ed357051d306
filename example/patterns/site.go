package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3deployment"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
)

// staticSite serves about.html as /about, guides/index.html as /guides/, and
// 404.html, with status 404, for what is not there. The edge knows what is, since
// Content is the directory that is deployed.
func staticSite(app awscdk.App) {
	const content = "site"
	stack := awscdk.NewStack(app, jsii.String("StaticSite"), nil)
	site := awss3.NewBucket(stack, jsii.String("Site"), nil)

	router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
	router.AddRoute(jsii.String("/"), cfrouter.NewBucketTarget(site, &cfrouter.BucketTargetProps{
		Content:          jsii.String(content),
		CleanUrls:        cfrouter.CleanUrls_HTML,
		NotFoundDocument: jsii.String("/404.html"),
	}), nil)

	awss3deployment.NewBucketDeployment(stack, jsii.String("Deployment"), &awss3deployment.BucketDeploymentProps{
		DestinationBucket: site,
		Sources:           &[]awss3deployment.ISource{awss3deployment.Source_Asset(jsii.String(content), nil)},
		Distribution:      router.Distribution(),
		DistributionPaths: jsii.Strings("/*"),
	})
}
