package api

import (
	"errors"
	"net/http"

	"github.com/uptrace/bunrouter"
)

// files lists the files of the configuration.
func (s *Server) files(w http.ResponseWriter, req bunrouter.Request) error {
	list, err := s.Desk.Files(req.Context())
	if err != nil {
		return err
	}
	list.Files = nonNil(list.Files)
	setTag(w, list.Revision)
	return writeJSON(w, http.StatusOK, list)
}

// file answers with the text of a file.
func (s *Server) file(w http.ResponseWriter, req bunrouter.Request) error {
	text, tag, err := s.Desk.File(req.Context(), req.Param("path"))
	if err != nil {
		return err
	}
	setTag(w, tag)
	return writeText(w, "text/plain; charset=utf-8", text)
}

// putFile writes a file.
func (s *Server) putFile(w http.ResponseWriter, req bunrouter.Request) error {
	return s.editFile(w, req, false)
}

// removeFile removes a file.
func (s *Server) removeFile(w http.ResponseWriter, req bunrouter.Request) error {
	return s.editFile(w, req, true)
}

func (s *Server) editFile(w http.ResponseWriter, req bunrouter.Request, gone bool) error {
	e, err := s.editOf(req)
	if err != nil {
		return err
	}
	e.Base = "" // the tag is that of the file alone
	e.File = &FileEdit{Path: req.Param("path"), Gone: gone, Tag: tagOf(req.Header.Get("If-Match"))}
	if !gone {
		if req.ContentLength > maxBody {
			return errLarge
		}
		if e.File.Text, err = readBody(w, req.Request); err != nil {
			return err
		}
	}
	if e.File.Tag == "" && req.Header.Get("If-None-Match") == "" {
		_, _, err := s.Desk.File(req.Context(), e.File.Path)
		_, missing := errors.AsType[*NotFound](err)
		switch {
		case err == nil:
			return errUnseen
		case gone || !missing:
			return err
		}
	}
	return s.edit(w, req, e)
}
