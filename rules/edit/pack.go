package edit

import (
	"bytes"
	"strings"
)

// builtIn are the built-in files. There are many, and most edits need none or
// one, so that only those are parsed which can matter. Their layout is
// canonical: a block begins a line, and its head is written in one way.
type builtIn struct {
	files map[string][]byte
	cache *Cache
	pages map[string]*page // those that were needed
}

// with returns the pages of the files that a test lets through.
func (b *builtIn) with(needed func(src []byte) bool) map[string]*page {
	out := map[string]*page{}
	for path, src := range b.files {
		if !needed(src) {
			continue
		}
		if b.pages[path] == nil {
			b.pages[path] = b.cache.page(path, true, src)
		}
		out[path] = b.pages[path]
	}
	return out
}

// of returns the pages that can have a block of a kind.
func (b *builtIn) of(kind string) map[string]*page {
	return b.with(func(src []byte) bool { return begins(src, kind+" ") })
}

// under returns the pages that can have the block of a target.
func (b *builtIn) under(t *target) map[string]*page {
	return b.with(func(src []byte) bool { return begins(src, t.heads[0].title()+" {") })
}

// reading returns the pages that can read a local.
func (b *builtIn) reading(local string) map[string]*page {
	return b.with(func(src []byte) bool { return bytes.Contains(src, []byte("local."+local)) })
}

// begins reports whether a line of a source begins with a text.
func begins(src []byte, text string) bool {
	return strings.HasPrefix(string(src[:min(len(src), len(text))]), text) || bytes.Contains(src, []byte("\n"+text))
}
