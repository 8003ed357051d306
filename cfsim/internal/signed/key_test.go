package signed

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
)

func TestKeyCheck(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	edwards, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pkcs1 := pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&small.PublicKey)})
	for _, test := range []struct{ name, pem, want string }{
		{"RSA", publicKey(t, rsaKey().Public()), ""},
		{"ECDSA", publicKey(t, ecdsaKey().Public()), ""},
		{"white space", "\n  " + publicKey(t, rsaKey().Public()) + "\n\n", ""},
		{"1024 bits", publicKey(t, &small.PublicKey), "it is RSA with 1024 bits: expected 2048"},
		{"P-384", publicKey(t, &p384.PublicKey), "it is ECDSA on P-384: expected P-256"},
		{"Ed25519", publicKey(t, edwards), "it is a ed25519.PublicKey: expected RSA or ECDSA"},
		{"PKCS #1", string(pkcs1), "it is a PEM block RSA PUBLIC KEY: expected a PEM block PUBLIC KEY"},
		{"placeholder", "${PublicKey}", "it is not in PEM"},
		{"rubbish", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "it is no public key"},
	} {
		err := Key{ID: "K", PEM: test.pem}.Check()
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
}
