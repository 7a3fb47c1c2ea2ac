package host

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	maxFile  = 4 << 20
	maxNames = 10_000 // in a folder
)

// at returns where a path of the host is.
func (h *Host) at(path string) string { return filepath.Join(h.root, path) }

// text reads a file.
func (h *Host) text(path string) ([]byte, error) {
	f, err := os.Open(h.at(path))
	if err != nil {
		return nil, told(path, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, told(path, err)
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("%s is larger than the %d MiB that are read of such a file", path, maxFile>>20)
	}
	return text, nil
}

// told says what keeps a file from being read, and what to do about it.
func told(path string, err error) error {
	var why *fs.PathError
	if errors.As(err, &why) {
		err = why.Err
	}
	switch {
	case !errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s cannot be read: %w", path, err)
	case strings.HasPrefix(path, pve):
		return fmt.Errorf("%s cannot be read: %w; tocsin's user must be in the group www-data", path, err)
	}
	return fmt.Errorf("%s cannot be read: %w; tocsin's user needs the right to read it", path, err)
}

// gone reports whether an error says that a file is not there.
func gone(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// word returns what a short file says; empty when it cannot be read.
func (h *Host) word(path string) string {
	text, err := h.text(path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// number returns the number that a file says.
func (h *Host) number(path string) (float64, bool) {
	return decimal(h.word(path))
}

// has reports whether a path is there.
func (h *Host) has(path string) bool {
	_, err := os.Stat(h.at(path))
	return err == nil
}

// names lists what is in a folder, in order; nothing when it is not there.
func (h *Host) names(path string) []string {
	dir, err := os.Open(h.at(path))
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(maxNames)
	slices.Sort(names)
	return names
}

// link returns the last name of what a symbolic link points to; empty when it is none.
func (h *Host) link(path string) string {
	to, err := os.Readlink(h.at(path))
	if err != nil {
		return ""
	}
	return filepath.Base(to)
}

// fieldsOf calls see with the words of each line that has at least so many.
func fieldsOf(text []byte, least int, see func(words []string)) {
	for line := range bytes.Lines(text) {
		if words := strings.Fields(string(line)); len(words) >= least {
			see(words)
		}
	}
}

// percent returns how much of the whole a part is.
func percent(part, whole float64) (float64, bool) {
	if whole <= 0 {
		return 0, false
	}
	return min(max(100*part/whole, 0), 100), true
}

// put sets a field where its value is known.
func put(it item, name string, v any, known bool) {
	if known {
		it[name] = v
	}
}
