package iam

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

const (
	distribution = "arn:aws:cloudfront::${AWS::AccountId}:distribution/${Router}"
	object       = "arn:aws:s3:::${Site}/index.html"
)

// byService is CloudFront with an origin access control.
func byService() Request {
	return Request{
		Principal: Principal{Service: "cloudfront.amazonaws.com"},
		Action:    "s3:GetObject",
		Resource:  object,
		Context: map[string]string{
			"aws:SourceArn":       distribution,
			"aws:SourceAccount":   "${AWS::AccountId}",
			"aws:SecureTransport": "true",
			"s3:TlsVersion":       "1.3",
		},
	}
}

func decode(t testing.TB, text string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return value
}

// policy makes a document of statements; each may leave out what is as usual.
func policy(t testing.TB, statements ...string) any {
	t.Helper()
	var list []any
	for _, text := range statements {
		s := map[string]any{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
		for name, value := range decode(t, text).(map[string]any) {
			if strings.HasPrefix(name, "Not") {
				delete(s, strings.TrimPrefix(name, "Not"))
			}
			s[name] = value
		}
		list = append(list, s)
	}
	return map[string]any{"Version": "2012-10-17", "Statement": list}
}

func outcome(d Decision) string {
	switch {
	case d.Allowed && !d.Denied && !d.Unknown:
		return "allowed"
	case d.Denied && !d.Allowed && !d.Unknown:
		return "denied"
	case d.Unknown && !d.Allowed && !d.Denied:
		return "unknown"
	case !d.Allowed && !d.Denied && !d.Unknown:
		return "refused"
	}
	return "contradictory"
}

func evaluate(t testing.TB, document any, r Request) Decision {
	t.Helper()
	d, err := Evaluate(document, r)
	if err != nil {
		t.Fatalf("%v\nof %v", err, document)
	}
	return d
}

func TestEvaluate(t *testing.T) {
	const (
		oac      = `{"Sid": "Router", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::${Site}/*", "arn:aws:s3:::${Site}"], "Condition": {"StringEquals": {"AWS:SourceArn": "` + distribution + `"}}}`
		other    = `{"Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${Site}/*", "Condition": {"StringEquals": {"AWS:SourceArn": "arn:aws:cloudfront::${AWS::AccountId}:distribution/${Other}"}}}`
		any      = `{"Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${Site}/*", "Condition": {"StringEquals": {"AWS:SourceAccount": "${AWS::AccountId}"}, "ArnLike": {"AWS:SourceArn": "arn:aws:cloudfront::${AWS::AccountId}:distribution/*"}}}`
		spelled  = `{"Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${Site}/*", "Condition": {"StringEquals": {"AWS:SourceArn": "arn:aws:cloudfront::111122223333:distribution/EDFDVBD6EXAMPLE"}}}`
		listOnly = `{"Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::${Site}"}`
		noStar   = `{"Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${Site}"}`
		byName   = `{"Action": "s3:GetObject", "Resource": "${Site}/*"}`
		lambda   = `{"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "s3:GetObject"}`
		elsewise = `{"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::other/*"}`
		tls      = `{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}`
		deny     = `{"Effect": "Deny", "Action": "s3:Get*"}`
		denyIP   = `{"Effect": "Deny", "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}`
		allowIP  = `{"Action": "s3:GetObject", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}`
		denyAcct = `{"Effect": "Deny", "Condition": {"StringNotEquals": {"aws:SourceAccount": "111122223333"}}}`
	)
	denyTLS := func(version float64) string {
		return fmt.Sprintf(`{"Effect": "Deny", "Action": "s3:*", "Condition": {"NumericLessThan": {"s3:TlsVersion": %v}}}`, version)
	}
	wish := "s3:GetObject on " + object + " to cloudfront.amazonaws.com"
	for _, test := range []struct {
		name       string
		statements []string
		want       string
		statement  int
		reason     string
	}{
		{"access control", []string{oac}, "allowed", 1, "statement 1 (Router) allows " + wish},
		{"any distribution of the account", []string{any}, "allowed", 1, "statement 1 allows " + wish},
		{"another statement first", []string{listOnly, oac}, "allowed", 2, "statement 2 (Router) allows " + wish},
		{"transport over TLS", []string{tls, oac}, "allowed", 2, "statement 2 (Router) allows " + wish},
		{
			"another distribution",
			[]string{listOnly, other},
			"refused", 2,
			"no statement allows " + wish + ": statement 2 would, but its condition StringEquals AWS:SourceArn is arn:aws:cloudfront::${AWS::AccountId}:distribution/${Other} and the request's is " + distribution,
		},
		{
			"the bucket without its objects",
			[]string{noStar},
			"refused", 1,
			"no statement allows " + wish + `: statement 1 would, but its Resource is arn:aws:s3:::${Site}: that is the bucket without its objects, which are "arn:aws:s3:::${Site}/*"`,
		},
		{
			"another action",
			[]string{listOnly},
			"refused", 1,
			"no statement allows " + wish + ": statement 1 would, but its Action is s3:ListBucket and its Resource is arn:aws:s3:::${Site}: that is the bucket without its objects, which are \"arn:aws:s3:::${Site}/*\"",
		},
		{
			"another principal",
			[]string{lambda},
			"refused", 1,
			"no statement allows " + wish + ": statement 1 would, but its Principal is lambda.amazonaws.com and the request's is cloudfront.amazonaws.com",
		},
		{"another principal, action and resource", []string{elsewise}, "refused", 0, "no statement allows " + wish},
		{"only a denial of something else", []string{tls}, "refused", 0, "no statement allows " + wish},
		{"denied", []string{oac, deny}, "denied", 2, "statement 2 denies " + wish},
		{"denied, whatever the order", []string{deny, oac}, "denied", 1, "statement 1 denies " + wish},
		{
			"spelled out",
			[]string{spelled},
			"unknown", 1,
			"whether statement 1 allows " + wish + " is only known once deployed: its condition StringEquals AWS:SourceArn is arn:aws:cloudfront::111122223333:distribution/EDFDVBD6EXAMPLE and the request's is " + distribution,
		},
		{"spelled out, and as it should be", []string{spelled, oac}, "allowed", 2, "statement 2 (Router) allows " + wish},
		{
			"perhaps denied",
			[]string{oac, denyAcct},
			"unknown", 2,
			"statement 1 (Router) allows " + wish + ", and whether statement 2 denies it is only known once deployed: its condition StringNotEquals aws:SourceAccount is 111122223333 and the request's is ${AWS::AccountId}",
		},
		{"perhaps denied, and not allowed", []string{denyAcct}, "refused", 0, "no statement allows " + wish},
		{
			"denied by what is not evaluated",
			[]string{oac, denyIP},
			"unknown", 2,
			"statement 1 (Router) allows " + wish + ", and whether statement 2 denies it is not known: its condition NotIpAddress aws:SourceIp is not evaluated here",
		},
		{"denied, whatever is not evaluated", []string{oac, denyIP, deny}, "denied", 3, "statement 3 denies " + wish},
		{
			"allowed by what is not evaluated",
			[]string{allowIP},
			"unknown", 1,
			"whether statement 1 allows " + wish + " is not known: its condition IpAddress aws:SourceIp is not evaluated here",
		},
		{"allowed, whatever is not evaluated", []string{allowIP, oac}, "allowed", 2, "statement 2 (Router) allows " + wish},
		{"a version of TLS that the request has", []string{oac, denyTLS(1.2)}, "allowed", 1, "statement 1 (Router) allows " + wish},
		{"a version of TLS that it has not", []string{oac, denyTLS(1.4)}, "denied", 2, "statement 2 denies " + wish},
		{
			"the name of the bucket",
			[]string{byName},
			"refused", 1,
			"no statement allows " + wish + `: statement 1 would, but its Resource is ${Site}/*: "${Site}/*" is no ARN, which begins with "arn:"`,
		},
	} {
		d := evaluate(t, policy(t, test.statements...), byService())
		if outcome(d) != test.want || d.Statement != test.statement || d.Reason != test.reason {
			t.Errorf("%s: %s by %d: %s\nwant %s by %d: %s", test.name, outcome(d), d.Statement, d.Reason, test.want, test.statement, test.reason)
		}
	}
}

func TestNoPolicy(t *testing.T) {
	d := evaluate(t, nil, byService())
	if outcome(d) != "refused" || d.Reason != "there is no policy, so nothing allows s3:GetObject on "+object+" to cloudfront.amazonaws.com" {
		t.Errorf("no policy: %s: %s", outcome(d), d.Reason)
	}
}

func TestPrincipals(t *testing.T) {
	service := Principal{Service: "cloudfront.amazonaws.com"}
	identity := Principal{AWS: "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ${Identity}", CanonicalUser: "${Identity.S3CanonicalUserId}"}
	unsigned := Principal{}
	for _, test := range []struct {
		statement string
		who       Principal
		want      string
	}{
		{`{"Principal": "*"}`, service, "allowed"},
		{`{"Principal": "*"}`, identity, "allowed"},
		{`{"Principal": "*"}`, unsigned, "allowed"},
		{`{"Principal": {"AWS": "*"}}`, service, "allowed"},
		{`{"Principal": {"AWS": "*"}}`, unsigned, "allowed"},
		{`{"Principal": {"Service": "*"}}`, service, "allowed"},
		{`{"Principal": {"Service": "*"}}`, unsigned, "refused"},
		{`{"Principal": {"CanonicalUser": "*"}}`, identity, "allowed"},
		{`{"Principal": {"CanonicalUser": "*"}}`, service, "refused"},
		{`{"Principal": {"Service": "cloudfront.amazonaws.com"}}`, service, "allowed"},
		{`{"Principal": {"Service": ["lambda.amazonaws.com", "cloudfront.amazonaws.com"]}}`, service, "allowed"},
		{`{"Principal": {"Service": "cloudfront.${AWS::URLSuffix}"}}`, service, "unknown"},
		{`{"Principal": {"Service": "cloudfront.*"}}`, service, "refused"},
		{`{"Principal": {"AWS": "cloudfront.amazonaws.com"}}`, service, "refused"},
		{`{"Principal": {"Service": "cloudfront.amazonaws.com"}}`, unsigned, "refused"},
		{`{"Principal": {"Service": "cloudfront.amazonaws.com"}}`, identity, "refused"},
		{`{"Principal": {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ${Identity}"}}`, identity, "allowed"},
		{`{"Principal": {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ${Other}"}}`, identity, "refused"},
		{`{"Principal": {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity EH1HDMB1FH2TC"}}`, identity, "unknown"},
		{`{"Principal": {"CanonicalUser": "${Identity.S3CanonicalUserId}"}}`, identity, "allowed"},
		{`{"Principal": {"AWS": "arn:aws:iam::111122223333:root", "CanonicalUser": ["x", "${Identity.S3CanonicalUserId}"]}}`, identity, "allowed"},
		{`{"Principal": {"AWS": "${Role.Arn}", "CanonicalUser": "${Identity.S3CanonicalUserId}"}}`, identity, "allowed"},
		{`{"Principal": {"AWS": "111122223333"}}`, Principal{AWS: "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}, "refused"},
		{`{"Principal": {"Federated": "accounts.google.com"}}`, service, "refused"},
		{`{"NotPrincipal": {"Service": "lambda.amazonaws.com"}}`, service, "allowed"},
		{`{"NotPrincipal": {"Service": "cloudfront.amazonaws.com"}}`, service, "refused"},
		{`{"NotPrincipal": "*"}`, service, "refused"},
		{`{"Effect": "Deny", "NotPrincipal": {"Service": "lambda.amazonaws.com"}}`, service, "denied"},
		{`{"Effect": "Deny", "NotPrincipal": {"Service": "cloudfront.amazonaws.com"}}`, service, "refused"},
		// Keys that follow from the principal.
		{`{"Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}}`, service, "allowed"},
		{`{"Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}}`, identity, "refused"},
		{`{"Condition": {"BoolIfExists": {"aws:PrincipalIsAWSService": "true"}}}`, unsigned, "allowed"},
		{`{"Condition": {"StringEquals": {"aws:PrincipalServiceName": "cloudfront.amazonaws.com"}}}`, service, "allowed"},
		{`{"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::cloudfront:user/*"}}}`, identity, "allowed"},
	} {
		r := byService()
		r.Principal = test.who
		document := policy(t, test.statement)
		if d := evaluate(t, document, r); outcome(d) != test.want {
			t.Errorf("%s to %s: %s, want %s: %s", test.statement, test.who, outcome(d), test.want, d.Reason)
		}
	}
}

func TestActionsAndResources(t *testing.T) {
	for _, test := range []struct{ statement, want string }{
		{`{"Action": "*"}`, "allowed"},
		{`{"Action": "s3:*"}`, "allowed"},
		{`{"Action": "S3:getobject"}`, "allowed"},
		{`{"Action": "s3:Get?bject"}`, "allowed"},
		{`{"Action": "s3:GetObject*"}`, "allowed"},
		{`{"Action": "s3:GetObjectAcl"}`, "refused"},
		{`{"Action": ["s3:Put*", "s3:Get*"]}`, "allowed"},
		{`{"NotAction": "s3:Put*"}`, "allowed"},
		{`{"NotAction": ["s3:Put*", "s3:Get*"]}`, "refused"},
		{`{"Resource": "arn:aws:s3:::${Site}/*"}`, "allowed"},
		{`{"Resource": "arn:aws:s3:::${Site}/index.htm?"}`, "allowed"},
		{`{"Resource": "arn:aws:s3:::*/index.html"}`, "allowed"},
		{`{"Resource": "arn:aws:s3:*"}`, "allowed"},
		{`{"Resource": "arn:aws:s3:::${Site}/INDEX.html"}`, "refused"},
		{`{"Resource": "arn:aws:s3:::${Site}*"}`, "allowed"},
		{`{"Resource": "arn:aws:s3:::${Assets}/*"}`, "refused"},
		{`{"Resource": "arn:aws:s3:::my-site/*"}`, "unknown"},
		{`{"Resource": "arn:aws:s3:::my-site/other"}`, "refused"},
		{`{"Resource": "arn:${AWS::Partition}:s3:::${Site}/*"}`, "unknown"},
		{`{"NotResource": "arn:aws:s3:::${Site}/private/*"}`, "allowed"},
		{`{"NotResource": "arn:aws:s3:::${Site}/index*"}`, "refused"},
		{`{"NotResource": "arn:aws:s3:::my-site/*"}`, "unknown"},
		{`{"Resource": "${Site}/*"}`, "refused"},
		{`{"Resource": "${Site}"}`, "refused"},
		{`{"NotResource": "${Site}/*"}`, "allowed"},
		{`{"Resource": "site/*"}`, "refused"},
		{`{"Resource": "*/index.html"}`, "refused"},
		{`{"Resource": "${AWS::StackName}/*"}`, "refused"},
		{`{"Resource": "${SiteArn}/*"}`, "unknown"},
		{`{"Resource": "${Site.Arn}/*"}`, "unknown"},
		// Policy variables.
		{`{"Resource": "arn:aws:s3:::${Site}/${s3:name}"}`, "refused"},
		{`{"Resource": "arn:aws:s3:::${Site}/${s3:name, 'index.html'}"}`, "allowed"},
		{`{"Resource": "arn:aws:s3:::${Site}/${test:Name}"}`, "allowed"},
		{`{"Resource": "arn:aws:s3:::${Site}/${*}"}`, "refused"},
		{`{"Resource": "arn:aws:s3:::${Site}/${test:star}"}`, "refused"},
	} {
		r := byService()
		r.Context["test:name"], r.Context["test:star"] = "index.html", "*"
		if d := evaluate(t, policy(t, test.statement), r); outcome(d) != test.want {
			t.Errorf("%s: %s, want %s: %s", test.statement, outcome(d), test.want, d.Reason)
		}
	}
	old := policy(t, `{"Resource": "arn:aws:s3:::${Site}/${aws:SecureTransport}"}`).(map[string]any)
	r := byService()
	r.Resource = "arn:aws:s3:::${Site}/true"
	if d := evaluate(t, old, r); outcome(d) != "allowed" {
		t.Errorf("a policy variable: %s: %s", outcome(d), d.Reason)
	}
	old["Version"] = "2008-10-17"
	if d := evaluate(t, old, r); outcome(d) != "refused" {
		t.Errorf("a policy variable in the older language: %s: %s", outcome(d), d.Reason)
	}
}

func TestDistinct(t *testing.T) {
	document := policy(t, `{"Condition": {"StringEquals": {"aws:SourceArn": "arn:aws:cloudfront::${AWS::AccountId}:distribution/${DistributionId}"}}}`)
	r := byService()
	if d := evaluate(t, document, r); outcome(d) != "refused" {
		t.Errorf("two resources: %s: %s", outcome(d), d.Reason)
	}
	r.Distinct = func(symbol string) bool { return symbol != "${DistributionId}" && symbol != "${AWS::AccountId}" }
	if d := evaluate(t, document, r); outcome(d) != "unknown" {
		t.Errorf("a parameter, which may be the id of the distribution: %s: %s", outcome(d), d.Reason)
	}
}
