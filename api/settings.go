package api

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bunrouter"

	"tocsin/engine/event"
)

// showSettings answers with the running configuration.
func (s *Server) showSettings(w http.ResponseWriter, req bunrouter.Request) error {
	document, revision, err := s.Desk.Settings(req.Context())
	if err != nil {
		return err
	}
	setTag(w, revision)
	return writeText(w, jsonType, document)
}

// patchSettings changes settings by a merge patch.
func (s *Server) patchSettings(w http.ResponseWriter, req bunrouter.Request) error {
	e, err := s.editOf(req)
	if err != nil {
		return err
	}
	if err := expectJSON(req.Request); err != nil {
		return err
	}
	if e.Patch, err = readBody(w, req.Request); err != nil {
		return err
	}
	if !begins(e.Patch, '{') {
		return errMalformed.because("the body is no JSON object", `send a merge patch such as {"tocsin": {"enabled": true}}`)
	}
	var seen struct {
		Revision string `json:"revision"`
	}
	if json.Unmarshal(e.Patch, &seen) == nil { // else the patch itself is refused
		e.Base = cmp.Or(e.Base, seen.Revision)
	}
	return s.edit(w, req, e)
}

// edit makes an edit and answers with what it does.
func (s *Server) edit(w http.ResponseWriter, req bunrouter.Request, e Edit) error {
	result, err := s.Desk.Edit(req.Context(), e)
	if err != nil {
		return err
	}
	tag := result.Revision
	if e.File != nil {
		tag = ""
		for _, f := range result.Files {
			if f.Path == e.File.Path && result.Saved {
				tag = f.New
			}
		}
	}
	setTag(w, tag)
	return writeJSON(w, http.StatusOK, result)
}

// maxNote bounds why an edit is made, in bytes.
const maxNote = 1000

// editOf reads what a request says of an edit beside its body.
func (s *Server) editOf(req bunrouter.Request) (Edit, error) {
	e := Edit{By: authorOf(req.Request), Base: tagOf(req.Header.Get("If-Match"))}
	if e.Base == AnyTag {
		e.Base = ""
	}
	flags := map[string]*bool{"dry_run": &e.DryRun, "here": &e.Here, "skip_tests": &e.SkipTests}
	err := readQuery(req.Request, func(name, text string, _ time.Time) string {
		if name == "note" {
			e.Note = event.Clean(text)
			if utf8.ValidString(text) && len(text) <= maxNote {
				return ""
			}
			return "a text of at most 1000 bytes"
		}
		flag, known := flags[name]
		if !known {
			return "one of dry_run, here, skip_tests and note"
		}
		var err error
		if *flag, err = strconv.ParseBool(text); err != nil {
			return "0 or 1"
		}
		return ""
	})
	return e, err
}

// authorOf names who edits, for the record of changes.
func authorOf(r *http.Request) string {
	c := callerOf(r)
	return cmp.Or(c.name, c.String())
}

// tagOf reads an entity tag of a header, quoted or not; empty: there is none.
func tagOf(header string) string {
	return strings.Trim(strings.TrimPrefix(strings.TrimSpace(header), "W/"), `"`)
}

func setTag(w http.ResponseWriter, tag string) {
	if tag != "" {
		w.Header().Set("ETag", strconv.Quote(tag))
	}
}

const jsonType = "application/json; charset=utf-8"

// writeText answers with a text as it is. That a caller is gone is no error.
func writeText(w http.ResponseWriter, kind string, text []byte) error {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(text)
	return nil
}
