package iam

import (
	"maps"
	"strings"
	"testing"
)

func urlRequest() Request {
	return Request{
		Principal: Principal{Service: "cloudfront.amazonaws.com"},
		Resource:  "${Report.Arn}",
		Context:   map[string]string{"AWS:SourceArn": distribution, "aws:SourceAccount": "${AWS::AccountId}"},
	}
}

// permission has the properties that a router gives a function, and changes.
func permission(action string, changes map[string]any) map[string]any {
	p := map[string]any{"Action": action, "FunctionName": "${Report.Arn}", "Principal": "cloudfront.amazonaws.com", "SourceArn": distribution}
	maps.Copy(p, changes)
	return p
}

func TestFunctionURL(t *testing.T) {
	byURL := permission("lambda:InvokeFunctionUrl", map[string]any{"FunctionUrlAuthType": "AWS_IAM"})
	invoke := permission("lambda:InvokeFunction", map[string]any{"InvokedViaFunctionUrl": true})
	public := func(action string) map[string]any {
		return map[string]any{"Action": action, "Principal": "*", "FunctionUrlAuthType": "NONE"}
	}
	const wishURL = "lambda:InvokeFunctionUrl on ${Report.Arn} to cloudfront.amazonaws.com"
	const wish = "lambda:InvokeFunction on ${Report.Arn} to cloudfront.amazonaws.com"
	for _, test := range []struct {
		name        string
		permissions []map[string]any
		who         Principal
		want        string
		reason      string
	}{
		{"both", []map[string]any{invoke, byURL}, urlRequest().Principal, "allowed", "permission 2 allows " + wishURL + ", and permission 1 allows " + wish},
		{"none", nil, urlRequest().Principal, "refused", "no permission allows " + wishURL},
		{"the second is missing", []map[string]any{byURL}, urlRequest().Principal, "refused", "no permission allows " + wish + ": permission 1 would, but its Action is lambda:InvokeFunctionUrl"},
		{"the first is missing", []map[string]any{invoke}, urlRequest().Principal, "refused", "no permission allows " + wishURL + ": permission 1 would, but its Action is lambda:InvokeFunction"},
		{
			"another type of authentication",
			[]map[string]any{permission("lambda:InvokeFunctionUrl", map[string]any{"FunctionUrlAuthType": "NONE"}), invoke},
			urlRequest().Principal, "refused",
			"no permission allows " + wishURL + ": permission 1 would, but its condition StringEquals lambda:FunctionUrlAuthType is NONE and the request's is AWS_IAM",
		},
		{
			"another distribution",
			[]map[string]any{byURL, permission("lambda:InvokeFunction", map[string]any{"SourceArn": "arn:aws:cloudfront::${AWS::AccountId}:distribution/${Other}"})},
			urlRequest().Principal, "refused",
			"no permission allows " + wish + ": permission 2 would, but its condition ArnLike AWS:SourceArn is arn:aws:cloudfront::${AWS::AccountId}:distribution/${Other} and the request's is " + distribution,
		},
		{
			"an account spelled out",
			[]map[string]any{byURL, permission("lambda:InvokeFunction", map[string]any{"SourceAccount": "111122223333", "InvokedViaFunctionUrl": "true"})},
			urlRequest().Principal, "unknown",
			"whether permission 2 allows " + wish + " is only known once deployed: its condition StringEquals AWS:SourceAccount is 111122223333 and the request's is ${AWS::AccountId}",
		},
		{"any distribution", []map[string]any{
			permission("lambda:InvokeFunctionUrl", map[string]any{"SourceArn": "arn:aws:cloudfront::${AWS::AccountId}:distribution/*"}),
			permission("lambda:InvokeFunction", map[string]any{"SourceArn": nil, "InvokedViaFunctionUrl": false}),
		}, urlRequest().Principal, "allowed", ""},
		{"a role", []map[string]any{byURL, permission("lambda:InvokeFunction", map[string]any{"Principal": "${Role.Arn}"})}, urlRequest().Principal, "refused", "no permission allows " + wish + ": permission 1 would, but its Action is lambda:InvokeFunctionUrl"},
		{"public", []map[string]any{public("lambda:InvokeFunctionUrl"), public("lambda:InvokeFunction")}, Principal{}, "allowed", ""},
		{"unsigned, but not public", []map[string]any{byURL, invoke}, Principal{}, "refused", ""},
		{"unknown, and then refused", []map[string]any{permission("lambda:InvokeFunctionUrl", map[string]any{"SourceAccount": "111122223333"})}, urlRequest().Principal, "refused", ""},
		{"refused, whatever then", []map[string]any{permission("lambda:InvokeFunction", map[string]any{"SourceAccount": "111122223333"})}, urlRequest().Principal, "refused", ""},
		{"unknown at first", []map[string]any{permission("lambda:InvokeFunctionUrl", map[string]any{"SourceAccount": "111122223333"}), invoke}, urlRequest().Principal, "unknown", ""},
	} {
		r := urlRequest()
		r.Principal = test.who
		d, err := FunctionURL(test.permissions, r)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if outcome(d) != test.want || test.reason != "" && d.Reason != test.reason {
			t.Errorf("%s: %s: %s\nwant %s: %s", test.name, outcome(d), d.Reason, test.want, test.reason)
		}
	}
	r := urlRequest()
	if _, err := FunctionURL([]map[string]any{byURL, invoke}, r); err != nil || len(r.Context) != 2 {
		t.Errorf("the caller's Context became %v (%v)", r.Context, err)
	}
}

func TestInvokedViaFunctionURL(t *testing.T) {
	r := urlRequest()
	r.Action = "lambda:InvokeFunction" // by the API, not through the url
	d, err := Permissions([]map[string]any{permission("lambda:InvokeFunction", map[string]any{"InvokedViaFunctionUrl": true})}, r)
	if err != nil || outcome(d) != "refused" || !strings.HasSuffix(d.Reason, "its condition Bool lambda:InvokedViaFunctionUrl is true and the request has none") {
		t.Errorf("invoked otherwise: %s: %s (%v)", outcome(d), d.Reason, err)
	}
}

func TestMalformedPermissions(t *testing.T) {
	for want, p := range map[string]map[string]any{
		`cfsim: permission 1 of the function has the Action nothing: expected a text such as "lambda:InvokeFunctionUrl"`:                   {"Principal": "*"},
		`cfsim: permission 1 of the function has the Principal an object with ["Ref"]: expected a text such as "cloudfront.amazonaws.com"`: {"Action": "x", "Principal": map[string]any{"Ref": "X"}},
		`cfsim: permission 1 of the function has SourceArn with an object with ["Fn::Join"]: expected a text or a list of texts`:           {"Action": "x", "Principal": "*", "SourceArn": map[string]any{"Fn::Join": 1}},
	} {
		if _, err := FunctionURL([]map[string]any{p}, urlRequest()); err == nil || err.Error() != want {
			t.Errorf("error is %v\nwant %s", err, want)
		}
	}
}
