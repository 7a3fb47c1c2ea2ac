package api

import (
	"net/http"

	"github.com/uptrace/bunrouter"
)

// checkExample is the remedy for a body that holds nothing to check.
const checkExample = `send {"path": "panel.hcl", "text": "…"}, or {"files": {"tocsin.hcl": "…"}} for a whole folder`

// check tells what is wrong with texts that nobody saved.
func (s *Server) check(w http.ResponseWriter, req bunrouter.Request) error {
	var in Check
	if err := readObject(w, req.Request, &in, checkExample); err != nil {
		return err
	}
	if (in.Path == "") == (in.Files == nil) {
		return errMalformed.because("it names neither a file nor files, or both", checkExample)
	}
	result, err := s.Desk.Check(req.Context(), in)
	if err != nil {
		return err
	}
	result.Diagnostics = nonNil(result.Diagnostics)
	return writeJSON(w, http.StatusOK, result)
}

// rules answers with the rules that are loaded.
func (s *Server) rules(w http.ResponseWriter, req bunrouter.Request) error {
	list, err := s.Desk.Rules(req.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, rulesAnswer{nonNil(list)})
}
