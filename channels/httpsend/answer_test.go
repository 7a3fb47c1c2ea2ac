package httpsend

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
)

func TestRefusal(t *testing.T) {
	for _, c := range []struct {
		status int
		class  event.Class
		code   string
	}{
		{301, event.Temporary, "redirected"}, {302, event.Temporary, "redirected"}, {304, event.Temporary, "redirected"}, {308, event.Temporary, "redirected"},
		{400, event.Unfit, "rejected"}, {401, event.Target, "unauthorized"}, {403, event.Target, "forbidden"}, {404, event.Target, "not_found"},
		{405, event.Unfit, "rejected"}, {407, event.Temporary, "proxy"}, {408, event.Temporary, "server_error"}, {410, event.Target, "gone"},
		{413, event.Unfit, "too_large"}, {422, event.Unfit, "rejected"}, {425, event.Temporary, "server_error"}, {429, event.Temporary, "rate_limited"},
		{499, event.Unfit, "rejected"}, {500, event.Temporary, "server_error"}, {503, event.Temporary, "server_error"}, {599, event.Temporary, "server_error"},
		{502, event.Temporary, "server_error"}, {504, event.Temporary, "server_error"}, {524, event.Temporary, "server_error"},
		{101, event.Temporary, "server_error"},
	} {
		a := &Answer{Status: c.status, Header: http.Header{"Retry-After": {"7"}}, Body: []byte("the body speaks of s3cr3ts")}
		e := a.Refusal("Pigeon")
		if e.Class != c.class || e.Code != c.code || e.Do == "" {
			t.Errorf("%d: %s %s (%v)", c.status, e.Class, e.Code, e)
		}
		if !strings.HasPrefix(e.Why, fmt.Sprintf("Pigeon answered %d", c.status)) || strings.Contains(e.Error(), "s3cr3ts") {
			t.Errorf("%d: why %q", c.status, e.Why)
		}
		wait := time.Duration(0)
		if c.class == event.Temporary {
			wait = 7 * time.Second
		}
		if lost := c.status == 504 || c.status == 524; e.Maybe != lost {
			t.Errorf("%d: Maybe is %v", c.status, e.Maybe)
		}
		if e.RetryAfter != wait {
			t.Errorf("%d: RetryAfter %v, want %v", c.status, e.RetryAfter, wait)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 4, 5, 6, 7, 8, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"":                              0,
		"0":                             0,
		"12":                            12 * time.Second,
		" 3 ":                           3 * time.Second,
		"0.25":                          250 * time.Millisecond,
		"64.57":                         64570 * time.Millisecond,
		"-5":                            0,
		"NaN":                           0,
		"Inf":                           longestWait,
		"1e300":                         longestWait,
		"soon":                          0,
		"Sun, 05 Apr 2026 06:08:08 GMT": time.Minute,
		"Sun, 05 Apr 2026 06:00:00 GMT": 0,
		"Fri, 31 Dec 9999 23:59:59 GMT": longestWait,
	} {
		if got := RetryAfter(http.Header{"Retry-After": {text}}, now); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if got := RetryAfter(nil, now); got != 0 {
		t.Errorf("no header: %v", got)
	}
}

func TestForeign(t *testing.T) {
	for body, want := range map[string]bool{
		"": false, " \r\n": false, `{"ok":true}`: false, "\n {\"i": false,
		"<html>log in</html>": true, "ok": true, `["a"]`: true, `"a"`: true,
	} {
		if got := (&Answer{Body: []byte(body)}).Foreign(); got != want {
			t.Errorf("%q: %v", body, got)
		}
	}
}

// Whatever a service asks for, the wait is neither negative nor without an end.
func FuzzRetryAfter(f *testing.F) {
	for _, text := range []string{"", "7", "0.25", "-1", "1e400", "0x1p70", "Sun, 05 Apr 2026 06:08:08 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got := RetryAfter(http.Header{"Retry-After": {text}}, time.Now()); got < 0 || got > longestWait {
			t.Errorf("%q: %v", text, got)
		}
	})
}
