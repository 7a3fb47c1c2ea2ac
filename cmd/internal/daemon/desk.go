package daemon

import (
	"errors"
	"io"
	"log/slog"
	"maps"
	"os"

	"tocsin/builtin"
	"tocsin/rules/folder"
	"tocsin/rules/save"
)

// NewDesk returns what plans and saves edits of a configuration folder, with or
// without a daemon that runs from it. readOnly says why nothing may be saved;
// empty: the files say.
func NewDesk(config, data, readOnly string) *save.Desk {
	l := newLoader(Options{Config: config, Data: data, Out: io.Discard, Log: slog.New(slog.DiscardHandler)})
	return save.New(save.Options{
		Config: config, Data: data, Pack: builtin.Files(), Load: l.unsaved, ReadOnly: readOnly, Credentials: os.Getenv("CREDENTIALS_DIRECTORY"),
	})
}

// version compiles files as they are; nil: they have errors.
func (l *loader) version(files map[string][]byte) *running {
	v, _ := l.compiled(files, nil)
	return v
}

// unsaved compiles files as they would be, with secrets as they would be.
func (l *loader) unsaved(files map[string][]byte, secrets map[string]string) save.Loaded {
	v, on := l.compiled(files, secrets)
	out := save.Loaded{Diags: on.diags, Sources: on.sources}
	if v != nil {
		out.Config = v.config
	}
	return out
}

func (l *loader) compiled(files map[string][]byte, secrets map[string]string) (*running, disk) {
	files = maps.Clone(files)
	if files == nil {
		files = map[string][]byte{}
	}
	read := func(string) ([]byte, error) { return nil, errors.New("the configuration folder cannot be opened") }
	secret := func(string) (string, error) { return "", errors.New("the configuration folder cannot be opened") }
	if f, err := folder.Open(l.Config, os.Getenv("CREDENTIALS_DIRECTORY")); err == nil {
		defer f.Close()
		read, secret = f.ReadFile, f.Secret
	}
	_ = l.addSilences(files) // that they cannot be read is told where they count
	v, _, on := l.compile(files, read, func(name string) (string, error) {
		if value, ok := secrets[name]; ok {
			return value, nil
		}
		return secret(name)
	})
	return v, on
}
