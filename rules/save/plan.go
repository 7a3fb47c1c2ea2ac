package save

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tocsin/rules"
	"tocsin/rules/diag"
	"tocsin/rules/edit"
	"tocsin/rules/effect"
	"tocsin/rules/folder"
	"tocsin/rules/ruletest"
	"tocsin/rules/textdiff"
)

// Request is what somebody wants changed.
type Request struct {
	Edits     []edit.Edit // in their order; all of them or none
	Undo      string      // or: the change that is taken back
	Note      string      // why, for the record and the commit
	Was       []string    // of an earlier Preview: the values that its author saw
	SkipTests bool        // save although a test fails by it
}

// Preview is an edit before it is saved. It holds no secret in what others see.
type Preview struct {
	Base     string       `json:"base"`  // revision of the files that it was made on
	Files    []FileDiff   `json:"files"` // that would change
	Diff     string       `json:"diff"`  // all of them
	Effects  []string     `json:"effects"`
	File     string       `json:"file"` // where the first value stands then
	Line     int          `json:"line"`
	Places   []edit.Place `json:"places"`
	Secrets  []string     `json:"secrets,omitempty"` // that would be set
	Failing  []FailedTest `json:"failing,omitempty"` // tests that would fail by it
	Was      []string     `json:"was,omitempty"`
	ReadOnly string       `json:"read_only,omitempty"` // why it cannot be saved
	Nothing  bool         `json:"nothing"`             // it changes nothing

	Diagnostics hcl.Diagnostics   `json:"-"` // of the files as they would be: all errors, or the warnings that are new
	Sources     map[string][]byte `json:"-"` // that the diagnostics quote

	request Request
	old     map[string][]byte // the files that would change, as they are
	new     map[string][]byte // as they would be; nil: the file goes
	shown   [2]map[string][]byte
	values  map[string]string // secrets that would be set, by name
	config  *rules.Config
	summary string

	literals []string // secrets in the files and in the edit, to be kept out of what others say
}

// FailedTest is a test of the folder that would fail.
type FailedTest struct {
	Name  string `json:"name"`
	Place string `json:"place"` // file:line of what it expects
	Why   string `json:"why"`
}

// FileDiff is the difference of one file.
type FileDiff struct {
	Path string `json:"path"`
	Old  string `json:"old"` // SHA-256; empty: there is none
	New  string `json:"new"`
	Diff string `json:"diff"` // secrets masked; empty: only a secret differs
}

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
	switch {
	case r.Undo != "":
		if after, err = d.undone(p, s, before, r.Undo); err == nil {
			loaded = d.opts.Load(after, nil)
		}
	case len(r.Edits) == 0:
		err = errors.New("there is nothing to do")
	default:
		after, loaded, err = d.edited(p, s, before)
	}
	if err != nil {
		return nil, err
	}
	p.Diagnostics, p.Sources, p.config = news(before.Diags, loaded.Diags), loaded.Sources, loaded.Config
	p.compare(s.files, after, before.hidden(), loaded.hidden())
	if loaded.Config != nil {
		p.effects(before.Config, loaded.Config, d.tree(after, loaded))
		if err := p.test(ctx, before.Config); err != nil {
			return nil, err
		}
	}
	return p, d.blocked(p, before)
}

// news returns all diagnostics when there are errors among them, else the
// warnings that were not there before.
func news(before, after hcl.Diagnostics) hcl.Diagnostics {
	if after.HasErrors() {
		return after
	}
	known := map[string]int{}
	for _, d := range before {
		known[said(d)]++
	}
	var out hcl.Diagnostics
	for _, d := range after {
		if known[said(d)]--; known[said(d)] < 0 {
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
	s, err := d.read()
	if err != nil {
		return nil
	}
	return edit.Complete(edit.Tree{Pack: d.opts.Pack, Files: s.files, Cache: &d.cache}, begun)
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
	hoisted, err := d.hoist(p, before, tree.Files, loaded)
	if err != nil {
		return nil, Loaded{}, err
	}
	if hoisted == nil {
		return tree.Files, loaded, nil
	}
	return hoisted, d.opts.Load(hoisted, p.values), nil
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

// compare notes which files differ and how, secrets masked.
func (p *Preview) compare(before, after map[string][]byte, hiddenBefore, hiddenAfter []hcl.Range) {
	p.shown = [2]map[string][]byte{rules.Mask(before, hiddenBefore), rules.Mask(after, hiddenAfter)}
	p.old, p.new = map[string][]byte{}, map[string][]byte{}
	paths := slices.AppendSeq(slices.Collect(maps.Keys(before)), maps.Keys(after))
	slices.Sort(paths)
	for _, path := range slices.Compact(paths) {
		old, was := before[path]
		new, is := after[path]
		if was == is && string(old) == string(new) {
			continue
		}
		if was {
			p.old[path] = old
		}
		p.new[path] = nil
		if is {
			p.new[path] = new
		}
		from, to := "a/"+path, "b/"+path
		if !was {
			from = "/dev/null"
		}
		if !is {
			to = "/dev/null"
		}
		f := FileDiff{Path: path, Old: digest(old, was), New: digest(new, is), Diff: textdiff.Unified(from, to, p.shown[0][path], p.shown[1][path])}
		p.Files = append(p.Files, f)
		p.Diff += f.Diff
	}
	p.literals = append(secretsIn(before, hiddenBefore), secretsIn(after, hiddenAfter)...)
	p.literals = slices.AppendSeq(p.literals, maps.Values(p.values))
	p.Secrets = slices.Sorted(maps.Keys(p.values))
	p.Nothing = len(p.Files) == 0 && len(p.Secrets) == 0
	if len(p.Places) > 0 {
		p.File, p.Line = p.Places[0].File, p.Places[0].Line
	} else if len(p.Files) > 0 {
		p.File, p.Line = p.Files[0].Path, 1
	}
}

// secretsIn returns what is hidden in files, without its quotes.
func secretsIn(files map[string][]byte, hidden []hcl.Range) []string {
	var out []string
	for path, ranges := range rules.HiddenIn(hidden) {
		for _, r := range ranges {
			if text := files[path]; r.End.Byte <= len(text) {
				out = append(out, strings.Trim(string(text[r.Start.Byte:r.End.Byte]), "\" \n"))
			}
		}
	}
	return out
}

// effects says what the edit does. What the judge's view does not show is told
// by the edit itself.
func (p *Preview) effects(before, after *rules.Config, tree edit.Tree) {
	if before != nil {
		p.Effects = effect.Compare(before, after)
	} else {
		p.Effects = []string{"the configuration loads again"}
	}
	if len(p.Effects) == 0 && !p.Nothing {
		tree.Files = p.shown[1]
		for _, e := range p.request.Edits {
			p.Effects = append(p.Effects, told(tree, e))
		}
		for _, name := range p.Secrets {
			p.Effects = append(p.Effects, fmt.Sprintf("secret %s has another value", name))
		}
	}
	switch {
	case p.request.Undo != "":
		p.summary = "undo change " + p.request.Undo
	case len(p.Effects) > 0:
		p.summary = p.Effects[0]
	}
}

// told says what an edit does by what it is.
func told(tree edit.Tree, e edit.Edit) string {
	what := edit.Describe(tree, e.Path)
	text, _, err := edit.Look(tree, e.Path)
	if text == "" && err == nil && (e.Op == edit.Unset || e.Op == edit.Remove) {
		if below, _, err := edit.Look(edit.Tree{Files: tree.Pack}, e.Path); err == nil && below != "" {
			return what + " is as it is built in again"
		}
	}
	switch e.Op {
	case edit.Unset:
		return what + " is no longer set"
	case edit.Rename:
		return what + " is now called " + e.To
	case edit.Set, edit.Add, edit.Remove:
		switch {
		case err == nil && text == "":
			return what + " is gone"
		case err == nil && text != "" && strings.Contains(what, ": ") && !strings.Contains(text, "\n"):
			return what + " is now " + oneLine(text)
		}
		return what + " is changed"
	}
	return what + " stands elsewhere"
}

// test runs the tests of the folder. One that failed before is not this edit's
// fault.
func (p *Preview) test(ctx context.Context, before *rules.Config) error {
	for i := range p.config.Tests {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("the tests did not end: %w", err)
		}
		result := ruletest.Run(p.config, &p.config.Tests[i])
		if result.Passed() || failed(before, result.Name) {
			continue
		}
		p.Failing = append(p.Failing, FailedTest{result.Name, result.Failures[0].Place, result.Failures[0].Why})
	}
	return nil
}

// failed reports whether a test of that name was there and failed.
func failed(c *rules.Config, name string) bool {
	if c == nil {
		return false
	}
	i := slices.IndexFunc(c.Tests, func(t rules.Test) bool { return t.Name == name })
	if i < 0 {
		return false
	}
	result := ruletest.Run(c, &c.Tests[i])
	return !result.Passed()
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

// Valid reports whether the edit may be saved as far as its content goes.
func (p *Preview) Valid() bool {
	return !p.Diagnostics.HasErrors() && (len(p.Failing) == 0 || p.request.SkipTests)
}
