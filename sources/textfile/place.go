package textfile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
)

// headSize is how many bytes tell one file from another.
const headSize = 128

// Place is where a reader stands in a file. A file that was replaced may get the
// number of one that is gone, and a filesystem another number of device with each
// start of the host: so a file is known by its inode and by what it begins with.
type Place struct {
	Inode  uint64 `json:"ino,omitempty"` // 0: in no file
	Offset int64  `json:"off,omitempty"`
	Head   string `json:"head,omitempty"` // digest of the first bytes that were read
	Inside bool   `json:"in,omitempty"`   // of a line that is too long, the rest of which is left out
}

// Start is the place at the beginning of a file.
func (f *File) Start() Place { return Place{Inode: f.inode} }

// End is the place behind the last whole line of a file.
func (f *File) End() (Place, error) {
	p := f.Start()
	var err error
	if p.Offset, err = f.whole(); err != nil {
		return p, err
	}
	p.Head = f.head(p.Offset)
	return p, nil
}

// Is reports whether a file is the one that a place is in.
func (f *File) Is(p *Place) bool { return f.inode == p.Inode && (p.Offset == 0 || f.Holds(p)) }

// Holds reports whether a file is the one that a place is in, or a copy of it. What
// nothing was read of cannot be told from others.
func (f *File) Holds(p *Place) bool {
	return p.Offset > 0 && f.Size >= p.Offset && f.head(p.Offset) == p.Head
}

// At is a place in a file, or in one that it is a copy of, as a place in this one.
func (f *File) At(p Place) Place {
	p.Inode = f.inode
	return p
}

// move moves a place on in its file.
func (p *Place) move(f *File, to int64) {
	before := p.Offset
	if p.Offset = to; before < headSize {
		p.Head = f.head(to)
	}
}

// head is a digest of what a file begins with, up to what was read of it.
func (f *File) head(read int64) string {
	buf := make([]byte, min(read, headSize))
	n, err := f.ReadAt(buf, 0)
	if n < len(buf) || err != nil && !errors.Is(err, io.EOF) {
		return "?"
	}
	sum := sha256.Sum256(buf)
	return hex.EncodeToString(sum[:6])
}
