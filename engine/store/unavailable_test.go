package store

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"tocsin/engine"
	"tocsin/engine/event"
)

// bulky is a batch that needs new pages.
func bulky(n int) *engine.Batch {
	var b engine.Batch
	for i := range n {
		p := parcel("phone", fmt.Sprint("big", i), event.Info)
		p.Message.Body = strings.Repeat("x", 4000)
		b.Queued = append(b.Queued, p)
	}
	return &b
}

// wantUnavailable checks that err says, in words for people, that the store
// cannot keep anything because of the reason.
func wantUnavailable(t *testing.T, err error, reason, path string) {
	t.Helper()
	u, ok := errors.AsType[*Unavailable](err)
	if !ok {
		t.Fatalf("got %v, want an *Unavailable", err)
	}
	if !strings.Contains(u.Reason, reason) || !strings.Contains(u.Reason, path) || u.Do == "" || u.Err == nil {
		t.Errorf("got reason %q, remedy %q, cause %v; want a reason with %q and %s", u.Reason, u.Do, u.Err, reason, path)
	}
}

// checkRecovery asks for a failed commit that left nothing, reads that go on,
// and a commit that works once the cause is gone.
func checkRecovery(t *testing.T, s *Store, reason string, fail func(), repair func()) {
	t.Helper()
	keep(t, s, batchOfEverything())
	want := snapshot(t, s)
	fail()
	wantUnavailable(t, s.Commit(t.Context(), bulky(200)), reason, s.path)
	s.kept.Store(nil) // as if it were longer ago
	if diff := cmp.Diff(want, snapshot(t, s)); diff != "" {
		t.Errorf("after the failed commit (-want +got):\n%s", diff)
	}
	repair()
	keep(t, s, bulky(200))
	if err := s.Check(t.Context()); err != nil {
		t.Errorf("check after the repair: %v", err)
	}
	if got := len(snapshot(t, s).Outbox); got != len(want.Outbox)+200 {
		t.Errorf("the outbox has %d parcels, want %d", got, len(want.Outbox)+200)
	}
}

func TestDatabaseFull(t *testing.T) {
	s := openTemp(t)
	limit := func(pages string) {
		if _, err := s.writer.conn.ExecContext(t.Context(), "PRAGMA max_page_count = "+pages); err != nil {
			t.Fatal(err)
		}
	}
	checkRecovery(t, s, "is full", func() { limit("1") }, func() { limit("1000000") })
}

// TestDiskFull fills a small file system of its own.
func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("this test mounts a small file system, which takes root: %v", err)
	}
	defer unix.Unmount(dir, unix.MNT_DETACH)
	s := openAt(t, filepath.Join(dir, "t.db"))
	defer s.Close()
	ballast := filepath.Join(dir, "ballast")
	fill := func() {
		file, err := os.Create(ballast)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		for err == nil {
			_, err = file.Write(make([]byte, 4096))
		}
		if !errors.Is(err, unix.ENOSPC) {
			t.Fatal(err)
		}
	}
	free := func() {
		if err := errors.Join(os.Remove(ballast), unix.Mount("tmpfs", dir, "tmpfs", unix.MS_REMOUNT, "size=32m")); err != nil {
			t.Fatal(err)
		}
	}
	checkRecovery(t, s, "is full", fill, free)
}

func TestReadOnlyDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=32m"); err != nil {
		t.Skipf("this test mounts a file system, which takes root: %v", err)
	}
	defer unix.Unmount(dir, unix.MNT_DETACH)
	path := filepath.Join(dir, "t.db")
	s := openAt(t, path)
	keep(t, s, batchOfEverything())
	s.Close()
	remount := func(flags uintptr) {
		if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_REMOUNT|flags, ""); err != nil {
			t.Fatal(err)
		}
	}
	remount(unix.MS_RDONLY)
	_, err := Open(t.Context(), "sqlite:"+path)
	if err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("open on a read-only disk: %v", err)
	}
	remount(0)
	s = openAt(t, path)
	defer s.Close()
	keep(t, s, batchOfEverything())
}

// TestReadOnlyDatabase: a handle that may not write is opened anew.
func TestReadOnlyDatabase(t *testing.T) {
	s := openTemp(t)
	checkRecovery(t, s, "is read-only", func() {
		if _, err := s.writer.conn.ExecContext(t.Context(), "PRAGMA query_only = 1"); err != nil {
			t.Fatal(err)
		}
	}, func() {})
}

// TestLockedDatabase waits five seconds of virtual time.
func TestLockedDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openTemp(t)
		shell, err := connect(s.path, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer shell.Close()
		other, err := shell.Connx(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		run := func(query string) {
			if _, err := other.ExecContext(t.Context(), query); err != nil {
				t.Fatal(err)
			}
		}
		checkRecovery(t, s, "locked", func() { run("BEGIN IMMEDIATE") }, func() { run("ROLLBACK") })
	})
}

// TestDiskError limits the size of files in a child process, which makes
// writing fail as a bad disk does.
func TestDiskError(t *testing.T) {
	if os.Getenv(childTask) != "disk error" {
		runChild(t, "disk error")
		return
	}
	signal.Ignore(unix.SIGXFSZ)
	s := openTemp(t)
	limit := func(bytes uint64) {
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}); err != nil {
			t.Fatal(err)
		}
	}
	before := s.writer.conn
	checkRecovery(t, s, "reported an error", func() { limit(128 << 10) }, func() { limit(unix.RLIM_INFINITY) })
	if s.writer.conn == before {
		t.Error("the connection that failed is still in use")
	}
}

func TestCheckWritesAtMostOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openTemp(t)
		for range 10 {
			if err := s.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		var written int
		if err := s.readers.Get(&written, "SELECT written FROM probe"); err != nil || written != 1 {
			t.Errorf("written %d times, %v; want once", written, err)
		}
	})
}
