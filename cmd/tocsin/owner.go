package main

import (
	"errors"
	"os"
	"syscall"
)

// keepOwner gives a file the owner of another one. Who may not do that leaves
// it as it is.
func keepOwner(f *os.File, like os.FileInfo) error {
	stat, ok := like.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	if err := f.Chown(int(stat.Uid), int(stat.Gid)); err != nil && !errors.Is(err, os.ErrPermission) {
		return err
	}
	return nil
}
