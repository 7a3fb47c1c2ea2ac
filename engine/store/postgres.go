package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
	"github.com/oklog/ulid/v2"
)

// postgresDialect is PostgreSQL's.
func postgresDialect() *dialect {
	return &dialect{
		begin:        "BEGIN",
		snapshot:     sql.LevelRepeatableRead,
		like:         "ILIKE", // of texts in the collation "C"
		markUnknown:  "UPDATE outbox SET state = 'unknown', maybe = TRUE WHERE state <> 'dead' AND state = 'sending'",
		selectVolume: selectServerVolume,
		inUse:        "SELECT pg_database_size(current_database())",
		measure:      measureServer,
		rewrite:      numbered,
		clean:        cleanTexts,
	}
}

// What other nodes have for the one that judges waits to be delivered as well.
const selectServerVolume = `SELECT count(*) AS rows, CAST(coalesce(sum(weight), 0) AS BIGINT) AS bytes FROM (
	SELECT weight FROM outbox WHERE state <> 'dead' UNION ALL SELECT weight FROM inbox WHERE refused = '') AS waiting`

// measureServer reckons from the newest rows: files do not become smaller by what is
// deleted, and what follows from their size would delete ever more.
const measureServer = `SELECT count(*) AS count, CAST(count(*) * coalesce((
		SELECT avg(pg_column_size(title) + pg_column_size(message) + pg_column_size(error_message) + 300)
		FROM (SELECT title, message, error_message FROM notification_history ORDER BY id DESC LIMIT 1000) AS newest
	), 0) AS BIGINT) AS size FROM notification_history`

// cleanTexts makes texts fit for PostgreSQL, which takes no NUL and nothing that is
// not UTF-8: what a service answers may be both.
func cleanTexts(args []any) {
	for i, arg := range args {
		if text, ok := arg.(string); ok && (!utf8.ValidString(text) || strings.ContainsRune(text, 0)) {
			args[i] = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\u2400")
		}
	}
}

// server is a PostgreSQL database that several nodes may share.
type server struct {
	config *pgx.ConnConfig
	node   string // of this process alone
	role   role
	lease  time.Duration
	writes atomic.Uint32 // the server's number of the writing session
}

const (
	// oldestServer is the first version that ends a session which says nothing for
	// too long: without that, a judge that was stopped would keep its role.
	oldestServer = 14

	connectTime  = 5 * time.Second
	transactTime = 10 * time.Second // for one transaction: a database that is gone gives no answer at all
)

// isServer reports whether an address is one of PostgreSQL.
func isServer(address string) bool {
	scheme, _, _ := strings.Cut(address, ":")
	return scheme == "postgres" || scheme == "postgresql"
}

// serverConfig reads an address. Nothing of it is in the error: it may hold a
// password.
func serverConfig(address string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, errors.New("the store's url is not understood: write it as " + serverExample +
			"; in user and password, what is no letter or digit is written as % and two hexadecimal digits")
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTime
	}
	for name, value := range map[string]string{"application_name": "tocsin", "client_encoding": "UTF8", "lock_timeout": "5s"} {
		if _, given := config.RuntimeParams[name]; !given {
			config.RuntimeParams[name] = value
		}
	}
	return config, nil
}

const serverExample = "postgres://USER:PASSWORD@HOST/DATABASE"

// openServer opens the store in a PostgreSQL database.
func openServer(ctx context.Context, address string) (*Store, error) {
	s, err := newServerStore(address)
	if err != nil {
		return nil, err
	}
	s.writer = newWriter(s.pool(), s.dialect, s.ready)
	s.writer.limit = transactTime
	s.writer.alive, s.writer.dropped = isOpen, s.server.role.lose
	s.openServerReaders()
	err = s.writer.open(ctx)
	if err == nil {
		err = s.migrateServer(ctx)
	}
	if err == nil {
		s.next, err = s.readers.PreparexContext(ctx, s.dialect.query(selectNext))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open store: %w", s.explain(err)), s.Close())
	}
	return s, nil
}

func newServerStore(address string) (*Store, error) {
	config, err := serverConfig(address)
	if err != nil {
		return nil, err
	}
	s := newStoreOf("", postgresDialect())
	s.server = &server{config: config, node: ulid.Make().String(), role: newRole(), lease: leaseTime}
	s.checked = true // a server looks after its files itself
	return s, nil
}

func (s *Store) pool() *sqlx.DB {
	return sqlx.NewDb(stdlib.OpenDB(*s.server.config), "pgx")
}

func (s *Store) openServerReaders() {
	pool := s.pool()
	pool.SetMaxOpenConns(readerLimit)
	pool.SetMaxIdleConns(readerLimit)
	pool.SetConnMaxLifetime(time.Hour) // so that a move of the server is followed in the end
	s.readers = &readers{pool, s.dialect}
}

// ready makes a new connection fit for writing: what was kept is on the server's
// disk, and a session of a process that was stopped ends, with all that it holds.
func (s *Store) ready(ctx context.Context, conn *sqlx.Conn) error {
	var server struct {
		Version  int
		Standby  bool
		Commit   string
		Encoding string
		PID      uint32
	}
	const ask = `SELECT current_setting('server_version_num')::int AS version, pg_is_in_recovery() AS standby,
		current_setting('synchronous_commit') AS commit, current_setting('server_encoding') AS encoding, pg_backend_pid() AS pid`
	if err := conn.GetContext(ctx, &server, ask); err != nil {
		return err
	}
	switch {
	case server.Version < oldestServer*10_000:
		return fmt.Errorf("%s is PostgreSQL %d, and tocsin needs %d or later: upgrade the server, or name another in the store's url", s.place(), server.Version/10_000, oldestServer)
	case server.Encoding != "UTF8":
		return fmt.Errorf("%s keeps texts as %s, and tocsin needs UTF8: make the database with ENCODING 'UTF8' TEMPLATE template0", s.place(), server.Encoding)
	case server.Standby:
		return &Unavailable{Reason: s.place() + " is a standby that takes no writes", Do: "name the primary in the store's url, or all servers with ?target_session_attrs=read-write", Err: errStandby}
	}
	settings := fmt.Sprintf("SET idle_session_timeout = %d; SET idle_in_transaction_session_timeout = %[1]d; SET default_transaction_isolation = 'read committed'", silenceTime.Milliseconds())
	if server.Commit == "off" {
		settings += "; SET synchronous_commit = on"
	}
	s.server.writes.Store(server.PID)
	_, err := conn.ExecContext(ctx, settings)
	return err
}

var errStandby = errors.New("the server is in recovery")

// place names the database for people, without the password.
func (s *Store) place() string {
	if s.server == nil {
		return s.path
	}
	c := s.server.config
	where := c.Host
	if !strings.HasPrefix(where, "/") {
		where = fmt.Sprintf("%s:%d", c.Host, c.Port)
	}
	return fmt.Sprintf("database %s of the PostgreSQL server at %s", c.Database, where)
}
