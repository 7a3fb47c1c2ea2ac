// Package store is the archive of tocsin: it keeps what must outlive a
// restart. That is the judge's memory (fingerprints, bursts, claims, open
// events, causes), what waits for quiet hours to end or for a digest, the
// outbox, the history of deliveries, the decisions, the events as they came and
// who may use the API: tokens, accounts, sessions. All is in one database: a SQLite
// file that this process has alone, or a PostgreSQL that several nodes share. What the two engines differ in is in
// dialect.go, sqlite.go and the files that begin with postgres; damage, lock and
// copies of the file are SQLite's.
//
// A Batch is one transaction, synced to the disk before Commit returns: all of it
// is kept or nothing is, but for what only people read, see Records. There is one
// writing connection, on which callers take turns, and a few that can only read.
// Nothing else in the process may open SQLite's file: closing it would drop
// SQLite's locks on it. Another process reads it with a Reader.
//
// A SQLite database that is damaged does not keep the daemon from starting: the
// store sets the file aside and goes on with a fresh one that has every row which
// is still readable (package salvage).
//
// Of the nodes that share a PostgreSQL one judges, while its writing session holds
// a lock (Campaign); each sends over the channels that it has leased (Lease), and
// has what it accepted judged by way of an inbox (Posted).
//
// It decides nothing and sends nothing: package engine judges and
// engine/dispatch delivers. Neither knows this package; the daemon plugs it in
// behind the interfaces they declare.
package store
