package templates

import (
	"bytes"
	"encoding/json"
	"html"
	"net/url"
)

// encodings are the functions that read JSON and write text for other
// programs.
func encodings() []*function {
	return []*function{
		fn("toJson VALUE", "VALUE as JSON", func(r *run, a []any) any { return r.json(a[0], "", true) }),
		fn("json VALUE", "VALUE as JSON, a text with its quotes: what a value in the body of a webhook is written with", func(r *run, a []any) any { return r.json(a[0], "", false) }),
		fn("toRawJson VALUE", "VALUE as JSON, with < > & as they are", func(r *run, a []any) any { return r.json(a[0], "", false) }),
		fn("toPrettyJson VALUE", "VALUE as JSON over several lines", func(r *run, a []any) any { return r.json(a[0], "  ", true) }),
		fn("fromJson TEXT", "the value that TEXT is in JSON; missing when it is none", func(r *run, a []any) any {
			var v any
			if json.Unmarshal([]byte(r.text(a[0])), &v) != nil {
				return nil
			}
			return r.made(v)
		}),
		fn("urlquery [VALUE ...]", "the values escaped for the query of a URL", func(r *run, a []any) any { return url.QueryEscape(r.joined(a, "")) }),
		fn("html [VALUE ...]", "the values escaped for HTML and XML", func(r *run, a []any) any { return html.EscapeString(r.joined(a, "")) }),
	}
}

// json writes v as JSON. Only infinite numbers and their like have no form
// there, and no event has those.
func (r *run) json(v any, indent string, escape bool) any {
	r.made(v)
	if !r.spend(textIn(v, maxNest) / perText) {
		return nil
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(escape)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		r.fail("the value has no form in JSON")
		return nil
	}
	return string(bytes.TrimSuffix(out.Bytes(), []byte("\n")))
}
