package api

import (
	"net/http"

	"github.com/uptrace/bunrouter"
)

// events answers with the catalogue that is loaded.
func (s *Server) events(w http.ResponseWriter, req bunrouter.Request) error {
	return writeJSON(w, http.StatusOK, eventsAnswer{nonNil(s.Config.Events())})
}

// channels answers with the channels and how they are doing.
func (s *Server) channels(w http.ResponseWriter, req bunrouter.Request) error {
	list, err := s.Config.Channels(req.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, channelsAnswer{nonNil(list)})
}

// status answers with how the daemon is doing.
func (s *Server) status(w http.ResponseWriter, req bunrouter.Request) error {
	st, err := s.Config.Status(req.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, st)
}

// reload takes the files as they are now: 200 when they are in use, 422 when
// they would not load and the version before goes on.
func (s *Server) reload(w http.ResponseWriter, req bunrouter.Request) error {
	result, err := s.Config.Reload(req.Context())
	if err != nil {
		return err
	}
	if !result.OK {
		return writeJSON(w, http.StatusUnprocessableEntity, result)
	}
	return writeJSON(w, http.StatusOK, result)
}

// healthz says that the process answers.
func (s *Server) healthz(w http.ResponseWriter, req bunrouter.Request) error {
	return writeJSON(w, http.StatusOK, healthAnswer{Status: "ok"})
}

// readyz says whether events can be kept. Why they cannot is for those who may
// see the status.
func (s *Server) readyz(w http.ResponseWriter, req bunrouter.Request) error {
	if s.Ready(req.Context()) != nil {
		return errUnavailable.because("", "tocsin status tells why")
	}
	answer := healthAnswer{Status: "ready"}
	if s.Impaired != nil {
		if what := s.Impaired(); what != "" {
			answer.Impaired, answer.Do = what, "tocsin status tells why"
		}
	}
	return writeJSON(w, http.StatusOK, answer)
}

// metrics serves programs on this host, and others with a token.
func (s *Server) metrics(w http.ResponseWriter, req bunrouter.Request) error {
	page := func(w http.ResponseWriter, req bunrouter.Request) error {
		s.Metrics.ServeHTTP(w, req.Request)
		return nil
	}
	if s.Settings().cameOnItsOwn(req.Request) {
		return page(w, req)
	}
	return s.need(ScopeRead, page)(w, req)
}
