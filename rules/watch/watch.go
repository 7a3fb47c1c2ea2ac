package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// The rhythm of looking.
const (
	rest     = 250 * time.Millisecond // without a notice, before a change is told
	longest  = 2 * time.Second        // from the first notice, when rest does not come
	poll     = 15 * time.Second       // between two looks at sizes and times
	anyway   = 20                     // polls after which a change is told without a sign of one
	gitLock  = 30 * time.Second       // longest wait for git to finish
	gitCheck = 250 * time.Millisecond // between two looks at git's lock
)

// Watcher watches one configuration folder.
type Watcher struct {
	root    string // as it was named: a link, perhaps
	target  string // the folder that it leads to now
	log     *slog.Logger
	notices *fsnotify.Watcher // nil where the system has none: polling is enough
	changed chan struct{}
	picture string // sizes and times at the last poll
}

// New returns a watcher of the folder at root. Run sets it off.
func New(root string, log *slog.Logger) (*Watcher, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("watch configuration: %w", err)
	}
	w := &Watcher{root: abs, log: log.With("component", "watch"), changed: make(chan struct{}, 1)}
	if w.target, err = filepath.EvalSymlinks(abs); err != nil {
		return nil, fmt.Errorf("watch configuration: %w", err)
	}
	if w.notices, err = fsnotify.NewWatcher(); err != nil {
		w.log.Warn("no change notices from the system: changes are seen within seconds", "err", err)
	}
	w.subscribe()
	w.picture = w.look()
	return w, nil
}

// Changed delivers when the folder may have changed.
func (w *Watcher) Changed() <-chan struct{} { return w.changed }

// Run watches until ctx ends.
func (w *Watcher) Run(ctx context.Context) {
	var notices <-chan fsnotify.Event
	var faults <-chan error
	if w.notices != nil {
		defer w.notices.Close()
		notices, faults = w.notices.Events, w.notices.Errors
	}
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for polls := 1; ; {
		select {
		case <-ctx.Done():
			return
		case n := <-notices:
			if w.concerns(n.Name) && w.settle(ctx) {
				w.tell()
			}
		case err := <-faults: // a full queue: something was missed
			if !errors.Is(err, fsnotify.ErrClosed) && w.settle(ctx) {
				w.tell()
			}
		case <-ticker.C:
			w.subscribe()
			if now := w.look(); now != w.picture || polls%anyway == 0 {
				w.tell()
			}
			polls++
		}
	}
}

// settle waits until nothing has happened for a moment and git is done.
func (w *Watcher) settle(ctx context.Context) bool {
	end := time.NewTimer(longest)
	defer end.Stop()
	quiet := time.NewTimer(rest)
	defer quiet.Stop()
	for waiting := true; waiting; {
		select {
		case <-ctx.Done():
			return false
		case <-w.notices.Events:
			quiet.Reset(rest)
		case <-quiet.C:
			waiting = false
		case <-end.C:
			waiting = false
		}
	}
	w.subscribe()
	return w.awaitGit(ctx)
}

// awaitGit waits while git is writing the work tree, but not for ever: a lock
// may be left behind.
func (w *Watcher) awaitGit(ctx context.Context) bool {
	lock := filepath.Join(w.target, ".git", "index.lock")
	deadline := time.NewTimer(gitLock)
	defer deadline.Stop()
	for {
		if _, err := os.Lstat(lock); err != nil {
			return true
		}
		again := time.NewTimer(gitCheck)
		select {
		case <-ctx.Done():
			again.Stop()
			return false
		case <-deadline.C:
			again.Stop()
			return true
		case <-again.C:
		}
	}
}

func (w *Watcher) tell() {
	w.picture = w.look()
	select {
	case w.changed <- struct{}{}:
	default: // told already, and not yet looked at
	}
}

// concerns leaves out names that editors and git write beside the files, and
// what stands beside the folder itself.
func (w *Watcher) concerns(name string) bool {
	within := strings.HasPrefix(name, w.target+string(filepath.Separator))
	if !within && name != w.root && name != w.target {
		return false
	}
	base := filepath.Base(name)
	if strings.HasSuffix(base, "~") || strings.HasSuffix(base, ".swp") || strings.HasSuffix(base, ".swx") || strings.HasSuffix(base, ".tmp") {
		return false
	}
	return !strings.HasPrefix(base, ".") || base == "..data" // a mounted ConfigMap swaps this link
}

// subscribe asks for notices of the folder, the folders below it and those in
// which it and a link to it stand; asking again for one that is watched costs
// nothing.
func (w *Watcher) subscribe() {
	if target, err := filepath.EvalSymlinks(w.root); err == nil {
		w.target = target
	}
	if w.notices == nil {
		return
	}
	for _, name := range []string{w.root, w.target} {
		_ = w.notices.Add(filepath.Dir(name)) // without it, a folder made anew is seen by polling
	}
	w.walk(func(path string, d fs.DirEntry) {
		if d.IsDir() {
			if err := w.notices.Add(path); err != nil {
				w.log.Debug("folder is not watched: it is polled", "folder", path, "err", err)
			}
		}
	})
}

// look is a picture of the folder's names, sizes and times.
func (w *Watcher) look() string {
	var b strings.Builder
	w.walk(func(path string, d fs.DirEntry) {
		if d.IsDir() || !strings.HasSuffix(path, ".hcl") {
			return
		}
		if info, err := os.Stat(path); err == nil { // of what a link points to
			fmt.Fprintf(&b, "%s %d %d\n", path, info.Size(), info.ModTime().UnixNano())
		}
	})
	return b.String()
}

func (w *Watcher) walk(visit func(path string, d fs.DirEntry)) {
	_ = filepath.WalkDir(w.target, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // unreadable or gone meanwhile: looked at again next time
		case d.IsDir() && path != w.target && (strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_")):
			return fs.SkipDir
		}
		visit(path, d)
		return nil
	})
}
