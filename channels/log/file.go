package log

import (
	"io"
	"os"
	"syscall"
)

// file is the path of a file to append to.
type file struct{ path string }

// put opens the file, locks it against other writers of its kind, writes and
// waits until the disk has it. O_NONBLOCK keeps a pipe that nobody reads from
// holding it up.
func (f file) put(block []byte) (maybe bool, err error) {
	w, err := os.OpenFile(f.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0o600)
	if err != nil {
		return false, err
	}
	defer w.Close() // what could fail here has failed in Sync
	state, err := w.Stat()
	if err != nil {
		return false, err
	}
	if !state.Mode().IsRegular() { // a terminal, a pipe
		return stream{w}.put(block)
	}
	if err := syscall.Flock(int(w.Fd()), syscall.LOCK_EX); err != nil {
		return false, &os.PathError{Op: "lock", Path: f.path, Err: err}
	}
	return appendWhole(w, block)
}

// appendWhole takes back what a full disk left of a block, so that a later
// attempt does not stand behind half of itself.
func appendWhole(w *os.File, block []byte) (maybe bool, err error) {
	before, err := w.Seek(0, io.SeekEnd)
	if err != nil {
		return false, err
	}
	if n, err := w.Write(block); err != nil {
		return n > 0 && w.Truncate(before) != nil, err
	}
	if err := w.Sync(); err != nil {
		return true, err
	}
	return false, nil
}
