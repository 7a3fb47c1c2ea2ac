package pve_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/sources/pve"
)

// A job that was to back up several guests is not about the only one that it
// came to.
func TestJobOfSeveralIsAboutNone(t *testing.T) {
	body := notification(t, "vzdump", "error", "x: backup failed", "VMID  Name  Status  Time  Size  Filename\n7  web  err  1s  0 B  null\n\nLogs\n====\nvzdump 7 8 --storage vault\n")
	in := decode(t, body)
	if v, found := in.Data["vmid"]; found {
		t.Errorf("got vmid %v", v)
	}
	if diff := cmp.Diff([]string{"7"}, in.Data["vmids"]); diff != "" {
		t.Error(diff)
	}
}

func TestBackupReason(t *testing.T) {
	table := func(rows, log string) string {
		return "VMID  Name  Status  Time  Size  Filename\n" + rows + "\n\nLogs\n====\n" + log
	}
	one := "7  web  err  1s  0 B  null\n"
	for name, tt := range map[string]struct{ title, message, want string }{
		"title":              {"s (h): backup failed: no such storage", "x", "no such storage"},
		"title before rows":  {"s (h): backup failed: lock", table(one, "7: ERROR: Backup of VM 7 failed - other"), "lock"},
		"log":                {"s (h): backup failed", table(one, "7: ERROR: Backup of VM 7 failed - gone"), "gone"},
		"last error":         {"s (h): backup failed", table(one, "7: ERROR: first\n7: ERROR: last"), "last"},
		"another guest's":    {"s (h): backup failed", table(one, "8: ERROR: Backup of VM 7 failed - gone"), "failed"},
		"one of two":         {"s (h): backup failed", table(one+"8  db  ok  1s  1 B  f\n", "7: no log available"), "7 web: no log available"},
		"no rows":            {"s (h): backup failed", table("", "7: ERROR: Backup of VM 7 failed - gone"), "gone"},
		"problems":           {"s (h): backup failed: multiple problems", "a\nb\nDetails\n=======\n" + table("", ""), "a; b"},
		"text without table": {"s (h): backup failed", "a\nb", "s (h): backup failed"},
		"nothing at all":     {"", "", "the job failed"},
	} {
		in := decode(t, notification(t, "vzdump", "error", tt.title, tt.message))
		if in.Data["reason"] != tt.want {
			t.Errorf("%s: got %q, want %q", name, in.Data["reason"], tt.want)
		}
	}
}

// The event stays small whatever the size of the report.
func TestReportIsBounded(t *testing.T) {
	const n = 4000
	var rows, log strings.Builder
	for i := range n {
		fmt.Fprintf(&rows, "%d  g%d  err  1s  0 B  null\n", i, i)
		fmt.Fprintf(&log, "%d: WARN: %s\n%d: ERROR: Backup of VM %d failed - %s\n", i, strings.Repeat("w", 500), i, i, strings.Repeat("e", 500))
	}
	in := decode(t, notification(t, "vzdump", "error", "x", "VMID  Name  Status  Time  Size  Filename\n"+rows.String()+"\n\nLogs\n====\n"+log.String()))
	if in.Data["guest_count"] != n || in.Data["failed_count"] != n {
		t.Errorf("got %v guests, %v failed", in.Data["guest_count"], in.Data["failed_count"])
	}
	guests := in.Data["guests"].([]string)
	if len(guests) != pve.MaxList+1 || guests[pve.MaxList] != "… and 3500 more" {
		t.Errorf("got %d guests, the last %q", len(guests), guests[len(guests)-1])
	}
	if got := len(in.Data["warnings"].([]string)); got != pve.MaxList {
		t.Errorf("got %d warnings", got)
	}
	if got := len(in.Data["report"].(string)); got > pve.MaxList*600 {
		t.Errorf("the report has %d bytes", got)
	}
}
