package patch

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tocsin/rules"
	"tocsin/rules/edit"
)

// HCL returns the edit after which the user's block at a kind and labels holds
// what a text says: the block itself, or what stands between its braces.
func HCL(kind string, labels []string, text []byte) (edit.Edit, error) {
	at := edit.Address{{Name: kind}}
	for _, l := range labels {
		at = with(at, l)
	}
	e := edit.Edit{Op: edit.Replace, Path: at.String(), Body: string(text)}
	if strings.Contains(e.Body, rules.Masked) {
		return e, &Error{"the block holds " + rules.Masked + ", which stands in place of a secret where it is shown", `write secret("NAME"), or the secret itself`}
	}
	if rules.Syntax("block", text, nil).HasErrors() {
		return e, &Error{"the block does not parse", "check it first: POST check tells where"}
	}
	file, diags := hclsyntax.ParseConfig(text, "block", hcl.InitialPos)
	if diags.HasErrors() {
		return e, &Error{"the block does not parse", "check it first: POST check tells where"}
	}
	body := file.Body.(*hclsyntax.Body)
	if len(body.Attributes) == 0 && len(body.Blocks) == 1 {
		if b := body.Blocks[0]; b.Type == kind && slices.Equal(b.Labels, labels) {
			e.Body = strings.TrimSpace(string(text[b.OpenBraceRange.End.Byte:b.CloseBraceRange.Start.Byte]))
		}
	}
	return e, nil
}
