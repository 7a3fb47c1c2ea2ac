package save

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tocsin/rules"
	"tocsin/rules/edit"
	"tocsin/rules/textdiff"
)

// undone returns the files without what a change did to them. Later changes
// stay: what it did is taken out of the text as it is now, unless they changed
// the same lines.
func (d *Desk) undone(p *Preview, s state, now Loaded, id string) (map[string][]byte, error) {
	c, err := d.change(id)
	if err != nil {
		return nil, err
	}
	if len(c.Files) == 0 {
		return nil, fmt.Errorf("change %s only set a secret, whose old value is kept nowhere: tocsin secret set %s", id, strings.Join(c.Secrets, " "))
	}
	after := maps.Clone(s.files)
	hidden := rules.HiddenIn(now.hidden())
	for i := range c.Files {
		f := &c.Files[i]
		text, err := d.undoFile(f, s.files, hidden[f.Path])
		var conflict *Conflict
		if errors.As(err, &conflict) {
			conflict.What = fmt.Sprintf("what change %s did to %s", id, f.Path)
			d.blame(conflict, f.Path, s.files)
		}
		if err != nil {
			return nil, err
		}
		if text == nil {
			delete(after, f.Path)
		} else {
			after[f.Path] = text
		}
		p.Places = append(p.Places, edit.Place{File: f.Path, Line: firstChange(s.files[f.Path], text)})
	}
	return after, nil
}

// undoFile returns a file without what a change did to it; nil: it goes.
func (d *Desk) undoFile(f *File, files map[string][]byte, hidden []hcl.Range) ([]byte, error) {
	now, there := files[f.Path]
	if f.Before == "" && digest(now, there) == f.After {
		return nil, nil
	}
	units := unitsOf(now, hidden)
	theirs := make([]string, len(units))
	for i, u := range units {
		theirs[i] = u.shown
	}
	mine := lines(f.Old)
	merged, overlaps := textdiff.Merge(lines(f.New), mine, theirs)
	if len(overlaps) > 0 {
		o := overlaps[0]
		return nil, &Conflict{
			Place: edit.Place{File: f.Path, Line: lineOf(units, o.Theirs.From)},
			Mine:  strings.Join(mine[o.Mine.From:o.Mine.To], ""), Theirs: strings.Join(theirs[o.Theirs.From:o.Theirs.To], ""),
		}
	}
	var out bytes.Buffer
	for _, l := range merged {
		if !l.Mine {
			out.WriteString(units[l.Index].raw)
			continue
		}
		if strings.Contains(mine[l.Index], rules.Masked) {
			return nil, fmt.Errorf("the change to %s took away a secret that was written into the file; it is kept nowhere, so write the line again by hand, with secret(\"NAME\")", f.Path)
		}
		out.WriteString(mine[l.Index])
	}
	if out.Len() == 0 && f.Before == "" {
		return nil, nil
	}
	return out.Bytes(), nil
}

// unit is a line as it is shown, and as it is: a masked secret may have several.
type unit struct{ shown, raw string }

// unitsOf splits a file into its lines, what is hidden in them masked.
func unitsOf(text []byte, hidden []hcl.Range) []unit {
	var out []unit
	var shown, raw []byte
	flush := func() {
		if len(raw) > 0 {
			out = append(out, unit{string(shown), string(raw)})
		}
		shown, raw = nil, nil
	}
	for at := 0; at < len(text); {
		if len(hidden) > 0 && at == hidden[0].Start.Byte && hidden[0].End.Byte <= len(text) {
			end := max(hidden[0].End.Byte, at)
			shown, raw = append(shown, rules.Masked...), append(raw, text[at:end]...)
			at, hidden = end, hidden[1:]
			if at < len(text) {
				continue
			}
			break
		}
		c := text[at]
		shown, raw = append(shown, c), append(raw, c)
		at++
		if c == '\n' {
			flush()
		}
	}
	flush()
	return out
}

// lineOf returns the line of the file on which a unit begins.
func lineOf(units []unit, n int) int {
	line := 1
	for _, u := range units[:min(n, len(units))] {
		line += strings.Count(u.raw, "\n")
	}
	return line
}

// lines splits a text; each line keeps its end.
func lines(text string) []string {
	return slices.DeleteFunc(strings.SplitAfter(text, "\n"), func(l string) bool { return l == "" })
}

// firstChange returns the line on which two texts begin to differ.
func firstChange(a, b []byte) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return 1 + bytes.Count(b[:min(i, len(b))], []byte("\n"))
}
