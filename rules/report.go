package rules

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tocsin/rules/diag"
	"tocsin/rules/near"
)

// finding is one diagnostic in the making.
type finding struct {
	code    string
	at      hcl.Range
	in      string // block that it is in
	summary string // short noun phrase
	detail  string // a sentence with the remedy
	label   string // short word behind the carets
	related []diag.Related
}

// report collects what is wrong. One cause is reported once: of several
// findings with one code at one place the first counts.
type report struct {
	diags  hcl.Diagnostics
	seen   map[cause]bool
	hidden []hcl.Range // literal secrets, never to be shown
}

type cause struct {
	file string
	at   int
	code string
}

// newReport returns a report without findings.
func newReport() *report { return &report{seen: map[cause]bool{}} }

// fail reports an error.
func (r *report) fail(f finding) { r.add(hcl.DiagError, f) }

// warn reports a warning.
func (r *report) warn(f finding) { r.add(hcl.DiagWarning, f) }

// add notes a finding unless its cause was told before.
func (r *report) add(severity hcl.DiagnosticSeverity, f finding) {
	c := cause{f.at.Filename, f.at.Start.Byte, f.code}
	if r.seen[c] {
		return
	}
	r.seen[c] = true
	r.diags = append(r.diags, f.diagnostic(severity))
}

// diagnostic returns the finding in the form in which it is shown.
func (f finding) diagnostic(severity hcl.DiagnosticSeverity) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: severity, Summary: f.summary, Detail: f.detail, Subject: &f.at,
		Extra: &diag.Extra{Code: f.code, In: f.in, Label: f.label, Related: f.related},
	}
}

// hide keeps a part of a source out of every diagnostic.
func (r *report) hide(at hcl.Range) { r.hidden = append(r.hidden, at) }

// finish returns the diagnostics in the order of files and lines, with what
// none of them may show. When files do not parse, names that nothing defines
// are no news: they may be defined in what was not read.
func (r *report) finish(broken bool) hcl.Diagnostics {
	out := r.diags
	if broken {
		out = slices.DeleteFunc(out, func(d *hcl.Diagnostic) bool { return dependsOnOthers(diag.ExtraOf(d).Code) })
	}
	slices.SortStableFunc(out, func(a, b *hcl.Diagnostic) int {
		return cmp.Or(
			strings.Compare(a.Subject.Filename, b.Subject.Filename),
			cmp.Compare(a.Subject.Start.Byte, b.Subject.Start.Byte),
			cmp.Compare(a.Severity, b.Severity),
		)
	})
	for _, d := range out {
		d.Extra.(*diag.Extra).Hidden = r.hidden
	}
	return out
}

// dependsOnOthers reports whether a diagnostic is about something that another
// file could have defined.
func dependsOnOthers(code string) bool {
	switch code {
	case CodeUnknownName, CodeLocal, CodeConditionName, CodeConditionLiteral, CodeConditionUndeclared, CodeTemplateName, CodeTemplateField,
		CodeMissingArg, CodeResolver, CodeOverruled, CodeNoEffect, CodeDisabled, CodeTakesAll:
		return true
	}
	return false
}

// suggest adds the near name to a finding, if there is one.
func (f finding) suggest(given string, candidates iter.Seq[string]) finding {
	return f.suggestWith(given, "", candidates)
}

// suggestWith does so for a name that is written behind a prefix.
func (f finding) suggestWith(given, prefix string, candidates iter.Seq[string]) finding {
	if name, ok := near.Name(given, candidates); ok {
		f.label = `did you mean "` + prefix + name + `"?`
		f.detail = `Write "` + prefix + name + `", if that is meant.`
	}
	return f
}
