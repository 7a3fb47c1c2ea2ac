package api

import (
	"fmt"
	"net/http"
	"time"

	"github.com/uptrace/bunrouter"

	"tocsin/engine/event"
)

// maxName is the longest name of a token, in bytes.
const maxName = 64

// shownToken is a token as it is shown: never its secret.
type shownToken struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Scope    Scope     `json:"scope"`
	Created  time.Time `json:"created"`
	Expires  time.Time `json:"expires"`
	LastUsed time.Time `json:"last_used,omitzero"`
}

func (t Token) shown() shownToken {
	return shownToken{t.ID, t.Name, t.Scope, t.Created, t.Expires, t.LastUsed}
}

// tokens lists the tokens.
func (s *Server) tokens(w http.ResponseWriter, req bunrouter.Request) error {
	list, err := s.Keys.Tokens(req.Context())
	if err != nil {
		return err
	}
	shown := make([]shownToken, len(list))
	for i, t := range list {
		shown[i] = t.shown()
	}
	return writeJSON(w, http.StatusOK, tokensAnswer{shown})
}

// tokenBody is a token as it is asked for.
type tokenBody struct {
	Name    string `json:"name"`
	Scope   string `json:"scope"`
	Expires string `json:"expires"` // a span of time such as 90d
}

// newToken makes a token. Its text is in this answer and nowhere else.
func (s *Server) newToken(w http.ResponseWriter, req bunrouter.Request) error {
	const example = `send {"name": "backup-script", "scope": "send", "expires": "90d"}`
	var in tokenBody
	if err := readObject(w, req.Request, &in, example); err != nil {
		return err
	}
	scope, err := ParseScope(in.Scope)
	if err != nil {
		return errMalformed.because(err.Error(), "choose the least that is enough")
	}
	if in.Name != event.OneLine(event.Clean(in.Name)) || in.Name == "" || len(in.Name) > maxName {
		return errMalformed.because(fmt.Sprintf("the name is missing, longer than %d bytes or not plain text", maxName), "name what will use the token")
	}
	life, err := tokenLifeOf(in.Expires)
	if err != nil {
		return err
	}
	now := time.Now()
	text, token := MakeToken(in.Name, scope, now, now.Add(life))
	if err := s.Keys.Add(req.Context(), token); err != nil {
		return err
	}
	s.Log.Info("token made", "component", "api", "id", token.ID, "name", token.Name, "scope", string(scope), "by", callerOf(req.Request).String())
	return writeJSON(w, http.StatusCreated, newTokenAnswer{token.shown(), text})
}

// tokenLifeOf reads how long a token is to be good. None is good for ever: one
// that nobody remembers is one that nobody revokes.
func tokenLifeOf(text string) (time.Duration, error) {
	if text == "" {
		return tokenLife, nil
	}
	life, ok := event.ParseDuration(text)
	if !ok || life < shortLife || life > longestLife {
		return 0, errMalformed.because("expires is no span of time between a minute and ten years", `write how long the token is good: "12h", "90d", "52w"`)
	}
	return life, nil
}

// removeToken ends a token at once.
func (s *Server) removeToken(w http.ResponseWriter, req bunrouter.Request) error {
	found, err := s.Keys.Remove(req.Context(), req.Param("id"))
	if err != nil {
		return err
	}
	if !found {
		return errUnknown.because("no token has this id", "tocsin token list shows them")
	}
	s.Log.Info("token removed", "component", "api", "id", req.Param("id"), "by", callerOf(req.Request).String())
	return writeJSON(w, http.StatusOK, removedAnswer{true})
}
