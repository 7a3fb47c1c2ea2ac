package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/uptrace/bunrouter"
)

// maxChanges is how many saved changes are shown at most; the last of them are
// kept, not all.
const maxChanges = 50

// changes lists the saved changes, the newest first.
func (s *Server) changes(w http.ResponseWriter, req bunrouter.Request) error {
	limit := maxChanges
	err := readQuery(req.Request, func(name, text string, _ time.Time) string {
		if name != "limit" {
			return "limit"
		}
		var err error
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > maxChanges {
			return "a number from 1 to 50"
		}
		return ""
	})
	if err != nil {
		return err
	}
	list, err := s.Desk.Changes(req.Context(), limit)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, changesAnswer{nonNil(list)})
}

// undo takes a saved change back.
func (s *Server) undo(w http.ResponseWriter, req bunrouter.Request) error {
	e, err := s.editOf(req)
	if err != nil {
		return err
	}
	e.Undo = req.Param("id")
	return s.edit(w, req, e)
}
