// Command example is a small product behind one router: a print shop whose page prices jobs.
//
// It is a complete CDK app. `npx aws-cdk synth` in the repository's root builds it without an
// account, a domain or credentials.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2integrations"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3deployment"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"

	"github.com/cfrouter/cfrouter"
)

func main() {
	defer jsii.Close()
	newApp(nil).Synth(nil)
}

func newApp(props *awscdk.AppProps) awscdk.App {
	app := awscdk.NewApp(props)
	newStack(app)
	return app
}

// newStack names no account and no region, so that it can be deployed to any.
func newStack(app awscdk.App) awscdk.Stack {
	stack := awscdk.NewStack(app, jsii.String("Folio"), &awscdk.StackProps{
		Description: jsii.String("Folio, a print shop behind one cfrouter Router"),
	})
	logs := newLogBucket(stack)
	site, files := newBucket(stack, "Site", logs), newBucket(stack, "Files", logs)
	router := newRouter(stack, logs)

	router.AddRoute(jsii.String("/"), cfrouter.NewBucketTarget(site, nil), &cfrouter.RouteOptions{
		Behavior: &awscloudfront.AddBehaviorOptions{
			ResponseHeadersPolicy: awscloudfront.ResponseHeadersPolicy_SECURITY_HEADERS(),
		},
	})
	router.AddRoute(jsii.String("/files"), cfrouter.NewBucketTarget(files, nil), nil)
	router.AddRoute(jsii.String("/api"), cfrouter.NewHttpApiTarget(newApi(stack), nil), nil)
	router.AddRoute(jsii.String("/report"), newReport(stack), nil)
	router.AddRoute(jsii.String("/echo"), cfrouter.NewUrlTarget(jsii.String("https://postman-echo.com"), nil), nil)

	// The page hashes what it posts to /report; see signedPost in site/app.js.
	awscdk.Annotations_Of(router).AcknowledgeWarning(jsii.String("cfrouter:payloadHash:/report"), jsii.String("The page sends x-amz-content-sha256."))

	deploy(stack, router, []content{{"site", site}, {"files", files}})
	return stack
}

func newRouter(scope constructs.Construct, logs awss3.IBucket) cfrouter.Router {
	router := cfrouter.NewRouter(scope, jsii.String("Router"), &cfrouter.RouterProps{
		Distribution: &awscloudfront.DistributionProps{
			EnableLogging: jsii.Bool(true),
			LogBucket:     logs,
			LogFilePrefix: jsii.String("router/"),
		},
	})
	accept(router, "AwsSolutions-CFR1", "The shop is open to every country.")
	accept(router, "AwsSolutions-CFR2", "A web ACL has to be made in us-east-1, and this stack can be deployed to any region; the shop keeps no data to attack.")
	accept(router, "AwsSolutions-CFR4", "The certificate of cloudfront.net leaves no choice of TLS versions; with a domain of one's own the router asks for TLS 1.2.")
	return router
}

// accept leaves a finding of cdk-nag as it is, and says in the template why.
func accept(construct constructs.IConstruct, rule, reason string) {
	cdknag.NagSuppressions_AddResourceSuppressions(construct, &[]*cdknag.NagPackSuppression{
		{Id: jsii.String(rule), Reason: jsii.String(reason)},
	}, jsii.Bool(true))
}

// newLogBucket takes the access logs of the other buckets and of CloudFront, which delivers with an
// access control list and so needs a bucket that takes one. The logs go with the stack, so that
// nothing of an example stays behind; a product would keep them.
func newLogBucket(scope constructs.Construct) awss3.Bucket {
	return awss3.NewBucket(scope, jsii.String("Logs"), &awss3.BucketProps{
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		EnforceSSL:        jsii.Bool(true),
		ObjectOwnership:   awss3.ObjectOwnership_BUCKET_OWNER_PREFERRED,
		LifecycleRules:    &[]*awss3.LifecycleRule{{Expiration: awscdk.Duration_Days(jsii.Number(30))}},
		RemovalPolicy:     awscdk.RemovalPolicy_DESTROY,
		AutoDeleteObjects: jsii.Bool(true),
	})
}

// newBucket may be destroyed with everything in it, since all of it comes from this repository.
func newBucket(scope constructs.Construct, id string, logs awss3.IBucket) awss3.Bucket {
	return awss3.NewBucket(scope, jsii.String(id), &awss3.BucketProps{
		BlockPublicAccess:      awss3.BlockPublicAccess_BLOCK_ALL(),
		Encryption:             awss3.BucketEncryption_S3_MANAGED,
		EnforceSSL:             jsii.Bool(true),
		ServerAccessLogsBucket: logs,
		ServerAccessLogsPrefix: jsii.String(id + "/"),
		RemovalPolicy:          awscdk.RemovalPolicy_DESTROY,
		AutoDeleteObjects:      jsii.Bool(true),
	})
}

// content is a folder of this example and the bucket that serves it.
type content struct {
	folder string
	bucket awss3.IBucket
}

// deploy copies folders into their buckets and then clears the edge. Browsers ask again every time,
// because nothing can clear them; the edge may keep a file for a day.
func deploy(stack awscdk.Stack, router cfrouter.Router, contents []content) {
	logs := newLogGroup(stack, "DeployLogs")
	role := newLambdaRole(stack, "DeployRole", logs)
	for _, content := range contents {
		awss3deployment.NewBucketDeployment(stack, jsii.String("Deploy-"+content.folder), &awss3deployment.BucketDeploymentProps{
			DestinationBucket: content.bucket,
			Sources:           &[]awss3deployment.ISource{awss3deployment.Source_Asset(jsii.String(source(content.folder)), nil)},
			CacheControl: &[]awss3deployment.CacheControl{
				awss3deployment.CacheControl_FromString(jsii.String("public, max-age=0, s-maxage=86400")),
			},
			Distribution:      router.Distribution(),
			DistributionPaths: jsii.Strings("/*"),
			LogGroup:          logs,
			Role:              role,
		})
	}
	accept(role, "AwsSolutions-IAM5", "CDK's deployment grants itself wildcards of actions and keys, on the asset bucket and these two buckets only, and invalidation, which it allows for every distribution.")
	// CDK makes one function for all deployments of a stack, under an id of its own.
	handler := stack.Node().FindChild(jsii.String("Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C"))
	accept(handler, "AwsSolutions-L1", "CDK chooses the runtime that its deployment handler is tested with.")
}

// newApi sends every path and method to one function, which answers what it does not know with a
// problem that says what it does know.
func newApi(scope constructs.Construct) awsapigatewayv2.HttpApi {
	function := newFunction(scope, "Api", "api")
	api := awsapigatewayv2.NewHttpApi(scope, jsii.String("HttpApi"), &awsapigatewayv2.HttpApiProps{
		DefaultIntegration: awsapigatewayv2integrations.NewHttpLambdaIntegration(jsii.String("Function"), function, nil),
	})
	logRequests(scope, api)
	accept(api, "AwsSolutions-APIG4", "Prices are public, and the API stores nothing and reads nothing but its own catalog.")
	return api
}

// logRequests sets the access log on the resource itself, since the default stage takes no such
// setting when the API makes it.
func logRequests(scope constructs.Construct, api awsapigatewayv2.HttpApi) {
	logs := newLogGroup(scope, "HttpApiLogs")
	stage := api.DefaultStage().Node().DefaultChild().(awsapigatewayv2.CfnStage)
	stage.SetAccessLogSettings(&awsapigatewayv2.CfnStage_AccessLogSettingsProperty{
		DestinationArn: logs.LogGroupArn(),
		Format:         jsii.String(`{"requestId":"$context.requestId","method":"$context.httpMethod","path":"$context.path","status":"$context.status"}`),
	})
}

func newReport(scope constructs.Construct) cfrouter.Target {
	return cfrouter.NewFunctionTarget(newFunction(scope, "Report", "report"), &cfrouter.FunctionTargetProps{
		Url: &awslambda.FunctionUrlOptions{InvokeMode: awslambda.InvokeMode_RESPONSE_STREAM},
	})
}

func newFunction(scope constructs.Construct, id, command string) awslambda.Function {
	logs := newLogGroup(scope, id+"Logs")
	role := newLambdaRole(scope, id+"Role", logs)
	return awslambda.NewFunction(scope, jsii.String(id), &awslambda.FunctionProps{
		Runtime:      awslambda.Runtime_PROVIDED_AL2023(),
		Architecture: awslambda.Architecture_ARM_64(),
		Handler:      jsii.String("bootstrap"),
		Code:         goCode(command),
		MemorySize:   jsii.Number(256),
		Timeout:      awscdk.Duration_Seconds(jsii.Number(30)),
		LogGroup:     logs,
		Role:         role,
	})
}

// newLambdaRole lets a function write to its own log group only; the role that CDK makes unasked
// lets it write to every one of the account.
func newLambdaRole(scope constructs.Construct, id string, logs awslogs.ILogGroup) awsiam.Role {
	role := awsiam.NewRole(scope, jsii.String(id), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
	})
	logs.GrantWrite(role)
	return role
}

func newLogGroup(scope constructs.Construct, id string) awslogs.LogGroup {
	return awslogs.NewLogGroup(scope, jsii.String(id), &awslogs.LogGroupProps{
		Retention:     awslogs.RetentionDays_ONE_MONTH,
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
}
