package httpsend

import (
	"net/netip"
	"testing"
)

func TestGuard(t *testing.T) {
	g := guard{refuse: func(ap netip.AddrPort) bool { return ap.String() == "127.0.0.1:9091" }}
	for address, open := range map[string]bool{
		"192.0.2.7:443":               true,
		"10.1.2.3:80":                 true, // services at home are what channels are for
		"127.0.0.1:8080":              true,
		"[::1]:8080":                  true,
		"[fd00::7]:443":               true,
		"[64:ff9b::c000:0207]:443":    true,
		"127.0.0.1:9091":              false,
		"[::ffff:127.0.0.1]:9091":     false,
		"169.254.169.254:80":          false,
		"[::ffff:169.254.169.254]:80": false,
		"[64:ff9b::a9fe:a9fe]:80":     false,
		"[fe80::1%eth0]:443":          false,
		"0.0.0.0:8080":                false,
		"[::]:8080":                   false,
		"[::ffff:0.0.0.0]:80":         false,
		"224.0.0.251:5353":            false,
		"[ff02::1]:443":               false,
		"nonsense":                    false,
	} {
		if err := g.control("tcp", address, nil); (err == nil) != open {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestNumeric(t *testing.T) {
	for host, want := range map[string]bool{
		"2130706433": true, "0x7f.1": true, "127.1": true, "017700000001": true, "1.2.3.4.5": true, "0x7f000001": true,
		"example.com": false, "pve1": false, "a1.b2": false, "": false, "gotify": false,
	} {
		if got := numeric(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}
