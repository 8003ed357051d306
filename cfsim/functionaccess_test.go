package cfsim

import (
	"fmt"
	"strings"
	"testing"
)

const urlTemplate = `
Resources:
  F: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: a.b, Role: r, Code: {S3Bucket: b, S3Key: k}}}
  Live: {Type: AWS::Lambda::Alias, Properties: {Name: live, FunctionName: !Ref F, FunctionVersion: '1'}}
  Url: {Type: AWS::Lambda::Url, Properties: {AuthType: AWS_IAM, URL}}
  Control: {Type: AWS::CloudFront::OriginAccessControl, Properties: {OriginAccessControlConfig: {Name: c, OriginAccessControlOriginType: lambda, SigningBehavior: always, SigningProtocol: sigv4}}}
  A: {Type: AWS::Lambda::Permission, Properties: {Action: 'lambda:InvokeFunctionUrl', FunctionName: NAME, Principal: cloudfront.amazonaws.com, SourceArn: !Sub 'arn:aws:cloudfront::${AWS::AccountId}:distribution/${Web}'}}
  B: {Type: AWS::Lambda::Permission, Properties: {Action: 'lambda:InvokeFunction', FunctionName: NAME, Principal: cloudfront.amazonaws.com, SourceArn: !Sub 'arn:aws:cloudfront::${AWS::AccountId}:distribution/${Web}'}}
  Web:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins: [{Id: f, DomainName: !Select [2, !Split ['/', !GetAtt Url.FunctionUrl]], OriginAccessControlId: !Ref Control, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
        DefaultCacheBehavior: {TargetOriginId: f, ViewerProtocolPolicy: https-only, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad}
`

// The permissions that count are those of what the function URL invokes: the
// function itself, or the alias that is its qualifier.
func TestQualifiers(t *testing.T) {
	plain := "TargetFunctionArn: !GetAtt F.Arn"
	alias := "TargetFunctionArn: !Ref F, Qualifier: live"
	for _, test := range []struct {
		url, permitted string
		want           bool
	}{
		{plain, "!Ref F", true},
		{plain, "!GetAtt F.Arn", true},
		{plain, "!GetAtt Url.FunctionArn", true},
		{plain, "!Ref Live", false},
		{alias, "!Ref Live", true},
		{alias, "!GetAtt Url.FunctionArn", true},
		{alias, "!Sub '${F}:live'", true},
		{alias, "!Sub '${F.Arn}:live'", true},
		{alias, "!Sub '${F.Arn}:beta'", false},
		{alias, "!Ref F", false},
		{"TargetFunctionArn: !Ref Live", "!Ref Live", true},
		{"TargetFunctionArn: !Ref Live", "!Ref F", false},
	} {
		text := strings.NewReplacer("URL", test.url, "NAME", test.permitted).Replace(urlTemplate)
		var found []string
		for _, f := range loaded(t, text, nil).Check() {
			found = append(found, f.String())
		}
		if (len(found) == 0) != test.want {
			t.Errorf("%s, permitted %s: found %s", test.url, test.permitted, fmt.Sprint(found))
		}
	}
}

func TestAccessControlOfAnotherKind(t *testing.T) {
	text := strings.NewReplacer("URL", "TargetFunctionArn: !Ref F", "NAME", "!Ref F", "OriginType: lambda", "OriginType: s3").Replace(urlTemplate)
	found := loaded(t, text, nil).Check()
	if len(found) != 1 || found[0].Rule != "missing-permission" || !strings.Contains(found[0].Message, "origins of the type s3") {
		t.Errorf("found %v", found)
	}
}
