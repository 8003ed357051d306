package iam

import (
	"fmt"
	"maps"
	"strings"
)

// FunctionURL decides whether somebody may call a function through its url, by
// the properties of the AWS::Lambda::Permission resources of that function. It
// needs both lambda:InvokeFunctionUrl and lambda:InvokeFunction; the Action of
// the request is not looked at. Statement is the number of the permission, from
// 1 in the order given.
//
// Keys that every call through a url has need not be in the Context:
// lambda:InvokedViaFunctionUrl, and lambda:FunctionUrlAuthType, which is AWS_IAM
// for a signed request and NONE for an unsigned one.
//
// AWS lets urls that are older than October 2025 do with the first permission
// for a while. This is not simulated: a template may be deployed anew.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
func FunctionURL(permissions []map[string]any, r Request) (Decision, error) {
	r.Context = maps.Clone(r.Context)
	if r.Context == nil {
		r.Context = map[string]string{}
	}
	auth := "AWS_IAM"
	if r.Principal == (Principal{}) {
		auth = "NONE"
	}
	setDefault(r.Context, "lambda:FunctionUrlAuthType", auth)
	setDefault(r.Context, "lambda:InvokedViaFunctionUrl", "true")
	var both [2]Decision
	for i, action := range []string{"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"} {
		r.Action = action
		d, err := Permissions(permissions, r)
		if err != nil {
			return Decision{}, err
		}
		both[i] = d
	}
	switch {
	case !both[0].Allowed && !both[0].Unknown:
		return both[0], nil
	case !both[1].Allowed: // refused, or not known
		return both[1], nil
	case both[0].Unknown:
		return both[0], nil
	}
	both[0].Reason += ", and " + both[1].Reason
	return both[0], nil
}

func setDefault(context map[string]string, key, value string) {
	for name := range context {
		if strings.EqualFold(name, key) {
			return
		}
	}
	context[key] = value
}

// Permissions decides by the properties of the AWS::Lambda::Permission resources
// of one function. Each is a statement that allows one action.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html
func Permissions(permissions []map[string]any, r Request) (Decision, error) {
	var statements []statement
	for i, properties := range permissions {
		s, err := parsePermission(properties)
		if err != nil {
			return Decision{}, fmt.Errorf("cfsim: permission %d of the function %w", i+1, err)
		}
		statements = append(statements, s)
	}
	return decide(statements, r, "permission"), nil
}

// permissionConditions are the conditions that properties stand for.
// https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
var permissionConditions = []struct{ property, operator, key string }{
	{"SourceArn", "ArnLike", "AWS:SourceArn"},
	{"SourceAccount", "StringEquals", "AWS:SourceAccount"},
	{"PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"},
	{"EventSourceToken", "StringEquals", "lambda:EventSourceToken"},
	{"FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"},
	{"InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"},
}

// parsePermission returns errors that go on after "permission 1 of the function".
func parsePermission(properties map[string]any) (s statement, err error) {
	action, ok := properties["Action"].(string)
	if !ok {
		return s, fmt.Errorf(`has the Action %s: expected a text such as "lambda:InvokeFunctionUrl"`, described(properties["Action"]))
	}
	who, ok := properties["Principal"].(string)
	if !ok {
		return s, fmt.Errorf(`has the Principal %s: expected a text such as "cloudfront.amazonaws.com"`, described(properties["Principal"]))
	}
	s = statement{
		allow:     true,
		principal: principals{values: []principal{{kindOf(who), who}}},
		action:    texts{element: "Action", values: []string{action}},
		resource:  texts{element: "Resource", values: []string{"*"}}, // the function it was selected for
	}
	for _, p := range permissionConditions {
		value := properties[p.property]
		if value == nil || value == false || value == "false" {
			continue // a permission whatever the way of calling
		}
		values, err := list(value)
		if err != nil {
			return s, fmt.Errorf("has %s %w", p.property, err)
		}
		op, _ := parseOperator(p.operator)
		s.conditions = append(s.conditions, condition{p.operator, op, p.key, values})
	}
	return s, nil
}

// kindOf tells a service from an account, a user or role, and everyone.
func kindOf(who string) string {
	if strings.Contains(who, ".") && !strings.HasPrefix(who, "arn:") && !strings.HasPrefix(who, "${") {
		return "Service"
	}
	return "AWS"
}
