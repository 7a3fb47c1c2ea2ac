package builtin_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"tocsin/sources/journal"
)

// everyday are entries of a quiet host, as often as they come there.
func everyday() []string {
	return []string{
		"systemd UNIT=apt-daily.service | Starting apt-daily.service - Daily apt download activities...",
		"systemd UNIT=apt-daily.service | apt-daily.service: Deactivated successfully.",
		"systemd UNIT=apt-daily.service | apt-daily.service: Consumed 1.204s CPU time.",
		"CRON | (root) CMD (cd / && run-parts --report /etc/cron.hourly)",
		"CRON | pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)",
		"pveproxy _UID=33 | worker 91011 finished",
		"pvedaemon | <root@pam> starting task UPID:pve1:0001A2B3:00C4D5E6:69B4D432:vncproxy:117:root@pam:",
		"pvedaemon | <root@pam> end task UPID:pve1:0001A2B3:00C4D5E6:69B4D432:vncproxy:117:root@pam: OK",
		"sshd-session | Accepted publickey for carla from 198.51.100.60 port 41022 ssh2: ED25519 SHA256:0000000000000000000000000000000000000000001",
		"sshd-session | Connection closed by 198.51.100.66 port 55110 [preauth]",
		"kernel | audit: type=1400 audit(1773446402.5:4): apparmor=\"DENIED\" operation=\"mount\" class=\"mount\" profile=\"lxc-117_</var/lib/lxc>\" name=\"/run/\" pid=1184 comm=\"(networkd)\"",
		"kernel | vmbr0: port 2(veth117i0) entered forwarding state",
		"corosync |   [KNET  ] pmtud: Global data MTU changed to: 1397",
		"pmxcfs | [status] notice: received log",
		"postfix/qmgr | 4C2A1180E3: from=<root@pve1.example.net>, size=1204, nrcpt=1 (queue active)",
		"smartd | Device: /dev/sda [SAT], SMART Usage Attribute: 194 Temperature_Celsius changed from 67 to 66",
		"dockerd | time=\"2026-03-14T10:00:00Z\" level=info msg=\"ignoring event\" container=0a1b2c3d module=libcontainerd namespace=moby topic=/tasks/delete type=\"*events.TaskDelete\"",
		"pvestatd | status update time (6.022 seconds)",
		"nginx | 198.51.100.7 - - [14/Mar/2026:10:00:00 +0000] \"GET /index.html HTTP/1.1\" 200 5123 \"-\" \"Mozilla/5.0\"",
	}
}

// asRecorded adds what else journalctl writes of an entry.
func asRecorded(b *testing.B, text string, n int) []byte {
	entry := entryOf(text)
	for field, value := range map[string]string{
		"_BOOT_ID": "32833106536e95df40b2d002cc92d33d", "_MACHINE_ID": "f08db22fd293056a3170fab23d90fbac", "_HOSTNAME": "pve1", "_GID": "0",
		"_PID": fmt.Sprint(1000 + n), "SYSLOG_PID": fmt.Sprint(1000 + n), "SYSLOG_FACILITY": "3", "_EXE": "/usr/sbin/program", "_CMDLINE": "/usr/sbin/program --with --arguments",
		"_CAP_EFFECTIVE": "1ffffffffff", "_SELINUX_CONTEXT": "unconfined\n", "_SYSTEMD_CGROUP": "/system.slice/program.service", "_SYSTEMD_SLICE": "system.slice",
		"_SYSTEMD_INVOCATION_ID": "8ed2305df3faa8e879eaa7234ad5cfbc", "_SOURCE_REALTIME_TIMESTAMP": "1773447747722607",
		"__CURSOR": fmt.Sprintf("s=54d079b99e09457d896c687565dd0391;i=%x;b=32833106536e95df40b2d002cc92d33d;m=143a5e3564;t=64cf0c75899e4;x=ba3aac8078382153", n),
	} {
		if _, has := entry[field]; !has {
			entry[field] = value
		}
	}
	line, err := json.Marshal(entry)
	if err != nil {
		b.Fatal(err)
	}
	return line
}

// BenchmarkJournal tells how long an entry takes: on a quiet host, where one in
// fifty means something, and in a flood of failed logins, where every one does.
func BenchmarkJournal(b *testing.B) {
	rules := journalRules(b)
	var mixed, flood [][]byte
	notable := specimens(b)
	for i := range 50 * len(notable) {
		text := everyday()[i%len(everyday())]
		if i%50 == 0 {
			line, err := json.Marshal(notable[i/50].entry)
			if err != nil {
				b.Fatal(err)
			}
			mixed = append(mixed, line)
			continue
		}
		mixed = append(mixed, asRecorded(b, text, i))
	}
	for i := range 256 {
		flood = append(flood, asRecorded(b, fmt.Sprintf("sshd | Failed password for invalid user u%d from 198.51.100.%d port %d ssh2", i, i, 1024+i), i))
	}
	for name, lines := range map[string][][]byte{"mixed": mixed, "flood": flood} {
		b.Run(name, func(b *testing.B) {
			m := journal.NewMatcher(rules)
			size, events := 0, 0
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				line := lines[i%len(lines)]
				matches, _, err := m.Match(line)
				if err != nil {
					b.Fatal(err)
				}
				size, events = size+len(line), events+len(matches)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
			b.ReportMetric(float64(size)/float64(b.N), "B/entry")
			b.ReportMetric(float64(events)/float64(b.N), "events/entry")
		})
	}
}

// BenchmarkJournalMatcher tells what a start and a reload pay.
func BenchmarkJournalMatcher(b *testing.B) {
	rules := journalRules(b)
	for b.Loop() {
		journal.NewMatcher(rules)
	}
}
