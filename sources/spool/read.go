package spool

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"

	"tocsin/engine/event"
)

// letter is an event as it lies in the spool.
type letter struct {
	name  string
	event event.Incoming
	size  int64
}

// unfit is why a file is no event. It is set aside, as another look would find the
// same.
type unfit string

// Error returns the reason.
func (u unfit) Error() string { return string(u) }

// read reads the event of a file. An error that is not unfit may be gone later.
func (s *Source) read(root *os.Root, name string) (letter, error) {
	l := letter{name: name}
	id, ok := idOf(name)
	if !ok {
		return l, unfit("its name is not that of an event, ID.json")
	}
	text, when, err := s.text(root, name)
	if err != nil {
		return l, err
	}
	l.size = int64(len(text))
	if l.event, err = s.Decode(text); err != nil {
		return l, unfit(err.Error())
	}
	if l.event.ID != id {
		return l, unfit("it has not the id that it is named for")
	}
	l.event.Source = "spool"
	if l.event.Time.IsZero() {
		l.event.Time = when
	}
	return l, nil
}

// text reads a file that is one, that is no larger than it may be, and that somebody
// wrote who may. Nothing is followed and nothing waited for.
func (s *Source) text(root *os.Root, name string) ([]byte, time.Time, error) {
	seen, err := root.Lstat(name)
	if err != nil {
		return nil, time.Time{}, err
	}
	if !seen.Mode().IsRegular() {
		return nil, time.Time{}, unfit("it is no regular file")
	}
	f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrPermission) {
		return nil, time.Time{}, unfit("it cannot be read: its owner did not share it with the daemon's group")
	}
	if err != nil {
		return nil, time.Time{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, time.Time{}, err
	}
	if err := s.fits(seen, info); err != nil {
		return nil, time.Time{}, err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = unfit(fmt.Sprintf("it is larger than %d bytes", maxFile))
	}
	return text, info.ModTime(), err
}

// fits looks at a file that is open, which was seen before.
func (s *Source) fits(seen, info fs.FileInfo) error {
	st, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !ok || !info.Mode().IsRegular() || !os.SameFile(seen, info):
		return unfit("it is no regular file")
	case info.Size() > maxFile:
		return unfit(fmt.Sprintf("it is larger than %d bytes", maxFile))
	case st.Nlink != 1:
		return unfit("it has a second name elsewhere")
	case !s.trusts(st.Uid, st.Gid):
		return unfit(fmt.Sprintf("its owner, user %d, is neither root nor the daemon's user, and its group is not the daemon's", st.Uid))
	}
	return nil
}
