-- The same tables and columns as in SQLite, with PostgreSQL's types. Texts compare
-- byte by byte ("C"), so that both engines sort alike and indexes serve LIKE.
-- Times are milliseconds since 1970 UTC; 0 means never.

-- One row for each attempt to send.
CREATE TABLE notification_history (
	id                  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	sent_at             BIGINT NOT NULL,
	channel             TEXT COLLATE "C" NOT NULL,
	event_type          TEXT COLLATE "C" NOT NULL,
	severity            TEXT COLLATE "C" NOT NULL,
	title               TEXT COLLATE "C" NOT NULL,
	message             TEXT COLLATE "C" NOT NULL,
	success             BOOLEAN NOT NULL,
	error_code          TEXT COLLATE "C" NOT NULL,
	error_message       TEXT COLLATE "C" NOT NULL,
	attempt             INTEGER NOT NULL,
	latency             BIGINT NOT NULL, -- milliseconds
	event_id            TEXT COLLATE "C" NOT NULL,
	source              TEXT COLLATE "C" NOT NULL,
	provider_message_id TEXT COLLATE "C" NOT NULL
);
CREATE INDEX notification_history_sent_at ON notification_history (sent_at, id);
CREATE INDEX notification_history_event_id ON notification_history (event_id);

-- What waits to be sent, and what was given up. Numbers are never used twice, so
-- that a late answer cannot settle another parcel.
CREATE TABLE outbox (
	id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	channel       TEXT COLLATE "C" NOT NULL,
	urgent        BOOLEAN NOT NULL, -- CRITICAL, goes first
	state         TEXT COLLATE "C" NOT NULL,
	attempt       INTEGER NOT NULL,
	accepted_at   BIGINT NOT NULL,
	due_at        BIGINT NOT NULL,
	tried_at      BIGINT NOT NULL DEFAULT 0,
	error_code    TEXT COLLATE "C" NOT NULL,
	error_message TEXT COLLATE "C" NOT NULL,
	plain         BOOLEAN NOT NULL,
	maybe         BOOLEAN NOT NULL,
	event_id      TEXT COLLATE "C" NOT NULL,
	source        TEXT COLLATE "C" NOT NULL,
	copy_id       TEXT COLLATE "C" NOT NULL DEFAULT '', -- of a copy for a fallback channel: its name
	copy_for      TEXT COLLATE "C" NOT NULL DEFAULT '', -- and the channel that it stands in for
	copied_in     TEXT COLLATE "C" NOT NULL DEFAULT '', -- the copy that stands in for this one; -: none is needed
	weight        BIGINT NOT NULL DEFAULT 0,            -- bytes of the message
	message       JSON NOT NULL
);
CREATE INDEX outbox_next ON outbox (channel, urgent DESC, id) INCLUDE (state, accepted_at, due_at, weight, copied_in, copy_id) WHERE state <> 'dead';
CREATE INDEX outbox_dead ON outbox (tried_at, channel) WHERE state = 'dead';
CREATE INDEX outbox_failed ON outbox (channel, tried_at, id) WHERE error_code <> '';
CREATE INDEX outbox_event_id ON outbox (event_id);
CREATE INDEX outbox_copy_id ON outbox (copy_id) WHERE copy_id <> '';
CREATE INDEX outbox_copied_in ON outbox (copied_in) WHERE copied_in <> '';

-- Fingerprints, written as a log: the newest row of a fingerprint counts, and one
-- that cools down until 0 was cleared.
CREATE TABLE stamps (
	id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	fingerprint    BYTEA NOT NULL,
	event_type     TEXT COLLATE "C" NOT NULL,
	severity       TEXT COLLATE "C" NOT NULL,
	last_sent_ts   BIGINT NOT NULL,
	cooldown_until BIGINT NOT NULL,
	count          BIGINT NOT NULL
);
CREATE VIEW notification_last_sent AS
	SELECT encode(fingerprint, 'hex') AS fingerprint, event_type, severity, last_sent_ts, cooldown_until, count
	FROM (SELECT DISTINCT ON (fingerprint) * FROM stamps ORDER BY fingerprint, id DESC) AS newest
	WHERE cooldown_until > 0;

-- Bursts that are open, and the events that wait in them.
CREATE TABLE bursts (
	key   TEXT COLLATE "C" PRIMARY KEY,
	state JSON NOT NULL
);
CREATE TABLE burst_pending (
	id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- the order of arrival
	event_id TEXT COLLATE "C" NOT NULL UNIQUE,
	bucket   TEXT COLLATE "C" NOT NULL,
	event    JSON NOT NULL,
	channels JSON NOT NULL DEFAULT '[]'
);

CREATE TABLE decisions (
	id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	decided_at BIGINT NOT NULL,
	event_id   TEXT COLLATE "C" NOT NULL,
	event_type TEXT COLLATE "C" NOT NULL,
	channel    TEXT COLLATE "C" NOT NULL, -- empty: all
	stage      TEXT COLLATE "C" NOT NULL,
	outcome    TEXT COLLATE "C" NOT NULL,
	code       TEXT COLLATE "C" NOT NULL DEFAULT '',
	reason     TEXT COLLATE "C" NOT NULL,
	place      TEXT COLLATE "C" NOT NULL,
	count      BIGINT NOT NULL,
	told_in    TEXT COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX decisions_decided_at ON decisions (decided_at, id);
CREATE INDEX decisions_event_id ON decisions (event_id);

-- Keys under which an event is taken at most once.
CREATE TABLE claims (
	key      TEXT COLLATE "C" PRIMARY KEY,
	digest   TEXT COLLATE "C" NOT NULL,
	event_id TEXT COLLATE "C" NOT NULL,
	until    BIGINT NOT NULL
);

CREATE TABLE tokens (
	id         TEXT COLLATE "C" PRIMARY KEY,
	name       TEXT COLLATE "C" NOT NULL,
	scope      TEXT COLLATE "C" NOT NULL,
	hash       BYTEA NOT NULL, -- SHA-256 of the secret part
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	used_at    BIGINT NOT NULL
);

-- The row that is written to see whether anything can be.
CREATE TABLE probe (
	id      INTEGER PRIMARY KEY CHECK (id = 1),
	written BIGINT NOT NULL
);
INSERT INTO probe VALUES (1, 0);

-- Messages that wait for the end of a channel's quiet hours, or for its digest.
CREATE TABLE quiet_pending (
	id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	channel    TEXT COLLATE "C" NOT NULL,
	event_id   TEXT COLLATE "C" NOT NULL,
	event_type TEXT COLLATE "C" NOT NULL,
	severity   TEXT COLLATE "C" NOT NULL,
	title      TEXT COLLATE "C" NOT NULL,
	event_time BIGINT NOT NULL,
	held_at    BIGINT NOT NULL,
	until      BIGINT NOT NULL, -- as it looked then; 0: unknown
	source     TEXT COLLATE "C" NOT NULL,
	told_in    TEXT COLLATE "C" NOT NULL DEFAULT '', -- event id of the summary that tells it; empty: it still waits
	message    JSON NOT NULL
);
CREATE INDEX quiet_pending_channel ON quiet_pending (channel, event_time, id) INCLUDE (severity, held_at) WHERE told_in = '';
CREATE INDEX quiet_pending_event_id ON quiet_pending (event_id);
CREATE INDEX quiet_pending_told_in ON quiet_pending (told_in) WHERE told_in <> '';

CREATE TABLE digest_pending (
	id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	channel    TEXT COLLATE "C" NOT NULL,
	event_id   TEXT COLLATE "C" NOT NULL,
	event_type TEXT COLLATE "C" NOT NULL,
	severity   TEXT COLLATE "C" NOT NULL,
	title      TEXT COLLATE "C" NOT NULL,
	event_time BIGINT NOT NULL,
	held_at    BIGINT NOT NULL,
	until      BIGINT NOT NULL,
	source     TEXT COLLATE "C" NOT NULL,
	told_in    TEXT COLLATE "C" NOT NULL DEFAULT '',
	message    JSON NOT NULL
);
CREATE INDEX digest_pending_channel ON digest_pending (channel, event_time, id) INCLUDE (severity, held_at) WHERE told_in = '';
CREATE INDEX digest_pending_event_id ON digest_pending (event_id);
CREATE INDEX digest_pending_told_in ON digest_pending (told_in) WHERE told_in <> '';

-- The local day of each channel's last digest, as YYYY-MM-DD.
CREATE TABLE digests (
	channel TEXT COLLATE "C" PRIMARY KEY,
	day     TEXT COLLATE "C" NOT NULL
);

-- Events that nothing has resolved yet, and what they are told of.
CREATE TABLE open_events (
	key        TEXT COLLATE "C" PRIMARY KEY,
	event_id   TEXT COLLATE "C" NOT NULL,
	event_type TEXT COLLATE "C" NOT NULL,
	host       TEXT COLLATE "C" NOT NULL,
	opened_at  BIGINT NOT NULL,
	event      JSON NOT NULL,
	state      JSON NOT NULL
);

-- Events that keep others from being told.
CREATE TABLE inhibit_causes (
	key        TEXT COLLATE "C" PRIMARY KEY,
	inhibition TEXT COLLATE "C" NOT NULL,
	until      BIGINT NOT NULL,
	event      JSON NOT NULL
);

-- Events as they came, for explanations and to be judged again.
CREATE TABLE events (
	event_id   TEXT COLLATE "C" PRIMARY KEY,
	event_type TEXT COLLATE "C" NOT NULL,
	arrived_at BIGINT NOT NULL,
	incoming   JSON NOT NULL
);
CREATE INDEX events_arrived_at ON events (arrived_at, event_id);

-- Channels that do not deliver.
CREATE TABLE channel_health (
	channel  TEXT COLLATE "C" PRIMARY KEY,
	failures INTEGER NOT NULL,
	since    BIGINT NOT NULL,
	told     BOOLEAN NOT NULL
);

-- What only several nodes on one database need.

-- The nodes, by a name that each gives itself at its start.
CREATE TABLE nodes (
	node    TEXT COLLATE "C" PRIMARY KEY,
	host    TEXT COLLATE "C" NOT NULL,
	version TEXT COLLATE "C" NOT NULL,
	judges  BOOLEAN NOT NULL,
	started TIMESTAMPTZ NOT NULL,
	seen    TIMESTAMPTZ NOT NULL -- by the clock of the database, as all times here
);

-- Who may send over a channel. The fence grows with each change of hands: what
-- comes from an earlier holder is known by it.
CREATE TABLE leases (
	channel TEXT COLLATE "C" PRIMARY KEY,
	node    TEXT COLLATE "C" NOT NULL,
	fence   BIGINT NOT NULL,
	until   TIMESTAMPTZ NOT NULL
);

-- What the other nodes have for the one that judges: events they accepted, what
-- came of their sends, and that they moved what waits in buffers.
CREATE TABLE inbox (
	id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	kind    TEXT COLLATE "C" NOT NULL,
	node    TEXT COLLATE "C" NOT NULL,
	body    JSON NOT NULL,
	weight  BIGINT NOT NULL,
	refused TEXT COLLATE "C" NOT NULL DEFAULT '' -- why it cannot be judged; empty: it waits
);
CREATE INDEX inbox_waits ON inbox (id) WHERE refused = '';

-- Nodes listen for what others did. What a transaction says is heard when it is
-- kept, and once.
CREATE FUNCTION tocsin_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('tocsin', TG_TABLE_NAME);
	RETURN NULL;
END $$;
CREATE TRIGGER tell AFTER INSERT OR UPDATE OF channel ON outbox FOR EACH STATEMENT EXECUTE FUNCTION tocsin_tell();
CREATE TRIGGER tell AFTER INSERT ON inbox FOR EACH STATEMENT EXECUTE FUNCTION tocsin_tell();
CREATE TRIGGER tell AFTER INSERT OR DELETE ON nodes FOR EACH STATEMENT EXECUTE FUNCTION tocsin_tell();
CREATE TRIGGER tell AFTER INSERT OR DELETE ON tokens FOR EACH STATEMENT EXECUTE FUNCTION tocsin_tell();

-- How far each source of events has read: what that means is its own matter.
CREATE TABLE positions (
	source   TEXT COLLATE "C" PRIMARY KEY,
	position TEXT NOT NULL
);
