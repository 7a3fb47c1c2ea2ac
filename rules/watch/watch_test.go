package watch

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// watched starts a watcher on a fresh folder with one file.
func watched(t *testing.T) (dir string, changed <-chan struct{}) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "conf")
	write(t, filepath.Join(dir, "tocsin.hcl"), "a = 1\n")
	return dir, watchFolder(t, dir)
}

func watchFolder(t *testing.T, dir string) <-chan struct{} {
	t.Helper()
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
	return w.Changed()
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

func TestASwappedLinkToTheFolderIsSeen(t *testing.T) {
	base := t.TempDir()
	for _, name := range []string{"one", "two"} {
		write(t, filepath.Join(base, "releases", name, "tocsin.hcl"), "a = 1\n")
	}
	link := filepath.Join(base, "conf")
	swap := func(name string) {
		t.Helper()
		if err := os.Symlink(filepath.Join("releases", name), link+".new"); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(link+".new", link); err != nil {
			t.Fatal(err)
		}
	}
	swap("one")
	changed := watchFolder(t, link)
	for _, change := range []func(){func() { swap("two") }, func() { write(t, filepath.Join(base, "releases", "two", "tocsin.hcl"), "a = 2\n") }} {
		change()
		select {
		case <-changed:
		case <-time.After(10 * time.Second):
			t.Fatal("the change was not seen")
		}
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
	w := &Watcher{root: "/c", target: "/c"}
	for name, want := range map[string]bool{
		"/c/tocsin.hcl": true, "/c/..data": true, "/c/conf.d": true,
		"/c/.tocsin.hcl.swp": false, "/c/tocsin.hcl~": false, "/c/4913.tmp": false, "/c/.git": false,
		"/c": true, "/neighbour": false,
	} {
		if got := w.concerns(name); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

func TestAGitCheckoutIsSeenWhenItIsDone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "conf")
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=t", "-c", "user.email=t@example.org"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	files := func(value string) {
		for i := range 50 {
			write(t, filepath.Join(dir, fmt.Sprintf("conf.d/%d.hcl", i)), "a = "+value+"\n")
		}
	}
	files("1")
	git("init", "-q", "-b", "one")
	git("add", "-A")
	git("commit", "-qm", "one")
	git("checkout", "-qb", "two")
	files("2")
	git("commit", "-qam", "two")
	git("checkout", "-q", "one")
	changed := watchFolder(t, dir)
	git("checkout", "-q", "two")
	select {
	case <-changed:
	case <-time.After(10 * time.Second):
		t.Fatal("the checkout was not seen")
	}
	for i := range 50 {
		if text, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("conf.d/%d.hcl", i))); err != nil || string(text) != "a = 2\n" {
			t.Errorf("file %d was told of with %q, %v", i, text, err)
		}
	}
}

// TestWithoutNoticesTheFolderIsPolled stands for a file system that gives none.
func TestWithoutNoticesTheFolderIsPolled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		name := filepath.Join(dir, "tocsin.hcl")
		write(t, name, "a = 1\n")
		w := &Watcher{root: dir, target: dir, log: slog.New(slog.DiscardHandler), changed: make(chan struct{}, 1)}
		w.picture = w.look()
		ctx, cancel := context.WithCancel(t.Context())
		go w.Run(ctx)
		told := func(within time.Duration) bool {
			time.Sleep(within)
			synctest.Wait()
			select {
			case <-w.Changed():
				return true
			default:
				return false
			}
		}
		if told(2 * poll) {
			t.Error("told without a change")
		}
		write(t, name, "a = 22\n")
		if !told(poll) {
			t.Error("another size was not seen by the next poll")
		}
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		write(t, name, "a = 33\n")
		if err := os.Chtimes(name, info.ModTime(), info.ModTime()); err != nil {
			t.Fatal(err)
		}
		if !told(anyway * poll) {
			t.Error("a change that keeps size and time is never looked at")
		}
		cancel()
		synctest.Wait()
	})
}
