package daemon

import (
	"cmp"
	"context"
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
	for _, path := range slices.Sorted(maps.Keys(files)) {
		out.Files = append(out.Files, api.File{Path: path, Size: len(files[path]), Tag: save.Digest(files[path])})
	}
	return out, err
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
		return nil, "", err
	case !there:
		return nil, "", &api.NotFound{Why: fmt.Sprintf("there is no file %.200q", path), Do: "GET files lists them"}
	}
	return text, save.Digest(text), nil
}

// Edit plans a change and, unless it is a dry run, saves it and takes it into use.
func (e *editor) Edit(ctx context.Context, in api.Edit) (api.Edited, error) {
	r, err := e.request(&in)
	if err != nil {
		return api.Edited{}, refusalOf(err)
	}
	if r.Text == nil && r.Undo == "" && len(r.Edits) == 0 {
		return api.Edited{Nothing: true, Revision: r.Base, Effects: []string{}, Files: []api.FileDiff{}}, nil
	}
	p, err := e.desk.Plan(ctx, r)
	if err != nil {
		return api.Edited{}, refusalOf(err)
	}
	if in.DryRun || p.Nothing {
		return editedOf(p), nil
	}
	ctx = context.WithoutCancel(ctx) // what is begun is finished, whoever hangs up
	c, err := e.desk.Save(ctx, p, save.Author{Name: in.By}, p.Base)
	if err != nil {
		return api.Edited{}, refusalOf(err)
	}
	out := editedOf(p)
	out.Saved, out.Change, out.Commit, out.Warning = true, c.ID, c.Commit, c.Warning
	e.Log.Info("configuration edited", "by", in.By, "change", c.ID, "files", len(p.Files), "secrets", p.Secrets)
	result, err := e.reload(ctx)
	if out.Applied = err == nil && result.OK; !out.Applied {
		out.Warning = cmp.Or(out.Warning, "it is saved and not in use yet: tocsin status tells why")
	}
	if _, revision, err := e.desk.Files(); err == nil {
		out.Revision = revision
	}
	return out, nil
}

// request turns what a caller wants into edits. They are found on the files as
// they are, so that a later change of those is noticed.
func (e *editor) request(in *api.Edit) (save.Request, error) {
	r := save.Request{Base: in.Base, Undo: in.Undo, Note: in.Note, SkipTests: in.SkipTests}
	if f := in.File; f != nil {
		r.Text = &save.Text{Path: f.Path, Text: f.Text, Gone: f.Gone, Base: f.Tag}
		return r, nil
	}
	if in.Undo != "" {
		return r, nil
	}
	blocks, revision, err := e.blocks()
	if err != nil {
		return r, err
	}
	r.Base = cmp.Or(in.Base, revision)
	if in.Block == nil {
		r.Edits, err = patch.Edits(blocks, in.Patch)
	} else {
		r.Edits, err = blockEdits(blocks, in.Block)
	}
	for i := range r.Edits {
		r.Edits[i].Here = in.Here
	}
	return r, err
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

// blocks returns the blocks of the files as they are; when those do not load, of
// the running version.
func (e *editor) blocks() ([]rules.Block, string, error) {
	files, revision, err := e.desk.Files()
	if err != nil {
		return nil, "", err
	}
	s := e.running.Load().picture()
	if s.revision != revision {
		if v := e.loader.version(files); v != nil {
			s = v.picture()
		}
	}
	return s.blocks, revision, nil
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
			return api.Checked{}, err
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
