package save_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tocsin/rules/edit"
	"tocsin/rules/save"
)

// git runs the real git in a folder.
func (p *place) git(args ...string) string {
	p.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "safe.directory=*"}, args...)...)
	cmd.Dir = p.config
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// repository is a folder under git, with one commit.
func repository(t *testing.T) *place {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	p := open(t, map[string]string{"tocsin.hcl": start + "\ngit {\n  commit = true\n}\n", "notes.txt": "mine", ".gitignore": "secrets/\n", "secrets/phone_bot_token": "123456:hunter2-hunter2-hunter2-hunter2-hun"})
	p.git("init", "-q", "-b", "main")
	p.git("add", "-A")
	p.git("commit", "-q", "-m", "first")
	return p
}

func TestCommit(t *testing.T) {
	p := repository(t)
	p.write("notes.txt", "changed")
	p.git("add", "notes.txt") // staged, and not ours
	preview, err := p.Plan(context.Background(), save.Request{Edits: []edit.Edit{set("channel.phone.toggles.backup_complete", "false")}, Note: "They are too many."})
	if err != nil {
		t.Fatal(err)
	}
	c := p.save(preview)
	if got, want := p.git("log", "-1", "--format=%an|%cn|%s|%b"), "Anna|tocsin|backup_complete no longer reaches phone|They are too many.\n\n"; got != want {
		t.Errorf("the commit is %q, want %q", got, want)
	}
	if got := p.git("show", "--stat", "--format=", "HEAD"); !strings.Contains(got, "tocsin.hcl") || strings.Contains(got, "notes.txt") {
		t.Errorf("the commit has\n%s", got)
	}
	if got := p.git("status", "--porcelain"); got != "M  notes.txt\n" {
		t.Errorf("the status is\n%s", got)
	}
	if c.Commit == "" || !strings.HasPrefix(p.git("rev-parse", "HEAD"), c.Commit) {
		t.Errorf("commit %q", c.Commit)
	}
	// A file that is new, and then gone.
	c = p.save(p.plan(set("event.auth_fail.severity", "CRITICAL")))
	p.save(p.undo(c.ID))
	if got := p.git("status", "--porcelain"); got != "M  notes.txt\n" {
		t.Errorf("the status is\n%s", got)
	}
	if got := p.git("log", "--format=%s"); !strings.HasPrefix(got, "undo change 2\nauth_fail is CRITICAL, not WARNING\n") {
		t.Errorf("the log is\n%s", got)
	}
}

// TestAHookThatRefuses: its words are shown, and nothing is saved.
func TestAHookThatRefuses(t *testing.T) {
	p := repository(t)
	hook := "#!/bin/sh\necho 'the linter says no: 654321:hunter3-hunter3-hunter3-hunter3-hun' >&2\nexit 1\n"
	if err := os.WriteFile(filepath.Join(p.config, ".git/hooks/pre-commit"), []byte(hook), 0o755); err != nil {
		t.Fatal(err)
	}
	before := p.text("tocsin.hcl")
	for _, edits := range [][]edit.Edit{
		{set("channel.phone.chat_id", "-5"), set("channel.phone.bot_token", "654321:hunter3-hunter3-hunter3-hunter3-hun")},
		{set("event.auth_fail.severity", "CRITICAL"), set("webhook.secret", "654321:hunter3-hunter3-hunter3-hunter3-hun")},
	} {
		preview := p.plan(edits...)
		_, err := p.Save(context.Background(), preview, anna, preview.Base)
		if err == nil || !strings.Contains(err.Error(), "the linter says no") {
			t.Errorf("error %v", err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter3") {
			t.Errorf("a secret is shown: %v", err)
		}
	}
	if p.text("tocsin.hcl") != before || p.text("panel.hcl") != "" || p.text("secrets/webhook") != "" || !strings.Contains(p.text("secrets/phone_bot_token"), "hunter2") {
		t.Errorf("something is left: %s\n%s", p.text("tocsin.hcl"), p.text("panel.hcl"))
	}
	if got := p.git("status", "--porcelain"); got != "" {
		t.Errorf("the status is\n%s", got)
	}
	if list, err := p.Changes(); err != nil || len(list) != 0 {
		t.Errorf("%d changes, %v", len(list), err)
	}
}

func TestNoWorkTree(t *testing.T) {
	p := open(t, map[string]string{"tocsin.hcl": start + "git {\n  commit = true\n}\n"})
	preview := p.plan(set("channel.phone.chat_id", "-5"))
	if _, err := p.Save(context.Background(), preview, anna, preview.Base); err == nil || !strings.Contains(err.Error(), "in no work tree of git") || strings.Contains(p.text("tocsin.hcl"), "-5") {
		t.Errorf("error %v", err)
	}
	p.save(p.plan(set("git.commit", "false"))) // the way out
}

// TestCheckoutMeanwhile: another branch between looking and saving is seen.
func TestCheckoutMeanwhile(t *testing.T) {
	p := repository(t)
	p.git("checkout", "-q", "-b", "other")
	p.write("tocsin.hcl", strings.Replace(p.text("tocsin.hcl"), "-1001", "-2002", 1))
	p.git("commit", "-q", "-a", "-m", "another chat")
	p.git("checkout", "-q", "main")
	same := p.plan(set("channel.phone.chat_id", "-5"))
	apart := p.plan(set("channel.phone.toggles.updates", "true"))
	p.git("checkout", "-q", "other")
	var conflict *save.Conflict
	if _, err := p.Save(context.Background(), same, anna, same.Base); !errors.As(err, &conflict) || conflict.Theirs != `"-2002"` {
		t.Errorf("error %v", err)
	}
	var stale *save.Stale
	if _, err := p.Save(context.Background(), apart, anna, apart.Base); !errors.As(err, &stale) {
		t.Fatalf("error %v", err)
	}
	p.save(stale.Preview)
	if text := p.text("tocsin.hcl"); !strings.Contains(text, "-2002") || !strings.Contains(text, "updates = true") {
		t.Errorf("the file is\n%s", text)
	}
}
