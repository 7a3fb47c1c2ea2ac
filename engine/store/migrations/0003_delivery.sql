-- What fallback channels take, how much waits, and who tells what.
ALTER TABLE outbox ADD COLUMN weight    INTEGER NOT NULL DEFAULT 0;  -- bytes of the message
ALTER TABLE outbox ADD COLUMN copy_id   TEXT    NOT NULL DEFAULT ''; -- of a copy for a fallback channel: its name
ALTER TABLE outbox ADD COLUMN copy_for  TEXT    NOT NULL DEFAULT ''; -- and the channel that it stands in for
ALTER TABLE outbox ADD COLUMN copied_in TEXT    NOT NULL DEFAULT ''; -- the copy that stands in for this one; -: none is needed
UPDATE outbox SET weight = octet_length(message);

-- The columns after id let queues be counted, weighed and searched without
-- reading the messages.
DROP INDEX outbox_next;
CREATE INDEX outbox_next ON outbox (channel, urgent DESC, id, state, accepted_at, due_at, weight, copied_in, copy_id) WHERE state <> 'dead';
CREATE INDEX outbox_event_id ON outbox (event_id);
CREATE INDEX outbox_copy_id ON outbox (copy_id) WHERE copy_id <> '';
CREATE INDEX outbox_copied_in ON outbox (copied_in) WHERE copied_in <> '';

-- A row stays until its channel has confirmed the summary that tells it.
ALTER TABLE quiet_pending ADD COLUMN told_in TEXT NOT NULL DEFAULT ''; -- event id of that summary; empty: it still waits
ALTER TABLE digest_pending ADD COLUMN told_in TEXT NOT NULL DEFAULT '';
DROP INDEX quiet_pending_channel;
DROP INDEX digest_pending_channel;
CREATE INDEX quiet_pending_channel ON quiet_pending (channel, event_time, id, severity, held_at) WHERE told_in = '';
CREATE INDEX digest_pending_channel ON digest_pending (channel, event_time, id, severity, held_at) WHERE told_in = '';
CREATE INDEX quiet_pending_told_in ON quiet_pending (told_in) WHERE told_in <> '';
CREATE INDEX digest_pending_told_in ON digest_pending (told_in) WHERE told_in <> '';

-- The message that tells an event together with others.
ALTER TABLE decisions ADD COLUMN told_in TEXT NOT NULL DEFAULT '';

-- Channels that do not deliver, so that a restart neither tells it again nor
-- forgets to tell that one works again.
CREATE TABLE channel_health (
	channel  TEXT PRIMARY KEY,
	failures INTEGER NOT NULL,
	since    INTEGER NOT NULL,
	told     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
