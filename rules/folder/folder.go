package folder

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
)

// The bounds of a configuration. More is a mistake, such as a folder mounted
// at the wrong place.
const (
	MaxFile  = 1 << 20  // bytes of one file
	MaxFiles = 2_000    // files
	MaxTotal = 32 << 20 // bytes of all files
)

// secrets is the folder of secrets below the configuration.
const secrets = "secrets"

// Folder is an open configuration folder.
type Folder struct {
	path        string
	root        *os.Root
	credentials string
}

// Open opens the folder at path. Credentials is the folder of systemd
// credentials, $CREDENTIALS_DIRECTORY; empty: none.
func Open(path, credentials string) (*Folder, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("open configuration folder: %w", err)
	}
	return &Folder{path: path, root: root, credentials: credentials}, nil
}

// Close closes the folder.
func (f *Folder) Close() error { return f.root.Close() }

// Path returns the path that the folder was opened with.
func (f *Folder) Path() string { return f.path }

// Files reads every *.hcl file in the folder and below, by its slash-separated
// path. Names that begin with "." or "_" and the folder secrets/ are left out.
func (f *Folder) Files() (map[string][]byte, error) {
	files := map[string][]byte{}
	total := 0
	err := fs.WalkDir(f.root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("read configuration folder: %w", clean(err))
		case d.IsDir() && (isHidden(d.Name()) && p != "." || p == secrets):
			return fs.SkipDir
		case d.IsDir(), isHidden(d.Name()), !strings.HasSuffix(d.Name(), ".hcl"):
			return nil
		case len(files) == MaxFiles:
			return fmt.Errorf("%s holds more than %d files: is it the right folder?", f.path, MaxFiles)
		}
		src, err := f.read(p, MaxFile)
		if err != nil {
			return err
		}
		if total += len(src); total > MaxTotal {
			return fmt.Errorf("the files of %s are larger than %d MiB together: is it the right folder?", f.path, MaxTotal>>20)
		}
		files[p] = src
		return nil
	})
	if err != nil {
		return nil, err
	}
	return files, nil
}

// ReadFile reads a file of the folder, for file() in the language. Secrets and
// hidden files cannot be read so.
func (f *Folder) ReadFile(name string) ([]byte, error) {
	for i, part := range strings.Split(path.Clean(name), "/") {
		if i == 0 && part == secrets {
			return nil, fmt.Errorf(`%s: secrets are read by secret("NAME")`, name)
		}
		if strings.HasPrefix(part, ".") && part != "." && part != ".." {
			return nil, fmt.Errorf("%s: names that begin with a dot are not read", name)
		}
	}
	return f.read(name, MaxFile)
}

// isHidden reports whether the loader passes over a name.
func isHidden(name string) bool { return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") }

// read returns the content of a regular file below the folder.
func (f *Folder) read(name string, limit int64) ([]byte, error) {
	src, _, err := read(f.root, name, limit)
	return src, err
}

// read opens without blocking, so that a named pipe cannot hold it up, and
// looks at what it opened, not at what stood there before.
func read(root *os.Root, name string, limit int64) ([]byte, fs.FileInfo, error) {
	file, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, clean(err))
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("%s: %w", name, clean(err))
	case !info.Mode().IsRegular():
		return nil, nil, fmt.Errorf("%s is no regular file", name)
	case info.Size() > limit:
		return nil, nil, fmt.Errorf("%s is larger than %d KiB", name, limit>>10)
	}
	src, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, clean(err))
	}
	if int64(len(src)) > limit {
		return nil, nil, fmt.Errorf("%s is larger than %d KiB", name, limit>>10)
	}
	return src, info, nil
}

// clean takes the path out of an error, as ours name it already, and says what
// a link out of the folder is.
func clean(err error) error {
	var pe *fs.PathError
	if !errors.As(err, &pe) {
		return err
	}
	if strings.Contains(pe.Err.Error(), "escapes") {
		return errors.New("leads out of the configuration folder")
	}
	return cmp.Or(pe.Err, err)
}
