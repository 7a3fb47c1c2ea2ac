package dispatch_test

import (
	"os"
	"testing"
)

// inMemory is a folder that costs no syncing, where there is one: tests of many
// transactions are not about the disk.
func inMemory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "tocsin-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
