package daemon

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// lockName is the file in the data folder that keeps a second daemon away. The
// store has a lock of its own, but may stand elsewhere: this one guards the
// socket and the last good configuration.
const lockName = "daemon.lock"

// claimData locks the data folder and notes the process id for whoever comes
// second. The lock goes with the process, however that ends; the file stays.
func claimData(data string) (*os.File, error) {
	lock, err := os.OpenFile(filepath.Join(data, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	err = unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	for errors.Is(err, unix.EINTR) {
		err = unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	}
	if err != nil {
		defer lock.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("another tocsin (pid %s) already uses %s: stop it, or give this one a folder of its own with --data", holder(lock), data)
		}
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	// Always as long as before, so that a full disk makes no difference.
	_, _ = fmt.Fprintf(lock, "%-10d\n", os.Getpid())
	return lock, nil
}

func holder(lock *os.File) string {
	text, err := io.ReadAll(io.LimitReader(lock, 32))
	if pid := strings.TrimSpace(string(text)); err == nil && pid != "" {
		return pid
	}
	return "unknown"
}
