package cfn

import (
	"strings"
	"testing"
)

// around is the template that a value is tested in.
const around = `
Parameters:
  Stage: {Type: String}
  Size: {Type: Number, Default: 5}
  Names: {Type: CommaDelimitedList, Default: "a, b,c"}
  Zones: {Type: "List<AWS::EC2::AvailabilityZone::Name>"}
  Secret: {Type: "AWS::SSM::Parameter::Value<String>", Default: /some/key}
Mappings:
  Sizes:
    eu-west-1: {Small: one, List: [x, y]}
    us-east-1: {Small: two, Object: {Ref: x}}
Conditions:
  Is: !Equals [a, a]
  Not: !Not [{Condition: Is}]
Resources:
  Bucket: {Type: "AWS::S3::Bucket"}
  Named: {Type: "AWS::S3::Bucket", Properties: {BucketName: my-bucket}}
  Fn: {Type: "AWS::Lambda::Function"}
  Alias: {Type: "AWS::Lambda::Alias", Properties: {FunctionName: !Ref Fn, Name: live}}
  Version: {Type: "AWS::Lambda::Version", Properties: {FunctionName: !GetAtt Fn.Arn}}
  Partial: {Type: "AWS::Lambda::Alias", Properties: {FunctionName: "123456789012:function:fn", Name: live}}
  PartialAlias: {Type: "AWS::Lambda::Alias", Properties: {FunctionName: fn, Name: live}}
  Url: {Type: "AWS::Lambda::Url", Properties: {TargetFunctionArn: !Ref Fn}}
  Api: {Type: "AWS::ApiGatewayV2::Api", Properties: {ProtocolType: HTTP}}
  Socket: {Type: "AWS::ApiGatewayV2::Api", Properties: {ProtocolType: WEBSOCKET}}
  Stage1: {Type: "AWS::ApiGateway::Stage", Properties: {StageName: prod}}
  Dist: {Type: "AWS::CloudFront::Distribution"}
  Edge: {Type: "AWS::CloudFront::Function", Properties: {Name: !Sub "${AWS::Region}edge"}}
  Store: {Type: "AWS::CloudFront::KeyValueStore", Properties: {Name: flags}}
  Role: {Type: "AWS::IAM::Role", Properties: {RoleName: admin, Path: /ops/}}
  Balancer: {Type: "AWS::ElasticLoadBalancingV2::LoadBalancer"}
  It: {Type: "Test::It", Properties: {V: `

// values are resolved in that template, in region eu-west-1 of no account.
var values = []struct{ name, value, want string }{
	{"plain", `{a: [1, true, null, "x"]}`, `{"a":[1,true,null,"x"]}`},
	{"dynamic reference", `"{{resolve:ssm:/a/b:1}}"`, `"{{resolve:ssm:/a/b:1}}"`},

	{"Ref of a resource", `!Ref Bucket`, `"${Bucket}"`},
	{"Ref of a named one", `!Ref Named`, `"my-bucket"`},
	{"Ref of a parameter", `!Ref Stage`, `"${Stage}"`},
	{"Ref of a number", `!Ref Size`, `"5"`},
	{"Ref of a list", `!Ref Names`, `["a","b","c"]`},
	{"Ref of a list without value", `!Ref Zones`, `["${Zones}"]`},
	{"Ref of a stored parameter", `!Ref Secret`, `"${Secret}"`},
	{"Ref of a stage", `!Ref Stage1`, `"prod"`},
	{"Ref of an alias", `!Ref Alias`, `"arn:aws:lambda:eu-west-1:${AWS::AccountId}:function:${Fn}:live"`},
	{"Ref of a version", `!Ref Version`, `"arn:aws:lambda:eu-west-1:${AWS::AccountId}:function:${Fn}:${Version.Version}"`},
	{"Ref of an edge function", `!Ref Edge`, `"arn:aws:cloudfront::${AWS::AccountId}:function/eu-west-1edge"`},
	{
		"pseudo parameters", `[!Ref AWS::Region, !Ref AWS::AccountId, !Ref AWS::Partition, !Ref AWS::URLSuffix, !Ref AWS::StackName]`,
		`["eu-west-1","${AWS::AccountId}","aws","amazonaws.com","${AWS::StackName}"]`,
	},
	{"stack id", `!Select [2, !Split [/, !Ref AWS::StackId]]`, `"${AWS::StackId}"`},
	{"notification arns", `!Ref AWS::NotificationARNs`, `["${AWS::NotificationARNs}"]`},
	{"no properties left", `{"Fn::If": [Is, !Ref AWS::NoValue, a]}`, `null`},
	{"no value", `{a: !Ref AWS::NoValue, b: [1, !Ref AWS::NoValue, 2], c: {d: !Ref AWS::NoValue}}`, `{"b":[1,2],"c":{}}`},

	{"GetAtt", `!GetAtt Dist.DomainName`, `"${Dist.DomainName}"`},
	{"GetAtt as list", `{"Fn::GetAtt": [Dist, DomainName]}`, `"${Dist.DomainName}"`},
	{"GetAtt with Ref", `{"Fn::GetAtt": [Dist, !Sub "Domain${Size}"]}`, `"${Dist.Domain5}"`},
	{"the id is the Ref", `!GetAtt Dist.Id`, `"${Dist}"`},
	{"dots in the attribute", `!GetAtt Dist.A.B`, `"${Dist.A.B}"`},
	{"bucket arn", `!GetAtt Bucket.Arn`, `"arn:aws:s3:::${Bucket}"`},
	{"bucket domain", `!GetAtt Bucket.DomainName`, `"${Bucket}.s3.amazonaws.com"`},
	{"bucket regional domain", `!GetAtt Named.RegionalDomainName`, `"my-bucket.s3.eu-west-1.amazonaws.com"`},
	{"bucket website", `!GetAtt Bucket.WebsiteURL`, `"http://${Bucket}.s3-website-eu-west-1.amazonaws.com"`},
	{"function arn", `!GetAtt Fn.Arn`, `"arn:aws:lambda:eu-west-1:${AWS::AccountId}:function:${Fn}"`},
	{"function url", `!GetAtt Url.FunctionUrl`, `"https://${Url}.lambda-url.eu-west-1.on.aws/"`},
	{"api endpoint", `!GetAtt Api.ApiEndpoint`, `"https://${Api}.execute-api.eu-west-1.amazonaws.com"`},
	{"websocket endpoint", `!GetAtt Socket.ApiEndpoint`, `"wss://${Socket}.execute-api.eu-west-1.amazonaws.com"`},
	{"store arn", `!GetAtt Store.Arn`, `"arn:aws:cloudfront::${AWS::AccountId}:key-value-store/${Store.Id}"`},
	{"role arn", `!GetAtt Role.Arn`, `"arn:aws:iam::${AWS::AccountId}:role/ops/admin"`},

	{
		"Join", `!Join ["", ["https://", !Ref Api, ".execute-api.", !Ref AWS::Region, ".", !Ref AWS::URLSuffix]]`,
		`"https://${Api}.execute-api.eu-west-1.amazonaws.com"`,
	},
	{"Join of scalars", `!Join ["-", [1, true, 1.5, a]]`, `"1-true-1.5-a"`},
	{"Join of a parameter", `!Join ["/", !Ref Names]`, `"a/b/c"`},
	{"Join without value", `!Join [",", [a, !Ref AWS::NoValue, b]]`, `"a,b"`},
	{"Join of an unknown list", `!Join [",", !GetAtt Dist.Servers]`, `"${Dist.Servers}"`},

	{"Sub", `!Sub "arn:${AWS::Partition}:s3:::${Bucket}/${Size}"`, `"arn:aws:s3:::${Bucket}/5"`},
	{"Sub of an attribute", `!Sub "https://${Dist.DomainName}/"`, `"https://${Dist.DomainName}/"`},
	{"Sub with values", `!Sub ["${A}${A}${Bucket}", {A: !Ref Size}]`, `"55${Bucket}"`},
	{"Sub values go first", `!Sub ["${Bucket}-${a.b}", {Bucket: mine, a.b: dotted}]`, `"mine-dotted"`},
	{"Sub literal", `!Sub "${!Bucket} $Bucket $${Size} ${Size"`, `"${Bucket} $Bucket $5 ${Size"`},

	{"Select", `!Select [1, [a, b]]`, `"b"`},
	{"Select by text", `!Select ["0", !Ref Names]`, `"a"`},
	{"Select by Ref", `!Select [!Ref Size, [0, 1, 2, 3, 4, five]]`, `"five"`},
	{"Select of the url", `!Select [2, !Split [/, !GetAtt Url.FunctionUrl]]`, `"${Url}.lambda-url.eu-west-1.on.aws"`},
	{"Select of the unknown", `!Select [3, !Split [/, !Ref Balancer]]`, `"${Balancer[3]}"`},
	{"Select the first of the unknown", `!Select [0, !Ref Zones]`, `"${Zones[0]}"`},
	{"Select a zone", `!Select [1, !GetAZs ""]`, `"${GetAZs:eu-west-1[1]}"`},
	{"Select a network", `!Select [0, !Cidr [10.0.0.0/16, 2, 8]]`, `"${Cidr:10.0.0.0/16,2,8[0]}"`},
	{"Split", `!Split [",", "a,,b"]`, `["a","","b"]`},
	{"Split leaves symbols", `!Split [":", !GetAtt Fn.Arn]`, `["arn","aws","lambda","eu-west-1","${AWS::AccountId}","function","${Fn}"]`},
	{"Split at dots", `!Split [".", !Sub "${Dist.DomainName}.x"]`, `["${Dist.DomainName}","x"]`},

	{"If", `!If [Is, a, b]`, `"a"`},
	{"If not", `!If [Not, !Ref Nowhere, {x: !Ref Bucket}]`, `{"x":"${Bucket}"}`},
	{"If no value", `[!If [Not, a, !Ref AWS::NoValue]]`, `[]`},

	{"FindInMap", `!FindInMap [Sizes, !Ref AWS::Region, Small]`, `"one"`},
	{"FindInMap list", `!FindInMap [Sizes, eu-west-1, List]`, `["x","y"]`},
	{"FindInMap default", `!FindInMap [Sizes, eu-north-1, Small, {DefaultValue: !Ref Size}]`, `"5"`},
	{"FindInMap unknown", `!FindInMap [Sizes, !Ref Stage, Small]`, `"${FindInMap:Sizes.${Stage}.Small}"`},

	{"ImportValue", `!ImportValue "Other:Domain"`, `"${ImportValue:Other:Domain}"`},
	{"ImportValue with Sub", `{"Fn::ImportValue": !Sub "${Stage}-Domain"}`, `"${ImportValue:${Stage}-Domain}"`},
	{"GetStackOutput", `{"Fn::GetStackOutput": {StackName: Other, OutputName: Domain}}`, `"${GetStackOutput:Other.Domain}"`},
	{
		"Join of other names", `!Join ["", [!Ref Partial, "+", !GetAtt PartialAlias.AliasArn]]`,
		`"arn:aws:lambda:eu-west-1:${AWS::AccountId}:function:fn:live+arn:aws:lambda:eu-west-1:${AWS::AccountId}:function:fn:live"`,
	},
	{"Base64", `!Base64 text`, `"dGV4dA=="`},
	{"Base64 of a symbol", `{"Fn::Base64": !Sub "a ${Bucket}"}`, `"${Base64:a ${Bucket}}"`},
	{"Length", `[!Length [a, b], !Length {Ref: Names}]`, `[2,3]`},
	{"Length of the unknown", `!Length {Ref: Zones}`, `"${Length:Zones}"`},
	{"ToJsonString", `!ToJsonString {b: [1, !Ref Bucket], a: "<x>", c: !Ref AWS::NoValue}`, `"{\"a\":\"<x>\",\"b\":[1,\"${Bucket}\"]}"`},
	{"Transform beside others", `{"Fn::Transform": {Name: "AWS::Include"}, A: !Ref Size}`, `{"A":"5","Fn::Transform":"${Transform:AWS::Include}"}`},
	{"Transform", `{"Fn::Transform": {Name: "AWS::Include", Parameters: {Location: s3://b/k}}}`, `"${Transform:AWS::Include}"`},
}

func TestValues(t *testing.T) {
	for _, test := range values {
		t.Run(test.name, func(t *testing.T) {
			a := parse(t, around+test.value+"}}", &Options{Region: "eu-west-1"})
			got := find(t, a, "It").Properties["V"]
			if text := jsonOf(t, got); unescape(text) != test.want {
				t.Errorf("got  %s\nwant %s", unescape(text), test.want)
			}
		})
	}
}

// unescape undoes what Go's JSON does to < and >.
func unescape(text string) string {
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(text)
}

// faults are values that CloudFormation would refuse too.
var faults = []struct {
	name, value string
	parts       []string
}{
	{"unknown resource", `!Ref Buckett`, []string{`Ref: no resource or parameter "Buckett"`, `there are "Alias"`}},
	{"other case", `!Ref bucket`, []string{`did you mean "Bucket"?`}},
	{"unknown attribute's resource", `!GetAtt Nowhere.Arn`, []string{`no resource or parameter "Nowhere"`}},
	{"unknown pseudo parameter", `!Ref AWS::Acount`, []string{`"AWS::Acount"`, "AWS::AccountId"}},
	{"Ref shape", `{Ref: [a]}`, []string{"expected the name", `["a"]`}},
	{"GetAtt shape", `!GetAtt Bucket`, []string{`"logical id.attribute"`}},
	{"GetAtt of a list", `{"Fn::GetAtt": [Bucket, !Ref Names]}`, []string{"Fn::GetAtt[1]: expected a text"}},
	{"Join shape", `!Join [a, b, c]`, []string{`expected [delimiter, list of values], got ["a","b","c"]`}},
	{"Join delimiter", `!Join [[], [a]]`, []string{"Fn::Join[0]: expected a delimiter"}},
	{"Join of a text", `!Join [",", abc]`, []string{"Fn::Join[1]: expected a list"}},
	{"Join of a list", `!Join [",", [a, [b]]]`, []string{`Fn::Join[1][1]: expected a text, got ["b"]`}},
	{"Sub shape", `!Sub [a]`, []string{"expected a text, or [text, object of values]"}},
	{"Sub name", `!Sub "${Nowhere}"`, []string{`Fn::Sub: no resource or parameter "Nowhere"`}},
	{"Sub of no value", `!Sub "${AWS::NoValue}"`, []string{`${AWS::NoValue} has to be a text, got "AWS::NoValue"`}},
	{"Sub of a list", `!Sub "${Names}"`, []string{"${Names} has to be a text"}},
	{"Sub value", `!Sub ["${A}", {A: !Ref Nowhere}]`, []string{"Fn::Sub[1].A.Ref: no resource"}},
	{"Select index", `!Select [x, [a]]`, []string{`Fn::Select[0]: expected an index, counted from 0, got "x"`}},
	{"Select range", `!Select [2, [a, b]]`, []string{`no item 2 in ["a","b"]`}},
	{"Split delimiter", `!Split ["", abc]`, []string{"Fn::Split[0]: expected a delimiter"}},
	{"If condition", `!If [Maybe, a, b]`, []string{`no condition "Maybe": there are "Is", "Not"`}},
	{"If shape", `!If [Is, a]`, []string{"expected [condition name, value if true, value if false]"}},
	{"Select shape", `!Select [1]`, []string{"Fn::Select: expected [index, list], got [1]"}},
	{"Select by nothing", `!Select [!Ref Nowhere, [a]]`, []string{"Fn::Select[0].Ref: no resource"}},
	{"Select of nothing", `!Select [0, !Ref Nowhere]`, []string{"Fn::Select[1].Ref: no resource"}},
	{"Select part", `!Select [3, !Split [",", "a,b"]]`, []string{`no item 3 in ["a","b"]: they are counted from 0`}},
	{"Split shape", `!Split [a]`, []string{"Fn::Split: expected [delimiter, text]"}},
	{"Split of a list", `!Split [",", [a]]`, []string{`Fn::Split[1]: expected a text, got ["a"]`}},
	{"Base64 of a list", `!Base64 [a]`, []string{"Fn::Base64: expected a text"}},
	{"ToJsonString of a text", `!ToJsonString a`, []string{"Fn::ToJsonString: expected an object or a list"}},
	{"ImportValue of a list", `{"Fn::ImportValue": [a]}`, []string{"Fn::ImportValue: expected a text"}},
	{"GetStackOutput shape", `{"Fn::GetStackOutput": {StackName: a}}`, []string{`expected {"StackName": text, "OutputName": text}`}},
	{"GetStackOutput value", `{"Fn::GetStackOutput": {StackName: [a]}}`, []string{`Fn::GetStackOutput.StackName: expected a text`}},
	{"FindInMap shape", `!FindInMap [Sizes, a]`, []string{"expected [map name, top-level key, second-level key]"}},
	{"FindInMap default", `!FindInMap [Sizes, a, b, c]`, []string{`Fn::FindInMap[3]: expected {"DefaultValue": value}, got "c"`}},
	{"FindInMap list", `!FindInMap [Sizes, [a], b]`, []string{`Fn::FindInMap[1]: expected a text`}},
	{"FindInMap map", `!FindInMap [Nowhere, a, b]`, []string{`no "Nowhere" in Mappings: there are "Sizes"`}},
	{"FindInMap key", `!FindInMap [Sizes, eu-west-1, Large]`, []string{`no "Large" in Mappings.Sizes.eu-west-1: there are "List", "Small"`}},
	{"FindInMap value", `!FindInMap [Sizes, us-east-1, Object]`, []string{`expected a text or a list of texts in Mappings, got {"Ref":"x"}`}},
	{"Transform shape", `{"Fn::Transform": AWS::Include}`, []string{`Fn::Transform: expected {"Name": text}`}},
	{"zones of an object", `!GetAZs {a: b}`, []string{`Fn::GetAZs: expected a text or list`}},
	{"condition function", `{"Fn::Equals": [a, a]}`, []string{"Fn::Equals is for Conditions"}},
	{"unknown function", `{"Fn::Joyn": []}`, []string{`unknown intrinsic function "Fn::Joyn"`, `"Fn::Join"`}},
	{"function beside others", `{"Fn::Sub": x, Other: y}`, []string{`the key "Fn::Sub" beside others`}},
	{"loop", `{"Fn::ForEach::Loop": [X, [a], {}]}`, []string{"Fn::ForEach::Loop cannot be expanded here"}},
	{"long values are cut", `!Join [` + strings.Repeat("x", 5000) + `]`, []string{"…"}},
}

func TestFaults(t *testing.T) {
	for _, test := range faults {
		t.Run(test.name, func(t *testing.T) {
			_, err := parseText(t, around+test.value+"}}", nil)
			wantError(t, err, append(test.parts, "template: Resources.It.Properties.V")...)
			if len(err.Error()) > 1000 {
				t.Errorf("the error is %d bytes long", len(err.Error()))
			}
		})
	}
}
