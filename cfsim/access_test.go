package cfsim

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPayloadHash: a function URL behind an origin access control takes a body only
// with its hash, from the viewer.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html)
func TestPayloadHash(t *testing.T) {
	noLeaks(t)
	permissions := ""
	for name, action := range map[string]string{"One": "lambda:InvokeFunctionUrl", "Two": "lambda:InvokeFunction"} {
		permissions += "  " + name + ": {Type: AWS::Lambda::Permission, Properties: {Action: '" + action + "', FunctionName: !Ref Task, Principal: cloudfront.amazonaws.com, SourceArn: !Sub 'arn:aws:cloudfront::${AWS::AccountId}:distribution/${Web}'}}\n"
	}
	resources := strings.Replace(functionURL, "AUTH", "AWS_IAM", 1) + permissions + `
  Control:
    Type: AWS::CloudFront::OriginAccessControl
    Properties: {OriginAccessControlConfig: {Name: c, OriginAccessControlOriginType: lambda, SigningBehavior: always, SigningProtocol: sigv4}}
`
	settings := strings.Replace(strings.Replace(origins("b", urlOrigin), "{Id: b,", "{Id: b, OriginAccessControlId: !GetAtt Control.Id,", 1),
		"allow-all,", "allow-all, AllowedMethods: [GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE],", 1)
	app := loaded(t, web(settings, resources), nil)
	if found := app.Check(); len(found) > 0 {
		t.Fatalf("the template has faults:\n%s", list(found))
	}
	d := app.Distributions()[0]
	attach(t, d, "Task", Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.WriteHeader(201)
		w.Write(body)
	})))
	s := serve(t, d, nil)
	hash := func(body string) string {
		sum := sha256.Sum256([]byte(body))
		return hex.EncodeToString(sum[:])
	}
	large := strings.Repeat("x", 6<<20)
	for name, test := range map[string]struct {
		method, body, hash string
		status             int
		says               string
	}{
		"right":            {"POST", "order", hash("order"), 201, "order"},
		"right PUT":        {"PUT", "order", hash("order"), 201, "order"},
		"missing":          {"POST", "order", "", 403, "needs the header x-amz-content-sha256 with the SHA-256 of the body, in hexadecimal, from the client: " + hash("order")},
		"missing for PUT":  {"PUT", "order", "", 403, "x-amz-content-sha256"},
		"of another body":  {"POST", "order", hash("other"), 403, "the header x-amz-content-sha256 is " + hash("other")},
		"unsigned payload": {"POST", "order", "UNSIGNED-PAYLOAD", 403, "UNSIGNED-PAYLOAD"},
		"no body":          {"POST", "", "", 201, ""},
		"GET":              {"GET", "", "", 201, ""},
		"6 MB":             {"POST", large, hash(large), 201, "xxx"},
		"more than 6 MB":   {"POST", large + "x", hash(large + "x"), 413, "6 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			headers := []string{"Authorization: Bearer t"}
			if test.hash != "" {
				headers = append(headers, "X-Amz-Content-Sha256: "+test.hash)
			}
			r, body, err := s.do(test.method, "/", test.body, headers...)
			if r.StatusCode != test.status || !strings.Contains(body, test.says) || err != nil {
				t.Errorf("got %s %.200q, %v, want %d %s", r.Status, body, err, test.status, test.says)
			}
		})
	}
}

// TestAccess: what is said of origins that let the distribution in, or do not.
func TestAccess(t *testing.T) {
	legacy := `
  Identity: {Type: AWS::CloudFront::CloudFrontOriginAccessIdentity, Properties: {CloudFrontOriginAccessIdentityConfig: {Comment: ''}}}
  Bucket: {Type: AWS::S3::Bucket}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument: {Statement: {Effect: Allow, Principal: PRINCIPAL, Action: 's3:GetObject', Resource: !Sub 'arn:aws:s3:::${Bucket}/*'}}
`
	identity := `          - {Id: b, DomainName: !GetAtt Bucket.RegionalDomainName, S3OriginConfig: {OriginAccessIdentity: !Sub 'origin-access-identity/cloudfront/${Identity}'}}
`
	for name, test := range map[string]struct {
		settings, resources string
		url                 string
		denied, says        string
	}{
		"an identity by canonical user": {origins("b", identity), strings.Replace(legacy, "PRINCIPAL", "{CanonicalUser: !GetAtt Identity.S3CanonicalUserId}", 1), "/a", "", "asked as an origin access identity"},
		"an identity by ARN": {
			origins("b", identity), strings.Replace(legacy, "PRINCIPAL", "{AWS: !Sub 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ${Identity}'}", 1), "/a", "", "asked as an origin access identity",
		},
		"an identity without permission": {origins("b", identity), strings.Replace(legacy, "PRINCIPAL", "{AWS: 'arn:aws:iam::111122223333:root'}", 1), "/a", "Policy", "denied"},
		"a control that signs":           {origins("b", bucketOrigin), control + policyFor("${Web}"), "/a", "", "signed by an origin access control"},
		"a control that never signs":     {origins("b", bucketOrigin), strings.Replace(control, "SigningBehavior: always", "SigningBehavior: never", 1) + policyFor("${Web}"), "/a", "Policy", "denied"},
		"other objects": {
			origins("b", bucketOrigin), control + strings.Replace(policyFor("${Web}"), "${Bucket.Arn}/*", "${Bucket.Arn}/public/*", 1), "/private/a", "arn:aws:s3:::${Bucket}/private/a", "denied",
		},
		"these objects":     {origins("b", bucketOrigin), control + strings.Replace(policyFor("${Web}"), "${Bucket.Arn}/*", "${Bucket.Arn}/public/*", 1), "/public/a", "", "signed"},
		"an outside origin": {plain, "", "/a", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			trace := explain(t, loaded(t, web(test.settings, test.resources), nil).Distributions()[0], "GET", test.url)
			if (trace.Denied == "") != (test.denied == "") || !strings.Contains(trace.Denied, test.denied) || !strings.Contains(trace.String(), test.says) {
				t.Errorf("denied for %q, want %q and %q\n%s", trace.Denied, test.denied, test.says, trace)
			}
		})
	}
}

// Two stacks may have the same logical ids, each for a bucket of its own.
func TestBucketsOfTwoStacks(t *testing.T) {
	const template = `
Resources:
  Site: {Type: AWS::S3::Bucket}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Site
      PolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: cloudfront.amazonaws.com}, Action: s3:GetObject, Resource: !Sub '${Site.Arn}/*'}]}
  Control: {Type: AWS::CloudFront::OriginAccessControl, Properties: {OriginAccessControlConfig: {Name: c, OriginAccessControlOriginType: s3, SigningBehavior: always, SigningProtocol: sigv4}}}
  Web:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins: [{Id: s, DomainName: !GetAtt Site.RegionalDomainName, OriginAccessControlId: !Ref Control, S3OriginConfig: {OriginAccessIdentity: ''}}]
        DefaultCacheBehavior: {TargetOriginId: s, ViewerProtocolPolicy: https-only, CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6}
`
	dir := t.TempDir()
	for _, name := range []string{"one", "two"} {
		if err := os.WriteFile(filepath.Join(dir, name+".template.yaml"), []byte(template), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	app, err := Load(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewRequest("GET", "/a")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range app.Distributions() {
		if got := d.Explain(r).String(); !strings.Contains(got, "Policy: statement 1 allows s3:GetObject") {
			t.Errorf("got %s", got)
		}
	}
}
