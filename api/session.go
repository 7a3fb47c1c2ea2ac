package api

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"mime"
	"net/http"
	"time"

	"github.com/uptrace/bunrouter"
)

// Session is a person who is signed in. Only the digest of its id is known, but
// while the browser says it.
type Session struct {
	Hash    []byte // SHA-256 of the id
	Account string
	ByLink  bool // it began with a link
	Created time.Time
	Ends    time.Time

	id string // of the request at hand
}

const (
	sessionIdle = 8 * time.Hour      // without a request
	sessionLife = 7 * 24 * time.Hour // in all
	touchEvery  = time.Minute        // how exactly the time of the last request is kept

	// A browser takes the first name only with TLS, for this host alone and all of its
	// paths, and lets no page of another host or without TLS set it.
	secureCookie = "__Host-tocsin"
	plainCookie  = "tocsin"

	csrfHeader = "X-CSRF-Token"
)

// newSecret makes 256 random bits, as text and the digest that is kept of it.
func newSecret() (text string, hash []byte) {
	var random [32]byte
	_, _ = rand.Read(random[:]) // never fails
	text = base64.RawURLEncoding.EncodeToString(random[:])
	return text, digestOf(text)
}

func digestOf(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// csrf is the token that pages send with what changes something. It follows from
// the session's id, which it does not tell, so that none need be kept.
func (s *Session) csrf() string {
	mac := hmac.New(sha256.New, []byte(s.id))
	mac.Write([]byte("csrf"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// beginSession makes a session. It always has a new id, so that nobody can give a
// browser one beforehand.
func beginSession(account string, now time.Time) *Session {
	id, hash := newSecret()
	return &Session{Hash: hash, Account: account, Created: now, Ends: now.Add(sessionIdle), id: id}
}

// sessionCaller returns the caller whose session a request has.
func (s *Server) sessionCaller(r *http.Request) (caller, error) {
	set := s.Settings()
	cookie, err := r.Cookie(cookieName(set, r))
	if err != nil || len(cookie.Value) > maxToken || !set.isPrivate(r) {
		return caller{}, errToken
	}
	now := time.Now()
	session, a, found, err := s.Sessions.Session(r.Context(), digestOf(cookie.Value), now)
	if err != nil {
		return caller{}, err
	}
	if !found || now.After(session.Created.Add(sessionLife)) || now.After(session.Ends) {
		return caller{}, errToken
	}
	session.id = cookie.Value
	if err := checkOrigin(r, &session); err != nil {
		return caller{}, err
	}
	ends := session.Created.Add(sessionLife)
	if idle := now.Add(sessionIdle); idle.Before(ends) {
		ends = idle
	}
	if ends.Sub(session.Ends) >= touchEvery {
		session.Ends = ends
		s.Sessions.Extend(session.Hash, ends)
	}
	return caller{name: a.Name, scope: a.Scope, session: &session}, nil
}

// checkOrigin refuses what a page of another origin may have made a browser send. A
// cookie goes to every port of a host, so a page of Proxmox counts as the same site;
// where a request comes from was looked at by the guard, and here it must show that
// its page can read what this one answers.
func checkOrigin(r *http.Request, session *Session) error {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	if subtle.ConstantTimeCompare([]byte(r.Header.Get(csrfHeader)), []byte(session.csrf())) != 1 {
		return errCSRF
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	forms := kind == "application/x-www-form-urlencoded" || kind == "multipart/form-data" || kind == "text/plain"
	if r.ContentLength != 0 && (err != nil || forms) {
		return errMedia
	}
	return nil
}

func cookieName(set Settings, r *http.Request) string {
	if set.isSecure(r) {
		return secureCookie
	}
	return plainCookie
}

// setCookie gives a browser the id of a session; nil takes it away.
func (s *Server) setCookie(w http.ResponseWriter, r *http.Request, session *Session) {
	set := s.Settings()
	cookie := &http.Cookie{
		Name: cookieName(set, r), Path: "/", HttpOnly: true, Secure: set.isSecure(r), SameSite: http.SameSiteStrictMode,
	}
	if cookie.MaxAge = -1; session != nil {
		cookie.Value, cookie.MaxAge = session.id, int(sessionLife/time.Second)
	}
	http.SetCookie(w, cookie)
}

// shownSession is what a caller may know of itself.
type shownSession struct {
	Kind        string    `json:"kind"` // session, token or local
	Name        string    `json:"name,omitempty"`
	Scope       Scope     `json:"scope"`
	CSRF        string    `json:"csrf,omitempty"`
	HasPassword bool      `json:"has_password,omitempty"`
	Ends        time.Time `json:"ends,omitzero"`
}

// session tells a caller who it is, and a page its token.
func (s *Server) session(w http.ResponseWriter, req bunrouter.Request) error {
	c := callerOf(req.Request)
	shown := shownSession{Kind: "token", Name: c.name, Scope: c.scope}
	switch {
	case c.local:
		shown.Kind = "local"
	case c.session != nil:
		a, found, err := s.Accounts.Account(req.Context(), c.name)
		if err != nil {
			return err
		}
		if !found { // it went a moment ago
			return errToken
		}
		shown = c.session.shown(a)
	}
	return writeJSON(w, http.StatusOK, shown)
}

func (s *Session) shown(a Account) shownSession {
	return shownSession{"session", a.Name, a.Scope, s.csrf(), a.Password != "", s.Ends}
}

// signOut ends the session of a page, here and not only in its browser.
func (s *Server) signOut(w http.ResponseWriter, req bunrouter.Request) error {
	c := callerOf(req.Request)
	if c.session == nil {
		return errUnfit.because("the caller has no session", "tocsin token rm ends a token")
	}
	if err := s.Sessions.End(req.Context(), c.session.Hash); err != nil {
		return err
	}
	s.setCookie(w, req.Request, nil)
	s.Log.Info("signed out", "component", "api", "account", c.name)
	return writeJSON(w, http.StatusOK, signedOutAnswer{true})
}
