package edit_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/rules/edit"
)

// A block that is replaced keeps its place and the comments around it, and the
// layout of its file.
func TestReplaceBlock(t *testing.T) {
	src := "# The herd.\ngroup \"barn\" {\n\ttitle = \"Old\" # gone\n\n\t# what else\n\ticon = \"x\"\n}\n\ndedup {\n\twindow = \"5s\"\n}\n"
	for _, tt := range []struct {
		name string
		src  string
		edit edit.Edit
		want string
	}{
		{"by HCL", src, edit.Edit{Op: edit.Replace, Path: "group.barn", Body: "title = \"New\"\n"}, "# The herd.\ngroup \"barn\" {\n\ttitle = \"New\"\n}\n\ndedup {\n\twindow = \"5s\"\n}\n"},
		{"by JSON", src, edit.Edit{Op: edit.Replace, Path: "group.barn", JSON: json.RawMessage(`{"title":"New","icon":"y"}`)}, "# The herd.\ngroup \"barn\" {\n\ttitle = \"New\"\n\ticon  = \"y\"\n}\n\ndedup {\n\twindow = \"5s\"\n}\n"},
		{"by nothing", src, edit.Edit{Op: edit.Replace, Path: "dedup"}, strings.Replace(src, "\n\twindow = \"5s\"\n", "\n", 1)},
		{"that is not there", "", edit.Edit{Op: edit.Replace, Path: "dedup", Body: "window = \"7s\""}, "dedup {\n  window = \"7s\"\n}\n"},
		{"in a block", "channel \"log\" \"desk\" {\n    toggles {\n        barn = false\n    }\n}\n", edit.Edit{Op: edit.Replace, Path: "channel.log.desk.toggles", Body: "info = true"}, "channel \"log\" \"desk\" {\n    toggles {\n        info = true\n    }\n}\n"},
		{"on one line", "dedup { window = \"5s\" }\n", edit.Edit{Op: edit.Replace, Path: "dedup", Body: "window = \"7s\""}, "dedup {\n  window = \"7s\"\n}\n"},
		{"with CR LF", "dedup {\r\n  window = \"5s\"\r\n}\r\n", edit.Edit{Op: edit.Replace, Path: "dedup", Body: "window = \"7s\""}, "dedup {\r\n  window = \"7s\"\r\n}\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := one(t, tt.src, tt.edit)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What does not stay inside of its braces is refused.
func TestReplaceStaysInside(t *testing.T) {
	src := "dedup {\n  window = \"5s\"\n}\n"
	for _, e := range []edit.Edit{
		{Op: edit.Replace, Path: "dedup", Body: "}\ncooldown {"},
		{Op: edit.Replace, Path: "dedup", Body: "window = <<EOT\n}"},
		{Op: edit.Replace, Path: "dedup.window", Body: "a = 1"},
		{Op: edit.Replace, Path: "locals", Body: "a = 1"},
		{Op: edit.Replace, Path: "test.one.send[0]", Body: "at = \"0s\""},
	} {
		if got, err := one(t, src, e); err == nil {
			t.Errorf("%v: got %s", e, got)
		}
	}
}
