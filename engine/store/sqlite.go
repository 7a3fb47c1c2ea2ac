package store

// sqliteDialect is SQLite's. Beside it only the ways to a connection, the schema
// and the care for the file are SQLite's own.
func sqliteDialect() *dialect {
	return &dialect{
		begin: "BEGIN IMMEDIATE",
		like:  "LIKE",
		markUnknown: "UPDATE outbox SET state = 'unknown', maybe = TRUE WHERE id IN" +
			" (SELECT id FROM outbox INDEXED BY outbox_next WHERE state <> 'dead' AND state = 'sending')",
		selectVolume: "SELECT count(*) AS rows, coalesce(sum(weight), 0) AS bytes FROM outbox INDEXED BY outbox_next WHERE state <> 'dead'",
		inUse: `SELECT (pages.page_count - free.freelist_count) * size.page_size
			FROM pragma_page_count AS pages, pragma_freelist_count AS free, pragma_page_size AS size`,
		// All pages of the table must be looked at.
		measure: `SELECT coalesce(sum(pgsize), 0) AS size, (SELECT count(*) FROM notification_history) AS count FROM dbstat
			WHERE aggregate = true AND name IN (SELECT name FROM sqlite_schema WHERE tbl_name = 'notification_history')`,
	}
}
