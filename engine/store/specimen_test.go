package store

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

const pageSize = 4096

// specimen is a database as it lies on the disk, with where SQLite says that
// everything stands.
type specimen struct {
	file  []byte
	names map[int]string               // of the table or index that a page belongs to
	pages map[string]map[string][]int  // of a row, by table and key
	rows  map[string]map[string]string // as text, likewise
}

// specimenKeys are the tables of a specimen that are looked at row by row, and
// how their rows are told apart.
func specimenKeys() map[string]string {
	return map[string]string{"outbox": "id", "quiet_pending": "id", "tokens": "id", "claims": "key", "open_events": "key"}
}

// newSpecimen makes a database whose large tables have trees of several pages,
// with and without rowids, where long rows reach over pages and free pages still
// hold what was deleted.
func newSpecimen(t *testing.T) *specimen {
	t.Helper()
	s := unsynced(t, openTemp(t))
	all := batchOfEverything()
	all.Waiting = all.Waiting[:1] // the two buffers look the same, see TestWhatWaitsIsInOneOfTheBuffers
	keep(t, s, all)
	fillSpecimen(t, s)
	sp := &specimen{names: map[int]string{}, pages: map[string]map[string][]int{}, rows: rowsOf(t, s)}
	var pages []treePage
	if err := s.readers.Select(&pages, "SELECT name, path, pageno, ncell FROM dbstat ORDER BY name, path"); err != nil {
		t.Fatal(err)
	}
	for _, p := range pages {
		sp.names[p.Page] = p.Name
	}
	for table, key := range specimenKeys() {
		var keys []string
		if err := s.readers.Select(&keys, fmt.Sprintf("SELECT %s FROM %s ORDER BY %s", key, table, key)); err != nil {
			t.Fatal(err)
		}
		sp.pages[table] = place(t, table, keys, pages)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(s.path)
	if err != nil {
		t.Fatal(err)
	}
	sp.file = file
	return sp
}

// The parcels that are sent and deleted.
const firstSent, lastSent = int64(102), int64(161)

func fillSpecimen(t *testing.T, s *Store) {
	t.Helper()
	var b engine.Batch
	for i := range 300 {
		p := parcel("mail", fmt.Sprintf("parcel-%03d", i), event.Warning)
		p.Message.Body = strings.Repeat(fmt.Sprintf("line %d\n", i), 1+i%97)
		if i%50 == 0 {
			p.Message.Body = strings.Repeat(fmt.Sprintf("long line %d\n", i), 1000)
		}
		b.Queued = append(b.Queued, p)
		b.Waiting = append(b.Waiting, waits("phone", event.QuietBuffer, fmt.Sprintf("quiet-%03d", i), after(time.Duration(i)*time.Second)))
		b.Claims = append(b.Claims, claim(fmt.Sprintf("claim-%03d", i), after(time.Hour)))
		if i < 100 {
			b.Opened = append(b.Opened, open(fmt.Sprintf("open-%03d", i), "e1", noon()))
		}
	}
	keep(t, s, &b)
	for i := range 150 {
		token := Token{ID: fmt.Sprintf("token-%03d", i), Name: "script", Scope: "send", Hash: bytes.Repeat([]byte{byte(i)}, 32), Created: after(time.Duration(i))}
		if err := s.NewToken(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	sent := &engine.Batch{}
	for id := firstSent; id <= lastSent; id++ {
		p := parcel("mail", "", event.Warning)
		p.ID, p.State = id, event.Sent
		sent.Settled = append(sent.Settled, event.Settlement{Parcel: p})
	}
	keep(t, s, sent)
}

// rowsOf returns the rows of a store, as text.
func rowsOf(t *testing.T, s *Store) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	for table, key := range specimenKeys() {
		all[table] = map[string]string{}
		rows, err := s.readers.Queryx(fmt.Sprintf("SELECT CAST(%s AS TEXT), * FROM %s", key, table))
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			values, err := rows.SliceScan()
			if err != nil {
				t.Fatal(err)
			}
			all[table][values[0].(string)] = fmt.Sprint(values...)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// treePage is a page as SQLite's dbstat describes it.
type treePage struct {
	Name, Path string
	Page       int `db:"pageno"`
	Cells      int `db:"ncell"`
}

// place tells the pages that each row of a table stands on. The tree has one
// level or two, and the keys are in its order.
func place(t *testing.T, table string, keys []string, pages []treePage) map[string][]int {
	t.Helper()
	cells := map[string][]string{} // keys on a page, by its path
	var root treePage
	var leaves []treePage
	for _, p := range pages {
		switch {
		case p.Name != table || strings.Contains(p.Path, "+"):
		case p.Path == "/":
			root = p
		default:
			leaves = append(leaves, p)
		}
	}
	at := map[string][]int{}
	take := func(p treePage, n int) {
		for range n {
			cells[p.Path] = append(cells[p.Path], keys[0])
			at[keys[0]], keys = []int{p.Page}, keys[1:]
		}
	}
	inRoot := len(leaves) == 0 || specimenKeys()[table] != "id" || table == "tokens"
	for i, leaf := range leaves {
		take(leaf, leaf.Cells)
		if inRoot && i < root.Cells {
			take(root, 1)
		}
	}
	if len(leaves) == 0 {
		take(root, root.Cells)
	}
	if len(keys) > 0 {
		t.Fatalf("%d rows of %s have no place", len(keys), table)
	}
	for _, p := range pages {
		if where, _, ok := strings.Cut(p.Path, "+"); ok && p.Name == table { // PATH CELL + NUMBER
			cut := strings.LastIndexByte(where, '/') + 1
			cell, err := strconv.ParseInt(where[cut:], 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			key := cells[where[:cut]][cell]
			at[key] = append(at[key], p.Page)
		}
	}
	return at
}

// lay puts a copy of a specimen on the disk, with a log, if it has one, and the
// lock file of a daemon that had it open.
func lay(t *testing.T, file, log []byte) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "t.db")
	lock, err := takeLock(path)
	if err != nil {
		t.Fatal(err)
	}
	noteOurs(lock)
	lock.Close()
	for name, text := range map[string][]byte{path: file, path + "-wal": log} {
		if text == nil {
			continue
		}
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// innerPages are the pages that lead to others: the schema's, and the roots of
// the large tables.
func (sp *specimen) innerPages() (pages []int) {
	roots := map[string]int{}
	for page, name := range sp.names {
		if name == "sqlite_schema" {
			pages = append(pages, page)
		} else if root, ok := roots[name]; specimenKeys()[name] != "" && (!ok || page < root) {
			roots[name] = page
		}
	}
	return slices.Sorted(slices.Values(slices.AppendSeq(pages, maps.Values(roots))))
}
