package store

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"tocsin/engine"
	"tocsin/engine/event"
)

// frameSize is a frame of the log, and logHead what stands before the first.
const (
	frameSize = 24 + pageSize
	logHead   = 32
)

// killed returns what a killed daemon leaves: a file, and a log with a transaction
// for each parcel.
func killed(t *testing.T, parcels int) (file, log []byte) {
	t.Helper()
	s := openTemp(t)
	for i := range parcels {
		keep(t, s, &engine.Batch{Queued: []event.Parcel{parcel("phone", fmt.Sprintf("parcel-%03d", i), event.Info)}})
	}
	return read(t, s.path), read(t, s.path+"-wal")
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestDamagedLog: SQLite passes over a log from the first frame that does not
// follow the one before, without a word.
func TestDamagedLog(t *testing.T) {
	const parcels = 30
	file, log := killed(t, parcels)
	middle := logHead + len(log)/frameSize/2*frameSize
	garble := func(text []byte) { copy(text, bytes.Repeat([]byte("garbage "), len(text)/8+1)) }
	for _, test := range []struct {
		name   string
		do     func(file, log []byte) ([]byte, []byte)
		told   bool
		atMost int // parcels that may be lost
	}{
		{"whole", func(f, l []byte) ([]byte, []byte) { return f, l }, false, 0},
		{"cut in the last frame", func(f, l []byte) ([]byte, []byte) { return f, l[:len(l)-100] }, false, 1},
		{"an empty log that was begun", func(f, l []byte) ([]byte, []byte) { return f, append(l, make([]byte, frameSize)...) }, false, 0},
		{"header", func(f, l []byte) ([]byte, []byte) { garble(l[:logHead]); return f, l }, true, 0},
		{"zeroed header", func(f, l []byte) ([]byte, []byte) { clear(l[:logHead]); return f, l }, true, 0},
		{"a frame", func(f, l []byte) ([]byte, []byte) { garble(l[middle+24 : middle+frameSize]); return f, l }, true, 1},
		{"a frame and its header", func(f, l []byte) ([]byte, []byte) { garble(l[middle : middle+frameSize]); return f, l }, true, 2},
		{"first page and no file", func(_, l []byte) ([]byte, []byte) { return nil, l }, true, 0},
		{"emptied file", func(_, l []byte) ([]byte, []byte) { return []byte{}, l }, true, 0},
		{"garbage", func(f, l []byte) ([]byte, []byte) { garble(l); return f, l }, true, parcels},
	} {
		t.Run(test.name, func(t *testing.T) {
			file, log := test.do(bytes.Clone(file), bytes.Clone(log))
			s := openAt(t, lay(t, file, log))
			if got := len(rowsOf(t, s)["outbox"]); got < parcels-test.atMost {
				t.Errorf("%d of %d parcels are there, at most %d may be lost", got, parcels, test.atMost)
			}
			rec, err := s.Recovery()
			if err != nil || (rec != nil) != test.told {
				t.Fatalf("told %+v, %v", rec, err)
			}
			if rec != nil && !bytes.Equal(read(t, rec.Path+"-wal"), log) {
				t.Error("the log was not set aside as it was")
			}
		})
	}
}
