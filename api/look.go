package api

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bunrouter"

	"tocsin/engine/event"
)

const (
	defaultRows = 100
	maxRows     = 1000
)

// history answers with delivery attempts, the newest first.
func (s *Server) history(w http.ResponseWriter, req bunrouter.Request) error {
	f, err := historyFilter(req.Request)
	if err != nil {
		return err
	}
	rows, total, err := s.Archive.History(req.Context(), f)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]any{"history": nonNil(rows), "total": total, "limit": f.Limit, "offset": f.Offset})
}

func historyFilter(r *http.Request) (HistoryFilter, error) {
	q := r.URL.Query()
	f := HistoryFilter{Channel: q.Get("channel"), Type: q.Get("type"), Query: q.Get("q"), Status: q.Get("status"), Limit: defaultRows}
	bad := func(name, want string) error {
		return errMalformed.because(name+" is not "+want, "correct it or leave it out")
	}
	var err error
	for name, into := range map[string]*int{"limit": &f.Limit, "offset": &f.Offset} {
		if text := q.Get(name); text != "" {
			if *into, err = strconv.Atoi(text); err != nil || *into < 0 {
				return f, bad(name, "a number")
			}
		}
	}
	f.Limit = min(f.Limit, maxRows)
	for name, into := range map[string]*time.Time{"since": &f.Since, "until": &f.Until} {
		if text := q.Get(name); text != "" {
			if *into, err = momentOf(text, time.Now()); err != nil {
				return f, bad(name, "a time such as 2026-03-14T01:00:00Z or a span such as 24h")
			}
		}
	}
	if text := q.Get("severity"); text != "" {
		severity, ok := event.ParseSeverity(text)
		if !ok {
			return f, bad("severity", "INFO, WARNING or CRITICAL")
		}
		f.Severity = severity.String()
	}
	if f.Status != "" && f.Status != "ok" && f.Status != "failed" {
		return f, bad("status", "ok or failed")
	}
	return f, nil
}

// momentOf reads a time, or a span that ended now.
func momentOf(text string, now time.Time) (time.Time, error) {
	if span, ok := event.ParseDuration(text); ok {
		return now.Add(-span), nil
	}
	return time.Parse(time.RFC3339, strings.ReplaceAll(text, " ", "+"))
}

// clearHistory forgets every delivery attempt.
func (s *Server) clearHistory(w http.ResponseWriter, req bunrouter.Request) error {
	n, err := s.Archive.ClearHistory(req.Context())
	if err != nil {
		return err
	}
	s.Log.Info("history cleared", "component", "api", "rows", n)
	return writeJSON(w, http.StatusOK, map[string]int{"deleted": n})
}

// events answers with the catalogue that is loaded.
func (s *Server) events(w http.ResponseWriter, req bunrouter.Request) error {
	return writeJSON(w, http.StatusOK, map[string]any{"events": nonNil(s.Config.Events())})
}

// channels answers with the channels and how they are doing.
func (s *Server) channels(w http.ResponseWriter, req bunrouter.Request) error {
	list, err := s.Config.Channels(req.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]any{"channels": nonNil(list)})
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
	return writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// readyz says whether events can be kept.
func (s *Server) readyz(w http.ResponseWriter, req bunrouter.Request) error {
	if err := s.Ready(req.Context()); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]string{"status": "ready"})
}

// metrics serves programs on this host, and others with a token.
func (s *Server) metrics(w http.ResponseWriter, req bunrouter.Request) error {
	if !cameOnItsOwn(req.Request) {
		if err := s.allowed(req.Request, ScopeRead); err != nil {
			return err
		}
	}
	s.Metrics.ServeHTTP(w, req.Request)
	return nil
}
