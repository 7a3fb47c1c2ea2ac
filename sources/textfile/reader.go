package textfile

import (
	"bytes"
	"errors"
	"io"
)

// MaxLine is how long a line may be, in bytes.
const MaxLine = 64 << 10

// Reader reads lines, of one file after the other.
type Reader struct {
	// Each gets a line without its end, valid until it returns. The place is behind
	// the line already. An error ends the reading.
	Each func(line []byte) error
	// Long gets the beginning of a line that is too long, as Each gets others; the
	// rest of it is left out.
	Long func(begin []byte) error

	buf []byte
}

// Read reads the lines of a file behind a place, which moves along, until the file
// ends or about most bytes are read; then it reports that there is more. A last line
// that has no end yet counts only in a file that is closed: that nobody writes any
// more. Of a file that was written anew since it was looked at it reads nothing: the
// next look finds that.
func (r *Reader) Read(f *File, p *Place, closed bool, most int64) (more bool, err error) {
	if size := int(min(chunk, max(f.Size-p.Offset, 0)+2*MaxLine)); len(r.buf) < size {
		r.buf = make([]byte, size)
	}
	for from := p.Offset; ; {
		n, err := f.ReadAt(r.buf, p.Offset)
		if err != nil && !errors.Is(err, io.EOF) {
			return false, err
		}
		if p.Offset > 0 && f.head(p.Offset) != p.Head { // looked at before anything is told
			return false, nil
		}
		last := n < len(r.buf)
		if err := r.chunk(f, p, r.buf[:n], last && closed); err != nil || last {
			return false, err
		}
		if p.Offset-from >= most {
			return true, nil
		}
	}
}

// chunk reads the lines of a piece of a file that begins at the place.
func (r *Reader) chunk(f *File, p *Place, text []byte, final bool) error {
	at := p.Offset
	for {
		for !p.Inside && len(text) > 0 && text[0] == 0 { // a hole that a crash or a truncation left
			at, text = at+1, text[1:]
		}
		i := bytes.IndexByte(text, '\n')
		switch {
		case i < 0 && len(text) > MaxLine, i < 0 && p.Inside:
			p.move(f, at+int64(len(text)))
			return r.long(p, text, !final)
		case i < 0 && (!final || len(text) == 0):
			if at > p.Offset {
				p.move(f, at)
			}
			return nil
		case i < 0:
			p.move(f, at+int64(len(text)))
			return r.Each(text)
		}
		line := text[:i]
		at, text = at+int64(i)+1, text[i+1:]
		p.move(f, at)
		var err error
		if p.Inside || i > MaxLine {
			err = r.long(p, line, false)
		} else {
			err = r.Each(line)
		}
		if err != nil {
			return err
		}
	}
}

// long passes over a piece of a line that is too long: its first one, or a later one
// if the place is inside of it already. It says whether more of it is to come.
func (r *Reader) long(p *Place, piece []byte, inside bool) error {
	first := !p.Inside
	p.Inside = inside
	if !first {
		return nil
	}
	return r.Long(piece[:MaxLine])
}
