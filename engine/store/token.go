package store

import (
	"context"
	"time"
)

// Token is a key to the API, without its secret part.
type Token struct {
	ID      string
	Name    string
	Scope   string // read, send, admin
	Hash    []byte `json:"-"` // SHA-256 of the secret part
	Created time.Time
	Expires time.Time // zero: never
	Used    time.Time // last; zero: never
}

// usedWithin is how exactly the last use of a token is kept: a commit for each
// request would slow the API down to the pace of the disk.
const usedWithin = time.Minute

// NewToken keeps a token. Its id must be new.
func (s *Store) NewToken(ctx context.Context, t Token) error {
	return s.change(ctx, "keep token", func(x *tx) error {
		_, err := x.exec("INSERT INTO tokens (id,name,scope,hash,created_at,expires_at,used_at) VALUES (?,?,?,?,?,?,?)",
			t.ID, t.Name, t.Scope, t.Hash, millis(t.Created), millis(t.Expires), millis(t.Used))
		return err
	})
}

// Tokens returns all tokens, also expired ones, by the time they were made.
func (s *Store) Tokens(ctx context.Context) ([]Token, error) {
	var rows []struct {
		ID, Name, Scope string
		Hash            []byte
		Created         int64 `db:"created_at"`
		Expires         int64 `db:"expires_at"`
		Used            int64 `db:"used_at"`
	}
	if err := s.readers.SelectContext(ctx, &rows, "SELECT id,name,scope,hash,created_at,expires_at,used_at FROM tokens ORDER BY created_at, id"); err != nil {
		return nil, s.failed("read tokens", err)
	}
	tokens := make([]Token, len(rows))
	for i, r := range rows {
		tokens[i] = Token{
			ID: r.ID, Name: r.Name, Scope: r.Scope, Hash: r.Hash,
			Created: instant(r.Created), Expires: instant(r.Expires), Used: instant(r.Used),
		}
	}
	return tokens, nil
}

// DeleteToken removes a token and reports whether there was one.
func (s *Store) DeleteToken(ctx context.Context, id string) (bool, error) {
	n := 0
	err := s.change(ctx, "delete token", func(t *tx) (err error) {
		n, err = t.count("DELETE FROM tokens WHERE id = ?", id)
		return err
	})
	return n > 0, err
}

// TouchToken notes that a token was used, to the minute. It writes nothing
// when less than a minute has passed since the use last noted, and nothing for
// a token that is gone.
func (s *Store) TouchToken(ctx context.Context, id string, when time.Time) error {
	return s.change(ctx, "touch token", func(t *tx) error {
		_, err := t.exec("UPDATE tokens SET used_at = ?1 WHERE id = ?2 AND abs(?1 - used_at) >= ?3",
			millis(when), id, usedWithin.Milliseconds())
		return err
	})
}
