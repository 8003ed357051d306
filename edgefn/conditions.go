package edgefn

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// CountryHeader is the header in which CloudFront says where a viewer is. It is
// there if a policy of the behavior names it.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html)
const CountryHeader = "cloudfront-viewer-country"

// allMethods are those that CloudFront lets through.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesAllowedHTTPMethods)
var allMethods = []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}

// js is an expression over request that is true when the condition holds. It sets
// the variable seen, and calls the function holds for nothing but what was sent
// several times.
//
// What is in the event may have a prototype, so that request.cookies has a
// "constructor" whatever the viewer sends; but nothing inherited has a value.
func (c Condition) js() string {
	js := c.sentJS()
	if c.Subject == Method {
		js = equalsJS("request.method", c.Values)
	}
	if c.Not {
		return "!(" + js + ")"
	}
	return "(" + js + ")"
}

// sentJS is for what may be absent.
func (c Condition) sentJS() string {
	parent, name := "headers", c.Name
	switch c.Subject {
	case Cookie:
		parent = "cookies"
	case Parameter:
		parent = "querystring"
	case Country:
		name = CountryHeader
	}
	entry := fmt.Sprintf("(request.%s[%s] || 0)", parent, quote(name))
	if len(c.Values) == 0 {
		return entry + ".value !== undefined"
	}
	if c.Subject == Country { // which CloudFront says once
		return fmt.Sprintf("seen = %s.value, %s", entry, equalsJS("seen", c.Values))
	}
	quoted := make([]string, len(c.Values))
	for i, value := range c.Values {
		quoted[i] = quote(value)
	}
	return fmt.Sprintf("seen = %s, %s || seen.multiValue && holds(seen.multiValue, [%s])", entry, equalsJS("seen.value", c.Values), strings.Join(quoted, ", "))
}

// equalsJS compares an expression with each of the values.
func equalsJS(js string, values []string) string {
	tests := make([]string, len(values))
	for i, value := range values {
		tests[i] = js + " === " + quote(value)
	}
	return strings.Join(tests, " || ")
}

// String describes a condition for messages: cookie "beta" is "yes" or "on".
func (c Condition) String() string {
	values := make([]string, len(c.Values))
	for i, value := range c.Values {
		values[i] = quote(value)
	}
	switch {
	case len(values) == 0 && c.Not:
		return c.what() + " is missing"
	case len(values) == 0:
		return c.what() + " is there"
	case c.Not:
		return c.what() + " is not " + strings.Join(values, " nor ")
	}
	return c.what() + " is " + strings.Join(values, " or ")
}

// what names what a condition looks at.
func (c Condition) what() string {
	switch c.Subject {
	case Country:
		return "country"
	case Method:
		return "method"
	}
	return map[Subject]string{Header: "header ", Cookie: "cookie ", Parameter: "parameter "}[c.Subject] + quote(c.Name)
}

// Check returns what the condition looks for that no request can have. Names of
// headers are in lower case; names and values of parameters are compared as they
// stand in a url.
func (c Condition) Check() error {
	problems := []error{c.checkName()}
	for _, value := range c.Values {
		problems = append(problems, c.checkValue(value))
	}
	if c.Subject == Method && len(c.Values) == 0 {
		problems = append(problems, errors.New(`a condition on the method names none, and every request has one: write those that are meant, such as "GET"`))
	}
	return errors.Join(problems...)
}

// separators end what a condition looks at.
var separators = map[Subject]string{Cookie: ";", Parameter: "&# "}

func (c Condition) checkName() error {
	named := c.Subject != Country && c.Subject != Method
	switch {
	case !named && c.Name != "":
		return fmt.Errorf("a condition on the %s has the name %q: leave it out, there is but one", c.what(), c.Name)
	case named && c.Name == "":
		return fmt.Errorf("a condition on a %s names none: write which one is meant", strings.Fields(c.what())[0])
	case c.Subject == Header && c.Name == "cookie":
		return errors.New(`a condition on the header "cookie" never holds, since functions have cookies apart from headers: write a condition on the cookie`)
	case c.Subject == Header && isDisallowed(c.Name):
		return fmt.Errorf("a condition on the header %q never holds, since CloudFront shows it to no function: write another one", c.Name)
	case c.Subject == Header && !headerName.MatchString(c.Name), named && strings.ContainsAny(c.Name, "= "), named && !c.isSent(c.Name):
		return fmt.Errorf("%s has a name that no request can have: write it as it is sent, without spaces and separators", c.what())
	}
	return nil
}

// country is the form of a code of ISO 3166-1.
var country = regexp.MustCompile(`^[A-Z]{2}$`)

// notCountries are codes that ISO 3166-1 reserves for what is no country there, by
// what to write instead.
// (https://www.iso.org/iso-3166-country-codes.html)
var notCountries = map[string]string{
	"UK": `"GB" for the United Kingdom`,
	"EU": `the codes of the countries that are meant, such as "DE" and "FR"`,
}

func (c Condition) checkValue(value string) error {
	switch {
	case c.Subject == Country && notCountries[value] != "":
		return fmt.Errorf("country %q is not the code of one, so no viewer is there: write %s", value, notCountries[value])
	case c.Subject == Country && !country.MatchString(value):
		return fmt.Errorf(`country %q is no code of two letters in upper case: write one such as "DE"`, value)
	case c.Subject == Method && !slices.Contains(allMethods, value):
		return fmt.Errorf("method %q is none that CloudFront lets through: write one of %s", value, strings.Join(allMethods, ", "))
	case !c.isSent(value):
		return fmt.Errorf("%s never is %q, which has a space at an end, a separator or a control character: write the value as it is sent", c.what(), value)
	}
	return nil
}

// isSent reports whether text can be part of what the condition looks at.
func (c Condition) isSent(text string) bool {
	return !hasControl(text) && !strings.ContainsAny(text, separators[c.Subject]) && strings.TrimSpace(text) == text
}
