package cfn

import (
	"fmt"
	"strings"
	"testing"
)

// Values that double at every step are refused, however they do it.
func TestGrowth(t *testing.T) {
	chain := func(first, step string) string {
		var b strings.Builder
		b.WriteString("Resources:\n" + first)
		for i := 1; i < 64; i++ {
			fmt.Fprintf(&b, step, i, i-1)
		}
		return b.String()
	}
	const first = "  B0: {Type: 'AWS::S3::Bucket', Properties: {BucketName: x}}\n"
	for name, template := range map[string]string{
		"Sub":  chain(first, "  B%d: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub '${B%[2]d}${B%[2]d}'}}\n"),
		"Join": chain(first, "  B%d: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Join ['', [!Ref B%[2]d, !Ref B%[2]d]]}}\n"),
		"JSON": chain(first, "  B%d: {Type: 'AWS::S3::Bucket', Properties: {BucketName: {'Fn::ToJsonString': [!Ref B%[2]d]}}}\n"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseText(t, template, nil)
			wantError(t, err, "the template's values grow past 16 MB")
		})
	}
}

func TestChains(t *testing.T) {
	resources := map[string]any{}
	conditions := map[string]any{"C0": map[string]any{"Fn::Equals": []any{"a", "a"}}}
	for i := range 6_000 {
		resources[fmt.Sprintf("B%d", i)] = map[string]any{
			"Type":       "AWS::S3::Bucket",
			"Properties": map[string]any{"BucketName": map[string]any{"Ref": fmt.Sprintf("B%d", i+1)}},
		}
		conditions[fmt.Sprintf("C%d", i+1)] = map[string]any{"Fn::Not": []any{map[string]any{"Condition": fmt.Sprintf("C%d", i)}}}
	}
	resources["B6000"] = map[string]any{"Type": "AWS::S3::Bucket"}
	_, err := Parse(map[string]any{"Resources": resources}, nil)
	wantError(t, err, "in a chain of more than 5000 steps")

	_, err = Parse(map[string]any{"Conditions": conditions, "Resources": map[string]any{
		"A": map[string]any{"Type": "T", "Condition": "C6000"},
	}}, nil)
	wantError(t, err, "in a chain of more than 5000 steps")
}

// A long template is no problem.
func TestManyResources(t *testing.T) {
	var b strings.Builder
	b.WriteString("Resources:\n  B0: {Type: 'AWS::S3::Bucket'}\n")
	for i := 1; i < 2000; i++ {
		fmt.Fprintf(&b, "  B%d: {Type: 'AWS::S3::Bucket', DependsOn: B%d, Properties: {V: !Sub '${B0.Arn}/*'}}\n", i, i-1)
	}
	a := parse(t, b.String(), nil)
	if r := a.ResourceOf("arn:aws:s3:::${B0}/*"); r == nil || r.ID != "B0" {
		t.Errorf("the text is of %v", r)
	}
}
