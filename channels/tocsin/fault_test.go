package tocsin

import (
	"fmt"
	"testing"
	"time"

	"tocsin/channels"
	"tocsin/channels/channeltest"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

// says is what another tocsin says with a status. It repeats the token.
func says(status int) string {
	if status == 200 {
		return `{"id":"01K9ZD3V7G4Q8R2M6N5T1W0XYB","accepted":true,"channels":["` + testToken + `"]}`
	}
	return fmt.Sprintf(`{"error":{"code":"some_code","message":"status %d","why":"about %s","do":"x"}}`, status, testToken)
}

func TestFaults(t *testing.T) {
	channeltest.RunFaults(t, channeltest.FaultSuite{
		Within:  15 * time.Second,
		Secrets: []string{testToken},
		Open: func(t *testing.T, n channeltest.Network) channels.Channel {
			kind := Kind(httpsend.New(httpsend.Options{Dial: n.Dial, Roots: n.Roots}), ourName)
			c, err := kind.New(channels.Values{"url": n.URL("https://hub.example"), "token": event.NewSecret(testToken)})
			if err != nil {
				t.Fatal(err)
			}
			return c
		},
		Faults: append(channeltest.HTTPFaults(t, says),
			channeltest.Reply("400 of another server", 400, "Bad Request"),
			channeltest.Reply("405", 405, says(405)), channeltest.Reply("409", 409, says(409)), channeltest.Reply("421", 421, says(421)),
			channeltest.Reply("413 of a proxy", 413, "<html>too large</html>"),
			channeltest.Reply("202 not accepted", 202, `{"accepted":false}`),
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
		"400":                   {Class: unfit, Code: "rejected"},
		"400 of another server": {Class: target, Code: "not_tocsin"},
		"401":                   {Class: target, Code: "unauthorized"},
		"403":                   {Class: target, Code: "forbidden"},
		"404":                   {Class: target, Code: "wrong_path"},
		"405":                   {Class: target, Code: "wrong_path"},
		"408":                   {Class: temporary, Code: "server_error"},
		"409":                   {Class: unfit, Code: "rejected"},
		"410":                   {Class: target, Code: "gone"},
		"413":                   {Class: unfit, Code: "too_large"},
		"413 of a proxy":        {Class: unfit, Code: "too_large"},
		"421":                   {Class: target, Code: "foreign_host"},
		"422":                   {Class: unfit, Code: "rejected"},
		"425":                   {Class: temporary, Code: "server_error"},
		"500":                   {Class: temporary, Code: "server_error"},

		"429 for seconds":    {Class: temporary, Code: "rate_limited", RetryAfter: 7 * time.Second},
		"429 for a fraction": {Class: temporary, Code: "rate_limited", RetryAfter: 250 * time.Millisecond},
		"429 until a date":   {Class: temporary, Code: "rate_limited", RetryAfter: 90 * time.Second},
		"429 without a wait": {Class: temporary, Code: "rate_limited"},
		"429 of a gateway":   {Class: temporary, Code: "rate_limited", RetryAfter: 15 * time.Minute},
		"503 for seconds":    {Class: temporary, Code: "server_error", RetryAfter: 2 * time.Minute},
		"502 of a gateway":   {Class: temporary, Code: "server_error"},
		"504 of a gateway":   {Class: temporary, Code: "server_error", Maybe: true},

		"200 with a login page":      {Class: target, Code: "not_tocsin"},
		"200 with a long login page": {Class: target, Code: "not_tocsin"},
		"200 with another's JSON":    {Class: target, Code: "not_tocsin"},
		"200 without a body":         {Class: target, Code: "not_tocsin"},
		"204":                        {Class: target, Code: "not_tocsin"},
		"202 not accepted":           {Class: target, Code: "not_tocsin"},
		"200 with JSON cut off":      {},
		"200 broken off":             {},
		"200 over 64 KiB":            {},
		"400 over 64 KiB":            {Class: target, Code: "not_tocsin"},
	}
}
