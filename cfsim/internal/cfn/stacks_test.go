package cfn

import (
	"strings"
	"testing"
)

// parent deploys child.yaml, from beside it.
const (
	parent = `
Parameters: {Stage: {Type: String, Default: dev}}
Resources:
  Uploads: {Type: "AWS::S3::Bucket"}
  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./child.yaml
      Parameters: {Uploads: !Ref Uploads, Names: !Join [",", [a, !Ref Stage]]}
  Dist: {Type: "AWS::CloudFront::Distribution", Properties: {D: !GetAtt Child.Outputs.Domain}}
`
	child = `
Parameters: {Uploads: {Type: String}, Names: {Type: CommaDelimitedList}, Other: {Type: String}}
Resources:
  Site: {Type: "AWS::S3::Bucket"}
  Fn: {Type: "AWS::Lambda::Function", Properties: {E: [!Ref Uploads, !Ref Names, !Ref Other, !Ref AWS::StackName]}}
  Named: {Type: "AWS::S3::Bucket", Properties: {BucketName: !Ref AWS::StackName}}
Outputs: {Domain: {Value: !GetAtt Site.RegionalDomainName}}
`
)

func loadFiles(t *testing.T, content map[string]string, o *Options) (*App, error) {
	t.Helper()
	return Load(files(t, content)+"/parent.yaml", o)
}

func TestNestedStack(t *testing.T) {
	a, err := loadFiles(t, map[string]string{"parent.yaml": parent, "child.yaml": child}, nil)
	if err != nil {
		t.Fatal(err)
	}
	site := find(t, a, "Site")
	if site.Stack.Name != "parent/Child" || site.Stack.Parent != find(t, a, "Child") {
		t.Errorf("the site is of stack %q, which %v deploys", site.Stack.Name, site.Stack.Parent)
	}
	domain := find(t, a, "Dist").Properties["D"].(string)
	if domain != "${Site}.s3.${AWS::Region}.amazonaws.com" || a.ResourceOf(domain) != site {
		t.Errorf("the origin is %q, of %v", domain, a.ResourceOf(domain))
	}
	environment := property(t, find(t, a, "Fn"), "E")
	if got := jsonOf(t, environment); got != `["${Uploads}",["a","dev"],"${Other}","${AWS::StackName}"]` {
		t.Errorf("the function has %s", got)
	}
	if a.ResourceOf("${Uploads}") != find(t, a, "Uploads") {
		t.Errorf("${Uploads} is of %v", a.ResourceOf("${Uploads}"))
	}
}

func TestNestedStackOfNoTemplate(t *testing.T) {
	a, err := loadFiles(t, map[string]string{"parent.yaml": parent}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := find(t, a, "Dist").Properties["D"]; got != "${Child.Outputs.Domain}" {
		t.Errorf("the origin is %q", got)
	}
}

func TestNestedStackNotCreated(t *testing.T) {
	a, err := loadFiles(t, map[string]string{"child.yaml": child, "parent.yaml": `
Conditions: {Never: !Equals [a, b]}
Resources:
  Other: {Type: "T::T"}
  Child: {Type: "AWS::CloudFormation::Stack", Condition: Never, Properties: {TemplateURL: child.yaml}}`}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Stacks) != 1 || len(a.Resources()) != 1 {
		t.Errorf("there are %d stacks with %v", len(a.Stacks), a.Resources())
	}
}

func TestNestedStackFaults(t *testing.T) {
	nested := func(parameters string) string {
		return `
Resources:
  Child: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: child.yaml, Parameters: ` + parameters + `}}
  It: {Type: "T::T", Properties: {V: !GetAtt Child.Outputs.Domain}}`
	}
	for _, test := range []struct {
		name, parent, child string
		parts               []string
	}{
		{"output", nested("{}"), "Resources: {}\nOutputs: {Other: {Value: x}}", []string{`parent.yaml: Resources.It.Properties.V.Fn::GetAtt: no output "Domain" in stack "parent/Child": there are "Other"`}},
		{"output not created", nested("{}"), "Conditions: {N: !Equals [a, b]}\nResources: {}\nOutputs: {Domain: {Condition: N, Value: x}}", []string{`the output "Domain" of stack "parent/Child" is not created`}},
		{"output shape", nested("{}"), "Resources: {}\nOutputs: {Domain: x}", []string{`child.yaml: Outputs.Domain: expected an output with a Value, got "x"`}},
		{"fault in the child", nested("{}"), "Resources: {A: {Type: T, Properties: {P: !Ref Nowhere}}}\nOutputs: {Domain: {Value: x}}", []string{`child.yaml: Resources.A.Properties.P.Ref: no resource or parameter "Nowhere"`}},
		{"circular", nested("{P: !GetAtt Child.Outputs.Domain}"), "Parameters: {P: {Type: String}}\nResources: {}\nOutputs: {Domain: {Value: !Ref P}}", []string{"circular: ", "parent/Child Parameters.P", "parent/Child Outputs.Domain"}},
		{"broken", nested("{}"), "a: [", []string{"child.yaml: not YAML"}},
		{"itself", nested("{}"), nested("{}"), []string{"more than 500 stacks: do nested stacks contain each other?"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := loadFiles(t, map[string]string{"parent.yaml": test.parent, "child.yaml": test.child}, nil)
			wantError(t, err, test.parts...)
		})
	}
}

// apps are two stacks that use each other's outputs.
func TestOtherStacks(t *testing.T) {
	const data = `
Parameters: {Stage: {Type: String, Default: dev}}
Resources: {Files: {Type: "AWS::S3::Bucket"}, Own: {Type: "AWS::S3::Bucket"}}
Outputs:
  Domain: {Value: !GetAtt Files.DomainName, Export: {Name: !Sub "${Stage}-domain"}}
`
	const web = `{"Resources": {"Own": {"Type": "AWS::S3::Bucket"}, "It": {"Type": "T::T", "Properties": {"V": [
		{"Fn::ImportValue": "dev-domain"},
		{"Fn::ImportValue": "prod-domain"},
		{"Fn::GetStackOutput": {"StackName": "data", "OutputName": "Domain"}},
		{"Fn::GetStackOutput": {"StackName": "data", "OutputName": "Domain", "Region": "us-east-1"}},
		{"Ref": "AWS::StackName"},
		{"Ref": "Own"}]}}}}`
	manifest := func(region string) string {
		return `{"version": "1", "artifacts": {
			"Data": {"type": "aws:cloudformation:stack", "environment": "aws://1/eu-west-1", "properties": {"templateFile": "data.yaml", "stackName": "data"}},
			"Web": {"type": "aws:cloudformation:stack", "environment": "aws://1/` + region + `", "properties": {"templateFile": "web.json"}}}}`
	}
	for region, want := range map[string]string{
		"eu-west-1": `["${Files}.s3.amazonaws.com","${ImportValue:prod-domain}","${Files}.s3.amazonaws.com","${GetStackOutput:data.Domain}","Web","${Web/Own}"]`,
		"eu-west-2": `["${ImportValue:dev-domain}","${ImportValue:prod-domain}","${GetStackOutput:data.Domain}","${GetStackOutput:data.Domain}","Web","${Web/Own}"]`,
	} {
		dir := files(t, map[string]string{"manifest.json": manifest(region), "data.yaml": data, "web.json": web})
		a, err := Load(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		v := find(t, a, "It").Properties["V"].([]any)
		if got := jsonOf(t, v); got != want {
			t.Errorf("%s: got  %s\nwant %s", region, got, want)
		}
		if region == "eu-west-1" && a.ResourceOf(v[0].(string)) != find(t, a, "Files") {
			t.Errorf("the import is of %v", a.ResourceOf(v[0].(string)))
		}
	}
}

// The stages of an app are copies: each imports from itself.
func TestStagesExportTheSameNames(t *testing.T) {
	const data = `{"Resources": {"Files": {"Type": "AWS::S3::Bucket"}},
		"Outputs": {"D": {"Value": {"Ref": "Files"}, "Export": {"Name": "files"}}}}`
	const web = `{"Resources": {"It": {"Type": "T::T", "Properties": {"V": {"Fn::ImportValue": "files"}}}}}`
	const stage = `{"version": "1", "artifacts": {
		"Data": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "data.json", "stackName": "STAGE-data"}},
		"Web": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "web.json", "stackName": "STAGE-web"}}}}`
	content := map[string]string{"manifest.json": `{"version": "1", "artifacts": {
		"Alone": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "web.json"}},
		"dev": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "dev"}},
		"prod": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "prod"}}}}`, "web.json": web}
	for _, name := range []string{"dev", "prod"} {
		content[name+"/manifest.json"] = strings.ReplaceAll(stage, "STAGE", name)
		content[name+"/data.json"], content[name+"/web.json"] = data, web
	}
	a, err := Load(files(t, content), nil)
	if err != nil {
		t.Fatal(err)
	}
	for stack, want := range map[string]string{"dev-web": "${dev-data/Files}", "prod-web": "${prod-data/Files}", "Alone": "${ImportValue:files}"} {
		if got := find(t, a, stack+"/It").Properties["V"]; got != want {
			t.Errorf("%s imports %q, want %q", stack, got, want)
		}
	}
}

// A condition of a nested stack may depend on an output of one that comes later.
func TestNestedStacksInAnyOrder(t *testing.T) {
	a, err := loadFiles(t, map[string]string{
		"parent.yaml": `
Resources:
  A: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: a.yaml, Parameters: {P: !GetAtt B.Outputs.O}}}
  B: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: b.yaml}}`,
		"a.yaml": `
Parameters: {P: {Type: String}}
Conditions: {C: !Equals [!Ref P, named]}
Resources: {X: {Type: T, Condition: C}}`,
		"b.yaml": `
Resources: {Y: {Type: "AWS::S3::Bucket", Properties: {BucketName: named}}}
Outputs: {O: {Value: !Ref Y}}`,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Find("X")) != 1 || len(a.Stacks) != 3 {
		t.Errorf("%d stacks with %v", len(a.Stacks), a.Resources())
	}
}

// Whatever stacks, files and constructs are called, each symbol is of one
// resource.
func TestStacksOfOneName(t *testing.T) {
	const bucket = "Resources: {B: {Type: 'AWS::S3::Bucket'}}"
	dir := files(t, map[string]string{
		"a.template.yaml":    bucket,
		"a.template.yml":     bucket,
		"x}${b.template.yml": bucket,
		"parent.template.yaml": `
Resources:
  WebE53D7754: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: a.template.yaml}}
  Web0E53D775: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: a.template.yaml}}`,
	})
	a, err := Load(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	buckets := a.Resources("AWS::S3::Bucket")
	if len(buckets) != 5 {
		t.Errorf("there are %v", buckets)
	}
	for _, b := range buckets {
		if got := a.ResourceOf(a.Symbol(b)); got != b {
			t.Errorf("%s is of %v, want %v", a.Symbol(b), got, b)
		}
	}
}

func TestMacros(t *testing.T) {
	a := parse(t, `
Transform: [AWS::LanguageExtensions, "AWS::Serverless-2016-10-31"]
Resources:
  Fn: {Type: "AWS::Serverless::Function", Properties: {Events: {Get: {Type: HttpApi}}}}
  It: {Type: "T::T", DependsOn: ServerlessHttpApi, Properties: {V: [!Ref ServerlessHttpApi, !GetAtt ServerlessHttpApi.ApiEndpoint, !GetAtt Fn.Arn]}}
`, nil)
	const want = `["${ServerlessHttpApi}","${ServerlessHttpApi.ApiEndpoint}","arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:${Fn}"]`
	if got := jsonOf(t, find(t, a, "It").Properties["V"]); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if len(a.Notes) != 1 || !strings.Contains(a.Notes[0], "Transform is not applied") {
		t.Errorf("notes %q", a.Notes)
	}
	_, err := parseText(t, `
Transform: AWS::LanguageExtensions
Resources: {It: {Type: "T::T", Properties: {V: !Ref ServerlessHttpApi}}}`, nil)
	wantError(t, err, `no resource or parameter "ServerlessHttpApi"`)
}

func TestCircularResources(t *testing.T) {
	for _, test := range []struct {
		name, template string
		parts          []string
	}{
		{"itself", `{A: {Type: T, Properties: {V: !Ref A}}}`, []string{"Resources: circular: A → A"}},
		{"two", `{A: {Type: T, Properties: {V: !Ref B}}, B: {Type: T, Properties: {V: !GetAtt A.X}}}`, []string{"circular: A → B → A"}},
		{"in a text", `{A: {Type: T, Properties: {V: !Sub "x ${B.Arn}"}}, B: {Type: T, DependsOn: [C]}, C: {Type: T, DependsOn: A}}`, []string{"circular: A → B → C → A"}},
		{"names", `{A: {Type: "AWS::S3::Bucket", Properties: {BucketName: !Ref B}}, B: {Type: "AWS::S3::Bucket", Properties: {BucketName: !Sub "${A}-b"}}}`, []string{"circular: ", "Resources.A.Properties.BucketName", "Resources.B.Properties.BucketName"}},
		{"DependsOn", `{A: {Type: T, DependsOn: B}}`, []string{`Resources.A.DependsOn: no resource or parameter "B"`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := parseText(t, "Resources: "+test.template, nil)
			wantError(t, err, test.parts...)
		})
	}
	a := parse(t, `
Conditions: {N: !Equals [a, b]}
Resources: {A: {Type: T, DependsOn: [B, C]}, B: {Type: T, Condition: N}, C: {Type: T, Properties: {V: !If [N, !Ref A, x]}}}`, nil)
	if got := jsonOf(t, find(t, a, "A").DependsOn); got != `["B","C"]` {
		t.Errorf("A depends on %s", got)
	}
}
