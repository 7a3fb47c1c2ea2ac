package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"tocsin/rules/folder"
)

// hclFiles are the files that a path of fmt stands for. They are written below
// the open folder: whoever may write there must not lead root elsewhere by a link.
type hclFiles struct {
	root  *os.Root
	dir   string            // as it was named
	texts map[string][]byte // by slash-separated path below it
	named string            // the one file, if the path is one
}

// openFiles reads what a path stands for: a file, or what the loader reads below
// a folder.
func openFiles(named string) (*hclFiles, error) {
	// A link that a person names is followed wherever it leads.
	real, err := filepath.EvalSymlinks(named)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(real)
	if err != nil {
		return nil, err
	}
	h := &hclFiles{dir: named}
	if !info.IsDir() {
		real, h.dir, h.named = filepath.Dir(real), filepath.Dir(named), filepath.Base(real)
	}
	f, err := folder.Open(real, "")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if h.named == "" {
		h.texts, err = f.Files()
	} else {
		h.texts = map[string][]byte{}
		h.texts[h.named], err = f.ReadFile(h.named)
		h.named = named
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", named, err)
	}
	if h.root, err = os.OpenRoot(real); err != nil {
		return nil, err
	}
	return h, nil
}

func (h *hclFiles) close() { h.root.Close() }

// names lists the files in their order.
func (h *hclFiles) names() []string { return slices.Sorted(maps.Keys(h.texts)) }

// shown is the path of a file as a person would write it.
func (h *hclFiles) shown(name string) string {
	if h.named != "" {
		return h.named
	}
	return filepath.Join(h.dir, filepath.FromSlash(name))
}

// replace writes a file beside the old one and puts it in its place, so that
// nobody ever reads half of it. Mode and, where that is allowed, owner stay.
func (h *hclFiles) replace(name string, text []byte) error {
	err := h.swap(name, text)
	if err != nil {
		return fmt.Errorf("write %s: %w", h.shown(name), err)
	}
	return nil
}

func (h *hclFiles) swap(name string, text []byte) error {
	name, err := h.follow(name)
	if err != nil {
		return err
	}
	info, err := h.root.Stat(name)
	if err != nil {
		return err
	}
	dir, _ := path.Split(name)
	fresh := fmt.Sprintf("%s.tocsin-fmt-%d", dir, os.Getpid())
	f, err := h.root.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer h.root.Remove(fresh) // gone when it was renamed
	_, err = f.Write(text)
	err = errors.Join(err, keepOwner(f, info), f.Chmod(info.Mode().Perm()), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return h.root.Rename(fresh, name)
}

// maxLinks bounds how many links are followed to a file.
const maxLinks = 16

// follow returns the file that a name leads to, so that a link stays one.
func (h *hclFiles) follow(name string) (string, error) {
	for range maxLinks {
		info, err := h.root.Lstat(name)
		if err != nil {
			return "", err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			return name, nil
		}
		to, err := h.root.Readlink(name)
		if err != nil {
			return "", err
		}
		if filepath.IsAbs(to) {
			return "", errors.New("is a link out of the folder")
		}
		dir, _ := path.Split(name) // not cleaned: ".." behind a linked folder leads elsewhere
		name = dir + filepath.ToSlash(to)
	}
	return "", errors.New("is a link in a circle")
}
