// Package signature signs requests and verifies them in the form of Standard
// Webhooks: an HMAC over the id of the message, the time of sending and the raw
// body, so that a request can neither be changed nor replayed later.
//
// It is pure: who verifies compares the time with its own clock and remembers
// what came before. The channels that post sign with it, and the API verifies.
package signature

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"

	"tocsin/engine/event"
)

// The headers of a signed request.
const (
	IDHeader        = "Webhook-Id"
	TimeHeader      = "Webhook-Timestamp"
	SignatureHeader = "Webhook-Signature"
)

const (
	encoded = "whsec_" // begins a secret whose rest is base64
	version = "v1,"    // begins a signature of this form
)

// Key is what both sides know.
type Key struct{ bytes event.Secret }

// NewKey reads a secret: whsec_ and base64, or any other text, which counts as
// it is.
func NewKey(secret event.Secret) (Key, error) {
	text := strings.TrimSpace(secret.Reveal())
	rest, ok := strings.CutPrefix(text, encoded)
	if !ok {
		if text == "" {
			return Key{}, errors.New("it is empty")
		}
		return Key{event.NewSecret(text)}, nil
	}
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(rest, "="))
	if err != nil || len(raw) == 0 {
		return Key{}, errors.New("what follows " + encoded + " is not base64")
	}
	return Key{event.NewSecret(string(raw))}, nil
}

// IsSet reports whether there is a key.
func (k Key) IsSet() bool { return k.bytes.IsSet() }

// Sign returns the value of SignatureHeader.
func (k Key) Sign(id string, sent time.Time, body []byte) string {
	return version + base64.StdEncoding.EncodeToString(k.sum(id, strconv.FormatInt(sent.Unix(), 10), body))
}

// Verify reports whether one of the signatures in a header, of which a sender may
// give several while it changes keys, is right for the other two headers and the
// body as they came. It takes as long whatever is wrong.
func (k Key) Verify(id, stamp, signatures string, body []byte) bool {
	const most = 16
	want, right := k.sum(id, stamp, body), false
	for i, s := range strings.Fields(signatures) {
		text, ok := strings.CutPrefix(s, version)
		if i >= most || !ok {
			continue
		}
		got, err := base64.StdEncoding.DecodeString(text)
		right = err == nil && hmac.Equal(got, want) || right
	}
	return right && k.IsSet()
}

func (k Key) sum(id, stamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(k.bytes.Reveal()))
	mac.Write([]byte(id + "." + stamp + "."))
	mac.Write(body)
	return mac.Sum(nil)
}

// ID makes a message's id fit for the header: letters, digits, _ and -. A dot
// would be one of those that part what is signed.
func ID(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-':
			return r
		}
		return '_'
	}, text)
}
