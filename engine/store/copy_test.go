package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestACopyThatWasCutShortIsMadeAnew begins an upgrade behind one that was killed
// while it copied, and again within the same second.
func TestACopyThatWasCutShortIsMadeAnew(t *testing.T) {
	scripts, err := newestSchema(migrations)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "t.db")
	s := openAt(t, path)
	keep(t, s, batchOfEverything())
	want := snapshot(t, s)
	s.Close()
	part := copyName(path, len(scripts)) + ".part"
	if err := os.WriteFile(part, []byte("SQLite format 3\x00 and no more"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, script := range []string{"INSERT INTO nowhere VALUES (1);", "CREATE TABLE extra (a INTEGER);"} {
		s, err := migrated(t.Context(), t, path, append(scripts[:len(scripts):len(scripts)], script)...)
		if broken := strings.Contains(script, "nowhere"); broken != (err != nil) || broken && !strings.Contains(err.Error(), "nowhere") {
			t.Fatal(err)
		}
		s.Close()
	}
	copies, err := filepath.Glob(copyName(path, len(scripts)) + "*")
	if err != nil || len(copies) == 0 {
		t.Fatalf("copies: %v, %v; want some", copies, err)
	}
	for _, copied := range copies {
		if copied == part {
			t.Errorf("%s is left over", filepath.Base(part))
		} else if diff := cmp.Diff(want, snapshot(t, openAt(t, copied))); diff != "" {
			t.Errorf("%s differs (-want +got):\n%s", filepath.Base(copied), diff)
		}
	}
}
