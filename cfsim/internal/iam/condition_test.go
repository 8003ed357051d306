package iam

import "testing"

func TestConditions(t *testing.T) {
	const arn = "arn:aws:cloudfront::111122223333:distribution/E1"
	for _, test := range []struct{ condition, want string }{
		{`{"StringEquals": {"aws:SourceArn": "` + arn + `"}}`, "allowed"},
		{`{"StringEquals": {"AWS:sourcearn": "` + arn + `"}}`, "allowed"},
		{`{"stringequals": {"aws:SourceArn": "` + arn + `"}}`, "allowed"},
		{`{"StringEquals": {"aws:SourceArn": ["x", "` + arn + `"]}}`, "allowed"},
		{`{"StringEquals": {"aws:SourceArn": "ARN:aws:cloudfront::111122223333:distribution/E1"}}`, "refused"},
		{`{"StringEquals": {"aws:SourceArn": "arn:*"}}`, "refused"},
		{`{"StringEquals": {"aws:SourceArn": "` + arn + `", "aws:SourceAccount": "444455556666"}}`, "refused"},
		{`{"StringEquals": {"aws:SourceArn": "` + arn + `"}, "Bool": {"aws:SecureTransport": "false"}}`, "refused"},
		{`{"StringEquals": {"aws:SourceVpc": "vpc-1"}}`, "refused"},
		{`{"StringEquals": {"aws:Empty": ""}}`, "refused"},
		{`{"StringEqualsIgnoreCase": {"aws:SourceArn": "ARN:AWS:cloudfront::111122223333:DISTRIBUTION/e1"}}`, "allowed"},
		{`{"StringNotEqualsIgnoreCase": {"aws:SourceArn": "ARN:AWS:cloudfront::111122223333:DISTRIBUTION/e1"}}`, "refused"},
		{`{"StringNotEquals": {"aws:SourceAccount": "444455556666"}}`, "allowed"},
		{`{"StringNotEquals": {"aws:SourceAccount": ["444455556666", "111122223333"]}}`, "refused"},
		{`{"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}`, "allowed"},
		{`{"StringNotEquals": {"aws:SourceAccount": "${Account}"}}`, "unknown"},
		{`{"StringLike": {"aws:SourceArn": "arn:*/E?"}}`, "allowed"},
		{`{"StringLike": {"aws:SourceArn": "arn:aws:cloudfront:*:E1"}}`, "refused"},
		{`{"StringNotLike": {"aws:SourceArn": "arn:*/E?"}}`, "refused"},
		{`{"ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::111122223333:distribution/*"}}`, "allowed"},
		{`{"ArnLike": {"aws:SourceArn": "arn:*:cloudfront:*:*:distribution/*"}}`, "allowed"},
		{`{"ArnEquals": {"aws:SourceArn": "arn:aws:cloudfront::*:distribution/E1"}}`, "allowed"},
		{`{"ArnEquals": {"aws:SourceArn": "arn:aws:cloudfront:*:distribution/E1"}}`, "refused"},
		{`{"StringLike": {"aws:SourceArn": "arn:aws:cloudfront:*:distribution/E1"}}`, "allowed"},
		{`{"ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::444455556666:distribution/*"}}`, "refused"},
		{`{"ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::${AWS::AccountId}:distribution/*"}}`, "unknown"},
		{`{"ArnLike": {"aws:SourceArn": "${Distribution.Arn}"}}`, "unknown"},
		{`{"ArnLike": {"aws:SourceArn": "*"}}`, "unknown"},
		{`{"ArnLike": {"aws:SourceArn": "x"}}`, "refused"},
		{`{"ArnNotLike": {"aws:SourceArn": "arn:aws:cloudfront::*:distribution/*"}}`, "refused"},
		{`{"ArnNotEquals": {"aws:SourceArn": "arn:aws:cloudfront::444455556666:distribution/*"}}`, "allowed"},
		{`{"Bool": {"aws:SecureTransport": "true"}}`, "allowed"},
		{`{"Bool": {"aws:SecureTransport": true}}`, "allowed"},
		{`{"Bool": {"aws:SecureTransport": "True"}}`, "allowed"},
		{`{"Bool": {"aws:SecureTransport": "false"}}`, "refused"},
		{`{"Bool": {"aws:MultiFactorAuthPresent": "false"}}`, "refused"},
		{`{"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}`, "allowed"},
		{`{"Null": {"aws:SourceVpc": "true"}}`, "allowed"},
		{`{"Null": {"aws:SourceVpc": "false"}}`, "refused"},
		{`{"Null": {"aws:SourceArn": false}}`, "allowed"},
		{`{"Null": {"aws:SourceArn": "true"}}`, "refused"},
		{`{"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}`, "allowed"},
		{`{"StringEqualsIfExists": {"aws:SourceAccount": "444455556666"}}`, "refused"},
		{`{"StringNotEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}`, "allowed"},
		{`{"ForAnyValue:StringEquals": {"aws:SourceAccount": ["1", "111122223333"]}}`, "allowed"},
		{`{"ForAnyValue:StringEquals": {"aws:SourceVpc": "vpc-1"}}`, "refused"},
		{`{"ForAnyValue:StringNotEquals": {"aws:SourceVpc": "vpc-1"}}`, "refused"},
		{`{"ForAnyValue:StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}`, "allowed"},
		{`{"ForAllValues:StringEquals": {"aws:SourceVpc": "vpc-1"}}`, "allowed"},
		{`{"ForAllValues:StringLike": {"aws:SourceAccount": "4*"}}`, "refused"},
		{`{"StringEquals": {"aws:SourceAccount": "${test:account}"}}`, "allowed"},
		{`{"StringEquals": {"aws:SourceAccount": "${test:none}"}}`, "refused"},
		{`{"StringNotEquals": {"aws:SourceAccount": "${test:none}"}}`, "allowed"},
		{`{"ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::${test:account}:distribution/*"}}`, "allowed"},
		{`{"ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::${test:none}:distribution/*"}}`, "refused"},
		// Numbers.
		{`{"NumericEquals": {"s3:TlsVersion": "1.30"}}`, "allowed"},
		{`{"NumericEquals": {"s3:TlsVersion": ["1.2", 1.3]}}`, "allowed"},
		{`{"NumericEquals": {"s3:TlsVersion": "1.2"}}`, "refused"},
		{`{"NumericNotEquals": {"s3:TlsVersion": 1.3}}`, "refused"},
		{`{"NumericNotEquals": {"s3:TlsVersion": 1.2}}`, "allowed"},
		{`{"NumericNotEquals": {"s3:TlsVersion": [1.2, 1.3]}}`, "refused"},
		{`{"NumericLessThan": {"s3:TlsVersion": 1.3}}`, "refused"},
		{`{"NumericLessThan": {"s3:TlsVersion": 10}}`, "allowed"},
		{`{"NumericLessThanEquals": {"s3:TlsVersion": 1.3}}`, "allowed"},
		{`{"NumericLessThanEquals": {"s3:TlsVersion": "-1"}}`, "refused"},
		{`{"NumericGreaterThan": {"s3:TlsVersion": 1.3}}`, "refused"},
		{`{"numericgreaterthan": {"S3:tlsversion": 1.2}}`, "allowed"},
		{`{"NumericGreaterThanEquals": {"s3:TlsVersion": 1.3}}`, "allowed"},
		{`{"NumericGreaterThanEquals": {"s3:TlsVersion": 1.4}}`, "refused"},
		{`{"NumericGreaterThanEquals": {"s3:TlsVersion": "${Least}"}}`, "unknown"},
		{`{"NumericEquals": {"s3:TlsVersion": "newest"}}`, "unknown"},
		{`{"NumericEquals": {"aws:SourceArn": 1}}`, "unknown"},
		{`{"NumericEquals": {"s3:TlsVersion": "NaN"}}`, "unknown"},
		{`{"NumericLessThan": {"s3:max-keys": "10"}}`, "refused"},
		{`{"NumericNotEquals": {"s3:max-keys": "10"}}`, "allowed"},
		{`{"NumericLessThanIfExists": {"s3:max-keys": "10"}}`, "allowed"},
		{`{"NumericLessThanIfExists": {"s3:TlsVersion": 1.2}}`, "refused"},
		// Not evaluated.
		{`{"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}`, "unknown"},
		{`{"DateNotEqualsIfExists": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}`, "unknown"},
		{`{"BinaryEquals": {"test:key": "QmluYXJ5"}}`, "unknown"},
		{`{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}`, "unknown"},
		{`{"ForAnyValue:NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}`, "unknown"},
		{`{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "Bool": {"aws:SecureTransport": "false"}}`, "refused"},
		{`{"ForAllValues:Null": {"aws:SourceArn": "false"}}`, "unknown"},
		{`{}`, "allowed"},
	} {
		r := byService()
		r.Context = map[string]string{"aws:SourceArn": arn, "aws:SourceAccount": "111122223333", "AWS:SecureTransport": "true", "aws:Empty": "", "s3:TlsVersion": "1.3", "test:account": "111122223333"}
		if d := evaluate(t, policy(t, `{"Condition": `+test.condition+`}`), r); outcome(d) != test.want {
			t.Errorf("%s: %s, want %s: %s", test.condition, outcome(d), test.want, d.Reason)
		}
	}
}

// Wildcards that are none, and fields that a symbol cannot fill.
func TestConditionsWithSymbols(t *testing.T) {
	const prefix = "arn:aws:cloudfront::${AWS::AccountId}:"
	for _, test := range []struct{ condition, want string }{
		{`{"StringEquals": {"aws:SourceArn": "` + prefix + `distribution/*"}}`, "refused"},
		{`{"StringEquals": {"aws:SourceArn": "` + prefix + `distribution/E?"}}`, "refused"},
		{`{"StringEquals": {"aws:SourceArn": "arn:aws:cloudfront::111122223333:distribution/*"}}`, "refused"},
		{`{"StringEquals": {"aws:SourceArn": "arn:aws:cloudfront::*:distribution/${Router}"}}`, "refused"},
		{`{"StringEqualsIgnoreCase": {"aws:SourceArn": "` + prefix + `distribution/*"}}`, "refused"},
		{`{"StringNotEquals": {"aws:SourceArn": "` + prefix + `distribution/*"}}`, "allowed"},
		{`{"StringEquals": {"aws:SourceAccount": "*"}}`, "refused"},
		{`{"StringEquals": {"aws:SourceArn": "` + prefix + `distribution/E1"}}`, "unknown"},
		{`{"StringLike": {"aws:SourceArn": "` + prefix + `distribution/*"}}`, "allowed"},
		{`{"StringLike": {"aws:SourceArn": "` + prefix + `distribution/E?"}}`, "unknown"},
		{`{"StringLike": {"aws:SourceArn": "` + prefix + `distribution/${*}"}}`, "refused"},
		{`{"ArnLike": {"aws:SourceArn": "` + prefix + `distribution/*"}}`, "allowed"},
		{`{"ArnEquals": {"aws:SourceArn": "` + prefix + `distribution/*"}}`, "allowed"},
		{`{"StringEquals": {"aws:SourceArn": "arn:aws:cloudfront:${AWS::Region}:${AWS::AccountId}:distribution/${Router}"}}`, "refused"},
		{`{"StringEquals": {"aws:SourceArn": "arn:aws:cloudfront:${AWS::Region}:111122223333:distribution/${Router}"}}`, "refused"},
		{`{"StringLike": {"aws:SourceArn": "arn:aws:cloudfront:${AWS::Region}:${AWS::AccountId}:distribution/*"}}`, "refused"},
		{`{"ArnLike": {"aws:SourceArn": "arn:aws:cloudfront:${AWS::Region}:${AWS::AccountId}:distribution/${Router}"}}`, "refused"},
		{`{"StringEquals": {"aws:SourceArn": "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Router}"}}`, "unknown"},
	} {
		if d := evaluate(t, policy(t, `{"Condition": `+test.condition+`}`), byService()); outcome(d) != test.want {
			t.Errorf("%s: %s, want %s: %s", test.condition, outcome(d), test.want, d.Reason)
		}
	}
	r := byService()
	r.Distinct = func(symbol string) bool { return symbol == "${Site}" }
	if d := evaluate(t, policy(t, `{"Condition": {"StringEquals": {"aws:SourceArn": "`+prefix+`distribution/*"}}}`), r); outcome(d) != "unknown" {
		t.Errorf("a parameter, which may be any text: %s: %s", outcome(d), d.Reason)
	}
}
