package api

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bunrouter"

	"tocsin/engine/event"
)

const (
	defaultRows = 100
	maxRows     = 1000
	maxQuery    = 1024 // bytes: a search takes time in proportion
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
	return writeJSON(w, http.StatusOK, historyAnswer{nonNil(rows), total, f.Limit, f.Offset})
}

// historyFilter reads the parameters of a request.
func historyFilter(r *http.Request) (HistoryFilter, error) {
	f := HistoryFilter{Limit: defaultRows}
	err := readQuery(r, f.set)
	return f, err
}

// readQuery hands every parameter of a request to set, which returns what it
// should be when it is not that. One that is not known is an error: to answer as
// if it were not there would mislead.
func readQuery(r *http.Request, set func(name, text string, now time.Time) (want string)) error {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return errMalformed.because("the query is not encoded as in URLs", "write a blank as %20 and a % as %25")
	}
	for _, name := range slices.Sorted(maps.Keys(q)) {
		text := q.Get(name)
		if text == "" {
			continue
		}
		if want := set(name, text, time.Now()); want != "" {
			return errMalformed.because(fmt.Sprintf("%.40q is not %s", name, want), "correct it or leave it out")
		}
	}
	return nil
}

// set takes one parameter. It returns what the parameter should be, when it is
// not that.
func (f *HistoryFilter) set(name, text string, now time.Time) (want string) {
	if want, known := setPage(name, text, now, &f.Limit, &f.Offset, &f.Since, &f.Until); known {
		return want
	}
	ok := utf8.ValidString(text)
	switch name {
	case "severity":
		severity, known := event.ParseSeverity(text)
		f.Severity, ok, want = severity.String(), known, "INFO, WARNING or CRITICAL"
	case "status":
		f.Status, ok, want = text, text == "ok" || text == "failed", "ok or failed"
	case "channel":
		f.Channel, want = text, "UTF-8"
	case "type":
		f.Type, want = text, "UTF-8"
	case "q":
		f.Query, want = text, fmt.Sprintf("UTF-8 of at most %d bytes", maxQuery)
		ok = ok && len(text) <= maxQuery
	default:
		ok, want = false, "one of limit, offset, severity, channel, type, status, since, until and q"
	}
	if ok {
		return ""
	}
	return want
}

// setPage takes the parameters that all lists have.
func setPage(name, text string, now time.Time, limit, offset *int, since, until *time.Time) (want string, known bool) {
	ok := true
	switch name {
	case "limit":
		*limit, want = countOf(text), "a number from 1 on"
		ok = *limit > 0
		*limit = min(*limit, maxRows)
	case "offset":
		*offset, want = countOf(text), "a number"
		ok = *offset >= 0
	case "since":
		*since, ok = momentOf(text, now)
		want = "a time such as 2026-03-14T01:00:00Z or a span such as 24h"
	case "until":
		*until, ok = momentOf(text, now)
		want = "a time such as 2026-03-14T01:00:00Z or a span such as 24h"
	default:
		return "", false
	}
	if ok {
		return "", true
	}
	return want, true
}

// countOf reads a number that is not negative; it is -1 for anything else.
func countOf(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return max(n, -1)
}

// momentOf reads a time, or a span that ended now.
func momentOf(text string, now time.Time) (time.Time, bool) {
	if span, ok := event.ParseDuration(text); ok {
		return now.Add(-span), true
	}
	t, err := time.Parse(time.RFC3339, strings.ReplaceAll(text, " ", "+")) // a plus that nobody encoded
	return t, err == nil
}

// clearHistory forgets every delivery attempt. It takes no filter: one that was
// not heeded would cost rows that somebody meant to keep.
func (s *Server) clearHistory(w http.ResponseWriter, req bunrouter.Request) error {
	if req.URL.RawQuery != "" {
		return errMalformed.because("it forgets all of the history and takes no parameters", "leave them out, if that is meant")
	}
	n, err := s.Archive.ClearHistory(req.Context())
	if err != nil {
		return err
	}
	s.Log.Info("history cleared", "component", "api", "rows", n, "by", callerOf(req.Request).String())
	return writeJSON(w, http.StatusOK, clearedAnswer{n})
}
