package tail

import (
	"log/slog"

	"github.com/fsnotify/fsnotify"
)

// notices tell that something was written to a file. They only make looks come
// sooner: what they miss, the next look sees. The files are watched and not their
// folders, as in /var/log everybody writes. A nil one never tells anything.
type notices struct {
	watcher *fsnotify.Watcher
	told    chan struct{}
}

func newNotices(log *slog.Logger) *notices {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		log.Warn("no change notices from the system: log files are seen within seconds", "err", err)
		return nil
	}
	n := &notices{watcher: w, told: make(chan struct{}, 1)}
	go n.run()
	return n
}

// run passes on that something happened, until the watcher is closed.
func (n *notices) run() {
	for {
		select {
		case _, ok := <-n.watcher.Events:
			if !ok {
				return
			}
		case _, ok := <-n.watcher.Errors: // something was missed
			if !ok {
				return
			}
		}
		select {
		case n.told <- struct{}{}:
		default: // it is known already
		}
	}
}

// watch watches the file that has a name now.
func (n *notices) watch(path string) {
	if n == nil {
		return
	}
	_ = n.watcher.Remove(path) // the file that had it before
	_ = n.watcher.Add(path)    // or it is looked at now and then
}

func (n *notices) some() <-chan struct{} {
	if n == nil {
		return nil
	}
	return n.told
}

func (n *notices) close() {
	if n != nil {
		n.watcher.Close()
	}
}
