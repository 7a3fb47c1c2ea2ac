package edit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// scope is what an edit may change in a file: the arguments and blocks whose
// keys begin with one of these. Empty: anything.
type scope []string

// verify refuses a result that does not parse, or in which something beside the
// target means something else. That would be a fault of ours, and it must not
// reach a file.
func verify(old, fresh *page, may scope) error {
	if fresh.body == nil {
		return fmt.Errorf("the edit of %s would not parse, so it is not made: change it by hand, and report it", old.path)
	}
	if len(may) == 0 {
		return nil
	}
	was, is := meanings(old), meanings(fresh)
	for key := range union(was, is) {
		if was[key] != is[key] && !may.covers(key) {
			return fmt.Errorf("the edit of %s would change %s as well, so it is not made: change it by hand, and report it", old.path, readable(key))
		}
	}
	return nil
}

func union(a, b map[string]string) map[string]string {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

func (s scope) covers(key string) bool {
	return slices.ContainsFunc(s, func(prefix string) bool {
		return key == prefix || strings.HasPrefix(key, prefix+"\x00")
	})
}

// readable writes a key for people.
func readable(key string) string { return strings.ReplaceAll(key, "\x00", " ") }

// meanings returns what each argument of a file means, by the blocks that it is
// in, and each block that is there.
func meanings(p *page) map[string]string {
	out := map[string]string{}
	if p.body != nil {
		p.gather(out, p.body, "")
	}
	return out
}

func (p *page) gather(out map[string]string, b *hclsyntax.Body, prefix string) {
	for name, a := range b.Attributes {
		out[prefix+name] = meaning(p.src[a.Expr.Range().Start.Byte:a.SrcRange.End.Byte])
	}
	for _, inner := range b.Blocks {
		key := prefix + blockKey(inner)
		for n := 2; ; n++ {
			if _, taken := out[key]; !taken {
				break
			}
			key = fmt.Sprintf("%s%s\x00#%d", prefix, blockKey(inner), n)
		}
		out[key] = "block"
		p.gather(out, inner.Body, key+"\x00")
	}
}

// blockKey tells the blocks of a body apart.
func blockKey(b *hclsyntax.Block) string {
	return strings.Join(append([]string{b.Type}, b.Labels...), "\x00")
}
