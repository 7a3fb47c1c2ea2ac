package daemon

import (
	"strings"
	"testing"
	"time"

	"tocsin/sources/journal/journaltest"
)

// The end of the host is in the journal, twice, and announced by a unit. It is told
// once, whichever comes first. Here the pack's own dedup and cooldown hold.
func TestTheEndOfTheHostIsToldOnce(t *testing.T) {
	const plain = "tocsin {\n  enabled      = true\n  display_name = \"home-lab\"\n}\nchannel \"log\" \"console\" {}\n"
	for typ, lines := range map[string][]string{
		"system_reboot":   {"The system will reboot now!", "System is rebooting."},
		"system_shutdown": {"The system will power off now!", "System is powering down."},
	} {
		for _, journalFirst := range []bool{true, false} {
			h, write := journalHouse(t, map[string]string{"tocsin.hcl": plain})
			journal := func() {
				for i, line := range lines {
					write(journaltest.Entry(2+i, time.Now(), map[string]string{"SYSLOG_IDENTIFIER": "systemd-logind", "MESSAGE": line}))
				}
				h.eventually("the journal is read", func() bool { return h.source("journal").Events == len(lines) })
			}
			if journalFirst {
				journal()
			}
			h.send(`{"event_type":"` + typ + `","data":null}`)
			if !journalFirst {
				journal()
			}
			h.eventually("it is told", func() bool { return strings.Contains(h.out.String(), typ) })
			h.stop() // what waits to be sent at the end is sent
			if got := strings.Count(h.out.String(), "Host is "); got != 1 {
				t.Errorf("%s, journal first: %v: told %d times\n%s", typ, journalFirst, got, h.out)
			}
		}
	}
}

// A host that starts again and again is told each time, and each start once.
func TestEachStartIsToldOnce(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": "tocsin { enabled = true }\nchannel \"log\" \"console\" {}\n"})
	for _, boot := range []string{"a", "b", "b", "a"} {
		h.send(`{"event_type":"system_startup","data":{"boot":"` + boot + `"}}`)
	}
	h.stop()
	if got := strings.Count(h.out.String(), "Host is up"); got != 2 {
		t.Errorf("two starts are told %d times\n%s", got, h.out)
	}
}
