package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
)

// fingerprintedAssets is for what bundlers make: files below /assets with a hash of
// their content in their name, which browsers keep for a year, and pages that name
// the newest of them and are therefore kept by nobody. A deployment then needs no
// invalidation, but for what is neither, such as favicon.ico. It has to leave the old
// assets in the bucket for a while, as pages that are open still ask for them.
func fingerprintedAssets(app awscdk.App) {
	stack := awscdk.NewStack(app, jsii.String("FingerprintedAssets"), nil)
	bundle := awss3.NewBucket(stack, jsii.String("Bundle"), nil)

	router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
	router.AddRoute(jsii.String("/"), cfrouter.NewBucketTarget(bundle, &cfrouter.BucketTargetProps{
		Immutable: jsii.Strings("/assets/*"),
	}), nil)
}
