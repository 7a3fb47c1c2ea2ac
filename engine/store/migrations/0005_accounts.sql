-- Who may sign in. What a column may hold is checked, so that no stray row of a
-- damaged database becomes an account.
CREATE TABLE accounts (
	name       TEXT    PRIMARY KEY,
	scope      TEXT    NOT NULL CHECK (scope IN ('read', 'send', 'admin')),
	password   TEXT    NOT NULL CHECK (password = '' OR password LIKE '$argon2id$%'), -- empty: links only
	created_at INTEGER NOT NULL,
	used_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who is signed in. The id of a session is known to its browser alone.
CREATE TABLE sessions (
	hash       BLOB    PRIMARY KEY CHECK (length(hash) = 32), -- SHA-256 of the id
	account    TEXT    NOT NULL,
	by_link    INTEGER NOT NULL CHECK (by_link IN (0, 1)),
	created_at INTEGER NOT NULL,
	ends_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Links that sign in once.
CREATE TABLE login_links (
	hash       BLOB    PRIMARY KEY CHECK (length(hash) = 32), -- SHA-256 of the code
	account    TEXT    NOT NULL,
	expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
