package store

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/store/salvage"
)

// anyValue makes one of every kind and size that SQLite writes in its own way.
func anyValue(r *rand.Rand) any {
	switch r.IntN(6) {
	case 0:
		return nil
	case 1:
		return r.Int64() >> r.IntN(64)
	case 2:
		return -(r.Int64() >> r.IntN(64))
	case 3:
		return r.NormFloat64() * math.Pow(10, float64(r.IntN(30)))
	case 4:
		return strings.Repeat("text ", r.IntN(1<<r.IntN(12)))
	}
	return bytes.Repeat([]byte{byte(r.Uint32())}, 1+r.IntN(1<<r.IntN(14)))
}

// rowsEach is how many rows a table gets.
const rowsEach = 80

// database writes random rows into tables with and without rowids, with pages of
// a size, and returns its file, its log and the rows by table and key.
func database(t *testing.T, r *rand.Rand, size int) (file, log []byte, rows map[string]map[string][]any) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "t.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	exec := func(query string, args ...any) {
		if _, err := db.Exec(query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	exec(fmt.Sprintf("PRAGMA page_size = %d; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF", size))
	exec("CREATE TABLE numbered (id INTEGER PRIMARY KEY, a, b, c)")
	exec("CREATE TABLE named (id TEXT PRIMARY KEY, a, b, c) WITHOUT ROWID")
	rows = map[string]map[string][]any{"numbered": {}, "named": {}}
	for i := range rowsEach {
		values := []any{anyValue(r), anyValue(r), anyValue(r)}
		number, name := r.Int64()>>r.IntN(60), fmt.Sprintf("%x", r.Uint64())
		exec("INSERT OR REPLACE INTO numbered VALUES (?, ?, ?, ?)", append([]any{number}, values...)...)
		exec("INSERT INTO named VALUES (?, ?, ?, ?)", append([]any{name}, values...)...)
		rows["numbered"][fmt.Sprint(number)], rows["named"][name] = values, values
		if i == rowsEach/2 {
			exec("PRAGMA wal_checkpoint(TRUNCATE)")
		}
	}
	if file, err = os.ReadFile(path); err == nil {
		log, err = os.ReadFile(path + "-wal")
	}
	if err != nil {
		t.Fatal(err)
	}
	return file, log, rows
}

func section(text []byte) *io.SectionReader {
	return io.NewSectionReader(bytes.NewReader(text), 0, int64(len(text)))
}

// TestRowsAreThoseOfSQLite reads what SQLite wrote, from file and log, with pages
// of every size.
func TestRowsAreThoseOfSQLite(t *testing.T) {
	for _, size := range []int{512, 4096, 65536} {
		t.Run(fmt.Sprint("pages of ", size), func(t *testing.T) {
			file, log, want := database(t, rand.New(rand.NewPCG(uint64(size), 1)), size)
			im := salvage.Open(section(file), section(log))
			if im.LogDamaged() {
				t.Error("the log is taken for damaged")
			}
			w := salvage.NewWalk(im)
			tables, _, whole := w.Schema()
			if len(tables) != 2 || !whole || !w.Free() {
				t.Fatalf("tables %v, whole %v", tables, whole)
			}
			for _, o := range tables {
				got := map[string][]any{}
				losses := w.Tree(o.Root, func(row salvage.Row) salvage.Verdict {
					key := fmt.Sprint(row.ID)
					if o.Name == "named" {
						key = row.Values[0].(string)
					}
					got[key] = row.Values[1:]
					return salvage.Taken
				})
				if diff := cmp.Diff(want[o.Name], got); diff != "" || losses.Any() {
					t.Errorf("%s: losses %+v (-want +got):\n%.2000s", o.Name, losses, diff)
				}
			}
			w.Orphans(func(row salvage.Row, _ bool) { t.Errorf("nothing leads to the row %d", row.ID) })
		})
	}
}
