package all_test

import (
	"errors"
	"io"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"tocsin/channels"
	"tocsin/channels/all"
	"tocsin/engine/event"
)

// common are the attributes of every channel block, whatever its kind.
var common = []string{"enabled", "when", "rich", "detail", "rate", "give_up"}

// secrets are values in the form that the services give them out.
var secrets = map[string]string{
	"bot_token": "123456789:AAF-kQ7wTz3VbN5cXh2Jm8Ls0Rp4Yd6Ge1u", "webhook_url": "https://discord.com/api/webhooks/1122334455/tOk-en_7731",
	"token": "AbCdEf.GhIjKl1", "password": "hush-7731", "access_token": "syt_tOk-en_7731",
	"url": "https://hooks.example/in/tOk-en_7731", "secret": "whsec_c2lnbmVkLTc3MzE=",
}

func names(kinds []channels.Kind) []string {
	var list []string
	for _, k := range kinds {
		list = append(list, k.Name)
	}
	return list
}

// Every adapter's folder is on the list, once.
func TestKindsAreTheFolders(t *testing.T) {
	got := names(all.Kinds(all.Options{Stdout: io.Discard}))
	slices.Sort(got)
	var want []string
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		source, err := os.ReadFile(filepath.Join("..", e.Name(), "kind.go"))
		if err == nil && strings.Contains(string(source), "\nfunc Kind(") {
			want = append(want, e.Name())
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the folders and the list differ: %s", diff)
	}
}

// Every adapter is examined, and those that speak to a network with every fault
// of it.
func TestKindsAreExamined(t *testing.T) {
	for _, k := range all.Kinds(all.Options{Stdout: io.Discard}) {
		tests, err := filepath.Glob(filepath.Join("..", k.Name, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		for _, file := range tests {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text.Write(source)
		}
		if !strings.Contains(text.String(), "channeltest.Run(") {
			t.Errorf("%s does not join the conformance suite", k.Name)
		}
		if k.Name != "log" && !strings.Contains(text.String(), "channeltest.RunFaults(") {
			t.Errorf("%s has no table of faults", k.Name)
		}
	}
}

func TestKindsAreDescribed(t *testing.T) {
	for _, k := range all.Kinds(all.Options{Stdout: io.Discard}) {
		if k.Name == "" || k.Doc == "" || !strings.HasSuffix(k.Doc, ".") || k.New == nil {
			t.Errorf("%s: Name, Doc or New is missing, or Doc is no sentence: %q", k.Name, k.Doc)
		}
		for _, f := range k.Fields {
			if f.Name == "" || f.Doc == "" || !strings.HasSuffix(f.Doc, ".") || f.Example == "" {
				t.Errorf("%s, %s: Doc or Example is missing, or Doc is no sentence: %q", k.Name, f.Name, f.Doc)
			}
			if slices.Contains(common, f.Name) {
				t.Errorf("%s, %s: every channel block has an attribute of this name", k.Name, f.Name)
			}
			if _, diags := hclsyntax.ParseExpression([]byte(f.Example), k.Name, hcl.InitialPos); diags.HasErrors() {
				t.Errorf("%s, %s: the example is not HCL: %v", k.Name, f.Name, diags)
			}
		}
	}
}

// Every kind has an example file, which sets each required field, names each
// other one, and makes a channel.
func TestKindsHaveExamples(t *testing.T) {
	folder := filepath.Join("..", "..", "examples", "channels")
	files, err := filepath.Glob(filepath.Join(folder, "*.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	kinds := all.Kinds(all.Options{Stdout: io.Discard, Refuse: func(netip.AddrPort) bool { return true }})
	if len(files) != len(kinds) {
		t.Errorf("%d files for %d kinds: %v", len(files), len(kinds), files)
	}
	for _, k := range kinds {
		t.Run(k.Name, func(t *testing.T) {
			path := filepath.Join(folder, k.Name+".hcl")
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range k.Fields {
				if !strings.Contains(string(source), f.Name+" ") {
					t.Errorf("%s does not show the field %s", path, f.Name)
				}
			}
			if !strings.HasPrefix(string(source), "# ") {
				t.Errorf("%s does not begin with a word on what it is", path)
			}
			if _, err := k.New(exampleValues(t, k, path, source)); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		})
	}
}

// exampleValues returns the values of the one channel block in a file.
func exampleValues(t *testing.T, k channels.Kind, path string, source []byte) channels.Values {
	t.Helper()
	file, diags := hclparse.NewParser().ParseHCL(source, path)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	blocks := file.Body.(*hclsyntax.Body).Blocks
	if len(blocks) != 1 || blocks[0].Type != "channel" || len(blocks[0].Labels) != 2 || blocks[0].Labels[0] != k.Name || slices.Contains(names([]channels.Kind{k}), blocks[0].Labels[1]) {
		t.Fatalf("%s holds something else than one channel %q with a name of its own", path, k.Name)
	}
	v := channels.Values{}
	for _, name := range slices.Sorted(maps.Keys(blocks[0].Body.Attributes)) {
		expr := blocks[0].Body.Attributes[name].Expr
		f, known := k.Field(name)
		switch {
		case known:
			v[name] = exampleValue(t, f, expr)
		case !slices.Contains(common, name):
			t.Errorf("%s: the kind has no field %s", path, name)
		}
	}
	return v
}

func exampleValue(t *testing.T, f channels.Field, expr hclsyntax.Expression) any {
	t.Helper()
	if f.Type == channels.Secret || f.Type == channels.Address {
		if call, ok := expr.(*hclsyntax.FunctionCallExpr); !ok || call.Name != "secret" {
			t.Errorf("the secret %s stands in the file", f.Name)
		}
		return event.NewSecret(secrets[f.Name])
	}
	value, diags := expr.Value(nil)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	switch f.Type {
	case channels.Map:
		entries := map[string]event.Secret{}
		for name, item := range value.AsValueMap() {
			entries[name] = event.NewSecret(item.AsString())
		}
		return entries
	case channels.Number:
		n, _ := value.AsBigFloat().Float64()
		return n
	case channels.Bool:
		return value.True()
	case channels.List:
		if value.Type() == cty.String {
			return []string{value.AsString()}
		}
		var list []string
		for _, item := range value.AsValueSlice() {
			list = append(list, item.AsString())
		}
		return list
	}
	return value.AsString()
}

// The guard on addresses reaches every kind that opens connections.
func TestRefuseReachesEveryKind(t *testing.T) {
	values := map[string]channels.Values{
		"apprise": {"url": event.NewSecret("json://127.0.0.1/x"), "api": event.NewSecret("http://127.0.0.1:9")},
		"tocsin":  {"url": "http://127.0.0.1:9", "token": event.NewSecret(secrets["token"])},
		"webhook": {"url": event.NewSecret("http://127.0.0.1:9/in")},
		"discord": {"webhook_url": event.NewSecret("http://127.0.0.1:9/api/webhooks/1/x")},
		"gotify":  {"url": "http://127.0.0.1:9", "token": event.NewSecret(secrets["token"])},
		"matrix":  {"server": "http://127.0.0.1:9", "access_token": event.NewSecret("syt_x"), "rooms": []string{"!r:lab"}},
		"telegram": {
			"bot_token": event.NewSecret(secrets["bot_token"]), "chat_id": "7", "api_url": "http://127.0.0.1:9",
		},
		"email": {"host": "127.0.0.1", "port": 9.0, "from": "a@lab.example", "to": []string{"b@lab.example"}},
	}
	for _, k := range all.Kinds(all.Options{Stdout: io.Discard, Refuse: func(netip.AddrPort) bool { return true }}) {
		if k.Name == "log" || k.Name == "exec" { // these open none
			continue
		}
		c, err := k.New(values[k.Name])
		if err != nil {
			t.Errorf("%s: %v", k.Name, err)
			continue
		}
		_, err = c.Send(t.Context(), &event.Message{ID: "1", Type: "test", Title: "t", Host: "pve1"})
		if e, ok := errors.AsType[*event.SendError](err); !ok || e.Code != "blocked_address" || e.Class != event.Target {
			t.Errorf("%s: got %#v", k.Name, err)
		}
	}
}
