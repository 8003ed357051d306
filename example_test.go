package cfrouter_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
)

// One domain for a site, an API, a function and a server elsewhere.
func ExampleNewRouter() {
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Shop"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("111122223333"), Region: jsii.String("eu-west-1")},
	})
	zone := awsroute53.HostedZone_FromHostedZoneAttributes(stack, jsii.String("Zone"), &awsroute53.HostedZoneAttributes{
		HostedZoneId: jsii.String("Z1D633PJN98FT9"),
		ZoneName:     jsii.String("example.com"),
	})
	site := awss3.NewBucket(stack, jsii.String("Site"), nil)
	api := awsapigatewayv2.NewHttpApi(stack, jsii.String("Api"), nil)
	report := awslambda.NewFunction(stack, jsii.String("Report"), &awslambda.FunctionProps{
		Code:    awslambda.Code_FromInline(jsii.String("exports.handler = async () => ({ statusCode: 200 })")),
		Handler: jsii.String("index.handler"),
		Runtime: awslambda.Runtime_NODEJS_22_X(),
	})

	// Records, and a certificate in us-east-1, come with the zone.
	router := cfrouter.NewRouter(stack, jsii.String("Router"), &cfrouter.RouterProps{
		DomainNames: jsii.Strings("shop.example.com"),
		HostedZone:  zone,
	})
	router.AddRoute(jsii.String("/"), cfrouter.NewBucketTarget(site, nil), nil)
	router.AddRoute(jsii.String("/api"), cfrouter.NewHttpApiTarget(api, nil), nil)
	router.AddRoute(jsii.String("/report"), cfrouter.NewFunctionTarget(report, nil), nil)
	router.AddRoute(jsii.String("/legacy"), cfrouter.NewUrlTarget(jsii.String("https://legacy.example.com"), nil), nil)

	fmt.Println(*router.Url())
	// Output: https://shop.example.com
}

// Routes can be added in any order: /api/admin goes to the function, everything
// else below /api to the API, pictures to their bucket wherever they are.
func ExampleRouter_addRoute() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)
	router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
	api := cfrouter.NewHttpApiTarget(awsapigatewayv2.NewHttpApi(stack, jsii.String("Api"), nil), nil)
	pictures := cfrouter.NewBucketTarget(awss3.NewBucket(stack, jsii.String("Pictures"), nil), nil)
	admin := cfrouter.NewUrlTarget(jsii.String("https://admin.example.com"), nil)

	router.AddRoute(jsii.String("/api"), api, nil)
	router.AddRoute(jsii.String("/api/admin"), admin, nil)
	router.AddRoute(jsii.String("/*.jpg"), pictures, nil)

	// The path alone, with the slash at its end being significant.
	router.AddRoute(jsii.String("/healthz"), api, &cfrouter.RouteOptions{Exact: jsii.Bool(true)})

	// Two patterns that overlap are warned about, unless that is acknowledged.
	awscdk.Annotations_Of(router).AcknowledgeWarning(jsii.String("cfrouter:overlap:/api:/*.jpg"), jsii.String("pictures of the API are its own"))
}

// Answers of an API are not cached unless a route asks for it. The host, all of
// the query string and what Cache names are then in the key.
func ExampleRouteOptions_cache() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)
	router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
	api := awsapigatewayv2.NewHttpApi(stack, jsii.String("Api"), nil)

	router.AddRoute(jsii.String("/api/prices"), cfrouter.NewHttpApiTarget(api, nil), &cfrouter.RouteOptions{
		StripPrefix: jsii.Bool(false),
		Cache: &awscloudfront.CachePolicyProps{
			MaxTtl:         awscdk.Duration_Minutes(jsii.Number(5)),
			HeaderBehavior: awscloudfront.CacheHeaderBehavior_AllowList(jsii.String("Accept-Language")),
		},
	})
}

// Whatever CDK can set for a behavior can be set for a route.
func ExampleRouteOptions_behavior() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)
	router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
	files := awss3.NewBucket(stack, jsii.String("Files"), nil)

	router.AddRoute(jsii.String("/files"), cfrouter.NewBucketTarget(files, nil), &cfrouter.RouteOptions{
		Behavior: &awscloudfront.AddBehaviorOptions{
			ResponseHeadersPolicy: awscloudfront.ResponseHeadersPolicy_CORS_ALLOW_ALL_ORIGINS_AND_SECURITY_HEADERS(),
		},
	})
}

// Any origin of CDK can be a target, such as one with a fallback.
func ExampleNewOriginTarget() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)
	router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)

	maps := awscloudfrontorigins.NewOriginGroup(&awscloudfrontorigins.OriginGroupProps{
		PrimaryOrigin:  awscloudfrontorigins.NewHttpOrigin(jsii.String("maps.example.com"), nil),
		FallbackOrigin: awscloudfrontorigins.NewHttpOrigin(jsii.String("maps.example.net"), nil),
	})
	// CloudFront fails over for reading methods only.
	router.AddRoute(jsii.String("/maps"), cfrouter.NewOriginTarget(maps, nil), &cfrouter.RouteOptions{
		Behavior: &awscloudfront.AddBehaviorOptions{AllowedMethods: awscloudfront.AllowedMethods_ALLOW_GET_HEAD()},
	})
}

// A mirror is a target of one's own: a server whose answers are always cached.
type mirror struct{ host string }

func (m *mirror) Key() *string { return jsii.String("mirror:" + m.host) }

func (m *mirror) Bind(constructs.Construct, *cfrouter.TargetBindOptions) *cfrouter.TargetConfig {
	return &cfrouter.TargetConfig{
		Origin:   awscloudfrontorigins.NewHttpOrigin(jsii.String(m.host), nil),
		Behavior: &awscloudfront.AddBehaviorOptions{AllowedMethods: awscloudfront.AllowedMethods_ALLOW_GET_HEAD()},
		Cache:    &awscloudfront.CachePolicyProps{DefaultTtl: awscdk.Duration_Days(jsii.Number(7))},
	}
}

// A target is whatever has a key and can make an origin.
func ExampleTarget() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)
	router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
	router.AddRoute(jsii.String("/packages"), &mirror{host: "mirror.example.com"}, nil)
}
