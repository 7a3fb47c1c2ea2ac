package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Session is an account that is signed in. Its id is not known here.
type Session struct {
	Hash    []byte // SHA-256 of the id
	Account string
	ByLink  bool // it began with a link
	Created time.Time
	Ends    time.Time
}

// LoginLink lets an account sign in once. Its code is not known here.
type LoginLink struct {
	Hash    []byte // SHA-256 of the code
	Account string
	Expires time.Time
}

// How many an account may have: the oldest go.
const (
	mostSessions = 50
	mostLinks    = 10
)

// NewLink keeps a link, and makes its account when there is none of that name. It
// returns the account as it is.
func (s *Store) NewLink(ctx context.Context, link LoginLink, a Account) (Account, error) {
	var row accountRow
	err := s.change(ctx, "keep login link", func(t *tx) error {
		_, err := t.exec("INSERT INTO accounts (name, scope, password, created_at, used_at) VALUES (?, ?, '', ?, 0) ON CONFLICT DO NOTHING",
			a.Name, a.Scope, millis(a.Created))
		if err != nil {
			return err
		}
		if err := t.get(&row, "SELECT "+accountColumns+" FROM accounts WHERE name = ?", a.Name); err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM login_links WHERE expires_at <= ?", millis(a.Created)); err != nil {
			return err
		}
		if _, err = t.exec("INSERT INTO login_links (hash, account, expires_at) VALUES (?, ?, ?)", link.Hash, a.Name, millis(link.Expires)); err != nil {
			return err
		}
		_, err = t.exec(`DELETE FROM login_links WHERE account = ?1 AND hash NOT IN (
			SELECT hash FROM login_links WHERE account = ?1 ORDER BY expires_at DESC, hash LIMIT ?2)`, a.Name, mostLinks)
		return err
	})
	return row.account(), err
}

// UseLink takes a link that is good at the beginning of next, which becomes a
// session of its account. It reports false when there is no such link any more.
func (s *Store) UseLink(ctx context.Context, hash []byte, next Session) (Account, bool, error) {
	var row accountRow
	err := s.change(ctx, "use login link", func(t *tx) error {
		next.Account, next.ByLink = "", true
		err := t.get(&next.Account, "DELETE FROM login_links WHERE hash = ? AND expires_at > ? RETURNING account", hash, millis(next.Created))
		if err != nil {
			return err
		}
		return t.signIn(&row, next)
	})
	return found(row, err)
}

// SignIn keeps a session of an account. It reports false when there is no such
// account any more.
func (s *Store) SignIn(ctx context.Context, next Session) (Account, bool, error) {
	var row accountRow
	err := s.change(ctx, "sign in", func(t *tx) error { return t.signIn(&row, next) })
	return found(row, err)
}

func found(row accountRow, err error) (Account, bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Account{}, false, nil
	}
	return row.account(), err == nil, err
}

// signIn also removes sessions that have ended.
func (t *tx) signIn(row *accountRow, next Session) error {
	err := t.get(row, "UPDATE accounts SET used_at = ? WHERE name = ? RETURNING "+accountColumns, millis(next.Created), next.Account)
	if err != nil {
		return err
	}
	if _, err := t.exec("DELETE FROM sessions WHERE ends_at <= ?", millis(next.Created)); err != nil {
		return err
	}
	byLink := 0
	if next.ByLink {
		byLink = 1
	}
	_, err = t.exec("INSERT INTO sessions (hash, account, by_link, created_at, ends_at) VALUES (?, ?, ?, ?, ?)",
		next.Hash, next.Account, byLink, millis(next.Created), millis(next.Ends))
	if err != nil {
		return err
	}
	_, err = t.exec(`DELETE FROM sessions WHERE account = ?1 AND hash NOT IN (
		SELECT hash FROM sessions WHERE account = ?1 ORDER BY created_at DESC, hash LIMIT ?2)`, next.Account, mostSessions)
	return err
}

// Session returns a session with its account, and reports whether there is one
// that has not ended at now.
func (s *Store) Session(ctx context.Context, hash []byte, now time.Time) (Session, Account, bool, error) {
	var row struct {
		accountRow
		ByLink int64 `db:"by_link"`
		Began  int64 `db:"began"`
		Ends   int64 `db:"ends_at"`
	}
	err := s.readers.GetContext(ctx, &row, "SELECT "+accountColumns+`, by_link, sessions.created_at AS began, ends_at
		FROM sessions JOIN accounts ON accounts.name = sessions.account WHERE hash = ? AND ends_at > ?`, hash, millis(now))
	if errors.Is(err, sql.ErrNoRows) {
		return Session{}, Account{}, false, nil
	}
	if err != nil {
		return Session{}, Account{}, false, s.failed("read session", err)
	}
	session := Session{Hash: hash, Account: row.Name, ByLink: row.ByLink == 1, Created: instant(row.Began), Ends: instant(row.Ends)}
	return session, row.account(), true, nil
}

// ExtendSession lets a session end later, when it is still there.
func (s *Store) ExtendSession(ctx context.Context, hash []byte, ends time.Time) error {
	return s.change(ctx, "extend session", func(t *tx) error {
		_, err := t.exec("UPDATE sessions SET ends_at = ?1 WHERE hash = ?2 AND ends_at < ?1", millis(ends), hash)
		return err
	})
}

// EndSession ends a session.
func (s *Store) EndSession(ctx context.Context, hash []byte) error {
	return s.change(ctx, "end session", func(t *tx) error {
		_, err := t.exec("DELETE FROM sessions WHERE hash = ?", hash)
		return err
	})
}
