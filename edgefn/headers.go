package edgefn

import (
	"regexp"
	"slices"
	"strings"
)

// disallowed are the headers that no function is shown and none may add. A star
// at the end stands for every name that begins so.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-disallowed-headers)
var disallowed = []string{
	"connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "trailer", "upgrade",
	"x-accel-buffering", "x-accel-charset", "x-accel-limit-rate", "x-accel-redirect", "x-amz-cf-*", "x-amzn-auth",
	"x-amzn-cf-billing", "x-amzn-cf-id", "x-amzn-cf-xff", "x-amzn-errortype", "x-amzn-fle-profile", "x-amzn-header-count",
	"x-amzn-header-order", "x-amzn-lambda-integration-tag", "x-amzn-requestid", "x-cache", "x-edge-*", "x-forwarded-proto",
	"x-real-ip",
}

// isDisallowed reports whether a header, in lower case, is one of those that are
// CloudFront's own.
func isDisallowed(name string) bool { return inList(disallowed, name) }

// inList reports whether a name is in a list of names, of which one that ends in
// a star stands for all that begin so.
func inList(list []string, name string) bool {
	return slices.ContainsFunc(list, func(entry string) bool {
		start, open := strings.CutSuffix(entry, "*")
		return entry == name || open && strings.HasPrefix(name, start)
	})
}

// headerName is the grammar of a header's name, in lower case.
// (https://www.rfc-editor.org/rfc/rfc9110#section-5.1)
var headerName = regexp.MustCompile("^[a-z0-9!#$%&'*+.^_`|~-]+$")

// hasControl reports whether text holds a character that no header can carry.
func hasControl(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}
