package rules

import (
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// evaluate works out the value of an expression. It reports false when that is
// not possible, after having said why: the value then counts as given, so that
// nobody complains about it once more.
func (l *loading) evaluate(f *file, expr hclsyntax.Expression, in string) (cty.Value, bool) {
	if lit, ok := expr.(*hclsyntax.LiteralValueExpr); ok && !isBeyond(lit.Val) {
		return lit.Val, true
	}
	if text, ok := f.literalText(expr); ok {
		return cty.StringVal(text.value), true
	}
	reads := expr.Variables()
	if !l.checkNames(expr, reads, in) || !l.checkNumbers(expr, in) {
		return cty.DynamicVal, false
	}
	v, diags := valueOf(expr, l.context(f, reads))
	if bad := firstError(diags); bad != nil {
		l.fail(l.evaluationFault(expr, bad, in))
		return cty.DynamicVal, false
	}
	if !v.IsWhollyKnown() && len(missingIn(v)) == 0 {
		return cty.DynamicVal, false // a local that failed, and was reported
	}
	if isBeyond(v) {
		l.beyond(expr.Range(), in)
		return cty.DynamicVal, false
	}
	return v, true
}

// checkNumbers reports numbers that nothing can hold. HCL would: but as a text one
// of them can have more digits than there is memory.
func (l *loading) checkNumbers(expr hclsyntax.Expression, in string) bool {
	ok := true
	_ = hclsyntax.VisitAll(expr, func(n hclsyntax.Node) hcl.Diagnostics {
		if lit, isLiteral := n.(*hclsyntax.LiteralValueExpr); isLiteral && ok && isBeyond(lit.Val) {
			ok = false
			l.beyond(lit.SrcRange, in)
		}
		return nil
	})
	return ok
}

func (l *loading) beyond(at hcl.Range, in string) {
	l.fail(finding{code: CodeValue, at: at, in: in, summary: "number out of range", detail: "A number is smaller than 1e308, and 0 or larger than 1e-308."})
}

// isBeyond reports whether a value holds a number that is none in conditions,
// templates and JSON: too large for them, or so small that it would be 0.
func isBeyond(v cty.Value) bool {
	v, _ = v.Unmark()
	switch {
	case v.IsNull() || !v.IsKnown():
		return false
	case v.Type() == cty.Number:
		number := v.AsBigFloat()
		f, _ := number.Float64()
		return math.IsInf(f, 0) || f == 0 && number.Sign() != 0
	case v.CanIterateElements():
		for _, item := range v.Elements() {
			if isBeyond(item) {
				return true
			}
		}
	}
	return false
}

// valueOf evaluates an expression. A panic in a function of HCL's library is
// an error in the file that calls it.
func valueOf(expr hclsyntax.Expression, ctx *hcl.EvalContext) (v cty.Value, diags hcl.Diagnostics) {
	defer func() {
		if recover() != nil {
			at := expr.Range()
			v, diags = cty.DynamicVal, hcl.Diagnostics{{
				Severity: hcl.DiagError, Subject: &at, Detail: "Write it in a simpler way, and report it: this is a fault in tocsin.",
			}}
		}
	}()
	return expr.Value(ctx)
}

// context returns what an expression of a file can use. Paths given to file()
// are relative to the file that calls it.
func (l *loading) context(f *file, reads []hcl.Traversal) *hcl.EvalContext {
	dir := path.Dir(f.path)
	ctx, ok := l.contexts[dir]
	if !ok {
		ctx = &hcl.EvalContext{Functions: l.functions(dir)}
		l.contexts[dir] = ctx
	}
	if len(reads) == 0 {
		return ctx
	}
	child := ctx.NewChild()
	child.Variables = map[string]cty.Value{"local": l.locals.object(reads)}
	return child
}

// checkNames reports every variable and function in an expression that does
// not exist.
func (l *loading) checkNames(expr hclsyntax.Expression, reads []hcl.Traversal, in string) bool {
	ok := true
	for _, traversal := range reads {
		ok = l.checkVariable(traversal, in) && ok
	}
	_ = hclsyntax.VisitAll(expr, func(n hclsyntax.Node) hcl.Diagnostics {
		if call, isCall := n.(*hclsyntax.FunctionCallExpr); isCall {
			ok = l.checkCall(call, in) && ok
		}
		return nil
	})
	return ok
}

// checkVariable reports a variable that is none of the locals.
func (l *loading) checkVariable(t hcl.Traversal, in string) bool {
	root := t.RootName()
	at := t.SourceRange()
	if root != "local" {
		f := finding{
			code: CodeVariable, at: at, in: in, summary: fmt.Sprintf("unknown variable %q", root),
			detail: `Text stands in double quotes, shared values are named local.NAME. Write $${ for a literal ${.`,
		}
		l.fail(f.suggest(root, slices.Values([]string{"local"})))
		return false
	}
	name, ok := localName(t)
	if !ok {
		l.fail(finding{code: CodeLocal, at: at, in: in, summary: "local is no value by itself", detail: "Name one of the locals: local.NAME."})
		return false
	}
	if !l.locals.known(name) {
		f := finding{
			code: CodeLocal, at: at, in: in, summary: fmt.Sprintf("unknown local %q", name),
			detail: "Define it in a locals block.",
		}
		l.fail(f.suggest(name, l.locals.names()))
		return false
	}
	return true
}

// localName returns NAME of local.NAME.
func localName(t hcl.Traversal) (string, bool) {
	if len(t) < 2 {
		return "", false
	}
	switch step := t[1].(type) {
	case hcl.TraverseAttr:
		return step.Name, true
	case hcl.TraverseIndex:
		if step.Key.Type() == cty.String {
			return step.Key.AsString(), true
		}
	}
	return "", false
}

// checkCall reports a function that does not exist.
func (l *loading) checkCall(call *hclsyntax.FunctionCallExpr, in string) bool {
	if l.known[call.Name] {
		return true
	}
	f := finding{code: CodeFunction, at: call.NameRange, in: in, summary: fmt.Sprintf("unknown function %q", call.Name), detail: "There is no such function."}
	if call.Name == "timestamp" || call.Name == "now" {
		f.detail = "There is no clock in the configuration: it must mean the same at every load."
	}
	l.fail(f.suggest(call.Name, keysOf(l.known)))
	return false
}

// evaluationFault puts an error of HCL's evaluation into our form. Its text
// could hold a part of a value, so it is kept back where a secret is in play.
func (l *loading) evaluationFault(expr hclsyntax.Expression, d *hcl.Diagnostic, in string) finding {
	f := finding{code: CodeType, at: *d.Subject, in: in, summary: "value that cannot be worked out", detail: firstLine(d.Detail)}
	call, isCall := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](d)
	if isCall {
		f.code, f.summary = CodeFunction, call.CalledFunctionName()+"() failed"
		if err := call.FunctionCallError(); err != nil {
			f.detail = upperFirst(err.Error())
		}
	}
	if l.touchesSecret(expr) {
		f.detail = "The reason is not shown, as the expression uses a secret."
	}
	return f
}

// upperFirst makes a sentence of an error's text.
func upperFirst(s string) string {
	if s == "" {
		return s
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

// touchesSecret reports whether an expression calls secret(), or reads a local
// that holds a secret.
func (l *loading) touchesSecret(expr hclsyntax.Expression) bool {
	found := false
	_ = hclsyntax.VisitAll(expr, func(n hclsyntax.Node) hcl.Diagnostics {
		if call, ok := n.(*hclsyntax.FunctionCallExpr); ok && call.Name == "secret" {
			found = true
		}
		return nil
	})
	for _, t := range expr.Variables() {
		if name, ok := localName(t); ok && l.locals.hidden(name) {
			found = true
		}
	}
	return found
}
