package save

import (
	"bytes"
	"fmt"
	"maps"
	"strings"
	"time"

	"tocsin/rules"
	"tocsin/rules/edit"
	"tocsin/rules/textdiff"
)

// Text is a whole file as somebody wants it.
type Text struct {
	Path string
	Text []byte
	Gone bool   // the file goes
	Base string // SHA-256 of the text that its author saw; Any: whatever it is; empty: there was none
}

// Any is the Base of a text that goes over every other one.
const Any = "*"

// Overlap says that a file was changed by somebody else since its author saw it,
// and that the two changes do not go together by themselves. Nothing is lost: all
// sides are here. It is for those who may read the file, as it holds its text.
type Overlap struct {
	Path   string    `json:"path"`
	Now    string    `json:"now"`    // SHA-256 of the file as it is; empty: it is gone
	Theirs string    `json:"theirs"` // its text
	Hunks  []Hunk    `json:"hunks"`  // where both changed the same; none: what the author saw is no longer known
	By     string    `json:"by,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

// Hunk is a place where two authors made different things of the same lines.
type Hunk struct {
	Line   int    `json:"line"` // of theirs
	Base   string `json:"base"`
	Mine   string `json:"mine"`
	Theirs string `json:"theirs"`
}

// Error says who changed what.
func (o *Overlap) Error() string {
	by := ""
	if o.By != "" {
		by = " by " + o.By
	}
	switch {
	case o.Now == "":
		return fmt.Sprintf("%s was removed meanwhile%s", o.Path, by)
	case len(o.Hunks) == 0:
		return fmt.Sprintf("%s was changed meanwhile%s", o.Path, by)
	}
	return fmt.Sprintf("%s was changed meanwhile%s, in the same place, at line %d", o.Path, by, o.Hunks[0].Line)
}

// written returns the files with a text in its place. Over one that its author
// has not seen the two are merged, to be looked at.
func (d *Desk) written(p *Preview, s state, t *Text) (map[string][]byte, error) {
	now, there := s.files[t.Path]
	switch {
	case !rules.IsFile(t.Path):
		return nil, fmt.Errorf("%s is no file of the configuration: write a path inside its folder that ends in .hcl", t.Path)
	case t.Gone && !there && t.Base != "":
		return nil, &edit.NotFound{What: fmt.Sprintf("there is no file %s", t.Path)}
	case bytes.Contains(t.Text, []byte(rules.Masked)) && !bytes.Contains(now, []byte(rules.Masked)):
		return nil, fmt.Errorf("%s holds %s, which stands in place of a secret where it is shown: write secret(\"NAME\") or the secret itself", t.Path, rules.Masked)
	}
	text := t.Text
	if sum := digest(now, there); t.Base != Any && t.Base != sum && !(there && !t.Gone && bytes.Equal(now, text)) {
		var err error
		if text, err = d.merged(s, t, now); err != nil {
			return nil, err
		}
		p.Stale, p.Merged = true, string(text)
	}
	after := maps.Clone(s.files)
	if after[t.Path] = text; t.Gone {
		delete(after, t.Path)
	}
	p.Places = append(p.Places, edit.Place{File: t.Path, Line: firstChange(now, text)})
	return after, nil
}

// merged brings what an author made of a text that was seen before into the text
// as it is now.
func (d *Desk) merged(s state, t *Text, now []byte) ([]byte, error) {
	_, there := s.files[t.Path]
	o := &Overlap{Path: t.Path, Now: digest(now, there), Theirs: string(now)}
	c := &Conflict{}
	d.blame(c, t.Path, s.files)
	o.By, o.At = c.By, c.At
	base, known := d.seen.text(t.Path, t.Base)
	if !known || t.Gone || !there {
		return nil, o
	}
	was, mine, theirs := lines(string(base)), lines(string(t.Text)), lines(string(now))
	result, overlaps := textdiff.Merge(was, mine, theirs)
	if len(overlaps) > 0 {
		for _, at := range overlaps {
			part := func(of []string, r textdiff.Range) string { return strings.Join(of[r.From:r.To], "") }
			o.Hunks = append(o.Hunks, Hunk{at.Theirs.From + 1, part(was, at.Base), part(mine, at.Mine), part(theirs, at.Theirs)})
		}
		return nil, o
	}
	var out bytes.Buffer
	for _, l := range result {
		from := theirs
		if l.Mine {
			from = mine
		}
		out.WriteString(from[l.Index])
	}
	return out.Bytes(), nil
}

// Files reads the files as they are, and what their state is called. Whoever has
// seen them so can be told later what changed since.
func (d *Desk) Files() (files map[string][]byte, revision string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, err := d.read()
	return s.files, s.revision, err
}

// Digest names a text, as a Base does.
func Digest(text []byte) string { return digest(text, true) }
