package daemon

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Change is a block that differs between two versions of the files.
type Change struct {
	What  string `json:"what"`  // added, removed or changed
	Block string `json:"block"` // rule "nobody reacted"
	Place string `json:"place"` // file:line, of the new version if there is one
}

// CompareBlocks tells which blocks differ between two versions, leaving aside
// how they are laid out, in which file they stand and what comments say.
func CompareBlocks(old, new map[string][]byte) []Change {
	was, is := blocksOf(old), blocksOf(new)
	var list []Change
	for _, key := range slices.Sorted(maps.Keys(is)) {
		before, known := was[key]
		switch {
		case !known:
			list = append(list, Change{"added", key, is[key].place})
		case before.text != is[key].text:
			list = append(list, Change{"changed", key, is[key].place})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(was)) {
		if _, there := is[key]; !there {
			list = append(list, Change{"removed", key, was[key].place})
		}
	}
	return list
}

// foundBlock is a block at the top of a file.
type foundBlock struct{ text, place string }

// blocksOf returns the blocks of all files, by how they begin. Blocks of one
// name, such as locals, count as one.
func blocksOf(files map[string][]byte) map[string]foundBlock {
	found := map[string]foundBlock{}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		parsed, _ := hclsyntax.ParseConfig(files[path], path, hcl.InitialPos)
		if parsed == nil {
			continue
		}
		body, ok := parsed.Body.(*hclsyntax.Body)
		if !ok {
			continue
		}
		for _, b := range body.Blocks {
			key := b.Type
			for _, label := range b.Labels {
				key += fmt.Sprintf(" %q", label)
			}
			at := b.DefRange()
			one := foundBlock{meaning(files[path][at.Start.Byte:min(b.CloseBraceRange.End.Byte, len(files[path]))]), fmt.Sprintf("%s:%d", path, at.Start.Line)}
			if other, twice := found[key]; twice {
				one = foundBlock{other.text + "\n" + one.text, other.place}
			}
			found[key] = one
		}
	}
	return found
}

// meaning is a text without comments and layout.
func meaning(text []byte) string {
	tokens, _ := hclsyntax.LexConfig(text, "", hcl.InitialPos)
	var b strings.Builder
	for _, t := range tokens {
		if t.Type != hclsyntax.TokenComment && (t.Type != hclsyntax.TokenNewline || !strings.HasSuffix(b.String(), "\n")) {
			b.Write(t.Bytes)
			if t.Type != hclsyntax.TokenNewline {
				b.WriteByte(' ')
			}
		}
	}
	return b.String()
}

// ChangedFiles returns the paths of the files that differ.
func ChangedFiles(old, new map[string][]byte) []string {
	paths := slices.Concat(slices.Collect(maps.Keys(old)), slices.Collect(maps.Keys(new)))
	slices.Sort(paths)
	return slices.DeleteFunc(slices.Compact(paths), func(path string) bool {
		a, was := old[path]
		b, is := new[path]
		return was == is && cmp.Compare(string(a), string(b)) == 0
	})
}
