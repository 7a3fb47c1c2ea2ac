package api

import (
	"context"
	"time"
)

// Desk shows the files of the configuration and changes them. Its errors are
// those of every interface, and a *Refusal.
type Desk interface {
	// Settings returns the running configuration as a JSON object, secrets masked,
	// and the revision of the files that it is of.
	Settings(ctx context.Context) (document []byte, revision string, err error)
	Rules(ctx context.Context) ([]Rule, error)
	Files(ctx context.Context) (Files, error)
	// File returns the text of a file, and its tag.
	File(ctx context.Context, path string) (text []byte, tag string, err error)
	// Edit makes a change; a saved one is in use when it returns.
	Edit(ctx context.Context, e Edit) (Edited, error)
	// Check tells what is wrong with texts that nobody saved.
	Check(ctx context.Context, c Check) (Checked, error)
	// Changes lists the saved changes, the newest first.
	Changes(ctx context.Context, limit int) ([]Change, error)
}

// Edit is what somebody wants changed: one of Patch, Block, File and Undo.
type Edit struct {
	Patch []byte // of the settings: JSON
	Block *BlockEdit
	File  *FileEdit
	Undo  string // number of a change

	Base      string // revision that the caller saw; empty: any
	DryRun    bool
	Here      bool // replace values where they stand although they come from elsewhere
	SkipTests bool
	Note      string // why
	By        string // who
}

// BlockEdit is one block that is to be just so.
type BlockEdit struct {
	Kind   string
	Labels []string
	JSON   []byte // an object of its arguments
	HCL    []byte // or: the block, or what stands in it
	Gone   bool
}

// FileEdit is one file that is to be just so.
type FileEdit struct {
	Path string
	Text []byte
	Gone bool
	Tag  string // of the text that the caller saw; AnyTag; empty: there was no file
}

// AnyTag stands for whatever text a file has.
const AnyTag = "*"

// Edited is what an edit does, or did. It shows no secret.
type Edited struct {
	Saved       bool         `json:"saved"`
	Applied     bool         `json:"applied"`           // it is in use
	Nothing     bool         `json:"nothing"`           // it changes nothing
	Stale       bool         `json:"stale,omitempty"`   // other files than the caller saw are changed: look at it again
	Revision    string       `json:"revision"`          // of the files that this is about
	Effects     []string     `json:"effects"`           // in words
	Diff        string       `json:"diff"`              // of all files
	Files       []FileDiff   `json:"files"`             // that change
	Places      []Source     `json:"places,omitempty"`  // where the values stand then
	Secrets     []string     `json:"secrets,omitempty"` // names of those that are set
	Diagnostics []Diagnostic `json:"diagnostics,omitempty"`
	Failing     []FailedTest `json:"failing,omitempty"`   // tests that fail by it
	ReadOnly    string       `json:"read_only,omitempty"` // why it cannot be saved
	Change      string       `json:"change,omitempty"`    // number that undoes it
	Commit      string       `json:"commit,omitempty"`    // of git
	Warning     string       `json:"warning,omitempty"`   // what went wrong without harm
}

// FileDiff is the difference of one file.
type FileDiff struct {
	Path string `json:"path"`
	Old  string `json:"old"` // tag; empty: there is none
	New  string `json:"new"`
	Diff string `json:"diff"` // empty: only a secret differs
}

// FailedTest is a test of the folder that fails by an edit.
type FailedTest struct {
	Name  string `json:"name"`
	Place string `json:"place"`
	Why   string `json:"why"`
}

// Conflict is a value that somebody else changed since the caller saw it.
type Conflict struct {
	What   string     `json:"what"`
	Source Source     `json:"source"`
	Mine   string     `json:"mine"`
	Theirs string     `json:"theirs"` // as it is now; empty: it is gone
	By     string     `json:"by,omitempty"`
	At     *time.Time `json:"at,omitempty"`
}

// Elsewhere says that a value is not written out where it is used, and what can
// be done.
type Elsewhere struct {
	Path    string   `json:"path"`
	Source  Source   `json:"source"` // where it stands
	Is      string   `json:"is"`     // what stands there
	From    []Origin `json:"from,omitempty"`
	Affects int      `json:"affects"` // places that a change at its origin reaches
	Choices []Choice `json:"choices"`
}

// Origin is a shared value that another one is made of.
type Origin struct {
	Name   string `json:"name"`
	Source Source `json:"source"`
}

// Choice is one way to go on: the same edit of Path, with here when that is set.
type Choice struct {
	Says string `json:"says"`
	Path string `json:"path"`
	Here bool   `json:"here"`
}

// Merge is a file that two authors changed. It holds text of the file, which who
// writes it may read.
type Merge struct {
	Tag    string     `json:"tag"`            // of the file as it is; empty: it is gone
	Clean  bool       `json:"clean"`          // both changes go together, as Text has them
	Text   string     `json:"text,omitempty"` // to be sent with Tag, once it was looked at
	Theirs string     `json:"theirs,omitempty"`
	Hunks  []Hunk     `json:"hunks,omitempty"` // where they do not
	By     string     `json:"by,omitempty"`
	At     *time.Time `json:"at,omitempty"`
}

// Hunk is a place of a file where two authors made different things of the same
// lines.
type Hunk struct {
	Line   int    `json:"line"`
	Base   string `json:"base"`
	Mine   string `json:"mine"`
	Theirs string `json:"theirs"`
}

// Files are the files of the configuration.
type Files struct {
	Revision string `json:"revision"`
	Files    []File `json:"files"`
}

// File is one of them.
type File struct {
	Path string `json:"path"`
	Size int    `json:"size"`
	Tag  string `json:"etag"`
}

// Rule is one rule, in the order in which they run.
type Rule struct {
	Name      string         `json:"name"`
	Enabled   bool           `json:"enabled"`
	BuiltIn   bool           `json:"builtin"`
	Source    Source         `json:"source"`
	Arguments map[string]any `json:"arguments"`
}

// Check are texts to look at: whole folders of them, or one in place of the saved
// one.
type Check struct {
	Files map[string]string `json:"files"` // all there are; nil: the saved ones
	Path  string            `json:"path"`
	Text  string            `json:"text"` // of Path
}

// Checked is what is wrong with texts.
type Checked struct {
	OK          bool         `json:"ok"`
	Errors      int          `json:"errors"`
	Warnings    int          `json:"warnings"`
	Diagnostics []Diagnostic `json:"diagnostics"`
	Text        string       `json:"text,omitempty"` // for a terminal
}

// Change is one saved change.
type Change struct {
	ID      string     `json:"id"`
	At      time.Time  `json:"at"`
	By      string     `json:"by"`
	Note    string     `json:"note,omitempty"`
	Title   string     `json:"title"`
	Effects []string   `json:"effects"`
	Files   []FileDiff `json:"files"`
	Secrets []string   `json:"secrets,omitempty"`
	Undoes  string     `json:"undoes,omitempty"`
	Commit  string     `json:"commit,omitempty"`
}
