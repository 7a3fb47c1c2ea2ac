-- How far each source of events has read: what that means is its own matter.
CREATE TABLE positions (
	source   TEXT PRIMARY KEY,
	position TEXT NOT NULL
) STRICT, WITHOUT ROWID;
