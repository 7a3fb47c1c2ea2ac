package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Account is a person who may sign in.
type Account struct {
	Name     string
	Scope    string // read, send, admin
	Password string `json:"-"` // encoded argon2id; empty: none
	Created  time.Time
	Used     time.Time // last sign-in; zero: never
}

// accountRow is how an account is kept.
type accountRow struct {
	Name, Scope, Password string
	Created               int64 `db:"created_at"`
	Used                  int64 `db:"used_at"`
}

const accountColumns = "name, scope, password, accounts.created_at, accounts.used_at"

func (r *accountRow) account() Account {
	return Account{Name: r.Name, Scope: r.Scope, Password: r.Password, Created: instant(r.Created), Used: instant(r.Used)}
}

// Accounts returns all accounts, by name.
func (s *Store) Accounts(ctx context.Context) ([]Account, error) {
	var rows []accountRow
	if err := s.readers.SelectContext(ctx, &rows, "SELECT "+accountColumns+" FROM accounts ORDER BY name"); err != nil {
		return nil, s.failed("read accounts", err)
	}
	accounts := make([]Account, len(rows))
	for i := range rows {
		accounts[i] = rows[i].account()
	}
	return accounts, nil
}

// Account returns an account and reports whether there is one of that name.
func (s *Store) Account(ctx context.Context, name string) (Account, bool, error) {
	var row accountRow
	err := s.readers.GetContext(ctx, &row, "SELECT "+accountColumns+" FROM accounts WHERE name = ?", name)
	if errors.Is(err, sql.ErrNoRows) {
		return Account{}, false, nil
	}
	if err != nil {
		return Account{}, false, s.failed("read account", err)
	}
	return row.account(), true, nil
}

// SetPassword changes an account's password and reports whether there is such an
// account. Its links and sessions end with the old one, but for the session keep.
func (s *Store) SetPassword(ctx context.Context, name, password string, keep []byte) (bool, error) {
	n := 0
	err := s.change(ctx, "set password", func(t *tx) (err error) {
		if n, err = t.count("UPDATE accounts SET password = ? WHERE name = ?", password, name); err != nil {
			return err
		}
		return t.signOut(name, keep)
	})
	return n > 0, err
}

// DeleteAccount removes an account, whose links and sessions end, and reports
// whether there was one.
func (s *Store) DeleteAccount(ctx context.Context, name string) (bool, error) {
	n := 0
	err := s.change(ctx, "delete account", func(t *tx) (err error) {
		if n, err = t.count("DELETE FROM accounts WHERE name = ?", name); err != nil {
			return err
		}
		return t.signOut(name, nil)
	})
	return n > 0, err
}

// signOut ends the links and sessions of an account, but for the session keep.
func (t *tx) signOut(name string, keep []byte) error {
	if keep == nil {
		keep = []byte{} // NULL would keep them all
	}
	if _, err := t.exec("DELETE FROM sessions WHERE account = ? AND hash <> ?", name, keep); err != nil {
		return err
	}
	_, err := t.exec("DELETE FROM login_links WHERE account = ?", name)
	return err
}
