package diag

import "github.com/hashicorp/hcl/v2"

// Extra is what a diagnostic of ours carries beyond HCL's fields. The
// diagnostic's Summary says what is wrong, its Detail is the remedy.
type Extra struct {
	Code    string      // stable: C104
	In      string      // block that the subject stands in: channel "telegram" "phone"
	Label   string      // short word behind the carets: did you mean "chat_id"?
	Related []Related   // other places that have to do with it
	Hidden  []hcl.Range // parts of the sources that must never be shown: literal secrets
}

// Related is another place that a diagnostic is about.
type Related struct {
	Range hcl.Range
	Label string // what is there: first defined here
}

// ExtraOf returns what d carries, or nothing.
func ExtraOf(d *hcl.Diagnostic) Extra {
	if e, ok := d.Extra.(*Extra); ok && e != nil {
		return *e
	}
	return Extra{}
}

// Count returns how many of the diagnostics are errors and how many warnings.
func Count(diags hcl.Diagnostics) (errors, warnings int) {
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			errors++
		} else {
			warnings++
		}
	}
	return errors, warnings
}

// severity returns the word that stands before a diagnostic.
func severity(d *hcl.Diagnostic) string {
	if d.Severity == hcl.DiagError {
		return "error"
	}
	return "warning"
}
