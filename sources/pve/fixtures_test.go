package pve_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestFixtures decodes recorded notifications, as Proxmox's own code sent
// them, and compares the event with what is expected of each.
func TestFixtures(t *testing.T) {
	root := os.Getenv("TOCSIN_FIXTURES")
	if root == "" {
		t.Skip("TOCSIN_FIXTURES names no folder of recorded notifications")
	}
	dir := filepath.Join(root, "pve-webhook")
	file, err := os.Open(filepath.Join(dir, "index.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	for _, row := range rows[1:] {
		t.Run(row[column["file"]], func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join(dir, row[column["file"]]))
			if err != nil {
				t.Fatal(err)
			}
			got := "reject"
			d, err := pack(t).Decode(body)
			in := d.Event
			if err == nil {
				got = in.Type
			}
			if want := row[column["expected_event"]]; got != want && !(got == "custom" && want == "none") {
				also := strings.Split(row[column["also_acceptable"]], "|")
				if !slices.Contains(also, got) {
					t.Fatalf("got %s (%v), want %s or one of %v", got, err, want, also)
				}
				t.Logf("got %s, which is acceptable instead of %s", got, want)
			}
			if err != nil {
				return
			}
			if host := row[column["hostname"]]; host != "" && in.Host != host {
				t.Errorf("got host %q, want %q", in.Host, host)
			}
			if id := row[column["job_id"]]; id != "" && in.Data["job_id"] != id {
				t.Errorf("got job_id %v, want %s", in.Data["job_id"], id)
			}
		})
	}
}
