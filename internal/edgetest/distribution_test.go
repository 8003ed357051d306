package edgetest_test

import (
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// passing runs requests on an engine for distributions whose functions are
// beside the point.
func passing(t *testing.T, d *edgetest.Distribution, r edgetest.Request) edgetest.Answer {
	t.Helper()
	return do(t, edgetest.Goja(), d, r)
}

// behaviors returns a template with a behavior for each pattern and a default
// one, without functions. The host of each origin is its pattern.
func behaviors(patterns ...string) object {
	var list, origins []any
	for _, pattern := range patterns {
		list = append(list, object{"PathPattern": pattern, "TargetOriginId": pattern})
		origins = append(origins, object{"Id": pattern, "DomainName": pattern})
	}
	origins = append(origins, object{"Id": "default", "DomainName": "default"})
	return object{"Resources": object{"Dist": distribution(object{"TargetOriginId": "default"}, list, origins...)}}
}

func TestBehaviorMatching(t *testing.T) {
	d := load(t, behaviors("/api/*", "/v?/x", "docs*", "*.jpg", "/a*b*c", "/api/special", "/exact"))
	for path, want := range map[string]string{
		"/api/":        "/api/*",
		"/api/a/b":     "/api/*",
		"/api/special": "/api/*", // listed first
		"/api":         "*",
		"/apiary":      "*",
		"/API/x":       "*",
		"/v1/x":        "/v?/x",
		"/v//x":        "*", // matched as /v/x
		"/v12/x":       "*",
		"/docs":        "docs*",
		"/docs/a":      "docs*",
		"/a.jpg":       "*.jpg",
		"/deep/a.jpg":  "*.jpg",
		"/a.jpg?b":     "*.jpg",
		"/a.png?b.jpg": "*",
		"/abc":         "/a*b*c",
		"/a/b/c":       "/a*b*c",
		"/ab":          "*",
		"/exact":       "/exact",
		"/exact/":      "*",
		"/":            "*",
	} {
		if got := passing(t, d, edgetest.Request{URL: path}).Behavior; got != want {
			t.Errorf("%s is matched by %q, want %q", path, got, want)
		}
	}
}

func TestForms(t *testing.T) {
	template := behaviors("/admin/*")
	resources := template["Resources"].(object)
	resources["Edge"] = object{"Type": "AWS::CloudFront::Function", "Properties": object{"FunctionCode": handler("return event.request;")}}
	resources["Dist"] = distribution(
		object{"TargetOriginId": "default", "FunctionAssociations": function("Edge")},
		[]any{object{"PathPattern": "/admin/*", "TargetOriginId": "admin", "FunctionAssociations": function("Edge")}},
		object{"Id": "default", "DomainName": "default"}, object{"Id": "admin", "DomainName": "admin"})
	d := load(t, template)
	tests := []struct {
		url  string
		form edgetest.Form
		want string // origin and uri
	}{
		{"/x/../admin/a", edgetest.RawUndecoded, "admin /x/../admin/a"},
		{"/x/../admin/a", edgetest.RawDecoded, "admin /x/../admin/a"},
		{"/x/../admin/a", edgetest.NormalisedUndecoded, "admin /admin/a"},
		{"/x/../admin/a", edgetest.NormalisedDecoded, "admin /admin/a"},
		{"/%61dmin//a", edgetest.RawUndecoded, "default /%61dmin//a"},
		{"/%61dmin//a", edgetest.RawDecoded, "admin /%61dmin//a"},
		{"/%61dmin//a", edgetest.NormalisedUndecoded, "default /%61dmin/a"},
		{"/%61dmin//a", edgetest.NormalisedDecoded, "admin /admin/a"},
	}
	for _, test := range tests {
		got := passing(t, d, edgetest.Request{URL: test.url, Form: test.form})
		if has := got.Origin + " " + got.URI; has != test.want {
			t.Errorf("%s, %v: got %s, want %s", test.url, test.form, has, test.want)
		}
	}
}

func TestMethods(t *testing.T) {
	// The function would throw: it must not be asked.
	template := edge(handler("throw 'asked';"))
	d := load(t, template)
	if got := passing(t, d, edgetest.Request{Method: "POST", URL: "/"}); got.Status != 403 {
		t.Errorf("POST of a behavior that does not allow it: got %v, want status 403", got)
	}
	if got := passing(t, d, edgetest.Request{Method: "HEAD", URL: "/"}); got.Status != 503 {
		t.Errorf("HEAD: got %v, want status 503 from the function", got)
	}
}

func TestWithoutFunction(t *testing.T) {
	d := load(t, behaviors("/a/*"))
	got := passing(t, d, edgetest.Request{URL: "/b/../a//c?q", Form: edgetest.NormalisedDecoded})
	if got.Origin != "/a/*" || got.URI != "/b/../a//c" || got.Query != "q" {
		t.Errorf("got %+v, want the path as it was sent", got)
	}
}

func TestOrigins(t *testing.T) {
	url := getAtt("Url", "FunctionUrl")
	host := func(url any) object {
		return object{"Fn::Select": []any{2, object{"Fn::Split": []any{"/", url}}}}
	}
	tests := []struct {
		name, wantOrigin, wantURI string
		domain, path              any
	}{
		{"literal", "www.example.com", "/v1/a", "www.example.com", "/v1"},
		{"bucket", "Bucket", "/a", getAtt("Bucket", "RegionalDomainName"), nil},
		{"dotted", "Bucket", "/a", object{"Fn::GetAtt": "Bucket.RegionalDomainName"}, nil},
		{"api", "Api", "/v1/a", object{"Fn::Join": []any{"", []any{
			object{"Ref": "Api"}, ".execute-api.", object{"Ref": "AWS::Region"}, ".", object{"Ref": "AWS::URLSuffix"},
		}}}, object{"Fn::Join": []any{"/", []any{"", object{"Ref": "Stage"}}}}},
		{"sub", "Api", "/${AWS::Region}/${!x}/a", object{"Fn::Sub": "${Api}.execute-api.${AWS::Region}.amazonaws.com"}, object{"Fn::Sub": "/${AWS::Region}/${!!x}"}},
		{"stage in sub", "Api", "/v1/a", object{"Fn::Sub": "${Api.ApiEndpoint}"}, object{"Fn::Sub": "/${Stage}"}},
		{"function url", "Handler", "/a", host(url), nil},
		{"url of an alias", "Handler", "/a", host(getAtt("AliasUrl", "FunctionUrl")), nil},
		{"url of another's function", "OtherUrl", "/a", host(getAtt("OtherUrl", "FunctionUrl")), nil},
		{"literal url", "www.example.com", "/a", host("https://www.example.com/"), nil},
		{"import", "${Other:FunctionUrl}", "/a", host(object{"Fn::ImportValue": "Other:FunctionUrl"}), nil},
		{"parameter", "${Host}", "/${Host}/a", object{"Ref": "Host"}, object{"Fn::Join": []any{"", []any{"/", object{"Ref": "Host"}}}}},
		{"plain list", "b", "/a", object{"Fn::Select": []any{"1", []any{"a", "b"}}}, nil},
	}
	for _, test := range tests {
		template := object{"Resources": object{
			"Bucket":   object{"Type": "AWS::S3::Bucket"},
			"Api":      object{"Type": "AWS::ApiGatewayV2::Api"},
			"Stage":    object{"Type": "AWS::ApiGatewayV2::Stage", "Properties": object{"StageName": "v1"}},
			"Handler":  object{"Type": "AWS::Lambda::Function"},
			"Alias":    object{"Type": "AWS::Lambda::Alias", "Properties": object{"FunctionName": object{"Ref": "Handler"}}},
			"Url":      object{"Type": "AWS::Lambda::Url", "Properties": object{"TargetFunctionArn": getAtt("Handler", "Arn")}},
			"AliasUrl": object{"Type": "AWS::Lambda::Url", "Properties": object{"TargetFunctionArn": object{"Ref": "Alias"}}},
			"OtherUrl": object{"Type": "AWS::Lambda::Url", "Properties": object{"TargetFunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:f"}},
			"Dist":     distribution(object{"TargetOriginId": "o"}, nil, object{"Id": "o", "DomainName": test.domain, "OriginPath": test.path}),
		}}
		got := passing(t, load(t, template), edgetest.Request{URL: "/a?q=1"})
		if got.Origin != test.wantOrigin || got.URI != test.wantURI || got.URI != got.OriginPath+"/a" || got.Query != "q=1" {
			t.Errorf("%s: got origin %s, uri %s, query %s, want %s, %s, q=1", test.name, got.Origin, got.URI, got.Query, test.wantOrigin, test.wantURI)
		}
	}
}

func TestOriginGroup(t *testing.T) {
	template := behaviors("/a")
	config := template["Resources"].(object)["Dist"].(object)["Properties"].(object)["DistributionConfig"].(object)
	config["OriginGroups"] = object{"Items": []any{object{"Id": "group", "Members": object{"Items": []any{
		object{"OriginId": "/a"}, object{"OriginId": "default"},
	}}}}}
	config["DefaultCacheBehavior"] = object{"TargetOriginId": "group"}
	if got := passing(t, load(t, template), edgetest.Request{URL: "/"}); got.Origin != "/a" {
		t.Errorf("got origin %q, want the first of the group", got.Origin)
	}
}

func TestLoadRejects(t *testing.T) {
	association := func(arn any) object {
		return object{"TargetOriginId": "o", "FunctionAssociations": []any{object{"EventType": "viewer-request", "FunctionARN": arn}}}
	}
	origin := object{"Id": "o", "DomainName": "o"}
	two := association(getAtt("Edge", "FunctionARN"))
	two["FunctionAssociations"] = append(two["FunctionAssociations"].([]any), function("Edge")...)
	edgeFunction := object{"Type": "AWS::CloudFront::Function", "Properties": object{"FunctionCode": "x"}}
	tests := []struct {
		name     string
		template object
		want     string
	}{
		{"none", object{"Resources": object{"B": object{"Type": "AWS::S3::Bucket"}}}, "found 0 [] among: B (AWS::S3::Bucket)"},
		{"two", object{"Resources": object{"A": distribution(nil, nil), "B": distribution(nil, nil)}}, "found 2 [A B]"},
		{"no default", object{"Resources": object{"A": distribution(nil, nil)}}, "DefaultCacheBehavior"},
		{"pattern twice", behaviors("/a", "a"), `"a" is empty or there twice`},
		{"no pattern", behaviors(""), "empty"},
		{"no origin", object{"Resources": object{"A": distribution(object{"TargetOriginId": "x"}, nil)}}, `"x"`},
		{"function elsewhere", object{"Resources": object{"A": distribution(association("arn:x"), nil, origin)}}, `"arn:x"`},
		{"two functions", object{"Resources": object{"Edge": edgeFunction, "A": distribution(two, nil, origin)}}, "two viewer-request functions"},
		{
			"unknown intrinsic", object{"Resources": object{"A": distribution(object{"TargetOriginId": "o"}, nil,
				object{"Id": "o", "DomainName": object{"Fn::FindInMap": []any{"a", "b", "c"}}})}}, "Fn::FindInMap",
		},
		{
			"number too high", object{"Resources": object{"A": distribution(object{"TargetOriginId": "o"}, nil,
				object{"Id": "o", "DomainName": object{"Fn::Select": []any{5, []any{"a", "b"}}}})}}, "number 5",
		},
	}
	for _, test := range tests {
		_, err := edgetest.Load(test.template)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got error %v, want one with %q", test.name, err, test.want)
		}
	}
}

func TestCacheKey(t *testing.T) {
	code := handler(set + `r.uri = '/x'; r.headers['x-route'] = {value: 'r1'}; r.querystring.added = {value: '1'}; return r;`)
	policy := object{"CachePolicyConfig": object{"MaxTTL": 60, "ParametersInCacheKeyAndForwardedToOrigin": object{
		"HeadersConfig":      object{"HeaderBehavior": "whitelist", "Headers": []any{"X-Route", "X-Absent"}},
		"CookiesConfig":      object{"CookieBehavior": "allExcept", "Cookies": []any{"ad"}},
		"QueryStringsConfig": object{"QueryStringBehavior": "whitelist", "QueryStrings": []any{"v", "added"}},
	}}}
	tests := []struct {
		name, method string
		policy       any
		want         string
	}{
		{"named", "GET", object{"Ref": "Policy"}, "/x?added=1&v=1&v=2\nx-route: r1\ncookie s=1"},
		{"all", "HEAD", object{"Ref": "All"}, "/x?added=1&v=1&v=2&w=3"},
		{"not cached method", "POST", object{"Ref": "Policy"}, ""},
		{"no time to live", "GET", object{"Ref": "Zero"}, ""},
		{"CachingDisabled", "GET", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", ""},
		{"CachingOptimized", "GET", "658327ea-f89d-4fab-a63d-7e88639e58f6", "/x"},
	}
	for _, test := range tests {
		d := load(t, object{"Resources": object{
			"Edge":   object{"Type": "AWS::CloudFront::Function", "Properties": object{"FunctionCode": code}},
			"Policy": object{"Type": "AWS::CloudFront::CachePolicy", "Properties": policy},
			"All": object{"Type": "AWS::CloudFront::CachePolicy", "Properties": object{"CachePolicyConfig": object{
				"ParametersInCacheKeyAndForwardedToOrigin": object{"QueryStringsConfig": object{"QueryStringBehavior": "all"}},
			}}},
			"Zero": object{"Type": "AWS::CloudFront::CachePolicy", "Properties": object{"CachePolicyConfig": object{"MaxTTL": 0}}},
			"Dist": distribution(object{
				"TargetOriginId": "o", "AllowedMethods": []any{"GET", "HEAD", "POST"},
				"CachePolicyId": test.policy, "FunctionAssociations": function("Edge"),
			}, nil, object{"Id": "o", "DomainName": "o", "OriginPath": "/base"}),
		}})
		got := passing(t, d, edgetest.Request{Method: test.method, URL: "/a?v=1&w=3&v=2", Headers: map[string]string{"Cookie": "s=1; ad=2"}})
		if got.CacheKey != test.want {
			t.Errorf("%s: got key %q, want %q", test.name, got.CacheKey, test.want)
		}
		if want := "added=1&v=1&v=2&w=3"; got.Query != want {
			t.Errorf("%s: got query %q, want %q", test.name, got.Query, want)
		}
	}
}
