package salvage

import (
	"encoding/binary"
	"math"
)

// maxDepth bounds a walk down a tree; a healthy one of the largest database has
// half of it.
const maxDepth = 24

// Walk goes through the trees of a database. It takes each page once: so loops
// end, and what no tree leads to any more can be told from what one does.
type Walk struct {
	im      *Image
	seen    []bool // by page
	doubted []bool // by page: some row or tree led there, but it may be another's
	spills  int    // how many pages of long rows may still be read
}

// Losses count what could not be read.
type Losses struct {
	Pages int
	Rows  int // on pages that are otherwise whole
}

// Any reports whether there were some.
func (l Losses) Any() bool { return l != Losses{} }

// NewWalk begins a walk on which nothing was seen.
func NewWalk(im *Image) *Walk {
	return &Walk{
		im: im, seen: make([]bool, int(im.count)+1), doubted: make([]bool, int(im.count)+1), spills: 8*int(im.count) + 1000,
	}
}

// Verdict is what a visitor says of a row.
type Verdict int

// Verdicts.
const (
	Taken   Verdict = iota
	Refused         // it is none of this table
	Enough          // no more rows
)

// Tree goes through a tree, from its last row to its first: the newest of what is
// numbered or named by time comes first. A nil visit asks for no rows. A leaf of
// which every row is refused is left to the tree that it belongs to.
func (w *Walk) Tree(root uint32, visit func(Row) Verdict) Losses {
	t := &tree{Walk: w, visit: visit}
	t.walk(root, 0, span{math.MinInt64, math.MaxInt64})
	return t.losses
}

// tree is the walk through one tree.
type tree struct {
	*Walk
	visit  func(Row) Verdict
	index  bool // what kind of tree its root began
	losses Losses
}

// span is what rowids can stand below a page: over and up to.
type span struct{ over, upTo int64 }

func (s span) has(id int64) bool { return s.over < id && id <= s.upTo }

func (t *tree) walk(n uint32, depth int, ids span) {
	if !t.take(n) || depth > maxDepth {
		t.losses.Pages++
		return
	}
	p, err := t.node(n)
	index := err == nil && (p.kind == indexInner || p.kind == indexLeaf)
	if err != nil || depth > 0 && index != t.index {
		t.losses.Pages++
		return
	}
	t.index = index
	if !p.isInner() {
		t.leaf(n, p, ids)
		return
	}
	spans := p.spans(ids)
	t.walk(p.right, depth+1, spans[p.count()])
	for i := p.count() - 1; i >= 0; i-- {
		t.row(p, i, ids)
		t.walk(p.child(i), depth+1, spans[i])
	}
}

func (t *tree) leaf(n uint32, p *node, ids span) {
	if p.kind == tableLeaf && p.isElsewhere(ids) {
		t.leave(n)
		return
	}
	refused := 0
	for i := p.count() - 1; i >= 0; i-- {
		if t.row(p, i, ids) == Refused {
			refused++
		}
	}
	if refused > 0 && refused == p.count() {
		t.leave(n)
	}
}

// leave gives a page up for the tree that it belongs to, if there is one.
func (t *tree) leave(n uint32) {
	t.seen[n], t.doubted[n] = false, true
	t.losses.Pages++
}

func (t *tree) row(p *node, i int, ids span) Verdict {
	if t.visit == nil || !p.hasRows() {
		return Enough
	}
	row, err := p.row(i)
	if err != nil {
		t.losses.Rows++
		return Enough
	}
	row.Stray = p.kind == tableLeaf && !ids.has(row.ID)
	v := t.visit(row)
	if v == Enough {
		t.visit = nil
	}
	if v == Refused {
		t.losses.Rows++
	}
	return v
}

// take notes a page and reports whether it was there to be taken.
func (w *Walk) take(n uint32) bool {
	if n == 0 || n >= uint32(len(w.seen)) || w.seen[n] {
		return false
	}
	w.seen[n] = true
	return true
}

// spill reads a page on which a long row goes on. A whole database has each of
// them once: what leads there again and again is damaged.
func (w *Walk) spill(n uint32) ([]byte, error) {
	if w.spills--; w.spills < 0 {
		return nil, errRecord
	}
	page, err := w.im.page(n)
	if err == nil {
		w.doubted[n] = true
	}
	return page, err
}

// Free notes the pages that hold nothing any more and reports whether all of
// them are known; if not, none is noted. What stands on them was deleted.
func (w *Walk) Free() bool {
	head, err := w.im.firstPage()
	if err != nil {
		return false
	}
	free := map[uint32]bool{}
	trunk, left := binary.BigEndian.Uint32(head[32:]), int(binary.BigEndian.Uint32(head[36:]))
	for trunk != 0 {
		page, err := w.im.page(trunk)
		if err != nil || !w.add(free, trunk) {
			return false
		}
		leaves := int(binary.BigEndian.Uint32(page[4:]))
		if leaves > w.im.usable/4-2 {
			return false
		}
		for i := range leaves {
			if !w.add(free, binary.BigEndian.Uint32(page[8+4*i:])) {
				return false
			}
		}
		trunk, left = binary.BigEndian.Uint32(page), left-1-leaves
	}
	if left != 0 {
		return false
	}
	for n := range free {
		w.seen[n] = true
	}
	return true
}

// add notes a free page and reports whether it can be one.
func (w *Walk) add(free map[uint32]bool, n uint32) bool {
	if n <= 1 || n >= uint32(len(w.seen)) || w.seen[n] || free[n] {
		return false
	}
	free[n] = true
	return true
}

// Orphans goes through the rows on pages that were seen nowhere: those below a
// page that is damaged. It is told whether a row is one of a table with rowids.
func (w *Walk) Orphans(visit func(row Row, rowid bool)) {
	for n := uint32(1); n < uint32(len(w.seen)); n++ {
		if w.seen[n] || w.doubted[n] {
			continue
		}
		p, err := w.node(n)
		if err != nil || !p.hasRows() {
			continue
		}
		for i := range p.count() {
			if row, err := p.row(i); err == nil {
				visit(row, p.kind == tableLeaf)
			}
		}
	}
}
