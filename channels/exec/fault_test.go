package exec

import (
	"fmt"
	"testing"
	"time"

	"tocsin/channels"
	"tocsin/channels/channeltest"
	"tocsin/engine/event"
)

// Every way of a program to fail, and what the channel must make of it. The
// program repeats a secret of its environment.
func TestFaults(t *testing.T) {
	const temporary, target, unfit = event.Temporary, event.Target, event.Unfit
	verdicts := map[int]channeltest.Verdict{
		0:  {},
		1:  {Class: temporary, Code: "failed"},
		2:  {Class: temporary, Code: "failed"},
		64: {Class: target, Code: "usage"},
		65: {Class: unfit, Code: "rejected"},
		66: {Class: unfit, Code: "rejected"},
		67: {Class: target, Code: "no_user"},
		68: {Class: target, Code: "no_host"},
		69: {Class: temporary, Code: "failed"}, // unavailable
		70: {Class: temporary, Code: "failed"}, // its own fault
		71: {Class: temporary, Code: "failed"}, // the system's
		72: {Class: target, Code: "system_file"},
		73: {Class: target, Code: "cannot_create"},
		74: {Class: temporary, Code: "failed"}, // input or output
		75: {Class: temporary, Code: "temporary"},
		76: {Class: temporary, Code: "failed"}, // of a protocol
		77: {Class: target, Code: "no_permission"},
		78: {Class: target, Code: "config"},

		126: {Class: target, Code: "not_runnable"},
		127: {Class: target, Code: "not_runnable"},
		255: {Class: temporary, Code: "failed"},
	}
	for code, verdict := range verdicts {
		suffer(t, fmt.Sprintf("exit %d", code), verdict, func(t *testing.T) channels.Channel {
			p := open(t, nil)
			p.how(fmt.Sprintf("%d about %s", code, testSecret))
			return p.Channel
		})
	}
	suffer(t, "too slow", channeltest.Verdict{Class: temporary, Code: "timeout", Maybe: true}, func(t *testing.T) channels.Channel {
		p := open(t, channels.Values{"timeout": "1s"})
		p.how("hang")
		return p.Channel
	})
	suffer(t, "killed", channeltest.Verdict{Class: temporary, Code: "killed", Maybe: true}, shell("kill -KILL $$"))
	suffer(t, "no program", channeltest.Verdict{Class: target, Code: "not_runnable"}, func(t *testing.T) channels.Channel {
		return open(t, channels.Values{"command": []string{"/nowhere/notify"}}).Channel
	})
	suffer(t, "no folder", channeltest.Verdict{Class: target, Code: "not_runnable"}, func(t *testing.T) channels.Channel {
		return open(t, channels.Values{"dir": "/nowhere"}).Channel
	})
	suffer(t, "input left unread", channeltest.Verdict{}, shell("exit 0"))
	suffer(t, "streams left open", channeltest.Verdict{}, shell("sleep 600 & exit 0"))
	suffer(t, "endless output", channeltest.Verdict{Class: target, Code: "config"}, shell("yes "+testSecret+" | head -c 1000000 >&2; exit 78"))
}

// suffer exposes a channel to one fault.
func suffer(t *testing.T, name string, verdict channeltest.Verdict, open func(*testing.T) channels.Channel) {
	t.Helper()
	channeltest.RunFaults(t, channeltest.FaultSuite{
		Within:   mostTime,
		Secrets:  []string{testSecret},
		Open:     func(t *testing.T, _ channeltest.Network) channels.Channel { return open(t) },
		Faults:   []channeltest.Fault{{Name: name}},
		Verdicts: map[string]channeltest.Verdict{name: verdict},
	})
}

func shell(text string) func(*testing.T) channels.Channel {
	return func(t *testing.T) channels.Channel {
		return open(t, channels.Values{"command": []string{"sh", "-c", text}, "timeout": (30 * time.Second).String()}).Channel
	}
}
