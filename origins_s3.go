package cfrouter

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter/edgefn"
)

// BucketTargetProps are the settings of [NewBucketTarget].
type BucketTargetProps struct {
	// IndexDocument is added to a path that ends in a slash, after stripping; "" for
	// none, so that such a path is an object's key.
	// Default: - "index.html".
	IndexDocument *string

	// FallbackDocument is for a single-page app: it is sent, with status 200, for a path
	// without a dot in its last segment, such as /users/42, while /app.js is the
	// document of that name or a 404. With Content it is sent for such paths only if
	// they name no document. Other routes keep their own 403 and 404.
	//
	// It is written "/index.html" or "index.html", like the other documents: names of
	// letters, digits and "-_.~", with a slash between directories.
	// Default: - a path that names no document is a 404.
	FallbackDocument *string

	// CleanUrls lets paths without a dot in their last segment name HTML documents.
	// Default: - the path of a document is that of its file.
	CleanUrls CleanUrls

	// NotFoundDocument is sent, with status 404, for a path that names no document. It
	// needs Content: CloudFront runs no function on a response of status 400 or above,
	// and its error pages are for all routes of a distribution, so the edge has to know
	// beforehand what there is.
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html)
	// Default: - a short page, or JSON for clients that ask for no HTML.
	NotFoundDocument *string

	// Content is a local directory with just the files that are deployed to the bucket,
	// or below its OriginPath: the one that awss3deployment.Source_Asset is given. Their
	// names are read at once and kept in the Router's key-value store; a path that names
	// none of them is not asked for. Files that begin with a dot count, and symbolic
	// links are followed, as the CDK does when it packs an asset.
	// Default: - the edge knows of no document whether it is there.
	Content *string

	// Immutable are the documents whose content never changes under one name, since a
	// hash of it is part of the name, such as "/assets/*": * is any number of
	// characters, slashes included, ? is exactly one. Browsers keep these for a year
	// (cache-control "public, max-age=31536000, immutable"); what ends in .html or .htm
	// is kept neither by them ("no-cache") nor by CloudFront, so that it always names
	// the newest. An object with a Cache-Control of its own goes to browsers with that.
	// Default: - all are cached alike.
	Immutable *[]*string

	// Origin are CDK's own props. OriginAccessLevels are added to READ and LIST, which
	// are always granted.
	// Default: - the Router's origin access control.
	Origin *awscloudfrontorigins.S3BucketOriginWithOACProps
}

type bucketTarget struct {
	bucket    awss3.IBucket
	props     *BucketTargetProps
	documents *edgefn.Documents // nil where every path is that of its document
}

// NewBucketTarget serves the objects of a bucket, which stays private: an origin
// access control signs the requests, and the bucket's policy admits the
// distribution alone.
//
// Routes allow GET, HEAD and OPTIONS and are cached for a day unless an object's
// own Cache-Control says otherwise. No header, cookie or query string of the
// viewer reaches the bucket; for CORS give the route a response headers policy.
// A path that ends in a slash gets the index document, a missing object is a
// 404, and the keys of the bucket are never listed.
//
// The policies of a bucket or key that was imported cannot be changed; a warning
// then has the statement to add.
func NewBucketTarget(bucket awss3.IBucket, props *BucketTargetProps) Target {
	if isNil(bucket) {
		panicf("NewBucketTarget was given a nil bucket: pass one, such as awss3.NewBucket(stack, id, nil)")
	}
	t := &bucketTarget{bucket: bucket, props: merged(&BucketTargetProps{IndexDocument: jsii.String("index.html")}, props)}
	if err := checkIndexDocument(*t.props.IndexDocument); err != nil {
		panicf("%w", err)
	}
	var err error
	if t.documents, err = documentsOf(t.props); err != nil {
		panicf("%w", err)
	}
	return t
}

// checkIndexDocument accepts a name that a uri holds as it is.
func checkIndexDocument(name string) error {
	odd := func(c rune) bool { return !isAlphanumeric(c) && !strings.ContainsRune("-_.~", c) }
	if name == "." || name == ".." || strings.ContainsFunc(name, odd) {
		return fmt.Errorf(`index document %q is not the plain name of a file: write one of letters, digits and "-_.~", such as "index.html", or "" for none`, name)
	}
	return nil
}

// Key tells apart what serves one bucket's documents in different ways. It does not
// depend on the names of the files, which change with each build of a site.
func (t *bucketTarget) Key() *string {
	key := "bucket:" + *t.bucket.Node().Path()
	if ways := t.documents; ways != nil {
		key += ":" + hash(fmt.Sprintf("%q %d %q %t %q", ways.Fallback, ways.Clean, ways.NotFound, ways.Content != nil, ways.Immutable))[:8]
	}
	return jsii.String(key)
}

func (t *bucketTarget) settings() any { return t.props }

func (t *bucketTarget) Bind(scope constructs.Construct, options *TargetBindOptions) *TargetConfig {
	given := merged(t.props.Origin)
	props := &awscloudfront.OriginProps{}
	overlay(props, given)
	if props.OriginAccessControlId = controlOf(given.OriginAccessControlId, given.OriginAccessControl); props.OriginAccessControlId == nil {
		props.OriginAccessControlId = options.accessControls(scope).bucketId()
	}
	if props.OriginId == nil {
		props.OriginId = options.originId
	}
	grantBucket(scope, t.bucket, options, accessLevels(given))
	config := t.unbound()
	config.Origin, config.id = awscloudfrontorigins.S3BucketOrigin_WithBucketDefaults(t.bucket, props), props.OriginId
	return config
}

func (t *bucketTarget) unbound() *TargetConfig {
	return &TargetConfig{
		Behavior: &awscloudfront.AddBehaviorOptions{
			AllowedMethods: awscloudfront.AllowedMethods_ALLOW_GET_HEAD_OPTIONS(),
		},
		Cache:             &awscloudfront.CachePolicyProps{},
		IndexDocument:     t.props.IndexDocument,
		Documents:         t.documents,
		RefusesViewerHost: jsii.Bool(true),
	}
}

// accessLevels are READ, LIST (without which S3 answers 403 for a missing
// object) and what was asked for.
func accessLevels(given *awscloudfrontorigins.S3BucketOriginWithOACProps) []awscloudfront.AccessLevel {
	levels := []awscloudfront.AccessLevel{awscloudfront.AccessLevel_READ, awscloudfront.AccessLevel_LIST}
	for _, level := range value(given.OriginAccessLevels, nil) {
		if !slices.Contains(levels, level) {
			levels = append(levels, level)
		}
	}
	return levels
}

// bucketActions and keyActions are what the levels of access stand for, as in
// the CDK's own S3BucketOrigin.
var (
	bucketActions = map[awscloudfront.AccessLevel]string{
		awscloudfront.AccessLevel_READ:           "s3:GetObject",
		awscloudfront.AccessLevel_READ_VERSIONED: "s3:GetObjectVersion",
		awscloudfront.AccessLevel_LIST:           "s3:ListBucket",
		awscloudfront.AccessLevel_WRITE:          "s3:PutObject",
		awscloudfront.AccessLevel_DELETE:         "s3:DeleteObject",
	}
	keyActions = map[awscloudfront.AccessLevel][]string{
		awscloudfront.AccessLevel_READ:  {"kms:Decrypt"},
		awscloudfront.AccessLevel_WRITE: {"kms:Encrypt", "kms:GenerateDataKey*"},
	}
)

// grantBucket admits the distribution to a bucket and its key.
func grantBucket(scope constructs.Construct, bucket awss3.IBucket, options *TargetBindOptions, levels []awscloudfront.AccessLevel) {
	var onBucket, onKey []string
	for _, level := range levels {
		onBucket = append(onBucket, bucketActions[level])
		onKey = append(onKey, keyActions[level]...)
	}
	s := statement{onBucket, []*string{bucket.ArnForObjects(jsii.String("*")), bucket.BucketArn()}, distributionCondition(scope, bucket, options)}
	if !*bucket.AddToResourcePolicy(s.policy()).StatementAdded {
		warn(scope, "bucketPolicy:"+*bucket.Node().Path(), "bucket %q was imported, so its policy cannot be changed here. Add this statement to it, with the ids of the account and of the distribution: %s", *bucket.Node().Path(), s.printed(scope, options.Distribution))
	}
	// A key's policy that named the distribution would close a circle: the
	// distribution needs the bucket, and the bucket its key.
	key := bucket.EncryptionKey()
	switch {
	case key == nil && usesManagedKey(bucket):
		warn(scope, "managedKey:"+*bucket.Node().Path(), "bucket %q is encrypted with the key that AWS manages for S3, whose policy cannot admit CloudFront, so every object is answered with 403: use BucketEncryption_KMS, which makes a key, or BucketEncryption_S3_MANAGED", *bucket.Node().Path())
	case key != nil:
		s := statement{onKey, []*string{jsii.String("*")}, anyDistribution(scope)}
		if !*key.AddToResourcePolicy(s.policy(), jsii.Bool(true)).StatementAdded {
			warn(scope, "keyPolicy:"+*key.Node().Path(), "key %q, which encrypts bucket %q, was imported, so its policy cannot be changed here. Add this statement to it: %s", *key.KeyArn(), *bucket.Node().Path(), s.printed(scope, nil))
		}
	}
}

// usesManagedKey reports whether a bucket of this app is encrypted with the key
// aws/s3. The policy of such a key cannot be changed.
// (https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key)
func usesManagedKey(bucket awss3.IBucket) bool {
	cfn, made := bucket.Node().DefaultChild().(awss3.CfnBucket)
	if !made || cfn.BucketEncryption() == nil {
		return false
	}
	for _, rule := range list(resolved(bucket, cfn.BucketEncryption())["serverSideEncryptionConfiguration"]) {
		standard := dig(rule, "serverSideEncryptionByDefault")
		if standard["sseAlgorithm"] == "aws:kms" && standard["kmsMasterKeyId"] == nil {
			return true
		}
	}
	return false
}

// conditions are those of a policy statement, by operator.
type conditions map[string]map[string]*string

// distributionCondition admits the one distribution. Where the bucket is in
// another stack, naming it would make that stack depend on the Router's, which
// depends on it already; the account's distributions are admitted instead.
func distributionCondition(scope constructs.Construct, bucket awss3.IBucket, options *TargetBindOptions) conditions {
	if !options.accessControls(scope).inStack(bucket) {
		return anyDistribution(scope)
	}
	return conditions{"StringEquals": {"AWS:SourceArn": options.Distribution.DistributionArn()}}
}

func anyDistribution(scope constructs.Construct) conditions {
	return conditions{
		"StringEquals": {"AWS:SourceAccount": awscdk.Stack_Of(scope).Account()},
		"ArnLike":      {"AWS:SourceArn": distributionsOf(scope)},
	}
}

// distributionsOf is the pattern of the ARNs of an account's distributions.
func distributionsOf(scope constructs.Construct) *string {
	return awscdk.Stack_Of(scope).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("cloudfront"), Region: jsii.String(""), Resource: jsii.String("distribution"), ResourceName: jsii.String("*"),
	})
}

// statement lets CloudFront do something under conditions.
type statement struct {
	actions    []string
	resources  []*string
	conditions conditions
}

func (s statement) policy() awsiam.PolicyStatement {
	when := map[string]any{}
	for operator, values := range s.conditions {
		when[operator] = values
	}
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("cloudfront.amazonaws.com"), nil)},
		Actions:    jsii.Strings(s.actions...),
		Resources:  &s.resources,
		Conditions: &when,
	})
}

// printed is the statement as JSON for a reader, who knows what the template
// only refers to.
func (s statement) printed(scope constructs.Construct, distribution awscloudfront.IDistribution) string {
	stack := awscdk.Stack_Of(scope)
	partition, account := known(*stack.Partition(), "aws"), known(*stack.Account(), "ACCOUNT_ID")
	readings := []string{*awscdk.Aws_PARTITION(), partition, *awscdk.Aws_ACCOUNT_ID(), account}
	if distribution != nil {
		arn := fmt.Sprintf("arn:%s:cloudfront::%s:distribution/DISTRIBUTION_ID", partition, account)
		readings = append([]string{*distribution.DistributionArn(), arn}, readings...)
	}
	readable := strings.NewReplacer(readings...)
	when := map[string]map[string]string{}
	for operator, values := range s.conditions {
		when[operator] = map[string]string{}
		for name, v := range values {
			when[operator][name] = readable.Replace(*v)
		}
	}
	var resources []string
	for _, resource := range s.resources {
		resources = append(resources, readable.Replace(*resource))
	}
	text, err := json.Marshal(struct {
		Effect    string
		Principal map[string]string
		Action    []string
		Resource  []string
		Condition map[string]map[string]string
	}{"Allow", map[string]string{"Service": "cloudfront.amazonaws.com"}, s.actions, resources, when})
	if err != nil {
		panic(err) // strings can always be marshalled
	}
	return string(text)
}

// known is a text, or what stands for it until deployment.
func known(text, placeholder string) string {
	if isToken(text) {
		return placeholder
	}
	return text
}
