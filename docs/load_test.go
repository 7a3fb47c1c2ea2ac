package docs_test

import (
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tocsin/builtin"
	"tocsin/channels/all"
	"tocsin/rules"
	"tocsin/rules/diag"
)

// snippetFile is what a snippet is called in diagnostics.
const snippetFile = "snippet.hcl"

// around is what a snippet leaves out and a reader has: tocsin switched on, and
// a phone and a mail box where it has no channel of its own.
func around(t *testing.T, text string) string {
	t.Helper()
	kinds := topKinds(text)
	out := ""
	if !kinds["tocsin"] {
		out += "tocsin {\n  enabled = true\n}\n"
	}
	if !kinds["channel"] {
		out += "channel \"log\" \"phone\" {\n}\nchannel \"log\" \"mail\" {\n}\n"
	}
	return out
}

// topKinds returns the kinds of blocks that a text has at its top.
func topKinds(text string) map[string]bool {
	kinds := map[string]bool{}
	file, _ := hclsyntax.ParseConfig([]byte(text), snippetFile, hcl.InitialPos)
	if file == nil {
		return kinds
	}
	for _, b := range file.Body.(*hclsyntax.Body).Blocks {
		kinds[b.Type] = true
	}
	return kinds
}

// loader keeps what it parsed of the pack from one snippet to the next.
var loader = sync.OnceValue(func() *rules.Loader { return new(rules.Loader) })

// load loads a snippet as a reader would who copied it.
func load(t *testing.T, text string) (*rules.Config, hcl.Diagnostics, rules.Input) {
	t.Helper()
	in := rules.Input{
		Pack:  builtin.Files(),
		Files: map[string][]byte{snippetFile: []byte(text), "around.hcl": []byte(around(t, text))},
		Kinds: all.Kinds(all.Options{Stdout: io.Discard}), Declared: all.Open(all.Options{Stdout: io.Discard}).Declared,
		Host:   "pve1",
		Zone:   time.UTC,
		Secret: secret,
	}
	config, diags := loader().Load(in)
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

// codes returns the codes of diagnostics, each once.
func codes(diags hcl.Diagnostics) map[string]bool {
	found := map[string]bool{}
	for _, d := range diags {
		found[diag.ExtraOf(d).Code] = true
	}
	return found
}

// printed returns diagnostics as check prints them.
func printed(t *testing.T, diags hcl.Diagnostics, in rules.Input) string {
	t.Helper()
	var b strings.Builder
	if err := (&diag.Printer{Sources: in.Sources()}).Print(&b, diags); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
