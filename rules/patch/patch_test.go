package patch_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/builtin"
	"tocsin/channels/all"
	"tocsin/rules"
	"tocsin/rules/edit"
	"tocsin/rules/patch"
)

const house = `
tocsin {
  enabled      = true
  display_name = local.site
}
locals {
  site = "farm"
}
channel "telegram" "phone" {
  bot_token = secret("phone")
  chat_id   = "-1001"
  topic_id  = 42

  toggles {
    updates = false
  }
  quiet_hours {
    hours = "22:30-07:00"
  }
}
channel "webhook" "hook" {
  url     = "http://127.0.0.1:9/in"
  headers = { Authorization = secret("phone"), Accept = "text/plain" }
}
event "backup_fail" {
  details = { Site = "barn" }
}
rule "night" {
  events   = ["backup_*"]
  channels = ["phone", "hook"]
}
test "one" {
  send "backup_fail" {
    at = "0s"
  }
}
`

func blocks(t testing.TB, src string) []rules.Block {
	t.Helper()
	in := rules.Input{
		Pack: builtin.Files(), Files: map[string][]byte{"house.hcl": []byte(src)}, Kinds: all.Kinds(all.Options{Stdout: io.Discard}),
		Secret: func(string) (string, error) { return "31337:gander-mortar-gander-mortar-gander-m", nil },
	}
	var l rules.Loader
	c, diags := l.Load(in)
	if c == nil {
		t.Fatal(diags.Errs())
	}
	return l.Blocks(in, c)
}

func told(edits []edit.Edit) []string {
	out := []string{}
	for _, e := range edits {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s", e.Op, e.Path, e.JSON)))
	}
	return out
}

func TestPatches(t *testing.T) {
	all := blocks(t, house)
	for _, tt := range []struct {
		name, patch string
		want        []string
	}{
		{"nothing", `{}`, []string{}},
		{"a revision", `{"revision": "abc"}`, []string{}},
		{"as it is", `{"tocsin": {"enabled": true, "display_name": "farm"}, "channel": {"telegram": {"phone": {"topic_id": 42.0, "bot_token": {"set": true}}}}}`, []string{}},
		{"a value", `{"tocsin": {"enabled": false}}`, []string{"set tocsin.enabled false"}},
		{"two, in their order", `{"dedup": {"window": "1m"}, "api": {"rate": "5/s"}}`, []string{`set dedup.window "1m"`, `add api {"rate":"5/s"}`}},
		{"a value away", `{"channel": {"telegram": {"phone": {"topic_id": null, "rate": null}}}}`, []string{"unset channel.telegram.phone.topic_id"}},
		{"a secret", `{"channel": {"telegram": {"phone": {"bot_token": "1:new"}}}}`, []string{`set channel.telegram.phone.bot_token "1:new"`}},
		{"a nested block", `{"channel": {"telegram": {"phone": {"toggles": {"updates": true, "backup_fail": "digest"}, "digest": {"at": "09:00"}}}}}`,
			[]string{"set channel.telegram.phone.toggles.updates true", `set channel.telegram.phone.toggles.backup_fail "digest"`, `add channel.telegram.phone.digest {"at":"09:00"}`}},
		{"a nested block away", `{"channel": {"telegram": {"phone": {"quiet_hours": null, "fallback": null}}}}`, []string{"remove channel.telegram.phone.quiet_hours"}},
		{"a map", `{"event": {"backup_fail": {"details": {"Site": null, "Owner": "ops"}}}}`, []string{"unset event.backup_fail.details.Site", `set event.backup_fail.details.Owner "ops"`}},
		{"a map of secrets", `{"channel": {"webhook": {"hook": {"headers": {"Authorization": {"set": true}, "X-One": "1"}}}}}`, []string{`set channel.webhook.hook.headers.X-One "1"`}},
		{"a list", `{"rule": {"night": {"channels": ["phone"]}}}`, []string{`set rule.night.channels ["phone"]`}},
		{"a new block", `{"channel": {"log": {"desk": {"when": "false", "path": null, "toggles": {"updates": false}}}}}`, []string{`add channel.log.desk {"when":"false","toggles":{"updates":false}}`}},
		{"a block away", `{"rule": {"night": null, "none": null}}`, []string{"remove rule.night"}},
		{"all of a kind away", `{"channel": {"telegram": null}}`, []string{"remove channel.telegram.phone"}},
		{"a local", `{"locals": {"site": "barn", "more": [1]}}`, []string{`set locals.site "barn"`, "set locals.more [1]"}},
		{"a test", `{"test": {"two": {"start": "2026-01-01T00:00:00Z", "send": [{"type": "backup_fail", "at": "0s"}]}}}`,
			[]string{`add test.two {"start":"2026-01-01T00:00:00Z"}`, `add test.two.send.backup_fail {"at":"0s"}`}},

		{"flat: on", `{"enabled": "false", "hostname": "pve1"}`, []string{"set tocsin.enabled false", `set tocsin.display_name "pve1"`}},
		{"flat: a channel", `{"telegram.enabled": "false", "telegram.chat_id": "-5", "telegram.topic_id": "", "telegram.rich_format": true}`,
			[]string{"set channel.telegram.phone.enabled false", `set channel.telegram.phone.chat_id "-5"`, "unset channel.telegram.phone.topic_id", "set channel.telegram.phone.rich true"}},
		{"flat: asterisks", `{"telegram.bot_token": "************"}`, []string{}},
		{"flat: a first channel", `{"email.host": "mx.example", "email.port": "25", "email.tls_mode": "ssl", "email.to_addresses": "a@b.c, d@e.f"}`,
			[]string{`add channel.email.email-1 {"host":"mx.example","port":25,"tls":"tls","to":["a@b.c","d@e.f"]}`}},
		{"flat: a first channel that is off", `{"gotify.enabled": "false", "gotify.url": "http://192.0.2.1", "gotify.token": "Abarn"}`,
			[]string{`add channel.gotify.gotify-1 {"enabled":false,"url":"http://192.0.2.1","token":"Abarn"}`}},
		{"flat: a form as a whole", `{"enabled": "true", "hostname": "barn", "webhook_secret": "", "pve_host": "",
			"discord.enabled": "false", "discord.webhook_url": "", "discord.rich_format": "true", "discord.quiet_enabled": "false", "discord.events.backup": "false",
			"email.enabled": "false", "email.port": "587", "email.tls_mode": "starttls", "email.from_address": "", "email.digest_last_at": "1700000000",
			"ai_enabled": "false", "ai_provider": "groq", "telegram.ai_detail_level": "brief", "event_explicit.vm_stop": "1", "telegram.digest_last_at": "1700000000"}`,
			[]string{`set tocsin.display_name "barn"`}},
		{"flat: names of the database", `{"notification.telegram.chat_id": "-7", "notification.enabled": "false"}`, []string{`set channel.telegram.phone.chat_id "-7"`, "set tocsin.enabled false"}},
		{"flat: groups by their names there", `{"telegram.events.backup": "false", "cooldown.backup": "60"}`,
			[]string{"set channel.telegram.phone.toggles.backups false", `set cooldown.backups "60s"`}},
		{"flat: a group goes first", `{"telegram.event.vm_stop": "true", "telegram.events.vm_ct": "false", "telegram.event.vm_fail": "false"}`,
			[]string{"set channel.telegram.phone.toggles.vm_ct false", "set channel.telegram.phone.toggles.vm_fail false"}},
		{"flat: what the catalogue says", `{"telegram.event.backup_fail": "true", "telegram.event.vm_stop": "false", "event.backup_fail": true}`, []string{}},
		{"flat: an hour of one digit", `{"telegram.quiet_start": "7:30", "telegram.digest_enabled": "true", "telegram.digest_time": "9:00"}`,
			[]string{`set channel.telegram.phone.quiet_hours.hours "07:30-07:00"`, `add channel.telegram.phone.digest {"at":"09:00"}`}},
		{"flat: none to switch off", `{"gotify.enabled": "false"}`, []string{}},
		{"flat: events", `{"events.backup_complete": "false", "telegram.events.backups": "false", "telegram.event.vm_stop": "true"}`,
			[]string{`add toggles {"backup_complete":false}`, "set channel.telegram.phone.toggles.backups false", "set channel.telegram.phone.toggles.vm_stop true"}},
		{"flat: cooldown", `{"cooldown.info": "60", "cooldown.backup_fail": 90}`, []string{`set cooldown.info "60s"`, `set cooldown.backup_fail "90s"`}},
		{"flat: quiet hours", `{"telegram.quiet_start": "23:00"}`, []string{`set channel.telegram.phone.quiet_hours.hours "23:00-07:00"`}},
		{"flat: no quiet hours", `{"telegram.quiet_enabled": "false", "telegram.digest_enabled": true, "telegram.digest_time": "08:00"}`,
			[]string{"remove channel.telegram.phone.quiet_hours", `add channel.telegram.phone.digest {"at":"08:00"}`}},
		{"a path", `{"channel.phone.toggles.updates": true, "dedup.window": "2m"}`, []string{"set channel.telegram.phone.toggles.updates true", `set dedup.window "2m"`}},
		{"both in one", `{"tocsin": {"timezone": "UTC"}, "enabled": false}`, []string{`set tocsin.timezone "UTC"`, "set tocsin.enabled false"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			edits, err := patch.Edits(all, []byte(tt.patch))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, told(edits)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPatchesThatAreRefused(t *testing.T) {
	all := blocks(t, house+"channel \"telegram\" \"two\" {\n  bot_token = secret(\"phone\")\n  chat_id = \"-2\"\n  when = \"false\"\n}\n")
	for patched, why := range map[string]string{
		`[]`:                           "no JSON object",
		`{"a"`:                         "no JSON",
		`{"chanel": {}}`:               `no setting "chanel"`,
		`{"enabled": "maybe"}`:         "neither true nor false",
		`{"tocsin": true}`:             "tocsin is no object",
		`{"channel": {"log": "desk"}}`: "channel.log is no object",
		`{"telegram.chat_id": "1"}`:    "there are 2 channels of kind telegram",
		`{"channel": {"log": {"a": {"path": {"set": true}}}}}`:               "no secret is there",
		`{"tocsin": {"display_name": "************"}}`:                       "no secret is there",
		`{"rule": {"night": {"channels": [{"set": true}]}}}`:                 "no secret is there",
		`{"test": {"one": {"send": [{"type": "backup_fail", "at": "1s"}]}}}`: "in an order",
		`{"ai_provider": "openai"}`:                                          "no rewriting",
		`{"ai_enabled": "true", "ai_provider": "groq"}`:                      "no rewriting",
		`{"pve_host": "192.0.2.1"}`:                                          "no place",
		strings.Repeat(`{"a":`, 100) + "1" + strings.Repeat("}", 100):        "nested too deeply",
	} {
		edits, err := patch.Edits(all, []byte(patched))
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%.60s: got %v, %v; want %q", patched, told(edits), err, why)
		}
		if _, ok := errors.AsType[*patch.Error](err); err != nil && !ok {
			t.Errorf("%.60s: %T", patched, err)
		}
	}
}

// A block that is put says just what was sent, over what the pack says.
func TestBlockIsJustSo(t *testing.T) {
	all := blocks(t, house)
	for _, tt := range []struct {
		name, kind string
		labels     []string
		body       string
		want       []string
	}{
		{"less", "channel", []string{"telegram", "phone"}, `{"chat_id": "-1001", "bot_token": {"set": true}}`,
			[]string{"unset channel.telegram.phone.topic_id", "remove channel.telegram.phone.toggles", "remove channel.telegram.phone.quiet_hours"}},
		{"the pack stays", "event", []string{"backup_fail"}, `{"severity": "WARNING"}`, []string{`set event.backup_fail.severity "WARNING"`, "unset event.backup_fail.details"}},
		{"new", "silence", []string{"sunday"}, `{"hours": "sun 02:00-05:00"}`, []string{`add silence.sunday {"hours":"sun 02:00-05:00"}`}},
		{"a map", "channel", []string{"webhook", "hook"}, `{"url": {"set": true}, "headers": {"Accept": "a/b"}}`, []string{`set channel.webhook.hook.headers {"Accept":"a/b"}`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			edits, err := patch.Block(all, tt.kind, tt.labels, []byte(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, told(edits)); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, bad := range [][]string{{"channel", "telegram"}, {"barn"}, {"dedup", "x"}} {
		if _, err := patch.Block(all, bad[0], bad[1:], []byte(`{}`)); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}

// The document, sent back as it is, changes nothing: not even where a value comes
// from elsewhere or is a secret.
func TestDocumentIsItsOwnPatch(t *testing.T) {
	all := blocks(t, house)
	text, err := json.Marshal(patch.NewDocument(all))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "31337:gander-mortar-gander-mortar-gander-m") {
		t.Error("the document holds the secret")
	}
	edits, err := patch.Edits(all, text)
	if err != nil || len(edits) > 0 {
		t.Errorf("got %v, %v", told(edits), err)
	}
	var doc struct {
		Channel map[string]map[string]map[string]any
		Event   map[string]map[string]any
		Test    map[string]map[string]any
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	phone := doc.Channel["telegram"]["phone"]
	if phone["chat_id"] != "-1001" || fmt.Sprint(phone["bot_token"]) != "map[set:true]" || fmt.Sprint(phone["toggles"]) != "map[updates:false]" {
		t.Errorf("got %v", phone)
	}
	if len(doc.Event) < 70 || fmt.Sprint(doc.Test["one"]["send"]) != "[map[at:0s type:backup_fail]]" {
		t.Errorf("got %d events, and %v", len(doc.Event), doc.Test)
	}
	places := patch.Places(all)
	if p := places["channel.telegram.phone.chat_id"]; p.File != "house.hcl" || p.Line != 11 || p.Pack {
		t.Errorf("got %v", p)
	}
	if p := places["event.backup_complete"]; !p.Pack || p.Line == 0 {
		t.Errorf("got %v", p)
	}
}

// Whatever is sent, no patch is worse than refused, and none shows a value.
func FuzzEdits(f *testing.F) {
	all := blocks(f, house)
	for _, seed := range []string{`{"tocsin":{"enabled":false}}`, `{"telegram.quiet_enabled":"true"}`, `{"channel":{"log":{"a":{"x":[1,{"set":true}]}}}}`, `{"test":{"a":{"send":[{"type":"x"}]}}}`, `{"channel.phone.toggles[\"x\"]":null}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		edits, err := patch.Edits(all, text)
		if err != nil {
			return
		}
		for _, e := range edits {
			if _, err := edit.ParseAddress(e.Path); err != nil && e.Path != "" && len(e.Path) < 4000 && strings.Count(e.Path, ".") < 30 {
				t.Errorf("%q is no path: %v", e.Path, err)
			}
		}
	})
}
