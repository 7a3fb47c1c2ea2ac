package rules

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"tocsin/channels"
	"tocsin/engine/event"
)

// mostEntries bounds a map of texts.
const mostEntries = 100

// literalOf returns what tells whether a text written into a field is a secret.
func literalOf(field channels.Field) func(string) bool {
	if field.Type == channels.Address {
		return holdsSecret
	}
	return isSecretText
}

// opaque finds what no word of a path looks like: a token.
var opaque = regexp.MustCompile(`[A-Za-z0-9_-]{20,}|[0-9]+[A-Za-z_-]+[0-9]+[A-Za-z0-9_-]*|[A-Z0-9]{8,}`)

// holdsSecret reports whether an address looks as if it held a secret: a
// password, a query, or a part of its path that is no word.
func holdsSecret(address string) bool {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return true
	}
	return u.User != nil || u.RawQuery != "" || opaque.MatchString(u.Path)
}

// secretMap reads texts by name, of which each may be a secret. It also returns
// why one of them is not there.
func (r *reader) secretMap(a *argument, field channels.Field) (entries map[string]event.Secret, held string) {
	object, ok := a.expr.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return r.evaluatedMap(a, field)
	}
	entries = map[string]event.Secret{}
	for _, item := range object.Items {
		if !r.checkNumbers(item.KeyExpr, r.block.in()) {
			return nil, ""
		}
		key, diags := item.KeyExpr.Value(nil)
		if diags.HasErrors() || key.IsNull() || key.Type() != cty.String {
			r.wrongMap(a, field)
			return nil, ""
		}
		name := key.AsString()
		if _, twice := entries[name]; twice {
			r.fail(finding{code: CodeTwice, at: item.KeyExpr.Range(), in: r.block.in(), summary: fmt.Sprintf("%s has %q twice", a.name, name), detail: "Keep one of them."})
			return nil, ""
		}
		secret := r.secretIn(a, name, item.ValueExpr, secretUnder(name))
		entries[name] = secret.value
		if held == "" {
			held = secret.held
		}
	}
	return r.bounded(a, entries), held
}

// evaluatedMap reads a map that is not written out, such as a local.
func (r *reader) evaluatedMap(a *argument, field channels.Field) (map[string]event.Secret, string) {
	r.hideSource(a)
	v, ok := r.evaluate(a.file, a.expr, r.block.in())
	if !ok || v.IsNull() {
		return nil, ""
	}
	if missing := missingIn(v); len(missing) > 0 {
		r.warn(finding{
			code: CodeSecretMissing, at: a.valueRange(), in: r.block.in(), summary: fmt.Sprintf("secret %q is missing", missing[0].name),
			detail: upperFirst(missing[0].reason),
		})
		return nil, missing[0].reason
	}
	v, _ = v.UnmarkDeep()
	if !v.Type().IsObjectType() && !v.Type().IsMapType() {
		r.wrongMap(a, field)
		return nil, ""
	}
	entries := map[string]event.Secret{}
	for name, item := range v.AsValueMap() {
		if item.IsNull() || item.Type() != cty.String {
			r.wrongMap(a, field)
			return nil, ""
		}
		entries[name] = event.NewSecret(item.AsString())
	}
	return r.bounded(a, entries), ""
}

func (r *reader) bounded(a *argument, entries map[string]event.Secret) map[string]event.Secret {
	if len(entries) > mostEntries {
		r.invalid(a, a.name+" has too many entries", fmt.Sprintf("Write at most %d.", mostEntries))
		return nil
	}
	return entries
}

func (r *reader) wrongMap(a *argument, field channels.Field) {
	r.wrongType(a, a.valueRange(), "a map of texts", field.Example)
}

// secretUnder tells whether a text under a name is a secret, by the name.
func secretUnder(name string) func(string) bool {
	secret := secretEntry.MatchString(strings.ToLower(name))
	return func(text string) bool { return secret && text != "" }
}

var secretEntry = regexp.MustCompile(`auth|token|secret|passw|key|cookie|signature|credential`)
