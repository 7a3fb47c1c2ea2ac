package daemon

import (
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/hashicorp/hcl/v2"

	"tocsin/rules"
	"tocsin/rules/diag"
	"tocsin/rules/folder"
)

// Offline is a configuration folder that was compiled without a daemon.
type Offline struct {
	Config  *rules.Config // nil when the files have errors
	Diags   hcl.Diagnostics
	Sources map[string][]byte
	Files   int // of the user
}

// Compile compiles a configuration folder as the daemon would, with the
// silences of the data folder, if one is named. Without secrets every one is
// taken as set. An error means that the folder could not be read.
func Compile(dir, data string, secrets bool) (*Offline, error) {
	l := newLoader(Options{Data: data, Out: io.Discard, Log: slog.New(slog.DiscardHandler)})
	f, err := folder.Open(dir, "")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	files, err := f.Files()
	if err == nil {
		err = l.addSilences(files)
	}
	if err != nil {
		return nil, err
	}
	secret := f.Secret
	if !secrets {
		secret = func(string) (string, error) { return "", errors.New("not looked at") }
	}
	v, _, on := l.compile(files, f.ReadFile, secret)
	o := &Offline{Diags: judgeSecrets(on.diags, !secrets), Sources: on.sources, Files: on.files}
	if v != nil {
		o.Config = v.config
	}
	return o, nil
}

// Print writes the diagnostics for people.
func (o *Offline) Print(w io.Writer, colour bool) error {
	return (&diag.Printer{Sources: o.Sources, Files: o.Files, Colour: colour}).Print(w, o.Diags)
}

// Usable returns the configuration, or prints what is wrong with it and returns
// an error.
func (o *Offline) Usable(w io.Writer, colour bool) (*rules.Config, error) {
	if o.Config != nil {
		return o.Config, nil
	}
	if err := o.Print(w, colour); err != nil {
		return nil, err
	}
	errs, _ := diag.Count(o.Diags)
	return nil, fmt.Errorf("the configuration does not load: it has %d errors", errs)
}
