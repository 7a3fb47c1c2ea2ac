package log

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"tocsin/engine/event"
)

// fault puts an error of the file system into words. What an operator has to
// change holds the channel; a full disk does not, as space comes back by itself.
func fault(name string, err error) *event.SendError {
	switch {
	case errors.Is(err, context.Canceled):
		return temporary("cancelled", "writing to "+name+" was interrupted", "nothing")
	case errors.Is(err, context.DeadlineExceeded):
		return temporary("timeout", name+" did not take the text in time", "see whether the terminal is stopped or the disk hangs")
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return temporary("disk_full", "there is no space left to write to "+name, "free some space")
	case errors.Is(err, syscall.EROFS):
		return target("read_only", name+" is on a file system that this service may not write to",
			"choose another path, or allow this one in the service's unit (ReadWritePaths)")
	case errors.Is(err, fs.ErrPermission):
		return target("permission", "the user that tocsin runs as may not write to "+name,
			"change the owner or the mode of the file and its folder, or choose another path")
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return target("no_folder", "the folder of "+name+" does not exist", "create it, or choose another path")
	case errors.Is(err, syscall.EISDIR):
		return target("is_folder", name+" is a folder", "name a file in it")
	case errors.Is(err, syscall.EFBIG):
		return target("file_full", name+" is as large as a file may be", "rotate it, for example with logrotate")
	case errors.Is(err, syscall.ELOOP), errors.Is(err, syscall.ENAMETOOLONG):
		return target("bad_path", name+" cannot be opened: "+reason(err), "choose another path")
	}
	return temporary("write", name+" could not be written to: "+reason(err), "look into the kernel's log for the disk")
}

// reason returns the innermost text of err, without the path around it.
func reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	}
	return event.Clip(event.OneLine(event.Clean(err.Error())), 200)
}

func temporary(code, why, do string) *event.SendError {
	return &event.SendError{Class: event.Temporary, Code: code, Why: why, Do: do + "; it is sent again"}
}

func target(code, why, do string) *event.SendError {
	return &event.SendError{Class: event.Target, Code: code, Why: why, Do: do}
}
