package cfn

import (
	"fmt"
	"testing"
)

// largest is a template with as many behaviors as a distribution can have, each
// with an origin of its own.
func largest() map[string]any {
	resources := map[string]any{}
	var behaviors, origins []any
	for i := range 75 {
		id := fmt.Sprintf("Bucket%d", i)
		resources[id] = map[string]any{"Type": "AWS::S3::Bucket"}
		resources[id+"Policy"] = map[string]any{"Type": "AWS::S3::BucketPolicy", "Properties": map[string]any{
			"Bucket": map[string]any{"Ref": id},
			"PolicyDocument": map[string]any{"Statement": []any{map[string]any{
				"Action":   "s3:GetObject",
				"Resource": map[string]any{"Fn::Join": []any{"", []any{map[string]any{"Fn::GetAtt": []any{id, "Arn"}}, "/*"}}},
			}}},
		}}
		origins = append(origins, map[string]any{
			"Id": id, "DomainName": map[string]any{"Fn::GetAtt": []any{id, "RegionalDomainName"}},
		})
		behaviors = append(behaviors, map[string]any{
			"PathPattern": fmt.Sprintf("/%d/*", i), "TargetOriginId": id, "Compress": true,
			"AllowedMethods": []any{"GET", "HEAD", "OPTIONS"},
			"FunctionAssociations": []any{map[string]any{
				"EventType": "viewer-request", "FunctionARN": map[string]any{"Fn::GetAtt": []any{"Edge", "FunctionARN"}},
			}},
		})
	}
	resources["Edge"] = map[string]any{"Type": "AWS::CloudFront::Function", "Properties": map[string]any{"Name": "edge"}}
	resources["Dist"] = map[string]any{"Type": "AWS::CloudFront::Distribution", "Properties": map[string]any{
		"DistributionConfig": map[string]any{"Origins": origins, "CacheBehaviors": behaviors},
	}}
	return map[string]any{"Resources": resources}
}

func BenchmarkParse(b *testing.B) {
	template := largest()
	for b.Loop() {
		if _, err := Parse(template, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		load(b)
	}
}
