package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bunrouter"
)

// Scope is what a token allows.
type Scope string

// The scopes. Admin allows everything.
const (
	ScopeRead  Scope = "read"
	ScopeSend  Scope = "send"
	ScopeAdmin Scope = "admin"
)

// Token is a caller's key. Only the digest of its secret is known.
type Token struct {
	ID       string
	Name     string
	Scope    Scope
	Hash     []byte // SHA-256 of the whole token
	Created  time.Time
	Expires  time.Time
	LastUsed time.Time // zero: never
}

// tokenPrefix begins every token, so that scanners for leaked secrets find it.
const tokenPrefix = "tocsin_"

// tokenLife is how long a token is good when nothing else is said.
const tokenLife = 365 * 24 * time.Hour

// MakeToken makes a token: the text for the caller, shown once, and what is
// kept of it.
func MakeToken(name string, scope Scope, now time.Time) (text string, kept Token) {
	var random [40]byte
	_, _ = rand.Read(random[:]) // never fails
	id := base64.RawURLEncoding.EncodeToString(random[:6])
	id = strings.NewReplacer("-", "a", "_", "b").Replace(id)
	text = tokenPrefix + id + "_" + base64.RawURLEncoding.EncodeToString(random[8:])
	hash := sha256.Sum256([]byte(text))
	return text, Token{ID: id, Name: name, Scope: scope, Hash: hash[:], Created: now, Expires: now.Add(tokenLife)}
}

// ParseScope reads a scope.
func ParseScope(word string) (Scope, error) {
	if s := Scope(word); slices.Contains([]Scope{ScopeRead, ScopeSend, ScopeAdmin}, s) {
		return s, nil
	}
	return "", fmt.Errorf("unknown scope %q: use read, send or admin", word)
}

type localKey struct{}

// WithLocal marks the context of connections over the daemon's own socket,
// whose file decides who may use it: they need no token.
func WithLocal(ctx context.Context) context.Context { return context.WithValue(ctx, localKey{}, true) }

func isLocal(ctx context.Context) bool { return ctx.Value(localKey{}) != nil }

// need lets only callers with a scope through to h.
func (s *Server) need(scope Scope, h bunrouter.HandlerFunc) bunrouter.HandlerFunc {
	return s.answer(func(w http.ResponseWriter, req bunrouter.Request) error {
		if err := s.allowed(req.Request, scope); err != nil {
			return err
		}
		return h(w, req)
	})
}

func (s *Server) allowed(r *http.Request, scope Scope) error {
	if isLocal(r.Context()) {
		return nil
	}
	t, err := s.caller(r)
	if err != nil {
		return err
	}
	if t.Scope != scope && t.Scope != ScopeAdmin {
		return errScope.because(fmt.Sprintf("it has the scope %s, this needs %s", t.Scope, scope), "use a token with that scope")
	}
	return nil
}

// caller returns the valid token of a request. Unknown, expired and wrong ones
// get the same answer.
func (s *Server) caller(r *http.Request) (Token, error) {
	scheme, text, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	id, _, ok := strings.Cut(strings.TrimPrefix(text, tokenPrefix), "_")
	if !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(text, tokenPrefix) || !ok {
		return Token{}, errToken
	}
	t, found, err := s.Keys.Find(r.Context(), id)
	if err != nil {
		return Token{}, err
	}
	hash := sha256.Sum256([]byte(text))
	match := subtle.ConstantTimeCompare(hash[:], t.Hash) == 1
	now := time.Now()
	if !found || !match || now.After(t.Expires) {
		return Token{}, errToken
	}
	s.Keys.Touch(id, now)
	return t, nil
}

// who names the caller for limits and claims: a token's id, or "local".
func (s *Server) who(r *http.Request) string {
	_, text, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	id, _, _ := strings.Cut(strings.TrimPrefix(text, tokenPrefix), "_")
	if isLocal(r.Context()) || id == "" {
		return "local"
	}
	return id
}
