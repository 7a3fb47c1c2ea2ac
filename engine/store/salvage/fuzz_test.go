package salvage

import (
	"bytes"
	"io"
	"os"
	"testing"
)

func section(text []byte) *io.SectionReader {
	return io.NewSectionReader(bytes.NewReader(text), 0, int64(len(text)))
}

// FuzzImage: whatever the files hold, a walk ends. It begins with a database of
// pages of 512 bytes in which all kinds of pages are, half of it in the log.
func FuzzImage(f *testing.F) {
	file, err := os.ReadFile("testdata/small.db")
	if err != nil {
		f.Fatal(err)
	}
	log, err := os.ReadFile("testdata/small.db-wal")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file, log)
	f.Add(file[:len(file)/2], []byte{})
	f.Add([]byte{}, log)
	f.Fuzz(func(t *testing.T, file, log []byte) {
		w := NewWalk(Open(section(file), section(log)))
		tables, indexes, _ := w.Schema()
		w.Free()
		rows := 0
		for _, o := range append(tables, indexes...) {
			w.Tree(o.Root, func(Row) Verdict { rows++; return Verdict(rows % 3) })
		}
		w.Orphans(func(Row, bool) { rows++ })
		if most := 4 * (len(file) + len(log)); rows > most {
			t.Errorf("%d rows of %d bytes", rows, len(file)+len(log))
		}
	})
}
