package rules_test

import (
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tocsin/channels"
	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules"
	"tocsin/rules/diag"
)

// load loads files over the test pack and fails the test on any diagnostic.
func load(t testing.TB, files map[string]string) *rules.Config {
	t.Helper()
	in := testInput(t, files)
	c, diags := rules.Load(in)
	if len(diags) > 0 {
		var text strings.Builder
		_ = (&diag.Printer{Sources: in.Sources()}).Print(&text, diags)
		t.Fatalf("diagnostics:\n%s", text.String())
	}
	return c
}

// loadOn loads one file below a tocsin block that is on.
func loadOn(t testing.TB, text string) *rules.Config {
	t.Helper()
	return load(t, map[string]string{"a.hcl": "tocsin {\n  enabled = true\n}\n", "farm.hcl": text})
}

func TestSettings(t *testing.T) {
	madrid, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	c := load(t, map[string]string{"all.hcl": `
tocsin {
  enabled      = true
  display_name = "home-lab"
  timezone     = "Europe/Madrid"
  edits        = "conf.d/panel.hcl"
  read_only    = true
}
api {
  listen        = "[::]:9000"
  tls_cert      = "/etc/ssl/cert.pem"
  tls_key       = "/etc/ssl/key.pem"
  allowed_hosts = ["Farm.lan", "[fd00::1]"]
  trusted_proxies = ["192.0.2.10", "fd01::/16"]
  rate          = "50/m"
}
webhook {
  secret   = secret("bell")
  old_secret = "was-${secret("bell")}"
  max_age  = "90s"
  allow    = ["10.1.2.3/8", "192.0.2.7", "fd00::/8"]
  rate     = "10/h"
  loopback = "secret"
}
store {
  url = "sqlite:///tmp/x.db"
}
history {
  keep = "7d"
}
heartbeat {
  url   = "https://${secret("bell")}.example/ping?rid=7"
  every = "30s"
}
`})
	want := rules.Settings{
		Tocsin: rules.Tocsin{Enabled: true, DisplayName: "home-lab", Zone: madrid, Edits: "conf.d/panel.hcl", ReadOnly: true, Place: "all.hcl:3"},
		API: rules.API{
			Listen: "[::]:9000", TLSCert: "/etc/ssl/cert.pem", TLSKey: "/etc/ssl/key.pem", AllowedHosts: []string{"farm.lan", "fd00::1"},
			Proxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.10/32"), netip.MustParsePrefix("fd01::/16")},
			Rate:    rules.Rate{Count: 50, Per: time.Minute}, Place: "all.hcl:9",
		},
		Webhook: rules.Webhook{
			Secret: event.NewSecret("hunter2-secret"), OldSecret: event.NewSecret("was-hunter2-secret"), LoopbackSecret: true, MaxAge: 90 * time.Second,
			Allow: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.7/32"), netip.MustParsePrefix("fd00::/8")},
			Rate:  rules.Rate{Count: 10, Per: time.Hour}, Place: "all.hcl:17",
		},
		Store:     rules.Store{URL: event.NewSecret("sqlite:///tmp/x.db"), Place: "all.hcl:25"},
		History:   rules.History{Keep: 7 * 24 * time.Hour, Place: "all.hcl:28"},
		Heartbeat: rules.Heartbeat{URL: event.NewSecret("https://hunter2-secret.example/ping?rid=7"), Every: 30 * time.Second, Place: "all.hcl:31"},
	}
	if diff := cmp.Diff(want, c.Settings, secrets(), zones(), prefixes()); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if c.Policy.Host != "home-lab" || !c.Policy.Enabled || c.Policy.Place != "all.hcl:3" || c.Templates.Zone.String() != "Europe/Madrid" {
		t.Errorf("policy %q, %v, %q, zone %v", c.Policy.Host, c.Policy.Enabled, c.Policy.Place, c.Templates.Zone)
	}
}

func TestDefaults(t *testing.T) {
	in := testInput(t, nil)
	c, diags := rules.Load(in)
	if c == nil || len(diags) != 1 || diag.ExtraOf(diags[0]).Code != rules.CodeDisabled {
		t.Fatalf("an empty configuration: %v", diags)
	}
	want := rules.Settings{
		Tocsin:    rules.Tocsin{Zone: time.UTC, Edits: "panel.hcl"},
		API:       rules.API{Listen: "127.0.0.1:8008", Rate: rules.Rate{Count: 1000, Per: time.Second}},
		Webhook:   rules.Webhook{MaxAge: 5 * time.Minute, Rate: rules.Rate{Count: 120, Per: time.Minute}},
		History:   rules.History{Keep: 90 * 24 * time.Hour},
		Heartbeat: rules.Heartbeat{Every: time.Minute},
	}
	if diff := cmp.Diff(want, c.Settings, secrets(), zones(), prefixes()); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if c.Policy.Host != "farmhouse" || c.Policy.Dedup.Value != 10*time.Second || c.Policy.Dedup.Place != "builtin/catalogue.hcl:73" {
		t.Errorf("policy: host %q, dedup %+v", c.Policy.Host, c.Policy.Dedup)
	}
	bare, _ := rules.Load(rules.Input{})
	if bare == nil || bare.Policy.Generic == nil || bare.Templates.Generic == nil {
		t.Error("without any pack there is no generic entry")
	}
}

// Comparers for values that hide what is in them.
func secrets() cmp.Option {
	return cmp.Comparer(func(a, b event.Secret) bool { return a.Reveal() == b.Reveal() })
}
func zones() cmp.Option {
	return cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
}
func prefixes() cmp.Option { return cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }) }

func TestCatalogue(t *testing.T) {
	c := loadOn(t, `
event "goat_born" {
  group       = "animals"
  severity    = "info"
  fields      = { name = "string", weight = "bytes" }
  fingerprint = ["name", "host"]
  resolves    = ["hay_low"]
  title       = "{{ .data.name }}"
}
group "barn" {
  enabled = false
}
burst "burst_births" {
  events    = ["goat_born"]
  threshold = 5
  window    = "1h"
  severity  = "WARNING"
  by        = ["name", "type"]
  samples   = 0
  title     = "{{ .count }} kids"
}
burst "burst_goats" {
  enabled = false
}
`)
	warning := event.Warning
	births := &engine.Burst{
		Name: "burst_births", Threshold: 5, Window: time.Hour, By: []string{"name", "type"}, Samples: 0, Severity: &warning, Place: "farm.hcl:13",
	}
	want := map[string]*engine.Type{
		"goat_born": {
			Name: "goat_born", Group: "animals", Severity: event.Info, Enabled: true, Place: "farm.hcl:2",
			Fields:      map[string]event.FieldType{"name": event.String, "weight": event.Size},
			Fingerprint: []string{"name", "host"}, Resolves: []string{"hay_low"}, Burst: births,
		},
		"goat_escaped": {
			Name: "goat_escaped", Group: "animals", Severity: event.Warning, Enabled: true, Place: "builtin/catalogue.hcl:12",
			Fields: map[string]event.FieldType{
				"name": event.String, "number": event.Number, "weight": event.Size, "away": event.Span, "seen": event.Instant, "friends": event.Sequence, "horned": event.Bool,
			},
			Fingerprint: []string{"name"}, Resolves: []string{},
		},
		// A group that is switched off switches off its events.
		"door_open": {
			Name: "door_open", Group: "barn", Severity: event.Warning, Live: true, Place: "farm.hcl:10",
			Fields: map[string]event.FieldType{"door": event.String}, Fingerprint: []string{}, Resolves: []string{},
		},
		// Its own enabled comes first.
		"hay_low": {Name: "hay_low", Group: "barn", Severity: event.Critical, Place: "builtin/catalogue.hcl:52", Resolves: []string{}},
	}
	for name, w := range want {
		if diff := cmp.Diff(w, c.Policy.Types[name], cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if fp := c.Policy.Types["hay_low"].Fingerprint; fp != nil {
		t.Errorf("no fingerprint list became %#v", fp)
	}
	if fp := c.Policy.Types["door_open"].Fingerprint; fp == nil {
		t.Error("an empty fingerprint list became none")
	}
	var listed []string
	for _, e := range c.Catalogue.Events {
		listed = append(listed, e.Group+"/"+e.Name)
	}
	wantListed := []string{"animals/goat_escaped", "animals/goat_back", "animals/goat_born", "barn/door_open", "barn/hay_low", "barn/custom"}
	if diff := cmp.Diff(wantListed, listed); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	if c.Policy.Generic != c.Policy.Types["custom"] || c.Templates.Generic != c.Templates.Entries["custom"] {
		t.Error("custom is not the generic entry")
	}
	if e := c.Templates.Entries["burst_births"]; e == nil || e.Title == nil || e.Fields["weight"] != event.Size {
		t.Errorf("the burst's entry is %+v", e)
	}
	if len(c.Catalogue.Bursts) != 2 || c.Catalogue.Bursts[0].Enabled || !c.Catalogue.Bursts[1].Enabled {
		t.Errorf("bursts %+v", c.Catalogue.Bursts)
	}
}

func TestScoped(t *testing.T) {
	c := loadOn(t, `
toggles {
  animals      = false
  goat_escaped = true
  hay_low      = "digest"
}
cooldown {
  barn      = null
  door_open = "0"
  warning   = "7d"
}
channel "note" "shed" {
  to = "x"
  toggles {
    door_open = "live"
    critical  = false
  }
}
`)
	setting := func(v engine.Toggle, place string) engine.Setting[engine.Toggle] {
		return engine.Setting[engine.Toggle]{Value: v, Place: place}
	}
	wantToggles := engine.Scoped[engine.Toggle]{
		Groups: map[string]engine.Setting[engine.Toggle]{"animals": setting(engine.Off, "farm.hcl:3")},
		Types: map[string]engine.Setting[engine.Toggle]{
			"goat_escaped": setting(engine.On, "farm.hcl:4"), "hay_low": setting(engine.ToDigest, "farm.hcl:5"),
		},
	}
	if diff := cmp.Diff(wantToggles, c.Policy.Toggles); diff != "" {
		t.Errorf("master toggles (-want +got):\n%s", diff)
	}
	off := setting(engine.Off, "farm.hcl:16")
	wantChannel := engine.Scoped[engine.Toggle]{
		Types:      map[string]engine.Setting[engine.Toggle]{"door_open": setting(engine.ToLive, "farm.hcl:15")},
		Severities: [3]*engine.Setting[engine.Toggle]{event.Critical: &off},
	}
	if diff := cmp.Diff(wantChannel, c.Policy.Channels[0].Toggles); diff != "" {
		t.Errorf("channel toggles (-want +got):\n%s", diff)
	}
	for _, tt := range []struct {
		typ, group string
		severity   event.Severity
		want       time.Duration
		place      string
	}{
		{"door_open", "barn", event.Warning, 0, "farm.hcl:9"},
		{"hay_low", "barn", event.Critical, time.Minute, "builtin/catalogue.hcl:77"}, // barn is taken away
		{"goat_escaped", "animals", event.Warning, 7 * 24 * time.Hour, "farm.hcl:10"},
		{"goat_back", "animals", event.Info, 15 * time.Minute, "builtin/catalogue.hcl:79"},
	} {
		got, _ := c.Policy.Cooldown.Lookup(tt.typ, tt.group, tt.severity)
		if got.Value != tt.want || got.Place != tt.place {
			t.Errorf("cooldown of %s = %+v, want %v at %s", tt.typ, got, tt.want, tt.place)
		}
	}
}

func TestChannels(t *testing.T) {
	c := load(t, map[string]string{"b.hcl": `
channel "note" "all" {
  to   = "me"
  when = "true"
}
`, "a.hcl": `
tocsin {
  enabled = true
}
channel "note" "some" {
  when    = "event.severity >= 'WARNING' and channel.name == 'some'"
  to      = -1001234567890
  copies  = "one"
  topic   = 42
  urgent  = true
  key     = secret("bell")
  rich    = false
  give_up = "12h"
}
channel "bell" "off" {
  enabled = false
  token   = secret("gone")
}
`})
	some := c.Channels["some"]
	if some.Channel == nil || some.Rich || some.GiveUp != 12*time.Hour || some.Kind != "note" || some.Place != "a.hcl:5" || !some.Enabled {
		t.Errorf("some = %+v", some)
	}
	wantValues := channels.Values{
		"to": "-1001234567890", "copies": []string{"one"}, "topic": 42.0, "urgent": true, "key": event.NewSecret("hunter2-secret"),
	}
	if diff := cmp.Diff(wantValues, some.Values, secrets()); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	if off := c.Channels["off"]; off.Enabled || off.Channel != nil {
		t.Errorf("off = %+v", off)
	}
	var order []string
	for _, ch := range c.Policy.Channels {
		order = append(order, ch.Name)
	}
	if diff := cmp.Diff([]string{"some", "all"}, order); diff != "" {
		t.Errorf("channels in the policy (-want +got):\n%s", diff)
	}
	when := c.Policy.Channels[0].When
	for severity, want := range map[event.Severity]bool{event.Info: false, event.Critical: true} {
		if ok, err := when.Match(&event.Event{Severity: severity}); ok != want || err != nil {
			t.Errorf("when(%s) = %v, %v", severity, ok, err)
		}
	}
	if c.Policy.Channels[0].WhenPlace != "a.hcl:6" {
		t.Errorf("when is at %s", c.Policy.Channels[0].WhenPlace)
	}
}

// TestChannelHash: the hash changes with what makes a destination, and with
// nothing else.
func TestChannelHash(t *testing.T) {
	hash := func(body string) string {
		return loadOn(t, "channel \"note\" \"x\" {\n"+body+"\n}\n").Channels["x"].Hash
	}
	base := hash("to = \"a\"\nkey = secret(\"bell\")")
	if got := hash("key = secret(\"bell\")\nto = \"a\"\nrich = false\nwhen = \"true\"\ngive_up = \"1h\""); got != base {
		t.Error("order, rich, when and give_up change the hash")
	}
	for _, body := range []string{"to = \"b\"\nkey = secret(\"bell\")", "to = \"a\"\nkey = env(\"BELL\")", "to = \"a\"", "to = \"a\"\ncopies = [\"key\"]"} {
		if got := hash(body); got == base {
			t.Errorf("%q has the same hash", body)
		}
	}
}

func TestHeld(t *testing.T) {
	in := testInput(t, map[string]string{"farm.hcl": "tocsin {\n  enabled = true\n}\nchannel \"bell\" \"phone\" {\n  token = \"x${secret(\"gone\")}\"\n}\n"})
	c, diags := rules.Load(in)
	if c == nil || len(diags) != 1 || diag.ExtraOf(diags[0]).Code != rules.CodeSecretMissing {
		t.Fatalf("diagnostics: %v", diags)
	}
	phone := c.Channels["phone"]
	if phone.Held != `there is no secret "gone"` || phone.Channel != nil || !phone.Enabled || len(c.Policy.Channels) != 1 {
		t.Errorf("phone = %+v in %d channels", phone, len(c.Policy.Channels))
	}
}

func TestFiles(t *testing.T) {
	c := load(t, map[string]string{"z.hcl": "", "a.hcl": "tocsin {\n  enabled = true\n}\n", "b/c.hcl": "# nothing\n"})
	var got []string
	for _, f := range c.Files {
		if len(f.Digest) != 64 {
			t.Errorf("%s has the digest %q", f.Path, f.Digest)
		}
		got = append(got, f.Path)
	}
	if diff := cmp.Diff([]string{"builtin/catalogue.hcl", "a.hcl", "b/c.hcl", "z.hcl"}, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	in := testInput(t, map[string]string{"builtin/catalogue.hcl": ""})
	if _, diags := rules.Load(in); !diags.HasErrors() || diag.ExtraOf(diags[0]).Code != rules.CodeTakenPath {
		t.Errorf("a file at the pack's path: %v", diags)
	}
}

// TestLoader: a reload sees every change, also of what is outside of the files.
func TestLoader(t *testing.T) {
	var l rules.Loader
	in := testInput(t, map[string]string{"a.hcl": "tocsin {\n  enabled = true\n}\n", "farm.hcl": `
locals {
  who = env("WHO")
}
channel "note" "x" {
  to   = local.who
  when = "event.host == local.who"
}
event "goat_born" {
  group = "animals"
  title = "{{ .local.who }}"
}
`})
	who := "ann"
	in.Env = func(string) (string, bool) { return who, true }
	check := func(want string) {
		t.Helper()
		c, diags := l.Load(in)
		if c == nil {
			t.Fatal(diags)
		}
		if got := c.Channels["x"].Values.String("to", ""); got != want {
			t.Errorf("to = %q, want %q", got, want)
		}
		if ok, err := c.Policy.Channels[0].When.Match(&event.Event{Host: want}); !ok || err != nil {
			t.Errorf("when: %v, %v", ok, err)
		}
		m, _ := c.Templates.Render(&event.Notification{Event: &event.Event{Type: "goat_born"}})
		if m.Title != want {
			t.Errorf("title = %q, want %q", m.Title, want)
		}
	}
	check("ann")
	check("ann")
	who = "bob"
	check("bob")
	in.Files["farm.hcl"] = []byte(strings.Replace(string(in.Files["farm.hcl"]), `env("WHO")`, `"carl"`, 1))
	check("carl")
	in.Files["farm.hcl"] = append(in.Files["farm.hcl"], "\nchannel \"note\" \"y\" {\n  to = x\n}\n"...)
	if c, diags := l.Load(in); c != nil || !diags.HasErrors() {
		t.Error("an error goes unseen on reload")
	}
	in.Files["farm.hcl"] = []byte(strings.Replace(string(in.Files["farm.hcl"]), "to = x", "to = \"x\"\n  when = \"false\"", 1))
	check("carl")
}

// TestAllAtOnce: a mistake in one file hides none in another, and the order is
// that of files and lines.
func TestAllAtOnce(t *testing.T) {
	files := map[string]string{
		"a.hcl": "tocsin {\n  enabled = maybe\n}\n", "b.hcl": "channel \"note\" \"x\" {\n  too = 1\n  to = [\n}\n", "c.hcl": "dedup {\n  window = 5\n  x = 1\n}\n",
	}
	_, diags := rules.Load(testInput(t, files))
	var got []string
	for _, d := range diags {
		got = append(got, d.Subject.Filename+" "+d.Summary)
	}
	want := []string{"a.hcl unknown variable \"maybe\"", "b.hcl invalid expression", "c.hcl window is not a duration", "c.hcl unknown argument \"x\""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
}

func TestTwiceInTwoFiles(t *testing.T) {
	_, diags := rules.Load(testInput(t, map[string]string{
		"a.hcl": "tocsin {\n  enabled = true\n}\nchannel \"note\" \"x\" {\n  to = \"a\"\n}\n",
		"b.hcl": "\nchannel \"note\" \"x\" {\n  to = \"b\"\n}\n",
	}))
	if len(diags) != 1 {
		t.Fatalf("diagnostics: %v", diags)
	}
	extra := diag.ExtraOf(diags[0])
	if diags[0].Subject.Filename != "b.hcl" || extra.Code != rules.CodeTwice || !strings.Contains(diags[0].Detail, "a.hcl:4") ||
		len(extra.Related) != 1 || extra.Related[0].Range.Filename != "a.hcl" {
		t.Errorf("%v, %+v", diags[0], extra)
	}
}

func TestSources(t *testing.T) {
	in := testInput(t, map[string]string{"x.hcl": ""})
	if diff := cmp.Diff([]string{"builtin/catalogue.hcl", "x.hcl"}, slices.Sorted(maps.Keys(in.Sources()))); diff != "" {
		t.Error(diff)
	}
}
