package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"

	"github.com/jmoiron/sqlx"
	"modernc.org/sqlite"
)

// setting is one pragma and the value it must read back as: SQLite and the
// driver ignore what they do not know, so a misspelt one would go unnoticed.
type setting struct{ pragma, value string }

// sharedSettings hold for every connection.
func sharedSettings() []setting {
	return []setting{
		{"busy_timeout", "5000"},
		{"foreign_keys", "1"},
		{"trusted_schema", "0"},
		{"temp_store", "2"}, // in memory: a service may have no folder for temporary files
	}
}

func writerSettings() []setting {
	return append(sharedSettings(),
		setting{"synchronous", "2"},               // FULL: a commit is on the disk when it returns
		setting{"journal_size_limit", "67108864"}, // 64 MiB
	)
}

func readerSettings() []setting {
	return append(sharedSettings(),
		setting{"query_only", "1"},
		setting{"cache_size", "-1024"}, // 1 MiB: the kernel caches the file as well
	)
}

// connect prepares a pool of connections to the file at path. It opens none.
// Transactions of the writer take the write lock when they begin: one that
// took it later could fail at once, whatever the busy timeout.
func connect(path string, settings []setting, extra url.Values) (*sqlx.DB, error) {
	query := url.Values{"_defensive": {"1"}, "_dqs": {"0"}, "_error_rc": {"1"}}
	for _, s := range settings {
		query.Add("_pragma", s.pragma+"("+s.value+")")
	}
	for key, values := range extra {
		query[key] = values
	}
	file := url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}
	connector, err := sqlite.NewConnector(file.String())
	if err != nil {
		return nil, fmt.Errorf("address the store's file: %w", err)
	}
	// sqlx knows no driver "sqlite"; the name only tells it how placeholders
	// look, and those of "sqlite3" look the same.
	return sqlx.NewDb(sql.OpenDB(connector), "sqlite3"), nil
}

// verify reads settings back from conn.
func verify(ctx context.Context, conn *sqlx.Conn, settings []setting) error {
	for _, s := range settings {
		var value string
		if err := conn.GetContext(ctx, &value, "PRAGMA "+s.pragma); err != nil {
			return fmt.Errorf("read the setting %s: %w", s.pragma, err)
		}
		if value != s.value {
			return fmt.Errorf("the database keeps %s at %s, but the store relies on %s: its file system may not support what SQLite needs",
				s.pragma, value, s.value)
		}
	}
	return nil
}
