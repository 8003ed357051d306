package edgejs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim/internal/restrictions"
)

// notCustom are the headers that no origin can be given by its settings, beside the
// hidden ones. A name that ends in a hyphen stands for all that begin with it.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html#add-origin-custom-headers-denylist)
var notCustom = []string{
	"cache-control", "content-length", "cookie", "host", "if-match", "if-modified-since", "if-none-match", "if-range",
	"if-unmodified-since", "max-forwards", "pragma", "range", "request-range", "te", "transfer-encoding", "via", "x-amz-",
}

// readOnly are the headers that functions see, but may neither add nor change nor
// remove.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-read-only-headers)
var readOnly = map[string][]string{
	viewerRequest:  {"cdn-loop", "content-length", "host", "transfer-encoding", "via"},
	viewerResponse: {"warning", "via"},
}

const (
	viewerRequest  = "viewer-request"
	viewerResponse = "viewer-response"
)

// maxURI is what the path and the query string together must stay below, in
// characters.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-uri)
const maxURI = 8192

// maxLog is where the log of a run is cut off, in bytes.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-function-restrictions.html#cloudfront-function-restrictions-logs)
const maxLog = 10 * 1024

// checkHeaders compares headers that a function returned with those it was given.
func checkHeaders(what, event string, was, is fields) error {
	for _, name := range readOnly[event] {
		before, after := was.get(name), is.get(name)
		switch {
		case before == nil && after != nil:
			return fmt.Errorf("%s: %s is read-only at %s and must not be added; remove the assignment", what, name, event)
		case before != nil && after == nil:
			return fmt.Errorf("%s: %s is read-only at %s and must not be removed", what, name, event)
		case before != nil && !slices.Equal(before.values, after.values):
			return fmt.Errorf("%s: %s is read-only at %s, but %q was changed to %q", what, name, event, before.values, after.values)
		}
	}
	for _, f := range is {
		if !f.changed {
			continue
		}
		if err := checkHeaderName(what, f.name); err != nil {
			return err
		}
		for _, value := range f.values {
			// AWS says nothing of control characters in values. A proxy
			// that passed on a line break would let viewers add headers.
			if err := checkText(what+": the value of "+f.name, value, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkHeaderName checks the name of a header that a function added. CloudFront's
// own message of the first rule is "response.headers must have header names in
// lower case". That cookies have to be set as cookies is unstated, but they are
// not among the headers.
func checkHeaderName(what, name string) error {
	switch lower := strings.ToLower(name); {
	case name == "" || strings.IndexFunc(name, isNoToken) >= 0:
		return fmt.Errorf("%s: %q is no name of a header", what, name)
	case name != lower:
		return fmt.Errorf("%s: %q must be in lower case: %q", what, name, lower)
	case name == "cookie" || name == "set-cookie":
		return fmt.Errorf("%s: %q cannot be set as a header; set it in the cookies object, as cookies.name = {value: '…'}", what, name)
	case restrictions.Hides(name):
		return fmt.Errorf("%s: CloudFront allows no function to add %q", what, name)
	}
	return nil
}

// checkText rejects what would break the message that the text becomes a part of.
func checkText(what, text, forbidden string) error {
	for _, c := range text {
		if isControl(c) || strings.ContainsRune(forbidden, c) {
			return fmt.Errorf("%s, %q, must not contain %q; encode it with encodeURIComponent", what, text, c)
		}
	}
	return nil
}

func isControl(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }

func isNoToken(c rune) bool {
	return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
}
