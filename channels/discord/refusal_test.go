package discord

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
)

func TestRefusals(t *testing.T) {
	tests := map[string]struct {
		status int
		header map[string]string
		body   string
		class  event.Class
		code   string
		retry  time.Duration
		says   string // in the text
	}{
		"webhook deleted": {
			404, nil, `{"message": "Unknown Webhook", "code": 10015}`,
			event.Target, "webhook_gone", 0, "Unknown Webhook",
		},
		"bad token": {
			401, nil, `{"message": "Invalid Webhook Token", "code": 50027}`,
			event.Target, "bad_token", 0, "copy the webhook's URL again",
		},
		"nothing there": {
			404, nil, `{"message": "404: Not Found", "code": 0}`,
			event.Target, "not_found", 0, "404",
		},
		"forum needs a thread": {
			400, nil, `{"message": "Webhooks posted to forum channels must have a thread_name or thread_id", "code": 220001}`,
			event.Target, "thread_needed", 0, "set thread_id",
		},
		"no forum": {
			400, nil, `{"message": "Webhooks can only create threads in forum channels", "code": 220003}`,
			event.Target, "no_forum", 0, "leave out thread_id",
		},
		"thread gone":     {404, nil, `{"message": "Unknown Channel", "code": 10003}`, event.Target, "thread_gone", 0, "thread_id"},
		"thread archived": {400, nil, `{"message": "Thread is archived", "code": 50083}`, event.Target, "thread_closed", 0, "archived"},
		"no permission":   {403, nil, `{"message": "Missing Permissions", "code": 50013}`, event.Target, "forbidden", 0, "permissions"},
		"filtered":        {400, nil, `{"message": "Message was blocked by AutoMod", "code": 200000}`, event.Unfit, "blocked_text", 0, "AutoMod"},
		"field too long": {
			400, nil, `{"message": "Invalid Form Body", "code": 50035, "errors": {"embeds": {"0": {"title": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 256 or fewer in length."}]}}}}}`,
			event.Unfit, "rejected", 0, "embeds.0.title: Must be 256 or fewer in length.",
		},
		"username refused": {
			400, nil, `{"message": "Invalid Form Body", "code": 50035, "errors": {"username": {"_errors": [{"code": "X", "message": "Username cannot contain that."}]}}}`,
			event.Target, "bad_username", 0, "correct username",
		},
		"webhook id malformed": {
			400, nil, `{"message": "Invalid Form Body", "code": 50035, "errors": {"webhook_id": {"_errors": [{"code": "X", "message": "Value is too large."}]}}}`,
			event.Target, "bad_webhook", 0, "number is wrong",
		},
		"errors of an odd shape": {
			400, nil, `{"message": "Invalid Form Body", "code": 50035, "errors": [1, 2]}`,
			event.Unfit, "rejected", 0, "Invalid Form Body",
		},
		"empty":            {400, nil, `{"message": "Cannot send an empty message", "code": 50006}`, event.Unfit, "rejected", 0, "empty message"},
		"too large":        {413, nil, `{"message": "Request entity too large", "code": 40005}`, event.Unfit, "too_large", 0, "plain and cut"},
		"code of tomorrow": {400, nil, `{"message": "Something new", "code": 999999}`, event.Unfit, "rejected", 0, "Something new"},
		"not even an answer": {
			400, nil, `{"message": 7, "code": "x"}`, event.Unfit, "rejected", 0, "400",
		},
		"limited by body": {
			429, nil, `{"message": "You are being rate limited.", "retry_after": 64.57, "global": false}`,
			event.Temporary, "rate_limited", 64570 * time.Millisecond, "1m",
		},
		"limited by header": {
			429, map[string]string{"Retry-After": "3"}, `{"message": "You are being rate limited.", "retry_after": 0.4}`,
			event.Temporary, "rate_limited", 3 * time.Second, "3s",
		},
		"limited by the guard": {
			429, map[string]string{"Retry-After": "900", "Content-Type": "text/html"}, "<html>error code: 1015</html>",
			event.Temporary, "rate_limited", 15 * time.Minute, "15m",
		},
		"limited without a wait": {429, nil, "", event.Temporary, "rate_limited", 0, "for now"},
		"blocked by the guard":   {403, nil, "error code: 1010", event.Target, "forbidden", 0, "guard"},
		"broken":                 {502, nil, "<html>bad gateway</html>", event.Temporary, "server_error", 0, "502"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := open(t)
			p.refuse = func(_ int, w http.ResponseWriter) bool {
				for name, value := range tt.header {
					w.Header().Set(name, value)
				}
				w.WriteHeader(tt.status)
				fmt.Fprint(w, tt.body)
				return true
			}
			_, err := p.Channel.Send(t.Context(), notice())
			e, ok := err.(*event.SendError)
			if !ok {
				t.Fatalf("Send returned %T %v", err, err)
			}
			if e.Class != tt.class || e.Code != tt.code {
				t.Errorf("class %v, code %s; want %v, %s", e.Class, e.Code, tt.class, tt.code)
			}
			if e.RetryAfter != tt.retry {
				t.Errorf("RetryAfter = %v, want %v", e.RetryAfter, tt.retry)
			}
			if !strings.Contains(e.Error(), tt.says) {
				t.Errorf("%q does not say %q", e.Error(), tt.says)
			}
		})
	}
}

// A service that repeats the URL in its answer does not bring the token into
// an error, not even half of it.
func TestRefusalHidesToken(t *testing.T) {
	p := open(t)
	p.refuse = func(_ int, w http.ResponseWriter) bool {
		refuse(w, 400, fmt.Sprintf(`{"code": 50035, "message": "x", "errors": {"%s": {"_errors": [{"message": "%s%s"}]}}}`,
			testToken, strings.Repeat("y", 250), testToken))
		return true
	}
	_, err := p.Channel.Send(t.Context(), notice())
	if err == nil || strings.Contains(err.Error(), testToken[:6]) {
		t.Errorf("err = %v", err)
	}
}
