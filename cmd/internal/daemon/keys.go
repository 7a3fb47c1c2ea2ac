package daemon

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"tocsin/api"
	"tocsin/engine/store"
)

// keys are the API's tokens, kept in the store and remembered here, so that a
// request costs no query. Where other nodes share the store, refresh takes notice
// of what they change.
type keys struct {
	store   *store.Store
	log     *slog.Logger
	reading sync.Mutex // held by a refresh, and by a change that it must not undo
	mu      sync.RWMutex
	known   map[string]api.Token
}

func openKeys(ctx context.Context, s *store.Store, log *slog.Logger) (*keys, error) {
	rows, err := s.Tokens(ctx)
	if err != nil {
		return nil, fmt.Errorf("read tokens: %w", err)
	}
	k := &keys{store: s, log: log, known: make(map[string]api.Token, len(rows))}
	for _, t := range rows {
		k.known[t.ID] = tokenOf(t)
	}
	return k, nil
}

// refresh takes notice of tokens that other nodes made or revoked.
func (k *keys) refresh(ctx context.Context) {
	k.reading.Lock()
	defer k.reading.Unlock()
	ctx, cancel := context.WithTimeout(ctx, commitTime)
	defer cancel()
	rows, err := k.store.Tokens(ctx)
	if err != nil {
		k.log.Debug("tokens of other nodes are not known yet", "err", err)
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	known := make(map[string]api.Token, len(rows))
	for _, t := range rows {
		token := tokenOf(t)
		if was, ok := k.known[t.ID]; ok && was.LastUsed.After(token.LastUsed) {
			token.LastUsed = was.LastUsed
		}
		known[t.ID] = token
	}
	k.known = known
}

func tokenOf(t store.Token) api.Token {
	return api.Token{
		ID: t.ID, Name: t.Name, Scope: api.Scope(t.Scope), Hash: t.Hash, Created: t.Created, Expires: t.Expires, LastUsed: t.Used,
	}
}

// Find returns the token with that id, expired or not.
func (k *keys) Find(_ context.Context, id string) (api.Token, bool, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	t, ok := k.known[id]
	return t, ok, nil
}

// Tokens returns all tokens, in the order they were made; also one that is
// refused already, but could not be removed from the disk.
func (k *keys) Tokens(ctx context.Context) ([]api.Token, error) {
	rows, err := k.store.Tokens(ctx)
	if err != nil {
		return nil, storeError(err)
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	list := make([]api.Token, 0, len(rows))
	for _, t := range rows {
		if known, ok := k.known[t.ID]; ok {
			list = append(list, known)
		} else {
			list = append(list, tokenOf(t))
		}
	}
	return list, nil
}

// Add keeps a new token.
func (k *keys) Add(ctx context.Context, t api.Token) error {
	k.reading.Lock()
	defer k.reading.Unlock()
	row := store.Token{ID: t.ID, Name: t.Name, Scope: string(t.Scope), Hash: t.Hash, Created: t.Created, Expires: t.Expires}
	if err := k.store.NewToken(ctx, row); err != nil {
		return storeError(err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.known[t.ID] = t
	return nil
}

// Remove ends a token at once and reports whether there was one.
func (k *keys) Remove(ctx context.Context, id string) (bool, error) {
	k.reading.Lock()
	defer k.reading.Unlock()
	k.mu.Lock()
	delete(k.known, id)
	k.mu.Unlock()
	found, err := k.store.DeleteToken(ctx, id)
	return found, storeError(err)
}

// Touch notes when a token was last used; on disk at most once a minute.
func (k *keys) Touch(id string, when time.Time) {
	k.mu.Lock()
	t, ok := k.known[id]
	due := ok && when.Sub(t.LastUsed) >= time.Minute
	if due {
		t.LastUsed = when
		k.known[id] = t
	}
	k.mu.Unlock()
	if !due {
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), commitTime)
		defer cancel()
		if err := k.store.TouchToken(ctx, id, when); err != nil {
			k.log.Debug("use of a token is not noted", "id", id, "err", err)
		}
	}()
}
