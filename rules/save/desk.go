package save

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/hcl/v2"

	"tocsin/rules"
	"tocsin/rules/edit"
	"tocsin/rules/folder"
)

// Options are what a Desk works on.
type Options struct {
	Config string // the configuration folder
	Data   string // the data folder, where changes are recorded
	Pack   map[string][]byte
	// Load compiles files as the daemon does, with these secrets over those that
	// are set, and returns what its diagnostics quote.
	Load        func(files map[string][]byte, secrets map[string]string) Loaded
	ReadOnly    string // why nothing is written, such as a flag; empty: the files say
	Credentials string // folder of systemd credentials, which win over secrets/
	Git         string // the program; empty: git
	// Allow returns why an edit that makes one configuration of another is not for
	// whoever uses this Desk; before is nil when the files did not load. Nil: all
	// are.
	Allow func(before, after *rules.Config) error
}

// Loaded is a compiled configuration.
type Loaded struct {
	Config  *rules.Config // nil: it has errors
	Diags   hcl.Diagnostics
	Sources map[string][]byte
}

// hidden returns what must not be shown of the files.
func (l Loaded) hidden() []hcl.Range { return rules.HiddenBy(l.Config, l.Diags) }

// Desk plans and saves edits, one after the other.
type Desk struct {
	opts Options
	key  [32]byte // of the digests of values, which could be guessed otherwise
	mu   sync.Mutex

	seen  seen
	cache edit.Cache
}

// New returns a Desk.
func New(opts Options) *Desk {
	d := &Desk{opts: opts}
	if d.opts.Git == "" {
		d.opts.Git = "git"
	}
	_, _ = rand.Read(d.key[:]) // never fails
	return d
}

// Author is who saves.
type Author struct {
	Name  string `json:"name"`
	Email string `json:"email,omitempty"` // for a commit; empty: made of the name
}

// state is the folder at one moment.
type state struct {
	files    map[string][]byte
	revision string
}

// read reads the folder.
func (d *Desk) read() (state, error) {
	f, err := folder.Open(d.opts.Config, d.opts.Credentials)
	if err != nil {
		return state{}, err
	}
	defer f.Close()
	return d.snapshot(f)
}

func (d *Desk) snapshot(f *folder.Folder) (state, error) {
	files, err := f.Files()
	if err != nil {
		return state{}, err
	}
	s := state{files, RevisionOf(files)}
	d.seen.note(s)
	return s, nil
}

// Revision names the state of the files: an edit is planned on one, and saved
// when it is still the same.
func (d *Desk) Revision() (string, error) {
	_, revision, err := d.Files()
	return revision, err
}

// RevisionOf is the same for the same texts under the same names.
func RevisionOf(files map[string][]byte) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%q %x\n", name, sha256.Sum256(files[name]))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// digest returns the SHA-256 of a file; empty: there is none.
func digest(text []byte, there bool) string {
	if !there {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// mark returns a digest of a value that says nothing about it to anybody else.
func (d *Desk) mark(text string) string {
	if text == "" {
		return "-"
	}
	h := hmac.New(sha256.New, d.key[:])
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// lock waits until no other process writes into the folder, but not for long.
func lock(f *folder.Folder) (func(), error) {
	const tries, pause = 200, 25 * time.Millisecond
	for n := 1; ; n++ {
		unlock, err := f.Lock()
		if err == nil {
			return unlock, nil
		}
		if n == tries {
			return nil, errors.New("another tocsin is saving into this folder: try again in a moment")
		}
		time.Sleep(pause)
	}
}

// readOnly returns why files cannot be changed, or nil.
func (d *Desk) readOnly(f *folder.Folder, config *rules.Config, paths []string) *ReadOnly {
	switch {
	case d.opts.ReadOnly != "":
		return &ReadOnly{Why: d.opts.ReadOnly}
	case config != nil && config.Settings.Tocsin.ReadOnly:
		return &ReadOnly{Why: "the configuration says read_only = true"}
	}
	for _, path := range paths {
		if err := f.Blocked(path); err != nil {
			return &ReadOnly{Why: err.Error()}
		}
	}
	return nil
}

// fromCredentials reports whether systemd gives a secret, so that a file of it
// would count for nothing.
func (d *Desk) fromCredentials(name string) bool {
	if d.opts.Credentials == "" {
		return false
	}
	_, err := os.Stat(filepath.Join(d.opts.Credentials, name))
	return err == nil
}
