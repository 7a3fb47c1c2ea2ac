package builtin_test

import (
	"flag"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"tocsin/builtin"
	"tocsin/engine/event"
)

var update = flag.Bool("update", false, "rewrite the golden files and the layout of the pack")

// block is one top-level block of the pack with the values of its attributes.
type block struct {
	kind, name string
	attributes map[string]cty.Value
	details    []string // keys, in the order written
	place      hcl.Range
}

// schema is the key of what the block may have: its kind, and of a source its own.
func (b *block) schema() string {
	if kind, _, ok := strings.Cut(b.name, " "); ok && b.kind == "source" {
		return b.kind + " " + kind
	}
	return b.kind
}

func (b *block) text(name string) string {
	if v, ok := b.attributes[name]; ok {
		return v.AsString()
	}
	return ""
}

func (b *block) flag(name string, fallback bool) bool {
	if v, ok := b.attributes[name]; ok {
		return v.True()
	}
	return fallback
}

// list returns a list of strings; nil when the attribute was left out.
func (b *block) list(name string) []string {
	v, ok := b.attributes[name]
	if !ok {
		return nil
	}
	list := []string{}
	for _, item := range v.AsValueSlice() {
		list = append(list, item.AsString())
	}
	return list
}

func (b *block) texts(name string) map[string]string {
	texts := map[string]string{}
	if v, ok := b.attributes[name]; ok {
		for key, item := range v.AsValueMap() {
			texts[key] = item.AsString()
		}
	}
	return texts
}

// load parses the pack and returns its blocks in the order of files and lines.
func load(t *testing.T) []*block {
	t.Helper()
	var blocks []*block
	files := builtin.Files()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if path.Base(path.Dir(name)) == "services" { // see TestServiceRequests
			continue
		}
		file, diags := hclsyntax.ParseConfig(files[name], name, hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		body := file.Body.(*hclsyntax.Body)
		if len(body.Attributes) > 0 {
			t.Errorf("%s: attributes outside of blocks", name)
		}
		for _, b := range body.Blocks {
			blocks = append(blocks, decode(t, b))
		}
	}
	return blocks
}

func decode(t *testing.T, b *hclsyntax.Block) *block {
	t.Helper()
	out := &block{kind: b.Type, name: strings.Join(b.Labels, " "), place: b.DefRange(), attributes: map[string]cty.Value{}}
	if len(b.Body.Blocks) > 0 {
		t.Errorf("%s: nested blocks", out.place)
	}
	for name, attribute := range b.Body.Attributes {
		v, diags := attribute.Expr.Value(nil)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		out.attributes[name] = v
		if object, ok := attribute.Expr.(*hclsyntax.ObjectConsExpr); ok && name == "details" {
			for _, item := range object.Items {
				key, _ := item.KeyExpr.Value(nil)
				out.details = append(out.details, key.AsString())
			}
		}
	}
	return out
}

// ofKind returns the blocks of one kind by name.
func ofKind(blocks []*block, kind string) map[string]*block {
	found := map[string]*block{}
	for _, b := range blocks {
		if b.kind == kind {
			found[b.name] = b
		}
	}
	return found
}

func TestFilesAreTheCallers(t *testing.T) {
	files := builtin.Files()
	clear(files["builtin/groups.hcl"])
	delete(files, "builtin/vm_ct.hcl")
	again := builtin.Files()
	if !strings.Contains(string(again["builtin/groups.hcl"]), `group "vm_ct"`) || again["builtin/vm_ct.hcl"] == nil {
		t.Error("a change of what Files returned changed the pack")
	}
}

func TestFilesAreFormatted(t *testing.T) {
	for name, src := range builtin.Files() {
		want := hclwrite.Format(src)
		if *update {
			if err := os.WriteFile(strings.TrimPrefix(name, "builtin/"), want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if diff := cmp.Diff(string(want), string(src)); diff != "" {
			t.Errorf("%s is not in canonical layout (-want +got):\n%s", name, diff)
		}
	}
}

type attributeSchema struct{ must, may map[string]cty.Type }

// probeSchema is that of a kind of probes, by the argument that says what it looks
// at.
func probeSchema(subject string, typ cty.Type) attributeSchema {
	return attributeSchema{
		must: map[string]cty.Type{"every": cty.String, "optional": cty.Bool, "emit": cty.String, subject: typ},
		may: map[string]cty.Type{
			"matches": cty.Map(cty.String), "each": cty.String, "key": cty.String, "when": cty.String, "resolved": cty.String,
			"severity": cty.String, "data": cty.Map(cty.String),
		},
	}
}

// attributes lists, by kind of block, the attributes that a block must have and
// those that it may have, with the type of each.
var attributes = map[string]attributeSchema{
	"group": {must: map[string]cty.Type{"title": cty.String, "icon": cty.String}},
	"event": {
		must: map[string]cty.Type{
			"group": cty.String, "severity": cty.String, "icon": cty.String, "summary": cty.String,
			"fields": cty.Map(cty.String), "title": cty.String, "body": cty.String,
		},
		may: map[string]cty.Type{
			"enabled": cty.Bool, "live": cty.Bool, "outcome": cty.String, "resolves": cty.List(cty.String),
			"fingerprint": cty.List(cty.String), "details": cty.Map(cty.String),
		},
	},
	"burst": {
		must: map[string]cty.Type{
			"events": cty.List(cty.String), "threshold": cty.Number, "window": cty.String, "by": cty.List(cty.String),
			"samples": cty.Number, "severity": cty.String, "icon": cty.String, "summary": cty.String,
			"title": cty.String, "body": cty.String,
		},
		may: map[string]cty.Type{"details": cty.Map(cty.String)},
	},
	"source journal": {
		must: map[string]cty.Type{
			"identifiers": cty.List(cty.String), "pattern": cty.String, "emit": cty.String,
		},
		may: map[string]cty.Type{
			"uids": cty.List(cty.Number), "transport": cty.String, "priority": cty.String, "when": cty.String,
			"severity": cty.String, "data": cty.Map(cty.String),
		},
	},
	"source tasks": {
		must: map[string]cty.Type{"workers": cty.List(cty.String), "failed": cty.String},
		may: map[string]cty.Type{
			"when": cty.String, "started": cty.String, "ok": cty.String, "warnings": cty.String,
			"severity": cty.Map(cty.String), "data": cty.Map(cty.String),
		},
	},
	"source log": {
		must: map[string]cty.Type{"path": cty.String, "pattern": cty.String, "time": cty.String, "emit": cty.String},
		may:  map[string]cty.Type{"when": cty.String, "severity": cty.String, "data": cty.Map(cty.String)},
	},
	"source pve": {
		must: map[string]cty.Type{"emit": cty.String},
		may:  map[string]cty.Type{"enabled": cty.Bool, "notifications": cty.List(cty.String), "when": cty.String, "severity": cty.String},
	},
	"source health": {
		must: map[string]cty.Type{"category": cty.String, "every": cty.String, "value": cty.String},
		may: map[string]cty.Type{
			"each": cty.String, "exclude": cty.List(cty.String), "when": cty.String, "warning": cty.String, "critical": cty.String, "clear": cty.String,
			"sustain": cty.String, "emit": cty.String, "resolved": cty.String, "data": cty.Map(cty.String),
		},
	},
	"inhibit":        {must: map[string]cty.Type{"cause": cty.String, "effect": cty.String}, may: map[string]cty.Type{"within": cty.String}},
	"source command": probeSchema("command", cty.List(cty.String)),
	"source file":    probeSchema("path", cty.String),
	"rule": {
		must: map[string]cty.Type{"events": cty.List(cty.String), "when": cty.String, "fingerprint": cty.List(cty.String)},
		may:  map[string]cty.Type{"once": cty.Bool, "cooldown": cty.String},
	},
	"dedup": {must: map[string]cty.Type{"window": cty.String}},
	"cooldown": {must: map[string]cty.Type{
		"critical": cty.String, "warning": cty.String, "info": cty.String, "resources": cty.String, "updates": cty.String,
	}},
}

func TestBlocksAreWellFormed(t *testing.T) {
	for _, b := range load(t) {
		schema, ok := attributes[b.schema()]
		if !ok {
			t.Errorf("%s: no block %q belongs into the pack", b.place, b.kind)
			continue
		}
		if labelled := b.kind != "dedup" && b.kind != "cooldown"; labelled != (b.name != "") {
			t.Errorf("%s: a label too many or too few", b.place)
		}
		for name, v := range b.attributes {
			want, ok := schema.must[name]
			if !ok {
				want, ok = schema.may[name]
			}
			if !ok {
				t.Errorf("%s: %s takes no %q", b.place, b.kind, name)
			} else if !fits(v, want) {
				t.Errorf("%s: %s is a %s, want a %s", b.place, name, v.Type().FriendlyName(), want.FriendlyName())
			}
		}
		for name := range schema.must {
			if _, ok := b.attributes[name]; !ok {
				t.Errorf("%s: %s is missing", b.place, name)
			}
		}
	}
}

// fits reports whether v is of type want; the type of a list or map is that of
// all its items.
func fits(v cty.Value, want cty.Type) bool {
	kind := v.Type()
	if want.IsListType() && !kind.IsTupleType() || want.IsMapType() && !kind.IsObjectType() {
		return false
	}
	if want.IsPrimitiveType() {
		return kind == want
	}
	for it := v.ElementIterator(); it.Next(); {
		if _, item := it.Element(); item.Type() != want.ElementType() {
			return false
		}
	}
	return true
}

func TestValuesAreAllowed(t *testing.T) {
	blocks := load(t)
	severities := []string{"INFO", "WARNING", "CRITICAL"}
	for name, b := range ofKind(blocks, "event") {
		if !slices.Contains(severities, b.text("severity")) {
			t.Errorf("%s: severity %q", name, b.text("severity"))
		}
		if outcome := b.text("outcome"); outcome != "" && outcome != event.Success {
			t.Errorf("%s: outcome %q", name, outcome)
		}
		for field, kind := range b.texts("fields") {
			if !slices.Contains(event.FieldTypes(), event.FieldType(kind)) {
				t.Errorf("%s: field %s is a %q", name, field, kind)
			}
		}
	}
	for name, b := range ofKind(blocks, "burst") {
		if s := b.text("severity"); s != "highest" && !slices.Contains(severities, s) {
			t.Errorf("%s: severity %q", name, s)
		}
		if window, ok := event.ParseDuration(b.text("window")); !ok || window <= 0 {
			t.Errorf("%s: window %q", name, b.text("window"))
		}
	}
	for _, kind := range []string{"dedup", "cooldown"} {
		for key, v := range ofKind(blocks, kind)[""].attributes {
			if d, ok := event.ParseDuration(v.AsString()); !ok || d <= 0 {
				t.Errorf("%s: %s is %q", kind, key, v.AsString())
			}
		}
	}
}
