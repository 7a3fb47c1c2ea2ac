-- Who may sign in.
CREATE TABLE accounts (
	name       TEXT COLLATE "C" PRIMARY KEY,
	scope      TEXT COLLATE "C" NOT NULL CHECK (scope IN ('read', 'send', 'admin')),
	password   TEXT COLLATE "C" NOT NULL CHECK (password = '' OR password LIKE '$argon2id$%'), -- empty: links only
	created_at BIGINT NOT NULL,
	used_at    BIGINT NOT NULL
);

-- Who is signed in. The id of a session is known to its browser alone.
CREATE TABLE sessions (
	hash       BYTEA PRIMARY KEY CHECK (length(hash) = 32), -- SHA-256 of the id
	account    TEXT COLLATE "C" NOT NULL,
	by_link    BIGINT NOT NULL CHECK (by_link IN (0, 1)),
	created_at BIGINT NOT NULL,
	ends_at    BIGINT NOT NULL
);

-- Links that sign in once.
CREATE TABLE login_links (
	hash       BYTEA PRIMARY KEY CHECK (length(hash) = 32), -- SHA-256 of the code
	account    TEXT COLLATE "C" NOT NULL,
	expires_at BIGINT NOT NULL
);
