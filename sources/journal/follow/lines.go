package follow

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// maxLine bounds a line. journalctl writes a message of 16 KiB that is no text as
// up to 80 KiB of numbers; entries with far more have attachments, not messages.
const maxLine = 1 << 20

// Lines reads lines of bounded length: entries as journalctl writes them.
type Lines struct {
	from *bufio.Reader
	line []byte
	huge int // that were left out since somebody asked
}

// NewLines returns a reader of the lines of from.
func NewLines(from io.Reader) *Lines { return &Lines{from: bufio.NewReaderSize(from, 64<<10)} }

// Next returns the next line without its end, which is valid until the next call.
// Lines that are too long are left out.
func (l *Lines) Next() ([]byte, error) {
	for {
		l.line = l.line[:0]
		skipping := false
		for {
			part, err := l.from.ReadSlice('\n')
			if !skipping {
				l.line = append(l.line, part...)
			}
			if len(l.line) > maxLine {
				skipping, l.line = true, l.line[:0]
			}
			if err == nil {
				break
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				return nil, err // a line without an end is half a line
			}
		}
		if skipping {
			l.huge++
			l.line = nil // the room of a large line is given back
			continue
		}
		return bytes.TrimSuffix(l.line, []byte("\n")), nil
	}
}

// more reports whether another line is here already.
func (l *Lines) more() bool {
	here, _ := l.from.Peek(l.from.Buffered()) // what is buffered is there
	return bytes.IndexByte(here, '\n') >= 0
}

// Huge returns how many lines were left out since it was asked last.
func (l *Lines) Huge() int {
	n := l.huge
	l.huge = 0
	return n
}
