package iam

import "testing"

// A bucket policy of a router, which is evaluated for requests.
func BenchmarkEvaluate(b *testing.B) {
	document := policy(b,
		`{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:*", "Resource": ["arn:aws:s3:::${Site}", "arn:aws:s3:::${Site}/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}}`,
		`{"Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::${Site}/*", "arn:aws:s3:::${Site}"], "Condition": {"StringEquals": {"AWS:SourceArn": "`+distribution+`"}}}`)
	r := byService()
	b.ReportAllocs()
	for b.Loop() {
		if d, err := Evaluate(document, r); err != nil || !d.Allowed {
			b.Fatal(d, err)
		}
	}
}
