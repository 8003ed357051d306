package signed

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	site   = "https://d111111abcdef8.cloudfront.net"
	image  = site + "/image.jpg?color=red&size=medium"
	until  = 1767290400
	viewer = "192.0.2.10"
)

var inTime = time.Unix(until-1, 999_999_999)

// A signer signs as applications do, in its own words.
type signer struct {
	key  crypto.Signer
	hash string
}

var rsaKey = sync.OnceValue(func() crypto.Signer {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

var ecdsaKey = sync.OnceValue(func() crypto.Signer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
})

func publicKey(t testing.TB, key crypto.PublicKey) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func (s signer) trusted(t testing.TB) []Key {
	return []Key{{ID: "KOTHER", PEM: "not asked for"}, {ID: "K2JCJMDEHXQW5F", PEM: publicKey(t, s.key.Public())}}
}

func encode(data []byte) string {
	return strings.NewReplacer("+", "-", "=", "_", "/", "~").Replace(base64.StdEncoding.EncodeToString(data))
}

func (s signer) sign(t testing.TB, text string) string {
	t.Helper()
	hash, sum := crypto.SHA1, sha1.Sum([]byte(text))
	digest := sum[:]
	if s.hash == "SHA256" {
		sum := sha256.Sum256([]byte(text))
		hash, digest = crypto.SHA256, sum[:]
	}
	signature, err := s.key.Sign(rand.Reader, digest, hash)
	if err != nil {
		t.Fatal(err)
	}
	return encode(signature)
}

func cannedPolicy(resource string, until int64) string {
	return fmt.Sprintf(`{"Statement":[{"Resource":%q,"Condition":{"DateLessThan":{"AWS:EpochTime":%d}}}]}`, resource, until)
}

func customPolicy(resource string) string {
	return fmt.Sprintf(`{"Statement":[{"Resource":%q,"Condition":{"IpAddress":{"AWS:SourceIp":"192.0.2.0/24"},`+
		`"DateGreaterThan":{"AWS:EpochTime":%d},"DateLessThan":{"AWS:EpochTime":%d}}}]}`, resource, until-100, until)
}

// url signs with a canned policy, or with a custom one if it is given.
func (s signer) url(t testing.TB, base, custom string) string {
	text, limit := cannedPolicy(base, until), fmt.Sprintf("Expires=%d", until)
	if custom != "" {
		text, limit = custom, "Policy="+encode([]byte(custom))
	}
	join := "?"
	if strings.Contains(base, "?") {
		join = "&"
	}
	url := base + join + limit + "&Signature=" + s.sign(t, text) + "&Key-Pair-Id=K2JCJMDEHXQW5F"
	if s.hash != "" {
		url += "&Hash-Algorithm=" + s.hash
	}
	return url
}

func (s signer) cookies(t testing.TB, base, custom string) []*http.Cookie {
	text, limit := cannedPolicy(base, until), &http.Cookie{Name: "CloudFront-Expires", Value: fmt.Sprint(until)}
	if custom != "" {
		text, limit = custom, &http.Cookie{Name: "CloudFront-Policy", Value: encode([]byte(custom))}
	}
	cookies := []*http.Cookie{
		{Name: "theme", Value: "dark"},
		limit,
		{Name: "CloudFront-Signature", Value: s.sign(t, text)},
		{Name: "CloudFront-Key-Pair-Id", Value: "K2JCJMDEHXQW5F"},
	}
	if s.hash != "" {
		cookies = append(cookies, &http.Cookie{Name: "CloudFront-Hash-Algorithm", Value: s.hash})
	}
	return cookies
}

func signers() map[string]signer {
	return map[string]signer{
		"RSA": {rsaKey(), ""}, "RSA SHA1": {rsaKey(), "SHA1"}, "RSA SHA256": {rsaKey(), "SHA256"},
		"ECDSA": {ecdsaKey(), ""}, "ECDSA SHA256": {ecdsaKey(), "SHA256"},
	}
}

func TestRoundTrip(t *testing.T) {
	for name, s := range signers() {
		keys := s.trusted(t)
		for _, base := range []string{site + "/", image, site + "/a%20b//c?", "http://www.example.com/x?a=1&b=2&a=3&Name=Expires", site + "/?&&"} {
			for kind, custom := range map[string]string{"canned": "", "custom": customPolicy("*"), "exact": customPolicy(strings.TrimSuffix(base, "?"))} {
				signed := strings.TrimSuffix(base, "?")
				for how, r := range map[string]Request{
					"url":    {URL: s.url(t, signed, custom), IP: viewer},
					"cookie": {URL: signed, Cookies: s.cookies(t, signed, custom), IP: viewer},
				} {
					d, err := Verify(r, keys, inTime)
					if err != nil {
						t.Errorf("%s, %s, %s of %s: %v", name, kind, how, base, err)
						continue
					}
					if d.KeyID != "K2JCJMDEHXQW5F" || d.Cookie != (how == "cookie") || d.Custom != (custom != "") || d.Expires.Unix() != until {
						t.Errorf("%s, %s, %s of %s: %+v", name, kind, how, base, d)
					}
				}
			}
		}
	}
}

// Signatures that another program made.
func TestOpenSSL(t *testing.T) {
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	custom := read("custom.txt")
	lines := bufio.NewScanner(bytes.NewBufferString(read("signatures.txt")))
	seen := 0
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		seen++
		f := strings.Fields(lines.Text())
		key, hash, kind, signature := f[0], f[1], f[2], f[3]
		url := image + "&Expires=1767290400"
		if kind == "custom" {
			url = site + "/training/orientation.pdf?Policy=" + custom
		}
		url += "&Signature=" + signature + "&Key-Pair-Id=K1&Hash-Algorithm=" + hash
		d, err := Verify(Request{URL: url, IP: viewer}, []Key{{ID: "K1", PEM: read(key + ".pem")}}, inTime)
		if err != nil {
			t.Errorf("%s: %v", lines.Text(), err)
		} else if d.Hash != hash || d.Custom != (kind == "custom") {
			t.Errorf("%s: got %s", lines.Text(), d)
		}
	}
	if seen != 8 {
		t.Errorf("read %d signatures, want 8", seen)
	}
}

func TestRefused(t *testing.T) {
	s := signer{rsaKey(), ""}
	sha256 := signer{rsaKey(), "SHA256"}
	good := s.url(t, image, "")
	date := func(before string) string {
		return `{"Statement":[{"Resource":"*","Condition":{"DateLessThan":{"AWS:EpochTime":` + before + `}}}]}`
	}
	condition := func(more string) string {
		return `{"Statement":[{"Resource":"*","Condition":{"DateLessThan":{"AWS:EpochTime":1767290400},` + more + `}}]}`
	}
	late, early := time.Unix(until, 0), time.Unix(until-100, 999)
	for _, test := range []struct {
		name   string
		r      Request
		now    time.Time
		code   string
		reason string
	}{
		{"nothing", Request{URL: image}, inTime, "MissingKey", "only signed urls and signed cookies are let through: the url is not signed, and there is no cookie CloudFront-Key-Pair-Id"},
		{"no key", Request{URL: strings.ReplaceAll(good, "&Key-Pair-Id=K2JCJMDEHXQW5F", "")}, inTime, "MissingKey", "the url has no parameter Key-Pair-Id"},
		{"empty key", Request{URL: strings.ReplaceAll(good, "K2JCJMDEHXQW5F", "")}, inTime, "MissingKey", "no parameter Key-Pair-Id"},
		{"other key", Request{URL: strings.ReplaceAll(good, "K2JCJMDEHXQW5F", "K3")}, inTime, "InvalidKey", `Key-Pair-Id is "K3", and the trusted key groups have KOTHER, K2JCJMDEHXQW5F`},
		{"bad key", Request{URL: strings.ReplaceAll(good, "K2JCJMDEHXQW5F", "KOTHER")}, inTime, "InvalidKey", "the public key KOTHER cannot be used: it is not in PEM"},
		{"no signature", Request{URL: image + "&Expires=1767290400&Key-Pair-Id=K2JCJMDEHXQW5F"}, inTime, "MissingSignature", "no parameter Signature"},
		{"escaped signature", Request{URL: strings.ReplaceAll(good, "Signature=", "Signature=%7E")}, inTime, "MalformedSignature", "it has a '%', and base64 is wanted with - for +, _ for = and ~ for /"},
		{"plain base64", Request{URL: strings.ReplaceAll(good, "__&", "==&")}, inTime, "MalformedSignature", "it has a '='"},
		{"short signature", Request{URL: strings.ReplaceAll(good, "__&", "&")}, inTime, "MalformedSignature", "it is not base64"},
		{"no expiry", Request{URL: strings.ReplaceAll(good, "Expires=1767290400&", "")}, inTime, "MalformedPolicy", "the request has neither a parameter Policy nor a parameter Expires"},
		{"cookies without policy", Request{URL: image, Cookies: s.cookies(t, image, "")[2:]}, inTime, "MalformedPolicy", "neither a cookie CloudFront-Policy nor a cookie CloudFront-Expires"},
		{"word", Request{URL: strings.ReplaceAll(good, "1767290400", "tomorrow")}, inTime, "MalformedPolicy", `Expires is "tomorrow", and seconds since 1970 are wanted`},
		{"milliseconds", Request{URL: strings.ReplaceAll(good, "1767290400", "1767290400000")}, inTime, "MalformedPolicy", "it may be in milliseconds"},
		{"expired", Request{URL: good}, late, "AccessDenied", "the signed url expired at 2026-01-01T18:00:00Z, and it is 2026-01-01T18:00:00Z"},
		{"expired cookie", Request{URL: image, Cookies: s.cookies(t, image, "")}, late, "AccessDenied", "the signed cookie expired"},
		{"parameter added", Request{URL: good + "&more=1"}, inTime, "AccessDenied", "which for this request is " + `{"Statement":[{"Resource":"` + image + `&more=1"`},
		{"parameter twice", Request{URL: good + "&Expires=1"}, inTime, "AccessDenied", "the url has the parameter Expires twice"},
		{"http", Request{URL: strings.Replace(good, "https", "http", 1)}, inTime, "AccessDenied", `"Resource":"http://d111111abcdef8`},
		{"url before cookies", Request{URL: image + "&Policy=x", Cookies: s.cookies(t, image, "")}, inTime, "MissingKey", "the url has no parameter Key-Pair-Id"},
		{"hash not named", Request{URL: strings.ReplaceAll(sha256.url(t, image, ""), "&Hash-Algorithm=SHA256", "")}, inTime, "AccessDenied", "by the key K2JCJMDEHXQW5F with SHA1"},
		{"hash wrong", Request{URL: good + "&Hash-Algorithm=SHA256"}, inTime, "AccessDenied", "with SHA256"},
		{"hash unknown", Request{URL: good + "&Hash-Algorithm=MD5"}, inTime, "AccessDenied", `Hash-Algorithm is "MD5", and CloudFront takes SHA1 and SHA256`},

		{"too early", Request{URL: s.url(t, image, customPolicy("*")), IP: viewer}, early, "AccessDenied", "is valid after 2026-01-01T17:58:20Z"},
		{"elsewhere", Request{URL: s.url(t, image, customPolicy("*")), IP: "198.51.100.1"}, inTime, "AccessDenied", "the policy is for viewers in 192.0.2.0/24, and the viewer is 198.51.100.1"},
		{"IPv6", Request{URL: s.url(t, image, customPolicy("*")), IP: "2001:db8::1"}, inTime, "AccessDenied", "the viewer is 2001:db8::1"},
		{"no address", Request{URL: s.url(t, image, customPolicy("*"))}, inTime, "AccessDenied", `address "" cannot be read`},
		{"other file", Request{URL: s.url(t, image, customPolicy(site+"/*.png")), IP: viewer}, inTime, "AccessDenied", "the policy is for " + site + "/*.png, not for " + image},
		{"policy not base64", Request{URL: strings.Replace(s.url(t, image, customPolicy("*")), "Policy=", "Policy=!", 1)}, inTime, "MalformedPolicy", "cannot be decoded: it is not base64"},
		{"not JSON", Request{URL: s.url(t, image, "x")}, inTime, "MalformedPolicy", `the policy is not JSON ("x"), and an object is wanted`},
		{"no statement", Request{URL: s.url(t, image, "{}")}, inTime, "MalformedPolicy", "it has the Statement missing, and a list of exactly one is wanted"},
		{"two statements", Request{URL: s.url(t, image, `{"Statement":[{},{}]}`)}, inTime, "MalformedPolicy", "Statement [{},{}]"},
		{"no condition", Request{URL: s.url(t, image, `{"Statement":[{"Resource":"*"}]}`)}, inTime, "MalformedPolicy", "Condition is missing"},
		{"no end", Request{URL: s.url(t, image, `{"Statement":[{"Condition":{}}]}`)}, inTime, "MalformedPolicy", "it has no DateLessThan"},
		{"quoted date", Request{URL: s.url(t, image, date(`"1767290400"`))}, inTime, "MalformedPolicy", `DateLessThan is "1767290400", and seconds since 1970 are wanted, a number without quotation marks`},
		{"fraction", Request{URL: s.url(t, image, date(`1767290400.5`))}, inTime, "MalformedPolicy", "seconds since 1970"},
		{"resource no string", Request{URL: s.url(t, image, strings.Replace(date("1767290400"), `"*"`, "7", 1))}, inTime, "MalformedPolicy", "Resource is 7, and a string is wanted"},
		{"misspelled condition", Request{URL: s.url(t, image, condition(`"IPAddress":{"AWS:SourceIp":"192.0.2.0/24"}`))}, inTime, "MalformedPolicy", `the member "IPAddress"`},
		{"lower case", Request{URL: s.url(t, image, strings.ToLower(date("1767290400")))}, inTime, "MalformedPolicy", `the member "statement"`},
		{"IPv6 policy", Request{URL: s.url(t, image, condition(`"IpAddress":{"AWS:SourceIp":"2001:db8::/32"}`))}, inTime, "MalformedPolicy", "a range of IPv4 addresses"},
		{"no range", Request{URL: s.url(t, image, condition(`"IpAddress":{"AWS:SourceIp":["192.0.2.0/24"]}`))}, inTime, "MalformedPolicy", "a string is wanted"},
	} {
		_, err := Verify(test.r, s.trusted(t), test.now)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: let through, or no *Error: %v", test.name, err)
			continue
		}
		if e.Code != test.code || !strings.Contains(e.Reason, test.reason) {
			t.Errorf("%s:\n got %s\nwant %s: …%s…", test.name, e, test.code, test.reason)
		}
	}
}

func TestLetThrough(t *testing.T) {
	s := signer{ecdsaKey(), ""}
	spaced := "{\r\n  \"Statement\": [ {\n \"Condition\": {\"DateLessThan\": {\"AWS:EpochTime\": 1767290400 } } } ]\n}\n"
	single := `{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":1767290400},"IpAddress":{"AWS:SourceIp":"192.0.2.10"}}}]}`
	for name, r := range map[string]Request{
		"white space, no resource": {URL: s.url(t, image, spaced)},
		"one address":              {URL: s.url(t, image, single), IP: viewer},
		"IPv4 in IPv6":             {URL: s.url(t, image, customPolicy("*")), IP: "::ffff:192.0.2.77"},
		"own parameter Expires":    {URL: s.url(t, image+"&Expires=never", customPolicy(image+"&Expires=never")), IP: viewer},
		"cookie of a longer path first": {
			URL: image, IP: viewer,
			Cookies: append(s.cookies(t, image, customPolicy("*")), &http.Cookie{Name: "CloudFront-Signature", Value: "other"}),
		},
		"own parameter Hash-Algorithm with cookies": {
			URL: image + "&Hash-Algorithm=mine", IP: viewer, Cookies: s.cookies(t, image, customPolicy("*")),
		},
	} {
		if _, err := Verify(r, s.trusted(t), inTime); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever byte of a signed URL or of a cookie is changed, it is refused.
func TestChangedByte(t *testing.T) {
	for _, test := range []struct {
		kind, custom string
		s            signer
	}{{"canned", "", signer{rsaKey(), "SHA1"}}, {"custom", customPolicy(image), signer{ecdsaKey(), "SHA256"}}} {
		kind, custom, s := test.kind, test.custom, test.s
		keys := s.trusted(t)
		url := s.url(t, image, custom)
		if _, err := Verify(Request{URL: url, IP: viewer}, keys, inTime); err != nil {
			t.Fatal(err)
		}
		for i := range len(url) {
			for _, c := range []byte{url[i] ^ 1, '&'} {
				changed := url[:i] + string(c) + url[i+1:]
				if changed == url {
					continue
				}
				if d, err := Verify(Request{URL: changed, IP: viewer}, keys, inTime); err == nil {
					t.Errorf("%s: let through by %s:\n%s", kind, d, changed)
				}
			}
		}
		cookies := s.cookies(t, image, custom)
		for n := 1; n < len(cookies); n++ {
			value := cookies[n].Value
			for i := range len(value) {
				cookies[n].Value = value[:i] + string(value[i]^1) + value[i+1:]
				if d, err := Verify(Request{URL: image, Cookies: cookies, IP: viewer}, keys, inTime); err == nil {
					t.Errorf("%s: let through by %s: %s=%s", kind, d, cookies[n].Name, cookies[n].Value)
				}
			}
			cookies[n].Value = value
		}
	}
}

func TestErrorBody(t *testing.T) {
	_, err := Verify(Request{URL: site + "/"}, nil, inTime)
	var e *Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	const want = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>MissingKey</Code><Message>Missing Key-Pair-Id query parameter or cookie value</Message></Error>`
	if e.Body() != want {
		t.Errorf("got %s\nwant %s", e.Body(), want)
	}
}

func TestDecisionString(t *testing.T) {
	s := signer{rsaKey(), ""}
	d, err := Verify(Request{URL: s.url(t, image, "")}, s.trusted(t), inTime)
	if err != nil {
		t.Fatal(err)
	}
	if want := "signed url, canned policy, key K2JCJMDEHXQW5F, SHA1, valid until 2026-01-01T18:00:00Z"; d.String() != want {
		t.Errorf("got %q\nwant %q", d, want)
	}
	d, err = Verify(Request{URL: image, Cookies: s.cookies(t, image, customPolicy("*")), IP: viewer}, s.trusted(t), inTime)
	if err != nil {
		t.Fatal(err)
	}
	if want := "signed cookie, custom policy, key K2JCJMDEHXQW5F, SHA1, valid until 2026-01-01T18:00:00Z"; d.String() != want || d.Starts.Unix() != until-100 {
		t.Errorf("got %q, starting %s\nwant %q", d, d.Starts, want)
	}
}
