package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"syscall"
)

// Secrets are the files below a folder of secrets. All paths are opened below
// it: whoever may write there must not lead root elsewhere by a link.
type Secrets struct{ root *os.Root }

// OpenSecrets opens the folder of secrets of a configuration folder, and makes
// it when it is missing and wanted.
func OpenSecrets(config string, create bool) (*Secrets, error) {
	dir := filepath.Join(config, secrets)
	if create {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("make the folder of secrets: %w", err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder of secrets: %w", err)
	}
	return &Secrets{root}, nil
}

// Close closes the folder.
func (s *Secrets) Close() error { return s.root.Close() }

// Write replaces a secret as a whole, so that a reader sees the old value or the
// new one.
func (s *Secrets) Write(name, value string) error {
	if info, err := s.root.Stat(name); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a group of secrets: name one in it, such as %s/NAME", name, name)
	}
	if err := s.makeGroup(path.Dir(name)); err != nil {
		return fmt.Errorf("write secret %s: %w", name, err)
	}
	fresh := path.Join(path.Dir(name), fmt.Sprintf(".new-%d", os.Getpid()))
	f, err := s.root.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write secret: %w", err)
	}
	defer s.root.Remove(fresh) // gone when it was renamed
	_, err = f.WriteString(value)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = s.giveAway(fresh)
	}
	if err == nil {
		err = s.root.Rename(fresh, name)
	}
	if err != nil {
		return fmt.Errorf("write secret: %w", err)
	}
	return nil
}

// makeGroup makes the folders that the slashes of a name stand for.
func (s *Secrets) makeGroup(group string) error {
	if group == "." {
		return nil
	}
	if err := s.makeGroup(path.Dir(group)); err != nil {
		return err
	}
	err := s.root.Mkdir(group, 0o700)
	switch {
	case err == nil:
		return s.giveAway(group)
	case !errors.Is(err, fs.ErrExist):
		return err
	}
	if info, err := s.root.Stat(group); err != nil || !info.IsDir() {
		return fmt.Errorf("%s is no group of secrets but a secret: choose another name", group)
	}
	return nil
}

// giveAway gives what root made to the owner of the folder, so that the daemon's
// user can read it.
func (s *Secrets) giveAway(name string) error {
	info, err := s.root.Stat(".")
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 {
		return nil
	}
	return s.root.Lchown(name, int(st.Uid), int(st.Gid))
}

// Names lists the secrets, groups with their slashes.
func (s *Secrets) Names() ([]string, error) {
	names := []string{}
	err := fs.WalkDir(s.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("read the folder of secrets: %w", err)
		case d.IsDir():
			if name != "." && !IsSecretName(name) {
				return fs.SkipDir
			}
		case IsSecretName(name):
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

// Remove removes a secret, and its group when it was the last of it.
func (s *Secrets) Remove(name string) error {
	info, err := s.root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir() {
		return fmt.Errorf("there is no secret %s: tocsin secret list shows them", name)
	}
	if err == nil {
		err = s.root.Remove(name)
	}
	if err != nil {
		return fmt.Errorf("remove secret: %w", err)
	}
	for group := path.Dir(name); group != "." && s.root.Remove(group) == nil; group = path.Dir(group) {
	}
	return nil
}
