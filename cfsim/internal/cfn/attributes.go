package cfn

import (
	"strings"
)

// form is what is known of the values of a type of resource. In the patterns
// {name} is the resource's name (the property that names it, or else its
// symbol), {region}, {account}, {partition} and {suffix} are the stack's,
// {.Attribute} is the symbol of an attribute and {Property} a property,
// {Property|text} with a default.
type form struct {
	name string            // property that names the resource, "" if it cannot be named
	ref  string            // the Ref value, default {name}
	atts map[string]string // attributes; others are symbols
}

// forms has the types whose values templates compare or take apart. What Ref
// and the attributes are is on the page of each type, "Return values":
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
var forms = map[string]form{
	"AWS::S3::Bucket": {name: "BucketName", atts: map[string]string{
		"Arn":                 "arn:{partition}:s3:::{name}",
		"DomainName":          "{name}.s3.{suffix}",
		"DualStackDomainName": "{name}.s3.dualstack.{region}.{suffix}",
		"RegionalDomainName":  "{name}.s3.{region}.{suffix}",
		"WebsiteURL":          "http://{name}.{website}.{suffix}",
	}},

	"AWS::Lambda::Function":     lambdaFunction,
	"AWS::Serverless::Function": lambdaFunction,
	"AWS::Lambda::Alias":        {ref: "{function}:{Name}", atts: map[string]string{"AliasArn": "{function}:{Name}"}},
	"AWS::Lambda::Version":      {ref: "{function}:{.Version}", atts: map[string]string{"FunctionArn": "{function}:{.Version}"}},
	"AWS::Lambda::Url":          {atts: map[string]string{"FunctionUrl": "https://{name}.lambda-url.{region}.on.aws/"}},

	"AWS::ApiGateway::RestApi": {atts: map[string]string{"RestApiId": "{name}"}},
	"AWS::ApiGateway::Stage":   {name: "StageName"},
	"AWS::ApiGatewayV2::Api": {atts: map[string]string{
		"ApiId":       "{name}",
		"ApiEndpoint": "{scheme}://{name}.execute-api.{region}.{suffix}",
	}},
	"AWS::ApiGatewayV2::Stage": {name: "StageName"},

	"AWS::CloudFront::CachePolicy":                    refIsID,
	"AWS::CloudFront::CloudFrontOriginAccessIdentity": refIsID,
	"AWS::CloudFront::Distribution":                   refIsID,
	"AWS::CloudFront::KeyGroup":                       refIsID,
	"AWS::CloudFront::OriginAccessControl":            refIsID,
	"AWS::CloudFront::OriginRequestPolicy":            refIsID,
	"AWS::CloudFront::PublicKey":                      refIsID,
	"AWS::CloudFront::ResponseHeadersPolicy":          refIsID,
	"AWS::CloudFront::VpcOrigin":                      refIsID,
	"AWS::CloudFront::Function":                       {name: "Name", ref: edgeFunctionARN, atts: map[string]string{"FunctionARN": edgeFunctionARN}},
	"AWS::CloudFront::KeyValueStore": {name: "Name", atts: map[string]string{
		"Arn": "arn:{partition}:cloudfront::{account}:key-value-store/{.Id}",
	}},

	"AWS::DynamoDB::Table": {name: "TableName", atts: map[string]string{
		"Arn": "arn:{partition}:dynamodb:{region}:{account}:table/{name}",
	}},
	"AWS::IAM::Role": {name: "RoleName", atts: map[string]string{
		"Arn": "arn:{partition}:iam::{account}:role{Path|/}{name}",
	}},
	"AWS::SSM::Parameter": {name: "Name"},
}

var (
	lambdaFunction = form{name: "FunctionName", atts: map[string]string{
		"Arn": "arn:{partition}:lambda:{region}:{account}:function:{name}",
	}}
	refIsID         = form{atts: map[string]string{"Id": "{name}"}}
	edgeFunctionARN = "arn:{partition}:cloudfront::{account}:function/{name}"
)

// refText is the Ref of a resource.
func (r *resolver) refText(s *scope, res *Resource) (string, error) {
	f := forms[res.Type]
	if f.ref == "" {
		return r.nameOf(s, res)
	}
	return r.fill(s, res, f.ref)
}

// attributeText is an attribute of a resource.
func (r *resolver) attributeText(s *scope, res *Resource, attribute string) (string, error) {
	if pattern, ok := forms[res.Type].atts[attribute]; ok {
		return r.fill(s, res, pattern)
	}
	return "${" + r.symbolName(s, res.ID) + "." + attribute + "}", nil
}

// nameOf is the name a resource is given, or else its symbol.
func (r *resolver) nameOf(s *scope, res *Resource) (string, error) {
	symbol := "${" + r.symbolName(s, res.ID) + "}"
	property := forms[res.Type].name
	if property == "" {
		return symbol, nil
	}
	return r.property(s, res, property, symbol)
}

// property is a property of a resource as text, with a default.
func (r *resolver) property(s *scope, res *Resource, name, otherwise string) (string, error) {
	raw, ok := s.properties(res.ID)[name]
	if !ok {
		return otherwise, nil
	}
	v, err := r.define(s, "Resources."+res.ID+".Properties."+name, func() (any, error) { return r.eval(s, raw) })
	if err != nil {
		return "", err
	}
	if text, ok := scalarText(v); ok {
		return text, nil
	}
	return otherwise, nil
}

// fill replaces the {…} of a pattern.
func (r *resolver) fill(s *scope, res *Resource, pattern string) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(pattern, "{")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, after, _ := strings.Cut(rest, "}")
		text, err := r.placeholder(s, res, name)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
		pattern = after
	}
}

func (r *resolver) placeholder(s *scope, res *Resource, name string) (string, error) {
	switch name {
	case "name":
		return r.nameOf(s, res)
	case "region":
		return r.region(s), nil
	case "account":
		return r.account(s), nil
	case "partition":
		return partition(r.region(s)), nil
	case "suffix":
		return urlSuffix(r.region(s)), nil
	case "website":
		return websiteHost(r.region(s)), nil
	case "scheme":
		protocol, err := r.property(s, res, "ProtocolType", "")
		if protocol == "WEBSOCKET" {
			return "wss", err
		}
		return "https", err
	case "function":
		return r.functionARN(s, res)
	}
	if attribute, ok := strings.CutPrefix(name, "."); ok {
		return "${" + r.symbolName(s, res.ID) + "." + attribute + "}", nil
	}
	property, otherwise, ok := strings.Cut(name, "|")
	if !ok {
		otherwise = "${" + r.symbolName(s, res.ID) + "." + property + "}"
	}
	return r.property(s, res, property, otherwise)
}

// functionARN is the ARN of the function that an alias or version is of. The
// property takes a name, a partial or a whole ARN.
func (r *resolver) functionARN(s *scope, res *Resource) (string, error) {
	text, err := r.property(s, res, "FunctionName", "${"+r.symbolName(s, res.ID)+".FunctionName}")
	if err != nil || strings.HasPrefix(text, "arn:") {
		return text, err
	}
	if i := strings.LastIndex(text, ":function:"); i >= 0 {
		text = text[i+len(":function:"):]
	}
	return "arn:" + partition(r.region(s)) + ":lambda:" + r.region(s) + ":" + r.account(s) + ":function:" + text, nil
}

// websiteHost is the first label or labels of the website endpoints of a
// region: the older ones have a dash where the others have a dot.
// https://docs.aws.amazon.com/general/latest/gr/s3.html#s3_website_region_endpoints
func websiteHost(region string) string {
	switch region {
	case "us-east-1", "us-west-1", "us-west-2", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "eu-west-1", "sa-east-1", "us-gov-west-1", "${AWS::Region}":
		return "s3-website-" + region
	}
	return "s3-website." + region
}
