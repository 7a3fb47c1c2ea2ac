package api

import (
	"context"
	"net/http"
	"time"

	"github.com/uptrace/bunrouter"
)

// mostCredentials bounds the body of a sign-in, in bytes: a password in JSON may take
// six bytes for each of its own.
const mostCredentials = 4 << 10

// How somebody signs in.
const (
	byPassword = "password"
	byLink     = "link"
)

// try is one attempt to sign in.
type try struct {
	server *Server
	r      *http.Request
	by     string
	names  []string // by which failures are counted
	at     time.Time
}

// begin counts an attempt to sign in, of an account or of nobody in particular.
func (s *Server) begin(r *http.Request, by, account string) (*try, error) {
	t := &try{server: s, r: r, by: by, at: time.Now()}
	if !isLocal(r) { // by each way: who guesses passwords keeps nobody from using a link
		t.names = append(t.names, by+" from "+callerAddress(s.Settings().client(r)))
	}
	if account != "" {
		t.names = append(t.names, "account "+account)
	}
	if wait := s.attempts.take(t.at, t.names...); wait > 0 {
		s.tellSignIn(by, "limited")
		s.Log.Debug("sign-in held off", "component", "api", "by", by, "from", t.from()) // the failures before were told louder
		if by == byLink {
			return nil, errLinks.after(wait)
		}
		return nil, errAttempts.after(wait)
	}
	return t, nil
}

// failed says in the log and the metrics that somebody was refused, and answers as
// for every reason. What was given as a name is not said unless it is one: people
// type passwords there.
func (t *try) failed(account string) error {
	t.server.tellSignIn(t.by, "refused")
	t.server.Log.Warn("sign-in refused", "component", "api", "by", t.by, "account", account, "from", t.from())
	if t.by == byLink {
		return errLink
	}
	return errPassword
}

// undone takes back an attempt that failed for no fault of the caller.
func (t *try) undone(err error) error {
	t.server.attempts.giveBack(t.at, t.names...)
	return err
}

// done answers with the session that began.
func (t *try) done(w http.ResponseWriter, session *Session, a Account) error {
	s := t.server
	s.attempts.giveBack(t.at, t.names...)
	s.endFormer(t.r)
	s.setCookie(w, t.r, session)
	s.tellSignIn(t.by, "accepted")
	s.Log.Info("signed in", "component", "api", "by", t.by, "account", a.Name, "scope", string(a.Scope), "from", t.from())
	return writeJSON(w, http.StatusOK, session.shown(a))
}

func (t *try) from() string {
	if isLocal(t.r) {
		return "local"
	}
	return t.server.Settings().client(t.r).String()
}

func (s *Server) tellSignIn(by, outcome string) {
	if s.SignedIn != nil {
		s.SignedIn(by, outcome)
	}
}

// endFormer ends the session that a browser had before. It is a convenience: the
// session would end by itself.
func (s *Server) endFormer(r *http.Request) {
	cookie, err := r.Cookie(cookieName(s.Settings(), r))
	if err != nil || len(cookie.Value) > maxToken {
		return
	}
	if err := s.Sessions.End(r.Context(), digestOf(cookie.Value)); err != nil {
		s.Log.Debug("the session before goes on", "component", "api", "err", err)
	}
}

// readCredentials reads what signs in, of which there is little: anybody may send it,
// and many at once must not fill the memory.
func readCredentials(w http.ResponseWriter, r *http.Request, into any, example string) error {
	if r.ContentLength > mostCredentials {
		return errLarge.because("nothing that signs in is as long", example)
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostCredentials)
	return readObject(w, r, into, example)
}

// What signs in, and a new password.
type (
	loginBody struct {
		Name     string `json:"name"`
		Password string `json:"password"`
	}
	linkBody struct {
		Code string `json:"code"`
	}
	passwordBody struct {
		Name     string `json:"name"`
		Current  string `json:"current"`
		Password string `json:"password"`
	}
)

// signIn takes a name and a password.
func (s *Server) signIn(w http.ResponseWriter, req bunrouter.Request) error {
	if !s.Settings().isPrivate(req.Request) {
		return errInsecure
	}
	const example = `send {"name": "ada", "password": "…"}`
	var in loginBody
	if err := readCredentials(w, req.Request, &in, example); err != nil {
		return err
	}
	name, ok := accountName(in.Name)
	if !ok {
		name = "" // nobody's
	}
	t, err := s.begin(req.Request, byPassword, name)
	if err != nil {
		return err
	}
	a, right, err := s.authenticate(req.Context(), name, in.Password)
	if err != nil {
		return t.undone(err)
	}
	if !right {
		return t.failed(a.Name)
	}
	session := beginSession(a.Name, t.at)
	a, found, err := s.Sessions.SignIn(req.Context(), *session)
	if err != nil {
		return t.undone(err)
	}
	if !found { // it went a moment ago
		return t.failed("")
	}
	return t.done(w, session, a)
}

// authenticate takes as long whether there is such an account or not.
func (s *Server) authenticate(ctx context.Context, name, password string) (a Account, right bool, err error) {
	a, found, err := s.Accounts.Account(ctx, name)
	if err != nil {
		return a, false, err
	}
	right, err = s.kiln.matches(ctx, password, a.Password)
	return a, right && found && a.Password != "", err
}

// useLink takes the code of a link. A link is asked for by GET, which previews and
// scanners do too, so that it is used up by POST alone.
func (s *Server) useLink(w http.ResponseWriter, req bunrouter.Request) error {
	if !s.Settings().isPrivate(req.Request) {
		return errInsecure
	}
	var in linkBody
	if err := readCredentials(w, req.Request, &in, `send {"code": "…"}, which stands behind #login= in the link`); err != nil {
		return err
	}
	t, err := s.begin(req.Request, byLink, "")
	if err != nil {
		return err
	}
	session := beginSession("", t.at)
	session.ByLink = true
	a, found, err := s.Sessions.UseLink(req.Context(), digestOf(in.Code), *session)
	if err != nil {
		return t.undone(err)
	}
	if !found {
		return t.failed("")
	}
	session.Account = a.Name
	return t.done(w, session, a)
}

// setPassword sets a password and ends the account's other sessions. Who changes
// their own says the one before, unless they came by a link a moment ago: that is
// how a forgotten one is set anew. Admins set those of others.
func (s *Server) setPassword(w http.ResponseWriter, req bunrouter.Request) error {
	var in passwordBody
	if err := readObject(w, req.Request, &in, `send {"current": "…", "password": "…"}`); err != nil {
		return err
	}
	name, keep, err := s.whosePassword(req.Request, in.Name, in.Current)
	if err != nil {
		return err
	}
	if err := checkPassword(in.Password); err != nil {
		return err
	}
	kept, err := s.kiln.hash(req.Context(), in.Password)
	if err != nil {
		return err
	}
	found, err := s.Accounts.SetPassword(req.Context(), name, kept, keep)
	if err != nil {
		return err
	}
	if !found {
		return errUnknown.because("no account has this name", "tocsin account list shows them; tocsin login makes one")
	}
	s.Log.Info("password set", "component", "api", "account", name, "by", callerOf(req.Request).String())
	return writeJSON(w, http.StatusOK, changedAnswer{true})
}

// whosePassword returns the account whose password the caller may set, and the
// session that goes on.
func (s *Server) whosePassword(r *http.Request, asked, current string) (name string, keep []byte, err error) {
	c := callerOf(r)
	name, ok := accountName(asked)
	if asked != "" && !ok || asked == "" && c.session == nil {
		return "", nil, errMalformed.because("the name is missing or none that an account can have", "say whose password it is")
	}
	if c.session == nil || ok && name != c.name {
		if c.scope != ScopeAdmin {
			return "", nil, errScope.because("it has the scope "+string(c.scope)+", another's password needs admin", "use a token or account with that scope")
		}
		return name, nil, nil
	}
	return c.name, c.session.Hash, s.checkCurrent(r, c, current)
}

func (s *Server) checkCurrent(r *http.Request, c caller, current string) error {
	if c.session.ByLink && time.Since(c.session.Created) < linkLife {
		return nil
	}
	wrong := errUnfit.because("the current password is wrong", "say the current password, or sign in by a new link: tocsin login")
	t, err := s.begin(r, byPassword, c.name)
	if err != nil {
		return err
	}
	a, right, err := s.authenticate(r.Context(), c.name, current)
	if err != nil {
		return t.undone(err)
	}
	if !right {
		_ = t.failed(a.Name)
		return wrong
	}
	s.attempts.giveBack(t.at, t.names...)
	return nil
}
