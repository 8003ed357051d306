package policy

import (
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/internal/glob"
)

// A Mode says which of a request's headers, cookies or query strings are meant.
// The names are CloudFormation's.
type Mode string

// Modes of all selections. Headers of a cache policy are None or Whitelist.
const (
	None      Mode = "none"
	Whitelist Mode = "whitelist"
	AllExcept Mode = "allExcept"
	All       Mode = "all" // cookies and query strings
)

// Modes of the headers of an origin request policy.
const (
	AllViewer              Mode = "allViewer"
	AllViewerAndCloudFront Mode = "allViewerAndWhitelistCloudFront"
)

// A Selection picks headers, cookies or query strings by name. The zero Selection
// picks none.
type Selection struct {
	Mode  Mode
	Names []string

	// Fold is set for headers, whose names are compared in any case. Names of
	// cookies and query strings are case-sensitive.
	Fold bool

	// Wildcards is set where '*' and '?' in Names are wildcards, which legacy
	// cookie names have. In a policy they stand for themselves.
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html#cache-policy-query-strings)
	Wildcards bool
}

// Has reports whether a header, cookie or query string of that name is selected.
// Headers that begin with CloudFront- are CloudFront's own, so that "all viewer
// headers" do not take them in; see [Selection.Generated].
func (s Selection) Has(name string) bool {
	switch s.Mode {
	case Whitelist:
		return s.named(name)
	case AllExcept:
		return !s.named(name) && (!s.Fold || !fromCloudFront(name) || isViewerHeader(name))
	case All:
		return true
	case AllViewer:
		return !fromCloudFront(name)
	case AllViewerAndCloudFront:
		return !fromCloudFront(name) || s.named(name)
	}
	return false
}

func (s Selection) named(name string) bool {
	return slices.ContainsFunc(s.Names, func(n string) bool {
		switch {
		case s.Wildcards && strings.ContainsAny(n, "*?"):
			if s.Fold {
				n, name = strings.ToLower(n), strings.ToLower(name)
			}
			return glob.Set{n}.Match(name)
		case s.Fold:
			return strings.EqualFold(n, name)
		}
		return n == name
	})
}

// Generated lists the headers that CloudFront adds to a request because the
// selection, one of headers, takes them in.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html)
func (s Selection) Generated() []string {
	from := s.Names
	if s.Mode == AllExcept && s.Fold {
		from = viewerHeaders
	}
	var names []string
	for _, name := range from {
		if fromCloudFront(name) && s.Has(name) {
			names = append(names, name)
		}
	}
	return names
}

// viewerHeaders are the headers about protocol, device and location of the viewer
// which a selection of all headers with exceptions takes in. AWS says so of its
// policy AllViewerExceptHostHeader, which has no setting but that one; of custom
// policies with the same setting it says nothing, and they are taken to do the
// same. The fingerprints of newer headers are not among them.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html#managed-origin-request-policy-all-viewer-except-host-header)
var viewerHeaders = []string{
	"CloudFront-Forwarded-Proto",
	"CloudFront-Is-Android-Viewer",
	"CloudFront-Is-Desktop-Viewer",
	"CloudFront-Is-IOS-Viewer",
	"CloudFront-Is-Mobile-Viewer",
	"CloudFront-Is-SmartTV-Viewer",
	"CloudFront-Is-Tablet-Viewer",
	"CloudFront-Viewer-Address",
	"CloudFront-Viewer-ASN",
	"CloudFront-Viewer-City",
	"CloudFront-Viewer-Country",
	"CloudFront-Viewer-Country-Name",
	"CloudFront-Viewer-Country-Region",
	"CloudFront-Viewer-Country-Region-Name",
	"CloudFront-Viewer-Http-Version",
	"CloudFront-Viewer-Latitude",
	"CloudFront-Viewer-Longitude",
	"CloudFront-Viewer-Metro-Code",
	"CloudFront-Viewer-Postal-Code",
	"CloudFront-Viewer-Time-Zone",
	"CloudFront-Viewer-TLS",
}

func isViewerHeader(name string) bool { return containsFold(viewerHeaders, name) }

// fingerprints are the headers about the viewer that have to be asked for by name.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html#cloudfront-headers-viewer-headers)
var fingerprints = []string{
	"CloudFront-Viewer-Header-Count",
	"CloudFront-Viewer-Header-Order",
	"CloudFront-Viewer-JA3-Fingerprint",
	"CloudFront-Viewer-JA4-Fingerprint",
}

// DescribesViewer reports whether CloudFront can add a header of that name, with
// something about the viewer in it.
func DescribesViewer(header string) bool {
	return isViewerHeader(header) || containsFold(fingerprints, header)
}

const cloudFront = "CloudFront-"

func fromCloudFront(header string) bool {
	return len(header) >= len(cloudFront) && strings.EqualFold(header[:len(cloudFront)], cloudFront)
}

func containsFold(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}

func (s Selection) none() bool { return s.Mode == None || s.Mode == "" }

func (s Selection) clone() Selection {
	s.Names = slices.Clone(s.Names)
	return s
}
