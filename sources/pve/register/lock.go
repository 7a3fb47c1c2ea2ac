package register

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// lockTime is how long a lock is waited for, as long as Proxmox VE does.
const lockTime = 10 * time.Second

// lockFolders are what Proxmox VE locks the two files with, in its order.
func (h *Host) lockFolders() [2]string {
	return [...]string{h.path("priv/lock/file-notifications_cfg"), h.path("priv/lock/file-priv_notifications_cfg")}
}

// locked runs do while nobody else changes the files.
func (h *Host) locked(ctx context.Context, do func() error) error {
	ctx, cancel := context.WithTimeout(ctx, lockTime)
	defer cancel()
	if parent := filepath.Dir(h.lockFolders()[0]); !h.Live { // a copy of the files may have no such folder
		if err := os.MkdirAll(parent, 0o700); err != nil {
			return h.failed("make the folder for locks", err)
		}
		defer os.Remove(parent) // unless something is in it
	}
	for _, folder := range h.lockFolders() {
		if err := h.take(ctx, folder); err != nil {
			return err
		}
		defer os.Remove(folder)
	}
	return do()
}

// take makes the folder that is a lock. Setting its times to zero asks the cluster's
// file system to give a stale one free.
func (h *Host) take(ctx context.Context, folder string) error {
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := os.Mkdir(folder, 0o700)
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, fs.ErrExist):
			return h.failed("lock the files", err)
		}
		_ = os.Chtimes(folder, time.Unix(0, 0), time.Unix(0, 0)) // refused: somebody holds it rightly
		select {
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.Canceled) {
				return ctx.Err()
			}
			return &Refusal{Why: "the files are locked: somebody else is changing them (" + folder + ")", Do: "run it again in two minutes, when a lock that nobody holds is gone"}
		case <-time.After(pause):
		}
	}
}
