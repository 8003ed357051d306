package cfn

import "testing"

func TestParameters(t *testing.T) {
	const template = `
Parameters:
  Plain: {Type: String, Default: d}
  Empty: {Type: String, Default: ""}
  Number: {Type: Number, Default: 080}
  List: {Type: CommaDelimitedList}
  Subnets: {Type: "List<AWS::EC2::Subnet::Id>"}
  Stored: {Type: "AWS::SSM::Parameter::Value<List<String>>", Default: /key}
Resources:
  It: {Type: "T::T", Properties: {V: [!Ref Plain, !Ref Empty, !Ref Number, !Ref List, !Ref Subnets, !Ref Stored]}}
`
	for _, test := range []struct {
		name  string
		given map[string]string
		want  string
	}{
		{"none", nil, `["d","","80",["${List}"],["${Subnets}"],["${Stored}"]]`},
		{"all", map[string]string{"Plain": "p", "Empty": "e", "Number": "1.50", "List": "a, b", "Subnets": "s", "Stored": "x,y"}, `["p","e","1.50",["a","b"],["s"],["x","y"]]`},
		{"of the stack", map[string]string{"Plain": "p", "template:Plain": "q"}, `["q","","80",["${List}"],["${Subnets}"],["${Stored}"]]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := parse(t, template, &Options{Parameters: test.given})
			if got := jsonOf(t, find(t, a, "It").Properties["V"]); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestParameterFaults(t *testing.T) {
	for _, test := range []struct {
		name, template string
		given          map[string]string
		parts          []string
	}{
		{"unknown", `
Parameters: {Stage: {Type: String}, Size: {Type: String}}
Resources: {A: {Type: "T::T"}}`, map[string]string{"stage": "x"}, []string{`unknown parameter "stage": the template has "Size", "Stage"`}},
		{"none there", `
Resources: {A: {Type: "T::T"}}`, map[string]string{"x": "y"}, []string{`unknown parameter "x": the template has none`}},
		{"not allowed", `
Parameters: {Stage: {Type: String, AllowedValues: [dev, prod]}}
Resources: {A: {Type: "T::T", Properties: {V: !Ref Stage}}}`, map[string]string{"Stage": "test"}, []string{`Parameters.Stage: the value "test" is not allowed: expected one of "dev", "prod"`}},
		{"not allowed in a list", `
Parameters: {L: {Type: CommaDelimitedList, AllowedValues: [a, b], Default: "a,c"}}
Resources: {A: {Type: "T::T", Properties: {V: !Ref L}}}`, nil, []string{`the value "c" is not allowed`}},
		{"no parameter", `
Parameters: {Stage: text}
Resources: {A: {Type: "T::T", Properties: {V: !Ref Stage}}}`, nil, []string{`Parameters.Stage: expected a parameter with a Type, got "text"`}},
		{"default", `
Parameters: {Stage: {Type: String, Default: {a: b}}}
Resources: {A: {Type: "T::T", Properties: {V: !Ref Stage}}}`, nil, []string{`Parameters.Stage: expected a text, got {"a":"b"}`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := parseText(t, test.template, &Options{Parameters: test.given})
			wantError(t, err, test.parts...)
		})
	}
}

func TestRegions(t *testing.T) {
	const template = `
Resources:
  B: {Type: "AWS::S3::Bucket"}
  It: {Type: "T::T", Properties: {V: [!GetAtt B.Arn, !GetAtt B.WebsiteURL, !Ref AWS::URLSuffix]}}
`
	for region, want := range map[string]string{
		"":               `["arn:aws:s3:::${B}","http://${B}.s3-website-${AWS::Region}.amazonaws.com","amazonaws.com"]`,
		"us-west-2":      `["arn:aws:s3:::${B}","http://${B}.s3-website-us-west-2.amazonaws.com","amazonaws.com"]`,
		"eu-central-1":   `["arn:aws:s3:::${B}","http://${B}.s3-website.eu-central-1.amazonaws.com","amazonaws.com"]`,
		"cn-north-1":     `["arn:aws-cn:s3:::${B}","http://${B}.s3-website.cn-north-1.amazonaws.com.cn","amazonaws.com.cn"]`,
		"us-gov-west-1":  `["arn:aws-us-gov:s3:::${B}","http://${B}.s3-website-us-gov-west-1.amazonaws.com","amazonaws.com"]`,
		"eusc-de-east-1": `["arn:aws-eusc:s3:::${B}","http://${B}.s3-website.eusc-de-east-1.amazonaws.eu","amazonaws.eu"]`,
	} {
		a := parse(t, template, &Options{Region: region})
		if got := jsonOf(t, find(t, a, "It").Properties["V"]); got != want {
			t.Errorf("%q: got  %s\nwant %s", region, got, want)
		}
	}
}
