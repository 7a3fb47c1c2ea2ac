package spool

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Name is the spool's folder in the data folder.
const Name = "spool"

// Bounds of a spool.
const (
	maxFile  = 1 << 20 // bytes of an event, as over the API
	maxFiles = 5_000
	maxBytes = 64 << 20 // of all files
)

// suffix is how the name of an event's file ends. What begins with a dot is not
// whole yet.
const suffix = ".json"

var eventID = regexp.MustCompile(`^[0-7][0-9A-HJKMNP-TV-Z]{25}$`)

// idOf returns the id that a file is named for, if it is named for one.
func idOf(name string) (id string, ok bool) {
	id, ok = strings.CutSuffix(name, suffix)
	return id, ok && eventID.MatchString(id)
}

// errNoFolder is returned for a spool that is something else.
var errNoFolder = errors.New("it is no folder: move it away")

// makeFolder makes the spool of a data folder, for its owner and group.
func makeFolder(data string) error {
	dir := filepath.Join(data, Name)
	err := os.Mkdir(dir, 0o770)
	if err == nil {
		return os.Chmod(dir, 0o770) // whatever the umask is
	}
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// open opens the spool of a data folder.
func open(data string) (*os.Root, error) {
	above, err := os.OpenRoot(data) // root sends, too: nothing that the daemon's user puts there leads it elsewhere
	if err != nil {
		return nil, err
	}
	defer above.Close()
	info, err := above.Lstat(Name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s: %w", filepath.Join(data, Name), errNoFolder)
	}
	return above.OpenRoot(Name)
}

// names lists what is in a folder, up to a number.
func names(root *os.Root, dir string, limit int) ([]string, error) {
	f, err := root.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, err := f.Readdirnames(limit)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return list, err
}
