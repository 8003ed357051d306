package cfrouter_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
	"github.com/cfrouter/cfrouter/internal/glob"
)

// warningsOf are the warnings about a Router, as they are printed.
func warningsOf(router cfrouter.Router) []string {
	var out []string
	for _, construct := range *router.Node().FindAll(constructs.ConstructOrder_PREORDER) {
		for _, entry := range *construct.Node().Metadata() {
			if *entry.Type == "aws:cdk:warning" {
				out = append(out, fmt.Sprint(entry.Data))
			}
		}
	}
	return out
}

func acknowledge(router cfrouter.Router, id string) {
	awscdk.Annotations_Of(router).AcknowledgeWarning(jsii.String("cfrouter:"+id), jsii.String("This is meant."))
}

// doubt is what gets warnings under one id.
type doubt struct {
	id   string
	cast func(stack awscdk.Stack, router cfrouter.Router)
	want []string
}

// TestWarnings holds every kind of warning to its text, and lets it be
// acknowledged on the Router before and after it came up.
func TestWarnings(t *testing.T) {
	for _, test := range []doubt{
		{"overlap:/img:/*.jpg", func(stack awscdk.Stack, router cfrouter.Router) {
			router.AddRoute(jsii.String("/*.jpg"), urlTarget("https://a.example.com"), nil)
			router.AddRoute(jsii.String("/img"), urlTarget("https://b.example.com"), nil)
		}, []string{
			`patterns "/img" and "/*.jpg" both match "/img/.jpg" and neither is more specific: "/img" goes first. Acknowledge this if it is meant, or write one of them so that it excludes or contains the other`,
		}},
		{"sharedCacheKey:/a:/b", func(stack awscdk.Stack, router cfrouter.Router) {
			for _, pattern := range []string{"/b", "/a"} {
				router.AddRoute(jsii.String(pattern), bucketTarget(stack, "Bucket "+pattern[1:]), ownPolicy(awscloudfront.CachePolicy_CACHING_OPTIMIZED()))
			}
		}, []string{
			`patterns "/a" and "/b" use cache policies of their own, and both targets can be asked for "/": as AWS does not say that behavior or origin are part of the cache key, one may answer with an object of the other. Use Cache instead of Behavior.CachePolicy, name the header x-cfrouter-route in both policies, or do not strip the prefixes`,
		}},
		{"sharedCacheKey:/b/index.html:/b*", func(stack awscdk.Stack, router cfrouter.Router) {
			exact := ownPolicy(awscloudfront.CachePolicy_CACHING_OPTIMIZED())
			exact.Exact = jsii.Bool(true)
			router.AddRoute(jsii.String("/b*"), bucketTarget(stack, "Bucket b"), ownPolicy(awscloudfront.CachePolicy_CACHING_OPTIMIZED()))
			router.AddRoute(jsii.String("/b/index.html"), bucketTarget(stack, "Bucket a"), exact)
		}, []string{
			`patterns "/b/index.html (exact)" and "/b*" use cache policies of their own, and both targets can be asked for "/b/index.html": as AWS does not say that behavior or origin are part of the cache key, one may answer with an object of the other. Use Cache instead of Behavior.CachePolicy, or name the header x-cfrouter-route in both policies`,
		}},
		{"parameter:/:lang/users/:id", func(stack awscdk.Stack, router cfrouter.Router) {
			router.AddRoute(jsii.String("/:lang/users/:id/"), urlTarget("https://example.com"), nil)
		}, []string{
			`pattern "/:lang/users/:id" has a segment that begins with a colon and matches that very text and nothing else, as patterns have no parameters: write "*" for any text, as in "/*/users/*", or acknowledge this if the text is meant`,
		}},
		{"unkeyedRequest:/a", func(stack awscdk.Stack, router cfrouter.Router) {
			router.AddRoute(jsii.String("/a"), apiTarget(stack, "Api"), &cfrouter.RouteOptions{Cache: &awscloudfront.CachePolicyProps{}})
		}, []string{
			`responses under "/a" are cached, and the origin request policy sends headers or cookies that may not be in the cache key: if a response depends on them, one viewer gets what was made for another. Name those it depends on in Cache.HeaderBehavior and CookieBehavior and acknowledge this, or set Behavior.OriginRequestPolicy to one that sends none`,
		}},
		{"unkeyedRequest:/b", func(stack awscdk.Stack, router cfrouter.Router) {
			router.AddRoute(jsii.String("/b"), apiTarget(stack, "Api"), ownPolicy(awscloudfront.CachePolicy_CACHING_OPTIMIZED()))
		}, []string{
			`responses under "/b" are cached, and the origin request policy sends headers or cookies that may not be in the cache key: if a response depends on them, one viewer gets what was made for another. Name those it depends on in Cache.HeaderBehavior and CookieBehavior and acknowledge this, or set Behavior.OriginRequestPolicy to one that sends none`,
		}},
		{"payloadHash:/a", func(stack awscdk.Stack, router cfrouter.Router) {
			router.AddRoute(jsii.String("/a"), cfrouter.NewFunctionTarget(newLambda(stack, "Fn"), nil), nil)
		}, []string{
			`requests with a body under "/a" need the header x-amz-content-sha256 with the SHA-256 of the body in lower-case hex, set by the client: the function URL behind the origin access control refuses them without. Acknowledge this once clients send it, or allow fewer methods with Behavior.AllowedMethods`,
		}},
		{"publicFunctionUrl:Stack/Fn/FunctionUrl", func(stack awscdk.Stack, router cfrouter.Router) {
			url := newLambda(stack, "Fn").AddFunctionUrl(&awslambda.FunctionUrlOptions{AuthType: awslambda.FunctionUrlAuthType_NONE})
			router.AddRoute(jsii.String("/a"), cfrouter.NewFunctionUrlTarget(url, nil), nil)
		}, []string{
			`function URL "Stack/Fn/FunctionUrl" has AuthType NONE, so anyone can call it past the distribution: make it with FunctionUrlAuthType_AWS_IAM`,
		}},
		{"bucketPolicy:Stack/Files", func(stack awscdk.Stack, router cfrouter.Router) {
			bucket := awss3.Bucket_FromBucketName(stack, jsii.String("Files"), jsii.String("files"))
			router.AddRoute(jsii.String("/a"), cfrouter.NewBucketTarget(bucket, nil), nil)
		}, []string{
			`bucket "Stack/Files" was imported, so its policy cannot be changed here. Add this statement to it, with the ids of the account and of the distribution: {"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::files/*","arn:aws:s3:::files"],"Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::ACCOUNT_ID:distribution/DISTRIBUTION_ID"}}}`,
		}},
		{"keyPolicy:Stack/Key", func(stack awscdk.Stack, router cfrouter.Router) {
			key := awskms.Key_FromKeyArn(stack, jsii.String("Key"), jsii.String("arn:aws:kms:eu-west-1:111122223333:key/1"))
			bucket := awss3.NewBucket(stack, jsii.String("Files"), &awss3.BucketProps{BucketName: jsii.String("files"), EncryptionKey: key})
			router.AddRoute(jsii.String("/a"), cfrouter.NewBucketTarget(bucket, nil), nil)
		}, []string{
			`key "arn:aws:kms:eu-west-1:111122223333:key/1", which encrypts bucket "Stack/Files", was imported, so its policy cannot be changed here. Add this statement to it: {"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":["kms:Decrypt"],"Resource":["*"],"Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:cloudfront::ACCOUNT_ID:distribution/*"},"StringEquals":{"AWS:SourceAccount":"ACCOUNT_ID"}}}`,
		}},
		{"managedKey:Stack/Files", func(stack awscdk.Stack, router cfrouter.Router) {
			bucket := awss3.NewBucket(stack, jsii.String("Files"), &awss3.BucketProps{Encryption: awss3.BucketEncryption_KMS_MANAGED})
			router.AddRoute(jsii.String("/a"), cfrouter.NewBucketTarget(bucket, nil), nil)
		}, []string{
			`bucket "Stack/Files" is encrypted with the key that AWS manages for S3, whose policy cannot admit CloudFront, so every object is answered with 403: use BucketEncryption_KMS, which makes a key, or BucketEncryption_S3_MANAGED`,
		}},
	} {
		t.Run(test.id, func(t *testing.T) {
			want := printed(test)
			stack := newStack()
			after := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
			test.cast(stack, after)
			same(t, "warnings", want, warningsOf(after))
			acknowledge(after, test.id)
			same(t, "warnings when they are acknowledged", []string(nil), warningsOf(after))

			stack = newStack()
			before := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
			acknowledge(before, test.id)
			test.cast(stack, before)
			same(t, "warnings that were acknowledged before", []string(nil), warningsOf(before))
		})
	}
}

// printed are the warnings of a doubt with what the package and the CDK add.
func printed(d doubt) []string {
	var out []string
	for _, text := range d.want {
		out = append(out, fmt.Sprintf("cfrouter: %s [ack: cfrouter:%s]", text, d.id))
	}
	return out
}

func apiTarget(stack awscdk.Stack, id string) cfrouter.Target {
	return cfrouter.NewHttpApiTarget(awsapigatewayv2.NewHttpApi(stack, jsii.String(id), nil), nil)
}

func bucketTarget(stack awscdk.Stack, id string) cfrouter.Target {
	return cfrouter.NewBucketTarget(awss3.NewBucket(stack, jsii.String(id), nil), nil)
}

func ownPolicy(policy awscloudfront.ICachePolicy) *cfrouter.RouteOptions {
	return &cfrouter.RouteOptions{Behavior: &awscloudfront.AddBehaviorOptions{CachePolicy: policy}}
}

func TestErrorPagesWarning(t *testing.T) {
	stack := newStack()
	router := cfrouter.NewRouter(stack, jsii.String("Router"), &cfrouter.RouterProps{Distribution: &awscloudfront.DistributionProps{
		ErrorResponses: &[]*awscloudfront.ErrorResponse{
			{HttpStatus: jsii.Number(403), Ttl: awscdk.Duration_Seconds(jsii.Number(5))},
			{HttpStatus: jsii.Number(404), ResponsePagePath: jsii.String("/index.html"), ResponseHttpStatus: jsii.Number(200)},
		},
	}})
	same(t, "warnings", printed(doubt{id: "errorPages", want: []string{
		`ErrorResponses replaces every 404 of the distribution by "/index.html": an API behind the Router could no longer tell its clients what went wrong. Let the targets make their own error pages, or acknowledge this`,
	}}), warningsOf(router))
	acknowledge(router, "errorPages")
	same(t, "warnings when they are acknowledged", []string(nil), warningsOf(router))
}

// TestNoWarnings is about what is near to a warning and deserves none.
func TestNoWarnings(t *testing.T) {
	fetch := &cfrouter.RouteOptions{Behavior: &awscloudfront.AddBehaviorOptions{AllowedMethods: awscloudfront.AllowedMethods_ALLOW_GET_HEAD()}}
	cached := func() *awscloudfront.CachePolicyProps { return &awscloudfront.CachePolicyProps{} }
	for name, build := range map[string]func(stack awscdk.Stack, add func(pattern string, target cfrouter.Target, options *cfrouter.RouteOptions)){
		"containment is no overlap": func(stack awscdk.Stack, add func(string, cfrouter.Target, *cfrouter.RouteOptions)) {
			for _, pattern := range []string{"/", "/api", "/api/users", "/b*", "/b"} {
				add(pattern, urlTarget("https://example.com"), nil)
			}
			add("/api", urlTarget("https://example.com"), &cfrouter.RouteOptions{Exact: jsii.Bool(true)})
		},
		"a function that takes no bodies": func(stack awscdk.Stack, add func(string, cfrouter.Target, *cfrouter.RouteOptions)) {
			add("/a", cfrouter.NewFunctionTarget(newLambda(stack, "Fn"), nil), fetch)
		},
		"a private function URL that takes no bodies": func(stack awscdk.Stack, add func(string, cfrouter.Target, *cfrouter.RouteOptions)) {
			add("/a", cfrouter.NewFunctionUrlTarget(newLambda(stack, "Fn").AddFunctionUrl(nil), nil), fetch)
		},
		"policies that tell routes apart": func(stack awscdk.Stack, add func(string, cfrouter.Target, *cfrouter.RouteOptions)) {
			policy := awscloudfront.NewCachePolicy(stack, jsii.String("Policy"), &awscloudfront.CachePolicyProps{
				HeaderBehavior: awscloudfront.CacheHeaderBehavior_AllowList(jsii.String("X-Cfrouter-Route")),
			})
			add("/a", bucketTarget(stack, "A"), ownPolicy(policy))
			add("/b", bucketTarget(stack, "B"), ownPolicy(policy))
		},
		"policies under paths that are kept": func(stack awscdk.Stack, add func(string, cfrouter.Target, *cfrouter.RouteOptions)) {
			add("/a/*", bucketTarget(stack, "A"), ownPolicy(awscloudfront.CachePolicy_CACHING_OPTIMIZED()))
			add("/b/*", bucketTarget(stack, "B"), ownPolicy(awscloudfront.CachePolicy_CACHING_OPTIMIZED()))
		},
		"policies that are refused at synthesis": func(stack awscdk.Stack, add func(string, cfrouter.Target, *cfrouter.RouteOptions)) {
			add("/a", bucketTarget(stack, "A"), ownPolicy(awscloudfront.CachePolicy_CACHING_OPTIMIZED()))
			beta := ownPolicy(awscloudfront.CachePolicy_CACHING_OPTIMIZED())
			beta.When = whoHas("beta").When
			add("/a", bucketTarget(stack, "B"), beta)
		},
		"policies that cache nothing": func(stack awscdk.Stack, add func(string, cfrouter.Target, *cfrouter.RouteOptions)) {
			zero := awscdk.Duration_Seconds(jsii.Number(0))
			nothing := awscloudfront.NewCachePolicy(stack, jsii.String("Nothing"), &awscloudfront.CachePolicyProps{DefaultTtl: zero, MaxTtl: zero})
			add("/a", apiTarget(stack, "A"), ownPolicy(nothing))
			add("/b", apiTarget(stack, "B"), ownPolicy(awscloudfront.CachePolicy_CACHING_DISABLED()))
			add("/c", apiTarget(stack, "C"), ownPolicy(nothing))
		},
		"Cache of two routes": func(stack awscdk.Stack, add func(string, cfrouter.Target, *cfrouter.RouteOptions)) {
			add("/a", bucketTarget(stack, "A"), &cfrouter.RouteOptions{Cache: cached()})
			add("/b", bucketTarget(stack, "B"), &cfrouter.RouteOptions{Cache: cached()})
		},
		"an origin request policy that sends nothing": func(stack awscdk.Stack, add func(string, cfrouter.Target, *cfrouter.RouteOptions)) {
			add("/a", apiTarget(stack, "A"), &cfrouter.RouteOptions{Cache: cached(), Behavior: &awscloudfront.AddBehaviorOptions{
				OriginRequestPolicy: awscloudfront.NewOriginRequestPolicy(stack, jsii.String("Queries"), &awscloudfront.OriginRequestPolicyProps{
					QueryStringBehavior: awscloudfront.OriginRequestQueryStringBehavior_All(),
				}),
			}})
		},
	} {
		stack := newStack()
		router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
		build(stack, func(pattern string, target cfrouter.Target, options *cfrouter.RouteOptions) {
			router.AddRoute(jsii.String(pattern), target, options)
		})
		if got := warningsOf(router); len(got) > 0 {
			t.Errorf("%s: %s", name, strings.Join(got, "\n"))
		}
	}
}

var quoted = regexp.MustCompile(`"[^"]*"`)

// TestOverlapWarnings adds pairs of patterns in both orders: the warning is the
// same, and the path that it names is one of both patterns.
func TestOverlapWarnings(t *testing.T) {
	stack := newStack()
	newRouter := routers(stack)
	target := urlTarget("https://example.com")
	for _, pair := range [][2]string{
		{"/*.jpg", "/img"},
		{"/a*", "/*b"},
		{"/a*c", "/ab*"},
		{"/v?/health", "/v1"},
		{"/?a*", "/b?*c"},
		{"/api/*/edit", "/api/users/*"},
		{"/*.tar.gz", "/*/releases/*"},
	} {
		var seen [2][]string
		for i, patterns := range [][2]string{pair, {pair[1], pair[0]}} {
			router := newRouter()
			for _, pattern := range patterns {
				router.AddRoute(jsii.String(pattern), target, nil)
			}
			seen[i] = warningsOf(router)
		}
		if len(seen[0]) != 1 || !slices.Equal(seen[0], seen[1]) {
			t.Errorf("%q: %q in one order and %q in the other", pair, seen[0], seen[1])
			continue
		}
		witness := strings.Trim(quoted.FindAllString(seen[0][0], 3)[2], `"`)
		for _, pattern := range pair {
			set := glob.Set{pattern}
			if !strings.ContainsAny(pattern, "*?") {
				set = append(set, pattern+"/*")
			}
			if !set.Match(witness) {
				t.Errorf("%q is said to match %q: %s", pattern, witness, seen[0][0])
			}
		}
	}
}

// TestPrintedStatements reads what a user is told to add to a policy.
func TestPrintedStatements(t *testing.T) {
	app := newApp()
	for id, test := range map[string]struct {
		region, account string
		want            []string
	}{
		"Unknown": {"", "", []string{"arn:aws:s3:::files/*", "arn:aws:s3:::files", "arn:aws:cloudfront::ACCOUNT_ID:distribution/DISTRIBUTION_ID"}},
		"Known":   {"eu-west-1", account, []string{"arn:aws:s3:::files/*", "arn:aws:s3:::files", "arn:aws:cloudfront::111122223333:distribution/DISTRIBUTION_ID"}},
	} {
		stack := in(app, id, test.region, test.account)
		router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
		bucket := awss3.Bucket_FromBucketName(stack, jsii.String("Files"), jsii.String("files"))
		router.AddRoute(jsii.String("/"), cfrouter.NewBucketTarget(bucket, nil), nil)
		var got []string
		for _, warning := range warningsOf(router) {
			var statement struct {
				Resource  []string
				Condition struct{ StringEquals map[string]string }
			}
			text := warning[strings.IndexByte(warning, '{') : strings.LastIndexByte(warning, '}')+1]
			if err := json.Unmarshal([]byte(text), &statement); err != nil {
				t.Fatalf("%s: %v in %s", id, err, text)
			}
			got = append(append(got, statement.Resource...), statement.Condition.StringEquals["AWS:SourceArn"])
		}
		same(t, id, test.want, got)
	}
}
