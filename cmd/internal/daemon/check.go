package daemon

import (
	"errors"
	"io"
	"log/slog"

	"github.com/hashicorp/hcl/v2"

	"tocsin/rules"
	"tocsin/rules/diag"
	"tocsin/rules/folder"
)

// CheckOptions are what a check looks at and how it answers.
type CheckOptions struct {
	Config    string // folder
	Format    string // human or json
	Strict    bool   // warnings count
	NoSecrets bool   // every secret is taken as set
	Colour    bool
	Out       io.Writer
}

// Check compiles a configuration folder as the daemon would and prints what is
// wrong with it. It reports whether all is well; an error means that the folder
// could not be read. A missing secret is an error here, as nobody is there yet
// who would be silenced by it.
func Check(opts CheckOptions) (bool, error) {
	l := newLoader(Options{Out: io.Discard, Log: slog.New(slog.DiscardHandler)})
	f, err := folder.Open(opts.Config, "")
	if err != nil {
		return false, err
	}
	defer f.Close()
	files, err := f.Files()
	if err != nil {
		return false, err
	}
	secret := f.Secret
	if opts.NoSecrets {
		secret = func(string) (string, error) { return "", errors.New("not looked at") }
	}
	_, _, on := l.compile(files, f.ReadFile, secret)
	on.diags = judgeSecrets(on.diags, opts.NoSecrets)
	if opts.Format == "json" {
		err = diag.WriteJSON(opts.Out, on.diags, on.sources)
	} else {
		err = (&diag.Printer{Sources: on.sources, Files: on.files, Colour: opts.Colour}).Print(opts.Out, on.diags)
	}
	errs, warnings := diag.Count(on.diags)
	return errs == 0 && (!opts.Strict || warnings == 0), err
}

// judgeSecrets makes a missing secret an error, or leaves it out.
func judgeSecrets(diags hcl.Diagnostics, leaveOut bool) hcl.Diagnostics {
	var kept hcl.Diagnostics
	for _, d := range diags {
		if diag.ExtraOf(d).Code == rules.CodeSecretMissing {
			if leaveOut {
				continue
			}
			d.Severity = hcl.DiagError
		}
		kept = append(kept, d)
	}
	return kept
}
