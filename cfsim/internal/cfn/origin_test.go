package cfn

import "testing"

const names = `
Parameters: {SiteName: {Type: String, Default: given}}
Resources:
  Site: {Type: "AWS::S3::Bucket"}
  SiteAdmin: {Type: "AWS::S3::Bucket"}
  Named: {Type: "AWS::S3::Bucket", Properties: {BucketName: site}}
  NamedToo: {Type: "AWS::S3::Bucket", Properties: {BucketName: site-admin}}
  Joined: {Type: "AWS::S3::Bucket", Properties: {BucketName: !Sub "${Site}-copy"}}
  Given: {Type: "AWS::S3::Bucket", Properties: {BucketName: !Ref SiteName}}
  Fn: {Type: "AWS::Lambda::Function", Properties: {FunctionName: site}}
  Fn2: {Type: "AWS::Lambda::Function", Properties: {FunctionName: worker}}
  Fn3: {Type: "AWS::Lambda::Function"}
  Alias: {Type: "AWS::Lambda::Alias", Properties: {FunctionName: !Ref Fn3, Name: live}}
  Api: {Type: "AWS::ApiGatewayV2::Api"}
  It:
    Type: T
    Properties:
      Host: !Sub "${Named}.example.com"
      Both: !Sub "${Site}-${SiteAdmin}"
      Twice: !Sub "${Site}-${Site}"
      Listed: !Select [0, [!Ref Api, !Ref Site]]
      Part: !Select [1, !Split ["/", !Join ["/", [!Ref Named, !Ref Fn2, !Ref SiteAdmin, !Ref Site]]]]
      Parts: !Select [2, !Split ["/", !Join ["/", [!Ref Named, !Ref Fn2, !Ref SiteAdmin, !Ref Site]]]]
      Alias: !Sub ["${A}:x", {A: !Select [6, !Split [":", !Ref Alias]]}]
      Own: [!Ref Joined, !Ref Alias]
      Taken: !If [Is, !Sub "x-${Api}", !Sub "x-${Site}"]
Conditions: {Is: !Equals [a, a]}
`

func TestResourceOf(t *testing.T) {
	a := parse(t, names, &Options{Region: "eu-west-1"})
	for _, test := range []struct{ text, want string }{
		{"${Site}", "Site"},
		{"${SiteAdmin}", "SiteAdmin"},
		{"${template/Site}", "Site"},
		{"${SiteX}", ""},
		{"${Sit}", ""},
		{"Site", ""},
		{"", ""},
		{"${Site", ""},
		{"${}", ""},
		{"example.com", ""},
		{"${AWS::Region}", ""},
		{"${SiteName}", ""},
		{"https://${Api}.execute-api.eu-west-1.amazonaws.com/x", "Api"},
		{"${Site}.s3.amazonaws.com:443", "Site"},
		{"${Site.DomainName}", "Site"},
		{"${Site[2]}", "Site"},
		{"${Base64:${Site}}", "Site"},
		{"${Site}${Site.Arn}", "Site"},
		{"${Site}${Api}", ""},

		{"site.s3.eu-west-1.amazonaws.com", "Named"}, // written out somewhere
		{"site-admin.s3.amazonaws.com", "NamedToo"},
		{"arn:aws:s3:::site", "Named"},
		{"http://site.s3-website-eu-west-1.amazonaws.com", "Named"},
		{"xsite.s3.amazonaws.com", ""},
		{"site.example.com", "Named"}, // made of it
		{"site.example.org", ""},
		{"site", ""}, // the bucket or the function
		{"given", "Given"},
		{"given.s3.amazonaws.com", "Given"},
		{"${Site}-copy", "Joined"}, // its name, whatever that is made of
		{"${Site}-${SiteAdmin}", ""},
		{"${Site}-${Site}", "Site"},
		{"x-${Api}", "Api"},
		{"worker", "Fn2"},
		{"${Fn3}", "Fn3"},
		{"arn:aws:lambda:eu-west-1:${AWS::AccountId}:function:${Fn3}:live", "Alias"},
		{"${Fn3}:x", "Alias"}, // made of it
		{"${Fn3}:y", "Fn3"},
	} {
		got := ""
		if r := a.ResourceOf(test.text); r != nil {
			got = r.ID
		}
		if got != test.want {
			t.Errorf("%q is of %q, want %q", test.text, got, test.want)
		}
	}
	if got := a.ResourceOf("site", "AWS::S3::Bucket"); got == nil || got.ID != "Named" {
		t.Errorf("the bucket site is %v", got)
	}
	if got := a.ResourceOf("${Site}${Api}", "T", "AWS::ApiGatewayV2::Api"); got == nil || got.ID != "Api" {
		t.Errorf("the API is %v", got)
	}
}
