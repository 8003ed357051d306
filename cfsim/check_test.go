package cfsim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestCheckForeign checks templates of others: what is found, and nothing else.
func TestCheckForeign(t *testing.T) {
	for file, want := range map[string][]string{
		"cdk-typescript.template.json": {
			"error missing-permission RenderEA451E88", // CDK grants lambda:InvokeFunctionUrl alone
		},
		"clean.yaml":                    nil,
		"crossstack":                    nil,
		"crossstack/docs.template.yaml": nil,
		"edge-lambda.yaml":              nil,
		"failover.yaml":                 nil,
		"faults.yaml": {
			"error duplicate-pattern Web", "error shadowed-pattern Web", "warning overlapping-patterns Web", "error missing-origin Web",
			"error missing-permission Locked", "error missing-permission Task", "error function-syntax Broken", "error function-size Moved",
			"error shared-cache-key Web", "error quota Wide",
		},
		"legacy.yaml": {
			"warning overlapping-patterns Shop", "warning overlapping-patterns Shop", "warning overlapping-patterns Shop",
		},
		"releases.yaml":                      nil,
		"solutions-constructs.template.json": nil,
		"two.json":                           nil,
	} {
		t.Run(file, func(t *testing.T) {
			app, err := Load("testdata/foreign/"+file, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer app.Close()
			if got := summaries(app.Check()); !slices.Equal(got, want) {
				t.Errorf("found\n%s\nwant\n%s", list(app.Check()), strings.Join(want, "\n"))
			}
		})
	}
}

func summaries(found []Finding) (lines []string) {
	for _, f := range found {
		lines = append(lines, fmt.Sprintf("%s %s %s", f.Severity, f.Rule, f.Resource))
	}
	return lines
}

func list(found []Finding) string {
	var lines []string
	for _, f := range found {
		lines = append(lines, f.String())
	}
	return strings.Join(lines, "\n")
}

// behaviors are settings like [plain] with further behaviors, each "PATTERN" or
// "PATTERN {more settings}".
func behaviors(patterns ...string) string {
	var b strings.Builder
	b.WriteString(plain + "        CacheBehaviors:\n")
	for _, p := range patterns {
		pattern, more, _ := strings.Cut(p, " {")
		fmt.Fprintf(&b, "          - {PathPattern: '%s', ViewerProtocolPolicy: allow-all", pattern)
		for _, usual := range []string{"TargetOriginId: a", "CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad"} {
			if name, _, _ := strings.Cut(usual, ":"); !strings.Contains(more, name) {
				b.WriteString(", " + usual)
			}
		}
		if more = strings.TrimSuffix(more, "}"); more != "" {
			b.WriteString(", " + more)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// many writes a text n times, with the number in place of each %d.
func many(n int, text string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(text, "%d", fmt.Sprint(i)))
	}
	return b.String()
}

// origins are settings with these origins, the last of which is the default one.
func origins(last, list string) string {
	return `
        Origins:
` + list + `
        DefaultCacheBehavior: {TargetOriginId: ` + last + `, ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad}
`
}

// edge is a function of the template, run for /f/*.
func edge(event, code string) (settings, resources string) {
	return behaviors("/f/* {FunctionAssociations: [{EventType: " + event + ", FunctionARN: !GetAtt Edge.FunctionARN}]}"), function("Edge", code)
}

func function(name, code string) string {
	return `
  ` + name + `:
    Type: AWS::CloudFront::Function
    Properties:
      Name: ` + name + `
      AutoPublish: true
      FunctionConfig: {Comment: '', Runtime: cloudfront-js-2.0}
      FunctionCode: |
        ` + strings.ReplaceAll(code, "\n", "\n        ") + "\n"
}

const bucketOrigin = `
          - {Id: b, DomainName: !GetAtt Bucket.RegionalDomainName, S3OriginConfig: {OriginAccessIdentity: ''}, OriginAccessControlId: !GetAtt Control.Id}
`

const control = `
  Control:
    Type: AWS::CloudFront::OriginAccessControl
    Properties: {OriginAccessControlConfig: {Name: c, OriginAccessControlOriginType: s3, SigningBehavior: always, SigningProtocol: sigv4}}
  Bucket: {Type: AWS::S3::Bucket}
`

// policyFor lets the distribution of an id read the bucket.
func policyFor(distribution string) string {
	return `
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: cloudfront.amazonaws.com}, Action: 's3:GetObject', Resource: !Sub '${Bucket.Arn}/*',
        Condition: {StringEquals: {AWS:SourceArn: !Sub 'arn:aws:cloudfront::${AWS::AccountId}:distribution/` + distribution + `'}}}]}
`
}

const functionURL = `
  Task: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs22.x, Handler: index.handler, Role: r, Code: {ZipFile: ''}}}
  TaskUrl: {Type: AWS::Lambda::Url, Properties: {AuthType: AUTH, TargetFunctionArn: !GetAtt Task.Arn}}
`

var publicURL = strings.Replace(functionURL, "AUTH", "NONE", 1) + `
  Public: {Type: AWS::Lambda::Permission, Properties: {Action: 'lambda:InvokeFunctionUrl', FunctionName: !Ref Task, Principal: '*', FunctionUrlAuthType: NONE}}
`

const urlOrigin = `
          - {Id: b, DomainName: !Select [2, !Split ['/', !GetAtt TaskUrl.FunctionUrl]], CustomOriginConfig: {OriginProtocolPolicy: https-only}}
`

const cached = "CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6"

// strip is a function that drops the first directory.
const strip = `function handler(event) {
  event.request.uri = event.request.uri.substring(event.request.uri.indexOf('/', 1));
  return event.request;
}`

// TestCheck has a minimal template for each finding: it is all that is found, with
// something in its message that helps.
func TestCheck(t *testing.T) {
	type test struct {
		name                string
		settings, resources string
		want                string // severity, rule and resource, "" for none
		says                string
	}
	tests := []test{
		{"nothing", plain, "", "", ""},

		{"the same pattern", behaviors("/a/*", "/a/*"), "", "error duplicate-pattern Web", `"/a/*"`},
		{"the same but for the slash", behaviors("/a/*", "a/*"), "", "error duplicate-pattern Web", `"a/*"`},
		{"the same set of paths", behaviors("/a*?", "/a?*"), "", "error duplicate-pattern Web", `"/a?*"`},
		{"other letters", behaviors("/a/*", "/A/*"), "", "", ""},

		{"wide before narrow", behaviors("/a/*", "/a/b/*"), "", "error shadowed-pattern Web", `"/a/*" comes before it`},
		{"narrow before wide", behaviors("/a/b/*", "/a/*"), "", "", ""},
		{"everything first", behaviors("*", "/a"), "", "error shadowed-pattern Web", `"/a" is never reached`},

		{"covered by several", behaviors("/", "/?*", "/*"), "", "error shadowed-pattern Web", `"/*" is never reached`},
		{"nothing left for the default one, which CloudFront demands all the same", behaviors("/*"), "", "", ""},

		{"overlap", behaviors("/a/*", "*.css"), "", "warning overlapping-patterns Web", "/a/.css"},
		{"overlap of question marks", behaviors("/a?", "/?b"), "", "warning overlapping-patterns Web", "/ab"},
		{"a pattern without slash in one with", behaviors("/*", "*.css"), "", "error shadowed-pattern Web", `"*.css"`},
		{"the narrower one first", behaviors("*.css", "/*"), "", "", ""},
		{"one character, which is the slash", behaviors("?a", "/a"), "", "error duplicate-pattern Web", `"/a"`},
		{"a wildcard for nothing", behaviors("*/a", "/a"), "", "error shadowed-pattern Web", `"/a"`},
		{"settled by a third", behaviors("/a/*.css", "/a/*", "*.css"), "", "", ""},
		{"side by side", behaviors("/a/*", "/b/*", "/ab"), "", "", ""},

		{"a character", behaviors("/a%20b"), "", "error invalid-pattern Web", `"/a%20b"`},
		{"a long pattern", behaviors("/" + strings.Repeat("a", 255)), "", "error invalid-pattern Web", "255"},
		{"a pattern as long as may be", behaviors("/" + strings.Repeat("a", 254)), "", "", ""},

		{"behavior without origin", behaviors("/a/* {TargetOriginId: b}"), "", "error missing-origin Web", `it has "a"`},
		{
			"group without member", plain + "        OriginGroups: {Quantity: 1, Items: [{Id: g, FailoverCriteria: {StatusCodes: {Quantity: 1, Items: [500]}}, Members: {Quantity: 2, Items: [{OriginId: a}, {OriginId: z}]}}]}\n",
			"", "error missing-origin Web", `"z"`,
		},

		{"bucket without policy", origins("b", bucketOrigin), control, "error missing-permission Bucket", "has no policy that lets CloudFront in"},
		{
			"policy for another distribution", origins("b", bucketOrigin), control + policyFor("${Other}") + `
  Other:
    Type: AWS::CloudFront::Distribution
    Properties: {DistributionConfig: {Enabled: true, Origins: [{Id: a, DomainName: a.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}],
      DefaultCacheBehavior: {TargetOriginId: a, ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad}}}
`, "error missing-permission Bucket", "distribution/${Other}",
		},
		{"policy for this distribution", origins("b", bucketOrigin), control + policyFor("${Web}"), "", ""},
		{"policy for an id that may be this one's", origins("b", bucketOrigin), control + policyFor("EDFDVBD6EXAMPLE"), "", ""},
		{"public bucket", origins("b", bucketOrigin), control + `
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument: {Statement: {Effect: Allow, Principal: '*', Action: 's3:GetObject', Resource: !Sub '${Bucket.Arn}/*'}}
`, "", ""},
		{"function URL for signed requests", origins("b", urlOrigin), strings.Replace(functionURL, "AUTH", "AWS_IAM", 1), "error missing-permission Task", "no origin access control"},
		{"public function URL", origins("b", urlOrigin), publicURL, "", ""},
		{"public function URL that nobody may call", origins("b", urlOrigin), strings.Replace(functionURL, "AUTH", "NONE", 1), "error missing-permission Task", "lambda:InvokeFunctionUrl"},
		{"an unused bucket", plain + "", control, "", ""},

		{
			"viewer's host for an HTTP API",
			strings.Replace(origins("b", "          - {Id: b, DomainName: !Sub '${Api}.execute-api.${AWS::Region}.amazonaws.com', CustomOriginConfig: {OriginProtocolPolicy: https-only}}\n"),
				"allow-all,", "allow-all, OriginRequestPolicyId: 216adef6-5c7f-47e4-b989-5492eafa07d3,", 1),
			"  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP}}\n", "error forwarded-host Api", "AllViewerExceptHostHeader",
		},
		{
			"viewer's host for a function URL",
			strings.Replace(origins("b", urlOrigin), "allow-all,", "allow-all, OriginRequestPolicyId: 216adef6-5c7f-47e4-b989-5492eafa07d3,", 1),
			publicURL, "error forwarded-host Task", "AllViewerExceptHostHeader",
		},
		{
			"all but the host", strings.Replace(origins("b", urlOrigin), "allow-all,", "allow-all, OriginRequestPolicyId: b689b0a8-53d0-40ab-baf2-68738e2966ac,", 1),
			publicURL, "", "",
		},

		{"code of an unused function", plain, function("Edge", "function handler(e) { return e?.request; }"), "error function-syntax Edge", "line 1"},
		{"large function", plain, function("Edge", "function handler(e) { return e.request; }\n//"+strings.Repeat("x", 10240)), "error function-size Edge", "10240"},

		{
			"the same object of two origins",
			strings.Replace(behaviors(
				"/docs/* {"+cached+", FunctionAssociations: [{EventType: viewer-request, FunctionARN: !GetAtt Strip.FunctionARN}]}",
				"/guide/* {"+cached+", TargetOriginId: b, FunctionAssociations: [{EventType: viewer-request, FunctionARN: !GetAtt Strip.FunctionARN}]}",
			), "        Origins:\n", "        Origins:\n          - {Id: b, DomainName: b.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}\n", 1),
			function("Strip", strip), "error shared-cache-key Web", "/docs/",
		},
		{
			"the same object of one origin",
			behaviors(
				"/docs/* {"+cached+", FunctionAssociations: [{EventType: viewer-request, FunctionARN: !GetAtt Strip.FunctionARN}]}",
				"/guide/* {"+cached+", FunctionAssociations: [{EventType: viewer-request, FunctionARN: !GetAtt Strip.FunctionARN}]}",
			), function("Strip", strip), "", "",
		},

		{
			"POST to a group", plain + `
        OriginGroups: {Quantity: 1, Items: [{Id: g, FailoverCriteria: {StatusCodes: {Quantity: 1, Items: [500]}}, Members: {Quantity: 2, Items: [{OriginId: a}, {OriginId: a}]}}]}
        CacheBehaviors:
          - {PathPattern: /g, TargetOriginId: g, ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad, AllowedMethods: [GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE]}
`, "", "error group-methods Web", "takes GET, HEAD and OPTIONS",
		},
		{
			"OPTIONS to a group", plain + `
        OriginGroups: {Quantity: 1, Items: [{Id: g, FailoverCriteria: {StatusCodes: {Quantity: 1, Items: [500]}}, Members: {Quantity: 2, Items: [{OriginId: a}, {OriginId: a}]}}]}
        CacheBehaviors:
          - {PathPattern: /g, TargetOriginId: g, ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad, AllowedMethods: [GET, HEAD, OPTIONS]}
`, "", "", "",
		},

		{
			"both kinds of functions", behaviors("/f/* {FunctionAssociations: [{EventType: viewer-request, FunctionARN: !GetAtt Strip.FunctionARN}], LambdaFunctionAssociations: [{EventType: viewer-response, LambdaFunctionARN: 'arn:aws:lambda:us-east-1:111122223333:function:f:1'}]}"),
			function("Strip", strip), "error mixed-functions Web", `"/f/*"`,
		},
		{
			"both kinds on different events", behaviors("/f/* {FunctionAssociations: [{EventType: viewer-request, FunctionARN: !GetAtt Strip.FunctionARN}], LambdaFunctionAssociations: [{EventType: origin-response, LambdaFunctionARN: 'arn:aws:lambda:us-east-1:111122223333:function:f:1'}]}"),
			function("Strip", strip), "", "",
		},

		{"75 behaviors", plain + "        CacheBehaviors:\n" + many(75, "          - {PathPattern: /r%d, TargetOriginId: a, ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad}\n"), "", "", ""},
		{"76 behaviors", plain + "        CacheBehaviors:\n" + many(76, "          - {PathPattern: /r%d, TargetOriginId: a, ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad}\n"), "", "error quota Web", "76 cache behaviors"},
		{"101 origins", origins("o0", many(101, "          - {Id: o%d, DomainName: o%d.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}\n")), "", "error quota Web", "101 origins"},
		{"101 names", plain + "        Aliases: [" + many(100, "a%d.example.com, ") + "a.example.com]\n", "", "error quota Web", "101 alternate domain names"},
		{
			"11 groups", plain + "        OriginGroups:\n          Quantity: 11\n          Items:\n" +
				many(11, "            - {Id: g%d, FailoverCriteria: {StatusCodes: {Quantity: 1, Items: [500]}}, Members: {Quantity: 2, Items: [{OriginId: a}, {OriginId: a}]}}\n"), "", "error quota Web", "11 origin groups",
		},
		{"31 headers of an origin", origins("o", "          - {Id: o, DomainName: o.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}, OriginCustomHeaders: ["+many(31, "{HeaderName: x-%d, HeaderValue: a}, ")+"]}\n"), "", "error quota Web", "31 custom headers"},
		{"4 attempts", origins("o", "          - {Id: o, DomainName: o.example.com, ConnectionAttempts: 4, CustomOriginConfig: {OriginProtocolPolicy: https-only}}\n"), "", "error quota Web", "ConnectionAttempts"},
		{"11 seconds for a connection", origins("o", "          - {Id: o, DomainName: o.example.com, ConnectionTimeout: 11, CustomOriginConfig: {OriginProtocolPolicy: https-only}}\n"), "", "error quota Web", "ConnectionTimeout"},
		{"121 seconds for an answer", origins("o", "          - {Id: o, DomainName: o.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only, OriginReadTimeout: 121}}\n"), "", "error quota Web", "OriginReadTimeout"},
		{"101 functions", plain, strings.Join(strings.Split(many(101, function("F%d", "function handler(e) { return e.request; }")), "\n\n"), "\n"), "error quota AWS::CloudFront::Function", "101 functions"},
		{"21 cache policies", plain, many(21, cachePolicy("P%d", "0, DefaultTTL: 1, MaxTTL: 2")), "error quota AWS::CloudFront::CachePolicy", "21 cache policies"},
		{"101 access controls", plain, many(101, "  C%d: {Type: AWS::CloudFront::OriginAccessControl, Properties: {OriginAccessControlConfig: {Name: c%d, OriginAccessControlOriginType: s3, SigningBehavior: always, SigningProtocol: sigv4}}}\n"), "error quota AWS::CloudFront::OriginAccessControl", "101"},

		{"two kinds of cache settings", behaviors("/a {ForwardedValues: {QueryString: false}}"), "", "error invalid Web", "both a CachePolicyId and ForwardedValues"},
		{"times in disorder", plain, cachePolicy("Policy", "10, DefaultTTL: 5, MaxTTL: 20"), "error invalid Policy", "DefaultTTL"},
		{
			"no key", plain, "  Key: {Type: AWS::CloudFront::PublicKey, Properties: {PublicKeyConfig: {Name: k, CallerReference: k, EncodedKey: none}}}\n", "", "", // nothing trusts it
		},
		{
			"a trusted key that is none", behaviors("/k/* {TrustedKeyGroups: [!Ref Group]}"), `
  Key: {Type: AWS::CloudFront::PublicKey, Properties: {PublicKeyConfig: {Name: k, CallerReference: k, EncodedKey: none}}}
  Group: {Type: AWS::CloudFront::KeyGroup, Properties: {KeyGroupConfig: {Name: g, Items: [!Ref Key]}}}
`, "error invalid Key", "PEM",
		},
	}
	for _, f := range []struct{ name, event, code, rule, says string }{
		{"throws", "viewer-request", "function handler(event) { throw new Error('no way'); }", "error function-fails Edge", "no way"},
		{"loops", "viewer-request", "function handler(event) { while (true); }", "error function-fails Edge", ""},
		{"returns nothing", "viewer-request", "function handler(event) { }", "error function-fails Edge", ""},
		{"sets a forbidden header", "viewer-request", "function handler(event) { event.request.headers['x-edge-a'] = {value: 'a'}; return event.request; }", "error function-fails Edge", "x-edge-a"},
		{"throws on responses", "viewer-response", "function handler(event) { throw new Error('too late'); }", "error function-fails Edge", "fails at viewer-response for /f/"},
		{"relies on usual headers", "viewer-response", "function handler(event) { event.response.headers['x-type'] = {value: event.response.headers['content-type'].value}; return event.response; }", "", ""},
		{"returns a header in capitals", "viewer-request", "function handler(event) { event.request.headers['X-A'] = {value: 'a'}; return event.request; }", "error function-fails Edge", "X-A"},
		{"has no handler", "viewer-request", "function handle(event) { return event.request; }", "error function-syntax Edge", "handler"},
		{"runs at an origin event", "origin-request", "function handler(event) { return event.request; }", "error invalid Web", "origin-request"},
		{"does nothing", "viewer-request", "function handler(event) { return event.request; }", "", ""},
	} {
		settings, resources := edge(f.event, f.code)
		tests = append(tests, test{"function " + f.name, settings, resources, f.rule, f.says})
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			found := loaded(t, web(test.settings, test.resources), nil).Check()
			if strings.Join(summaries(found), "; ") != test.want || !strings.Contains(list(found), test.says) {
				t.Errorf("found\n%s\nwant %s … %s", list(found), test.want, test.says)
			}
		})
	}
}

// TestCheckFunctionWithStore: a function is held to what its store is known to have.
func TestCheckFunctionWithStore(t *testing.T) {
	settings, resources := edge("viewer-request", "import cf from 'cloudfront';\nasync function handler(event) {\n  var to = await cf.kvs().get('to');\n  return {statusCode: 302, headers: {location: {value: to}}};\n}")
	resources = strings.Replace(resources, "Comment: ''", "Comment: '', KeyValueStoreAssociations: [{KeyValueStoreARN: !GetAtt Store.Arn}]", 1)
	for _, test := range []struct{ name, source, content, want string }{
		{"without content", "", "", ""},
		{"with content elsewhere", ", ImportSource: {SourceType: S3, SourceArn: 'arn:aws:s3:::bucket/a.json'}", "", ""},
		{"with the key", "", `{"data": [{"key": "to", "value": "/there"}]}`, ""},
		{"with other keys", "", `{"data": [{"key": "too", "value": "/there"}]}`, "error function-fails Edge"},
		{"with keys over content elsewhere", ", ImportSource: {SourceType: S3, SourceArn: 'arn:aws:s3:::bucket/a.json'}", `{"data": [{"key": "too", "value": "/there"}]}`, "error function-fails Edge"},
	} {
		t.Run(test.name, func(t *testing.T) {
			app := loaded(t, web(settings, resources+"  Store: {Type: AWS::CloudFront::KeyValueStore, Properties: {Name: s"+test.source+"}}\n"), nil)
			if test.content != "" {
				if err := app.AttachStore("Store", written(t, "store.json", test.content)); err != nil {
					t.Fatal(err)
				}
			}
			found := app.Check()
			if got := strings.Join(summaries(found), "; "); got != test.want {
				t.Errorf("found\n%s\nwant %s", list(found), test.want)
			}
		})
	}
}

func cachePolicy(name, ttl string) string {
	return "  " + name + ": {Type: AWS::CloudFront::CachePolicy, Properties: {CachePolicyConfig: {Name: " + name + ", MinTTL: " + ttl + ", ParametersInCacheKeyAndForwardedToOrigin: " +
		"{EnableAcceptEncodingGzip: false, CookiesConfig: {CookieBehavior: none}, HeadersConfig: {HeaderBehavior: none}, QueryStringsConfig: {QueryStringBehavior: none}}}}}\n"
}

// TestCheckOrder: findings come in the order in which the rules are listed, those
// of one rule distribution by distribution.
func TestCheckOrder(t *testing.T) {
	app := loaded(t, web(behaviors("/a", "/a", "/b/*", "/b/c", "/%"), function("Edge", "function handler(e) { return e?.request; }")), nil)
	got := summaries(app.Check())
	want := []string{"error duplicate-pattern Web", "error shadowed-pattern Web", "error invalid-pattern Web", "error function-syntax Edge"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
