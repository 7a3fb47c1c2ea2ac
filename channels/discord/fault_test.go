package discord

import (
	"fmt"
	"testing"
	"time"

	"tocsin/channels"
	"tocsin/channels/channeltest"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

// says is what Discord says with a status, with no code that would tell more. It
// repeats the token.
func says(status int) string {
	if status == 200 {
		return `{"id":"1400000000000000001","type":0,"content":"` + testToken + `"}`
	}
	return fmt.Sprintf(`{"message":"%d: something about %s","code":0}`, status, testToken)
}

// coded is a refusal by Discord with a code.
func coded(status, code int) channeltest.Fault {
	return channeltest.Reply(fmt.Sprint(status, " code ", code), status, fmt.Sprintf(`{"message":"about %s","code":%d}`, testToken, code))
}

func TestFaults(t *testing.T) {
	limited := func(more string) string {
		return `{"message":"You are being rate limited.","retry_after":64.57,"global":` + more + `}`
	}
	channeltest.RunFaults(t, channeltest.FaultSuite{
		Within:  sendTime,
		Secrets: []string{testToken},
		Open: func(t *testing.T, n channeltest.Network) channels.Channel {
			kind := Kind(httpsend.New(httpsend.Options{Dial: n.Dial, Roots: n.Roots}))
			c, err := kind.New(channels.Values{"webhook_url": event.NewSecret(n.URL("https://discord.com") + testPath)})
			if err != nil {
				t.Fatal(err)
			}
			return c
		},
		Faults: append(channeltest.HTTPFaults(t, says),
			channeltest.Reply("429 in its own field", 429, limited("false"), "Retry-After: 65"),
			channeltest.Reply("429 of all webhooks", 429, limited("true"), "X-RateLimit-Global: true", "X-RateLimit-Scope: global"),
			channeltest.Reply("429 with the window's end", 429, says(429), "X-RateLimit-Remaining: 0", "X-RateLimit-Reset-After: 1.5"),
			channeltest.Reply("403 of the guard", 403, "error code: 1010"),
			coded(400, 50006), coded(400, 50035), coded(400, 50083), coded(400, 50109), coded(400, 220001), coded(400, 220003), coded(400, 40005),
			coded(401, 50027), coded(403, 50001), coded(403, 50013), coded(403, 200000), coded(403, 240000),
			coded(404, 10015), coded(404, 10003), coded(404, 10008), coded(413, 40005),
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
		"401": {Class: target, Code: "unauthorized"},
		"403": {Class: target, Code: "forbidden"},
		"404": {Class: target, Code: "not_found"},
		"408": {Class: temporary, Code: "server_error"},
		"410": {Class: target, Code: "gone"},
		"413": {Class: unfit, Code: "too_large"},
		"422": {Class: unfit, Code: "rejected"},
		"425": {Class: temporary, Code: "server_error"},
		"500": {Class: temporary, Code: "server_error"},

		"400 code 40005":   {Class: unfit, Code: "too_large"},
		"400 code 50006":   {Class: unfit, Code: "rejected"},
		"400 code 50035":   {Class: unfit, Code: "rejected"},
		"400 code 50083":   {Class: target, Code: "thread_closed"},
		"400 code 50109":   {Class: unfit, Code: "rejected"},
		"400 code 220001":  {Class: target, Code: "thread_needed"},
		"400 code 220003":  {Class: target, Code: "no_forum"},
		"401 code 50027":   {Class: target, Code: "bad_token"},
		"403 of the guard": {Class: target, Code: "forbidden"},
		"403 code 50001":   {Class: target, Code: "forbidden"},
		"403 code 50013":   {Class: target, Code: "forbidden"},
		"403 code 200000":  {Class: unfit, Code: "blocked_text"},
		"403 code 240000":  {Class: unfit, Code: "blocked_text"},
		"404 code 10003":   {Class: target, Code: "thread_gone"},
		"404 code 10008":   {Class: target, Code: "thread_gone"},
		"404 code 10015":   {Class: target, Code: "webhook_gone"},
		"413 code 40005":   {Class: unfit, Code: "too_large"},

		"429 for seconds":           {Class: temporary, Code: "rate_limited", RetryAfter: 7 * time.Second},
		"429 for a fraction":        {Class: temporary, Code: "rate_limited", RetryAfter: 250 * time.Millisecond},
		"429 until a date":          {Class: temporary, Code: "rate_limited", RetryAfter: 90 * time.Second},
		"429 without a wait":        {Class: temporary, Code: "rate_limited"},
		"429 of a gateway":          {Class: temporary, Code: "rate_limited", RetryAfter: 15 * time.Minute},
		"429 in its own field":      {Class: temporary, Code: "rate_limited", RetryAfter: 65 * time.Second},
		"429 of all webhooks":       {Class: temporary, Code: "rate_limited", RetryAfter: 64570 * time.Millisecond},
		"429 with the window's end": {Class: temporary, Code: "rate_limited", RetryAfter: 1500 * time.Millisecond},
		"503 for seconds":           {Class: temporary, Code: "server_error", RetryAfter: 2 * time.Minute},
		"502 of a gateway":          {Class: temporary, Code: "server_error"},
		"504 of a gateway":          {Class: temporary, Code: "server_error", Maybe: true},

		"200 with a login page":      {Class: temporary, Code: "bad_answer"},
		"200 with a long login page": {Class: temporary, Code: "bad_answer"},
		// Discord answers with the message or with nothing, so any object will do.
		"200 with another's JSON": {},
		"200 without a body":      {},
		"204":                     {},
		"200 with JSON cut off":   {},
		"200 broken off":          {},
		"200 over 64 KiB":         {},
		"400 over 64 KiB":         {Class: unfit, Code: "rejected"},
	}
}
