package examples_test

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"tocsin/builtin"
	"tocsin/channels/all"
	"tocsin/engine"
	"tocsin/rules"
	"tocsin/rules/diag"
	"tocsin/rules/folder"
	"tocsin/rules/layout"
	"tocsin/rules/ruletest"
)

// sets are the complete rule sets, which have tests.
var sets = []string{"cluster", "homelab", "hosting"}

// single are the folders that show one thing.
var single = []string{"channels", "probes", "quickstart", "service"}

// load compiles a folder as the daemon would on a host that has every secret.
func load(t *testing.T, dir string) (*rules.Config, hcl.Diagnostics, rules.Input) {
	t.Helper()
	f, err := folder.Open(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	files, err := f.Files()
	if err != nil {
		t.Fatal(err)
	}
	in := rules.Input{
		Pack: builtin.Files(), Files: files, Kinds: all.Kinds(all.Options{Stdout: io.Discard}), Declared: all.Open(all.Options{Stdout: io.Discard}).Declared, Host: "pve1", Zone: time.UTC,
		Secret: secret, ReadFile: f.ReadFile, Now: time.Now(),
	}
	config, diags := rules.Load(in)
	return config, diags, in
}

// secret returns a value in the form that its service gives out.
func secret(name string) (string, error) {
	switch {
	case strings.HasSuffix(name, "bot_token"):
		return "123456789:" + strings.Repeat("A", 35), nil
	case strings.Contains(name, "discord"):
		return "https://discord.com/api/webhooks/1122334455/" + strings.Repeat("x", 20), nil
	case strings.HasSuffix(name, "_address"):
		return "ircs://nick:swordfish@irc.example.org/alerts", nil
	case strings.HasSuffix(name, "_url"):
		return "https://hooks.example.org/in/" + strings.Repeat("x", 20), nil
	case name == "heartbeat":
		return "https://hc-ping.com/5f2c9e4a-7f7b-4c1e-9d0a-2b6f4f8f1c11", nil
	}
	return "swordfish", nil
}

// TestFoldersAreListed fails when a folder of examples is not tested here.
func TestFoldersAreListed(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && e.Name() != unitDir && e.Name() != scriptDir && !slices.Contains(sets, e.Name()) && !slices.Contains(single, e.Name()) {
			t.Errorf("nothing tests examples/%s", e.Name())
		}
	}
}

// TestLoads wants every example to load without an error or a warning. The
// folder of channels shows channels alone and so switches nothing on, and its
// programs are on no host.
func TestLoads(t *testing.T) {
	for _, dir := range slices.Concat(sets, single) {
		t.Run(dir, func(t *testing.T) {
			_, diags, in := load(t, dir)
			diags = slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool {
				code := diag.ExtraOf(d).Code
				return dir == "channels" && (code == rules.CodeDisabled || code == rules.CodeTakesAll || code == rules.CodeNotReady)
			})
			if len(diags) > 0 {
				t.Error(printed(t, diags, in))
			}
		})
	}
}

// TestLayout wants every file in the canonical layout, as fmt --check does, also
// those that the loader leaves out.
func TestLayout(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".hcl") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		got, diags := layout.Format(src, path)
		if diff := cmp.Diff(string(got), string(src)); diff != "" || diags.HasErrors() {
			t.Errorf("%s: %v (-canonical +file)\n%s", path, diags, diff)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestStories runs the test blocks of the rule sets.
func TestStories(t *testing.T) {
	for _, dir := range sets {
		t.Run(dir, func(t *testing.T) {
			config, _, _ := load(t, dir)
			if config == nil {
				t.Fatal("it does not load")
			}
			if len(config.Tests) < 8 {
				t.Errorf("only %d tests", len(config.Tests))
			}
			for i := range config.Tests {
				if r := ruletest.Run(config, &config.Tests[i]); !r.Passed() {
					t.Errorf("%s: %q: %+v", r.Place, r.Name, r.Failures)
				}
			}
		})
	}
}

// TestStoriesNotice takes each rule, silence and inhibition away in turn: some
// story of the set must notice, or it would not show what the block is for.
func TestStoriesNotice(t *testing.T) {
	for _, dir := range sets {
		config, _, _ := load(t, dir)
		if config == nil {
			t.Fatalf("%s does not load", dir)
		}
		p := config.Policy
		for i, rule := range p.Rules {
			without := *p
			without.Rules = slices.Delete(slices.Clone(p.Rules), i, i+1)
			noticed(t, config, &without, rule.Name, rule.Place)
		}
		for i, silence := range p.Silences {
			without := *p
			without.Silences = slices.Delete(slices.Clone(p.Silences), i, i+1)
			noticed(t, config, &without, silence.Name, silence.Place)
		}
		for i, inhibition := range p.Inhibitions {
			without := *p
			without.Inhibitions = slices.Delete(slices.Clone(p.Inhibitions), i, i+1)
			noticed(t, config, &without, inhibition.Name, inhibition.Place)
		}
	}
}

// noticed fails when every story passes with the policy that lacks a block.
func noticed(t *testing.T, config *rules.Config, without *engine.Policy, name, place string) {
	t.Helper()
	if strings.HasPrefix(place, "builtin/") { // the pack has tests of its own
		return
	}
	changed := *config
	changed.Policy = without
	for i := range changed.Tests {
		if r := ruletest.Run(&changed, &changed.Tests[i]); !r.Passed() {
			return
		}
	}
	t.Errorf("%s: no test notices when %q is taken away", place, name)
}

func printed(t *testing.T, diags hcl.Diagnostics, in rules.Input) string {
	t.Helper()
	var b strings.Builder
	if err := (&diag.Printer{Sources: in.Sources()}).Print(&b, diags); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
