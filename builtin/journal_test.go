package builtin_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tocsin/builtin"
	"tocsin/engine/event"
	"tocsin/rules"
	"tocsin/sources/journal"
	"tocsin/sources/pattern"
)

// sourceRules are the pack's sources of a kind.
func sourceRules[T any](t testing.TB) []T {
	t.Helper()
	config, diags := rules.Load(rules.Input{Pack: builtin.Files(), Host: "pve1"})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var list []T
	for _, s := range config.Sources {
		if rule, ok := s.Spec.(T); ok && s.Enabled {
			list = append(list, rule)
		}
	}
	return list
}

// journalRules are the pack's sources over the journal.
func journalRules(t testing.TB) []*journal.Rule {
	t.Helper()
	return sourceRules[*journal.Rule](t)
}

// specimen is a line of testdata/journal: an entry, and what is made of it.
type specimen struct {
	place  string
	entry  map[string]any
	event  string // none: nothing
	fields map[string]string
}

// specimens reads testdata/journal. An entry is written as PROGRAM [FIELD=VALUE …] |
// MESSAGE, and below it, behind =>, stand the event and fields of its data, with ;
// between them.
func specimens(t testing.TB) []specimen {
	t.Helper()
	files, err := filepath.Glob("testdata/journal/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	var list []specimen
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for n, line := range strings.Split(string(src), "\n") {
			verdict, isVerdict := strings.CutPrefix(line, "  => ")
			switch {
			case isVerdict:
				list[len(list)-1].judge(verdict)
			case line != "" && line[0] != '#':
				list = append(list, specimen{place: fmt.Sprintf("%s:%d", name, n+1), entry: entryOf(line)})
			}
		}
	}
	return list
}

func entryOf(line string) map[string]any {
	head, message, _ := strings.Cut(line, " | ")
	words := strings.Fields(head)
	entry := map[string]any{
		"SYSLOG_IDENTIFIER": words[0], "MESSAGE": strings.ReplaceAll(message, `\n`, "\n"), "__REALTIME_TIMESTAMP": "1773446880598500", "__MONOTONIC_TIMESTAMP": "86878598500",
		"__CURSOR": "s=1;i=1", "PRIORITY": "3", "_TRANSPORT": "syslog", "_UID": "0", "_COMM": words[0],
	}
	if words[0] == "kernel" {
		entry["_TRANSPORT"] = "kernel"
		delete(entry, "_UID")
		delete(entry, "_COMM")
	}
	for _, word := range words[1:] {
		field, value, _ := strings.Cut(word, "=")
		entry[field] = value
	}
	return entry
}

func (s *specimen) judge(verdict string) {
	parts := strings.Split(verdict, "; ")
	s.event, s.fields = parts[0], map[string]string{}
	for _, pair := range parts[1:] {
		key, value, _ := strings.Cut(pair, "=")
		s.fields[key] = value
	}
}

// TestJournal holds the sources against entries of many programs and versions.
func TestJournal(t *testing.T) {
	rules := journalRules(t)
	matcher, seen := journal.NewMatcher(rules), map[string]bool{}
	for _, s := range specimens(t) {
		line, err := json.Marshal(s.entry)
		if err != nil {
			t.Fatal(err)
		}
		matches, faults, err := matcher.Match(line)
		if err != nil || len(faults) > 0 {
			t.Errorf("%s: %v %v", s.place, err, faults)
		}
		got := "none"
		for _, m := range matches {
			got, seen[m.Rule.Name] = m.Event.Type, true
		}
		if got != s.event || len(matches) > 1 {
			t.Errorf("%s: %d events, %s, want %s", s.place, len(matches), got, s.event)
			continue
		}
		for key, want := range s.fields {
			value, have := matches[0].Event.Data[key]
			if text := event.Text(value); text != want || !have && want != "" {
				t.Errorf("%s: %s is %q, want %q in %v", s.place, key, text, want, matches[0].Event.Data)
			}
		}
		if len(matches) > 0 && matches[0].Event.Data["reason"] == "" {
			t.Errorf("%s: an empty reason", s.place)
		}
	}
	for _, r := range rules {
		if !seen[r.Name] {
			t.Errorf("%s: no entry of testdata/journal shows source %s", r.Place, r.Name)
		}
	}
}

// Whatever name somebody tries: the event is a failed login from the address that
// the server wrote.
func FuzzForgedNames(f *testing.F) {
	matcher := journal.NewMatcher(journalRules(f))
	for _, name := range []string{
		"root", "", "a b", "x from 10.9.9.9 port 1 ssh2", "x from 10.9.9.9 port 1 ssh2: RSA SHA256:0", "x from 10.9.9.9 not allowed because x",
		"[QUORUM] This node is within the non-primary component", "x msg=y", "x rhost=10.9.9.9 user=y msg=z", "message repeated 3 times: [ Failed password for x from 10.9.9.9 port 1 ssh2]",
		"\x1b[0m from 10.9.9.9", "x from 10.9.9.9 port 1 ssh2: a b c",
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if strings.ContainsAny(name, "\n\r") {
			return // the servers write one line
		}
		for _, message := range []string{
			"sshd | Failed password for invalid user %s from 198.51.100.1 port 2222 ssh2",
			"sshd | Failed publickey for invalid user %s from 198.51.100.1 port 2222 ssh2: ED25519 SHA256:0000",
			"sshd-session | Invalid user %s from 198.51.100.1 port 2222",
			"sshd | error: maximum authentication attempts exceeded for invalid user %s from 198.51.100.1 port 2222 ssh2 [preauth]",
			"sshd | Connection closed by invalid user %s 198.51.100.1 port 2222 [preauth]",
			"pvedaemon | authentication failure; rhost=::ffff:198.51.100.1 user=%s msg=no such user ('%s')",
		} {
			entry := entryOf(message)
			entry["MESSAGE"] = strings.ReplaceAll(entry["MESSAGE"].(string), "%s", name)
			line, err := json.Marshal(entry)
			if err != nil {
				t.Fatal(err)
			}
			matches, _, err := matcher.Match(line)
			if err != nil || len(matches) > 1 {
				t.Fatalf("%q: %d events, %v", entry["MESSAGE"], len(matches), err)
			}
			for _, m := range matches {
				if m.Event.Type != "auth_fail" || m.Event.Data["source_ip"] != "198.51.100.1" {
					t.Errorf("%q: %s from %v by %s", entry["MESSAGE"], m.Event.Type, m.Event.Data["source_ip"], m.Rule.Name)
				}
			}
		}
	})
}

// Whatever a process calls itself, and whatever file it runs: the kernel's words about
// it are no event, or the one that they are meant to be.
func FuzzForgedProcesses(f *testing.F) {
	matcher := journal.NewMatcher(journalRules(f))
	for _, name := range []string{
		"node", "", "Oops: 7 [#1] ", "Oops: 0000 [#1] SMP", "EDAC MC0: 1 CE on", "EDAC MC0: 1 UE  on x (", "x y: link down", "a: b NIC Link is Down",
		"ata1.00: disabled", "Kernel panic - not syncing: x", "nvme nvme0: fro", "md/raid1:md0: x", "nfs: server x not responding, timed out",
		"BUG: unable to handle ", "x) total-vm:1kB, anon-rss:1kB", "y:1 blocked for more than 9 seconds.",
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if strings.ContainsAny(name, "\n\r\x00") {
			return // the kernel writes one line
		}
		for message, own := range map[string]string{
			"%s[4410]: segfault at 0 ip 000055d0c0de sp 00007ffd0000 error 4 in %f[55d0c0de0000+1000] likely on CPU 3 (core 1, socket 0)": "",
			"%s[4410]: segfault at 0 ip 000055d0c0de sp 00007ffd0000 error 4 in %f[55d0c0de0000+1000]":                                    "",
			"traps: %s[4410] general protection fault ip:55d0c0de sp:7ffd0000 error:0 in %f[55d0c0de0000+1000]":                           "",
			"%s invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0":                                                 "",
			"%s: page allocation failure: order:5, mode:0x40dc0(GFP_KERNEL|__GFP_COMP), nodemask=(null),cpuset=%f,mems_allowed=0":         "",
			"%s (4410): drop_caches: 3":                             "",
			"%s (4410) used greatest stack depth: 11264 bytes left": "",
			"oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=%f,mems_allowed=0,oom_memcg=/lxc/117,task_memcg=/lxc/117/%f,task=%s,pid=9,uid=100110":      "",
			"Memory cgroup out of memory: Killed process 4410 (%s) total-vm:100kB, anon-rss:50kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:48kB oom_score_adj:0": "oom_killed",
			"INFO: task %s:4410 blocked for more than 120 seconds.":                               "hung_task",
			"watchdog: BUG: soft lockup - CPU#6 stuck for 26s! [%s:4410]":                         "kernel_fault",
			"oom_reaper: reaped process 4410 (%s), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB": "",
		} {
			entry := entryOf("kernel | x")
			entry["MESSAGE"] = strings.NewReplacer("%s", name[:min(len(name), 15)], "%f", name).Replace(message)
			line, err := json.Marshal(entry)
			if err != nil {
				t.Fatal(err)
			}
			matches, _, err := matcher.Match(line)
			if err != nil || len(matches) > 1 {
				t.Fatalf("%q: %d events, %v", entry["MESSAGE"], len(matches), err)
			}
			for _, m := range matches {
				if m.Rule.Name != own {
					t.Errorf("%q: %s by %s", entry["MESSAGE"], m.Event.Type, m.Rule.Name)
				}
			}
		}
	})
}

// TestRecordedJournal holds the sources against recorded entries and what people
// said that they mean.
func TestRecordedJournal(t *testing.T) {
	dir := os.Getenv("TOCSIN_FIXTURES")
	if dir == "" {
		t.Skip("TOCSIN_FIXTURES names no folder of samples")
	}
	dir = filepath.Join(dir, "journal")
	file, err := os.Open(filepath.Join(dir, "labels.csv"))
	if err != nil {
		t.Skip(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	matcher := journal.NewMatcher(journalRules(t))
	lines := map[string][][]byte{}
	for _, row := range rows[1:] {
		name, want, other, certainty, data := row[0], row[2], row[3], row[4], row[5]
		if lines[name] == nil {
			text, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			lines[name] = bytes.Split(text, []byte("\n"))
		}
		n, err := strconv.Atoi(row[1])
		if err != nil {
			t.Fatal(err)
		}
		matches, faults, err := matcher.Match(lines[name][n-1])
		if err != nil || len(faults) > 0 {
			t.Errorf("%s:%d: %v %v", name, n, err, faults)
		}
		accepted := append(strings.FieldsFunc(other, func(r rune) bool { return r == '|' }), want)
		got := "none"
		if len(matches) > 0 {
			got = matches[0].Event.Type
		}
		if len(matches) > 1 || !slices.Contains(accepted, got) {
			t.Errorf("%s:%d: %d events, %s, want %s (%s %s)\n\t%s", name, n, len(matches), got, want, certainty, other, lines[name][n-1])
			continue
		}
		if got == want && got != "none" {
			checkRecordedData(t, name, n, &matches[0], data)
		}
	}
}

func checkRecordedData(t *testing.T, name string, line int, m *pattern.Match, data string) {
	t.Helper()
	for pair := range strings.SplitSeq(data, ";") {
		key, want, ok := strings.Cut(pair, "=")
		if got := event.Text(m.Event.Data[key]); ok && got != want {
			t.Errorf("%s:%d: source %s: %s is %q, want %q in %v", name, line, m.Rule.Name, key, got, want, m.Event.Data)
		}
	}
}
