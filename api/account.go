package api

import (
	"net/http"
	"strings"
	"time"

	"github.com/uptrace/bunrouter"
)

// Account is a person who may sign in.
type Account struct {
	Name     string
	Scope    Scope
	Password string // as hashPassword makes it; empty: links only
	Created  time.Time
	LastUsed time.Time // zero: never
}

// LoginLink lets an account sign in once. Only the digest of its code is known.
type LoginLink struct {
	Hash    []byte // SHA-256 of the code
	Account string
	Expires time.Time
}

// linkLife is how long a link is good: it is meant for the one who asks for it.
const linkLife = 15 * time.Minute

// shownAccount is an account as it is shown.
type shownAccount struct {
	Name        string    `json:"name"`
	Scope       Scope     `json:"scope"`
	HasPassword bool      `json:"has_password"`
	Created     time.Time `json:"created"`
	LastUsed    time.Time `json:"last_used,omitzero"`
}

// accounts lists who may sign in.
func (s *Server) accounts(w http.ResponseWriter, req bunrouter.Request) error {
	list, err := s.Accounts.Accounts(req.Context())
	if err != nil {
		return err
	}
	shown := make([]shownAccount, len(list))
	for i, a := range list {
		shown[i] = shownAccount{a.Name, a.Scope, a.Password != "", a.Created, a.LastUsed}
	}
	return writeJSON(w, http.StatusOK, accountsAnswer{shown})
}

// newLinkBody is a link as it is asked for.
type newLinkBody struct {
	Name  string `json:"name"`
	Scope string `json:"scope"`
}

// newLink makes a link by which an account signs in once, and the account when it
// is not there yet. The code stands behind the # of the link, which browsers send to
// nobody, and in this answer alone.
func (s *Server) newLink(w http.ResponseWriter, req bunrouter.Request) error {
	const example = `send {"name": "ada", "scope": "admin"}`
	var in newLinkBody
	if err := readObject(w, req.Request, &in, example); err != nil {
		return err
	}
	name, ok := accountName(in.Name)
	if !ok {
		return errMalformed.because("the name is missing or none that an account can have", "use up to 64 letters, digits and . _ - @")
	}
	scope := ScopeAdmin
	if in.Scope != "" {
		var err error
		if scope, err = ParseScope(in.Scope); err != nil {
			return errMalformed.because(err.Error(), "choose the least that is enough")
		}
	}
	code, hash := newSecret()
	now := time.Now()
	link := LoginLink{Hash: hash, Account: name, Expires: now.Add(linkLife)}
	if err := s.checkScope(req.Request, name, in.Scope); err != nil {
		return err
	}
	a, err := s.Sessions.NewLink(req.Context(), link, Account{Name: name, Scope: scope, Created: now})
	if err != nil {
		return err
	}
	s.Log.Info("login link made", "component", "api", "account", name, "scope", string(a.Scope), "by", callerOf(req.Request).String())
	return writeJSON(w, http.StatusCreated, newLinkAnswer{name, a.Scope, s.Address() + "/#login=" + code, link.Expires})
}

// checkScope refuses to make a link of another scope than its account has, as the
// one who asks for it expects it to have that.
func (s *Server) checkScope(r *http.Request, name, asked string) error {
	a, found, err := s.Accounts.Account(r.Context(), name)
	if err != nil {
		return err
	}
	if found && asked != "" && a.Scope != Scope(asked) {
		return errUnfit.because("the account has the scope "+string(a.Scope), "leave the scope out, or remove the account first: tocsin account rm "+name)
	}
	return nil
}

// removeAccount ends an account and its sessions at once.
func (s *Server) removeAccount(w http.ResponseWriter, req bunrouter.Request) error {
	name, _ := accountName(req.Param("name"))
	found, err := s.Accounts.RemoveAccount(req.Context(), name)
	if err != nil {
		return err
	}
	if !found {
		return errUnknown.because("no account has this name", "tocsin account list shows them")
	}
	s.Log.Info("account removed", "component", "api", "account", name, "by", callerOf(req.Request).String())
	return writeJSON(w, http.StatusOK, removedAnswer{true})
}

// accountName reads the name of an account, whose letters have no case: telephones
// begin with a capital.
func accountName(text string) (string, bool) {
	name := strings.ToLower(text)
	odd := func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune("._-@", c)
	}
	if name == "" || len(name) > maxName || strings.ContainsFunc(name, odd) || strings.ContainsRune("._-@", rune(name[0])) {
		return "", false
	}
	return name, true
}
