package api

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a request says of an edit reaches the desk as it is meant.
func TestEditsAsTheyArrive(t *testing.T) {
	patched := `{"tocsin":{"enabled":true}}`
	for _, tt := range []struct {
		method, path, body string
		options            []option
		want               Edit
	}{
		{"POST", "/settings", patched, nil, Edit{Patch: []byte(patched)}},
		{"POST", "/settings?dry_run=1&here=true&skip_tests=1&note=why", patched, nil, Edit{Patch: []byte(patched), DryRun: true, Here: true, SkipTests: true, Note: "why"}},
		{"POST", "/settings", patched, []option{header("If-Match", `"r1"`)}, Edit{Patch: []byte(patched), Base: "r1"}},
		{"POST", "/settings", patched, []option{header("If-Match", `W/"r1"`)}, Edit{Patch: []byte(patched), Base: "r1"}},
		{"POST", "/settings", patched, []option{header("If-Match", "*")}, Edit{Patch: []byte(patched)}},
		{"POST", "/settings", `{"revision":"r7"}`, nil, Edit{Patch: []byte(`{"revision":"r7"}`), Base: "r7"}},
		{"POST", "/settings", `{"revision":"r7"}`, []option{header("If-Match", `"r1"`)}, Edit{Patch: []byte(`{"revision":"r7"}`), Base: "r1"}},
		{"PUT", "/blocks/dedup", `{}`, nil, Edit{Block: &BlockEdit{Kind: "dedup", Labels: []string{}, JSON: []byte(`{}`)}}},
		{"PUT", "/blocks/rule/a%2Fb%20c", "x = 1", []option{header("Content-Type", "application/hcl; charset=utf-8")}, Edit{Block: &BlockEdit{Kind: "rule", Labels: []string{"a/b c"}, HCL: []byte("x = 1")}}},
		{"DELETE", "/blocks/channel/log/desk", "", nil, Edit{Block: &BlockEdit{Kind: "channel", Labels: []string{"log", "desk"}, Gone: true}}},
		{"PUT", "/files/conf.d/b.hcl", "# b", nil, Edit{File: &FileEdit{Path: "conf.d/b.hcl", Text: []byte("# b")}}},
		{"PUT", "/files/a.hcl", "# b", []option{header("If-Match", `"t1"`)}, Edit{File: &FileEdit{Path: "a.hcl", Text: []byte("# b"), Tag: "t1"}}},
		{"PUT", "/files/a.hcl", "# b", []option{header("If-Match", "*")}, Edit{File: &FileEdit{Path: "a.hcl", Text: []byte("# b"), Tag: AnyTag}}},
		{"PUT", "/files/a.hcl", "# b", []option{header("If-None-Match", "*")}, Edit{File: &FileEdit{Path: "a.hcl", Text: []byte("# b")}}},
		{"DELETE", "/files/a.hcl", "", []option{header("If-Match", "t1")}, Edit{File: &FileEdit{Path: "a.hcl", Gone: true, Tag: "t1"}}},
		{"POST", "/changes/7/undo?dry_run=1", "", nil, Edit{Undo: "7", DryRun: true}},
	} {
		f := newFront(t)
		var got Edit
		f.desk.edit = func(e Edit) (Edited, error) { got = e; return Edited{Effects: []string{}, Files: []FileDiff{}}, nil }
		f.do(tt.method, Prefix+tt.path, tt.body, append([]option{f.as(ScopeAdmin)}, tt.options...)...).want(t, 200)
		tt.want.By = "test admin"
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s %s: %s", tt.method, tt.path, diff)
		}
	}
}

func TestTagsOfAnswers(t *testing.T) {
	f := newFront(t)
	for _, tt := range [][4]string{
		{"GET", "/settings", "", `"r1"`}, {"GET", "/files", "", `"r1"`}, {"GET", "/files/a.hcl", "", `"t1"`},
		{"POST", "/settings", `{}`, `"r2"`}, {"PUT", "/files/a.hcl", "# b", `"t2"`},
	} {
		got := f.do(tt[0], Prefix+tt[1], tt[2], f.as(ScopeAdmin), header("If-Match", "*"))
		got.want(t, 200)
		if tag := got.header.Get("ETag"); tag != tt[3] {
			t.Errorf("%s %s: got the tag %s, want %s", tt[0], tt[1], tag, tt[3])
		}
	}
}

// A refusal has its status, its details and the tag to go on with.
func TestRefusals(t *testing.T) {
	done := &Edited{Revision: "r9", Diff: "+x\n", Effects: []string{}, Files: []FileDiff{}}
	for _, tt := range []struct {
		refusal Refusal
		status  int
		tag     string
		words   []string
	}{
		{Refusal{Reason: IsReadOnly, Why: "it is mounted so", Edit: done}, 409, `"r9"`, []string{`"read_only"`, "it is mounted so", `"patch":"+x\n"`}},
		{Refusal{Reason: Changed, Edit: done}, 412, `"r9"`, []string{`"stale"`, `"diff":"+x\n"`}},
		{Refusal{Reason: Changed, Merge: &Merge{Tag: "t9", Hunks: []Hunk{{Line: 4, Mine: "a", Theirs: "b"}}}}, 412, `"t9"`, []string{`"line":4`, `"clean":false`}},
		{Refusal{Reason: Conflicting, Conflict: &Conflict{Mine: "1", Theirs: "2", By: "anna"}}, 412, "", []string{`"mine":"1"`, `"theirs":"2"`, `"by":"anna"`}},
		{Refusal{Reason: ComesFromElsewhere, Do: "choose", Elsewhere: &Elsewhere{Choices: []Choice{{Says: "change it there", Path: "locals.x"}}}}, 409, "", []string{`"elsewhere"`, `"path":"locals.x"`, `"do":"choose"`}},
		{Refusal{Reason: WouldNotLoad, Edit: &Edited{Effects: []string{}, Files: []FileDiff{}, Diagnostics: []Diagnostic{{File: "a.hcl", Line: 3, Summary: "unknown"}}}}, 422, "", []string{`"would_not_load"`, `"file":"a.hcl"`}},
		{Refusal{Reason: HostOnly, Why: "channel x"}, 403, "", []string{`"host_only"`}},
	} {
		f := newFront(t)
		f.desk.edit = func(Edit) (Edited, error) { return Edited{}, &tt.refusal }
		got := f.do("POST", Prefix+"/settings", `{}`, f.as(ScopeAdmin))
		got.want(t, tt.status, tt.words...)
		if tag := got.header.Get("ETag"); tag != tt.tag {
			t.Errorf("%d: got the tag %s, want %s", tt.status, tag, tt.tag)
		}
	}
}

func TestEditsThatAreMalformed(t *testing.T) {
	f := newFront(t)
	f.desk.edit = func(e Edit) (Edited, error) { t.Errorf("got %+v", e); return Edited{}, errors.New("no") }
	for _, tt := range [][3]string{
		{"POST", "/settings", `[1]`}, {"POST", "/settings", ``}, {"POST", "/settings?here=maybe", `{}`}, {"POST", "/settings?note=" + strings.Repeat("x", maxNote+1), `{}`},
		{"POST", "/settings?dryrun=1", `{}`}, {"PUT", "/blocks/dedup?x=1", `{}`}, {"PUT", "/files/b.hcl?x=1", "#"}, {"POST", "/changes/1/undo?x=1", ""},
		{"POST", "/check", `{"path":"a","text":"","files":{}}`}, {"POST", "/check", `{"paht":"a"}`},
	} {
		f.do(tt[0], Prefix+tt[1], tt[2], f.as(ScopeAdmin), header("Content-Type", "application/json")).want(t, 400)
	}
	f.do("POST", Prefix+"/settings", `{}`, f.as(ScopeAdmin), header("Content-Type", "text/plain")).want(t, 415)
	f.do("PUT", Prefix+"/blocks/dedup", `{}`, f.as(ScopeAdmin), header("Content-Type", "")).want(t, 415)
	f.do("PUT", Prefix+"/files/a.hcl", "# b", f.as(ScopeAdmin)).want(t, 428, "If-Match")
}
