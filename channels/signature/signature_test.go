package signature

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
)

// The example of the specification.
const (
	specSecret    = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	specID        = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	specBody      = `{"test": 2432232314}`
	specSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	specTime      = 1614265330
)

func key(t *testing.T, secret string) Key {
	t.Helper()
	k, err := NewKey(event.NewSecret(secret))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSpecification(t *testing.T) {
	if got := key(t, specSecret).Sign(specID, time.Unix(specTime, 0), []byte(specBody)); got != specSignature {
		t.Errorf("got %s", got)
	}
}

func TestVerify(t *testing.T) {
	stamp := strconv.Itoa(specTime)
	for name, c := range map[string]struct {
		secret, id, stamp, signatures, body string
		want                                bool
	}{
		"right":           {specSecret, specID, stamp, specSignature, specBody, true},
		"one of several":  {specSecret, specID, stamp, "v1,AAAA v2,x " + specSignature, specBody, true},
		"another key":     {"whsec_AAAA", specID, stamp, specSignature, specBody, false},
		"another id":      {specSecret, "msg_2", stamp, specSignature, specBody, false},
		"another time":    {specSecret, specID, stamp + "0", specSignature, specBody, false},
		"another body":    {specSecret, specID, stamp, specSignature, specBody + " ", false},
		"no version":      {specSecret, specID, stamp, strings.TrimPrefix(specSignature, "v1,"), specBody, false},
		"another version": {specSecret, specID, stamp, "v2," + strings.TrimPrefix(specSignature, "v1,"), specBody, false},
		"none":            {specSecret, specID, stamp, "", specBody, false},
		"no base64":       {specSecret, specID, stamp, "v1,!", specBody, false},
		"too many":        {specSecret, specID, stamp, strings.Repeat("v1,AAAA ", 16) + specSignature, specBody, false},
	} {
		if got := key(t, c.secret).Verify(c.id, c.stamp, c.signatures, []byte(c.body)); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	var none Key
	if none.Verify(specID, stamp, none.Sign(specID, time.Unix(specTime, 0), nil), nil) {
		t.Error("no key verifies")
	}
}

func TestKeys(t *testing.T) {
	for _, bad := range []string{"", "  ", "whsec_", "whsec_%%%"} {
		if _, err := NewKey(event.NewSecret(bad)); err == nil {
			t.Errorf("%q is a key", bad)
		}
	}
	plain := key(t, " a plain text ")
	if plain.Sign("a", time.Unix(1, 0), nil) != key(t, "whsec_YSBwbGFpbiB0ZXh0").Sign("a", time.Unix(1, 0), nil) {
		t.Error("a plain text does not count as it is")
	}
	if text := fmt.Sprintf("%v %+v %#v", plain, plain, plain); strings.Contains(text, "plain") {
		t.Errorf("it prints: %s", text)
	}
}

func TestID(t *testing.T) {
	if got := ID("01K9ZD.büro 2\r\n"); got != "01K9ZD_b_ro_2__" {
		t.Errorf("got %q", got)
	}
}
