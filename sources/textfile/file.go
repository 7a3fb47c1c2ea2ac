package textfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

const chunk = 1 << 20 // bytes that are read at once

// File is a file that is open for reading.
type File struct {
	*os.File
	Size          int64 // when it was looked at last
	device, inode uint64
	owner         uint32
}

// errReplaced says that a name is not that of the file which was opened by it.
var errReplaced = errors.New("it was replaced while it was opened")

// Open opens a file; one that is not there is nil. Anything but a regular file is
// refused, and no pipe is waited for. A symbolic link is followed when root or the
// owner of what it leads to made it: who may write into the folder must not make
// tocsin read, and quote, what he cannot read himself.
func Open(path string) (f *File, err error) {
	for range 3 {
		f, err = open(path)
		if !errors.Is(err, errReplaced) {
			break
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case errors.Is(err, errReplaced):
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return f, err
}

func open(path string) (*File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
	file := &File{File: f}
	info, err := f.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = fmt.Errorf("%s is no regular file", path)
	default:
		st := info.Sys().(*syscall.Stat_t)
		file.Size, file.device, file.inode, file.owner = info.Size(), uint64(st.Dev), st.Ino, st.Uid
		err = file.checkName(path)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return file, nil
}

// checkName holds what a name is against the file that was opened by it.
func (f *File) checkName(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	st := info.Sys().(*syscall.Stat_t)
	switch {
	case info.Mode()&fs.ModeSymlink == 0:
		if uint64(st.Dev) != f.device || st.Ino != f.inode {
			return errReplaced
		}
	case st.Uid != 0 && st.Uid != f.owner:
		return fmt.Errorf("%s is a link that user %d made to a file of user %d: name the file itself, or let root make the link", path, st.Uid, f.owner)
	}
	return nil
}

// Same reports whether two open files are one.
func (f *File) Same(other *File) bool { return f.device == other.device && f.inode == other.inode }

// Look reads how large a file is now.
func (f *File) Look() error {
	info, err := f.Stat()
	if err == nil {
		f.Size = info.Size()
	}
	return err
}

// whole returns where the last line ends that is whole.
func (f *File) whole() (int64, error) {
	for end := f.Size; end > 0; {
		start := max(end-chunk, 0)
		buf := make([]byte, end-start)
		n, err := f.ReadAt(buf, start)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if i := bytes.LastIndexByte(buf[:n], '\n'); i >= 0 {
			return start + int64(i) + 1, nil
		}
		end = start
	}
	return 0, nil
}
