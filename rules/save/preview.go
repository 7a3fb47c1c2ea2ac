package save

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tocsin/rules"
	"tocsin/rules/edit"
	"tocsin/rules/effect"
	"tocsin/rules/ruletest"
	"tocsin/rules/textdiff"
)

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
	Stale    bool         `json:"stale,omitempty"`     // its author has not seen the files that it changes: to be looked at

	Merged      string            `json:"-"` // the text of a file, brought into what somebody else made of it
	Diagnostics hcl.Diagnostics   `json:"-"` // of the files as they would be: all errors, and the warnings that are new
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
		for _, e := range p.request.Edits {
			p.Effects = append(p.Effects, p.told(tree, e))
		}
		for _, f := range p.Files {
			if p.request.Text != nil {
				p.Effects = append(p.Effects, f.told())
			}
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

// told says what becomes of a file.
func (f *FileDiff) told() string {
	switch {
	case f.Old == "":
		return f.Path + " is new"
	case f.New == "":
		return f.Path + " is gone"
	}
	return f.Path + " has another text"
}

// told says what an edit does by what it is.
func (p *Preview) told(tree edit.Tree, e edit.Edit) string {
	tree.Files = p.shown[1]
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
		tree.Files = p.shown[0]
		if before, _, err := edit.Look(tree, e.Path); err == nil && before == "" {
			return what + " is new"
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

// Count is how many files the configuration would have.
func (p *Preview) Count() int { return len(p.shown[1]) }

// Valid reports whether the edit may be saved as far as its content goes.
func (p *Preview) Valid() bool {
	return !p.Diagnostics.HasErrors() && (len(p.Failing) == 0 || p.request.SkipTests)
}
