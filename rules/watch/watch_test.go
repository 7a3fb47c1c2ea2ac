package watch

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// watched starts a watcher on a fresh folder with one file.
func watched(t *testing.T) (dir string, changed <-chan struct{}) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "conf")
	write(t, filepath.Join(dir, "tocsin.hcl"), "a = 1\n")
	w, err := New(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return dir, w.Changed()
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestEveryWayToChangeAFolderIsSeen(t *testing.T) {
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, change := range map[string]func(t *testing.T, dir string){
		"write in place": func(t *testing.T, dir string) { write(t, filepath.Join(dir, "tocsin.hcl"), "a = 2\n") },
		"atomic save": func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, ".new"), "a = 2\n")
			must(t, os.Rename(filepath.Join(dir, ".new"), filepath.Join(dir, "tocsin.hcl")))
		},
		"new file":   func(t *testing.T, dir string) { write(t, filepath.Join(dir, "more.hcl"), "b = 1\n") },
		"new folder": func(t *testing.T, dir string) { write(t, filepath.Join(dir, "conf.d", "x.hcl"), "b = 1\n") },
		"removed":    func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, "tocsin.hcl"))) },
		"made anew": func(t *testing.T, dir string) {
			must(t, os.RemoveAll(dir))
			write(t, filepath.Join(dir, "tocsin.hcl"), "a = 2\n")
		},
		"swapped link": func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "..v2", "m.hcl"), "a = 2\n")
			must(t, os.Symlink("..v2", filepath.Join(dir, "..data_tmp")))
			must(t, os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, changed := watched(t)
			change(t, dir)
			select {
			case <-changed:
			case <-time.After(10 * time.Second):
				t.Fatal("the change was not seen")
			}
		})
	}
}

func TestGitIsWaitedFor(t *testing.T) {
	dir, changed := watched(t)
	lock := filepath.Join(dir, ".git", "index.lock")
	write(t, lock, "")
	write(t, filepath.Join(dir, "tocsin.hcl"), "a = 2\n")
	select {
	case <-changed:
		t.Fatal("told while git was writing")
	case <-time.After(longest + 3*gitCheck):
	}
	if err := os.Remove(lock); err != nil {
		t.Fatal(err)
	}
	select {
	case <-changed:
	case <-time.After(10 * time.Second):
		t.Fatal("the change was not seen after git ended")
	}
}

func TestWhatEditorsWriteBesideIsNoChange(t *testing.T) {
	w := &Watcher{}
	for name, want := range map[string]bool{
		"/c/tocsin.hcl": true, "/c/..data": true, "/c/conf.d": true,
		"/c/.tocsin.hcl.swp": false, "/c/tocsin.hcl~": false, "/c/4913.tmp": false, "/c/.git": false,
	} {
		if got := w.concerns(name); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}
