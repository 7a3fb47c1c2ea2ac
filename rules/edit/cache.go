package edit

import (
	"bytes"
	"sync"
)

// Cache keeps the files that were parsed, so that the next edit parses what
// changed. The zero Cache is ready; many goroutines may use it.
type Cache struct {
	mu    sync.Mutex
	pages map[string]*page // immutable
}

// maxPages bounds the cache: files come and go.
const maxPages = 5000

// page returns a parsed file.
func (c *Cache) page(path string, pack bool, src []byte) *page {
	if c == nil {
		return newPage(path, pack, src)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.pages[path]; p != nil && p.pack == pack && bytes.Equal(p.src, src) {
		return p
	}
	if c.pages == nil || len(c.pages) >= maxPages {
		c.pages = map[string]*page{}
	}
	p := newPage(path, pack, src)
	c.pages[path] = p
	return p
}
