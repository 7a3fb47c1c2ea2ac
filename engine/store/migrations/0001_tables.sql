-- Times are milliseconds since 1970 UTC; 0 means never.

-- One row for each attempt to send.
CREATE TABLE notification_history (
	id                  INTEGER PRIMARY KEY AUTOINCREMENT,
	sent_at             INTEGER NOT NULL,
	channel             TEXT    NOT NULL,
	event_type          TEXT    NOT NULL,
	severity            TEXT    NOT NULL,
	title               TEXT    NOT NULL,
	message             TEXT    NOT NULL,
	success             INTEGER NOT NULL,
	error_code          TEXT    NOT NULL,
	error_message       TEXT    NOT NULL,
	attempt             INTEGER NOT NULL,
	latency             INTEGER NOT NULL, -- milliseconds
	event_id            TEXT    NOT NULL,
	source              TEXT    NOT NULL,
	provider_message_id TEXT    NOT NULL
) STRICT;
CREATE INDEX notification_history_sent_at ON notification_history (sent_at);
CREATE INDEX notification_history_event_id ON notification_history (event_id);

-- What waits to be sent, and what was given up. Numbers are never used twice,
-- so that a late answer cannot settle another parcel.
CREATE TABLE outbox (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	channel       TEXT    NOT NULL,
	urgent        INTEGER NOT NULL, -- 1: CRITICAL, goes first
	state         TEXT    NOT NULL, -- queued, retry, held, dead
	attempt       INTEGER NOT NULL,
	accepted_at   INTEGER NOT NULL,
	due_at        INTEGER NOT NULL,
	tried_at      INTEGER NOT NULL DEFAULT 0,
	error_code    TEXT    NOT NULL,
	error_message TEXT    NOT NULL,
	plain         INTEGER NOT NULL,
	maybe         INTEGER NOT NULL,
	event_id      TEXT    NOT NULL,
	source        TEXT    NOT NULL,
	message       TEXT    NOT NULL  -- JSON
) STRICT;
-- The columns after id let queues be counted without reading the messages.
CREATE INDEX outbox_next ON outbox (channel, urgent DESC, id, state, accepted_at, due_at) WHERE state <> 'dead';
CREATE INDEX outbox_dead ON outbox (tried_at, channel) WHERE state = 'dead';
CREATE INDEX outbox_failed ON outbox (channel, tried_at) WHERE error_code <> '';

-- Fingerprints, written as a log: the newest row of a fingerprint counts, and
-- one that cools down until 0 was cleared. Fingerprints are random, so a table
-- sorted by them would cost one page for each row; a log costs none.
CREATE TABLE stamps (
	id             INTEGER PRIMARY KEY AUTOINCREMENT,
	fingerprint    BLOB    NOT NULL,
	event_type     TEXT    NOT NULL,
	severity       TEXT    NOT NULL,
	last_sent_ts   INTEGER NOT NULL,
	cooldown_until INTEGER NOT NULL,
	count          INTEGER NOT NULL
) STRICT;
CREATE VIEW notification_last_sent AS
	SELECT lower(hex(fingerprint)) AS fingerprint, event_type, severity, last_sent_ts, cooldown_until, count
	FROM (SELECT *, max(id) FROM stamps GROUP BY fingerprint)
	WHERE cooldown_until > 0;

-- Bursts that are open, and the events that wait in them.
CREATE TABLE bursts (
	key   TEXT PRIMARY KEY,
	state TEXT NOT NULL -- JSON
) STRICT, WITHOUT ROWID;
CREATE TABLE burst_pending (
	id       INTEGER PRIMARY KEY, -- the order of arrival
	event_id TEXT NOT NULL UNIQUE,
	bucket   TEXT NOT NULL,
	event    TEXT NOT NULL        -- JSON
) STRICT;

CREATE TABLE decisions (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	decided_at INTEGER NOT NULL,
	event_id   TEXT    NOT NULL,
	event_type TEXT    NOT NULL,
	channel    TEXT    NOT NULL, -- empty: all
	stage      TEXT    NOT NULL,
	outcome    TEXT    NOT NULL,
	reason     TEXT    NOT NULL,
	place      TEXT    NOT NULL,
	count      INTEGER NOT NULL
) STRICT;
CREATE INDEX decisions_decided_at ON decisions (decided_at);
CREATE INDEX decisions_event_id ON decisions (event_id);

-- Keys under which an event is taken at most once.
CREATE TABLE claims (
	key      TEXT PRIMARY KEY,
	digest   TEXT    NOT NULL,
	event_id TEXT    NOT NULL,
	until    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
	id         TEXT PRIMARY KEY,
	name       TEXT    NOT NULL,
	scope      TEXT    NOT NULL,
	hash       BLOB    NOT NULL, -- SHA-256 of the secret part
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	used_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The row that is written to see whether anything can be.
CREATE TABLE probe (
	id      INTEGER PRIMARY KEY CHECK (id = 1),
	written INTEGER NOT NULL
) STRICT;
INSERT INTO probe VALUES (1, 0);
