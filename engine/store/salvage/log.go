package salvage

import (
	"bytes"
	"encoding/binary"
)

// Sizes and marks of a write-ahead log.
const (
	logMagic    = 0x377f0682 // the last bit tells the byte order of the sums
	logVersion  = 3007000
	logHeader   = 32
	frameHeader = 24
)

// sum is the running checksum of a log: each frame's goes on from the one before.
type sum [2]uint32

func (s sum) add(order binary.ByteOrder, text []byte) sum {
	for i := 0; i+8 <= len(text); i += 8 {
		s[0] += order.Uint32(text[i:]) + s[1]
		s[1] += order.Uint32(text[i+4:]) + s[0]
	}
	return s
}

func sumAt(text []byte) sum {
	return sum{binary.BigEndian.Uint32(text), binary.BigEndian.Uint32(text[4:])}
}

// transaction is what stands in the log up to one commit.
type transaction struct {
	frames map[uint32]int64 // of pages, where their content is
	gap    bool             // something in it is not as it was written
	count  uint32           // of the database's pages after it
}

// frame is a page in the log.
type frame struct {
	page, commit uint32 // commit: pages of the database when a transaction ends with it
	salt         []byte
	at           int64
}

// scan goes through a log frame by frame.
type scan struct {
	order binary.ByteOrder
	salt  []byte // of the present generation: what a reset left behind has another
	first *frame // of a log without a header: it is believed when the next proves to follow it
	last  sum    // of the frame before
	known bool   // last is one
	open  transaction
	done  []transaction
}

// readLog finds the newest version of each page. It goes on behind a frame that
// is damaged when it can tell that its transaction had been synced: another was
// committed after it. The last transaction counts only when it is whole, as for
// SQLite: a crash may have left it in part, and then nobody was told that it was
// kept.
func (im *Image) readLog() {
	if im.log.Size() == 0 {
		return
	}
	head := make([]byte, logHeader)
	if _, err := im.log.ReadAt(head, 0); err != nil {
		return // cut short while it was begun: nothing was kept in it
	}
	s := &scan{order: binary.LittleEndian}
	begun := s.begin(head, im)
	text := make([]byte, frameHeader+im.size)
	for at := int64(logHeader); at+int64(len(text)) <= im.log.Size(); at += int64(len(text)) {
		if _, err := im.log.ReadAt(text, at); err != nil {
			clear(text) // as good as any other text that does not follow
		}
		s.take(text, at+frameHeader)
	}
	im.logDamaged = !begun && (len(s.done) > 0 || !isZero(head))
	im.apply(s.done)
}

// apply takes the pages of transactions, the last only when it is whole.
func (im *Image) apply(done []transaction) {
	most := pages(im.file.Size(), im.size) + pages(im.log.Size(), im.size)
	for i, t := range done {
		if t.gap && i == len(done)-1 {
			return
		}
		im.logDamaged = im.logDamaged || t.gap
		for page, at := range t.frames {
			im.frames[page] = at
		}
		im.count = min(t.count, most)
	}
}

// begin reads the log's header and reports whether it is one. The size of the
// pages in it holds: the database's own may be what is damaged.
func (s *scan) begin(head []byte, im *Image) bool {
	mark := binary.BigEndian.Uint32(head)
	if mark&^1 != logMagic || binary.BigEndian.Uint32(head[4:]) != logVersion {
		return false
	}
	if mark&1 == 1 {
		s.order = binary.BigEndian
	}
	s.last = sum{}.add(s.order, head[:24])
	size := int(binary.BigEndian.Uint32(head[8:]))
	if s.last != sumAt(head[24:]) || !isPageSize(size) {
		return false
	}
	if size != im.size {
		im.size, im.usable = size, size
	}
	s.known, s.salt = true, head[16:24]
	return true
}

// take adds a frame to the transaction that is open.
func (s *scan) take(text []byte, at int64) {
	f := frame{binary.BigEndian.Uint32(text), binary.BigEndian.Uint32(text[4:]), bytes.Clone(text[8:16]), at}
	want := sumAt(text[16:])
	follows := s.known && s.last.add(s.order, text[:8]).add(s.order, text[frameHeader:]) == want
	if s.last = want; !s.known && s.salt == nil {
		s.known, s.first = true, &f
		return
	}
	s.known = true
	if follows && s.salt == nil {
		s.salt = f.salt
		s.put(s.first)
	}
	if !follows {
		s.open.gap = true
		return
	}
	s.put(&f)
}

func (s *scan) put(f *frame) {
	if f.page == 0 || !bytes.Equal(f.salt, s.salt) {
		s.open.gap = true
		return
	}
	if s.open.frames == nil {
		s.open.frames = map[uint32]int64{}
	}
	s.open.frames[f.page] = f.at
	if f.commit > 0 {
		s.open.count = f.commit
		s.done, s.open = append(s.done, s.open), transaction{}
	}
}

func isZero(text []byte) bool { return len(bytes.Trim(text, "\x00")) == 0 }
