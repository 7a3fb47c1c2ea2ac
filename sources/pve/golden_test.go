package pve_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden decodes every testdata/NAME.post and compares the event with
// NAME.golden. A post file is a notification in a form that people can read;
// bodyOf renders it as the body template of the manual does.
func TestGolden(t *testing.T) {
	posts, err := filepath.Glob("testdata/*.post")
	if err != nil || len(posts) == 0 {
		t.Fatalf("no post files: %v", err)
	}
	for _, path := range posts {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".post"), func(t *testing.T) {
			in := decode(t, bodyOf(t, path))
			var got bytes.Buffer
			enc := json.NewEncoder(&got)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", "  ")
			if err := enc.Encode(struct {
				Event   any  `json:"event"`
				AtLeast bool `json:"at_least"`
			}{in, in.AtLeast}); err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(path, ".post") + ".golden"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("the event differs (-want +got):\n%s", diff)
			}
		})
	}
}

// bodyOf reads a post file: header lines, an empty line, the message.
func bodyOf(tb testing.TB, path string) []byte {
	tb.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	head, message, _ := strings.Cut(string(text), "\n\n")
	top, fields := map[string]any{"message": message}, map[string]string{}
	for line := range strings.SplitSeq(head, "\n") {
		name, value, _ := strings.Cut(line, ": ")
		if field, ok := strings.CutPrefix(name, "field "); ok {
			fields[field] = value
			continue
		}
		top[name] = value
	}
	top["fields"] = fields
	body, err := json.Marshal(top)
	if err != nil {
		tb.Fatal(err)
	}
	return body
}
