package save

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"tocsin/rules"
	"tocsin/rules/diag"
	"tocsin/rules/edit"
	"tocsin/rules/folder"
)

// replaceSecret takes an edit of a value that is secret("NAME"): the secret gets
// the value, and the file stays. Others that read it must be meant too.
func (d *Desk) replaceSecret(p *Preview, o *edit.Origin, e edit.Edit) error {
	text, ok := edit.Literal(e)
	if !ok || text == "" {
		return o
	}
	if d.fromCredentials(o.Secret) {
		return fmt.Errorf("%s, at %s, is the secret %q, which systemd gives as a credential: change it there", o.Path, o.At, o.Secret)
	}
	if o.Affects > 1 {
		o.Choices = append([]edit.Choice{{
			Says: fmt.Sprintf("set the secret with tocsin secret set %s, which affects %d places", o.Secret, o.Affects), Path: o.Path,
		}}, o.Choices...)
		return o
	}
	p.values[o.Secret] = text
	return nil
}

// version is files and what they compile to.
type version struct {
	files  map[string][]byte
	loaded Loaded
}

// hoist moves the literal secrets that edits wrote into the files to secrets/.
// It returns the files as they are then, nil when there was none.
func (d *Desk) hoist(p *Preview, before version, files map[string][]byte, l Loaded) (map[string][]byte, error) {
	found := literals(files, l)
	for path, there := range literals(before.files, before.loaded) {
		for _, old := range there { // whoever wrote it by hand is not corrected by an edit of something else
			text := before.files[path][old.Start.Byte:old.End.Byte]
			if i := slices.IndexFunc(found[path], func(r hcl.Range) bool { return bytes.Equal(files[path][r.Start.Byte:r.End.Byte], text) }); i >= 0 {
				found[path] = slices.Delete(found[path], i, i+1)
			}
		}
	}
	maps.DeleteFunc(found, func(_ string, r []hcl.Range) bool { return len(r) == 0 })
	if len(found) == 0 {
		return nil, nil
	}
	out := maps.Clone(files)
	for path, ranges := range found {
		slices.SortFunc(ranges, func(a, b hcl.Range) int { return b.Start.Byte - a.Start.Byte }) // from the end
		for _, at := range ranges {
			text := out[path]
			name, value, err := d.place(p, path, text, at)
			if err != nil {
				return nil, err
			}
			p.values[name] = value
			out[path] = slices.Concat(text[:at.Start.Byte], fmt.Appendf(nil, "secret(%q)", name), text[at.End.Byte:])
		}
	}
	return out, nil
}

// literals returns where secrets are written out in files.
func literals(files map[string][]byte, l Loaded) map[string][]hcl.Range {
	found := map[string][]hcl.Range{}
	for _, g := range l.Diags {
		if diag.ExtraOf(g).Code != rules.CodeSecretLiteral || g.Subject == nil {
			continue
		}
		if text, ok := files[g.Subject.Filename]; ok && g.Subject.End.Byte <= len(text) {
			found[g.Subject.Filename] = append(found[g.Subject.Filename], *g.Subject)
		}
	}
	for path, ranges := range rules.HiddenIn(l.hidden()) {
		if text, ok := files[path]; ok {
			found[path] = append(found[path], inLocals(path, text, ranges)...)
		}
	}
	return found
}

// inLocals returns the hidden texts that locals write out: a local that a secret
// reads is one itself.
func inLocals(path string, text []byte, hidden []hcl.Range) []hcl.Range {
	file, diags := hclsyntax.ParseConfig(text, path, hcl.InitialPos)
	if diags.HasErrors() {
		return nil
	}
	var out []hcl.Range
	for _, at := range hidden {
		owner, a := argumentAt(file.Body.(*hclsyntax.Body), nil, at.Start.Byte)
		if a == nil || owner == nil || owner.Type != "locals" || a.Expr.Range().End.Byte > len(text) {
			continue
		}
		if tmpl, ok := a.Expr.(*hclsyntax.TemplateExpr); ok && tmpl.IsStringLiteral() {
			out = append(out, a.Expr.Range())
		}
	}
	return out
}

// place returns the value of a literal secret, and a free name for it.
func (d *Desk) place(p *Preview, path string, text []byte, at hcl.Range) (name, value string, err error) {
	file, diags := hclsyntax.ParseConfig(text, path, hcl.InitialPos)
	if diags.HasErrors() {
		return "", "", errors.New("a secret in the edit cannot be read")
	}
	owner, argument, expr := valueAt(file.Body.(*hclsyntax.Body), nil, at.Start.Byte)
	if expr == nil {
		return "", "", errors.New("a secret in the edit cannot be read")
	}
	v, diags := expr.Value(nil)
	if diags.HasErrors() || v.Type() != cty.String || v.IsNull() {
		return "", "", errors.New("a secret in the edit is no text")
	}
	name = nameFor(owner, argument)
	for n := 2; d.taken(p, name); n++ {
		name = fmt.Sprintf("%s_%d", nameFor(owner, argument), n)
	}
	return name, strings.TrimSuffix(v.AsString(), "\n"), nil
}

// argumentAt finds the argument whose value begins at a byte, and the block that
// it stands in.
func argumentAt(b *hclsyntax.Body, owner *hclsyntax.Block, at int) (*hclsyntax.Block, *hclsyntax.Attribute) {
	for _, a := range b.Attributes {
		if a.Expr.Range().Start.Byte == at {
			return owner, a
		}
	}
	for _, inner := range b.Blocks {
		if block, a := argumentAt(inner.Body, inner, at); a != nil {
			return block, a
		}
	}
	return nil, nil
}

// valueAt finds the value that begins at a byte, that of an argument or of a key of
// a map, what it is called there, and the block that it stands in.
func valueAt(b *hclsyntax.Body, owner *hclsyntax.Block, at int) (*hclsyntax.Block, string, hclsyntax.Expression) {
	for _, a := range b.Attributes {
		if r := a.Expr.Range(); r.Start.Byte <= at && at < r.End.Byte {
			name, expr := entryAt(a.Name, a.Expr, at)
			return owner, name, expr
		}
	}
	for _, inner := range b.Blocks {
		if block, name, expr := valueAt(inner.Body, inner, at); expr != nil {
			return block, name, expr
		}
	}
	return nil, "", nil
}

func entryAt(name string, expr hclsyntax.Expression, at int) (string, hclsyntax.Expression) {
	if expr.Range().Start.Byte == at {
		return name, expr
	}
	if object, ok := expr.(*hclsyntax.ObjectConsExpr); ok {
		for _, item := range object.Items {
			r := item.ValueExpr.Range()
			if r.Start.Byte > at || at >= r.End.Byte {
				continue
			}
			if key, diags := item.KeyExpr.Value(nil); !diags.HasErrors() && key.Type() == cty.String && !key.IsNull() {
				name = key.AsString()
			}
			return entryAt(name, item.ValueExpr, at)
		}
	}
	return "", nil
}

// nameFor returns a name for the secret of an argument.
func nameFor(owner *hclsyntax.Block, argument string) string {
	if owner == nil {
		return argument
	}
	name := owner.Type
	if name == "locals" {
		name = argument
	}
	if n := len(owner.Labels); n > 0 {
		name = owner.Labels[n-1] + "_" + argument
	}
	name = strings.Map(func(r rune) rune {
		if r == '/' || !folder.IsSecretName("x"+string(r)) {
			return '_'
		}
		return r
	}, name)
	if !folder.IsSecretName(name) {
		return "secret" + name
	}
	return name
}

// taken reports whether a name of a secret is in use.
func (d *Desk) taken(p *Preview, name string) bool {
	if _, mine := p.values[name]; mine {
		return true
	}
	_, err := os.Lstat(filepath.Join(d.opts.Config, "secrets", name))
	return !errors.Is(err, fs.ErrNotExist) || d.fromCredentials(name)
}
