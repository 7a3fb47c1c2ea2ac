package rules

import (
	"cmp"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"tocsin/rules/diag"
)

// Masked stands in place of a literal secret.
const Masked = `"[secret]"`

// Mask returns files with their literal secrets replaced. What is hidden comes
// from a load of these very files.
func Mask(files map[string][]byte, hidden []hcl.Range) map[string][]byte {
	out := maps.Clone(files)
	for path, parts := range HiddenIn(hidden) {
		text, ok := out[path]
		if !ok {
			continue // of the pack
		}
		for _, at := range slices.Backward(parts) {
			if at.End.Byte <= len(text) {
				text = slices.Concat(text[:at.Start.Byte], []byte(Masked), text[at.End.Byte:])
			}
		}
		out[path] = text
	}
	return out
}

// HiddenIn returns what is hidden in each file, in its order; parts inside of
// others are left out.
func HiddenIn(hidden []hcl.Range) map[string][]hcl.Range {
	hidden = slices.Clone(hidden)
	slices.SortFunc(hidden, func(a, b hcl.Range) int {
		return cmp.Or(cmp.Compare(a.Start.Byte, b.Start.Byte), cmp.Compare(b.End.Byte, a.End.Byte))
	})
	out := map[string][]hcl.Range{}
	for _, at := range hidden {
		parts := out[at.Filename]
		if n := len(parts); n > 0 && at.Start.Byte < parts[n-1].End.Byte {
			continue
		}
		out[at.Filename] = append(parts, at)
	}
	return out
}

// HiddenBy returns what a load wants hidden: a part of the Config, or of each
// diagnostic where there is none.
func HiddenBy(c *Config, diags hcl.Diagnostics) []hcl.Range {
	switch {
	case c != nil:
		return c.Hidden
	case len(diags) > 0:
		return diag.ExtraOf(diags[0]).Hidden
	}
	return nil
}
