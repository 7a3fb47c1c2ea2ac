package save

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"tocsin/rules"
	"tocsin/rules/diag"
	"tocsin/rules/edit"
	"tocsin/rules/folder"
)

// Request is what somebody wants changed.
type Request struct {
	Edits     []edit.Edit // in their order; all of them or none
	Find      Find        // or: what finds them
	Undo      string      // or: the change that is taken back
	Text      *Text       // or: a whole file
	Note      string      // why, for the record and the commit
	Base      string      // revision of the files that its author saw; empty: those that are there
	Was       []string    // of an earlier Preview: the values that its author saw
	SkipTests bool        // save although a test fails by it
}

// Find finds the edits that somebody wants in files that have a revision. It is
// asked again when they changed before the edits are saved.
type Find func(files map[string][]byte, revision string) ([]edit.Edit, error)

// Plan makes an edit without saving it. What is wrong with the files as they
// would be is in the Preview; the error is an *edit.Origin when somebody must say
// where, a *Conflict when what the author saw is no longer there.
func (d *Desk) Plan(ctx context.Context, r Request) (*Preview, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, err := d.read()
	if err != nil {
		return nil, err
	}
	return d.plan(ctx, s, r)
}

func (d *Desk) plan(ctx context.Context, s state, r Request) (*Preview, error) {
	before := d.opts.Load(s.files, nil)
	p := &Preview{Base: s.revision, request: r, values: map[string]string{}}
	var after map[string][]byte
	var loaded Loaded
	var err error
	if r.Find != nil {
		if p.request.Edits, err = r.Find(s.files, s.revision); err != nil {
			return nil, err
		}
		if len(p.request.Edits) == 0 {
			p.Nothing = true
			return p, nil
		}
	}
	switch {
	case r.Undo != "":
		if after, err = d.undone(p, s, before, r.Undo); err == nil {
			loaded = d.opts.Load(after, nil)
		}
	case r.Text != nil:
		if after, err = d.written(p, s, r.Text); err == nil {
			loaded = d.opts.Load(after, nil)
		}
	case len(p.request.Edits) == 0:
		err = errors.New("there is nothing to do")
	default:
		after, loaded, err = d.edited(p, s, before)
	}
	if err != nil {
		return nil, err
	}
	p.Diagnostics, p.Sources, p.config = news(before.Diags, loaded.Diags), loaded.Sources, loaded.Config
	p.compare(s.files, after, before.hidden(), loaded.hidden())
	p.Stale = p.Stale || d.unseen(r.Base, s, p)
	if d.opts.Allow != nil && loaded.Config != nil {
		if err := d.opts.Allow(before.Config, loaded.Config); err != nil {
			return nil, err
		}
	}
	if loaded.Config != nil {
		p.effects(before.Config, loaded.Config, d.tree(after, loaded))
		if err := p.test(ctx, before.Config); err != nil {
			return nil, err
		}
	}
	return p, d.blocked(p, before)
}

// news returns all errors, and the warnings that were not there before.
func news(before, after hcl.Diagnostics) hcl.Diagnostics {
	known := map[string]int{}
	for _, d := range before {
		known[said(d)]++
	}
	var out hcl.Diagnostics
	for _, d := range after {
		if known[said(d)]--; known[said(d)] < 0 || d.Severity == hcl.DiagError {
			out = append(out, d)
		}
	}
	return out
}

// said is what a diagnostic says, wherever it stands.
func said(d *hcl.Diagnostic) string {
	extra := diag.ExtraOf(d)
	return extra.Code + "\x00" + extra.In + "\x00" + d.Summary + "\x00" + d.Detail
}

// tree is what edits are made on.
func (d *Desk) tree(files map[string][]byte, l Loaded) edit.Tree {
	t := edit.Tree{Pack: d.opts.Pack, Files: files, Cache: &d.cache}
	if l.Config != nil {
		t.Edits = l.Config.Settings.Tocsin.Edits
	}
	return t
}

// Complete lists how a path that is half written can go on.
func (d *Desk) Complete(begun string) []string {
	files, _, err := d.Files()
	if err != nil {
		return nil
	}
	return edit.Complete(edit.Tree{Pack: d.opts.Pack, Files: files, Cache: &d.cache}, begun)
}

// edited carries the edits out and loads the result.
func (d *Desk) edited(p *Preview, s state, before Loaded) (map[string][]byte, Loaded, error) {
	tree := d.tree(s.files, before)
	if err := d.look(p, tree, before); err != nil {
		return nil, Loaded{}, err
	}
	after, loaded, err := d.attempt(p, tree, before, p.request.Edits)
	if err != nil || loaded.Config != nil || !hasType(loaded.Diags) {
		return after, loaded, err
	}
	// A word that looks like a number may be meant as a text.
	texts := slices.Clone(p.request.Edits)
	for i := range texts {
		texts[i].Text = texts[i].Text || texts[i].Word != ""
	}
	values := p.values
	p.values = map[string]string{}
	if again, reloaded, err := d.attempt(p, tree, before, texts); err == nil && reloaded.Config != nil {
		return again, reloaded, nil
	}
	p.values = values
	return after, loaded, nil
}

// hasType reports whether a value is of the wrong type.
func hasType(diags hcl.Diagnostics) bool {
	return slices.ContainsFunc(diags, func(d *hcl.Diagnostic) bool {
		return d.Severity == hcl.DiagError && diag.ExtraOf(d).Code == rules.CodeType
	})
}

// attempt carries edits out, puts literal secrets where they belong, and loads
// the result.
func (d *Desk) attempt(p *Preview, tree edit.Tree, old Loaded, edits []edit.Edit) (map[string][]byte, Loaded, error) {
	before := version{tree.Files, old}
	p.Places = nil
	for _, e := range edits {
		r, err := edit.Apply(tree, e)
		var origin *edit.Origin
		if errors.As(err, &origin) && origin.Secret != "" {
			if err := d.replaceSecret(p, origin, e); err != nil {
				return nil, Loaded{}, err
			}
			p.Places = append(p.Places, origin.At)
			continue
		}
		if err != nil {
			return nil, Loaded{}, err
		}
		p.Places = append(p.Places, r.Places...)
		tree.Files = changed(tree.Files, r.Changed)
	}
	loaded := d.opts.Load(tree.Files, p.values)
	values := maps.Clone(p.values)
	hoisted, err := d.hoist(p, before, tree.Files, loaded)
	if err != nil {
		return nil, Loaded{}, err
	}
	if hoisted == nil {
		return tree.Files, loaded, nil
	}
	again := d.opts.Load(hoisted, p.values)
	if again.Config == nil && loaded.Config != nil { // it is shown elsewhere, so it cannot be a secret
		p.values = values
		return tree.Files, loaded, nil
	}
	return hoisted, again, nil
}

// changed returns files after a change; nil: the file goes.
func changed(files, change map[string][]byte) map[string][]byte {
	out := maps.Clone(files)
	for path, text := range change {
		if text == nil {
			delete(out, path)
		} else {
			out[path] = text
		}
	}
	return out
}

// blocked notes why the edit cannot be saved.
func (d *Desk) blocked(p *Preview, before Loaded) error {
	f, err := folder.Open(d.opts.Config, d.opts.Credentials)
	if err != nil {
		return err
	}
	defer f.Close()
	config := before.Config
	if config == nil {
		config = p.config
	}
	if r := d.readOnly(f, config, slices.Sorted(maps.Keys(p.new))); r != nil {
		p.ReadOnly = r.Why
	}
	return nil
}
