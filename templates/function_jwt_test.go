package templates

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"
)

func TestJWT(t *testing.T) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	tmpl, err := ParseValue("{{ jwt .key (dict `iss` `ops` `exp` 3600) }}")
	if err != nil {
		t.Fatal(err)
	}
	for kind, der := range map[string][]byte{"PRIVATE KEY": pkcs8, "RSA PRIVATE KEY": x509.MarshalPKCS1PrivateKey(private)} {
		got, err := tmpl.Value(map[string]any{"key": string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))})
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		parts := strings.Split(got.(string), ".")
		if len(parts) != 3 {
			t.Fatalf("%s: %q has %d parts", kind, got, len(parts))
		}
		claims, _ := base64.RawURLEncoding.DecodeString(parts[1])
		if want := `{"exp":3600,"iss":"ops"}`; string(claims) != want {
			t.Errorf("%s: claims %s, want %s", kind, claims, want)
		}
		signature, _ := base64.RawURLEncoding.DecodeString(parts[2])
		sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
		if err := rsa.VerifyPKCS1v15(&private.PublicKey, crypto.SHA256, sum[:], signature); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// What is no RSA key is refused without being shown.
func TestJWTRefusesKeys(t *testing.T) {
	elliptical, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(elliptical)
	if err != nil {
		t.Fatal(err)
	}
	tmpl, err := ParseValue("{{ jwt .key (dict `iss` `ops`) }}")
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]string{
		"nothing":     "",
		"text":        "s3cretText",
		"broken":      "-----BEGIN PRIVATE KEY-----\nczNjcmV0\n-----END PRIVATE KEY-----\n",
		"another art": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	} {
		got, err := tmpl.Value(map[string]any{"key": key})
		if err == nil {
			t.Errorf("%s: made %v", name, got)
			continue
		}
		if strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "czNj") {
			t.Errorf("%s: the error shows the key: %v", name, err)
		}
	}
}
