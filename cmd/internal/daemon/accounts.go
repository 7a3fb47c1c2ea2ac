package daemon

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"tocsin/api"
	"tocsin/engine/store"
)

// accounts are the people who may sign in, and their sessions, kept in the store.
// Nothing of them is remembered here: a person makes few requests, and one whose
// session or account has ended is out at once, on every node.
type accounts struct {
	store     *store.Store
	log       *slog.Logger
	extending sync.Mutex // held while one session is written
}

func accountOf(a store.Account) api.Account {
	return api.Account{Name: a.Name, Scope: api.Scope(a.Scope), Password: a.Password, Created: a.Created, LastUsed: a.Used}
}

// keptSession is a session as the store has it.
func keptSession(s api.Session) store.Session {
	return store.Session{Hash: s.Hash, Account: s.Account, ByLink: s.ByLink, Created: s.Created, Ends: s.Ends}
}

// Account returns an account and reports whether there is one of that name.
func (a *accounts) Account(ctx context.Context, name string) (api.Account, bool, error) {
	row, found, err := a.store.Account(ctx, name)
	return accountOf(row), found, storeError(err)
}

// Accounts returns all accounts, by name.
func (a *accounts) Accounts(ctx context.Context) ([]api.Account, error) {
	rows, err := a.store.Accounts(ctx)
	if err != nil {
		return nil, storeError(err)
	}
	list := make([]api.Account, len(rows))
	for i, row := range rows {
		list[i] = accountOf(row)
	}
	return list, nil
}

// SetPassword changes a password, which ends links and other sessions.
func (a *accounts) SetPassword(ctx context.Context, name, password string, keep []byte) (bool, error) {
	found, err := a.store.SetPassword(ctx, name, password, keep)
	return found, storeError(err)
}

// RemoveAccount ends an account and its sessions.
func (a *accounts) RemoveAccount(ctx context.Context, name string) (bool, error) {
	found, err := a.store.DeleteAccount(ctx, name)
	return found, storeError(err)
}

// NewLink keeps a link, and makes its account when there is none.
func (a *accounts) NewLink(ctx context.Context, l api.LoginLink, owner api.Account) (api.Account, error) {
	row, err := a.store.NewLink(ctx, store.LoginLink{Hash: l.Hash, Account: l.Account, Expires: l.Expires},
		store.Account{Name: owner.Name, Scope: string(owner.Scope), Created: owner.Created})
	return accountOf(row), storeError(err)
}

// UseLink makes a session of a link, once.
func (a *accounts) UseLink(ctx context.Context, hash []byte, next api.Session) (api.Account, bool, error) {
	row, found, err := a.store.UseLink(ctx, hash, keptSession(next))
	return accountOf(row), found, storeError(err)
}

// SignIn keeps a session.
func (a *accounts) SignIn(ctx context.Context, next api.Session) (api.Account, bool, error) {
	row, found, err := a.store.SignIn(ctx, keptSession(next))
	return accountOf(row), found, storeError(err)
}

// Session returns a session that has not ended, with its account.
func (a *accounts) Session(ctx context.Context, hash []byte, now time.Time) (api.Session, api.Account, bool, error) {
	s, owner, found, err := a.store.Session(ctx, hash, now)
	return api.Session{Hash: s.Hash, Account: s.Account, ByLink: s.ByLink, Created: s.Created, Ends: s.Ends}, accountOf(owner), found, storeError(err)
}

// Extend notes that a session ends later. No request waits for that: a disk that
// hangs must not keep anybody from looking at what goes on. What is not noted now is
// with a later request.
func (a *accounts) Extend(hash []byte, ends time.Time) {
	if !a.extending.TryLock() {
		return
	}
	go func() {
		defer a.extending.Unlock()
		ctx, cancel := context.WithTimeout(context.Background(), commitTime)
		defer cancel()
		if err := a.store.ExtendSession(ctx, hash, ends); err != nil {
			a.log.Debug("a session is not extended", "err", err)
		}
	}()
}

// End ends a session.
func (a *accounts) End(ctx context.Context, hash []byte) error {
	return storeError(a.store.EndSession(ctx, hash))
}
