package rules

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"tocsin/rules/condition"
)

// condition reads a condition. It returns nil when there is none, or none that
// compiles.
func (r *reader) condition(name string, subject condition.Subject) *condition.Condition {
	return compiled(r, name, func(text string) (*condition.Condition, []condition.Problem) {
		return r.conditions().condition(text, subject)
	})
}

// expression reads a text in the language of conditions that comes to a value. It
// returns nil when there is none, or none that compiles.
func (r *reader) expression(name string, subject condition.Subject) *condition.Expression {
	return compiled(r, name, func(text string) (*condition.Expression, []condition.Problem) {
		return r.conditions().expression(text, subject)
	})
}

// compiled reads an argument that is compiled, and reports what is wrong with it.
func compiled[T any](r *reader, name string, compile func(text string) (*T, []condition.Problem)) *T {
	a := r.argument(name)
	if a == nil {
		return nil
	}
	t, ok := r.conditionText(a)
	if !ok {
		return nil
	}
	out, problems := compile(t.value)
	r.conditionProblems(t, problems)
	return out
}

// conditionProblems reports what is wrong with a text where it stands.
func (r *reader) conditionProblems(t *text, problems []condition.Problem) {
	for _, p := range problems {
		f := finding{
			code: p.Code, at: t.between(p.From, p.To), in: r.block.in(),
			summary: p.Summary, detail: p.Detail, label: p.Label,
		}
		if p.Warning {
			r.warn(f)
		} else {
			r.fail(f)
		}
	}
}

// conditionText reads the text of a condition. What HCL would fill in is
// refused: a value pasted into an expression can change what it means.
func (r *reader) conditionText(a *argument) (*text, bool) {
	tmpl, isTemplate := a.expr.(*hclsyntax.TemplateExpr)
	_, wraps := a.expr.(*hclsyntax.TemplateWrapExpr)
	if wraps || isTemplate && !tmpl.IsStringLiteral() {
		r.fail(finding{
			code: CodeConditionSyntax, at: a.valueRange(), in: r.block.in(), summary: "HCL template in a condition",
			detail: "Conditions read shared values themselves: write local.NAME without ${ }. For a literal ${ write $${.",
		})
		return nil, false
	}
	if lit, ok := a.expr.(*hclsyntax.LiteralValueExpr); ok && lit.Val.Type() == cty.Bool && !lit.Val.IsNull() {
		value := "false"
		if lit.Val.True() {
			value = "true"
		}
		return &text{value: value, whole: a.valueRange(), file: a.file}, true
	}
	return r.textOf(a)
}
