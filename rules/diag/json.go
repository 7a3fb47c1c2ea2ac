package diag

import (
	"encoding/json"
	"io"

	"github.com/hashicorp/hcl/v2"
)

// Report is what WriteJSON writes. Its format only ever gains members.
type Report struct {
	FormatVersion int          `json:"format_version"`
	Valid         bool         `json:"valid"` // no error; warnings may be there
	Errors        int          `json:"errors"`
	Warnings      int          `json:"warnings"`
	Files         int          `json:"files"` // the built-in ones included
	Diagnostics   []Diagnostic `json:"diagnostics"`
}

// Diagnostic is one diagnostic for programs.
type Diagnostic struct {
	Severity string  `json:"severity"` // error, warning
	Code     string  `json:"code"`
	Summary  string  `json:"summary"`
	Detail   string  `json:"detail"`
	Label    string  `json:"label,omitempty"`
	In       string  `json:"in,omitempty"`
	Place    *Place  `json:"place,omitempty"`
	Related  []Place `json:"related,omitempty"`
}

// Place is a part of a source.
type Place struct {
	File    string   `json:"file"`
	Start   Position `json:"start"`
	End     Position `json:"end"`
	Snippet string   `json:"snippet,omitempty"` // the line of Start, secrets masked
	Label   string   `json:"label,omitempty"`
}

// Position is a place between two characters.
type Position struct {
	Line   int `json:"line"`   // from 1
	Column int `json:"column"` // from 1, in characters as people see them
	Byte   int `json:"byte"`   // from 0, in the file
}

// NewReport returns the diagnostics in the form for programs.
func NewReport(diags hcl.Diagnostics, sources map[string][]byte) Report {
	r := Report{FormatVersion: 1, Files: len(sources), Diagnostics: make([]Diagnostic, 0, len(diags))}
	r.Errors, r.Warnings = Count(diags)
	r.Valid = r.Errors == 0
	for _, d := range diags {
		extra := ExtraOf(d)
		out := Diagnostic{
			Severity: severity(d), Code: extra.Code, Summary: d.Summary, Detail: d.Detail, Label: extra.Label, In: extra.In,
		}
		if d.Subject != nil {
			p := placeOf(*d.Subject, "", extra.Hidden, sources)
			out.Place = &p
		}
		for _, rel := range extra.Related {
			out.Related = append(out.Related, placeOf(rel.Range, rel.Label, extra.Hidden, sources))
		}
		r.Diagnostics = append(r.Diagnostics, out)
	}
	return r
}

// WriteJSON writes the diagnostics as one JSON object, a Report.
func WriteJSON(w io.Writer, diags hcl.Diagnostics, sources map[string][]byte) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(NewReport(diags, sources))
}

// placeOf returns a range with the line that it begins on.
func placeOf(r hcl.Range, label string, hidden []hcl.Range, sources map[string][]byte) Place {
	s, _ := cut(sources[r.Filename], r, hidden)
	return Place{File: r.Filename, Start: Position(r.Start), End: Position(r.End), Snippet: s.line, Label: label}
}
