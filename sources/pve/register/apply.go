package register

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"tocsin/sources/pve/notifications"
)

// Apply makes the change of a plan, whole or as far as one of its steps; after each of
// them the files are fine. What they say must still be what the plan was made over. It
// returns where the copies lie.
func (h *Host) Apply(ctx context.Context, p *Plan) (copies []string, err error) {
	if len(p.Changed()) == 0 {
		return nil, nil
	}
	err = h.locked(ctx, func() error {
		now, err := h.read()
		if err != nil {
			return err
		}
		if now.Public.Text != p.Before.Public.Text || now.Private.Text != p.Before.Private.Text {
			return &Refusal{Why: "the files were changed in the meantime", Do: "look at the new preview and decide again"}
		}
		if copies, err = h.keep(now, time.Now()); err != nil {
			return err
		}
		for _, s := range h.steps(p) {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := s(); err != nil {
				return fmt.Errorf("%w; copies of both files as they were lie in %s", err, h.Backups)
			}
		}
		return nil
	})
	return copies, err
}

// pair is a file before and after.
type pair struct{ before, after *notifications.File }

// pairs are the files in the order in which they are written: a target without its
// private section is an error in every notification, so that comes first and goes last.
func (p *Plan) pairs() []pair {
	list := []pair{{p.Before.Private, p.After.Private}, {p.Before.Public, p.After.Public}}
	if p.removes {
		slices.Reverse(list)
	}
	return list
}

// steps are the changes of the disk, one by one.
func (h *Host) steps(p *Plan) []func() error {
	list := []func() error{h.sweep}
	for _, f := range p.pairs() {
		if f.before.Text == f.after.Text {
			continue
		}
		name, text := f.after.Name, f.after.Text
		temporary := h.path(name) + ".tmp." + strconv.Itoa(os.Getpid())
		list = append(list,
			func() error { return h.write(name, temporary, text) },
			func() error { return h.rename(name, temporary) },
			func() error { return h.readBack(name, text) },
		)
	}
	return list
}

// write makes the new file beside the old one. The cluster's file system gives it its
// mode and owner by its place.
func (h *Host) write(name, temporary, text string) error {
	mode := fs.FileMode(0o640)
	if name == notifications.Private {
		mode = 0o600
	}
	if !h.Live { // a copy of the files may have no such folder
		if err := os.MkdirAll(filepath.Dir(temporary), 0o700); err != nil {
			return h.failed("write "+name, err)
		}
	}
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, mode)
	if err != nil {
		return h.failed("write "+name, err)
	}
	_, err = io.WriteString(file, text)
	err = errors.Join(err, file.Sync(), file.Close())
	if err != nil {
		os.Remove(temporary)
		return h.failed("write "+name, err)
	}
	return nil
}

func (h *Host) rename(name, temporary string) error {
	if err := os.Rename(temporary, h.path(name)); err != nil {
		os.Remove(temporary)
		return h.failed("replace "+name, err)
	}
	return nil
}

func (h *Host) readBack(name, want string) error {
	got, err := h.text(name)
	if err != nil {
		return err
	}
	if string(got) != want {
		return fmt.Errorf("%s is not what was written", name)
	}
	return nil
}

// sweep removes what a process left behind that was killed while it wrote: nobody else
// writes while the lock is held.
func (h *Host) sweep() error {
	for _, name := range [...]string{notifications.Public, notifications.Private} {
		folder, prefix := filepath.Split(h.path(name))
		left, err := startingWith(folder, prefix+".tmp.")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return h.failed("look for what was left of an earlier attempt", err)
		}
		for _, path := range left {
			pid, err := strconv.Atoi(strings.TrimPrefix(filepath.Base(path), prefix+".tmp."))
			if err != nil || pid <= 0 || pid != os.Getpid() && isRunning(pid) {
				continue
			}
			if err := os.Remove(path); err != nil {
				return h.failed("remove what was left of an earlier attempt", err)
			}
		}
	}
	return nil
}

// startingWith lists the files of a folder whose names begin so, sorted.
func startingWith(folder, prefix string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	var list []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) && e.Type().IsRegular() {
			list = append(list, filepath.Join(folder, e.Name()))
		}
	}
	return list, err
}

func isRunning(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
