package rules

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"tocsin/channels"
	"tocsin/engine/event"
)

// Block is a block as it is after the overlay, for those who look at a
// configuration. It holds no secret.
type Block struct {
	Kind      string
	Labels    []string
	Arguments []Argument // by name
	Blocks    []Block
	Place     // of its head, in the topmost layer
}

// Argument is one argument of a Block.
type Argument struct {
	Name  string
	Value any // as encoding/json reads it, numbers as json.Number; Hidden for a secret; a map may have some
	Place
}

// Place is where something stands.
type Place struct {
	File string
	Line int
	Pack bool // in the built-in pack
}

// Hidden stands in place of a secret.
type Hidden struct {
	Set bool `json:"set"` // false: it is missing
}

// Blocks lists the blocks of a configuration as they are after the overlay, in
// the order in which they count. c is what Load made of the same input. What
// cannot be worked out, such as a file that is gone by now, is nil.
func (l *Loader) Blocks(in Input, c *Config) []Block {
	l.mu.Lock()
	defer l.mu.Unlock()
	secret := in.Secret
	known := c.Secrets()
	if secret != nil {
		in.Secret = func(name string) (string, error) {
			value, err := secret(name)
			if value != "" {
				known = append(known, value)
			}
			return value, err
		}
	}
	loading := newLoading(in, &l.cache) // what it uses is kept for the next load as well
	loading.parseAll()
	pack, user := loading.layers()
	blocks := overlay(loading.unique(pack), loading.unique(user))
	loading.loadLocals(blocks)
	d := &document{loading: loading, fields: c.Kinds, hidden: HiddenIn(c.Hidden)}
	out := d.blocks(blocks)
	for i := range out {
		out[i].mask(known)
	}
	return out
}

// Secrets lists the values that must never be shown, for a filter over what is.
func (c *Config) Secrets() []string {
	s := &c.Settings
	out := []string{s.Webhook.Secret.Reveal(), s.Store.URL.Reveal(), s.Heartbeat.URL.Reveal(), s.Apprise.API.Reveal()}
	for _, ch := range c.Channels {
		for _, v := range ch.Values {
			switch v := v.(type) {
			case event.Secret:
				out = append(out, v.Reveal())
			case map[string]event.Secret:
				for _, entry := range v {
					out = append(out, entry.Reveal())
				}
			}
		}
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

// document turns blocks into what may be shown of them.
type document struct {
	*loading
	fields []channels.Kind
	hidden map[string][]hcl.Range
}

func (d *document) blocks(list []*block) []Block {
	out := make([]Block, 0, len(list))
	for _, b := range list {
		made := Block{Kind: b.kind, Labels: b.labels, Place: standsAt(b.file, b.head)}
		for _, name := range slices.Sorted(maps.Keys(b.arguments)) {
			a := b.arguments[name]
			if !isNull(a.expr) {
				made.Arguments = append(made.Arguments, Argument{name, d.value(b, a), standsAt(a.file, a.nameRange)})
			}
		}
		made.Blocks = d.blocks(b.blocks)
		out = append(out, made)
	}
	return out
}

func standsAt(f *file, at hcl.Range) Place { return Place{at.Filename, at.Start.Line, f.pack} }

// value returns what may be shown of an argument, with the maps that it lies
// over.
func (d *document) value(b *block, a *argument) any {
	v, ok := d.evaluate(a.file, a.expr, b.in())
	if len(missingIn(v)) > 0 {
		return Hidden{}
	}
	if !ok {
		return nil
	}
	top := d.show(v, d.hides(b, a))
	over, isMap := top.(map[string]any)
	if a.base == nil || !isMap {
		return top
	}
	below, ok := d.value(b, a.base).(map[string]any)
	if !ok {
		return top
	}
	for name, item := range over {
		if below[name] = item; item == nil {
			delete(below, name)
		}
	}
	return below
}

// hides reports whether the texts of an argument are secrets: by its field, by
// what the loader hides, or as it reads a local that is hidden.
func (d *document) hides(b *block, a *argument) bool {
	if b.kind == channelKind && len(b.labels) == 2 {
		for i := range d.fields {
			if field, ok := d.fields[i].Field(a.name); ok && d.fields[i].Name == b.labels[0] {
				return hides(field.Type)
			}
		}
	}
	if d.isHidden(a.expr.Range()) {
		return true
	}
	for _, t := range a.expr.Variables() {
		if name, ok := localName(t); ok {
			if local := d.locals.argument(name); local != nil && local != a && d.hides(&block{}, local) {
				return true
			}
		}
	}
	return false
}

func (d *document) isHidden(at hcl.Range) bool {
	return slices.ContainsFunc(d.hidden[at.Filename], func(h hcl.Range) bool {
		return h.Start.Byte < at.End.Byte && at.Start.Byte < h.End.Byte
	})
}

// show turns a value into what JSON has for it. The texts of a hidden one are
// secrets, as is what came out of secret().
func (d *document) show(v cty.Value, hidden bool) any {
	marked := v.IsMarked()
	v, _ = v.Unmark()
	hidden = hidden || marked
	switch t := v.Type(); {
	case !v.IsKnown():
		return Hidden{}
	case v.IsNull():
		return nil
	case t == cty.String && hidden:
		return Hidden{Set: v.AsString() != ""}
	case t == cty.String:
		return v.AsString()
	case t == cty.Bool:
		return v.True()
	case t == cty.Number:
		return json.Number(v.AsBigFloat().Text('f', -1))
	case t.IsObjectType() || t.IsMapType():
		out := make(map[string]any, v.LengthInt())
		for name, item := range v.AsValueMap() {
			out[name] = d.show(item, hidden)
		}
		return out
	case v.CanIterateElements():
		out := make([]any, 0, v.LengthInt())
		for _, item := range v.AsValueSlice() {
			out = append(out, d.show(item, hidden))
		}
		return out
	}
	return nil
}

// longSecret is how long a secret must be to be looked for inside of other texts.
const longSecret = 6

// mask is the second line: whatever way a secret got into a value, it is not
// shown.
func (b *Block) mask(secrets []string) {
	for i := range b.Arguments {
		b.Arguments[i].Value = masked(b.Arguments[i].Value, secrets)
	}
	for i := range b.Blocks {
		b.Blocks[i].mask(secrets)
	}
}

func masked(v any, secrets []string) any {
	switch v := v.(type) {
	case string:
		if slices.ContainsFunc(secrets, func(s string) bool { return v == s || len(s) >= longSecret && strings.Contains(v, s) }) {
			return Hidden{Set: true}
		}
	case []any:
		for i := range v {
			v[i] = masked(v[i], secrets)
		}
	case map[string]any:
		for name := range v {
			v[name] = masked(v[name], secrets)
		}
	}
	return v
}
