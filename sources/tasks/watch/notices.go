package watch

import (
	"log/slog"
	"path/filepath"

	"github.com/fsnotify/fsnotify"
)

// notices tell what appears in the folder of tasks and in those of the logs. They
// only make looks come sooner: what they miss, the next look sees. A nil one never
// tells anything.
type notices struct {
	watcher *fsnotify.Watcher
	dir     string
	told    chan string
	done    chan struct{}
	on      bool // the folder is watched
}

func newNotices(dir string, log *slog.Logger) *notices {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		log.Warn("no change notices from the system: tasks are seen within seconds", "err", err)
		return nil
	}
	n := &notices{watcher: w, dir: dir, told: make(chan string, 64), done: make(chan struct{})}
	go n.run()
	return n
}

// run passes on what appears or is written, until the watcher is closed. Logs are
// written all the time, so of them only the new ones count.
func (n *notices) run() {
	defer close(n.told)
	for {
		select {
		case e, ok := <-n.watcher.Events:
			if !ok {
				return
			}
			list := filepath.Dir(e.Name) == filepath.Clean(n.dir) && e.Has(fsnotify.Write)
			if !e.Has(fsnotify.Create) && !list {
				continue
			}
			select {
			case n.told <- e.Name:
			case <-n.done:
				return
			}
		case _, ok := <-n.watcher.Errors: // something was missed, which the next look sees
			if !ok {
				return
			}
		}
	}
}

// subscribe watches the folder and those of the logs, which may appear later.
func (n *notices) subscribe() {
	if n == nil || n.on && len(n.watcher.WatchList()) == 17 {
		return
	}
	n.on = n.watcher.Add(n.dir) == nil
	for _, digit := range "0123456789ABCDEF" {
		_ = n.watcher.Add(filepath.Join(n.dir, string(digit))) // it is not there before the first task of its digit
	}
}

func (n *notices) names() <-chan string {
	if n == nil {
		return nil
	}
	return n.told
}

func (n *notices) close() {
	if n == nil {
		return
	}
	select {
	case <-n.done:
	default:
		close(n.done)
		n.watcher.Close()
	}
}
