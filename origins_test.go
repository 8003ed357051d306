package cfrouter_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
)

// originOf is the origin that a behavior leads to.
func originOf(t *testing.T, template map[string]any, path string) map[string]any {
	t.Helper()
	id := behaviorOf(t, template, path)["TargetOriginId"]
	for _, origin := range objects(configOf(t, template)["Origins"]) {
		if origin["Id"] == id {
			return origin
		}
	}
	t.Fatalf("behavior %q leads to %v, which is no origin", path, id)
	return nil
}

// statementsOf are the statements of the one policy of a kind that CloudFront
// is the principal of.
func statementsOf(t *testing.T, template map[string]any, kind, document string) []map[string]any {
	t.Helper()
	_, properties := only(t, template, kind)
	var out []map[string]any
	for _, statement := range objects(object(properties[document])["Statement"]) {
		if object(statement["Principal"])["Service"] == "cloudfront.amazonaws.com" {
			out = append(out, statement)
		}
	}
	return out
}

// encryptedBucket is a bucket with a key of its own.
func encryptedBucket(bucketStack, keyStack awscdk.Stack) awss3.Bucket {
	return awss3.NewBucket(bucketStack, jsii.String("Bucket"), &awss3.BucketProps{
		Encryption:    awss3.BucketEncryption_KMS,
		EncryptionKey: awskms.NewKey(keyStack, jsii.String("Key"), nil),
	})
}

// anyDistribution is the condition where naming the distribution would close a
// circle.
var anyDistribution = map[string]any{
	"StringEquals": map[string]any{"AWS:SourceAccount": ref("AWS::AccountId")},
	"ArnLike":      map[string]any{"AWS:SourceArn": distributionArn("*")},
}

func TestEncryptedBucket(t *testing.T) {
	stack := newStack()
	bucket := encryptedBucket(stack, stack)
	routerIn(stack, nil).AddRoute(jsii.String("/"), cfrouter.NewBucketTarget(bucket, &cfrouter.BucketTargetProps{
		Origin: &awscloudfrontorigins.S3BucketOriginWithOACProps{
			OriginPath:         jsii.String("/public"),
			OriginAccessLevels: &[]awscloudfront.AccessLevel{awscloudfront.AccessLevel_READ, awscloudfront.AccessLevel_READ_VERSIONED, awscloudfront.AccessLevel_WRITE},
		},
	}), nil)
	template := synthesize(t, stack)
	golden(t, "encrypted-bucket", template)

	distribution, _ := only(t, template, "AWS::CloudFront::Distribution")
	named := map[string]any{"StringEquals": map[string]any{"AWS:SourceArn": distributionArn(ref(distribution))}}
	id := logicalId(stack, bucket.Node().DefaultChild())
	service := map[string]any{"Service": "cloudfront.amazonaws.com"}
	same(t, "statements of the bucket", []map[string]any{{
		"Effect": "Allow", "Principal": service, "Condition": named,
		"Action":   []any{"s3:GetObject", "s3:ListBucket", "s3:GetObjectVersion", "s3:PutObject"},
		"Resource": []any{join(attribute(id, "Arn"), "/*"), attribute(id, "Arn")},
	}}, statementsOf(t, template, "AWS::S3::BucketPolicy", "PolicyDocument"))
	same(t, "statements of the key", []map[string]any{{
		"Effect": "Allow", "Principal": service, "Condition": anyDistribution, "Resource": "*",
		"Action": []any{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*"},
	}}, statementsOf(t, template, "AWS::KMS::Key", "KeyPolicy"))
	same(t, "origin path", "/public", originOf(t, template, "*")["OriginPath"].(string))
}

// What targets are made of may be in other stacks, as long as those need not
// know of the Router's.
func TestCrossStack(t *testing.T) {
	app := newApp()
	keys := awscdk.NewStack(app, jsii.String("Keys"), nil)
	data := awscdk.NewStack(app, jsii.String("Data"), nil)
	web := awscdk.NewStack(app, jsii.String("Web"), nil)
	bucket := encryptedBucket(data, keys)
	fn := newLambda(data, "Report")
	api := awsapigatewayv2.NewHttpApi(data, jsii.String("Api"), nil)
	router := routerIn(web, nil)
	router.AddRoute(jsii.String("/"), cfrouter.NewBucketTarget(bucket, nil), nil)
	router.AddRoute(jsii.String("/report"), cfrouter.NewFunctionTarget(fn, nil), nil)
	router.AddRoute(jsii.String("/api"), cfrouter.NewHttpApiTarget(api, nil), nil)
	keysTemplate, dataTemplate, webTemplate := synthesize(t, keys), synthesize(t, data), synthesize(t, web)
	golden(t, "cross-stack.keys", keysTemplate)
	golden(t, "cross-stack.data", dataTemplate)
	golden(t, "cross-stack.web", webTemplate)

	same(t, "stacks that the keys depend on", 0, len(*keys.Dependencies()))
	for _, stack := range *data.Dependencies() {
		same(t, "stack that the data depend on", "Keys", *stack.Node().Path())
	}
	for _, statement := range statementsOf(t, dataTemplate, "AWS::S3::BucketPolicy", "PolicyDocument") {
		same(t, "condition of the bucket", anyDistribution, object(statement["Condition"]))
	}
	for _, statement := range statementsOf(t, keysTemplate, "AWS::KMS::Key", "KeyPolicy") {
		same(t, "condition of the key", anyDistribution, object(statement["Condition"]))
	}
	count(t, dataTemplate, "AWS::Lambda::Permission", 0)
	count(t, webTemplate, "AWS::Lambda::Permission", 2)
}

// AWS needs both permissions, and neither may let anyone but the distribution
// in.
func holdsPermissions(t *testing.T, template map[string]any, function any) {
	t.Helper()
	distribution, _ := only(t, template, "AWS::CloudFront::Distribution")
	var got []map[string]any
	for _, permission := range resourcesOf(template, "AWS::Lambda::Permission") {
		got = append(got, permission)
	}
	if len(got) != 2 {
		t.Fatalf("there are %d permissions, want 2: %v", len(got), got)
	}
	if got[0]["Action"] == "lambda:InvokeFunctionUrl" {
		got[0], got[1] = got[1], got[0]
	}
	arn := distributionArn(ref(distribution))
	same(t, "permissions", []map[string]any{
		{
			"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": true,
			"FunctionName": function, "Principal": "cloudfront.amazonaws.com", "SourceArn": arn,
		},
		{
			"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "AWS_IAM",
			"FunctionName": function, "Principal": "cloudfront.amazonaws.com", "SourceArn": arn,
		},
	}, got)
}

// Permissions are made in the region of the function, once for all Routers, and
// there the distribution cannot be named without closing a circle.
func TestFunctionInAnotherRegion(t *testing.T) {
	app := newApp()
	stackIn := func(region string) awscdk.Stack {
		return awscdk.NewStack(app, jsii.String(region), &awscdk.StackProps{
			Env:                   &awscdk.Environment{Account: jsii.String(account), Region: jsii.String(region)},
			CrossRegionReferences: jsii.Bool(true),
		})
	}
	there, here := stackIn("eu-west-1"), stackIn("us-east-1")
	fn := newLambda(there, "Report")
	for _, id := range []string{"One", "Two"} {
		cfrouter.NewRouter(here, jsii.String(id), nil).AddRoute(jsii.String("/report"), cfrouter.NewFunctionTarget(fn, nil), nil)
	}
	thereTemplate, hereTemplate := synthesize(t, there), synthesize(t, here)
	count(t, hereTemplate, "AWS::Lambda::Permission", 0)
	count(t, thereTemplate, "AWS::Lambda::Permission", 2)
	for _, action := range []string{"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"} {
		has(t, thereTemplate, "AWS::Lambda::Permission", map[string]any{
			"Action": action, "Principal": "cloudfront.amazonaws.com",
			"SourceArn": join("arn:", ref("AWS::Partition"), ":cloudfront::"+account+":distribution/*"),
		})
	}
}

// What was imported is reached as what was made here is.
func TestImported(t *testing.T) {
	stack := newStack()
	router := routerIn(stack, nil)
	router.AddRoute(jsii.String("/api"), cfrouter.NewHttpApiTarget(awsapigatewayv2.HttpApi_FromHttpApiAttributes(stack, jsii.String("Api"), &awsapigatewayv2.HttpApiAttributes{
		HttpApiId: jsii.String("abc123"),
	}), nil), nil)
	router.AddRoute(jsii.String("/report"), cfrouter.NewFunctionTarget(awslambda.Function_FromFunctionName(stack, jsii.String("Report"), jsii.String("report")), nil), nil)
	template := synthesize(t, stack)

	same(t, "host of the API", any(join("abc123.execute-api.", ref("AWS::Region"), ".", ref("AWS::URLSuffix"))), originOf(t, template, "/api")["DomainName"])
	url, properties := only(t, template, "AWS::Lambda::Url")
	same(t, "function of the url", any(join("arn:", ref("AWS::Partition"), ":lambda:", ref("AWS::Region"), ":", ref("AWS::AccountId"), ":function:report")), properties["TargetFunctionArn"])
	holdsPermissions(t, template, attribute(url, "FunctionArn"))
	signedByLambdaControl(t, template, originOf(t, template, "/report"))
}

// signedByLambdaControl reports an origin that the one control for functions
// does not sign for.
func signedByLambdaControl(t *testing.T, template, origin map[string]any) {
	t.Helper()
	id, control := only(t, template, "AWS::CloudFront::OriginAccessControl")
	same(t, "origin access control", any(attribute(id, "Id")), origin["OriginAccessControlId"])
	config := object(control["OriginAccessControlConfig"])
	delete(config, "Name")
	same(t, "its settings", map[string]any{
		"OriginAccessControlOriginType": "lambda", "SigningBehavior": "always", "SigningProtocol": "sigv4",
	}, config)
}

func TestFunctionUrlOptions(t *testing.T) {
	stack := newStack()
	fn := newLambda(stack, "Report")
	routerIn(stack, nil).AddRoute(jsii.String("/report"), cfrouter.NewFunctionTarget(fn, &cfrouter.FunctionTargetProps{
		Url: &awslambda.FunctionUrlOptions{
			InvokeMode: awslambda.InvokeMode_RESPONSE_STREAM,
			Cors:       &awslambda.FunctionUrlCorsOptions{AllowedOrigins: jsii.Strings("https://app.example.com")},
		},
		Origin: &awscloudfrontorigins.FunctionUrlOriginWithOACProps{
			ReadTimeout: awscdk.Duration_Seconds(jsii.Number(60)),
		},
	}), nil)
	template := synthesize(t, stack)
	golden(t, "function-url-options", template)

	url, properties := only(t, template, "AWS::Lambda::Url")
	same(t, "access to the url", "AWS_IAM", properties["AuthType"].(string))
	same(t, "mode of the url", "RESPONSE_STREAM", properties["InvokeMode"].(string))
	holdsPermissions(t, template, attribute(url, "FunctionArn"))
	origin := originOf(t, template, "/report")
	signedByLambdaControl(t, template, origin)
	same(t, "timeout", 60.0, object(origin["CustomOriginConfig"])["OriginReadTimeout"].(float64))
}

func TestAlias(t *testing.T) {
	stack := newStack()
	live := newLambda(stack, "Report").AddAlias(jsii.String("live"), nil)
	routerIn(stack, nil).AddRoute(jsii.String("/report"), cfrouter.NewFunctionTarget(live, nil), nil)
	template := synthesize(t, stack)

	url, properties := only(t, template, "AWS::Lambda::Url")
	same(t, "alias of the url", "live", properties["Qualifier"].(string))
	holdsPermissions(t, template, attribute(url, "FunctionArn"))
	signedByLambdaControl(t, template, originOf(t, template, "/report/*"))
}

func TestExistingFunctionUrl(t *testing.T) {
	stack := newStack()
	url := newLambda(stack, "Report").AddFunctionUrl(&awslambda.FunctionUrlOptions{AuthType: awslambda.FunctionUrlAuthType_AWS_IAM})
	routerIn(stack, nil).AddRoute(jsii.String("/report"), cfrouter.NewFunctionUrlTarget(url, nil), nil)
	template := synthesize(t, stack)
	golden(t, "function-url", template)
	id, _ := only(t, template, "AWS::Lambda::Url")
	holdsPermissions(t, template, attribute(id, "FunctionArn"))
	signedByLambdaControl(t, template, originOf(t, template, "/report"))
}

// A URL that is open to all is not signed for, and nothing is permitted beyond
// what the CDK permits for it.
func TestOpenFunctionUrl(t *testing.T) {
	stack := newStack()
	url := newLambda(stack, "Report").AddFunctionUrl(&awslambda.FunctionUrlOptions{AuthType: awslambda.FunctionUrlAuthType_NONE})
	routerIn(stack, nil).AddRoute(jsii.String("/report"), cfrouter.NewFunctionUrlTarget(url, nil), nil)
	template := synthesize(t, stack)
	count(t, template, "AWS::CloudFront::OriginAccessControl", 0)
	if control, given := originOf(t, template, "/report")["OriginAccessControlId"]; given {
		t.Errorf("the origin has the access control %v", control)
	}
	for id, permission := range resourcesOf(template, "AWS::Lambda::Permission") {
		if permission["Principal"] != "*" {
			t.Errorf("%s permits %v", id, permission)
		}
	}
}

// A route that is added to two Routers is granted to both distributions.
func TestTwoRoutersShareAFunction(t *testing.T) {
	stack := newStack()
	fn := newLambda(stack, "Report")
	for _, id := range []string{"One", "Two"} {
		cfrouter.NewRouter(stack, jsii.String(id), nil).AddRoute(jsii.String("/"), cfrouter.NewFunctionTarget(fn, nil), nil)
	}
	template := synthesize(t, stack)
	count(t, template, "AWS::Lambda::Url", 1)
	count(t, template, "AWS::Lambda::Permission", 4)
	for id := range resourcesOf(template, "AWS::CloudFront::Distribution") {
		has(t, template, "AWS::Lambda::Permission", map[string]any{
			"Action": "lambda:InvokeFunctionUrl", "SourceArn": distributionArn(ref(id)),
		})
	}
}

func TestHttpApiStage(t *testing.T) {
	stack := newStack()
	api := awsapigatewayv2.NewHttpApi(stack, jsii.String("Api"), nil)
	stage := api.AddStage(jsii.String("Beta"), &awsapigatewayv2.HttpStageOptions{StageName: jsii.String("beta"), AutoDeploy: jsii.Bool(true)})
	router := routerIn(stack, nil)
	router.AddRoute(jsii.String("/api"), cfrouter.NewHttpApiTarget(api, nil), nil)
	router.AddRoute(jsii.String("/beta"), cfrouter.NewHttpApiTarget(api, &cfrouter.HttpApiTargetProps{
		Stage:  stage,
		Origin: &awscloudfrontorigins.HttpOriginProps{OriginPath: jsii.String("/v1"), KeepaliveTimeout: awscdk.Duration_Seconds(jsii.Number(30))},
	}), nil)
	template := synthesize(t, stack)
	golden(t, "http-api-stage", template)

	byDefault, beta := originOf(t, template, "/api"), originOf(t, template, "/beta")
	same(t, "host", byDefault["DomainName"], beta["DomainName"])
	same(t, "host", any(join(ref(logicalId(stack, api.Node().DefaultChild())), ".execute-api.", ref("AWS::Region"), ".", ref("AWS::URLSuffix"))), beta["DomainName"])
	same(t, "path of the default stage", nil, byDefault["OriginPath"])
	path := beta["OriginPath"]
	if joined, ok := object(path)["Fn::Join"].([]any); ok {
		same(t, "path of the stage", []any{"/", ref(logicalId(stack, stage.Node().DefaultChild())), "/v1"}, joined[1].([]any))
	} else {
		same(t, "path of the stage", any("/beta/v1"), path)
	}
}

func TestUrls(t *testing.T) {
	stack := newStack()
	router := routerIn(stack, nil)
	for pattern, url := range map[string]string{
		"/plain":   "http://legacy.example.com",
		"/port":    "http://legacy.example.com:8080/base/path/",
		"/secure":  "https://api.example.com:8443",
		"/default": "HTTPS://API.example.com:443/",
	} {
		router.AddRoute(jsii.String(pattern), cfrouter.NewUrlTarget(jsii.String(url), nil), nil)
	}
	router.AddRoute(jsii.String("/custom"), cfrouter.NewUrlTarget(jsii.String("https://api.example.com/v1"), &cfrouter.UrlTargetProps{
		Origin: &awscloudfrontorigins.HttpOriginProps{
			ConnectionAttempts: jsii.Number(2),
			CustomHeaders:      &map[string]*string{"x-origin": jsii.String("router")},
		},
	}), nil)
	template := synthesize(t, stack)
	golden(t, "urls", template)

	for path, want := range map[string]struct {
		host, protocol, path string
		http, https          any
	}{
		"/plain":   {"legacy.example.com", "http-only", "", nil, nil},
		"/port":    {"legacy.example.com", "http-only", "/base/path", 8080.0, nil},
		"/secure":  {"api.example.com", "https-only", "", nil, 8443.0},
		"/default": {"api.example.com", "https-only", "", nil, nil},
		"/custom":  {"api.example.com", "https-only", "/v1", nil, nil},
	} {
		origin := originOf(t, template, path)
		custom := object(origin["CustomOriginConfig"])
		base, _ := origin["OriginPath"].(string)
		same(t, "origin of "+path,
			[]any{want.host, want.protocol, want.path, want.http, want.https},
			[]any{origin["DomainName"], custom["OriginProtocolPolicy"], base, custom["HTTPPort"], custom["HTTPSPort"]})
	}
}

// originGroup is an origin with a bucket and, if that fails, a server.
func originGroup(stack awscdk.Stack, id, fallback string) awscloudfront.IOrigin {
	bucket := awss3.NewBucket(stack, jsii.String(id), nil)
	return awscloudfrontorigins.NewOriginGroup(&awscloudfrontorigins.OriginGroupProps{
		PrimaryOrigin:       awscloudfrontorigins.S3BucketOrigin_WithOriginAccessControl(bucket, nil),
		FallbackOrigin:      awscloudfrontorigins.NewHttpOrigin(jsii.String(fallback), nil),
		FallbackStatusCodes: &[]*float64{jsii.Number(500), jsii.Number(503)},
	})
}

func TestOriginGroup(t *testing.T) {
	stack := newStack()
	router := routerIn(stack, nil)
	readOnly := &cfrouter.RouteOptions{Behavior: &awscloudfront.AddBehaviorOptions{
		AllowedMethods:      awscloudfront.AllowedMethods_ALLOW_GET_HEAD(),
		OriginRequestPolicy: awscloudfront.OriginRequestPolicy_CORS_S3_ORIGIN(),
	}}
	router.AddRoute(jsii.String("/media"), cfrouter.NewOriginTarget(originGroup(stack, "Media", "media.example.com"), nil), readOnly)
	router.AddRoute(jsii.String("/maps"), cfrouter.NewOriginTarget(originGroup(stack, "Maps", "maps.example.com"), nil), readOnly)
	template := synthesize(t, stack)
	golden(t, "origin-group", template)

	config := configOf(t, template)
	hosts := map[any]any{}
	for _, origin := range objects(config["Origins"]) {
		hosts[origin["Id"]] = origin["DomainName"]
	}
	for path, want := range map[string][2]any{
		"/media/*": {attribute(logicalId(stack, stack.Node().FindChild(jsii.String("Media")).Node().DefaultChild()), "RegionalDomainName"), "media.example.com"},
		"/maps/*":  {attribute(logicalId(stack, stack.Node().FindChild(jsii.String("Maps")).Node().DefaultChild()), "RegionalDomainName"), "maps.example.com"},
	} {
		target := behaviorOf(t, template, path)["TargetOriginId"]
		for _, group := range objects(object(config["OriginGroups"])["Items"]) {
			if group["Id"] == target {
				members := objects(object(group["Members"])["Items"])
				same(t, "members of "+path, want, [2]any{hosts[members[0]["OriginId"]], hosts[members[1]["OriginId"]]})
				delete(hosts, target)
				target = nil
			}
		}
		if target != nil {
			t.Errorf("behavior %s leads to %v, which is no origin group", path, target)
		}
	}
}

// counted is a target of a user's own. It says what it is, or not.
type counted struct {
	key   *string
	binds int
}

func (c *counted) Key() *string { return c.key }

func (c *counted) Bind(scope constructs.Construct, options *cfrouter.TargetBindOptions) *cfrouter.TargetConfig {
	c.binds++
	host := *scope.Node().Id() + ".example.com"
	return &cfrouter.TargetConfig{Origin: awscloudfrontorigins.NewHttpOrigin(jsii.String(host), nil)}
}

// Targets are bound once for each key, and without a key once for each value,
// also where two routes have the same path.
func TestTargetsAreBoundOnce(t *testing.T) {
	stack := newStack()
	router := routerIn(stack, nil)
	keyed, alsoKeyed, bare, exact := &counted{key: jsii.String("keyed")}, &counted{key: jsii.String("keyed")}, &counted{}, &counted{}
	for pattern, target := range map[string]cfrouter.Target{"/a": keyed, "/b": alsoKeyed, "/c": bare, "/d": bare} {
		router.AddRoute(jsii.String(pattern), target, nil)
	}
	router.AddRoute(jsii.String("/e"), &counted{}, nil)
	router.AddRoute(jsii.String("/e"), exact, &cfrouter.RouteOptions{Exact: jsii.Bool(true)})
	router.AddRoute(jsii.String("/f"), cfrouter.NewOriginTarget(awscloudfrontorigins.NewHttpOrigin(jsii.String("f.example.com"), nil), &cfrouter.OriginTargetProps{Id: jsii.String("/c")}), nil)
	template := synthesize(t, stack)

	same(t, "binds of equal keys", 1, keyed.binds+alsoKeyed.binds)
	same(t, "binds without a key", 1, bare.binds)
	same(t, "binds of another target for the same path", 1, exact.binds)
	target := func(path string) any { return behaviorOf(t, template, path)["TargetOriginId"] }
	same(t, "origin of equal keys", target("/a"), target("/b"))
	same(t, "origin of one value", target("/c"), target("/d"))
	if target("/e") == target("/e/*") {
		t.Errorf("two targets share the origin %v", target("/e"))
	}
	same(t, "host of an origin whose id is a pattern", any("f.example.com"), originOf(t, template, "/f")["DomainName"])
}

// CloudFront takes no writes for a behavior of an origin group.
func TestOriginGroupTakesNoWrites(t *testing.T) {
	stack := newStack()
	router := routerIn(stack, nil)
	router.AddRoute(jsii.String("/media"), cfrouter.NewOriginTarget(originGroup(stack, "Media", "media.example.com"), nil), nil)
	same(t, "refusal", `cfrouter: pattern "/maps" allows every method and leads to an origin group, for which CloudFront takes GET, HEAD and OPTIONS only: use AllowedMethods_ALLOW_GET_HEAD_OPTIONS(), or route what writes to one origin`, refusal(func() {
		router.AddRoute(jsii.String("/maps"), cfrouter.NewOriginTarget(originGroup(stack, "Maps", "maps.example.com"), nil), &cfrouter.RouteOptions{
			Behavior: &awscloudfront.AddBehaviorOptions{AllowedMethods: awscloudfront.AllowedMethods_ALLOW_ALL()},
		})
	}))
	same(t, "methods", []any{"GET", "HEAD", "OPTIONS"}, behaviorOf(t, synthesize(t, stack), "/media")["AllowedMethods"].([]any))
}

// One target makes one URL, whichever Routers it is added to.
func TestFunctionTargetOfTwoRouters(t *testing.T) {
	stack := newStack()
	target := cfrouter.NewFunctionTarget(newLambda(stack, "Fn"), &cfrouter.FunctionTargetProps{
		Url: &awslambda.FunctionUrlOptions{InvokeMode: awslambda.InvokeMode_RESPONSE_STREAM},
	})
	for _, id := range []string{"One", "Two"} {
		cfrouter.NewRouter(stack, jsii.String(id), nil).AddRoute(jsii.String("/"), target, nil)
	}
	template := synthesize(t, stack)
	count(t, template, "AWS::Lambda::Url", 1)
	count(t, template, "AWS::Lambda::Permission", 4)
}
