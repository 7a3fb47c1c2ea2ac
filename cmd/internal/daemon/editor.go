package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"tocsin/api"
	"tocsin/builtin"
	"tocsin/rules"
	"tocsin/rules/edit"
	"tocsin/rules/folder"
	"tocsin/rules/patch"
	"tocsin/rules/save"
)

// editor shows and changes the configuration for the API. What it saves is in use
// when it answers.
type editor struct {
	*Daemon
	desk *save.Desk
}

func newEditor(d *Daemon) *editor {
	return &editor{d, save.New(save.Options{
		Config: d.Config, Data: d.Data, Pack: builtin.Files(), Load: d.loader.unsaved, Credentials: os.Getenv("CREDENTIALS_DIRECTORY"), Allow: d.allow,
	})}
}

// Settings returns the running configuration as JSON.
func (e *editor) Settings(context.Context) ([]byte, string, error) {
	s := e.running.Load().picture()
	e.desk.Show(s.files, s.revision)
	return s.document, s.revision, nil
}

// Rules lists the rules in the order in which they run.
func (e *editor) Rules(context.Context) ([]api.Rule, error) {
	var list []api.Rule
	for _, b := range e.running.Load().picture().blocks {
		if b.Kind != "rule" || len(b.Labels) != 1 {
			continue
		}
		r := api.Rule{Name: b.Labels[0], Enabled: true, BuiltIn: b.Pack, Source: api.Source{File: b.File, Line: b.Line}, Arguments: map[string]any{}}
		for _, a := range b.Arguments {
			if r.Arguments[a.Name] = a.Value; a.Name == "enabled" {
				r.Enabled = a.Value != false
			}
		}
		list = append(list, r)
	}
	return list, nil
}

// Files lists the files of the folder.
func (e *editor) Files(context.Context) (api.Files, error) {
	files, revision, err := e.desk.Files()
	out := api.Files{Revision: revision}
	if err != nil {
		return out, refusalOf(err)
	}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		out.Files = append(out.Files, api.File{Path: path, Size: len(files[path]), Tag: save.Digest(files[path])})
	}
	return out, nil
}

// File returns the text of a file.
func (e *editor) File(_ context.Context, path string) ([]byte, string, error) {
	if !rules.IsFile(path) {
		return nil, "", &api.NotFound{Why: fmt.Sprintf("%.200q is no file of the configuration", path), Do: "its files end in .hcl; GET files lists them"}
	}
	files, _, err := e.desk.Files()
	text, there := files[path]
	switch {
	case err != nil:
		return nil, "", refusalOf(err)
	case !there:
		return nil, "", &api.NotFound{Why: fmt.Sprintf("there is no file %.200q", path), Do: "GET files lists them"}
	}
	return text, save.Digest(text), nil
}

// Edit plans a change and, unless it is a dry run, saves it and takes it into use.
func (e *editor) Edit(ctx context.Context, in api.Edit) (api.Edited, error) {
	p, c, err := e.save(ctx, &in)
	if err != nil {
		return api.Edited{}, refusalOf(err)
	}
	out := editedOf(p)
	if c == nil {
		return out, nil
	}
	out.Saved, out.Change, out.Commit, out.Warning = true, c.ID, c.Commit, c.Warning
	e.Log.Info("configuration edited", "by", in.By, "change", c.ID, "files", len(p.Files), "secrets", p.Secrets)
	result, err := e.reload(context.WithoutCancel(ctx))
	if out.Applied = err == nil && result.OK; !out.Applied {
		out.Warning = cmp.Or(out.Warning, "it is saved and not in use yet: tocsin status tells why")
	}
	if _, revision, err := e.desk.Files(); err == nil {
		out.Revision = revision
	}
	return out, nil
}

// maxTries is how often an edit is planned anew, when others save at the same time
// and its author said nothing of what was seen.
const maxTries = 10

// save plans a change and saves it, if it is to be and there is something to
// save. What is begun is finished, whoever hangs up.
func (e *editor) save(ctx context.Context, in *api.Edit) (*save.Preview, *save.Change, error) {
	for try := 1; ; try++ {
		p, err := e.desk.Plan(ctx, e.request(in))
		if err != nil || in.DryRun || p.Nothing {
			return p, nil, err
		}
		c, err := e.desk.Save(context.WithoutCancel(ctx), p, save.Author{Name: in.By}, p.Base)
		if _, stale := errors.AsType[*save.Stale](err); !stale || in.Base != "" || in.File != nil || try == maxTries {
			return p, c, err
		}
	}
}

// request turns what a caller wants into a request to the desk.
func (e *editor) request(in *api.Edit) save.Request {
	r := save.Request{Base: in.Base, Undo: in.Undo, Note: in.Note, SkipTests: in.SkipTests}
	switch {
	case in.File != nil:
		r.Text = &save.Text{Path: in.File.Path, Text: in.File.Text, Gone: in.File.Gone, Base: in.File.Tag}
	case in.Undo == "":
		r.Find = func(files map[string][]byte, revision string) (edits []edit.Edit, err error) {
			blocks := e.blocks(files, revision)
			if in.Block == nil {
				edits, err = patch.Edits(blocks, in.Patch)
			} else {
				edits, err = blockEdits(blocks, in.Block)
			}
			for i := range edits {
				edits[i].Here = in.Here
			}
			return edits, err
		}
	}
	return r
}

func blockEdits(blocks []rules.Block, b *api.BlockEdit) ([]edit.Edit, error) {
	switch {
	case b.Gone:
		return []edit.Edit{patch.Without(b.Kind, b.Labels)}, nil
	case b.JSON != nil:
		return patch.Block(blocks, b.Kind, b.Labels, b.JSON)
	}
	e, err := patch.HCL(b.Kind, b.Labels, b.HCL)
	return []edit.Edit{e}, err
}

// blocks returns the blocks of files; when those do not load, of the running
// version.
func (e *editor) blocks(files map[string][]byte, revision string) []rules.Block {
	p := e.running.Load().picture()
	if p.revision != revision {
		if v := e.loader.version(files); v != nil {
			p = v.picture()
		}
	}
	return p.blocks
}

// Check tells what is wrong with texts that nobody saved.
func (e *editor) Check(_ context.Context, in api.Check) (api.Checked, error) {
	files := map[string][]byte{}
	for path, text := range in.Files {
		files[path] = []byte(text)
	}
	if in.Files == nil {
		saved, _, err := e.desk.Files()
		if err != nil {
			return api.Checked{}, refusalOf(err)
		}
		files = maps.Clone(saved)
		files[in.Path] = []byte(in.Text)
	}
	if len(files) > folder.MaxFiles {
		return api.Checked{}, &api.BadRequest{Why: fmt.Sprintf("these are more than %d files", folder.MaxFiles), Do: "send fewer"}
	}
	for path := range files {
		if !rules.IsFile(path) {
			return api.Checked{}, &api.BadRequest{Why: fmt.Sprintf("%.200q is no file of a configuration", path), Do: "write a path inside its folder that ends in .hcl"}
		}
	}
	l := e.loader.unsaved(files, nil)
	on := disk{diags: l.Diags, sources: l.Sources, files: len(files)}
	out := api.Checked{OK: !on.bad(), Diagnostics: diagnosticsOf(l.Diags, l.Sources), Text: on.text()}
	for _, d := range out.Diagnostics {
		if d.Severity == "error" {
			out.Errors++
		} else {
			out.Warnings++
		}
	}
	return out, nil
}

// maxShownDiff bounds the diff of one file in the list of changes, in bytes.
const maxShownDiff = 64 << 10

// Changes lists the saved changes, the newest first.
func (e *editor) Changes(_ context.Context, limit int) ([]api.Change, error) {
	list, err := e.desk.Changes()
	if err != nil {
		return nil, err
	}
	out := make([]api.Change, 0, limit)
	for _, c := range list[:min(limit, len(list))] {
		made := api.Change{ID: c.ID, At: c.At, By: c.By, Note: c.Note, Title: c.Title(), Effects: c.Effects, Files: []api.FileDiff{}, Secrets: c.Secrets, Undoes: c.Undoes, Commit: c.Commit}
		for i := range c.Files {
			f := &c.Files[i]
			diff := f.Diff()
			if len(diff) > maxShownDiff {
				diff = diff[:maxShownDiff] + "\n… and more\n"
			}
			made.Files = append(made.Files, api.FileDiff{Path: f.Path, Old: f.Before, New: f.After, Diff: diff})
		}
		out = append(out, made)
	}
	return out, nil
}
