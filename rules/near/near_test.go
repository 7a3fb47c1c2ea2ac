package near_test

import (
	"slices"
	"testing"

	"tocsin/rules/near"
)

func TestName(t *testing.T) {
	names := []string{"backup_complete", "backup_fail", "vm_start", "vm_stop", "at", "listen"}
	for _, tt := range []struct{ given, want string }{
		{"backup_compleet", "backup_complete"},
		{"BACKUP_FAIL", "backup_fail"},
		{"vm_strt", "vm_start"},
		{"vm_sto", "vm_stop"},
		{"listne", "listen"},
		{"backupcompleted", "backup_complete"},
		{"fan_speed", ""},
		{"xx", ""}, // two edits would make any two letters "at"
		{"", ""},
	} {
		got, ok := near.Name(tt.given, slices.Values(names))
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("Name(%q) = %q, %v, want %q", tt.given, got, ok, tt.want)
		}
	}
}

func TestNameIsStable(t *testing.T) {
	for _, names := range [][]string{{"disk_b", "disk_a"}, {"disk_a", "disk_b"}} {
		if got, _ := near.Name("disk_c", slices.Values(names)); got != "disk_a" {
			t.Errorf("Name over %v = %q, want disk_a", names, got)
		}
	}
}
