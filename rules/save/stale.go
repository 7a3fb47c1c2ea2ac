package save

import (
	"tocsin/rules"
	"tocsin/rules/edit"
)

// look notes what each edit is about as it stands in the files, so that a later
// plan of the same edits can tell whether somebody else changed it. When the
// request says what its author saw, that is compared now.
func (d *Desk) look(p *Preview, tree edit.Tree, before Loaded) error {
	if files, known := d.seen.at(p.request.Base); known && p.request.Base != p.Base && p.request.Was == nil {
		p.request.Was = d.marks(files, p.request.Edits)
	}
	for i, e := range p.request.Edits {
		text, at := "", edit.Place{}
		if watched(e) {
			var err error
			if text, at, err = edit.Look(tree, e.Path); err != nil {
				return err
			}
		}
		p.Was = append(p.Was, d.mark(text))
		if i < len(p.request.Was) && p.request.Was[i] != p.Was[i] {
			return d.conflict(p, tree, before, e, at)
		}
	}
	return nil
}

// marks returns what the edits are about as it stood in earlier files.
func (d *Desk) marks(files map[string][]byte, edits []edit.Edit) []string {
	tree := edit.Tree{Pack: d.opts.Pack, Files: files, Cache: &d.cache}
	out := make([]string, len(edits))
	for i, e := range edits {
		text := ""
		if watched(e) {
			text, _, _ = edit.Look(tree, e.Path) // what cannot be read was nothing that could be seen
		}
		out[i] = d.mark(text)
	}
	return out
}

// watched reports whether an edit replaces something that its author saw. An
// element of a list is put in or taken out whatever else the list holds.
func watched(e edit.Edit) bool {
	switch e.Op {
	case edit.Set, edit.Unset, edit.Replace:
		return true
	case edit.Remove:
		return e.Value == "" && e.Word == "" && len(e.JSON) == 0
	}
	return false
}

// conflict says what somebody else made of a value.
func (d *Desk) conflict(p *Preview, tree edit.Tree, before Loaded, e edit.Edit, at edit.Place) error {
	c := &Conflict{What: edit.Describe(tree, e.Path), Place: at}
	masked := tree
	masked.Files = rules.Mask(tree.Files, before.hidden())
	c.Theirs, _, _ = edit.Look(masked, e.Path)
	if r, err := edit.Apply(tree, e); err == nil { // as it would be, secrets masked
		files := changed(tree.Files, r.Changed)
		after := tree
		after.Files = rules.Mask(files, d.opts.Load(files, nil).hidden())
		c.Mine, _, _ = edit.Look(after, e.Path)
	}
	d.blame(c, at.File, tree.Files)
	return c
}

// blame names who saved a file as it is now.
func (d *Desk) blame(c *Conflict, path string, files map[string][]byte) {
	text, there := files[path]
	changes, err := d.changes()
	if err != nil {
		return
	}
	for _, change := range changes {
		for _, f := range change.Files {
			if f.Path == path && f.After == digest(text, there) {
				c.By, c.At = change.By, change.At
				return
			}
		}
	}
}
