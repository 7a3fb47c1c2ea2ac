package rules

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"tocsin/engine/event"
)

// value evaluates an argument that may be shown.
func (r *reader) value(a *argument) (cty.Value, bool) {
	return r.valueOf(a, a.expr)
}

// valueOf evaluates a part of an argument. A secret does not pass.
func (r *reader) valueOf(a *argument, expr hclsyntax.Expression) (cty.Value, bool) {
	v, ok := r.evaluate(a.file, expr, r.block.in())
	if ok && isSecret(v) {
		r.hideSource(a)
		r.shown(a)
		return v, false
	}
	return v, ok && !v.IsNull()
}

// wrongType reports that a value is not what its argument takes.
func (r *reader) wrongType(a *argument, at hcl.Range, want, example string) {
	r.fail(finding{
		code: CodeType, at: at, in: r.block.in(), summary: fmt.Sprintf("%s is not %s", a.name, want), detail: "Write " + example + ".",
	})
}

// invalid reports a value that its argument does not take.
func (r *reader) invalid(a *argument, summary, detail string) {
	r.fail(finding{code: CodeValue, at: a.valueRange(), in: r.block.in(), summary: summary, detail: detail})
}

// str reads a text. It reports false when there is none.
func (r *reader) str(name string, to *string) bool {
	a := r.argument(name)
	if a == nil {
		return false
	}
	t, ok := r.textOf(a)
	if ok {
		r.notTemplate(a, t.value)
		*to = t.value
	}
	return ok
}

// textOf evaluates an argument to a text with its places.
func (r *reader) textOf(a *argument) (*text, bool) { return r.textIn(a, a.expr) }

// textIn evaluates a part of an argument to a text with its places.
func (r *reader) textIn(a *argument, expr hclsyntax.Expression) (*text, bool) {
	if t, ok := a.file.literalText(expr); ok {
		return t, true
	}
	v, ok := r.valueOf(a, expr)
	if !ok {
		return nil, false
	}
	if v.Type() != cty.String && v.Type() != cty.Number {
		r.wrongType(a, expr.Range(), "text", "it in double quotes")
		return nil, false
	}
	v, _ = convert.Convert(v, cty.String)
	value := newlines(v.AsString())
	if a.file.isHeredoc(expr) {
		value = strings.TrimSuffix(value, "\n")
	}
	return &text{value: value, whole: expr.Range(), file: a.file}, true
}

// notTemplate warns about a template where none is rendered.
func (r *reader) notTemplate(a *argument, value string) {
	if strings.Contains(value, "{{") {
		r.warn(finding{
			code: CodeNotTemplate, at: a.valueRange(), in: r.block.in(), summary: fmt.Sprintf("%s is no template", a.name),
			detail: "It is shown as written, braces and all. Templates are title, body and the values of details.",
		})
	}
}

// flag reads true or false.
func (r *reader) flag(name string, to *bool) bool {
	a := r.argument(name)
	if a == nil {
		return false
	}
	v, ok := r.value(a)
	if !ok {
		return false
	}
	b, err := convert.Convert(v, cty.Bool)
	if err != nil {
		r.wrongType(a, a.valueRange(), "true or false", "true or false, without quotes")
		return false
	}
	*to = b.True()
	return true
}

// integer reads a whole number between two bounds.
func (r *reader) integer(name string, to *int, least, most int) bool {
	a := r.argument(name)
	if a == nil {
		return false
	}
	v, ok := r.value(a)
	if !ok {
		return false
	}
	n, err := convert.Convert(v, cty.Number)
	if err != nil {
		r.wrongType(a, a.valueRange(), "a number", "it in digits, without quotes")
		return false
	}
	f, _ := n.AsBigFloat().Float64()
	if f != math.Trunc(f) || f < float64(least) || f > float64(most) {
		r.invalid(a, a.name+" out of range", fmt.Sprintf("Write a whole number from %d to %d.", least, most))
		return false
	}
	*to = int(f)
	return true
}

// span reads a duration between two bounds.
func (r *reader) span(name string, to *time.Duration, least, most time.Duration) bool {
	a := r.argument(name)
	if a == nil {
		return false
	}
	d, ok := r.spanOf(a, least, most)
	if ok {
		*to = d
	}
	return ok
}

// spanOf reads a duration from an argument that is already at hand.
func (r *reader) spanOf(a *argument, least, most time.Duration) (time.Duration, bool) {
	v, ok := r.value(a)
	if !ok {
		return 0, false
	}
	if v.Type() != cty.String {
		r.wrongType(a, a.valueRange(), "a duration", `it with a unit, in quotes: "90s", "15m", "24h", "7d"`)
		return 0, false
	}
	d, ok := event.ParseDuration(v.AsString())
	switch {
	case !ok:
		r.invalid(a, a.name+" is no duration", `Write a number with a unit: "90s", "15m", "24h", "7d".`)
	case d < least || d > most:
		r.invalid(a, a.name+" out of range", fmt.Sprintf("Write a duration from %s to %s.", spanText(least), spanText(most)))
		ok = false
	}
	return d, ok
}

// spanText prints a bound as people write it.
func spanText(d time.Duration) string { return cmp.Or(event.Duration(d).String(), "0s") }

// choice reads one word of several.
func (r *reader) choice(name string, to *string, words ...string) bool {
	a := r.argument(name)
	if a == nil {
		return false
	}
	t, ok := r.textOf(a)
	if !ok {
		return false
	}
	if !slices.Contains(words, t.value) {
		f := finding{
			code: CodeValue, at: a.valueRange(), in: r.block.in(), summary: fmt.Sprintf("unknown %s %q", a.name, t.value),
			detail: "It is one of " + quoted(words) + ".",
		}
		r.fail(f.suggest(t.value, slices.Values(words)))
		return false
	}
	*to = t.value
	return true
}

// quoted lists words as they are written in a file.
func quoted(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = fmt.Sprintf("%q", w)
	}
	return strings.Join(out, ", ")
}

// word is one element of a list of texts.
type word struct {
	text string
	at   hcl.Range
}

// words reads a list of texts; a single text is a list of one. It reports
// false when there is none, and true for an empty list.
func (r *reader) words(name string) ([]word, bool) {
	a := r.argument(name)
	if a == nil {
		return nil, false
	}
	if tuple, ok := a.expr.(*hclsyntax.TupleConsExpr); ok {
		out := make([]word, 0, len(tuple.Exprs))
		for _, expr := range tuple.Exprs {
			t, ok := r.textIn(a, expr)
			if !ok {
				return nil, false
			}
			out = append(out, word{t.value, expr.Range()})
		}
		return out, true
	}
	v, ok := r.value(a)
	if !ok {
		return nil, false
	}
	if t := v.Type(); t == cty.String {
		return []word{{newlines(v.AsString()), a.valueRange()}}, true
	} else if !t.IsTupleType() && !t.IsListType() && !t.IsSetType() {
		r.wrongType(a, a.valueRange(), "a list", `texts in brackets: ["one", "two"]`)
		return nil, false
	}
	out := make([]word, 0, v.LengthInt())
	for _, item := range v.Elements() {
		if item, err := convert.Convert(item, cty.String); err == nil && !item.IsNull() {
			out = append(out, word{newlines(item.AsString()), a.valueRange()})
			continue
		}
		r.wrongType(a, a.valueRange(), "a list of texts", `texts in brackets: ["one", "two"]`)
		return nil, false
	}
	return out, true
}

// strings reads a list of texts without their places.
func (r *reader) strings(name string) ([]string, bool) {
	words, ok := r.words(name)
	if !ok {
		return nil, false
	}
	return textsOf(words), true
}

// textsOf drops the places of words.
func textsOf(words []word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.text
	}
	return out
}
