package save

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tocsin/rules/folder"
)

// Save writes what was looked at. base is the revision of the files that whoever
// saves has seen; when they changed since, nothing is written and the error is a
// *Stale with the edit on the new files, or a *Conflict. Other refusals are
// *Refused and *ReadOnly. On success the change is recorded and, where the
// configuration says so, committed.
func (d *Desk) Save(ctx context.Context, p *Preview, by Author, base string) (*Change, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f, err := folder.Open(d.opts.Config, d.opts.Credentials)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if p.ReadOnly != "" {
		return nil, &ReadOnly{Why: p.ReadOnly, Patch: p.Diff}
	}
	unlock, err := lock(f)
	if err != nil {
		return nil, err
	}
	defer unlock()
	s, err := d.snapshot(f)
	if err != nil {
		return nil, err
	}
	if p, err = d.fresh(ctx, s, p, base); err != nil {
		return nil, err
	}
	switch {
	case p.ReadOnly != "":
		return nil, &ReadOnly{Why: p.ReadOnly, Patch: p.Diff}
	case !p.Valid():
		return nil, &Refused{p}
	case p.Nothing:
		return &Change{Effects: []string{}, By: by.Name}, nil
	}
	return d.commit(ctx, f, p, by)
}

// fresh returns the preview that may be saved now. What changed elsewhere since
// does not stand in the way, as the whole is checked again; what changed in the
// same files must be looked at.
func (d *Desk) fresh(ctx context.Context, s state, p *Preview, base string) (*Preview, error) {
	if p.Stale {
		return nil, &Stale{p}
	}
	if p.Base == s.revision && base == s.revision {
		return p, nil
	}
	r := p.request
	if r.Was == nil && r.Find == nil { // what is found anew is compared with what was shown
		r.Was = p.Was
	}
	again, err := d.plan(ctx, s, r)
	if err != nil {
		return nil, err
	}
	if again.Stale || base != p.Base || !slices.Equal(again.Files, p.Files) || !slices.Equal(again.Effects, p.Effects) {
		return nil, &Stale{again}
	}
	return again, nil
}

// commit writes secrets and files, or nothing.
func (d *Desk) commit(ctx context.Context, f *folder.Folder, p *Preview, by Author) (*Change, error) {
	paths := slices.Sorted(maps.Keys(p.new))
	var repo *repository
	if p.config.Settings.Git.Commit && len(paths) > 0 {
		var err error
		if repo, err = d.repository(ctx); err != nil {
			return nil, err
		}
	}
	undo := &rollback{}
	if err := d.writeAll(f, p, paths, undo); err != nil {
		return nil, d.failed(p, err, undo.run())
	}
	c := &Change{At: time.Now().UTC().Truncate(time.Millisecond), By: by.Name, Note: p.request.Note, Effects: p.Effects, Secrets: p.Secrets, Undoes: p.request.Undo}
	if repo != nil {
		commit, err := repo.commit(ctx, paths, by, p.summary, p.request.Note)
		if err != nil {
			return nil, errors.Join(p.redacted(err), undo.run())
		}
		c.Commit = commit
	}
	for _, path := range paths {
		old, was := p.old[path]
		c.Files = append(c.Files, File{
			Path: path, Before: digest(old, was), After: digest(p.new[path], p.new[path] != nil),
			Old: string(p.shown[0][path]), New: string(p.shown[1][path]),
		})
	}
	if err := d.record(c); err != nil {
		c.ID = ""
		c.Warning = fmt.Sprintf("it is saved, but cannot be undone, as it could not be recorded: %v", err)
	}
	return c, nil
}

// redacted is an error without the secrets that a hook of git may have printed.
func (p *Preview) redacted(err error) error {
	text := err.Error()
	was := text
	for _, secret := range p.literals {
		if len(secret) >= 4 {
			text = strings.ReplaceAll(text, secret, "[secret]")
		}
	}
	if text == was {
		return err
	}
	return errors.New(text)
}

// writeAll writes the secrets first: a file that names one must find it.
func (d *Desk) writeAll(f *folder.Folder, p *Preview, paths []string, undo *rollback) error {
	for _, name := range p.Secrets {
		if err := d.writeSecret(name, p.values[name], undo); err != nil {
			return err
		}
	}
	for _, path := range paths {
		old, was := p.old[path]
		text := p.new[path]
		if !was {
			old = nil
		}
		var err error
		if text == nil {
			err = f.Delete(path, old)
			undo.add(err, func() error { return f.Replace(path, nil, old) })
		} else {
			err = f.Replace(path, old, text)
			undo.add(err, func() error {
				if !was {
					return f.Delete(path, text)
				}
				return f.Replace(path, text, old)
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// writeSecret sets a secret, and notes how it is taken back.
func (d *Desk) writeSecret(name, value string, undo *rollback) error {
	old, err := os.ReadFile(filepath.Join(d.opts.Config, "secrets", name))
	had := err == nil
	secrets, err := folder.OpenSecrets(d.opts.Config, true)
	if err != nil {
		return err
	}
	defer secrets.Close()
	err = secrets.Write(name, value)
	undo.add(err, func() error {
		secrets, err := folder.OpenSecrets(d.opts.Config, false)
		if err != nil {
			return err
		}
		defer secrets.Close()
		if had {
			return secrets.Write(name, string(old))
		}
		return secrets.Remove(name)
	})
	return err
}

// failed puts the error of a write into the terms of whoever saves.
func (d *Desk) failed(p *Preview, err, undone error) error {
	if undone != nil {
		return fmt.Errorf("%w; and what was written already could not be taken back: %w", err, undone)
	}
	if errors.Is(err, folder.ErrReadOnly) {
		return &ReadOnly{Why: err.Error(), Patch: p.Diff}
	}
	return err
}

// rollback takes back what was written, the last first.
type rollback struct{ steps []func() error }

func (r *rollback) add(err error, step func() error) {
	if err == nil {
		r.steps = append(r.steps, step)
	}
}

func (r *rollback) run() error {
	var errs []error
	for _, step := range slices.Backward(r.steps) {
		errs = append(errs, step())
	}
	return errors.Join(errs...)
}
