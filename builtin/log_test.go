package builtin_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
	"tocsin/sources/journal"
	"tocsin/sources/log"
)

// TestLogs holds each source over a log against testdata/log/NAME.txt: lines as they
// stand in the file, and below each, behind =>, the event and fields of its data, with ;
// between them.
func TestLogs(t *testing.T) {
	list := sourceRules[*log.Rule](t)
	if len(list) == 0 {
		t.Fatal("no sources")
	}
	for _, rule := range list {
		src, err := os.ReadFile(filepath.Join("testdata", "log", rule.Name+".txt"))
		if err != nil {
			t.Fatalf("%s: no lines show source %s: %v", rule.Place, rule.Name, err)
		}
		matcher, line := log.NewMatcher(rule.Path, list), ""
		for n, text := range strings.Split(string(src), "\n") {
			verdict, isVerdict := strings.CutPrefix(text, "  => ")
			if !isVerdict {
				line = text
				continue
			}
			checkLine(t, rule.Name, n, matcher, line, verdict)
		}
	}
}

func checkLine(t *testing.T, name string, n int, matcher *log.Matcher, line, verdict string) {
	t.Helper()
	var want specimen
	want.judge(verdict)
	matches, faults := matcher.Match([]byte(line), time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC))
	if len(faults) > 0 {
		t.Errorf("%s:%d: %v", name, n, faults)
	}
	got := "none"
	for _, m := range matches {
		got = m.Event.Type
	}
	if got != want.event || len(matches) > 1 {
		t.Errorf("%s:%d: %d events, %s, want %s", name, n, len(matches), got, want.event)
		return
	}
	for key, value := range want.fields {
		have := matches[0].Event.Time.Format("2006-01-02T15:04:05")
		if key != "time" {
			have = event.Text(matches[0].Event.Data[key])
		}
		if have != value {
			t.Errorf("%s:%d: %s is %q, want %q", name, n, key, have, value)
		}
	}
}

// A ban that Fail2Ban tells its file and the journal is one occurrence: all that its
// fingerprint is made of is the same.
func TestABanIsOneOccurrence(t *testing.T) {
	byFile, _ := log.NewMatcher("/var/log/fail2ban.log", sourceRules[*log.Rule](t)).Match([]byte("2026-02-11 09:14:02,871 fail2ban.actions        [611]: NOTICE  [sshd] Ban ::ffff:198.51.100.92"), time.Now())
	entry, err := json.Marshal(entryOf("fail2ban | [sshd] Ban 198.51.100.92"))
	if err != nil {
		t.Fatal(err)
	}
	byJournal, _, err := journal.NewMatcher(journalRules(t)).Match(entry)
	if err != nil || len(byFile) != 1 || len(byJournal) != 1 {
		t.Fatalf("%d and %d events, %v", len(byFile), len(byJournal), err)
	}
	a, b := byFile[0].Event, byJournal[0].Event
	if a.Type != b.Type || a.Host != b.Host || fmt.Sprint(a.Data) != fmt.Sprint(b.Data) {
		t.Errorf("the file tells %+v, the journal %+v", a, b)
	}
}
