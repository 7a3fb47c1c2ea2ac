package store

import (
	"context"
	"embed"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// The scripts of PostgreSQL, apart from SQLite's: types and identities differ.
// They are never changed once released.
//
//go:embed migrations/postgres/*.sql
var serverMigrations embed.FS

const (
	// The lock is held while the schema changes, so that nodes which start at the same
	// time change it once.
	takeSchemaLock = "SELECT pg_advisory_xact_lock(1953456945, hashtext(current_schema()))"

	schemaTable = `CREATE TABLE IF NOT EXISTS tocsin_schema (version INTEGER NOT NULL)`
)

// migrateServer brings the database to the newest schema, one transaction a step.
func (s *Store) migrateServer(ctx context.Context) error {
	scripts, err := schemaScripts(serverMigrations, "migrations/postgres/*.sql")
	if err != nil {
		return fmt.Errorf("read the schemas: %w", err)
	}
	for done := false; !done; {
		if done, err = s.migrateStep(ctx, scripts); err != nil {
			return err
		}
	}
	return nil
}

// migrateStep makes the next schema, and reports whether there is none to make.
func (s *Store) migrateStep(ctx context.Context, scripts []string) (done bool, err error) {
	conn := s.writer.conn
	if _, err := conn.ExecContext(ctx, "BEGIN; SET LOCAL lock_timeout = 0; "+takeSchemaLock); err != nil {
		return false, errors.Join(err, undo(conn))
	}
	have, err := serverSchema(ctx, conn)
	switch known := len(scripts); {
	case err != nil:
		return false, errors.Join(err, undo(conn))
	case have > known:
		return false, errors.Join(&NewerError{Path: s.place(), Have: have, Known: known}, undo(conn))
	case have == known:
		return true, undo(conn)
	}
	script := fmt.Sprintf("%s; %s; DELETE FROM tocsin_schema; INSERT INTO tocsin_schema VALUES (%d); COMMIT", schemaTable, scripts[have], have+1)
	if _, err := conn.ExecContext(ctx, script); err != nil {
		if stateOf(err) == "42P07" { // a table is there already
			err = fmt.Errorf("%s holds tables of another program (%s): give tocsin a database or a schema of its own; nothing in it was changed", s.place(), reportOf(err))
		}
		return false, errors.Join(fmt.Errorf("change the schema from %d to %d: %w", have, have+1, err), undo(conn))
	}
	return false, nil
}

func undo(conn *sqlx.Conn) error {
	_, err := conn.ExecContext(context.Background(), "ROLLBACK")
	if err != nil && isLost(err) { // which undoes it as well
		return nil
	}
	return err
}

// serverSchema returns the schema of a database, 0 for one that has none.
func serverSchema(ctx context.Context, db sqlx.QueryerContext) (version int, err error) {
	var there bool
	if err := sqlx.GetContext(ctx, db, &there, "SELECT to_regclass('tocsin_schema') IS NOT NULL"); err != nil || !there {
		return 0, err
	}
	return version, sqlx.GetContext(ctx, db, &version, "SELECT coalesce(max(version), 0) FROM tocsin_schema")
}
