package policy

import (
	"strings"
	"testing"
)

func TestResponseHeadersProblems(t *testing.T) {
	parsed, err := ParseResponseHeaders(object(t, responseText))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "good", parsed.Problems(), nil)
	both, err := ParseResponseHeaders(object(t, strings.Replace(responseText, `"ReportUri"`, `"ModeBlock": true, "ReportUri"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "block and report", both.Problems(), []string{"XSSProtection has both ModeBlock and ReportUri, and CloudFront takes one of them"})

	cors := func(change func(*CORS)) ResponseHeaders {
		c := &CORS{Origins: []string{"*"}, Headers: []string{"*"}, Methods: []string{"GET"}}
		change(c)
		return ResponseHeaders{Name: "a", CORS: c}
	}
	custom := func(headers ...Header) ResponseHeaders { return ResponseHeaders{Name: "a", Custom: headers} }
	long := strings.Repeat("v", 1784)
	var many, large []Header
	for _, name := range names(11, "X-") {
		many = append(many, Header{Name: name})
	}
	for _, name := range names(7, "X-") {
		large = append(large, Header{Name: name, Value: strings.Repeat("v", 1500)})
	}
	for _, test := range []struct {
		name string
		p    ResponseHeaders
		want []string
	}{
		{"11 headers", custom(many...), []string{"it adds 11 custom headers, and the quota is 10"}},
		{"long value", custom(Header{Name: "X-A", Value: long}), []string{"the value of the header X-A has 1784 characters, and CloudFront takes 1783"}},
		{"long name", custom(Header{Name: strings.Repeat("n", 257)}), []string{"has 257 characters, and CloudFront takes 256"}},
		{"large", custom(large...), []string{"its custom headers have 10521 characters together, and CloudFront takes 10240"}},
		{"security header", custom(Header{Name: "x-frame-options", Value: "DENY"}), []string{"it adds the custom header x-frame-options, which CloudFront takes in SecurityHeadersConfig only"}},
		{"long policy", ResponseHeaders{Name: "a", Security: []Header{{Name: "Content-Security-Policy", Value: long}}}, []string{"the header Content-Security-Policy has 1784"}},
		{"removal", ResponseHeaders{Name: "a", Remove: []string{"Server", "via", "X-Amz-Cf-Pop", "Vary"}}, []string{"it removes the header via,", "it removes the header X-Amz-Cf-Pop,"}},
		{"rate", ResponseHeaders{Name: "a", ServerTiming: &ServerTiming{Rate: 101}}, []string{"its SamplingRate is 101, and CloudFront takes 0 to 100"}},
		{"fine rate", ResponseHeaders{Name: "a", ServerTiming: &ServerTiming{Rate: 0.00001}}, []string{"its SamplingRate 1e-05 has more than four decimal places"}},
		{"usual rate", ResponseHeaders{Name: "a", ServerTiming: &ServerTiming{Rate: 0.0001}}, nil},
		{"usual CORS", cors(func(*CORS) {}), nil},
		{"empty CORS", ResponseHeaders{Name: "a", CORS: &CORS{}}, []string{"no AccessControlAllowOrigins", "no AccessControlAllowHeaders", "no AccessControlAllowMethods"}},
		{"origin", cors(func(c *CORS) { c.Origins = []string{"https://example.*"} }), []string{`it allows the origin "https://example.*"`}},
		{"method", cors(func(c *CORS) { c.Methods = []string{"PROPFIND"} }), []string{`it allows the method "PROPFIND": CloudFront takes DELETE, GET`}},
		{"all and one", cors(func(c *CORS) { c.Methods = []string{"ALL", "GET"} }), []string{"it allows the method ALL beside others"}},
		{"credentials", cors(func(c *CORS) { c.Credentials, c.Headers = true, []string{"Accept", "X-*"} }), []string{`it allows credentials and the headers "X-*"`}},
	} {
		expect(t, test.name, test.p.Problems(), test.want)
	}
}
