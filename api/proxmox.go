package api

import (
	"context"
	"net/http"

	"github.com/uptrace/bunrouter"
)

// Proxmox is the registration of this tocsin as a notification target of Proxmox VE. A
// *Forbidden says that the daemon lacks the rights, a *BadRequest why it is not done.
type Proxmox interface {
	// Registration tells how it stands there.
	Registration(ctx context.Context) (Registration, error)
	// Register makes it one; a dry run only says what would change.
	Register(ctx context.Context, dryRun bool) (RegistrationChange, error)
	// Unregister takes it out.
	Unregister(ctx context.Context, dryRun bool) (RegistrationChange, error)
}

// Registration is how tocsin stands in the files of Proxmox VE.
type Registration struct {
	Registered bool              `json:"registered"`
	URL        string            `json:"url,omitempty"`
	Secret     bool              `json:"secret"`   // the shared secret is sent along
	Routes     []string          `json:"routes"`   // matchers that send to the target
	Troubles   []string          `json:"troubles"` // what keeps it from working
	Files      map[string]string `json:"files"`    // by path, with secrets masked
}

// RegistrationChange is what was done to the files of Proxmox VE, or would be.
type RegistrationChange struct {
	Done     bool         `json:"done"` // false: a dry run, or nothing to do
	Changes  []FileChange `json:"changes"`
	Warnings []string     `json:"warnings"`
	Copies   []string     `json:"copies"` // of the files as they were
}

// FileChange is the change of one file, with secrets masked.
type FileChange struct {
	File string `json:"file"`
	Diff string `json:"diff"`
}

// Forbidden is an error of an interface that this host does not let the daemon do.
type Forbidden struct{ Why, Do string }

// Error returns the reason.
func (f *Forbidden) Error() string { return f.Why }

// readProxmox answers with how tocsin is registered.
func (s *Server) readProxmox(w http.ResponseWriter, req bunrouter.Request) error {
	r, err := s.Proxmox.Registration(req.Context())
	if err != nil {
		return err
	}
	r.Routes, r.Troubles = nonNil(r.Routes), nonNil(r.Troubles)
	if r.Files == nil {
		r.Files = map[string]string{}
	}
	return writeJSON(w, http.StatusOK, r)
}

// setupProxmox registers tocsin; cleanupProxmox takes it out again.
func (s *Server) setupProxmox(w http.ResponseWriter, req bunrouter.Request) error {
	return changeProxmox(w, req, s.Proxmox.Register)
}

func (s *Server) cleanupProxmox(w http.ResponseWriter, req bunrouter.Request) error {
	return changeProxmox(w, req, s.Proxmox.Unregister)
}

func changeProxmox(w http.ResponseWriter, req bunrouter.Request, change func(context.Context, bool) (RegistrationChange, error)) error {
	dry, err := dryRun(req.Request)
	if err != nil {
		return err
	}
	c, err := change(req.Context(), dry)
	if err != nil {
		return err
	}
	c.Changes, c.Warnings, c.Copies = nonNil(c.Changes), nonNil(c.Warnings), nonNil(c.Copies)
	return writeJSON(w, http.StatusOK, c)
}
