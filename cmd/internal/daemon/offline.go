package daemon

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"time"

	"github.com/hashicorp/hcl/v2"

	"tocsin/rules"
	"tocsin/rules/diag"
	"tocsin/rules/folder"
)

// Offline is a configuration folder that was compiled without a daemon.
type Offline struct {
	Config  *rules.Config // nil when the files have errors
	Diags   hcl.Diagnostics
	Notes   []string // what else a person may want to know
	Sources map[string][]byte
	Files   int               // of the user
	Texts   map[string][]byte // these files, by path
	hidden  []hcl.Range
}

// Compile compiles a configuration folder as the daemon would, with the
// silences of the data folder, if one is named. Without secrets every one is
// taken as set. An error means that the folder could not be read.
func Compile(dir, data string, secrets bool) (*Offline, error) {
	l := newLoader(Options{Data: data, Out: io.Discard, Log: slog.New(slog.DiscardHandler)})
	l.ask = secrets // else what it finds is left out
	return l.folder(dir, secrets)
}

// CompileEvery is Compile without secrets and with every service of the pack, also
// those that the folder does not use.
func CompileEvery(dir, data string) (*Offline, error) {
	l := newLoader(Options{Data: data, Out: io.Discard, Log: slog.New(slog.DiscardHandler)})
	l.every = true
	return l.folder(dir, false)
}

// CompilePack is CompileEvery where there is no folder.
func CompilePack() *Offline {
	l := newLoader(Options{Out: io.Discard, Log: slog.New(slog.DiscardHandler)})
	l.every = true
	return l.offline(nil, noFile, oneOf(nil, nil), false)
}

func noFile(name string) ([]byte, error) { return nil, fmt.Errorf("%s does not exist", name) }

// CompileWith is Compile of a folder as it would be with further files and secrets;
// secrets that are nowhere are taken as set. The folder need not exist.
func CompileWith(dir string, add map[string][]byte, secrets map[string]string) (*Offline, error) {
	l := newLoader(Options{Out: io.Discard, Log: slog.New(slog.DiscardHandler)})
	f, err := folder.Open(dir, "")
	if errors.Is(err, fs.ErrNotExist) {
		return l.offline(add, noFile, oneOf(secrets, nil), false), nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	files, err := f.Files()
	if err != nil {
		return nil, err
	}
	maps.Copy(files, add)
	return l.offline(files, f.ReadFile, oneOf(secrets, f.Secret), false), nil
}

// oneOf looks a secret up among some, and then elsewhere.
func oneOf(secrets map[string]string, elsewhere func(string) (string, error)) func(string) (string, error) {
	return func(name string) (string, error) {
		if value, ok := secrets[name]; ok {
			return value, nil
		}
		if elsewhere == nil {
			return "", fmt.Errorf("secret %q is not set", name)
		}
		return elsewhere(name)
	}
}

func (l *loader) folder(dir string, secrets bool) (*Offline, error) {
	f, err := folder.Open(dir, "")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: name another with --config, or have a first one written by tocsin init", err)
	}
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
	o := l.offline(files, f.ReadFile, secret, secrets)
	l.findStore(o, files, f.ReadFile, f.Secret)
	return o, nil
}

// findStore reads the secrets that the address of the store needs, whatever else
// is done without: what is kept is to be found.
func (l *loader) findStore(o *Offline, files map[string][]byte, read func(string) ([]byte, error), secret func(string) (string, error)) {
	if o.Config == nil || o.Config.Settings.Store.Held == "" {
		return
	}
	if v, _, _ := l.compile(files, read, secret); v != nil {
		o.Config.Settings.Store = v.config.Settings.Store
	}
}

// CompileRunning compiles the configuration that the daemon of a data folder
// runs, or ran last: the copy of the last good one. It is nil when there is none.
// Secrets are not copied: the one that the store may need is in the folder dir.
func CompileRunning(data, dir string) (o *Offline, since time.Time, err error) {
	good, err := loadLastGood(data)
	if good == nil || err != nil {
		return nil, since, err
	}
	l := newLoader(Options{Data: data, Out: io.Discard, Log: slog.New(slog.DiscardHandler)})
	secret := func(name string) (string, error) {
		return "", fmt.Errorf("secret %q is looked for in the configuration folder: name it with --config", name)
	}
	o = l.offline(good.sources(), good.read, secret, false)
	if f, err := folder.Open(dir, ""); err == nil {
		defer f.Close()
		l.findStore(o, good.sources(), good.read, f.Secret)
	}
	return o, good.Saved, nil
}

// offline compiles files, whatever they come from.
func (l *loader) offline(files map[string][]byte, read func(string) ([]byte, error), secret func(string) (string, error), secrets bool) *Offline {
	v, _, on := l.compile(files, read, secret)
	o := &Offline{Diags: judgeSecrets(on.diags, !secrets), Sources: on.sources, Files: on.files, Texts: files}
	if v != nil {
		o.Config = v.config
	}
	o.hidden = rules.HiddenBy(o.Config, on.diags)
	return o
}

// Masked returns the files of the user with their literal secrets replaced.
func (o *Offline) Masked() map[string][]byte { return rules.Mask(o.Texts, o.hidden) }

// Print writes the diagnostics and the notes for people.
func (o *Offline) Print(w io.Writer, colour bool) error {
	err := (&diag.Printer{Sources: o.Sources, Files: o.Files, Colour: colour}).Print(w, o.Diags)
	for _, note := range o.Notes {
		if err == nil {
			_, err = fmt.Fprintf(w, "note: %s\n", note)
		}
	}
	return err
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
	return nil, errors.New("the configuration does not load: mend what is shown first")
}
