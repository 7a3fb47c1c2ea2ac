package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/uptrace/bunrouter"
)

// caller is who makes a request, once that is known: a program with a token, a
// person in a browser, or somebody who may use the daemon's own socket.
type caller struct {
	id      string   // of the token
	name    string   // of the token or account
	scope   Scope    // what it allows
	session *Session // a person's
	local   bool     // came over the daemon's own socket
}

type callerKey struct{}

// WithLocal marks the context of connections over the daemon's own socket,
// whose file decides who may use it: they need no token.
func WithLocal(ctx context.Context) context.Context {
	return withCaller(ctx, caller{scope: ScopeAdmin, local: true})
}

func withCaller(ctx context.Context, c caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

func callerOf(r *http.Request) caller {
	c, _ := r.Context().Value(callerKey{}).(caller)
	return c
}

func isLocal(r *http.Request) bool { return callerOf(r).local }

// String names the caller for limits, claims and the log. No token has the name of
// an account: ids have no blank.
func (c caller) String() string {
	switch {
	case c.local:
		return "local"
	case c.session != nil:
		return "account " + c.name
	}
	return c.id
}

// need lets only callers with a scope through to h.
func (s *Server) need(scope Scope, h bunrouter.HandlerFunc) bunrouter.HandlerFunc {
	return s.known(func(w http.ResponseWriter, req bunrouter.Request) error {
		if has := callerOf(req.Request).scope; has != scope && has != ScopeAdmin {
			return errScope.because(fmt.Sprintf("it has the scope %s, this needs %s", has, scope), "use a token or account with that scope")
		}
		return h(w, req)
	})
}

// known lets only callers through to h of whom is known who they are, which h learns
// from the request's context. Nothing of the request but its header is read before
// that.
func (s *Server) known(h bunrouter.HandlerFunc) bunrouter.HandlerFunc {
	return func(w http.ResponseWriter, req bunrouter.Request) error {
		if isLocal(req.Request) {
			return h(w, req)
		}
		identify := s.sessionCaller
		if req.Header["Authorization"] != nil { // then nothing else counts
			identify = s.tokenCaller
		}
		c, err := identify(req.Request)
		if err != nil {
			return err
		}
		return h(w, req.WithContext(withCaller(req.Context(), c)))
	}
}
