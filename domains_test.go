package cfrouter_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
)

const account = "111122223333"

// stackIn is a stack in a region.
func stackIn(region string) awscdk.Stack {
	return awscdk.NewStack(newApp(), jsii.String("Stack"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String(account), Region: jsii.String(region)},
	})
}

func zoneIn(stack awscdk.Stack) awsroute53.IHostedZone {
	return awsroute53.HostedZone_FromHostedZoneAttributes(stack, jsii.String("Zone"), &awsroute53.HostedZoneAttributes{
		HostedZoneId: jsii.String("Z1D633PJN98FT9"),
		ZoneName:     jsii.String("example.com"),
	})
}

// checkAliases holds a template to have an A and an AAAA record for every name,
// and no others.
func checkAliases(t *testing.T, template map[string]any, zone any, names ...string) {
	t.Helper()
	id, _ := only(t, template, "AWS::CloudFront::Distribution")
	for _, name := range names {
		for _, kind := range []string{"A", "AAAA"} {
			has(t, template, "AWS::Route53::RecordSet", map[string]any{
				"Name": name, "Type": kind, "HostedZoneId": zone,
				"AliasTarget": map[string]any{"DNSName": attribute(id, "DomainName"), "HostedZoneId": "Z2FDTNDATAQYW2"},
			})
		}
	}
	count(t, template, "AWS::Route53::RecordSet", 2*len(names))
}

func TestDomainsInUsEast1(t *testing.T) {
	stack := stackIn("us-east-1")
	router := routerIn(stack, &cfrouter.RouterProps{
		DomainNames: jsii.Strings("*.example.com", "example.com"),
		HostedZone:  zoneIn(stack),
	})
	routeTo(t, router, newTargets(stack), [2]string{"/", "bucket:Site"})
	template := synthesize(t, stack)
	golden(t, "domains", template)

	same(t, "url", "https://example.com", *router.Url())
	id, certificate := only(t, template, "AWS::CertificateManager::Certificate")
	same(t, "names of the certificate", []any{"*.example.com", []any{"example.com"}, "DNS"},
		[]any{certificate["DomainName"], certificate["SubjectAlternativeNames"], certificate["ValidationMethod"]})
	config := configOf(t, template)
	same(t, "aliases", []any{"*.example.com", "example.com"}, config["Aliases"].([]any))
	same(t, "viewer certificate", map[string]any{
		"AcmCertificateArn": ref(id), "MinimumProtocolVersion": "TLSv1.2_2025", "SslSupportMethod": "sni-only",
	}, object(config["ViewerCertificate"]))
	checkAliases(t, template, "Z1D633PJN98FT9", "example.com", "*.example.com")
}

// The certificate of a distribution is in us-east-1 wherever its stack is.
func TestDomainsElsewhere(t *testing.T) {
	stack := stackIn("eu-west-1")
	zone := zoneIn(stack)
	targets := newTargets(stack)
	for id, name := range map[string]string{"Router": "app.example.com", "Other": "other.example.com"} {
		router := cfrouter.NewRouter(stack, jsii.String(id), &cfrouter.RouterProps{DomainNames: jsii.Strings(name), HostedZone: zone, Outputs: jsii.Bool(false)})
		routeTo(t, router, targets, [2]string{"/", "url:https://" + name[:3] + ".example.org"})
	}
	template := synthesize(t, stack)
	support, ok := stack.Node().Root().Node().FindChild(jsii.String("Stack-us-east-1")).(awscdk.Stack)
	if !ok {
		t.Fatal("there is no stack for certificates")
	}
	certificates := synthesize(t, support)
	golden(t, "domains-elsewhere.stack", template)
	golden(t, "domains-elsewhere.certificates", certificates)

	same(t, "region of the certificates", "us-east-1", *support.Region())
	same(t, "account of the certificates", account, *support.Account())
	count(t, template, "AWS::CertificateManager::Certificate", 0)
	// One stack is enough for the certificates of all Routers.
	count(t, certificates, "AWS::CertificateManager::Certificate", 2)
	for _, name := range []string{"app.example.com", "other.example.com"} {
		has(t, certificates, "AWS::CertificateManager::Certificate", map[string]any{
			"DomainName":              name,
			"ValidationMethod":        "DNS",
			"DomainValidationOptions": []any{map[string]any{"DomainName": name, "HostedZoneId": "Z1D633PJN98FT9"}},
			"SubjectAlternativeNames": assertions.Match_Absent(),
		})
	}
	count(t, template, "AWS::Route53::RecordSet", 4)
}

// Stacks of one name share the stack of their certificates, since its name is
// made of theirs, but only within an account.
func TestCertificatesOfStacksOfOneName(t *testing.T) {
	app := newApp()
	for _, env := range []struct{ id, account, region string }{
		{"Europe", account, "eu-west-1"},
		{"Asia", account, "ap-southeast-1"},
		{"Test", "444455556666", "eu-west-1"},
	} {
		stack := awscdk.NewStack(app, jsii.String(env.id), &awscdk.StackProps{
			StackName: jsii.String("Shop"),
			Env:       &awscdk.Environment{Account: jsii.String(env.account), Region: jsii.String(env.region)},
		})
		router := routerIn(stack, &cfrouter.RouterProps{
			DomainNames: jsii.Strings(strings.ToLower(env.id) + ".example.com"),
			HostedZone:  zoneIn(stack),
		})
		routeTo(t, router, newTargets(stack), [2]string{"/", "url:https://example.org"})
	}
	for id, want := range map[string]struct {
		account      string
		certificates int
	}{
		"Shop-us-east-1":              {account, 2},
		"Shop-us-east-1-444455556666": {"444455556666", 1},
	} {
		stack, ok := app.Node().FindChild(jsii.String(id)).(awscdk.Stack)
		if !ok {
			t.Fatalf("%s is no stack", id)
		}
		same(t, "name of "+id, "Shop-us-east-1", *stack.StackName())
		same(t, "account of "+id, want.account, *stack.Account())
		count(t, synthesize(t, stack), "AWS::CertificateManager::Certificate", want.certificates)
	}
}

func TestCertificateWithoutZone(t *testing.T) {
	stack := stackIn("eu-west-1")
	arn := "arn:aws:acm:us-east-1:" + account + ":certificate/12345678-1234-1234-1234-123456789012"
	router := routerIn(stack, &cfrouter.RouterProps{
		DomainNames: jsii.Strings("app.example.com", "www.example.org"),
		Certificate: awscertificatemanager.Certificate_FromCertificateArn(stack, jsii.String("Certificate"), jsii.String(arn)),
	})
	routeTo(t, router, newTargets(stack), [2]string{"/", "bucket:Site"})
	template := synthesize(t, stack)
	golden(t, "certificate", template)

	count(t, template, "AWS::Route53::RecordSet", 0)
	count(t, template, "AWS::CertificateManager::Certificate", 0)
	same(t, "certificate", any(arn), object(configOf(t, template)["ViewerCertificate"])["AcmCertificateArn"])
	distribution, _ := only(t, template, "AWS::CloudFront::Distribution")
	outputs := outputsOf(template)
	same(t, "url", any("https://app.example.com"), outputs["RouterUrl"])
	same(t, "records to create", any(join("app.example.com, www.example.org -> ", attribute(distribution, "DomainName"))), outputs["RouterDnsRecords"])
}

// Both a zone and a certificate: records are made, a certificate is not.
func TestCertificateAndZone(t *testing.T) {
	stack := stackIn("us-east-1")
	zone := awsroute53.NewHostedZone(stack, jsii.String("Made"), &awsroute53.HostedZoneProps{ZoneName: jsii.String("example.com")})
	given := awscertificatemanager.NewCertificate(stack, jsii.String("Certificate"), &awscertificatemanager.CertificateProps{
		DomainName: jsii.String("example.com"),
		Validation: awscertificatemanager.CertificateValidation_FromDns(zone),
	})
	router := routerIn(stack, &cfrouter.RouterProps{DomainNames: jsii.Strings("example.com"), HostedZone: zone, Certificate: given})
	routeTo(t, router, newTargets(stack), [2]string{"/", "bucket:Site"})
	template := synthesize(t, stack)

	id, _ := only(t, template, "AWS::CertificateManager::Certificate")
	same(t, "certificate", any(ref(id)), object(configOf(t, template)["ViewerCertificate"])["AcmCertificateArn"])
	checkAliases(t, template, ref(logicalId(stack, zone.Node().DefaultChild())), "example.com")
}

// The default certificate of CloudFront has no choice of protocol, and a choice
// of one's own is kept.
func TestMinimumProtocolVersion(t *testing.T) {
	without := templateWith(t, nil, [2]string{"/", "bucket:Site"})
	same(t, "viewer certificate without names", nil, configOf(t, without)["ViewerCertificate"])

	stack := stackIn("us-east-1")
	router := routerIn(stack, &cfrouter.RouterProps{
		DomainNames:  jsii.Strings("example.com"),
		HostedZone:   zoneIn(stack),
		Distribution: &awscloudfront.DistributionProps{MinimumProtocolVersion: awscloudfront.SecurityPolicyProtocol_TLS_V1_3_2025},
	})
	routeTo(t, router, newTargets(stack), [2]string{"/", "bucket:Site"})
	template := synthesize(t, stack)
	same(t, "protocol", any("TLSv1.3_2025"), object(configOf(t, template)["ViewerCertificate"])["MinimumProtocolVersion"])
}

// The region of a certificate whose ARN is known only at deployment is not that
// of the stack it was imported into.
func TestCertificateKnownAtDeployment(t *testing.T) {
	stack := stackIn("eu-west-1")
	arn := awscdk.NewCfnParameter(stack, jsii.String("Arn"), nil).ValueAsString()
	cfrouter.NewRouter(stack, jsii.String("Router"), &cfrouter.RouterProps{
		DomainNames: jsii.Strings("app.example.com"),
		Certificate: awscertificatemanager.Certificate_FromCertificateArn(stack, jsii.String("Certificate"), arn),
	}).AddRoute(jsii.String("/"), urlTarget("https://example.com"), nil)
	config := configOf(t, synthesize(t, stack))
	same(t, "certificate", any(ref("Arn")), object(config["ViewerCertificate"])["AcmCertificateArn"])
}

// The certificates of a nested stack are in the stack that belongs to the one it
// is nested in, as nested stacks have no names of their own.
func TestDomainsOfANestedStack(t *testing.T) {
	stack := stackIn("eu-west-1")
	nested := awscdk.NewNestedStack(stack, jsii.String("Web"), nil)
	cfrouter.NewRouter(nested, jsii.String("Router"), &cfrouter.RouterProps{
		DomainNames: jsii.Strings("app.example.com"), HostedZone: zoneIn(stack),
	}).AddRoute(jsii.String("/"), urlTarget("https://example.com"), nil)
	count(t, synthesize(t, nested), "AWS::CloudFront::Distribution", 1)
	support := stack.Node().Root().Node().FindChild(jsii.String("Stack-us-east-1")).(awscdk.Stack)
	count(t, synthesize(t, support), "AWS::CertificateManager::Certificate", 1)
}
