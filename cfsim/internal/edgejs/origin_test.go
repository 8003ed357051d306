package edgejs

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const importCF = "import cf from 'cloudfront';\n"

// TestOriginChanges reads the origins that functions choose.
func TestOriginChanges(t *testing.T) {
	tests := []struct{ code, want string }{
		{"", "null"},
		{"cf.updateRequestOrigin({domainName: 'www.example.com'});", `{"updateRequestOrigin": {"domainName": "www.example.com"}}`},
		{`cf.updateRequestOrigin({
			domainName: 'bucket.s3.us-east-1.amazonaws.com',
			originAccessControlConfig: {enabled: true, signingBehavior: 'always', signingProtocol: 'sigv4', originType: 's3'},
			customHeaders: {},
		});`, `{"updateRequestOrigin": {"domainName": "bucket.s3.us-east-1.amazonaws.com",
			"originAccessControlConfig": {"enabled": true, "signingBehavior": "always", "signingProtocol": "sigv4", "originType": "s3"}, "customHeaders": {}}}`},
		{`cf.updateRequestOrigin({
			originPath: '/v1', customHeaders: {'x-stage': 'production'}, connectionAttempts: 2, originShield: {enabled: true, region: 'us-east-2'},
			timeouts: {readTimeout: 30, responseCompletionTimeout: 60, keepAliveTimeout: 5, connectionTimeout: 10},
			customOriginConfig: {port: '8443', protocol: 'https', sslProtocols: ['TLSv1.2']},
			hostHeader: 'a.example.com', sni: 'b.example.com', allowedCertificateNames: ['*.example.com'], mTLSConfig: 'off',
		});`, `{"updateRequestOrigin": {
			"originPath": "/v1", "customHeaders": {"x-stage": "production"}, "connectionAttempts": 2, "originShield": {"enabled": true, "region": "us-east-2"},
			"timeouts": {"readTimeout": 30, "responseCompletionTimeout": 60, "keepAliveTimeout": 5, "connectionTimeout": 10},
			"customOriginConfig": {"port": 8443, "protocol": "https", "sslProtocols": ["TLSv1.2"]},
			"hostHeader": "a.example.com", "sni": "b.example.com", "allowedCertificateNames": ["*.example.com"], "mTLSConfig": "off"}}`},
		{
			"cf.updateRequestOrigin({originAccessControlConfig: {enabled: false}, originShield: {enabled: false}});",
			`{"updateRequestOrigin": {"originAccessControlConfig": {"enabled": false}, "originShield": {"enabled": false}}}`,
		},
		{"cf.selectRequestOriginById('api');", `{"selectRequestOriginById": {"originId": "api"}}`},
		{"cf.selectRequestOriginById('api', {hostHeader: 'a.example.com'});", `{"selectRequestOriginById": {"originId": "api", "hostHeader": "a.example.com"}}`},
		{
			"cf.createRequestOriginGroup({originIds: ['api', 'site'], failoverCriteria: {statusCodes: [500, 404]}});",
			`{"createRequestOriginGroup": {"originIds": [{"originId": "api"}, {"originId": "site"}], "selectionCriteria": "default", "statusCodes": [500, 404]}}`,
		},
		{`cf.createRequestOriginGroup({
			originIds: [{originId: 'api', originOverrides: {sni: 'a.example.com'}}, {originId: 'site'}],
			selectionCriteria: 'media-quality-score', failoverCriteria: {statusCodes: [503]},
		});`, `{"createRequestOriginGroup": {"originIds": [{"originId": "api", "sni": "a.example.com"}, {"originId": "site"}],
			"selectionCriteria": "media-quality-score", "statusCodes": [503]}}`},
		{"cf.selectRequestOriginById('api'); cf.updateRequestOrigin({originPath: '/x'});", `{"updateRequestOrigin": {"originPath": "/x"}}`},
	}
	for _, test := range tests {
		result := runCode(t, importCF+handler(test.code+" return event.request;"), requestEvent(), &Env{Origins: []string{"api", "site"}})
		if result.Err != nil || len(result.Warnings) > 0 {
			t.Errorf("%s: %v, warnings %q", test.code, result.Err, result.Warnings)
			continue
		}
		text, err := json.Marshal(result.Origin)
		if err != nil {
			t.Fatal(err)
		}
		var got, want any
		if err := json.Unmarshal([]byte(test.want), &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.code, diff)
		}
	}
	// An empty object takes the headers away, nothing leaves them.
	for code, want := range map[string]bool{"customHeaders: {}": true, "customHeaders: undefined": false} {
		result := runCode(t, importCF+handler("cf.updateRequestOrigin({"+code+"}); return event.request;"), requestEvent(), nil)
		if result.Err != nil || (result.Origin.Update.CustomHeaders != nil) != want {
			t.Errorf("%s: got %v (%v)", code, result.Origin, result.Err)
		}
	}
}

// TestInvalidOrigins chooses origins that CloudFront does not take.
func TestInvalidOrigins(t *testing.T) {
	update := func(settings string) string { return "updateRequestOrigin({" + settings + "})" }
	tests := []struct{ call, message string }{
		{"updateRequestOrigin()", "cf.updateRequestOrigin: the argument is missing, want an object of settings"},
		{"updateRequestOrigin('example.com')", `the argument is "example.com"`},
		{update("domainName: 5"), "domainName is 5, want a string"},
		{update("domainName: 'example.com:443'"), `domainName is "example.com:443", want the name of a host only`},
		{update("domainName: 'https://example.com'"), "want the name of a host only"},
		{update("domainName: '192.0.2.1'"), `domainName is "192.0.2.1", want the name of a host, not an address`},
		{update("hostHeader: '[2001:db8::1]'"), "hostHeader is"},
		{update("sni: ''"), "sni has 0 characters, want 1 to 253"},
		{update("originPath: 'v1'"), `originPath is "v1", want a path that begins with a slash`},
		{update("originPath: '/v1/'"), `originPath is "/v1/", want a path that begins with a slash and does not end with one`},
		{update("connectionAttempts: 4"), "connectionAttempts is 4, want an integer from 1 to 3"},
		{update("connectionAttempts: '1'"), `connectionAttempts is "1", want an integer`},
		{update("originShield: {enabled: true}"), "originShield.region is missing"},
		{update("originShield: {}"), "originShield.enabled is missing, want true or false"},
		{update("originShield: true"), "originShield is true, want an object"},
		{update("originAccessControlConfig: {enabled: true}"), `originAccessControlConfig.signingBehavior is missing, want "always", "never", "no-override"`},
		{update("originAccessControlConfig: {enabled: true, signingBehavior: 'always', signingProtocol: 'sigv4', originType: 'ec2'}"), `originType is "ec2", want "s3"`},
		{update("timeouts: {readTimeout: 0}"), "timeouts.readTimeout is 0, want an integer from 1 to 120"},
		{update("timeouts: {readTimeout: 9, responseCompletionTimeout: 5}"), "timeouts.responseCompletionTimeout is 5, want at least the readTimeout of 9"},
		{update("timeouts: {connectionTimeout: 11}"), "timeouts.connectionTimeout is 11, want an integer from 1 to 10"},
		{update("customOriginConfig: {}"), "customOriginConfig.port is missing"},
		{update("customOriginConfig: {port: 22, protocol: 'https', sslProtocols: ['TLSv1.2']}"), "customOriginConfig.port is 22, want 80, 443 or a port from 1024 to 65535"},
		{update("customOriginConfig: {port: 443, protocol: 'ftp', sslProtocols: ['TLSv1.2']}"), `customOriginConfig.protocol is "ftp"`},
		{update("customOriginConfig: {port: 443, protocol: 'https', sslProtocols: ['TLSv1.3']}"), `customOriginConfig.sslProtocols[0] is "TLSv1.3"`},
		{update("customOriginConfig: {port: 443, protocol: 'https', sslProtocols: ['TLSv1.2'], ipAddressType: 'ipv6'}"), "ipAddressType can only be changed together with the domainName"},
		{update("customHeaders: {'X-A': 'b'}"), `customHeaders.X-A is invalid: a header: "X-A" must be in lower case`},
		{update("customHeaders: {host: 'b'}"), `customHeaders.host is invalid: CloudFront adds no header "host"`},
		{update("customHeaders: {'x-amz-meta-a': 'b'}"), `CloudFront adds no header "x-amz-meta-a"`},
		{update("customHeaders: {'user-agent': 'b'}"), `"user-agent" is a header of the request already`},
		{update("customHeaders: {a: 5}"), "customHeaders.a is 5, want a string"},
		{update("customHeaders: {a: undefined}"), "customHeaders.a is missing, want a string"},
		{update("customHeaders: {a: 'b\\n'}"), "must not contain"},
		{update("allowedCertificateNames: 'a'"), `allowedCertificateNames is "a", want a list`},
		{update("allowedCertificateNames: [5]"), "allowedCertificateNames[0] is 5, want a string"},
		{update("mTLSConfig: 'on'"), `mTLSConfig is "on", want "inherit", "off"`},
		{"selectRequestOriginById()", "the origin id is missing, want the id of an origin"},
		{"selectRequestOriginById('nope')", `the origin id is "nope", which is no origin of the distribution; it has "api", "site"`},
		{"selectRequestOriginById('api', {sni: 'a:b'})", `sni is "a:b"`},
		{"createRequestOriginGroup({})", "originIds has 0 origins, want two"},
		{"createRequestOriginGroup({originIds: ['api'], failoverCriteria: {statusCodes: [500]}})", "originIds has 1 origins, want two"},
		{"createRequestOriginGroup({originIds: ['api', 'api'], failoverCriteria: {statusCodes: [500]}})", `originIds names "api" twice`},
		{"createRequestOriginGroup({originIds: ['api', 'nope'], failoverCriteria: {statusCodes: [500]}})", `originIds[1] is "nope"`},
		{"createRequestOriginGroup({originIds: ['api', {originId: 5}], failoverCriteria: {statusCodes: [500]}})", "originIds[1] is 5"},
		{"createRequestOriginGroup({originIds: ['api', 'site']})", "failoverCriteria is missing, want {statusCodes: [500, …]}"},
		{"createRequestOriginGroup({originIds: ['api', 'site'], failoverCriteria: {statusCodes: [501]}})", "failoverCriteria.statusCodes[0] is 501"},
		{"createRequestOriginGroup({originIds: ['api', 'site'], failoverCriteria: {statusCodes: []}})", "failoverCriteria.statusCodes is empty"},
		{"createRequestOriginGroup({originIds: ['api', 'site'], failoverCriteria: {statusCodes: [500]}, selectionCriteria: 'best'})", `selectionCriteria is "best"`},
	}
	for _, test := range tests {
		result := runCode(t, importCF+handler("cf."+test.call+"; return event.request;"), requestEvent(), &Env{Origins: []string{"api", "site"}})
		if result.Err == nil || result.Err.Kind != Validation || !strings.Contains(result.Err.Message, test.message) {
			t.Errorf("%s\ngot  %v\nwant … %s …", test.call, result.Err, test.message)
		}
	}
}

// TestUnknownSettings are warned about: CloudFront passes over them.
func TestUnknownSettings(t *testing.T) {
	result := runCode(t, importCF+handler(`cf.updateRequestOrigin({
		domain: 'example.com', customHeaders: {'x-any': '1'},
		originAccessControlConfig: {enabled: true, signingBehavior: 'always', signingProtocol: 'sigv4', originType: 'lambda', region: 'us-east-1'},
	}); return event.request;`), requestEvent(), nil)
	want := []string{
		`the setting "domain" of the origin is unknown and has no effect`,
		`the setting "originAccessControlConfig.region" of the origin is unknown and has no effect`,
	}
	if diff := cmp.Diff(want, result.Warnings); diff != "" || result.Err != nil {
		t.Errorf("%v (-want +got):\n%s", result.Err, diff)
	}
}

// TestEdgeLocation reads cf.edgeLocation.
func TestEdgeLocation(t *testing.T) {
	code := importCF + handler("return {statusCode: 200, body: JSON.stringify(cf.edgeLocation)};")
	for want, edge := range map[string]*EdgeLocation{
		"{}": nil,
		`{"name":"SEA","serverIp":"192.0.2.1","region":"us-west-2"}`: {Name: "SEA", ServerIP: "192.0.2.1", Region: "us-west-2"},
	} {
		if got := body(t, code, &Env{Edge: edge}); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
