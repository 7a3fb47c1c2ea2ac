package save_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"tocsin/rules"
	"tocsin/rules/edit"
	"tocsin/rules/save"
)

// put plans the text of a file for somebody who saw another one.
func (p *place) put(path, text, saw string) (*save.Preview, error) {
	return p.Plan(context.Background(), save.Request{Text: &save.Text{Path: path, Text: []byte(text), Base: saw}})
}

func (p *place) sum(path string) string { return save.Digest([]byte(p.text(path))) }

func TestWholeFiles(t *testing.T) {
	p := open(t, nil)
	more := "rule \"night\" {\n  events = [\"backups\"]\n  drop   = true\n}\n"
	preview, err := p.put("conf.d/night.hcl", more, "")
	if err != nil {
		t.Fatal(err)
	}
	if c := p.save(preview); p.text("conf.d/night.hcl") != more || len(c.Effects) == 0 {
		t.Errorf("got %q, %v", p.text("conf.d/night.hcl"), c.Effects)
	}
	noted := strings.Replace(start, "The house", "My house", 1)
	if preview, err = p.put("tocsin.hcl", noted, p.sum("tocsin.hcl")); err != nil {
		t.Fatal(err)
	}
	if c := p.save(preview); p.text("tocsin.hcl") != noted || c.Effects[0] != "tocsin.hcl has another text" {
		t.Errorf("got %q, %v", p.text("tocsin.hcl"), c.Effects)
	}
	preview, err = p.Plan(context.Background(), save.Request{Text: &save.Text{Path: "conf.d/night.hcl", Gone: true, Base: p.sum("conf.d/night.hcl")}})
	if err != nil {
		t.Fatal(err)
	}
	if p.save(preview); p.text("conf.d/night.hcl") != "" {
		t.Error("the file is still there")
	}
	p.save(p.undo("1")) // what a later change took away comes back by an undo of that one
	for _, bad := range []string{"../x.hcl", "/etc/x.hcl", ".x.hcl", "secrets/x.hcl", "x.txt", "a/../x.hcl", `a\x.hcl`, ""} {
		if _, err := p.put(bad, more, save.Any); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	if _, err := p.put("new.hcl", `channel "log" "x" {`+"\n  path = "+rules.Masked+"\n}\n", ""); err == nil || !strings.Contains(err.Error(), "in place of a secret") {
		t.Errorf("a masked secret was taken: %v", err)
	}
}

// Two authors of one file lose nothing: what goes together is merged and shown,
// what does not is told with all sides.
func TestTwoAuthorsOfAFile(t *testing.T) {
	p := open(t, nil)
	saw := p.sum("tocsin.hcl")
	if _, _, err := p.Files(); err != nil { // as somebody who opens the file
		t.Fatal(err)
	}
	theirs := strings.Replace(start, "updates = false", "updates = true", 1)
	p.write("tocsin.hcl", theirs)
	preview, err := p.put("tocsin.hcl", strings.Replace(start, "The house", "My house", 1), saw)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(theirs, "The house", "My house", 1); preview.Merged != want || !preview.Stale {
		t.Errorf("got %v, %q", preview.Stale, preview.Merged)
	}
	var stale *save.Stale
	if _, err := p.Save(context.Background(), preview, anna, preview.Base); !errors.As(err, &stale) || p.text("tocsin.hcl") != theirs {
		t.Errorf("it was saved unseen: %v", err)
	}
	var o *save.Overlap
	_, err = p.put("tocsin.hcl", strings.Replace(start, "updates = false", "updates = \"digest\"", 1), saw)
	if !errors.As(err, &o) || len(o.Hunks) != 1 || o.Theirs != theirs || !strings.Contains(o.Hunks[0].Mine, "digest") || !strings.Contains(o.Hunks[0].Theirs, "true") || !strings.Contains(o.Hunks[0].Base, "false") {
		t.Errorf("got %v, %+v", err, o)
	}
	if _, err = p.put("tocsin.hcl", start, save.Digest([]byte("never seen"))); !errors.As(err, &o) || len(o.Hunks) > 0 {
		t.Errorf("got %v", err)
	}
	if preview, err = p.put("tocsin.hcl", theirs, saw); err != nil || !preview.Nothing { // both made the same of it
		t.Errorf("got %v", err)
	}
}

// Who saw an earlier state is told when the same value or the same file changed
// since, and saves over what changed elsewhere.
func TestSeenEarlier(t *testing.T) {
	p := open(t, nil)
	saw, err := p.Revision()
	if err != nil {
		t.Fatal(err)
	}
	plan := func(e edit.Edit) (*save.Preview, error) {
		return p.Plan(context.Background(), save.Request{Edits: []edit.Edit{e}, Base: saw})
	}
	p.write("more.hcl", "dedup {\n  window = \"7s\"\n}\n")
	preview, err := plan(set("channel.phone.chat_id", `"-2"`))
	if err != nil || preview.Stale {
		t.Fatalf("another file stands in the way: %v", err)
	}
	p.write("tocsin.hcl", strings.Replace(start, "updates = false", "updates = true", 1))
	if preview, err = plan(set("channel.phone.chat_id", `"-2"`)); err != nil || !preview.Stale {
		t.Errorf("the same file does not: %v", err)
	}
	var conflict *save.Conflict
	if _, err = plan(set("channel.phone.toggles.updates", `"digest"`)); !errors.As(err, &conflict) || conflict.Theirs != "true" || conflict.Mine != `"digest"` {
		t.Errorf("the same value does not: %v", err)
	}
	if _, err := p.Plan(context.Background(), save.Request{Edits: []edit.Edit{set("dedup.window", `"1s"`)}, Base: "never"}); err != nil {
		t.Error(err)
	}
	preview, err = p.Plan(context.Background(), save.Request{Edits: []edit.Edit{set("dedup.window", `"1s"`)}, Base: "never"})
	if err != nil || !preview.Stale {
		t.Errorf("an unknown state is not told: %v", err)
	}
}

// What an edit may not do is asked with both configurations.
func TestNotAllowed(t *testing.T) {
	p := open(t, nil)
	no := errors.New("not from here")
	p.opts.Allow = func(before, after *rules.Config) error {
		if before.Settings.Tocsin.DisplayName != after.Settings.Tocsin.DisplayName {
			return no
		}
		return nil
	}
	p.Desk = save.New(p.opts)
	p.plan(set("tocsin.timezone", "UTC"))
	if _, err := p.Plan(context.Background(), save.Request{Edits: []edit.Edit{set("tocsin.display_name", "x")}}); !errors.Is(err, no) {
		t.Errorf("got %v", err)
	}
}

// What is remembered of earlier states is bounded.
func TestSeenIsBounded(t *testing.T) {
	p := open(t, nil)
	saw := p.sum("tocsin.hcl")
	if _, _, err := p.Files(); err != nil {
		t.Fatal(err)
	}
	for n := range 40 {
		p.write("tocsin.hcl", start+strings.Repeat("\n", n+1))
		if _, _, err := p.Files(); err != nil {
			t.Fatal(err)
		}
	}
	var o *save.Overlap
	if _, err := p.put("tocsin.hcl", "# mine\n"+start, saw); !errors.As(err, &o) || len(o.Hunks) > 0 {
		t.Errorf("got %v", err)
	}
	saw = p.sum("tocsin.hcl")
	p.write("tocsin.hcl", start+"# theirs\n")
	if preview, err := p.put("tocsin.hcl", "# mine\n"+start+strings.Repeat("\n", 40), saw); err == nil && preview.Merged == "" {
		t.Error("the last state is forgotten")
	}
}
