package api

import (
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bunrouter"
)

// decisions answers with what stopped, held, changed or merged events, the newest
// first.
func (s *Server) decisions(w http.ResponseWriter, req bunrouter.Request) error {
	f := DecisionFilter{Limit: defaultRows}
	if err := readQuery(req.Request, f.set); err != nil {
		return err
	}
	rows, total, err := s.Archive.Decisions(req.Context(), f)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, decisionsAnswer{nonNil(rows), total, f.Limit, f.Offset})
}

// set takes one parameter. It returns what the parameter should be, when it is
// not that.
func (f *DecisionFilter) set(name, text string, now time.Time) (want string) {
	if want, known := setPage(name, text, now, &f.Limit, &f.Offset, &f.Since, &f.Until); known {
		return want
	}
	to, known := map[string]*string{
		"event": &f.EventID, "type": &f.Type, "channel": &f.Channel, "stage": &f.Stage, "outcome": &f.Outcome, "code": &f.Code,
	}[name]
	switch {
	case !known:
		return "one of limit, offset, event, type, channel, stage, outcome, code, since and until"
	case !utf8.ValidString(text):
		return "UTF-8"
	}
	*to = text
	return ""
}
