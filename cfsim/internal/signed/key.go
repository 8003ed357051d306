package signed

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// A Key is a public key of a trusted key group.
type Key struct {
	ID  string // what Key-Pair-Id names it by
	PEM string
}

// Check reports why CloudFront would not take the key: it has to be RSA with 2048
// bits or ECDSA on P-256, in PEM.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html#private-content-creating-cloudfront-key-pairs)
func (k Key) Check() error {
	_, err := k.parse()
	return err
}

func (k Key) parse() (crypto.PublicKey, error) {
	const wanted = "expected a PEM block PUBLIC KEY, as written by openssl rsa -pubout"
	block, _ := pem.Decode([]byte(strings.TrimSpace(k.PEM)))
	if block == nil {
		return nil, errors.New("it is not in PEM: " + wanted)
	}
	if block.Type != "PUBLIC KEY" {
		return nil, fmt.Errorf("it is a PEM block %s: %s", block.Type, wanted)
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("it is no public key: %w: %s", err, wanted)
	}
	switch key := parsed.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits != 2048 {
			return nil, fmt.Errorf("it is RSA with %d bits: expected 2048", bits)
		}
	case *ecdsa.PublicKey:
		if key.Curve != elliptic.P256() {
			return nil, fmt.Errorf("it is ECDSA on %s: expected P-256", key.Curve.Params().Name)
		}
	default:
		return nil, fmt.Errorf("it is a %T: expected RSA or ECDSA", parsed)
	}
	return parsed, nil
}

// find returns how the key of an id verifies.
func find(keys []Key, id string) (verify func(text, signature []byte, hash string) bool, err error) {
	var ids []string
	for _, k := range keys {
		if k.ID != id {
			ids = append(ids, k.ID)
			continue
		}
		key, err := k.parse()
		if err != nil {
			return nil, unknownKey(fmt.Sprintf("the public key %s cannot be used: %v", id, err))
		}
		return func(text, signature []byte, hash string) bool { return verifies(key, text, signature, hash) }, nil
	}
	if len(ids) == 0 {
		return nil, unknownKey(fmt.Sprintf("%s is %q, and no key of the trusted key groups is known", keyPairID, id))
	}
	return nil, unknownKey(fmt.Sprintf("%s is %q, and the trusted key groups have %s", keyPairID, id, strings.Join(ids, ", ")))
}

// verifies checks a signature by RSA with PKCS #1 v1.5, or by ECDSA in ASN.1. SHA-1
// is what CloudFront takes if a request does not name SHA-256.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html#private-content-canned-policy-creating-signature)
func verifies(key crypto.PublicKey, text, signature []byte, hash string) bool {
	algorithm, digest := crypto.SHA1, sha1Sum(text)
	if hash == sha256Name {
		algorithm, digest = crypto.SHA256, sha256Sum(text)
	}
	switch key := key.(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(key, algorithm, digest, signature) == nil
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, digest, signature)
	}
	return false
}

func sha1Sum(text []byte) []byte {
	sum := sha1.Sum(text)
	return sum[:]
}

func sha256Sum(text []byte) []byte {
	sum := sha256.Sum256(text)
	return sum[:]
}
