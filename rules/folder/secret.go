package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
)

// maxSecret bounds a secret, in bytes.
const maxSecret = 64 << 10

// Secret returns the value of a secret: the systemd credential of that name,
// else the file secrets/NAME, which nobody but its owner may read. One newline
// at the end is dropped. The error names the secret and the remedy, never the
// value.
func (f *Folder) Secret(name string) (string, error) {
	if !IsSecretName(name) {
		return "", fmt.Errorf("%q is no name of a secret: use letters, digits, - and _", name)
	}
	if f.credentials != "" {
		value, found, err := credential(f.credentials, name)
		if err != nil || found {
			return value, err
		}
	}
	file := path.Join(secrets, name)
	src, info, err := read(f.root, file, maxSecret)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("there is no secret %q: set it with tocsin secret set %s, or write %s", name, name, path.Join(f.path, file))
	case err != nil:
		return "", err
	case info.Mode().Perm()&0o077 != 0:
		return "", fmt.Errorf("%s can be read by others than its owner: chmod 600 %s", file, path.Join(f.path, file))
	}
	return value(name, src)
}

// credential reads a systemd credential. systemd keeps its folder closed to
// others, whatever the modes of the files are.
func credential(folder, name string) (text string, found bool, err error) {
	root, err := os.OpenRoot(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("open systemd credentials: %w", clean(err))
	}
	defer root.Close()
	src, _, err := read(root, name, maxSecret)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("systemd credential %w", err)
	}
	text, err = value(name, src)
	return text, true, err
}

// value checks the content of a secret, which must be text of at least one
// character.
func value(name string, src []byte) (string, error) {
	text := strings.TrimSuffix(strings.TrimSuffix(string(src), "\n"), "\r")
	switch {
	case text == "":
		return "", fmt.Errorf("the secret %q is empty", name)
	case strings.ContainsRune(text, 0):
		return "", fmt.Errorf("the secret %q is no text", name)
	}
	return text, nil
}

// IsSecretName reports whether a secret may be called name: what is safe as the
// name of a file anywhere. A slash makes groups of them: telegram/phone.
func IsSecretName(name string) bool {
	if len(name) > 200 || !fs.ValidPath(name) || name == "." {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if isHidden(part) {
			return false
		}
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("-_./@", r):
			return false
		}
		return true
	})
}
