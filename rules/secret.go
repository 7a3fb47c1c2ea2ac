package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"tocsin/channels"
	"tocsin/engine/event"
)

// secretMark is on every value that came out of secret(). It goes over to
// whatever is made of the value.
type secretMark struct{}

// missingMark is on the unknown value that stands for a secret which is not
// there.
type missingMark struct{ name, reason string }

// isSecret reports whether any part of v is secret.
func isSecret(v cty.Value) bool { return v.ContainsMarked() }

// missingIn returns the secrets in v that are not there.
func missingIn(v cty.Value) []missingMark {
	if !v.ContainsMarked() {
		return nil
	}
	var out []missingMark
	_, marks := v.UnmarkDeep()
	for m := range marks {
		if missing, ok := m.(missingMark); ok {
			out = append(out, missing)
		}
	}
	slices.SortFunc(out, func(a, b missingMark) int { return strings.Compare(a.name, b.name) })
	return out
}

// secretValue is what an argument for a secret holds.
type secretValue struct {
	value event.Secret
	held  string // why it is not there; empty: it is
}

// secret reads an argument that must never be shown. A secret that is missing
// is a warning: it holds up only what needs it.
func (r *reader) secret(name string) secretValue {
	a := r.argument(name)
	if a == nil {
		return secretValue{}
	}
	return r.secretOf(a)
}

// secretOf reads a secret from an argument that is already at hand.
func (r *reader) secretOf(a *argument) secretValue {
	return r.secretIn(a, a.name, a.expr, isSecretText)
}

// isSecretText reports that any text is one, but for none.
func isSecretText(text string) bool { return text != "" }

// secretIn reads a secret from a part of an argument, which has a name. A text that
// is written out there is reported when secretText says that it is a secret.
func (r *reader) secretIn(a *argument, name string, expr hclsyntax.Expression, secretText func(string) bool) secretValue {
	r.hideSource(a)
	v, ok := r.evaluate(a.file, expr, r.block.in())
	if !ok || v.IsNull() {
		return secretValue{}
	}
	if missing := missingIn(v); len(missing) > 0 {
		if !r.dormant {
			r.warn(finding{
				code: CodeSecretMissing, at: expr.Range(), in: r.block.in(), summary: fmt.Sprintf("secret %q is missing", missing[0].name),
				detail: upperFirst(missing[0].reason),
			})
		}
		return secretValue{held: missing[0].reason}
	}
	v, marks := v.UnmarkDeep()
	v, err := convert.Convert(v, cty.String)
	if err != nil || v.IsNull() {
		r.fail(finding{code: CodeType, at: expr.Range(), in: r.block.in(), summary: name + " is no text", detail: fmt.Sprintf("Write %s = secret(%q).", name, suggestedSecret(r.block, name))})
		return secretValue{}
	}
	if _, literal := a.file.literalText(expr); literal && len(marks) == 0 && secretText(v.AsString()) {
		r.warn(finding{
			code: CodeSecretLiteral, at: expr.Range(), in: r.block.in(), summary: "secret written into the file",
			detail: fmt.Sprintf("Whoever reads the file or its history knows it. Keep it apart: tocsin secret set %[1]s, and write %[2]s = secret(%[1]q).", suggestedSecret(r.block, name), name),
		})
	}
	if raw, ok := r.raw[v.AsString()]; ok {
		return secretValue{value: event.NewSecret(raw)}
	}
	return secretValue{value: event.NewSecret(v.AsString())}
}

// suggestedSecret returns a name for the secret of an argument.
func suggestedSecret(b *block, argument string) string {
	if b.kind == channelKind && len(b.labels) == 2 {
		return b.name() + "_" + strings.ToLower(strings.ReplaceAll(argument, "-", "_"))
	}
	return b.kind
}

// hideSource keeps the texts of an argument out of every diagnostic, and those
// of the locals that it uses.
func (l *loading) hideSource(a *argument) {
	for _, t := range a.expr.Variables() {
		if name, ok := localName(t); ok {
			if local := l.locals.argument(name); local != nil {
				l.hideTexts(local.expr)
			}
		}
	}
	l.hideTexts(a.expr)
}

// hideTexts hides the written-out texts of an expression, except the names of
// secrets, files and variables of the environment.
func (l *loading) hideTexts(expr hclsyntax.Expression) {
	switch e := expr.(type) {
	case *hclsyntax.FunctionCallExpr:
		if e.Name == "secret" || e.Name == "env" || e.Name == "file" {
			return
		}
		for _, arg := range e.Args {
			l.hideTexts(arg)
		}
	case *hclsyntax.ScopeTraversalExpr:
	default:
		l.hide(expr.Range())
	}
}

// assignment finds an argument on a line of its own.
var assignment = regexp.MustCompile(`^\s*([A-Za-z_][\w-]*)\s*=\s*(.*)$`)

// secretName finds names that most likely hold a secret.
var secretName = regexp.MustCompile(`token|secret|passw|key|url|webhook`)

// hideLine keeps the value on a line that does not parse out of diagnostics
// when its name sounds like a secret, or is one of some kind of channel.
func (l *loading) hideLine(f *file, at hcl.Range) {
	start, end := f.lineAround(at.Start.Byte)
	m := assignment.FindSubmatchIndex(f.src[start:end])
	if m == nil {
		return
	}
	name := string(f.src[start+m[2] : start+m[3]])
	hidden := secretName.MatchString(name)
	for _, k := range l.in.Kinds {
		if field, ok := k.Field(name); ok && hides(field.Type) {
			hidden = true
		}
	}
	if hidden {
		l.hide(f.between(start+m[4], start+m[5]))
	}
}

// commented is an argument that a comment holds: one that was switched off so.
type commented struct {
	name     string
	from, to int // of its value
}

// inComment finds an argument with a text on a line that is a comment.
var inComment = regexp.MustCompile(`(?m)^[ \t]*(?:#|//)[#/ \t]*([A-Za-z_][\w-]*)[ \t]*=[ \t]*("[^"\n]*")`)

// commentedOut finds the arguments in the comments of a source.
func commentedOut(src []byte) []commented {
	var out []commented
	for _, m := range inComment.FindAllSubmatchIndex(src, -1) {
		out = append(out, commented{string(src[m[2]:m[3]]), m[4], m[5]})
	}
	return out
}

// openSecret finds names that hold a secret and nothing else.
var openSecret = regexp.MustCompile(`token|secret|passw|api_key`)

// hideComments keeps secrets out of what is shown although they are commented
// out: they are most likely still good.
func (l *loading) hideComments(f *file) {
	for _, c := range f.commented {
		if openSecret.MatchString(c.name) || slices.ContainsFunc(l.in.Kinds, func(k channels.Kind) bool {
			field, ok := k.Field(c.name)
			return ok && hides(field.Type)
		}) {
			l.hide(f.between(c.from, c.to))
		}
	}
}

// shown reports a secret where it would be seen.
func (r *reader) shown(a *argument) {
	r.fail(finding{
		code: CodeSecretShown, at: a.valueRange(), in: r.block.in(), summary: "secret in a value that is shown",
		detail: fmt.Sprintf("secret() fits only where the value is never shown; %s appears in panels and messages.", a.name),
	})
}
