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

const (
	tokenPrefix = "tocsin_"            // so that scanners for leaked secrets find it
	tokenLife   = 365 * 24 * time.Hour // how long a token is good
	maxToken    = 128                  // a longer text is looked up nowhere
)

// MakeToken makes a token: the text for the caller, shown once, and what is
// kept of it.
func MakeToken(name string, scope Scope, now time.Time) (text string, kept Token) {
	var random [6 + 32]byte
	_, _ = rand.Read(random[:]) // never fails
	id := base64.RawURLEncoding.EncodeToString(random[:6])
	id = strings.NewReplacer("-", "a", "_", "b").Replace(id)
	text = tokenPrefix + id + "_" + base64.RawURLEncoding.EncodeToString(random[6:])
	hash := sha256.Sum256([]byte(text))
	return text, Token{ID: id, Name: name, Scope: scope, Hash: hash[:], Created: now, Expires: now.Add(tokenLife)}
}

// ParseScope reads a scope.
func ParseScope(word string) (Scope, error) {
	if s := Scope(word); slices.Contains([]Scope{ScopeRead, ScopeSend, ScopeAdmin}, s) {
		return s, nil
	}
	return "", fmt.Errorf("unknown scope %.40q: use read, send or admin", word)
}

// caller is who makes a request, once that is known.
type caller struct {
	id    string // of the token
	local bool   // came over the daemon's own socket
}

type callerKey struct{}

// WithLocal marks the context of connections over the daemon's own socket,
// whose file decides who may use it: they need no token.
func WithLocal(ctx context.Context) context.Context {
	return context.WithValue(ctx, callerKey{}, caller{local: true})
}

func callerOf(r *http.Request) caller {
	c, _ := r.Context().Value(callerKey{}).(caller)
	return c
}

func isLocal(r *http.Request) bool { return callerOf(r).local }

// String names the caller for limits, claims and the log.
func (c caller) String() string {
	if c.local {
		return "local"
	}
	return c.id
}

// need lets only callers with a scope through to h, which learns from the
// request's context who they are. Nothing of the request but its header is read
// before that.
func (s *Server) need(scope Scope, h bunrouter.HandlerFunc) bunrouter.HandlerFunc {
	return func(w http.ResponseWriter, req bunrouter.Request) error {
		if isLocal(req.Request) {
			return h(w, req)
		}
		t, err := s.tokenOf(req.Request)
		if err != nil {
			return err
		}
		if t.Scope != scope && t.Scope != ScopeAdmin {
			return errScope.because(fmt.Sprintf("it has the scope %s, this needs %s", t.Scope, scope), "use a token with that scope")
		}
		return h(w, req.WithContext(context.WithValue(req.Context(), callerKey{}, caller{id: t.ID})))
	}
}

// tokenOf returns the valid token of a request. Unknown, expired and wrong ones
// get the same answer.
func (s *Server) tokenOf(r *http.Request) (Token, error) {
	scheme, text, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	rest, begins := strings.CutPrefix(text, tokenPrefix)
	id, _, ok := strings.Cut(rest, "_")
	if !strings.EqualFold(scheme, "Bearer") || !begins || !ok || len(text) > maxToken {
		return Token{}, errToken
	}
	t, found, err := s.Keys.Find(r.Context(), id)
	if err != nil {
		return Token{}, err
	}
	// The id is no secret, so that it may take another time to find none; the
	// digests of the whole tokens are compared without regard to where they differ.
	hash := sha256.Sum256([]byte(text))
	match := subtle.ConstantTimeCompare(hash[:], t.Hash) == 1
	now := time.Now()
	if !found || !match || now.After(t.Expires) {
		return Token{}, errToken
	}
	s.Keys.Touch(t.ID, now)
	return t, nil
}
