package signature

import (
	"strconv"
	"testing"
	"time"

	"tocsin/engine/event"
)

// What is signed verifies, whatever it is; another body or another signature does
// not.
func FuzzVerify(f *testing.F) {
	f.Add("whsec_AAAA", "msg", int64(1), []byte("{}"), "v1,AAAA")
	f.Add("plain", "", int64(-1), []byte{}, "v1, v1,")
	f.Fuzz(func(t *testing.T, secret, id string, at int64, body []byte, other string) {
		k, err := NewKey(event.NewSecret(secret))
		if err != nil {
			return
		}
		stamp, signed := strconv.FormatInt(at, 10), k.Sign(id, time.Unix(at, 0), body)
		if !k.Verify(id, stamp, other+" "+signed, body) && len(other) < 16 {
			t.Error("what is signed does not verify")
		}
		if k.Verify(id, stamp, signed, append(body, 'x')) || other != signed && k.Verify(id, stamp, other, body) {
			t.Error("what is not signed verifies")
		}
	})
}
