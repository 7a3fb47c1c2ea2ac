package telegram

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tocsin/channels"
	"tocsin/channels/channeltest"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

// says is what the Bot API says with a status. It repeats the token.
func says(status int) string {
	if status == 200 {
		return `{"ok":true,"result":{"message_id":501,"chat":{"id":-777,"title":"` + testToken + `"}}}`
	}
	return fmt.Sprintf(`{"ok":false,"error_code":%d,"description":"Something about %s"}`, status, testToken)
}

func TestFaults(t *testing.T) {
	channeltest.RunFaults(t, channeltest.FaultSuite{
		Within:  sendTime,
		Secrets: []string{testToken, strings.Split(testToken, ":")[1]},
		Open: func(t *testing.T, n channeltest.Network) channels.Channel {
			kind := Kind(httpsend.New(httpsend.Options{Dial: n.Dial, Roots: n.Roots}))
			c, err := kind.New(channels.Values{"bot_token": event.NewSecret(testToken), "chat_id": "-777", "api_url": n.URL(official)})
			if err != nil {
				t.Fatal(err)
			}
			return c
		},
		Faults: append(channeltest.HTTPFaults(t, says),
			channeltest.Reply("429 in its own field", 429, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 31","parameters":{"retry_after":31}}`),
			channeltest.Reply("429 in words", 429, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 12"}`),
			channeltest.Reply("429 shorter in the header", 429, `{"ok":false,"error_code":429,"parameters":{"retry_after":31}}`, "Retry-After: 3"),
			channeltest.Reply("200 with a refusal", 200, `{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`),
			channeltest.Reply("200 with a limit", 200, `{"ok":false,"error_code":429,"parameters":{"retry_after":5}}`),
			channeltest.Reply("500 in JSON without words", 500, `{"ok":false}`),
			channeltest.Reply("504 in JSON", 504, `{"ok":false,"error_code":504,"description":"Gateway Timeout"}`),
		),
		Verdicts: expected(),
	})
}

// expected is what the channel must make of each fault that is not the same for
// every channel.
func expected() map[string]channeltest.Verdict {
	const temporary, target, unfit = event.Temporary, event.Target, event.Unfit
	return map[string]channeltest.Verdict{
		"301": {Class: temporary, Code: "redirected"}, "302": {Class: temporary, Code: "redirected"},
		"307": {Class: temporary, Code: "redirected"}, "308": {Class: temporary, Code: "redirected"},
		"400": {Class: unfit, Code: "rejected"},
		"401": {Class: target, Code: "bad_token"},
		"403": {Class: target, Code: "forbidden"},
		"404": {Class: target, Code: "bad_token"},
		"408": {Class: temporary, Code: "server_error"},
		"410": {Class: target, Code: "gone"},
		"413": {Class: unfit, Code: "too_large"},
		"422": {Class: unfit, Code: "rejected"},
		"425": {Class: temporary, Code: "server_error"},
		"500": {Class: temporary, Code: "server_error"},

		"429 for seconds":           {Class: temporary, Code: "rate_limited", RetryAfter: 7 * time.Second},
		"429 for a fraction":        {Class: temporary, Code: "rate_limited", RetryAfter: 250 * time.Millisecond},
		"429 until a date":          {Class: temporary, Code: "rate_limited", RetryAfter: 90 * time.Second},
		"429 without a wait":        {Class: temporary, Code: "rate_limited"},
		"429 of a gateway":          {Class: temporary, Code: "rate_limited", RetryAfter: 15 * time.Minute},
		"429 in its own field":      {Class: temporary, Code: "rate_limited", RetryAfter: 31 * time.Second},
		"429 in words":              {Class: temporary, Code: "rate_limited", RetryAfter: 12 * time.Second},
		"429 shorter in the header": {Class: temporary, Code: "rate_limited", RetryAfter: 31 * time.Second},
		"503 for seconds":           {Class: temporary, Code: "server_error", RetryAfter: 2 * time.Minute},
		"500 in JSON without words": {Class: temporary, Code: "server_error"},
		"502 of a gateway":          {Class: temporary, Code: "server_error"},
		"504 of a gateway":          {Class: temporary, Code: "server_error", Maybe: true},
		"504 in JSON":               {Class: temporary, Code: "server_error", Maybe: true},

		"200 with a refusal":         {Class: target, Code: "bot_blocked"},
		"200 with a limit":           {Class: temporary, Code: "rate_limited", RetryAfter: 5 * time.Second},
		"200 with a login page":      {Class: temporary, Code: "bad_answer"},
		"200 with a long login page": {Class: temporary, Code: "bad_answer"},
		"200 with another's JSON":    {Class: temporary, Code: "bad_answer"},
		"200 without a body":         {Class: temporary, Code: "bad_answer", Maybe: true},
		"204":                        {Class: temporary, Code: "bad_answer", Maybe: true},
		"200 with JSON cut off":      {}, // it says ok before the cut
		"200 broken off":             {},
		"200 over 64 KiB":            {},
		"400 over 64 KiB":            {Class: unfit, Code: "rejected"},
	}
}
