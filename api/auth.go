package api

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
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
	tokenLife   = 365 * 24 * time.Hour // how long a token is good when nobody says
	longestLife = 10 * tokenLife
	shortLife   = time.Minute
	maxToken    = 128 // a longer text is looked up nowhere
)

// MakeToken makes a token: the text for the caller, shown once, and what is
// kept of it.
func MakeToken(name string, scope Scope, now, expires time.Time) (text string, kept Token) {
	var random [6 + 32]byte
	_, _ = rand.Read(random[:]) // never fails
	id := base64.RawURLEncoding.EncodeToString(random[:6])
	id = strings.NewReplacer("-", "a", "_", "b").Replace(id)
	text = tokenPrefix + id + "_" + base64.RawURLEncoding.EncodeToString(random[6:])
	hash := sha256.Sum256([]byte(text))
	return text, Token{ID: id, Name: name, Scope: scope, Hash: hash[:], Created: now, Expires: expires}
}

// ParseScope reads a scope.
func ParseScope(word string) (Scope, error) {
	if s := Scope(word); slices.Contains([]Scope{ScopeRead, ScopeSend, ScopeAdmin}, s) {
		return s, nil
	}
	return "", fmt.Errorf("unknown scope %.40q: use read, send or admin", word)
}

// tokenCaller returns the caller whose valid token a request has. Unknown, expired
// and wrong ones get the same answer.
func (s *Server) tokenCaller(r *http.Request) (caller, error) {
	scheme, text, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	rest, begins := strings.CutPrefix(text, tokenPrefix)
	id, _, ok := strings.Cut(rest, "_")
	if !strings.EqualFold(scheme, "Bearer") || !begins || !ok || len(text) > maxToken {
		return caller{}, errToken
	}
	t, found, err := s.Keys.Find(r.Context(), id)
	if err != nil {
		return caller{}, err
	}
	// The id is no secret, so that it may take another time to find none; the
	// digests of the whole tokens are compared without regard to where they differ.
	hash := sha256.Sum256([]byte(text))
	match := subtle.ConstantTimeCompare(hash[:], t.Hash) == 1
	now := time.Now()
	if !found || !match || now.After(t.Expires) {
		return caller{}, errToken
	}
	s.Keys.Touch(t.ID, now)
	return caller{id: t.ID, name: t.Name, scope: t.Scope}, nil
}
