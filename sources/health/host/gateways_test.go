package host

import (
	"fmt"
	"strings"
	"testing"
)

const oneRoute = "Iface Destination Gateway Flags RefCnt Use Metric Mask\neth0 00000000 FE0200C0 0003 0 0 0 00000000\n"

// A gateway counts once, whatever routes lead over it; routes to nowhere do not.
func TestRoutes(t *testing.T) {
	v4 := oneRoute + "eth0 00000000 FE0200C0 0003 0 0 9 00000000\nwg0 00000000 00000000 0001 0 0 0 00000000\n" +
		"eth0 0000000A FD0200C0 0003 0 0 0 000000FF\neth1 00000000 FD0200C0 0003 0 0 0 00000000\neth2 00000000 zz 0003 0 0 0 00000000\n"
	if got := fmt.Sprint(parseRoutes4([]byte(v4))); got != "[192.0.2.254 192.0.2.253]" {
		t.Error(got)
	}
	const none = "00000000000000000000000000000000"
	v6 := none + " 00 " + none + " 00 20010db8000000000000000000000001 00000400 1 0 3 eth0\n" +
		none + " 00 " + none + " 00 " + none + " ffffffff 1 0 00200200 lo\n" +
		"20010db8000000000000000000000000 40 " + none + " 00 " + none + " 100 1 0 1 eth0\n"
	if got := fmt.Sprint(parseRoutes6([]byte(v6))); got != "[2001:db8::1]" {
		t.Error(got)
	}
}

func TestPing(t *testing.T) {
	for _, c := range []struct {
		name, script, want string // want: the item or a part of the error
	}{
		{"none", "", "apt-get install iputils-ping"},
		{"BusyBox", "echo '3 packets transmitted, 2 packets received, 33% packet loss'; echo 'round-trip min/avg/max = 0.1/0.2/0.3 ms'", "map[gateway:192.0.2.254 interface:eth0 latency_ms:0.2 loss_percent:33.3 reachable:true]"},
		{"errors", "echo '3 packets transmitted, 0 received, +3 errors, 100% packet loss, time 2028ms'; exit 1", "map[gateway:192.0.2.254 interface:eth0 loss_percent:100.0 reachable:false]"},
		{"no route", "echo 'ping: connect: Network is unreachable' >&2; exit 2", "map[gateway:192.0.2.254 interface:eth0 loss_percent:100.0 reachable:false]"},
		{"no right", "echo 'ping: socket: Operation not permitted' >&2; exit 2", "net.ipv4.ping_group_range"},
		{"another tool", "echo 'usage: ping'; exit 2", "ping ended with code 2: usage: ping"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{"proc/net/route": oneRoute}
			if c.script != "" {
				files["bin/ping"] = "#!/bin/sh\n" + c.script + "\n"
			}
			items, err := bare(t, files).Read(t.Context(), "gateways")
			got := fmt.Sprint(err)
			if err == nil {
				items[0]["loss_percent"] = fmt.Sprintf("%.1f", items[0]["loss_percent"])
				got = fmt.Sprint(items[0])
			}
			if !strings.Contains(got, c.want) {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
