package daemon

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/hcl/v2"

	"tocsin/api"
	"tocsin/builtin"
	"tocsin/channels/all"
	"tocsin/rules"
	"tocsin/rules/diag"
	"tocsin/rules/folder"
	"tocsin/sources/pve"
)

// running is one version of the configuration in use. It is immutable.
type running struct {
	config   *rules.Config
	door     api.Settings
	posts    *pve.Matcher // makes events of what Proxmox posts
	loaded   time.Time
	revision string // digest of its files and of what they read
	disk     disk
	masker   func() *strings.Replacer
	picture  func() *picture // what people and programs see of it; made when it is first asked for
}

// disk is what the files looked like when they were last read.
type disk struct {
	revision string
	diags    hcl.Diagnostics
	sources  map[string][]byte
	files    int   // of the user
	unread   error // the folder could not be read at all
}

// bad reports whether the files are not what is in use.
func (d *disk) bad() bool { return d.unread != nil || d.diags.HasErrors() }

// loader reads and compiles the configuration folder.
type loader struct {
	Options
	kinds all.Set
	cache *rules.Loader
	every bool   // service of the pack is read
	saved string // revision of the last good copy
	ask   bool   // whether programs and servers do what channels need: the daemon does not wait for them
}

// ErrConfig is returned when the configuration cannot be used and no last good
// version of it may take its place. Its diagnostics have been printed.
var ErrConfig = errors.New("the configuration cannot be used")

// read compiles the files as they are now. The version is nil when they have
// errors.
func (l *loader) read() (*running, *lastGood, disk) {
	f, err := folder.Open(l.Config, os.Getenv("CREDENTIALS_DIRECTORY"))
	if err != nil {
		return nil, nil, disk{unread: err, revision: "unread " + err.Error()}
	}
	defer f.Close()
	files, err := f.Files()
	if err == nil {
		err = l.addSilences(files)
	}
	if err != nil {
		return nil, nil, disk{unread: err, revision: "unread " + err.Error()}
	}
	return l.compile(files, f.ReadFile, f.Secret)
}

// silencesFile is where silences stand that were made by a command, in the data
// folder. It is read like any other file.
const silencesFile = "silences.hcl"

// addSilences adds the data folder's file of silences, if there is one.
func (l *loader) addSilences(files map[string][]byte) error {
	if l.Data == "" {
		return nil
	}
	path := filepath.Join(l.Data, silencesFile)
	src, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read silences: %w", err)
	}
	files[filepath.ToSlash(path)] = src
	return nil
}

// compile compiles files, whatever they come from, and notes what they read.
func (l *loader) compile(files map[string][]byte, readFile func(string) ([]byte, error), secret func(string) (string, error)) (*running, *lastGood, disk) {
	copied := &lastGood{Saved: time.Now(), Files: map[string]string{}, Read: map[string]string{}}
	seen := map[string]string{}
	for path, src := range files {
		copied.Files[path] = string(src)
		seen["file "+path] = string(src)
	}
	host, _ := os.Hostname()
	in := rules.Input{
		Pack: builtin.Files(), Files: files, Kinds: l.kinds.Kinds, Declared: l.kinds.Declared, EveryService: l.every, Host: host, Cluster: clusterName(), Zone: time.Local, Now: time.Now(), Ask: l.ask,
		Env: func(name string) (string, bool) {
			v, ok := os.LookupEnv(name)
			seen["env "+name] = v
			return v, ok
		},
		Secret: func(name string) (string, error) {
			v, err := secret(name)
			seen["secret "+name] = v
			return v, err
		},
		ReadFile: func(path string) ([]byte, error) {
			src, err := readFile(path)
			seen["read "+path] = string(src)
			if err == nil {
				copied.Read[path] = string(src)
			}
			return src, err
		},
	}
	config, diags := l.cache.Load(in)
	on := disk{revision: digest(seen), diags: diags, sources: in.Sources(), files: len(files)}
	if config == nil {
		return nil, nil, on
	}
	posts, _ := specs[*pve.Rule](config, "pve")
	v := &running{config: config, door: doorOf(&config.Settings), posts: pve.NewMatcher(posts), loaded: time.Now(), revision: on.revision, disk: on}
	maps.DeleteFunc(seen, func(name, _ string) bool { return strings.HasPrefix(name, "file ") }) // they are in the input, too
	v.picture = sync.OnceValue(func() *picture { return l.picture(in, seen, config) })
	v.masker = sync.OnceValue(func() *strings.Replacer { return newMasker(config) })
	return v, copied, on
}

// digest is the same for the same texts under the same names.
func digest(texts map[string]string) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		fmt.Fprintf(h, "%q %q\n", name, texts[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// start returns the version to start with: the files, or the last good version
// when they have errors.
func (l *loader) start() (*running, error) {
	v, good, on := l.read()
	if on.bad() {
		l.print(&on)
		if l.Strict {
			return nil, fmt.Errorf("%w, and --strict allows no earlier version of it: mend it and start again", ErrConfig)
		}
		return l.fallBack(on)
	}
	l.print(&on)
	l.keep(good, v.revision)
	return v, nil
}

// fallBack loads the last good version.
func (l *loader) fallBack(on disk) (*running, error) {
	good, err := loadLastGood(l.Data)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w, and the copy of an earlier version neither: %w: mend the configuration and start again", ErrConfig, err)
	case good == nil && errors.Is(on.unread, fs.ErrNotExist):
		return nil, fmt.Errorf("%w, and no earlier version of it is kept: tocsin init --config %s writes a first one", ErrConfig, l.Config)
	case good == nil:
		return nil, fmt.Errorf("%w, and no earlier version of it is kept: mend it and start again", ErrConfig)
	}
	v, _, saved := l.compile(good.sources(), good.read, l.secret)
	if v == nil {
		l.print(&saved)
		return nil, fmt.Errorf("%w, and the copy of an earlier version neither: mend the configuration and start again", ErrConfig)
	}
	v.loaded, v.disk = good.Saved, on
	l.saved = v.revision
	l.Log.Error("the configuration has errors: the last good one goes on", "saved", good.Saved.Format(time.RFC3339))
	return v, nil
}

// secret reads a secret of the folder as it is now: secrets are not copied.
func (l *loader) secret(name string) (string, error) {
	f, err := folder.Open(l.Config, os.Getenv("CREDENTIALS_DIRECTORY"))
	if err != nil {
		return "", err
	}
	defer f.Close()
	return f.Secret(name)
}

// keep copies a version that loaded into the data folder, if it is a new one.
func (l *loader) keep(good *lastGood, revision string) {
	if l.saved == revision {
		return
	}
	if err := good.save(l.Data); err != nil {
		l.Log.Warn("the configuration is not copied: if it is broken at the next start, the daemon stops", "err", err)
		return
	}
	l.saved = revision
}

// print shows diagnostics, if there are any.
func (l *loader) print(on *disk) {
	if on.unread != nil {
		l.Log.Error("the configuration is not readable", "err", on.unread)
	}
	if len(on.diags) > 0 {
		_, _ = io.WriteString(l.Err, on.text())
	}
}

// text is the diagnostics for people.
func (d *disk) text() string {
	if d.unread != nil {
		return "error: " + d.unread.Error() + "\n"
	}
	var b strings.Builder
	p := diag.Printer{Sources: d.sources, Files: d.files}
	_ = p.Print(&b, d.diags) // a strings.Builder takes everything
	return b.String()
}

// errors lists the errors, as file:line:col: text.
func (d *disk) errors() []string {
	if d.unread != nil {
		return []string{d.unread.Error()}
	}
	var list []string
	for _, g := range d.diags {
		if g.Severity != hcl.DiagError {
			continue
		}
		text := g.Summary
		if g.Subject != nil {
			text = fmt.Sprintf("%s:%d:%d: %s", g.Subject.Filename, g.Subject.Start.Line, g.Subject.Start.Column, g.Summary)
		}
		list = append(list, text)
	}
	return list
}
