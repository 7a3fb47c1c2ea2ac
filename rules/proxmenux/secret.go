package proxmenux

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf8"
)

// Forms of encrypted values, and how the keys of the newer one are derived.
const (
	sealed     = "ENC2:" // salt, text and tag, each in base64
	scrambled  = "ENC:"  // the text XORed with the key, in base64
	iterations = 50_000
)

// errSealed says that an encrypted value cannot be read.
var errSealed = errors.New("it is encrypted with another key than this one")

// IsSealed reports whether a stored value is encrypted.
func IsSealed(value string) bool {
	return strings.HasPrefix(value, sealed) || strings.HasPrefix(value, scrambled)
}

// Unseal decrypts a stored value with the program's master key, which lies in a
// file beside its database. A value that is not encrypted is returned as it is.
func Unseal(value string, key []byte) (string, error) {
	var text []byte
	var err error
	switch {
	case strings.HasPrefix(value, sealed):
		text, err = unseal(strings.TrimPrefix(value, sealed), key)
	case strings.HasPrefix(value, scrambled):
		text, err = unscramble(strings.TrimPrefix(value, scrambled), key)
	default:
		return value, nil
	}
	if err != nil {
		return "", err
	}
	if !utf8.Valid(text) {
		return "", errSealed
	}
	return string(text), nil
}

// unseal checks the tag over salt and text, and then decrypts the text: a stream of
// HMACs over a counter, under keys that are derived from master key and salt.
func unseal(value string, master []byte) ([]byte, error) {
	parts := strings.Split(value, ":")
	if len(parts) != 3 {
		return nil, errors.New("it is encrypted in a form that is not known")
	}
	var raw [3][]byte
	for i, part := range parts {
		b, err := base64.StdEncoding.DecodeString(part)
		if err != nil {
			return nil, errors.New("it is encrypted and damaged")
		}
		raw[i] = b
	}
	salt, text, tag := raw[0], raw[1], raw[2]
	keys, err := pbkdf2.Key(sha256.New, string(master), salt, iterations, 64)
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, keys[32:])
	mac.Write(salt)
	mac.Write(text)
	if !hmac.Equal(mac.Sum(nil), tag) {
		return nil, errSealed
	}
	out := make([]byte, 0, len(text)+sha256.Size)
	for n := uint64(0); len(out) < len(text); n++ {
		stream := hmac.New(sha256.New, keys[:32])
		_ = binary.Write(stream, binary.BigEndian, n) // a hash takes everything
		out = stream.Sum(out)
	}
	out = out[:len(text)]
	for i := range out {
		out[i] ^= text[i]
	}
	return out, nil
}

// unscramble reads the form of older releases.
func unscramble(value string, key []byte) ([]byte, error) {
	text, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		return nil, errors.New("it is encrypted and damaged")
	}
	if len(key) == 0 {
		return nil, errSealed
	}
	for i := range text {
		text[i] ^= key[i%len(key)]
	}
	return text, nil
}
