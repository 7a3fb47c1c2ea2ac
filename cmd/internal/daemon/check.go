package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"tocsin/rules"
	"tocsin/rules/diag"
)

// CheckOptions are what a check looks at and how it answers.
type CheckOptions struct {
	Config    string // folder
	Data      string // folder whose messages wait for channels; empty: none
	Format    string // one of CheckFormats
	Strict    bool   // warnings count
	NoSecrets bool   // every secret is taken as set
	Colour    bool
	Version   string
	Out       io.Writer
}

// CheckFormats lists the forms in which diagnostics are written.
func CheckFormats() []string { return []string{"human", "json", "github", "sarif"} }

// Check compiles a configuration folder as the daemon would and prints what is
// wrong with it. It reports whether all is well; an error means that the folder
// could not be read. A missing secret is an error here, as nobody is there yet
// who would be silenced by it. Messages that wait for a channel which the folder
// no longer has are warnings.
func Check(ctx context.Context, opts CheckOptions) (bool, error) {
	if !slices.Contains(CheckFormats(), opts.Format) {
		return false, fmt.Errorf("unknown format %q: use human, json, github or sarif", opts.Format)
	}
	o, err := Compile(opts.Config, "", !opts.NoSecrets)
	if err != nil {
		return false, err
	}
	o.TellWaiting(ctx, opts.Data)
	locate := o.locator(opts.Config)
	switch opts.Format {
	case "json":
		err = diag.WriteJSON(opts.Out, o.Diags, o.Sources)
	case "github":
		err = diag.WriteGitHub(opts.Out, o.Diags, o.Sources, locate)
	case "sarif":
		err = diag.WriteSARIF(opts.Out, o.Diags, o.Sources, locate, opts.Version)
	default:
		err = o.Print(opts.Out, opts.Colour)
	}
	errs, warnings := diag.Count(o.Diags)
	return errs == 0 && (!opts.Strict || warnings == 0), err
}

// locator tells where the files of a folder are, as seen from the working
// directory: that is how services that show findings beside the lines know them.
// A file of the built-in pack keeps its name, as it is nowhere.
func (o *Offline) locator(dir string) func(file string) string {
	if filepath.IsAbs(dir) {
		if here, err := os.Getwd(); err == nil {
			if rel, err := filepath.Rel(here, dir); err == nil && filepath.IsLocal(rel) {
				dir = rel
			}
		}
	}
	return func(file string) string {
		if _, own := o.Texts[file]; own {
			return diag.InFolder(filepath.ToSlash(dir), file)
		}
		return file
	}
}

// Mask returns files with the literal secrets in them replaced, as far as they
// tell of themselves what is one.
func Mask(files map[string][]byte) map[string][]byte {
	l := newLoader(Options{Out: io.Discard, Log: slog.New(slog.DiscardHandler)})
	none := func(string) ([]byte, error) { return nil, errors.New("not looked at") }
	secret := func(string) (string, error) { return "", errors.New("not looked at") }
	return l.offline(files, none, secret, false).Masked()
}

// judgeSecrets makes it an error that a channel lacks a secret or something of this
// host, or leaves it out: the files are right all the same.
func judgeSecrets(diags hcl.Diagnostics, leaveOut bool) hcl.Diagnostics {
	var kept hcl.Diagnostics
	for _, d := range diags {
		if code := diag.ExtraOf(d).Code; code == rules.CodeSecretMissing || code == rules.CodeNotReady {
			if leaveOut {
				continue
			}
			d.Severity = hcl.DiagError
		}
		kept = append(kept, d)
	}
	return kept
}
