package save_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/rules/edit"
	"tocsin/rules/save"
)

func TestPlanAndSave(t *testing.T) {
	p := open(t, nil)
	preview := p.plan(set("channel.telegram.phone.toggles.backup_complete", "false"))
	if diff := cmp.Diff([]string{"backup_complete no longer reaches phone"}, preview.Effects); diff != "" {
		t.Errorf("effects (-want +got):\n%s", diff)
	}
	want := `--- a/tocsin.hcl
+++ b/tocsin.hcl
@@ -9,6 +9,7 @@
 
   toggles {
     updates = false # too many
+    backup_complete = false
   }
 }
 
`
	if diff := cmp.Diff(want, preview.Diff); diff != "" {
		t.Errorf("diff (-want +got):\n%s", diff)
	}
	if preview.File != "tocsin.hcl" || preview.Line != 12 || !preview.Valid() || preview.Nothing {
		t.Errorf("%s:%d, valid %v, nothing %v", preview.File, preview.Line, preview.Valid(), preview.Nothing)
	}
	if p.text("tocsin.hcl") != start {
		t.Error("a plan changes the file")
	}
	c := p.save(preview)
	if !strings.Contains(p.text("tocsin.hcl"), "    updates = false # too many\n    backup_complete = false\n") {
		t.Errorf("the file is\n%s", p.text("tocsin.hcl"))
	}
	if c.ID != "1" || c.By != "Anna" || c.Diff() != want || c.Files[0].Before == c.Files[0].After {
		t.Errorf("the change is %+v", c)
	}
	p.save(p.undo("1"))
	if diff := cmp.Diff(start, p.text("tocsin.hcl")); diff != "" {
		t.Errorf("undone (-want +got):\n%s", diff)
	}
	p.save(p.undo("2")) // an undo can be undone
	if !strings.Contains(p.text("tocsin.hcl"), "backup_complete") {
		t.Errorf("the undo is not undone:\n%s", p.text("tocsin.hcl"))
	}
	if list, err := p.Changes(); err != nil || len(list) != 3 || list[0].Undoes != "2" {
		t.Errorf("changes %+v, %v", list, err)
	}
}

func TestNewFile(t *testing.T) {
	p := open(t, nil)
	c := p.save(p.plan(set("event.auth_fail.severity", "CRITICAL")))
	if got := p.text("panel.hcl"); got != "event \"auth_fail\" {\n  severity = \"CRITICAL\"\n}\n" {
		t.Errorf("panel.hcl is %q", got)
	}
	if c.Effects[0] != "auth_fail is CRITICAL, not WARNING" || !strings.HasPrefix(c.Diff(), "--- /dev/null\n+++ b/panel.hcl\n") {
		t.Errorf("%v\n%s", c.Effects, c.Diff())
	}
	p.save(p.undo(c.ID))
	if _, err := os.Stat(filepath.Join(p.config, "panel.hcl")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("panel.hcl is still there: %v", err)
	}
}

// TestWords: what a person types is a text where a text is wanted.
func TestWords(t *testing.T) {
	p := open(t, nil)
	for path, word := range map[string]string{"tocsin.display_name": "42", "channel.phone.topic_id": "7", "channel.phone.when": "event.severity >= 'WARNING'", "dedup.window": "1m", "tocsin.timezone": "Europe/Lisbon"} {
		if preview := p.plan(set(path, word)); !preview.Valid() {
			t.Errorf("%s %s: %v", path, word, preview.Diagnostics)
		}
	}
	if got := p.plan(set("channel.phone.chat_id", "5")).Effects; len(got) != 1 || got[0] != "channel phone: chat_id is now 5" {
		t.Errorf("effects %q", got)
	}
	if got := p.plan(set("event.auth_fail.title", "Oh no")).Effects; len(got) != 1 || got[0] != `event auth_fail: title is now "Oh no"` {
		t.Errorf("effects %q", got)
	}
}

func TestRefused(t *testing.T) {
	p := open(t, map[string]string{"a.hcl": start + `
test "updates are told" {
  send "pve_update" {
    at = "0s"
  }
  expect "desk" {
    types = ["pve_update"]
  }
}
`})
	for _, tt := range []struct {
		edit edit.Edit
		want string
	}{
		{set("channel.phone.chatid", "5"), "would not load"},
		{set("toggles.nothing", "false"), "would not load"},
		{set("rule.x", "{}"), ""},
		{set("toggles.pve_update", "false"), `the test "updates are told" would fail`},
	} {
		preview, err := p.Plan(context.Background(), save.Request{Edits: []edit.Edit{tt.edit}})
		if tt.want == "" {
			if err == nil {
				t.Error("a block that is nowhere is set")
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Save(context.Background(), preview, anna, preview.Base)
		var refused *save.Refused
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.edit.Path, err, tt.want)
		}
	}
	preview, err := p.Plan(context.Background(), save.Request{Edits: []edit.Edit{set("toggles.pve_update", "false")}, SkipTests: true})
	if err != nil {
		t.Fatal(err)
	}
	p.save(preview)
	// A test that fails already is in nobody's way.
	p.save(p.plan(set("dedup.window", "1m")))
}

// TestABrokenFolder can be mended by an edit.
func TestABrokenFolder(t *testing.T) {
	p := open(t, map[string]string{"a.hcl": "tocsin {\n  enabled = true\n}\nchannel \"log\" \"desk\" {\n  rate = \"often\"\n}\n"})
	preview := p.plan(set("channel.desk.rate", "30/h"))
	if !preview.Valid() || preview.Effects[0] != "the configuration loads again" {
		t.Errorf("%v: %v", preview.Effects, preview.Diagnostics)
	}
	p.save(preview)
}

// TestTwoEditors: what somebody else saved meanwhile is neither lost nor
// overwritten unseen.
func TestTwoEditors(t *testing.T) {
	ctx := context.Background()
	t.Run("apart", func(t *testing.T) {
		p := open(t, nil)
		other := save.New(p.opts)
		mine := p.plan(set("channel.phone.chat_id", "-5"))
		theirs, err := other.Plan(ctx, save.Request{Edits: []edit.Edit{set("channel.phone.toggles.updates", "true")}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.Save(ctx, theirs, save.Author{Name: "Bert"}, theirs.Base); err != nil {
			t.Fatal(err)
		}
		_, err = p.Save(ctx, mine, anna, mine.Base)
		var stale *save.Stale
		if !errors.As(err, &stale) {
			t.Fatalf("error %v", err)
		}
		if strings.Contains(p.text("tocsin.hcl"), "-5") {
			t.Error("written unseen")
		}
		p.save(stale.Preview)
		if text := p.text("tocsin.hcl"); !strings.Contains(text, `"-5"`) || !strings.Contains(text, "updates = true # too many") {
			t.Errorf("something is lost:\n%s", text)
		}
	})
	t.Run("in another file", func(t *testing.T) {
		p := open(t, nil)
		mine := p.plan(set("channel.phone.chat_id", "-5"))
		p.write("more.hcl", "dedup {\n  window = \"1m\"\n}\n")
		p.save(mine)
	})
	t.Run("a file that breaks it", func(t *testing.T) {
		p := open(t, nil)
		mine := p.plan(set("channel.phone.chat_id", "-5"))
		p.write("more.hcl", "nonsense {\n}\n")
		_, err := p.Save(ctx, mine, anna, mine.Base)
		if err == nil || strings.Contains(p.text("tocsin.hcl"), "-5") {
			t.Errorf("saved over a folder that does not load: %v", err)
		}
	})
	t.Run("the same value", func(t *testing.T) {
		p := open(t, nil)
		other := save.New(p.opts)
		mine := p.plan(set("channel.phone.chat_id", "-5"))
		theirs, err := other.Plan(ctx, save.Request{Edits: []edit.Edit{set("channel.phone.chat_id", "-7")}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.Save(ctx, theirs, save.Author{Name: "Bert"}, theirs.Base); err != nil {
			t.Fatal(err)
		}
		_, err = p.Save(ctx, mine, anna, mine.Base)
		var c *save.Conflict
		if !errors.As(err, &c) || c.By != "Bert" || c.Theirs != `"-7"` || c.Mine != `"-5"` || c.Place.Line != 8 {
			t.Fatalf("error %v: %+v", err, c)
		}
		if !strings.Contains(p.text("tocsin.hcl"), `"-7"`) {
			t.Error("theirs is overwritten")
		}
	})
	t.Run("the block is gone", func(t *testing.T) {
		p := open(t, nil)
		mine := p.plan(set("channel.phone.chat_id", "-5"))
		p.write("tocsin.hcl", "tocsin {\n  enabled = true\n}\n")
		if _, err := p.Save(ctx, mine, anna, mine.Base); err == nil {
			t.Error("saved into nothing")
		}
	})
	t.Run("a base that is older than the plan", func(t *testing.T) {
		p := open(t, nil)
		base, err := p.Revision()
		if err != nil {
			t.Fatal(err)
		}
		was := p.plan(set("channel.phone.chat_id", "-5")).Was
		p.write("tocsin.hcl", strings.Replace(start, "# The house", "# The barn", 1))
		preview, err := p.Plan(ctx, save.Request{Edits: []edit.Edit{set("channel.phone.chat_id", "-5")}, Was: was})
		if err != nil {
			t.Fatal(err)
		}
		var stale *save.Stale
		if _, err := p.Save(ctx, preview, anna, base); !errors.As(err, &stale) {
			t.Errorf("error %v", err)
		}
		p.write("tocsin.hcl", strings.Replace(start, "-1001", "-9", 1))
		var c *save.Conflict
		if _, err := p.Plan(ctx, save.Request{Edits: []edit.Edit{set("channel.phone.chat_id", "-5")}, Was: was}); !errors.As(err, &c) {
			t.Errorf("error %v", err)
		}
	})
}

// TestManyEditors save at once, each until it is in: every edit is there at the
// end, and every record.
func TestManyEditors(t *testing.T) {
	p := open(t, nil)
	types := []string{"backup_fail", "auth_fail", "disk_space_low", "vm_fail", "node_disconnect", "service_fail"}
	done := make(chan error, len(types))
	for _, name := range types {
		go func() {
			desk := save.New(p.opts)
			preview, err := desk.Plan(context.Background(), save.Request{Edits: []edit.Edit{set("channel.phone.toggles."+name, "false")}})
			for err == nil {
				_, err = desk.Save(context.Background(), preview, anna, preview.Base)
				var stale *save.Stale
				if !errors.As(err, &stale) {
					break
				}
				preview, err = stale.Preview, nil
			}
			done <- err
		}()
	}
	for range types {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	for _, name := range types {
		if !strings.Contains(p.text("tocsin.hcl"), "    "+name+" ") {
			t.Errorf("%s is lost:\n%s", name, p.text("tocsin.hcl"))
		}
	}
	if list, err := p.Changes(); err != nil || len(list) != len(types) {
		t.Errorf("%d changes are recorded, %v", len(list), err)
	}
}

// TestUndoAfterLaterEdits takes out what one change did, and nothing else.
func TestUndoAfterLaterEdits(t *testing.T) {
	p := open(t, nil)
	p.save(p.plan(set("channel.phone.chat_id", "-5")))
	p.save(p.plan(set("channel.phone.topic_id", "7"))) // the next line
	p.save(p.plan(set("dedup.window", "1m")))
	p.write("tocsin.hcl", "# Written by hand.\n"+p.text("tocsin.hcl"))
	p.save(p.undo("1"))
	if text := p.text("tocsin.hcl"); !strings.Contains(text, `"-1001"`) || !strings.Contains(text, "topic_id  = 7") || !strings.HasPrefix(text, "# Written") {
		t.Errorf("the file is\n%s", text)
	}
	p.save(p.plan(set("channel.phone.topic_id", "8")))
	_, err := p.Plan(context.Background(), save.Request{Undo: "2"})
	var c *save.Conflict
	if !errors.As(err, &c) || c.By != "Anna" || !strings.Contains(err.Error(), "what change 2 did to tocsin.hcl was changed meanwhile, at tocsin.hcl:9, by Anna: it is now") {
		t.Errorf("error %v", err)
	}
	p.save(p.undo("3"))
	if p.text("panel.hcl") != "" {
		t.Errorf("panel.hcl is\n%s", p.text("panel.hcl"))
	}
	for id, want := range map[string]string{"99": "there is no change 99", "x": "no number of a change", "../1": "no number of a change"} {
		if _, err := p.Plan(context.Background(), save.Request{Undo: id}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("undo %s: %v", id, err)
		}
	}
}

func TestChangesAreBounded(t *testing.T) {
	p := open(t, map[string]string{"a.hcl": "tocsin {\n  enabled = true\n}\nchannel \"log\" \"desk\" {\n}\n"})
	for i := range 53 {
		p.save(p.plan(set("dedup.window", fmt.Sprintf("%ds", i+20))))
	}
	list, err := p.Changes()
	if err != nil || len(list) != 50 || list[0].ID != "53" || list[49].ID != "4" {
		t.Errorf("%d changes, %v", len(list), err)
	}
	if info, err := os.Stat(filepath.Join(p.data, "changes", "53.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestReadOnly(t *testing.T) {
	for name, tt := range map[string]struct {
		prepare func(*place)
		want    string
	}{
		"the setting": {func(p *place) {
			p.write("tocsin.hcl", strings.Replace(start, "enabled = true", "enabled = true\n  read_only = true", 1))
		}, "read_only = true"},
		"a flag": {func(p *place) { p.opts.ReadOnly = "the daemon runs with --read-only"; p.Desk = save.New(p.opts) }, "--read-only"},
		"a link": {func(p *place) {
			if err := errors.Join(os.Rename(filepath.Join(p.config, "tocsin.hcl"), filepath.Join(p.config, "real.txt")), os.Symlink("real.txt", filepath.Join(p.config, "tocsin.hcl"))); err != nil {
				p.Fatal(err)
			}
		}, "it is a link"},
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t, nil)
			tt.prepare(p)
			preview := p.plan(set("channel.phone.chat_id", "-5"))
			_, err := p.Save(context.Background(), preview, anna, preview.Base)
			var r *save.ReadOnly
			if !errors.As(err, &r) || !strings.Contains(err.Error(), tt.want) || !strings.Contains(r.Patch, `+  chat_id   = "-5"`) {
				t.Errorf("error %v, %+v", err, r)
			}
			if strings.Contains(everything(t, p.config), "-5") {
				t.Error("it is written")
			}
		})
	}
}

// TestNoSecret follows secrets through everything that an edit leaves behind.
func TestNoSecret(t *testing.T) {
	const old, fresh = "123456:hunter2-hunter2-hunter2-hunter2-hun", "654321:hunter3-hunter3-hunter3-hunter3-hun"
	literal := strings.Replace(start, `secret("phone_bot_token")`, `"`+old+`"`, 1)
	ctx := context.Background()
	var seen strings.Builder
	note := func(p *place, preview *save.Preview, err error) {
		if err != nil {
			fmt.Fprintln(&seen, err)
			text, _ := json.Marshal(err)
			seen.Write(text)
		}
		if preview != nil {
			text, merr := json.Marshal(preview)
			fmt.Fprintf(&seen, "%s %v %v %v %+v %#v\n", text, merr, preview.Diagnostics, preview, preview, preview)
			slog.New(slog.NewTextHandler(&seen, nil)).Info("planned", "preview", preview, "edit", edit.Edit{Op: edit.Set, Path: "a", Word: fresh})
		}
		if text := everything(p.T, p.data); true {
			seen.WriteString(text)
		}
	}
	for name, tt := range map[string]struct {
		file string
		edit edit.Edit
	}{
		"a secret that is one":  {start, set("channel.phone.bot_token", fresh)},
		"a literal":             {literal, set("channel.phone.bot_token", fresh)},
		"beside a literal":      {literal, set("channel.phone.chat_id", "-5")},
		"beside a comment":      {"# bot_token = \"" + old + "\"\n" + start, set("tocsin.display_name", "x")},
		"a new channel":         {start, edit.Edit{Op: edit.Add, Path: "channel.telegram.other", JSON: json.RawMessage(`{"bot_token": "` + fresh + `", "chat_id": "1"}`)}},
		"away with a literal":   {literal, edit.Edit{Op: edit.Unset, Path: "channel.telegram.phone"}},
		"a misspelt one":        {start, set("channel.phone.bot_tokn", fresh)},
		"one that is wrong":     {start, set("channel.phone.bot_token", "hunter3")},
		"one in a list":         {start, edit.Edit{Op: edit.Set, Path: "channel.phone.bot_token", Value: `["` + fresh + `"]`, Here: true}},
		"no expression":         {start, edit.Edit{Op: edit.Set, Path: "channel.phone.bot_token", Value: `"` + fresh}},
		"no JSON":               {start, edit.Edit{Op: edit.Set, Path: "channel.phone.bot_token", JSON: json.RawMessage(fresh)}},
		"the webhook's":         {start, set("webhook.secret", fresh)},
		"the heart's":           {start, set("heartbeat.url", "https://hc.example/ping/"+fresh)},
		"the store's":           {start, set("store.url", "postgres://tocsin:"+fresh+"@db/tocsin")},
		"a shared secret":       {start + "webhook {\n  secret = secret(\"phone_bot_token\")\n}\n", set("channel.phone.bot_token", fresh)},
		"a local":               {strings.Replace(start, `secret("phone_bot_token")`, "local.token", 1) + "locals {\n  token = secret(\"phone_bot_token\")\n}\n", set("channel.phone.bot_token", fresh)},
		"a local with a secret": {strings.Replace(start, `secret("phone_bot_token")`, "local.token", 1) + "locals {\n  token = \"" + old + "\"\n}\n", set("channel.phone.chat_id", "7")},
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t, map[string]string{"tocsin.hcl": tt.file, "secrets/phone_bot_token": old})
			preview, err := p.Plan(ctx, save.Request{Edits: []edit.Edit{tt.edit}})
			note(p, preview, err)
			if err == nil {
				before := p.text("tocsin.hcl")
				c, err := p.Save(ctx, preview, anna, preview.Base)
				note(p, nil, err)
				if err == nil {
					text, _ := json.Marshal(c)
					fmt.Fprintln(&seen, string(text), c.Diff(), strings.Join(c.Effects, "\n"))
					undo, err := p.Plan(ctx, save.Request{Undo: c.ID})
					note(p, undo, err)
				}
				// Somebody else's change of the same value.
				p.write("tocsin.hcl", strings.ReplaceAll(strings.ReplaceAll(before, old, fresh), "-1001", "-1002"))
				_, err = p.Save(ctx, preview, anna, preview.Base)
				note(p, nil, err)
			}
			if strings.Contains(everything(t, p.config), "hunter3") && !strings.Contains(tt.file, old) {
				t.Errorf("the secret is in a file:\n%s", everything(t, p.config))
			}
		})
	}
	if strings.Contains(seen.String(), "hunter") {
		i := strings.Index(seen.String(), "hunter")
		t.Errorf("a secret is shown: …%s…", seen.String()[max(0, i-600):min(seen.Len(), i+100)])
	}
}

// TestSecretsAreHoisted: a literal goes to secrets/, and the file names it.
func TestSecretsAreHoisted(t *testing.T) {
	const fresh = "654321:hunter3-hunter3-hunter3-hunter3-hun"
	p := open(t, nil)
	p.save(p.plan(set("channel.phone.bot_token", fresh)))
	if p.text("secrets/phone_bot_token") != fresh || p.text("tocsin.hcl") != start {
		t.Errorf("the secret is %q, the file\n%s", p.text("secrets/phone_bot_token"), p.text("tocsin.hcl"))
	}
	p.save(p.plan(edit.Edit{Op: edit.Add, Path: `channel.telegram["Annas phone"]`, Value: `{ bot_token = "` + fresh + `", chat_id = "2" }`}))
	if got := p.text("panel.hcl"); !strings.Contains(got, `bot_token = secret("Annas_phone_bot_token")`) || p.text("secrets/Annas_phone_bot_token") != fresh {
		t.Errorf("panel.hcl is\n%s", got)
	}
	if info, err := os.Stat(filepath.Join(p.config, "secrets/Annas_phone_bot_token")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	// A local that a secret reads is one itself.
	q := open(t, map[string]string{"a.hcl": strings.Replace(start, `secret("phone_bot_token")`, "local.token", 1) + "locals {\n  token = \"123456:hunter2-hunter2-hunter2-hunter2-hun\" # mine\n}\n"})
	q.save(q.plan(set("locals.token", fresh)))
	if !strings.Contains(q.text("a.hcl"), `token = secret("token") # mine`) || q.text("secrets/token") != fresh {
		t.Errorf("the file is\n%s", q.text("a.hcl"))
	}
	// A name that is taken is not taken over.
	p.write("secrets/webhook_secret", "taken")
	p.write("secrets/webhook", "taken")
	p.save(p.plan(set("webhook.secret", "hunter3hunter3")))
	if p.text("secrets/webhook_2") != "hunter3hunter3" || p.text("secrets/webhook") != "taken" {
		t.Errorf("%s", p.text("panel.hcl"))
	}
	_, err := p.Plan(context.Background(), save.Request{Undo: "1"})
	if err == nil || !strings.Contains(err.Error(), "only set a secret") {
		t.Errorf("undo: %v", err)
	}
}
