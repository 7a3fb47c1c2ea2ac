package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"time"

	"tocsin/api"
	"tocsin/rules/edit"
	"tocsin/rules/patch"
	"tocsin/rules/save"
)

// editedOf is a planned edit in the API's words.
func editedOf(p *save.Preview) api.Edited {
	out := api.Edited{
		Nothing: p.Nothing, Stale: p.Stale, Revision: p.Base, Effects: p.Effects, Diff: p.Diff, Files: []api.FileDiff{}, Secrets: p.Secrets,
		Diagnostics: diagnosticsOf(p.Diagnostics, p.Sources), ReadOnly: p.ReadOnly,
	}
	if out.Effects == nil {
		out.Effects = []string{}
	}
	for _, f := range p.Files {
		out.Files = append(out.Files, api.FileDiff(f))
	}
	for _, at := range p.Places {
		out.Places = append(out.Places, api.Source{File: at.File, Line: at.Line})
	}
	for _, t := range p.Failing {
		out.Failing = append(out.Failing, api.FailedTest(t))
	}
	return out
}

// refusalOf says why an edit is not made in the API's words.
func refusalOf(err error) error {
	if o, ok := errors.AsType[*edit.Origin](err); ok {
		return &api.Refusal{Reason: api.ComesFromElsewhere, Why: fmt.Sprintf("%s, at %s, is %s", o.Path, o.At, o.Is), Elsewhere: elsewhere(o)}
	}
	if c, ok := errors.AsType[*save.Conflict](err); ok {
		return &api.Refusal{Reason: api.Conflicting, Why: c.Error(), Conflict: &api.Conflict{
			What: c.What, Source: api.Source{File: c.Place.File, Line: c.Place.Line}, Mine: c.Mine, Theirs: c.Theirs, By: c.By, At: moment(c.At),
		}}
	}
	if o, ok := errors.AsType[*save.Overlap](err); ok {
		m := &api.Merge{Tag: o.Now, Theirs: o.Theirs, By: o.By, At: moment(o.At)}
		for _, h := range o.Hunks {
			m.Hunks = append(m.Hunks, api.Hunk(h))
		}
		return &api.Refusal{Reason: api.Changed, Why: o.Error(), Merge: m}
	}
	if s, ok := errors.AsType[*save.Stale](err); ok {
		r := &api.Refusal{Reason: api.Changed, Why: s.Error(), Edit: new(editedOf(s.Preview))}
		if len(s.Preview.Files) > 0 && s.Preview.Merged != "" {
			r.Merge = &api.Merge{Tag: s.Preview.Files[0].Old, Clean: true, Text: s.Preview.Merged}
		}
		return r
	}
	if r, ok := errors.AsType[*save.Refused](err); ok {
		return &api.Refusal{Reason: api.WouldNotLoad, Why: r.Error(), Edit: new(editedOf(r.Preview))}
	}
	if r, ok := errors.AsType[*save.ReadOnly](err); ok {
		return &api.Refusal{Reason: api.IsReadOnly, Why: r.Why, Edit: &api.Edited{Diff: r.Patch, ReadOnly: r.Why, Effects: []string{}, Files: []api.FileDiff{}}}
	}
	if n, ok := errors.AsType[*edit.NotFound](err); ok {
		return &api.NotFound{Why: n.What, Do: n.Do}
	}
	if p, ok := errors.AsType[*patch.Error](err); ok {
		return &api.BadRequest{Why: p.Why, Do: p.Do}
	}
	if h, ok := errors.AsType[*hostOnly](err); ok {
		return &api.Refusal{Reason: api.HostOnly, Why: h.Error()}
	}
	_, isPath := errors.AsType[*fs.PathError](err)
	_, isSystem := errors.AsType[syscall.Errno](err)
	if isPath || isSystem {
		return err
	}
	return &api.BadRequest{Why: err.Error(), Do: "correct it and send it again"}
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func elsewhere(o *edit.Origin) *api.Elsewhere {
	out := &api.Elsewhere{Path: o.Path, Source: api.Source{File: o.At.File, Line: o.At.Line}, Is: o.Is, Affects: o.Affects, Choices: []api.Choice{}}
	for _, s := range o.From {
		out.From = append(out.From, api.Origin{Name: s.Name, Source: api.Source{File: s.At.File, Line: s.At.Line}})
	}
	for _, c := range o.Choices {
		out.Choices = append(out.Choices, api.Choice{Says: c.Says, Path: c.Path, Here: c.Here})
	}
	return out
}
