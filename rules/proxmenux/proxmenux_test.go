package proxmenux

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// small is a catalogue to convert with.
var small = Catalogue{
	Groups: map[string]bool{"vm_ct": true, "backups": true, "updates": true, "security": true},
	Types: map[string]Type{
		"vm_start":        {"vm_ct", true},
		"vm_stop":         {"vm_ct", false},
		"backup_complete": {"backups", true},
		"update_summary":  {"updates", true},
		"auth_fail":       {"security", true},
	},
}

// TestConvert converts each testdata/NAME.json and holds the files, the names of
// secrets and the notes against NAME.golden.
func TestConvert(t *testing.T) {
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal("no samples", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			s, err := Read(text)
			if err != nil {
				t.Fatal(err)
			}
			got := tell(Convert(s, "the sample", small))
			golden := strings.TrimSuffix(name, ".json") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func tell(r *Result) string {
	var b strings.Builder
	for _, name := range []string{"tocsin.hcl", "channels.hcl"} {
		b.WriteString("== " + name + "\n" + string(r.Files[name]))
	}
	b.WriteString("== secrets\n")
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range r.Secrets {
			if !yield(name) {
				return
			}
		}
	}) {
		b.WriteString(name + "\n")
	}
	b.WriteString("== missing\n" + strings.Join(r.Missing, "\n") + "\n== notes\n" + strings.Join(r.Notes, "\n") + "\n")
	return b.String()
}

func TestRead(t *testing.T) {
	want := Settings{"enabled": "true", "telegram.chat_id": "-100", "telegram.event.vm_stop": "false", "telegram.events.backup": "true", "ai_model_groq": "m"}
	for _, text := range []string{
		`{"enabled": "true", "telegram.chat_id": "-100", "telegram.event.vm_stop": "false", "telegram.events.backup": "true", "ai_model_groq": "m"}`,
		`{"notification.enabled": true, "notification.telegram.chat_id": -100, "telegram.event.vm_stop": false, "telegram.events.backup": true, "ai_model_groq": "m"}`,
		`{"config": {"enabled": true, "channels": {"telegram": {"chat_id": "-100"}}, "ai_models": {"groq": "m"}, "hostname": null,
		  "channel_overrides": {"telegram": {"categories": {"backup": true}, "events": {"vm_stop": false}}}, "event_types_by_group": {"x": [1]}}, "success": true}`,
	} {
		got, err := Read([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	for text, why := range map[string]string{
		`[]`:                           "no JSON object",
		`{}`:                           "no settings",
		`{"a": [1]}`:                   "a list",
		`{"telegram": {"chat_id": 1}}`: `"telegram.chat_id" is no setting`,
		`{"a": "` + strings.Repeat("x", maxValue+1) + `"}`: "longer than",
	} {
		if _, err := Read([]byte(text)); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%.40s: %v, want %q", text, err, why)
		}
	}
}

// The sealed texts were made by another implementation of the form.
func TestUnseal(t *testing.T) {
	key := make([]byte, 32)
	for i := range key {
		key[i] = byte(i)
	}
	const (
		long  = "ENC2:ZGVmZ2hpamtsbW5vcHFycw==:ql88t5qabprhR7TtJq9Tq+k8CUd37uagIWYnlznjn2CgZFT9RnHdc4qXoc+9YzJ1fJR46JoR90Jyj9t9wVqulAuglfI=:4G9SjffiZbv78qaMjYJ5+SpJ/TBBgAWkRhPphyrIgh8="
		short = "ENC2:ZGVmZ2hpamtsbW5vcHFycw==:6AVg8ds=:SAlaE79kFMN5tTt1709Wg5bod4NG6c7me1k9vN/JGzA="
		old   = "ENC:b21mI3dgZXVtfQ=="
	)
	for value, want := range map[string]string{
		long:    "123456:a token that is longer than one block of thirty-two bytes, ü",
		short:   "short",
		old:     "old secret",
		"plain": "plain",
	} {
		if got, err := Unseal(value, key); err != nil || got != want {
			t.Errorf("%.20s: %q, %v, want %q", value, got, err, want)
		}
	}
	tampered := strings.Replace(short, "6AVg", "7AVg", 1)
	for _, value := range []string{tampered, "ENC2:x", "ENC2:a:b:c", "ENC2:::", "ENC:*"} {
		if got, err := Unseal(value, key); err == nil {
			t.Errorf("%s was read as %q", value, got)
		}
	}
	if got, err := Unseal(short, key[:31]); err == nil {
		t.Errorf("another key reads %q", got)
	}
	if got, err := Unseal(old, nil); err == nil {
		t.Errorf("no key reads %q", got)
	}
}

// FuzzConvert: whatever the settings say, the files parse, and no secret stands in
// them.
func FuzzConvert(f *testing.F) {
	f.Add(`{"telegram.enabled":"true","telegram.bot_token":"1:ab","telegram.chat_id":"${x}\n}","hostname":"%{if}"}`)
	f.Add(`{"email.from_address":"a\"b","email.to_addresses":",a,","email.port":"99999","pbs_host":"\n}\nchannel \"exec\" \"x\" {"}`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Read([]byte(text))
		if err != nil {
			return
		}
		const secret = "hunter2-hunter2"
		s["telegram.bot_token"], s["webhook_secret"], s["apprise.url"] = secret, secret, secret
		r := Convert(s, "here", small)
		for name, file := range r.Files {
			tree, diags := hclsyntax.ParseConfig(file, name, hcl.InitialPos)
			if diags.HasErrors() {
				t.Fatalf("%v\n%s", diags, file)
			}
			for _, b := range tree.Body.(*hclsyntax.Body).Blocks {
				if !slices.Contains([]string{"tocsin", "webhook", "toggles", "cooldown", "channel"}, b.Type) {
					t.Fatalf("made a block %s of\n%s", b.Type, text)
				}
			}
			if strings.Contains(string(file), secret) && !strings.Contains(text, secret) {
				t.Fatalf("a secret stands in %s", name)
			}
		}
	})
}
