package webhook

import (
	"fmt"
	"testing"
	"time"

	"tocsin/channels"
	"tocsin/channels/channeltest"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

// says is what the receiver says with a status. It repeats a secret.
func says(status int) string { return fmt.Sprintf(`{"status":%d,"about":%q}`, status, testHeader) }

func TestFaults(t *testing.T) {
	channeltest.RunFaults(t, channeltest.FaultSuite{
		Within:  15 * time.Second,
		Secrets: []string{"T0k-en_9fK2", testHeader, testSecret},
		Open: func(t *testing.T, n channeltest.Network) channels.Channel {
			c, err := Kind(httpsend.New(httpsend.Options{Dial: n.Dial, Roots: n.Roots})).New(usual(n.URL("https://hooks.example")))
			if err != nil {
				t.Fatal(err)
			}
			return c
		},
		Faults: append(channeltest.HTTPFaults(t, says),
			channeltest.Reply("405", 405, ""), channeltest.Reply("415", 415, ""), channeltest.Reply("409", 409, `{"error":"seen before"}`)),
		Verdicts: expected(),
	})
}

// expected is what the channel must make of each fault that is not the same for
// every channel. Of an answer only the status counts: what stands at an address
// of the operator's own is what it names.
func expected() map[string]channeltest.Verdict {
	const temporary, target, unfit = event.Temporary, event.Target, event.Unfit
	return map[string]channeltest.Verdict{
		"301": {Class: temporary, Code: "redirected"}, "302": {Class: temporary, Code: "redirected"},
		"307": {Class: temporary, Code: "redirected"}, "308": {Class: temporary, Code: "redirected"},
		"400": {Class: unfit, Code: "rejected"},
		"401": {Class: target, Code: "unauthorized"},
		"403": {Class: target, Code: "forbidden"},
		"404": {Class: target, Code: "not_found"},
		"405": {Class: target, Code: "wrong_method"},
		"408": {Class: temporary, Code: "server_error"},
		"409": {Class: unfit, Code: "rejected"},
		"410": {Class: target, Code: "gone"},
		"413": {Class: unfit, Code: "too_large"},
		"415": {Class: target, Code: "wrong_type"},
		"422": {Class: unfit, Code: "rejected"},
		"425": {Class: temporary, Code: "server_error"},
		"500": {Class: temporary, Code: "server_error"},

		"429 for seconds":    {Class: temporary, Code: "rate_limited", RetryAfter: 7 * time.Second},
		"429 for a fraction": {Class: temporary, Code: "rate_limited", RetryAfter: 250 * time.Millisecond},
		"429 until a date":   {Class: temporary, Code: "rate_limited", RetryAfter: 90 * time.Second},
		"429 without a wait": {Class: temporary, Code: "rate_limited"},
		"429 of a gateway":   {Class: temporary, Code: "rate_limited", RetryAfter: 15 * time.Minute},
		"503 for seconds":    {Class: temporary, Code: "server_error", RetryAfter: 2 * time.Minute},
		"502 of a gateway":   {Class: temporary, Code: "server_error"},
		"504 of a gateway":   {Class: temporary, Code: "server_error", Maybe: true},

		"200 with a login page": {}, "200 with a long login page": {}, "200 with another's JSON": {}, "200 without a body": {},
		"204": {}, "200 with JSON cut off": {}, "200 broken off": {}, "200 over 64 KiB": {},
		"400 over 64 KiB": {Class: unfit, Code: "rejected"},
	}
}
