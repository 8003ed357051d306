// Command patterns is a cookbook: each recipe is a stack with one Router, made by a
// function that is there to be copied.
//
//	hosts.go        a site for one host beside an API for all; tenants by wildcard host
//	redirects.go    one name for a site; pages that moved; redirects without path or query
//	responses.go    robots.txt, security.txt and a health check without an origin
//	spa.go          a single-page app beside an API whose 404s stay its own
//	site.go         clean urls and a 404 page of one's own
//	assets.go       fingerprinted assets kept for a year, and HTML not at all
//	rewrites.go     paths changed by rules; an application that knows nothing of its prefix
//	conditions.go   beta users by cookie, countries by region
//	canary.go       a share of the viewers, changed without a deployment; blue and green
//	queries.go      query strings that share an object in the cache
//	shortlinks.go   redirects from a list in the key-value store
//	owncode.go      code of one's own before and after routing, and on responses
//	maintenance.go  a switch that closes everything
//	manyroutes.go   thousands of routes
//
// The test beside each file says where its urls lead, and runs what was synthesized
// to see that they do.
//
// It is a complete CDK app, and takes no account to be synthesized. In this directory,
//
//	npx -y aws-cdk@2.1148.1 synth --quiet
//
// writes the templates to cdk.out, which is where the following look for them:
//
//	go run ../../cmd/cfrouter routes
//	go run ../../cmd/cfrouter explain -distribution StaticSite/Router /about
//	go run ../../cmd/cfrouter serve -distribution StaticSite/Router
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

func main() {
	defer jsii.Close()
	newApp(nil).Synth(nil)
}

func newApp(props *awscdk.AppProps) awscdk.App {
	app := awscdk.NewApp(props)
	for _, add := range recipes {
		add(app)
	}
	return app
}

// recipes add a stack each.
var recipes = []func(awscdk.App){
	adminHost,
	tenants,
	redirects,
	responses,
	singlePageApp,
	staticSite,
	fingerprintedAssets,
	rewrites,
	legacyApp,
	betaUsers,
	countries,
	canary,
	blueGreen,
	queryStrings,
	shortLinks,
	ownCode,
	maintenance,
	manyRoutes,
}
