package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"
	sqlite3 "modernc.org/sqlite/lib"

	"tocsin/engine/store/salvage"
)

const (
	// recordTime is how long each table of records is carried over, the newest rows
	// first: the start waits for it, and the rest is in the file set aside.
	recordTime = 4 * time.Second

	// maxStrays is how many rows of a table wait for the others to have their places.
	maxStrays = 10_000

	// carryRows is how many rows are written in one transaction.
	carryRows = 5000
)

// The tables that people read and nothing waits for.
const (
	historyTable   = "notification_history"
	decisionsTable = "decisions"
	eventsTable    = "events"
)

// recordTables are these tables, in the order in which they are carried over.
func recordTables() []string { return []string{historyTable, decisionsTable, eventsTable} }

// carrier carries the rows of a damaged database into a fresh one: first what
// waits and what is remembered, then the records. A row that the fresh one does
// not take is left, alone.
type carrier struct {
	ctx     context.Context
	conn    *sqlx.Conn
	walk    *salvage.Walk
	tables  []*carried
	pending int   // rows of the open transaction
	err     error // ends everything
	losses  salvage.Losses
	older   bool
}

// carried is a table of the fresh database.
type carried struct {
	name    string
	columns []column
	rowid   bool // the rows have one, of which no column need know
	inserts map[int]*sqlx.Stmt
	rows    int
	strays  [][]any
	lost    bool // some of its pages are unreadable
}

type column struct {
	name, kind string
	optional   bool // what older rows have not
	alias      bool // of the rowid
	json       bool
}

func carry(ctx context.Context, conn *sqlx.Conn, from *evidence, r *Recovery) error {
	c := &carrier{ctx: ctx, conn: conn, walk: salvage.NewWalk(from.Image)}
	err := c.findTables()
	if err == nil {
		err = c.run()
	}
	for _, t := range c.tables {
		for _, insert := range t.inserts {
			_ = insert.Close()
		}
		r.Saved = append(r.Saved, Saved{t.name, t.rows})
	}
	r.Pages, r.Rows, r.Older = c.losses.Pages, c.losses.Rows, c.older
	return err
}

// ourTables are the tables that hold something: not SQLite's own, and not the one
// that is written to see whether anything can be.
const ourTables = `SELECT name, wr FROM pragma_table_list
	WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name <> 'probe'`

func (c *carrier) findTables() error {
	var names []struct {
		Name         string `db:"name"`
		WithoutRowid bool   `db:"wr"`
	}
	if err := c.conn.SelectContext(c.ctx, &names, ourTables); err != nil {
		return err
	}
	for _, n := range names {
		t := &carried{name: n.Name, rowid: !n.WithoutRowid, inserts: map[int]*sqlx.Stmt{}}
		if err := c.findColumns(t); err != nil {
			return err
		}
		c.tables = append(c.tables, t)
	}
	slices.SortFunc(c.tables, func(a, b *carried) int {
		if last := slices.Index(recordTables(), a.name) - slices.Index(recordTables(), b.name); last != 0 {
			return last
		}
		return -strings.Compare(a.name, b.name) // quiet_pending, then digest_pending: what is told sooner takes what may be either's
	})
	return nil
}

func (c *carrier) findColumns(t *carried) error {
	var columns []struct {
		Name    string  `db:"name"`
		Kind    string  `db:"type"`
		Default *string `db:"dflt_value"`
		Key     bool    `db:"pk"`
	}
	if err := c.conn.SelectContext(c.ctx, &columns, "SELECT name, type, dflt_value, pk FROM pragma_table_info(?) ORDER BY cid", t.name); err != nil {
		return err
	}
	for _, n := range columns {
		t.columns = append(t.columns, column{
			name: n.Name, kind: n.Kind, optional: n.Default != nil, alias: t.rowid && n.Key && n.Kind == "INTEGER",
			json: slices.Contains(jsonColumns()[t.name], n.Name),
		})
	}
	return nil
}

// run takes the free pages first: what stands on them was deleted, and no damaged
// page may lead there.
func (c *carrier) run() error {
	tables, indexes, whole := c.walk.Schema()
	free := c.walk.Free()
	roots := map[string]uint32{}
	for _, o := range tables {
		roots[o.Name] = o.Root
	}
	if err := c.exec("BEGIN"); err != nil {
		return err
	}
	for _, t := range c.tables {
		root, known := roots[t.name]
		delete(roots, t.name)
		if t.lost = !known; known {
			c.note(t, c.walk.Tree(root, c.taking(t)))
		}
	}
	for _, root := range roots {
		c.note(nil, c.walk.Tree(root, nil))
	}
	for _, o := range indexes {
		c.note(nil, c.walk.Tree(o.Root, nil))
	}
	if !whole {
		c.losses.Pages++
	}
	if free {
		c.adopt()
	}
	c.placeStrays()
	if c.err != nil {
		return c.err
	}
	return c.exec("COMMIT")
}

func (c *carrier) note(t *carried, l salvage.Losses) {
	c.losses.Pages += l.Pages
	c.losses.Rows += l.Rows
	if t != nil && l.Pages > 0 {
		t.lost = true
	}
}

// taking returns what is done with each row of a table.
func (c *carrier) taking(t *carried) func(salvage.Row) salvage.Verdict {
	var end time.Time
	if slices.Contains(recordTables(), t.name) {
		end = time.Now().Add(recordTime)
	}
	return func(row salvage.Row) salvage.Verdict {
		if !end.IsZero() && time.Now().After(end) {
			c.older = true
			return salvage.Enough
		}
		args, ok := t.args(row)
		switch {
		case c.err != nil:
			return salvage.Enough
		case !ok:
			return salvage.Refused
		case row.Stray && len(t.strays) < maxStrays:
			t.strays = append(t.strays, args)
		case !c.insert(t, args):
			c.losses.Rows++
		}
		return salvage.Taken
	}
}

// placeStrays takes the rows that stand where their ids do not belong, unless
// another row has the id.
func (c *carrier) placeStrays() {
	for _, t := range c.tables {
		for _, args := range t.strays {
			if c.err == nil && !c.insert(t, args) {
				c.losses.Rows++
			}
		}
	}
}

// adopt takes rows on pages to which nothing leads any more: a page that did is
// damaged. They go to a table that they fit, one that lost pages before others.
// Without knowing the free pages nobody could tell them from rows that were
// deleted, and a message that was sent long ago would be sent again.
func (c *carrier) adopt() {
	tables := slices.Clone(c.tables)
	slices.SortStableFunc(tables, func(a, b *carried) int { return cmp.Compare(a.rank(), b.rank()) })
	c.walk.Orphans(func(row salvage.Row, rowid bool) {
		for _, t := range tables {
			if args, ok := t.args(row); ok && t.rowid == rowid && c.err == nil && c.insert(t, args) {
				return
			}
		}
	})
}

// rank orders the tables that a row may be of: those that lost pages, and among
// them records, since more of them are kept and nothing follows from one.
func (t *carried) rank() (n int) {
	if !t.lost {
		n += 2
	}
	if !slices.Contains(recordTables(), t.name) {
		n++
	}
	return n
}

// args returns the values of a row as they are written, and reports whether they
// can be a row of the table.
func (t *carried) args(row salvage.Row) ([]any, bool) {
	if len(row.Values) > len(t.columns) {
		return nil, false
	}
	args := make([]any, len(row.Values))
	for i, v := range row.Values {
		if t.columns[i].alias && v == nil {
			v = row.ID
		}
		if !t.columns[i].takes(v) {
			return nil, false
		}
		args[i] = v
	}
	for _, missing := range t.columns[len(args):] {
		if !missing.optional {
			return nil, false
		}
	}
	return args, true
}

func (c *column) takes(v any) bool {
	switch v := v.(type) {
	case int64:
		return c.kind == "INTEGER"
	case string:
		return c.kind == "TEXT" && utf8.ValidString(v) && (!c.json || json.Valid([]byte(v)))
	case []byte:
		return c.kind == "BLOB"
	}
	return false
}

// insert reports false for a row that the table does not take: it has one with
// that key already, say.
func (c *carrier) insert(t *carried, args []any) bool {
	insert := t.inserts[len(args)]
	if insert == nil {
		var names []string
		for _, n := range t.columns[:len(args)] {
			names = append(names, n.name)
		}
		row := insertInto(t.name, strings.Join(names, ","), "")
		if insert, c.err = c.conn.PreparexContext(c.ctx, row.one); c.err != nil {
			return false
		}
		t.inserts[len(args)] = insert
	}
	if _, err := insert.ExecContext(c.ctx, args...); err != nil {
		if !isCode(err, sqlite3.SQLITE_CONSTRAINT) {
			c.err = fmt.Errorf("keep a row of %s: %w", t.name, err)
		}
		return false
	}
	t.rows++
	if c.pending++; c.pending%carryRows == 0 {
		c.err = c.exec("COMMIT; BEGIN")
	}
	return true
}

func (c *carrier) exec(query string) error {
	_, err := c.conn.ExecContext(c.ctx, query)
	return err
}
