package salvage

import (
	"encoding/binary"
	"errors"
)

// Kinds of pages of a tree. The rows of a table stand in its leaves; one that is
// WITHOUT ROWID is kept as an index, with rows in every page.
const (
	indexInner = 0x02
	tableInner = 0x05
	indexLeaf  = 0x0a
	tableLeaf  = 0x0d
)

// errPage is a page that is none of a tree.
var errPage = errors.New("no page of a tree")

// Row is a row of a table.
type Row struct {
	ID     int64 // its rowid; 0 in a table without
	Values []any // nil, int64, float64, string or []byte
	Stray  bool  // it stands where its rowid does not belong: one of the two is damaged
}

// node is a page of a tree.
type node struct {
	text  []byte
	kind  byte
	cells []byte // two bytes each: where it begins
	right uint32 // last child of an inner page
	walk  *Walk
}

// node reads a page of a tree. Its cells may still be bad, each for itself.
func (w *Walk) node(n uint32) (*node, error) {
	text, err := w.im.page(n)
	if err != nil {
		return nil, err
	}
	at := 0
	if n == 1 {
		at = headerSize
	}
	p := &node{walk: w, text: text, kind: text[at]}
	count := int(binary.BigEndian.Uint16(text[at+3:]))
	begin := at + 8
	switch p.kind {
	case indexInner, tableInner:
		p.right = binary.BigEndian.Uint32(text[at+8:])
		begin += 4
	case indexLeaf, tableLeaf:
	default:
		return nil, errPage
	}
	if begin+2*count > w.im.usable {
		return nil, errPage
	}
	p.cells = text[begin : begin+2*count]
	return p, nil
}

func (p *node) isInner() bool { return p.kind == tableInner || p.kind == indexInner }

func (p *node) hasRows() bool { return p.kind != tableInner }

func (p *node) count() int { return len(p.cells) / 2 }

// cell returns the text from where a cell begins to the end of the page, or nil.
func (p *node) cell(i int) []byte {
	at := int(binary.BigEndian.Uint16(p.cells[2*i:]))
	if at >= p.walk.im.usable || at < 8 {
		return nil
	}
	return p.text[at:p.walk.im.usable]
}

// child returns the page left of a cell of an inner page, 0 if there is none.
func (p *node) child(i int) uint32 {
	if cell := p.cell(i); len(cell) >= 4 {
		return binary.BigEndian.Uint32(cell)
	}
	return 0
}

// spans returns what rowids stand below each child, the last one's included. A
// page whose own keys are in no order says nothing about it.
func (p *node) spans(ids span) []span {
	spans := make([]span, p.count()+1)
	over := ids.over
	for i := range p.count() {
		cell := p.cell(i)
		key, n := uint64(0), 0
		if p.kind == tableInner && len(cell) > 4 {
			key, n = varint(cell[4:])
		}
		if n == 0 || !(span{over, ids.upTo}).has(int64(key)) {
			for i := range spans {
				spans[i] = ids
			}
			return spans
		}
		spans[i] = span{over, int64(key)}
		over = int64(key)
	}
	spans[p.count()] = span{over, ids.upTo}
	return spans
}

// isElsewhere reports a leaf of which no row can stand where it does: a page that
// was written to the wrong place, of what is deleted by now perhaps.
func (p *node) isElsewhere(ids span) bool {
	for i := range p.count() {
		_, n := varint(p.cell(i))
		id, m := varint(p.cell(i)[min(n, len(p.cell(i))):])
		if n > 0 && m > 0 && ids.has(int64(id)) {
			return false
		}
	}
	return p.count() > 0
}

// row reads the row in a cell.
func (p *node) row(i int) (row Row, err error) {
	cell := p.cell(i)
	if p.isInner() {
		if len(cell) < 4 {
			return row, errRecord
		}
		cell = cell[4:]
	}
	size, n := varint(cell)
	if n == 0 {
		return row, errRecord
	}
	cell = cell[n:]
	if p.kind == tableLeaf {
		id, n := varint(cell)
		if n == 0 {
			return row, errRecord
		}
		row.ID, cell = int64(id), cell[n:]
	}
	text, err := p.payload(cell, size)
	if err == nil {
		row.Values, err = record(text)
	}
	return row, err
}

// maxRow bounds what a damaged length can ask for: nothing that tocsin keeps
// comes near it.
const maxRow = 64 << 20

// payload joins what stands in a cell with what stands on pages of its own.
func (p *node) payload(cell []byte, size uint64) ([]byte, error) {
	if size > min(maxRow, uint64(p.walk.im.count)*uint64(p.walk.im.usable)) {
		return nil, errRecord
	}
	total := int(size)
	local := p.local(total)
	if local > len(cell) {
		return nil, errRecord
	}
	if local == total {
		return cell[:local], nil
	}
	if local+4 > len(cell) {
		return nil, errRecord
	}
	text := append(make([]byte, 0, min(total, 1<<16)), cell[:local]...)
	next := binary.BigEndian.Uint32(cell[local:])
	for len(text) < total {
		page, err := p.walk.spill(next)
		if err != nil {
			return nil, err
		}
		next = binary.BigEndian.Uint32(page)
		text = append(text, page[4:min(p.walk.im.usable, 4+total-len(text))]...)
	}
	return text, nil
}

// local is how much of a row stands in its cell; the file format says so.
func (p *node) local(total int) int {
	usable := p.walk.im.usable
	least, most := (usable-12)*32/255-23, (usable-12)*64/255-23
	if p.kind == tableLeaf {
		most = usable - 35
	}
	if total <= most {
		return total
	}
	if n := least + (total-least)%(usable-4); n <= most {
		return n
	}
	return least
}
