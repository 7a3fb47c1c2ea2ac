package api

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/uptrace/bunrouter"
)

const blocksPath = Prefix + "/blocks/"

// putBlock makes one block just as the body says.
func (s *Server) putBlock(w http.ResponseWriter, req bunrouter.Request) error {
	e, err := s.blockEdit(req)
	if err != nil {
		return err
	}
	if req.ContentLength > maxBody {
		return errLarge
	}
	to := &e.Block.HCL
	kind, _, _ := strings.Cut(req.Header.Get("Content-Type"), ";")
	switch strings.ToLower(strings.TrimSpace(kind)) {
	case "application/json":
		to = &e.Block.JSON
	case "application/hcl", "text/plain":
	default:
		return errMedia.because("", "send the header Content-Type: application/json, or application/hcl for HCL")
	}
	if *to, err = readBody(w, req.Request); err != nil {
		return err
	}
	return s.edit(w, req, e)
}

// removeBlock removes a block; a built-in one is switched off.
func (s *Server) removeBlock(w http.ResponseWriter, req bunrouter.Request) error {
	e, err := s.blockEdit(req)
	if err != nil {
		return err
	}
	e.Block.Gone = true
	return s.edit(w, req, e)
}

// blockEdit reads what a request says of an edit of a block beside its body.
func (s *Server) blockEdit(req bunrouter.Request) (Edit, error) {
	e, err := s.editOf(req)
	if err == nil {
		e.Block, err = blockOf(req.Request)
	}
	return e, err
}

// blockOf reads which block a path names: its kind and labels, a step each. A
// slash in a label is written %2F.
func blockOf(r *http.Request) (*BlockEdit, error) {
	var names []string
	for part := range strings.SplitSeq(strings.TrimPrefix(r.URL.EscapedPath(), blocksPath), "/") {
		name, err := url.PathUnescape(part)
		if err != nil || name == "" {
			return nil, errMalformed.because("the path names no block", "write it as blocks/KIND/LABEL")
		}
		names = append(names, name)
	}
	return &BlockEdit{Kind: names[0], Labels: names[1:]}, nil
}
