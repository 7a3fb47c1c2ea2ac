package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// injury damages a page.
type injury struct {
	name string
	do   func(r *rand.Rand, file, page []byte)
}

func injuries() []injury {
	garble := func(r *rand.Rand, text []byte) {
		for i := range text {
			text[i] = byte(r.Uint32())
		}
	}
	return []injury{
		{"garbage", func(r *rand.Rand, _, page []byte) { garble(r, page) }},
		{"zeros", func(_ *rand.Rand, _, page []byte) { clear(page) }},
		{"a bad sector", func(r *rand.Rand, _, page []byte) { at := r.IntN(8) * 512; garble(r, page[at:at+512]) }},
		{"a flipped bit", func(r *rand.Rand, _, page []byte) { page[r.IntN(len(page))] ^= 1 << r.IntN(8) }},
		{misdirected, func(r *rand.Rand, file, page []byte) {
			n := 1 + r.IntN(len(file)/pageSize-1)
			copy(page, file[n*pageSize:(n+1)*pageSize])
		}},
	}
}

// misdirected is a write that went to the wrong page. Where it hits a page that
// leads to others, what it brings may look right and be long deleted: then nothing
// can tell.
const misdirected = "another page"

// TestRowsOnOtherPagesSurvive damages one page, at random and of each kind: the
// store opens, no row on another page is lost or changed, and nothing comes back
// that was deleted.
func TestRowsOnOtherPagesSurvive(t *testing.T) {
	sp := newSpecimen(t)
	r := rand.New(rand.NewPCG(1, 2))
	inner := sp.innerPages()
	targets := slices.Clone(inner)
	for range 4 {
		targets = append(targets, 1+r.IntN(len(sp.file)/pageSize))
	}
	for _, page := range targets {
		for _, injury := range injuries() {
			if slices.Contains(inner, page) && slices.Contains([]string{misdirected, "zeros"}, injury.name) {
				continue
			}
			t.Run(fmt.Sprintf("%s on page %d of %s", injury.name, page, sp.names[page]), func(t *testing.T) {
				file := bytes.Clone(sp.file)
				injury.do(r, sp.file, file[(page-1)*pageSize:page*pageSize])
				sp.compare(t, openAt(t, lay(t, file, nil)), page)
			})
		}
	}
}

// compare asks for every row that stands on none of the damaged pages.
func (sp *specimen) compare(t *testing.T, s *Store, damaged ...int) {
	t.Helper()
	got := rowsOf(t, s)
	for table, rows := range sp.rows {
		lost, changed := 0, 0
		for key, want := range rows {
			if slices.ContainsFunc(sp.pages[table][key], func(page int) bool { return slices.Contains(damaged, page) }) {
				continue
			}
			if have, ok := got[table][key]; !ok {
				lost++
			} else if have != want {
				changed++
			}
		}
		if lost+changed > 0 {
			t.Errorf("%s: %d rows on whole pages are lost, %d changed", table, lost, changed)
		}
	}
	for id := firstSent; id <= lastSent; id++ {
		if _, back := got["outbox"][fmt.Sprint(id)]; back {
			t.Errorf("parcel %d was sent and is there again", id)
		}
	}
	if t.Failed() {
		rec, err := s.Recovery()
		t.Logf("%+v, %v", rec, err)
	}
}

// TestWhatWaitsIsInOneOfTheBuffers: they look the same, so when nothing leads to
// either, a message may move to the other, but it is told.
func TestWhatWaitsIsInOneOfTheBuffers(t *testing.T) {
	sp := newSpecimen(t)
	s := openAt(t, lay(t, sp.file, nil))
	var roots []int
	if err := s.readers.Select(&roots, "SELECT rootpage FROM sqlite_schema WHERE name IN ('quiet_pending', 'digest_pending')"); err != nil {
		t.Fatal(err)
	}
	file := bytes.Clone(sp.file)
	for _, page := range roots {
		clear(file[(page-1)*pageSize : page*pageSize])
	}
	s = openAt(t, lay(t, file, nil))
	var rows int
	if err := s.readers.Get(&rows, "SELECT (SELECT count(*) FROM quiet_pending) + (SELECT count(*) FROM digest_pending)"); err != nil || rows != 301 {
		t.Errorf("%d messages wait, %v; want 301", rows, err)
	}
}

// TestDamageOfTheWholeFile: a file that is cut, emptied, gone or overwritten.
func TestDamageOfTheWholeFile(t *testing.T) {
	sp := newSpecimen(t)
	garbage := bytes.Repeat([]byte("not a page of a database, "), 10_000)
	for _, test := range []struct {
		name, damage string
		file         []byte
		outbox       [2]int // rows at least and at most
	}{
		{"cut in the middle", "", sp.file[:100*pageSize+100], [2]int{50, 240}},
		{"cut in the first page", "", sp.file[:1000], [2]int{}},
		{"emptied", "is empty", []byte{}, [2]int{}},
		{"all zeros", "does not begin", make([]byte, len(sp.file)), [2]int{}},
		{"garbage", "does not begin", garbage, [2]int{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := lay(t, test.file, nil)
			s := openAt(t, path)
			rec := recovered(t, s, test.file)
			if !strings.Contains(rec.Damage, test.damage) {
				t.Errorf("the damage is %q, want %q", rec.Damage, test.damage)
			}
			if rows := len(rowsOf(t, s)["outbox"]); rows < test.outbox[0] || rows > test.outbox[1] {
				t.Errorf("%d parcels were saved, want %v", rows, test.outbox)
			}
			keep(t, s, batchOfEverything())
			if len(rowsOf(t, reopen(t, s))["outbox"]) == 0 {
				t.Error("the fresh database keeps nothing")
			}
		})
	}
}

// recovered checks that a recovery is told, and that the damaged file is set aside
// as it was, for the owner's eyes only.
func recovered(t *testing.T, s *Store, file []byte) *Recovery {
	t.Helper()
	rec, err := s.Recovery()
	if err != nil || rec == nil {
		t.Fatalf("no recovery is told: %v", err)
	}
	aside, err := os.ReadFile(rec.Path)
	if err != nil || !bytes.Equal(aside, file) {
		t.Errorf("the file set aside is another (%v)", err)
	}
	for _, name := range []string{rec.Path, s.path, s.path + reportName} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v; want 0600", name, info, err)
		}
	}
	return rec
}
