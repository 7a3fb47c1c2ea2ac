package rules

import (
	"fmt"
	"regexp"
	"slices"

	"tocsin/rules/near"
)

// foreign is a list of names that another program gives. One that is not known may be
// new and is kept; one that is nearly a known one is most likely mistyped.
type foreign struct {
	argument string
	what     string // one of them: worker
	form     *regexp.Regexp
	shape    string // what one looks like, a sentence
	empty    string // what to write in place of an empty list
	known    []string
	whose    string // who gives them
	code     string // of the warning
}

// foreignNames reads such a list.
func (r *reader) foreignNames(f foreign) []string {
	words, ok := r.words(f.argument)
	if !ok {
		return nil
	}
	if len(words) == 0 {
		r.fail(finding{code: CodeValue, at: r.argument(f.argument).valueRange(), in: r.block.in(), summary: "no " + f.argument, detail: f.empty})
	}
	for _, w := range words {
		if !f.form.MatchString(w.text) {
			r.fail(finding{code: CodeValue, at: w.at, in: r.block.in(), summary: fmt.Sprintf("invalid %s %q", f.what, w.text), detail: f.shape})
			continue
		}
		if name, found := near.Name(w.text, slices.Values(f.known)); found && !slices.Contains(f.known, w.text) {
			r.warn(finding{
				code: f.code, at: w.at, in: r.block.in(), summary: fmt.Sprintf("unknown %s %q", f.what, w.text), label: fmt.Sprintf("did you mean %q?", name),
				detail: fmt.Sprintf("Write %q, if that is meant. %s may have others that are not known here; this one is kept as it is.", name, f.whose),
			})
		}
	}
	return textsOf(words)
}
