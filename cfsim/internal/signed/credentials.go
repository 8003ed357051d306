package signed

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Names of the query parameters. Those of the cookies have a prefix.
const (
	expires   = "Expires"
	policy    = "Policy"
	signature = "Signature"
	keyPairID = "Key-Pair-Id"
	hashAlgo  = "Hash-Algorithm"

	cookieStart = "CloudFront-"
)

// Values of Hash-Algorithm.
const (
	sha1Name   = "SHA1"
	sha256Name = "SHA256"
)

// signing are the parameters that make a URL a signed one. No cookie is looked at
// if one of them is there.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-choosing-signed-urls-cookies.html)
var signing = []string{expires, policy, signature, keyPairID}

// Strip returns the query string as the cache and the origin see it: without the
// parameters of a signed URL.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/QueryStringParameters.html#query-string-parameters-optimizing-caching)
func Strip(rawQuery string) string {
	if !isSigned(rawQuery) {
		return rawQuery
	}
	return without(rawQuery, append([]string{hashAlgo}, signing...)...)
}

// IsCookie reports whether a cookie is of the kind that is signed. They are not in
// the cache key, whatever the cache policy says of cookies.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-signed-cookies.html#private-content-how-signed-cookies-work)
func IsCookie(name string) bool {
	name, ok := strings.CutPrefix(name, cookieStart)
	return ok && (name == hashAlgo || slices.Contains(signing, name))
}

func isSigned(query string) bool {
	for parameter := range strings.SplitSeq(query, "&") {
		if name, _, _ := strings.Cut(parameter, "="); slices.Contains(signing, name) {
			return true
		}
	}
	return false
}

// without removes parameters, and leaves the others as they are spelled.
func without(query string, names ...string) string {
	kept := slices.DeleteFunc(strings.Split(query, "&"), func(parameter string) bool {
		name, _, _ := strings.Cut(parameter, "=")
		return slices.Contains(names, name)
	})
	return strings.Join(kept, "&")
}

// credentials are what a request shows to be let through.
type credentials struct {
	cookie    bool
	custom    bool
	keyID     string
	hash      string
	signature []byte
	policy    string // its text
	url       string // of the request, without the parameters that carry the signature
}

func (c *credentials) what() string {
	if c.cookie {
		return "signed cookie"
	}
	return "signed url"
}

// credentialsOf reads a signed URL or, if it is none, signed cookies.
func credentialsOf(r Request) (*credentials, error) {
	base, query, _ := strings.Cut(r.URL, "?")
	c := &credentials{cookie: !isSigned(query)}
	values, err := c.values(query, r.Cookies)
	if err != nil {
		return nil, err
	}
	if err := c.complete(values); err != nil {
		return nil, err
	}
	c.keyID, c.custom = values[keyPairID], values[policy] != ""
	c.url = c.resource(base, query)
	switch c.hash = cmp.Or(values[hashAlgo], sha1Name); c.hash {
	case sha1Name, sha256Name:
	default:
		return nil, denied(fmt.Sprintf("%s is %q, and CloudFront takes %s and %s", hashAlgo, c.hash, sha1Name, sha256Name))
	}
	if c.signature, err = decode(values[signature]); err != nil {
		return nil, malformedSignature(fmt.Sprintf("the signature of the %s cannot be decoded: %v", c.what(), err))
	}
	if c.policy, err = c.policyText(values); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *credentials) policyText(values map[string]string) (string, error) {
	if c.custom {
		text, err := decode(values[policy])
		if err != nil {
			return "", malformedPolicy(fmt.Sprintf("the policy of the %s cannot be decoded: %v", c.what(), err))
		}
		return string(text), nil
	}
	if _, err := strconv.ParseUint(values[expires], 10, 64); err != nil {
		return "", malformedPolicy(fmt.Sprintf("%s is %q, and seconds since 1970 are wanted", expires, values[expires]))
	}
	return canned(c.url, values[expires]), nil
}

// values reads what carries the signature, by the names of the parameters.
func (c *credentials) values(query string, cookies []*http.Cookie) (map[string]string, error) {
	values := map[string]string{}
	if c.cookie {
		for _, cookie := range cookies {
			// Of cookies for several paths a browser sends the closest first.
			if name, ok := strings.CutPrefix(cookie.Name, cookieStart); ok && values[name] == "" {
				values[name] = cookie.Value
			}
		}
		return values, nil
	}
	for parameter := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(parameter, "=")
		if name != hashAlgo && !slices.Contains(signing, name) {
			continue
		}
		if _, twice := values[name]; twice {
			return nil, denied(fmt.Sprintf("the url has the parameter %s twice", name))
		}
		values[name] = value
	}
	return values, nil
}

// complete reports what is missing, in the order in which CloudFront is seen to.
func (c *credentials) complete(values map[string]string) error {
	prefix := "parameter "
	if c.cookie {
		prefix = "cookie " + cookieStart
	}
	switch {
	case values[keyPairID] == "" && c.cookie:
		return missingKey("only signed urls and signed cookies are let through: the url is not signed, and there is no " + prefix + keyPairID)
	case values[keyPairID] == "":
		return missingKey("the url has no " + prefix + keyPairID)
	case values[signature] == "":
		return missingSignature("the request has no " + prefix + signature)
	case values[policy] == "" && values[expires] == "":
		return malformedPolicy("the request has neither a " + prefix + policy + " nor a " + prefix + expires)
	}
	return nil
}

// resource is the URL that the policy is about: that of the request without the
// parameters that carry the signature.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html#private-content-canned-policy-statement-values)
func (c *credentials) resource(base, query string) string {
	switch {
	case c.cookie:
	case c.custom:
		query = without(query, policy, signature, keyPairID, hashAlgo)
	default:
		query = without(query, expires, signature, keyPairID, hashAlgo)
	}
	if query == "" {
		return base
	}
	return base + "?" + query
}

// canned writes the policy that the signer of a URL or cookie without one signed.
func canned(url, expires string) string {
	return `{"Statement":[{"Resource":"` + url + `","Condition":{"DateLessThan":{"AWS:EpochTime":` + expires + `}}}]}`
}

var fromURL = strings.NewReplacer("-", "+", "_", "=", "~", "/")

// decode undoes base64 with the three characters replaced that a query string
// cannot have.
func decode(text string) ([]byte, error) {
	if i := strings.IndexAny(text, "+=/%"); i >= 0 {
		return nil, fmt.Errorf("it has a %q, and base64 is wanted with - for +, _ for = and ~ for /", text[i])
	}
	decoded, err := base64.StdEncoding.Strict().DecodeString(fromURL.Replace(text))
	if err != nil {
		return nil, errors.New("it is not base64 with - for +, _ for = and ~ for /")
	}
	return decoded, nil
}
