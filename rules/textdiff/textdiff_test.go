package textdiff_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tocsin/rules/textdiff"
)

func TestUnified(t *testing.T) {
	numbers := func(skip ...int) string {
		var s strings.Builder
		for i := 1; i <= 20; i++ {
			line := fmt.Sprint(i, "\n")
			for _, n := range skip {
				if n == i {
					line = ""
				}
			}
			s.WriteString(line)
		}
		return s.String()
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"equal", "a\n", "a\n", ""},
		{"both empty", "", "", ""},
		{"from nothing", "", "a\n", "--- o\n+++ n\n@@ -0,0 +1 @@\n+a\n"},
		{"to nothing", "a\n", "", "--- o\n+++ n\n@@ -1 +0,0 @@\n-a\n"},
		{"a change", "a\nb\nc\n", "a\nB\nc\n", "--- o\n+++ n\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"},
		{"no newline", "a\nb", "a\nb\n", "--- o\n+++ n\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"},
		{"far apart", numbers(), numbers(2, 18), "--- o\n+++ n\n@@ -1,5 +1,4 @@\n 1\n-2\n 3\n 4\n 5\n@@ -15,6 +14,5 @@\n 15\n 16\n 17\n-18\n 19\n 20\n"},
	} {
		if got := textdiff.Unified("o", "n", []byte(c.old), []byte(c.new)); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// TestPatchReadsIt applies diffs of random texts with patch.
func TestPatchReadsIt(t *testing.T) {
	if _, err := exec.LookPath("patch"); err != nil {
		t.Skip("patch is not installed")
	}
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		text := func() string {
			var s strings.Builder
			for range r.IntN(30) {
				fmt.Fprintln(&s, r.IntN(6))
			}
			return s.String()
		}
		old, new := text(), text()
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, []byte(old), 0o600); err != nil {
			t.Fatal(err)
		}
		diff := textdiff.Unified("file", "file", []byte(old), []byte(new))
		cmd := exec.Command("patch", "-s", "-E", file)
		cmd.Stdin = strings.NewReader(diff)
		if out, err := cmd.CombinedOutput(); err != nil && diff != "" {
			t.Fatalf("seed %d: %v %s\n%s", seed, err, out, diff)
		}
		if got, _ := os.ReadFile(file); string(got) != new {
			t.Fatalf("seed %d: patched to %q, want %q\n%s", seed, got, new, diff)
		}
	}
}

func TestLargeTextsAreReplacedAsAWhole(t *testing.T) {
	old, new := strings.Repeat("a\nb\n", 5000), strings.Repeat("c\nd\n", 5000)
	if diff := textdiff.Unified("o", "n", []byte(old), []byte(new)); strings.Count(diff, "@@ -") != 1 {
		t.Errorf("%d hunks", strings.Count(diff, "@@ -"))
	}
}
