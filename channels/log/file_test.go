package log

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tocsin/channels"
	"tocsin/engine/event"
)

func TestPaths(t *testing.T) {
	for path, want := range map[string]string{
		"out.log": "whole path", "./out.log": "whole path", "/var/log/": "name a file", "/var/log/a\nb": "control character",
	} {
		_, err := Kind(io.Discard).New(channels.Values{"path": path})
		e, ok := errors.AsType[*channels.FieldError](err)
		if !ok || e.Field != "path" || !strings.Contains(e.Detail, want) {
			t.Errorf("%q: got %v, want an error with %q", path, err, want)
		}
	}
}

func TestFaultsOfFiles(t *testing.T) {
	folder := t.TempDir()
	pipe := filepath.Join(folder, "pipe")
	loop := filepath.Join(folder, "loop")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o600), os.Symlink(loop, loop), os.WriteFile(filepath.Join(folder, "file"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]struct {
		class event.Class
		code  string
	}{
		"/dev/full":                           {event.Temporary, "disk_full"},
		filepath.Join(folder, "missing", "x"): {event.Target, "no_folder"},
		filepath.Join(folder, "file", "x"):    {event.Target, "no_folder"},
		folder:                                {event.Target, "is_folder"},
		loop:                                  {event.Target, "bad_path"},
		pipe:                                  {event.Temporary, "write"},
		"/" + strings.Repeat("x", 300):        {event.Target, "bad_path"},
	} {
		_, err := newChannel(t, io.Discard, path).Send(t.Context(), sample())
		e, ok := errors.AsType[*event.SendError](err)
		if !ok || e.Class != want.class || e.Code != want.code || !strings.Contains(e.Why, path) || e.Do == "" || e.Maybe {
			t.Errorf("%.60s: got %#v, want %s %s", path, err, want.class, want.code)
		}
	}
	for err, want := range map[error]string{
		syscall.EDQUOT: "disk_full", syscall.EROFS: "read_only", syscall.EACCES: "permission", syscall.EPERM: "permission",
		syscall.EIO: "write", io.ErrShortWrite: "write",
	} {
		e := fault("/x", &fs.PathError{Op: "write", Path: "/x", Err: err})
		if e.Code != want || (e.Class == event.Temporary) != (want == "disk_full" || want == "write") {
			t.Errorf("%v: got %#v", err, e)
		}
	}
}

// A block that a full disk takes only half of is taken back. The limit on the
// size of files stands for the disk; it holds for a process, so the test runs
// itself as another one.
func TestHalfWrittenBlockIsTakenBack(t *testing.T) {
	const variable = "TOCSIN_TEST_LIMITED_FILE"
	if path := os.Getenv(variable); path != "" {
		limited(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "messages.log")
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHalfWrittenBlockIsTakenBack$")
	child.Env = append(os.Environ(), variable+"="+path)
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got := read(t, path); got != block(sample()) {
		t.Errorf("the file holds %q", got)
	}
}

func limited(t *testing.T, path string) {
	signal.Ignore(syscall.SIGXFSZ)
	size := uint64(len(block(sample())))
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Skip(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size + size/2, Max: old.Max}); err != nil {
		t.Skip(err)
	}
	defer syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old) // the test itself writes files when it ends
	c := newChannel(t, io.Discard, path)
	if _, err := c.Send(t.Context(), sample()); err != nil {
		t.Fatal(err)
	}
	_, err := c.Send(t.Context(), sample())
	if e := event.AsSendError(err); e.Code != "file_full" || e.Class != event.Target || e.Maybe {
		t.Errorf("got %#v", err)
	}
}
