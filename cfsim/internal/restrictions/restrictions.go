// Package restrictions has what holds for all edge functions alike, CloudFront
// Functions and Lambda@Edge: the headers that are kept from them, and how text
// reaches them.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html)
package restrictions

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// hidden are the headers that functions neither see nor may add. A name that ends
// in a hyphen stands for all that begin with it.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-disallowed-headers)
var hidden = []string{
	"connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
	"trailer", "upgrade", "x-accel-buffering", "x-accel-charset", "x-accel-limit-rate", "x-accel-redirect",
	"x-amz-cf-", "x-amzn-auth", "x-amzn-cf-billing", "x-amzn-cf-id", "x-amzn-cf-xff", "x-amzn-errortype",
	"x-amzn-fle-profile", "x-amzn-header-count", "x-amzn-header-order", "x-amzn-lambda-integration-tag",
	"x-amzn-requestid", "x-cache", "x-edge-", "x-forwarded-proto", "x-real-ip",
}

// Hides reports whether a header, its name in lower case, is one that functions
// neither see nor may add.
func Hides(name string) bool {
	if name == "" || strings.IndexByte("cekptux", name[0]) < 0 {
		return false // by far most names
	}
	return Lists(hidden, name)
}

// Lists reports whether a name in lower case is in a list, in which a name that ends
// in a hyphen stands for all that begin with it.
func Lists(list []string, name string) bool {
	return slices.ContainsFunc(list, func(l string) bool {
		return l == name || strings.HasSuffix(l, "-") && strings.HasPrefix(name, l)
	})
}

// UTF8 returns text as functions see it: what is not UTF-8 is taken for ISO 8859-1.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-encoding)
func UTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

// AllUTF8 returns values as functions see them: those given, if they are UTF-8, or a
// copy.
func AllUTF8(values []string) []string {
	if !slices.ContainsFunc(values, func(s string) bool { return !utf8.ValidString(s) }) {
		return values
	}
	converted := make([]string, len(values))
	for i, s := range values {
		converted[i] = UTF8(s)
	}
	return converted
}
