// Package signed checks signed URLs and signed cookies as CloudFront does for
// behaviors with trusted key groups.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PrivateContent.html)
//
// A canned policy is one the request does not carry: CloudFront writes it anew from
// the URL and the time of expiry. A custom policy is carried, and may name a start,
// an address and, with wildcards, several URLs.
//
// The documentation describes what is valid and says of the rest that it is
// answered with 403. What it leaves open is decided against the viewer: a parameter
// given twice, percent-escapes in a signature, members of a policy that it does not
// name, and hosts in other letters than those signed are refused.
package signed

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// A Request is what of a viewer's request a signature is checked against.
type Request struct {
	URL     string // as the viewer sent it: scheme, host, path and query string
	Cookies []*http.Cookie
	IP      string // of the viewer
}

// A Decision says why a request was let through.
type Decision struct {
	KeyID   string
	Cookie  bool      // a signed cookie, not a signed URL
	Custom  bool      // a custom policy, not a canned one
	Hash    string    // "SHA1" or "SHA256"
	Starts  time.Time // zero without a start
	Expires time.Time
}

func (d Decision) String() string {
	what, kind := "signed url", "canned"
	if d.Cookie {
		what = "signed cookie"
	}
	if d.Custom {
		kind = "custom"
	}
	return fmt.Sprintf("%s, %s policy, key %s, %s, valid until %s", what, kind, d.KeyID, d.Hash, format(d.Expires))
}

func format(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Verify checks the signature of a request, with now as the time it came, against
// the keys of a behavior's trusted key groups. An error is an [*Error].
func Verify(r Request, keys []Key, now time.Time) (Decision, error) {
	c, err := credentialsOf(r)
	if err != nil {
		return Decision{}, err
	}
	verify, err := find(keys, c.keyID)
	if err != nil {
		return Decision{}, err
	}
	s, err := parsePolicy(c.policy)
	if err != nil {
		return Decision{}, err
	}
	if !verify([]byte(c.policy), c.signature, c.hash) {
		return Decision{}, c.mismatch()
	}
	if err := s.allows(c, r.IP, now); err != nil {
		return Decision{}, err
	}
	d := Decision{KeyID: c.keyID, Cookie: c.cookie, Custom: c.custom, Hash: c.hash, Expires: time.Unix(s.before, 0)}
	if s.after != nil {
		d.Starts = time.Unix(*s.after, 0)
	}
	return d, nil
}

// mismatch explains a signature that is not of the policy. Of a canned policy the
// text is shown, since what differs is most often the URL.
func (c *credentials) mismatch() error {
	reason := fmt.Sprintf("the signature is not that of the policy by the key %s with %s", c.keyID, c.hash)
	if !c.custom {
		reason += ", which for this request is " + c.policy
	}
	return denied(reason)
}

// allows checks what a policy demands.
func (s *statement) allows(c *credentials, ip string, now time.Time) error {
	if c.custom && s.resource != nil && !matchResource(*s.resource, c.url) {
		return denied(fmt.Sprintf("the policy is for %s, not for %s", *s.resource, c.url))
	}
	// Both limits are whole seconds: access ends when the last one begins and
	// starts when the first one is over.
	if at := now.Unix(); at >= s.before {
		return denied(fmt.Sprintf("the %s expired at %s, and it is %s", c.what(), format(time.Unix(s.before, 0)), format(now)))
	} else if s.after != nil && at <= *s.after {
		return denied(fmt.Sprintf("the %s is valid after %s, and it is %s", c.what(), format(time.Unix(*s.after, 0)), format(now)))
	}
	if s.from == nil {
		return nil
	}
	address, err := netip.ParseAddr(strings.Trim(ip, "[]"))
	if err != nil {
		return denied(fmt.Sprintf("the policy is for viewers in %s, and the viewer's address %q cannot be read", s.from, ip))
	}
	if !s.from.Contains(address.Unmap()) {
		return denied(fmt.Sprintf("the policy is for viewers in %s, and the viewer is %s", s.from, address.Unmap()))
	}
	return nil
}
