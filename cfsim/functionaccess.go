package cfsim

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim/internal/cfn"
	"github.com/cfrouter/cfrouter/cfsim/internal/iam"
)

// checkFunction looks for what a function URL demands of its caller. With AWS_IAM
// the distribution needs an origin access control and two permissions.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html)
func (a access) checkFunction(o *origin, signed bool) (allowed, denied string) {
	url := a.d.app.cfn.ResourceOf(o.DomainName)
	if url == nil || url.Type != "AWS::Lambda::Url" {
		return "", ""
	}
	if url.Properties["AuthType"] != "AWS_IAM" {
		return a.checkPublic(o)
	}
	if !signed {
		return "", fmt.Sprintf("the function URL %s takes signed requests only (AuthType AWS_IAM), and the origin %s has no origin access control that signs", url.ID, o.Id)
	}
	decision, err := iam.FunctionURL(a.permissionsOf(o.resource, a.d.qualifierOf(o.DomainName)), iam.Request{
		Principal: a.principal(true), Resource: o.resource.ID, Context: a.context(true), Distinct: a.d.isResource,
	})
	switch {
	case err != nil:
		return "", err.Error()
	case decision.Unknown:
		return fmt.Sprintf("%s; whether %s may be invoked only a deployment knows: %s", a.describe(true), o.resource.ID, decision.Reason), ""
	case !decision.Allowed:
		return "", decision.Reason
	}
	return fmt.Sprintf("%s; %s", a.describe(true), decision.Reason), ""
}

// checkPublic looks for the permission that a function URL without authorization
// needs all the same, and that CloudFormation does not add.
// (https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html)
func (a access) checkPublic(o *origin) (allowed, denied string) {
	decision, err := iam.Permissions(a.permissionsOf(o.resource, a.d.qualifierOf(o.DomainName)), iam.Request{
		Action: "lambda:InvokeFunctionUrl", Resource: o.resource.ID, Distinct: a.d.isResource,
		Context: map[string]string{"lambda:FunctionUrlAuthType": "NONE"},
	})
	switch {
	case err != nil:
		return "", err.Error()
	case decision.Allowed || decision.Unknown:
		return "the function URL is public: " + decision.Reason, ""
	}
	return "", decision.Reason
}

// permissionsOf are the permissions of a function, or of an alias or version of it if
// there is a qualifier.
func (a access) permissionsOf(function *cfn.Resource, qualifier string) []map[string]any {
	var out []map[string]any
	for _, p := range a.d.app.cfn.Resources("AWS::Lambda::Permission") {
		name, _ := p.Properties["FunctionName"].(string)
		if behind(a.d.app.cfn, a.d.app.cfn.ResourceOf(name)) == function && a.d.qualifierOf(name) == qualifier {
			out = append(out, p.Properties)
		}
	}
	return out
}

// qualifierOf is the alias or version that a text names, such as "live" of
// "arn:aws:lambda:eu-west-1:111122223333:function:report:live", and "" if it names a
// function as such. A function URL stands for what it invokes.
func (d *Distribution) qualifierOf(text string) string {
	r := d.app.cfn.ResourceOf(text)
	if r == nil {
		return ""
	}
	property := func(name string) string { p, _ := r.Properties[name].(string); return p }
	switch r.Type {
	case "AWS::Lambda::Url":
		return cmp.Or(property("Qualifier"), d.qualifierOf(property("TargetFunctionArn")))
	case "AWS::Lambda::Alias":
		return property("Name")
	case "AWS::Lambda::Version":
		return d.app.cfn.Symbol(r)
	}
	if _, name, ok := strings.Cut(text, ":function:"); ok {
		text = name
	}
	if i := strings.IndexByte(text, '}'); i >= 0 { // the name is a symbol, which may have colons
		text = text[i:]
	}
	_, qualifier, _ := strings.Cut(text, ":")
	return qualifier
}

// checkPayload says what is wrong with the hash of a body, which a function URL
// behind an origin access control demands: CloudFront signs without reading the
// body, and Lambda takes no unsigned payload. AWS speaks of PUT and POST; that
// other methods with a body are refused too is unstated.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html)
func checkPayload(body []byte, header http.Header) string {
	sum := sha256.Sum256(body)
	want, got := hex.EncodeToString(sum[:]), header.Get("X-Amz-Content-Sha256")
	switch {
	case len(body) == 0 || got == want:
		return ""
	case got == "":
		return "a request with a body needs the header x-amz-content-sha256 with the SHA-256 of the body, in hexadecimal, from the client: " + want
	}
	return fmt.Sprintf("the header x-amz-content-sha256 is %s, and the SHA-256 of the body is %s", got, want)
}
