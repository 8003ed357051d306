package cfrouter

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// maxDomainNames is CloudFront's quota of alternate domain names.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-web-distributions)
const maxDomainNames = 100

// certificateRegion is the one region whose certificates CloudFront takes.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html)
const certificateRegion = "us-east-1"

// parseDomainNames checks the domain names and what belongs to them.
func parseDomainNames(props *RouterProps) ([]string, error) {
	var names []string
	for _, name := range value(props.DomainNames, nil) {
		names = append(names, value(name, ""))
	}
	switch {
	case len(names) == 0 && (!isNil(props.HostedZone) || !isNil(props.Certificate)):
		return nil, errors.New("HostedZone or Certificate is given without DomainNames: name what the distribution shall answer to")
	case len(names) == 0:
		return nil, nil
	case len(names) > maxDomainNames:
		return nil, fmt.Errorf("DomainNames has %d names, and CloudFront takes %d: use wildcards such as \"*.example.com\"", len(names), maxDomainNames)
	case isNil(props.HostedZone) && isNil(props.Certificate):
		return nil, fmt.Errorf("DomainNames %q need a HostedZone, for which a certificate is made, or a Certificate from %s", names, certificateRegion)
	}
	seen := map[string]bool{}
	for _, name := range names {
		if err := checkDomainName(name); err != nil {
			return nil, err
		}
		if seen[name] {
			return nil, fmt.Errorf("domain name %q is there twice: leave one out", name)
		}
		seen[name] = true
	}
	return names, checkZone(names, props.HostedZone)
}

func checkDomainName(name string) error {
	if isToken(name) {
		return fmt.Errorf("domain name %q is known only at deployment: write it as plain text", name)
	}
	if err := validName(strings.TrimPrefix(name, "*.")); err != nil {
		return fmt.Errorf("domain name %q %w: write one such as \"app.example.com\" or \"*.example.com\"", name, err)
	}
	return nil
}

// validName accepts host names in lower case with at least two labels.
func validName(name string) error {
	labels := strings.Split(name, ".")
	switch {
	case name != strings.ToLower(name):
		return errors.New("has upper-case letters")
	case len(name) > 253:
		return errors.New("has more than 253 characters")
	case len(labels) < 2:
		return errors.New("has no dot")
	}
	for _, label := range labels {
		allowed := func(c rune) bool { return c == '-' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.ContainsFunc(label, func(c rune) bool { return !allowed(c) }) {
			return fmt.Errorf("has the malformed label %q", label)
		}
	}
	return nil
}

func checkZone(names []string, zone awsroute53.IHostedZone) error {
	if isNil(zone) {
		return nil
	}
	zoneName, err := zoneNameOf(zone)
	if err != nil {
		return err
	}
	for _, name := range names {
		if name != zoneName && !strings.HasSuffix(name, "."+zoneName) {
			return fmt.Errorf("domain name %q is outside the hosted zone %q: give a zone that contains it, or a Certificate and make the records elsewhere", name, zoneName)
		}
	}
	return nil
}

// zoneNameOf asks a zone for its name, which one imported by its id alone does
// not know and panics about.
func zoneNameOf(zone awsroute53.IHostedZone) (name string, err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("hosted zone %q does not know its name: import it with HostedZone_FromHostedZoneAttributes", *zone.Node().Path())
		}
	}()
	return strings.TrimSuffix(*zone.ZoneName(), "."), nil
}

// certificate is the one given, or one for all names that is validated by
// records in the zone.
func (r *router) certificate(props *RouterProps) awscertificatemanager.ICertificate {
	if len(r.names) == 0 {
		return nil
	}
	if !isNil(props.Certificate) {
		checkCertificate(props.Certificate)
		return props.Certificate
	}
	scope, id := r.certificateScope(props.HostedZone)
	wanted := &awscertificatemanager.CertificateProps{
		DomainName: jsii.String(r.names[0]),
		Validation: awscertificatemanager.CertificateValidation_FromDns(props.HostedZone),
	}
	// ACM takes a list of other names only if there are any.
	if others := r.names[1:]; len(others) > 0 {
		wanted.SubjectAlternativeNames = jsii.Strings(others...)
	}
	return awscertificatemanager.NewCertificate(scope, jsii.String(id), wanted)
}

func checkCertificate(certificate awscertificatemanager.ICertificate) {
	region, name := "", *certificate.Node().Path()
	if arn := *certificate.CertificateArn(); !isToken(arn) {
		parts := strings.Split(arn, ":")
		if len(parts) < 6 || parts[2] != "acm" {
			panicf("certificate %q is not the ARN of an ACM certificate: write one such as \"arn:aws:acm:us-east-1:111122223333:certificate/…\"", arn)
		}
		region, name = parts[3], arn
	} else if _, made := certificate.Node().DefaultChild().(awscertificatemanager.CfnCertificate); made {
		region = *awscdk.Stack_Of(certificate).Region()
	}
	if region != "" && !isToken(region) && region != certificateRegion {
		panicf("certificate %q is in %s, and CloudFront takes certificates from %s only: make it there, or give a HostedZone and leave Certificate out", name, region, certificateRegion)
	}
}

// certificateScope is where the certificate is made: in the Router if that is in
// the right region, else in a stack of its own, one for all Routers of a stack.
func (r *router) certificateScope(zone awsroute53.IHostedZone) (scope constructs.Construct, id string) {
	stack := outermost(awscdk.Stack_Of(r))
	region, account := *stack.Region(), *stack.Account()
	switch {
	case isToken(region):
		panicf("stack %q has no region, and whether the certificate can be made in it depends on that: set Env with Account and Region in its StackProps, or give a Certificate from %s", *stack.Node().Path(), certificateRegion)
	case region == certificateRegion:
		return r, "Certificate"
	case isToken(account):
		panicf("stack %q is in %s and has no account, which the certificate's stack in %s needs: set Env with Account and Region in its StackProps, or give a Certificate from %s", *stack.Node().Path(), region, certificateRegion, certificateRegion)
	case isToken(*zone.HostedZoneId()) && *outermost(awscdk.Stack_Of(zone)).Node().Path() == *stack.Node().Path():
		panicf("hosted zone %q is made in the Router's own stack in %s, and the certificate in %s would need the zone while the stack needs the certificate: make the zone in a stack of its own, or import it with HostedZone_FromHostedZoneAttributes", *zone.Node().Path(), region, certificateRegion)
	}
	return certificateStack(stack), *awscdk.Names_UniqueId(r)
}

// outermost is the stack that is deployed with all that are nested in it.
func outermost(stack awscdk.Stack) awscdk.Stack {
	for stack.NestedStackParent() != nil {
		stack = stack.NestedStackParent()
	}
	return stack
}

// certificateStack is the stack for the certificates of another. It is named
// after that one, so stacks of one name share it, unless their accounts differ.
func certificateStack(stack awscdk.Stack) awscdk.Stack {
	stage, account := awscdk.Stage_Of(stack), *stack.Account()
	name := *stack.StackName() + "-" + certificateRegion
	for _, id := range []string{name, name + "-" + account} {
		child := stage.Node().TryFindChild(jsii.String(id))
		if child == nil {
			return awscdk.NewStack(stage, jsii.String(id), &awscdk.StackProps{
				StackName:             jsii.String(name),
				Description:           jsii.String("Certificates for CloudFront of " + *stack.StackName()),
				Env:                   &awscdk.Environment{Account: jsii.String(account), Region: jsii.String(certificateRegion)},
				CrossRegionReferences: jsii.Bool(true),
			})
		}
		known, ok := child.(awscdk.Stack)
		if ok && *known.Account() == account && *known.Region() == certificateRegion {
			return known
		}
	}
	panicf("the stack for certificates in %s would be named %q, and something else in the app has that name: rename it, or give a Certificate", certificateRegion, name)
	return nil
}

// distributionZone is the hosted zone of the alias targets of all distributions.
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-route53-recordset-aliastarget.html)
func distributionZone(region string) string {
	if strings.HasPrefix(region, "cn-") {
		return "Z3RFFRIM2A3IF5"
	}
	return "Z2FDTNDATAQYW2"
}

// addRecords makes alias records for every name, since the apex of a zone takes
// no CNAME. They are made without awsroute53targets, which would bring half of
// the CDK into a user's build for one constant.
func (r *router) addRecords(props *RouterProps) {
	target := r.distribution.DistributionDomainName()
	if isNil(props.HostedZone) {
		if len(r.names) > 0 {
			r.output("DnsRecords", jsii.String(strings.Join(r.names, ", ")+" -> "+*target), "Make these names aliases (A and AAAA) or CNAMEs of the distribution")
		}
		return
	}
	zone := distributionZone(*awscdk.Stack_Of(r).Region())
	for _, name := range r.names {
		for _, kind := range []string{"A", "AAAA"} {
			awsroute53.NewCfnRecordSet(r, jsii.String(name+" "+kind), &awsroute53.CfnRecordSetProps{
				Name:         jsii.String(name),
				Type:         jsii.String(kind),
				HostedZoneId: props.HostedZone.HostedZoneId(),
				AliasTarget:  &awsroute53.CfnRecordSet_AliasTargetProperty{DnsName: target, HostedZoneId: jsii.String(zone)},
			})
		}
	}
}

// domainConflicts finds constructs of the app that use a name of the Router's.
// AWS would refuse the second of them at deployment.
func (r *router) domainConflicts() []string {
	if len(r.names) == 0 {
		return nil
	}
	own := map[string]bool{}
	for _, name := range r.names {
		own[name] = true
	}
	var out []string
	for _, construct := range *r.Node().Root().Node().FindAll(constructs.ConstructOrder_PREORDER) {
		for _, name := range r.namesOf(construct) {
			if own[name] {
				other := strings.TrimSuffix(*construct.Node().Path(), "/Resource")
				out = append(out, fmt.Sprintf("domain name %q is used by %q and by %q, and can belong to one of them only: give each its own name, such as another sub-domain", name, *r.Node().Path(), other))
			}
		}
	}
	return out
}

// namesOf are the domain names that a resource other than the Router's claims.
func (r *router) namesOf(construct constructs.IConstruct) []string {
	switch c := construct.(type) {
	case awsapigatewayv2.CfnDomainName:
		return []string{value(c.DomainName(), "")}
	case awsapigateway.CfnDomainName:
		return []string{value(c.DomainName(), "")}
	case awscloudfront.CfnDistribution:
		if *c.Node().Path() != *r.distribution.Node().DefaultChild().Node().Path() {
			return texts(resolved(c, c.DistributionConfig())["aliases"])
		}
	}
	return nil
}
