package spool

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"time"
)

const (
	badName  = "bad"
	maxBad   = 200       // of the files set aside, their reasons included
	leftover = time.Hour // age at which what is not whole is of a sender that was killed
)

// setAside moves a file to those that are no events, with the reason beside it. The
// oldest make room.
func setAside(root *os.Root, name, reason string) error {
	if err := root.Mkdir(badName, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	list, err := names(root, badName, 10*maxBad)
	if err != nil {
		return err
	}
	slices.Sort(list)
	for _, old := range list[:max(len(list)-maxBad+2, 0)] {
		if err := root.RemoveAll(badName + "/" + old); err != nil {
			return err
		}
	}
	if err := root.Rename(name, badName+"/"+name); err != nil {
		return err
	}
	_ = root.WriteFile(badName+"/"+name+".reason", []byte(reason+"\n"), 0o600) // the log has it, too
	return nil
}

// sweepUp removes what a sender left that was killed before its event was whole: it
// never said that it was kept.
func sweepUp(root *os.Root, name string) {
	if info, err := root.Lstat(name); err == nil && time.Since(info.ModTime()) > leftover && info.Mode().IsRegular() {
		_ = root.Remove(name)
	}
}
