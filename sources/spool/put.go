package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// ErrFull is returned when the spool holds as much as it may.
var ErrFull = errors.New("the spool is full: start the daemon, which empties it")

// ErrNone is returned for a data folder in which no daemon has run yet.
var ErrNone = errors.New("no daemon has run with this data folder, so none would find the event")

// Put keeps an event for the daemon of a data folder, under its id. The text is an
// event as the API's send takes it, with that id. When it returns nil, the event is
// on the disk.
func Put(data, id string, text []byte) error {
	if !eventID.MatchString(id) {
		return fmt.Errorf("%q is no id of an event", id)
	}
	if len(text) > maxFile {
		return fmt.Errorf("the event is larger than %d bytes: leave out what is not needed", maxFile)
	}
	root, err := open(data)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNone
	}
	if err != nil {
		return err
	}
	defer root.Close()
	if err := room(root, int64(len(text))); err != nil {
		return err
	}
	return write(root, id, text)
}

// room fails when there is none for so many bytes more. Senders that come at the
// same moment may exceed the bound by what they bring.
func room(root *os.Root, more int64) error {
	list, err := names(root, ".", maxFiles+2)
	if err != nil {
		return err
	}
	if len(list) > maxFiles {
		return ErrFull
	}
	for _, name := range list {
		if info, err := root.Lstat(name); err == nil && info.Mode().IsRegular() {
			more += info.Size()
		}
	}
	if more > maxBytes {
		return ErrFull
	}
	return nil
}

// write writes the event beside its name and renames it, so that the daemon never
// meets a part of it.
func write(root *os.Root, id string, text []byte) error {
	fresh := "." + id
	f, err := root.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer root.Remove(fresh) // gone when it was renamed
	_, err = f.Write(text)
	if err == nil {
		err = share(root, f)
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := root.Rename(fresh, id+suffix); err != nil {
		return err
	}
	err = settle(root)
	if err != nil { // it may be gone after a loss of power, so the sender hears that it is not kept
		_ = root.Remove(id + suffix)
	}
	return err
}

// share lets the daemon read the file: root gives it away, anybody else shares it
// with the folder's group.
func share(root *os.Root, f *os.File) error {
	info, err := root.Stat(".")
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() == int(st.Uid) {
		return nil
	}
	owner := -1
	if os.Geteuid() == 0 {
		owner = int(st.Uid)
	}
	if err := f.Chown(owner, int(st.Gid)); err != nil {
		return fmt.Errorf("let the daemon read it: %w: send it as root or as a member of the folder's group", err)
	}
	return f.Chmod(0o660)
}

// settle makes what was renamed in the folder last.
func settle(root *os.Root) error {
	dir, err := root.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
