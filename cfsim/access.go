package cfsim

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim/internal/cfn"
	"github.com/cfrouter/cfrouter/cfsim/internal/iam"
)

// An access is how the distribution proves to an origin who it is, and what the
// policies in the template say to that.
type access struct {
	d        *Distribution
	control  *cfn.Resource // the origin access control, nil if it is not in the template
	kind     string        // of the origins that the control is for: "s3", "lambda", …
	signs    bool          // requests are signed
	override bool          // even those with an Authorization header of the viewer's
	identity string        // the legacy origin access identity, "" without one
}

// accessOf reads the origin access control or identity of an origin.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-origin.html)
func (d *Distribution) accessOf(o *origin) access {
	a := access{d: d}
	if o.S3OriginConfig != nil {
		a.identity = o.S3OriginConfig.OriginAccessIdentity
	}
	if o.OriginAccessControlId == "" {
		return a
	}
	a.signs, a.override = true, true
	a.control = d.app.cfn.ResourceOf(o.OriginAccessControlId)
	if a.control == nil {
		return a
	}
	var properties struct {
		OriginAccessControlConfig struct{ OriginAccessControlOriginType, SigningBehavior string }
	}
	if err := decode(a.control.Properties, &properties); err != nil {
		d.problem("invalid", a.control.ID, "the origin access control cannot be read: %v", err)
	}
	a.kind = properties.OriginAccessControlConfig.OriginAccessControlOriginType
	a.signs = properties.OriginAccessControlConfig.SigningBehavior != "never"
	a.override = properties.OriginAccessControlConfig.SigningBehavior != "no-override"
	return a
}

// check says why an origin lets a request in, or why it refuses it. Both are ""
// if the template does not tell.
func (a access) check(o *origin, sent *OriginRequest) (allowed, denied string) {
	if o.resource == nil {
		return "", ""
	}
	signed := a.replaces(sent.Header)
	kinds := map[string]string{"AWS::S3::Bucket": "s3", "AWS::Lambda::Function": "lambda"}
	if want := kinds[o.resource.Type]; want != "" && a.kind != "" && a.kind != want {
		return "", fmt.Sprintf("the origin access control %s signs for origins of the type %s, and %s is one of the type %s", a.control.ID, a.kind, o.name, want)
	}
	switch o.resource.Type {
	case "AWS::S3::Bucket":
		// A website endpoint knows no signatures.
		return a.checkBucket(o.resource, sent.Method, sent.path(), signed && o.isS3())
	case "AWS::Lambda::Function":
		return a.checkFunction(o, signed)
	}
	return "", ""
}

// replaces reports whether a request is signed, in place of an Authorization header
// of the viewer's if there is one.
func (a access) replaces(header http.Header) bool {
	return a.signs && (a.override || header.Get("Authorization") == "")
}

// objectActions are what a method needs of a bucket. OPTIONS needs nothing: it is
// answered by the CORS rules.
var objectActions = map[string]string{
	http.MethodGet: "s3:GetObject", http.MethodHead: "s3:GetObject",
	http.MethodPut: "s3:PutObject", http.MethodPost: "s3:PutObject", http.MethodPatch: "s3:PutObject",
	http.MethodDelete: "s3:DeleteObject",
}

func (a access) checkBucket(bucket *cfn.Resource, method, uri string, signed bool) (allowed, denied string) {
	action := objectActions[method]
	if action == "" {
		return "", ""
	}
	return a.ask(bucket, action, a.bucketARN(bucket)+uri, signed)
}

// mayList reports whether the distribution may list a bucket, in which case a
// missing object is a 404 and not a 403.
func (a access) mayList(bucket *cfn.Resource, signed bool) bool {
	_, denied := a.ask(bucket, "s3:ListBucket", a.bucketARN(bucket), signed)
	return denied == ""
}

// ask looks a permission up in the policies of a bucket.
func (a access) ask(bucket *cfn.Resource, action, resource string, signed bool) (allowed, denied string) {
	request := iam.Request{Principal: a.principal(signed), Action: action, Resource: resource, Context: a.context(signed), Distinct: a.d.isResource}
	denied = fmt.Sprintf("the bucket %s has no policy that lets CloudFront in", bucket.ID)
	if acl, _ := bucket.Properties["AccessControl"].(string); acl == "PublicRead" || acl == "PublicReadWrite" {
		return "the bucket is public by its AccessControl", ""
	}
	for _, policy := range a.d.app.cfn.Resources("AWS::S3::BucketPolicy") {
		name, _ := policy.Properties["Bucket"].(string)
		if a.d.app.cfn.ResourceOf(name, bucket.Type) != bucket {
			continue
		}
		decision, err := iam.Evaluate(policy.Properties["PolicyDocument"], request)
		switch {
		case err != nil:
			return "", fmt.Sprintf("the policy %s cannot be read: %v", policy.ID, err)
		case decision.Allowed:
			return fmt.Sprintf("%s; %s: %s", a.describe(signed), policy.ID, decision.Reason), ""
		case decision.Unknown:
			return fmt.Sprintf("%s; whether %s lets it in only a deployment knows: %s", a.describe(signed), policy.ID, decision.Reason), ""
		}
		denied = fmt.Sprintf("%s: %s", policy.ID, decision.Reason)
	}
	return "", denied
}

func (a access) principal(signed bool) iam.Principal {
	switch {
	case signed:
		return iam.Principal{Service: "cloudfront.amazonaws.com"}
	case a.identity != "":
		return a.identityPrincipal()
	}
	return iam.Principal{}
}

// identityPrincipal is the origin access identity as policies may write it: by its
// canonical user, or as a user of CloudFront's own account.
func (a access) identityPrincipal() iam.Principal {
	id := strings.TrimPrefix(a.identity, "origin-access-identity/cloudfront/")
	p := iam.Principal{AWS: "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity " + id}
	if r := a.d.app.cfn.ResourceOf(id); r != nil {
		p.CanonicalUser = strings.TrimSuffix(a.d.app.cfn.Symbol(r), "}") + ".S3CanonicalUserId}"
	}
	return p
}

func (a access) context(signed bool) map[string]string {
	context := map[string]string{
		"aws:SourceArn": a.d.arn(), "aws:SourceAccount": a.d.account(), "aws:SecureTransport": "true", "s3:TlsVersion": "1.3",
	}
	if signed {
		context["s3:signatureversion"] = "AWS4-HMAC-SHA256"
	}
	return context
}

// isResource reports whether a symbol stands for a resource, and so differs from
// every other.
func (d *Distribution) isResource(symbol string) bool { return d.app.cfn.ResourceOf(symbol) != nil }

func (d *Distribution) arn() string {
	return "arn:aws:cloudfront::" + d.account() + ":distribution/" + d.app.cfn.Symbol(d.resource)
}

func (d *Distribution) account() string {
	return cmp.Or(d.resource.Stack.Account, d.options.Account, "${AWS::AccountId}")
}

func (a access) describe(signed bool) string {
	switch {
	case signed:
		return "signed by an origin access control"
	case a.identity != "":
		return "asked as an origin access identity"
	}
	return "not signed"
}

func (a access) bucketARN(bucket *cfn.Resource) string {
	if name, ok := bucket.Properties["BucketName"].(string); ok {
		return "arn:aws:s3:::" + name
	}
	return "arn:aws:s3:::" + a.d.app.cfn.Symbol(bucket)
}
