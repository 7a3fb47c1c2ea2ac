package notifications_test

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/sources/pve/notifications"
)

// TestFixtures reads recorded pairs of files and compares the verdict and what was
// read with what Proxmox VE's own parser makes of them. What it accepts is registered
// and taken back.
func TestFixtures(t *testing.T) {
	root := os.Getenv("TOCSIN_FIXTURES")
	if root == "" {
		t.Skip("TOCSIN_FIXTURES names no folder of recorded configurations")
	}
	dir := filepath.Join(root, "notifications-cfg")
	file, err := os.Open(filepath.Join(dir, "index.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		t.Run(row[0], func(t *testing.T) {
			public, private := read(t, filepath.Join(dir, row[0])), read(t, filepath.Join(dir, row[1]))
			files, err := notifications.Read(public, private)
			if row[2] != "accept" {
				if err == nil {
					t.Fatalf("accepted, want %s: %s", row[2], row[3])
				}
				t.Log(err)
				if _, line, told := strings.Cut(row[3], "line "); told {
					line, _, _ = strings.Cut(line, " ")
					if !strings.Contains(err.Error(), ":"+line+":") {
						t.Errorf("got %v, want line %s", err, line)
					}
				}
				return
			}
			if err != nil {
				t.Fatalf("refused: %v", err)
			}
			var want, got any
			decode(t, read(t, filepath.Join(dir, strings.TrimSuffix(row[0], ".cfg")+".parsed.json")), &want)
			decode(t, asJSON(t, files), &got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("read differently (-want +got):\n%s", diff)
			}
			roundTrip(t, files)
		})
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func decode(t *testing.T, text []byte, to any) {
	t.Helper()
	if err := json.Unmarshal(text, to); err != nil {
		t.Fatal(err)
	}
}

// asJSON writes what was read as the recordings have it.
func asJSON(t *testing.T, files notifications.Files) []byte {
	t.Helper()
	list := func(f *notifications.File) any {
		out := []any{}
		for _, s := range f.Sections {
			props := [][2]string{}
			for _, p := range s.Properties {
				props = append(props, [2]string{p.Key, p.Value})
			}
			out = append(out, map[string]any{"type": s.Type, "id": s.ID, "props": props})
		}
		return out
	}
	text, err := json.Marshal(map[string]any{"public": list(files.Public), "private": list(files.Private)})
	if err != nil {
		t.Fatal(err)
	}
	return text
}
