package templates

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
)

// jwt returns a JSON Web Token of claims, signed by the RSA key in PEM: what
// Google and others trade for an access token.
func (r *run) jwt(key, claims any) any {
	private, err := rsaKey(r.text(key))
	if err != nil {
		r.fail("jwt: %v", err)
		return nil
	}
	text, ok := r.json(claims, "", false).(string)
	if !ok {
		return nil
	}
	signed := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(text))
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(nil, private, crypto.SHA256, sum[:])
	if err != nil {
		r.fail("jwt: the key cannot sign")
		return nil
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// rsaKey reads a private key in PEM. Its error shows nothing of it.
func rsaKey(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("the key is no private key in PEM")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("the key cannot be read")
	}
	private, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("the key is none of RSA")
	}
	return private, nil
}
