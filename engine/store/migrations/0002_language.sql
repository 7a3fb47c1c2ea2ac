-- Messages that wait for the end of a channel's quiet hours, or for its digest.
CREATE TABLE quiet_pending (
	id         INTEGER PRIMARY KEY,
	channel    TEXT    NOT NULL,
	event_id   TEXT    NOT NULL,
	event_type TEXT    NOT NULL,
	severity   TEXT    NOT NULL,
	title      TEXT    NOT NULL,
	event_time INTEGER NOT NULL,
	held_at    INTEGER NOT NULL,
	until      INTEGER NOT NULL, -- as it looked then; 0: unknown
	source     TEXT    NOT NULL,
	message    TEXT    NOT NULL  -- JSON
) STRICT;
CREATE INDEX quiet_pending_channel ON quiet_pending (channel, event_time, id, severity, held_at);
CREATE INDEX quiet_pending_event_id ON quiet_pending (event_id);

CREATE TABLE digest_pending (
	id         INTEGER PRIMARY KEY,
	channel    TEXT    NOT NULL,
	event_id   TEXT    NOT NULL,
	event_type TEXT    NOT NULL,
	severity   TEXT    NOT NULL,
	title      TEXT    NOT NULL,
	event_time INTEGER NOT NULL,
	held_at    INTEGER NOT NULL,
	until      INTEGER NOT NULL,
	source     TEXT    NOT NULL,
	message    TEXT    NOT NULL  -- JSON
) STRICT;
CREATE INDEX digest_pending_channel ON digest_pending (channel, event_time, id, severity, held_at);
CREATE INDEX digest_pending_event_id ON digest_pending (event_id);

-- The local day of each channel's last digest, as YYYY-MM-DD.
CREATE TABLE digests (
	channel TEXT PRIMARY KEY,
	day     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Events that nothing has resolved yet, and what they are told of.
CREATE TABLE open_events (
	key        TEXT PRIMARY KEY,
	event_id   TEXT    NOT NULL,
	event_type TEXT    NOT NULL,
	host       TEXT    NOT NULL,
	opened_at  INTEGER NOT NULL,
	event      TEXT    NOT NULL, -- JSON
	state      TEXT    NOT NULL  -- JSON
) STRICT, WITHOUT ROWID;

-- Events that keep others from being told.
CREATE TABLE inhibit_causes (
	key        TEXT PRIMARY KEY,
	inhibition TEXT    NOT NULL,
	until      INTEGER NOT NULL,
	event      TEXT    NOT NULL  -- JSON
) STRICT, WITHOUT ROWID;

-- Events as they came, for explanations and to be judged again.
CREATE TABLE events (
	event_id   TEXT PRIMARY KEY,
	event_type TEXT    NOT NULL,
	arrived_at INTEGER NOT NULL,
	incoming   TEXT    NOT NULL  -- JSON
) STRICT, WITHOUT ROWID;
CREATE INDEX events_arrived_at ON events (arrived_at);

-- The channels that rules named for an event that waits, and the reason of a
-- decision as a stable word.
ALTER TABLE burst_pending ADD COLUMN channels TEXT NOT NULL DEFAULT '[]'; -- JSON
ALTER TABLE decisions ADD COLUMN code TEXT NOT NULL DEFAULT '';
