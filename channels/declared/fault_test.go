package declared

import (
	"fmt"
	"testing"
	"time"

	"tocsin/channels"
	"tocsin/channels/channeltest"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

// says is what the service says with a status. It repeats the token.
func says(status int) string {
	if status == 200 {
		return `{"ok":true,"id":"25","text":"` + testToken + `"}`
	}
	return fmt.Sprintf(`{"ok":false,"error":"about %s"}`, testToken)
}

func TestFaults(t *testing.T) {
	channeltest.RunFaults(t, channeltest.FaultSuite{
		Within:  15 * time.Second,
		Secrets: []string{testToken},
		Open: func(t *testing.T, n channeltest.Network) channels.Channel {
			kind := bell(t, httpsend.New(httpsend.Options{Dial: n.Dial, Roots: n.Roots}))
			c, err := kind.New(channels.Values{"server": n.URL("https://bell.example"), "token": event.NewSecret(testToken)})
			if err != nil {
				t.Fatal(err)
			}
			return c
		},
		Faults: append(channeltest.HTTPFaults(t, says),
			channeltest.Reply("200 with an error inside", 200, `{"ok":false,"error":"no such room"}`),
			channeltest.Reply("429 with a wait inside", 429, `{"ok":false,"error":"slow down","wait":9}`),
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
		"403": {Class: target, Code: "bad_token"},
		"404": {Class: target, Code: "not_found"},
		"408": {Class: temporary, Code: "server_error"},
		"410": {Class: target, Code: "gone"},
		"413": {Class: unfit, Code: "too_large"},
		"422": {Class: unfit, Code: "rejected"},
		"425": {Class: temporary, Code: "server_error"},
		"500": {Class: temporary, Code: "server_error"},

		"429 for seconds":        {Class: temporary, Code: "rate_limited", RetryAfter: 7 * time.Second},
		"429 for a fraction":     {Class: temporary, Code: "rate_limited", RetryAfter: 250 * time.Millisecond},
		"429 until a date":       {Class: temporary, Code: "rate_limited", RetryAfter: 90 * time.Second},
		"429 without a wait":     {Class: temporary, Code: "rate_limited"},
		"429 with a wait inside": {Class: temporary, Code: "rate_limited", RetryAfter: 9 * time.Second},
		"429 of a gateway":       {Class: temporary, Code: "rate_limited", RetryAfter: 15 * time.Minute},
		"503 for seconds":        {Class: temporary, Code: "server_error", RetryAfter: 2 * time.Minute},
		"502 of a gateway":       {Class: temporary, Code: "server_error"},
		"504 of a gateway":       {Class: temporary, Code: "server_error", Maybe: true},

		// The answer must say that the message was taken.
		"200 with a login page":      {Class: temporary, Code: "bad_answer"},
		"200 with a long login page": {Class: temporary, Code: "bad_answer"},
		"200 with another's JSON":    {Class: unfit, Code: "rejected"},
		"200 without a body":         {Class: temporary, Code: "bad_answer"},
		"200 with an error inside":   {Class: unfit, Code: "rejected"},
		"204":                        {Class: temporary, Code: "bad_answer"},
		"200 with JSON cut off":      {},
		"200 broken off":             {},
		"200 over 64 KiB":            {},
		"400 over 64 KiB":            {Class: unfit, Code: "rejected"},
	}
}
