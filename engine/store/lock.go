package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// claimFolder makes the database's folder when it is missing and returns the lock that
// keeps a second daemon away. The lock is taken before anything else touches the
// file: closing a second descriptor of it would drop the locks that SQLite holds
// for this process.
func claimFolder(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the store's folder: %w", err)
	}
	return takeLock(path)
}

// makeFile makes the database's file when it is missing, for the owner's eyes
// only: the driver would make it readable for all.
func makeFile(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		return fmt.Errorf("open the store's file: %w", err)
	}
	return nil
}

// takeLock locks PATH.lock and writes the process id into it. The lock goes
// with the process, however that ends; the file stays, since removing it could
// remove the one that another daemon has just locked.
func takeLock(path string) (*os.File, error) {
	lock, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the store: %w", err)
	}
	if err := flock(lock); err != nil {
		defer lock.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("another tocsin (pid %s) already uses %s: stop it, or give this one a store of its own", holder(lock), path)
		}
		return nil, fmt.Errorf("lock the store: %w", err)
	}
	// For the message to a second daemon only, so a failure does not matter;
	// always as long as before, so that a full disk makes none.
	_, _ = fmt.Fprintf(lock, "%-10d\n", os.Getpid())
	return lock, nil
}

func flock(file *os.File) error {
	for {
		err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// holder returns the process id in a lock file, or "unknown" while its owner
// has not written it yet.
func holder(lock *os.File) string {
	text, err := io.ReadAll(io.LimitReader(lock, 32))
	line, _, _ := strings.Cut(string(text), "\n")
	pid, convErr := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || convErr != nil {
		return "unknown"
	}
	return strconv.Itoa(pid)
}

// The second line of a lock file, and where it begins: whatever stands in the
// database's place, it was one of tocsin once.
const (
	heldOurs   = "holds a database of tocsin\n"
	heldOursAt = 11
)

// noteOurs keeps in the lock file that the database is tocsin's. It matters only
// once the file is damaged beyond recognition, so a failure does not.
func noteOurs(lock *os.File) { _, _ = lock.WriteAt([]byte(heldOurs), heldOursAt) }

// wasOurs reports whether noteOurs was called in this life of the file or an
// earlier one.
func wasOurs(lock *os.File) bool {
	text := make([]byte, len(heldOurs))
	_, err := lock.ReadAt(text, heldOursAt)
	return err == nil && string(text) == heldOurs
}
