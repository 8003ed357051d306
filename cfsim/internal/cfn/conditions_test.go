package cfn

import (
	"strings"
	"testing"
)

func TestConditions(t *testing.T) {
	const template = `
Parameters:
  Stage: {Type: String}
Conditions:
  Prod: !Equals [!Ref Stage, prod]
  Dev: !Not [!Condition Prod]
  Same: !Equals [!Ref Stage, !Ref Stage]
  Never: !And [!Equals [a, b], !Condition Prod]
  Always: !Or [!Equals [a, a], !Condition Prod]
  Both: !And [!Condition Prod, !Condition Same]
  Either: !Or [!Condition Prod, !Equals [!Ref AWS::Region, eu-west-1]]
  Number: !Equals [1, "1"]
  Lists: !Equals [[a], [a]]
Resources:
  Prod: {Type: "T::T", Condition: Prod}
  Dev: {Type: "T::T", Condition: Dev}
  Same: {Type: "T::T", Condition: Same}
  Never: {Type: "T::T", Condition: Never}
  Always: {Type: "T::T", Condition: Always}
  Both: {Type: "T::T", Condition: Both}
  Either: {Type: "T::T", Condition: Either}
  Number: {Type: "T::T", Condition: Number}
  Lists: {Type: "T::T", Condition: Lists}
Outputs:
  P: {Condition: Prod, Value: !Ref Prod}
  D: {Condition: Dev, Value: !Ref Dev}
`
	for _, test := range []struct {
		name    string
		options *Options
		present string
		notes   []string
	}{
		{"nothing known", nil, "Always Dev Lists Number Same D", []string{
			`condition "Both" is taken as false, as if ${Stage} had another value`,
			`condition "Dev" is taken as true, as if ${Stage} had another value`,
			`condition "Either" is taken as false`,
			`condition "Prod" is taken as false`,
		}},
		{"prod", &Options{Parameters: map[string]string{"Stage": "prod"}}, "Always Both Either Lists Number Prod Same P", nil},
		{"dev", &Options{Parameters: map[string]string{"Stage": "dev"}, Region: "eu-west-1"}, "Always Dev Either Lists Number Same D", nil},
		{"region", &Options{Region: "eu-west-1"}, "Always Dev Either Lists Number Same D", []string{
			`"Both"`, `"Dev"`, `"Prod"`,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := parse(t, template, test.options)
			var present []string
			for _, r := range a.Resources() {
				present = append(present, r.ID)
			}
			present = append(present, keys(a.Stacks[0].Outputs)...)
			if got := strings.Join(present, " "); got != test.present {
				t.Errorf("there are %s\nwant      %s", got, test.present)
			}
			if len(a.Notes) != len(test.notes) {
				t.Fatalf("notes %q, want %q", a.Notes, test.notes)
			}
			for i, note := range test.notes {
				if !strings.Contains(a.Notes[i], note) {
					t.Errorf("note %q, want %q", a.Notes[i], note)
				}
			}
		})
	}
}

func TestConditionOfMetadataIsNoNews(t *testing.T) {
	a := parse(t, `
Conditions: {Known: !Equals [!Ref AWS::Region, eu-west-1]}
Resources:
  CDKMetadata: {Type: "AWS::CDK::Metadata", Condition: Known}
`, nil)
	if len(a.Notes) > 0 {
		t.Errorf("notes %q", a.Notes)
	}
}

func TestConditionFaults(t *testing.T) {
	for _, test := range []struct {
		name, template string
		parts          []string
	}{
		{"unknown", `
Resources: {A: {Type: "T::T", Condition: Maybe}}`, []string{`Resources.A.Condition: no condition "Maybe"`, "there are none"}},
		{"no text", `
Resources: {A: {Type: "T::T", Condition: [x]}}`, []string{"Resources.A.Condition: expected the name of a condition"}},
		{"circular", `
Conditions: {A: !Not [!Condition B], B: !Not [!Condition A]}
Resources: {A: {Type: "T::T", Condition: A}}`, []string{"circular: template Conditions.A → template Conditions.B → template Conditions.A"}},
		{"shape", `
Conditions: {A: "true"}
Resources: {A: {Type: "T::T", Condition: A}}`, []string{"Conditions.A: expected Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition", `got "true"`}},
		{"two for Not", `
Conditions: {A: !Not [!Equals [a, a], !Equals [a, a]]}
Resources: {A: {Type: "T::T", Condition: A}}`, []string{"Conditions.A.Fn::Not: expected"}},
		{"one for Equals", `
Conditions: {A: !Equals [a]}
Resources: {A: {Type: "T::T", Condition: A}}`, []string{"Conditions.A.Fn::Equals: expected [value, value]"}},
		{"name shape", `
Conditions: {A: {Condition: [B]}}
Resources: {A: {Type: "T::T", Condition: A}}`, []string{"Conditions.A.Condition: expected the name of a condition"}},
		{"value", `
Conditions: {A: !Not [!Equals [a, !Ref Nowhere]]}
Resources: {A: {Type: "T::T", Condition: A}}`, []string{`Conditions.A.Fn::Not[0].Fn::Equals[1].Ref: no resource or parameter "Nowhere"`}},
		{"comparison", `
Conditions: {A: !Equals [a, {b: c}]}
Resources: {A: {Type: "T::T", Condition: A}}`, []string{`Conditions.A.Fn::Equals[1]: expected a text or a list of texts, got {"b":"c"}`}},
		{"other function", `
Conditions: {A: {"Fn::Join": ["", [a]]}}
Resources: {A: {Type: "T::T", Condition: A}}`, []string{"expected Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition"}},
		{"to what is not created", `
Conditions: {A: !Equals [a, b]}
Resources: {A: {Type: "T::T", Condition: A}, B: {Type: "T::T", Properties: {V: !Ref A}}}`, []string{`Resources.B.Properties.V.Ref: resource "A" is not created, since its condition "A" does not hold`}},
		{"to what may not be created", `
Parameters: {Stage: {Type: String}}
Conditions: {A: !Equals [!Ref Stage, b]}
Resources: {A: {Type: "T::T", Condition: A}, B: {Type: "T::T", Properties: {V: !Ref A}}}`, []string{`does not hold, as if ${Stage} had another value (give it one`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := parseText(t, test.template, nil)
			wantError(t, err, test.parts...)
		})
	}
}
