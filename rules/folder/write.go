package folder

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"syscall"

	"golang.org/x/sys/unix"

	"tocsin/rules"
)

// ErrChanged is returned when a file is not what it was expected to be.
var ErrChanged = errors.New("the file was changed meanwhile")

// ErrReadOnly is returned, with the reason, when files here cannot be replaced
// at all: then a person must change them elsewhere.
var ErrReadOnly = errors.New("cannot be written")

// Replace puts a text in the place of a file, so that nobody ever reads half of
// it and a power failure leaves the old one or the new one. The file must be
// what was is; nil: it must not be there. Mode, owner and ACL stay; a new file
// gets those of its folder. Links, and files that have a second name, are
// refused: what they stand for is not ours to replace.
func (f *Folder) Replace(name string, was, text []byte) error {
	if !rules.IsFile(name) {
		return fmt.Errorf("%s is no file of the configuration", name)
	}
	if len(text) > MaxFile {
		return fmt.Errorf("%s would be larger than %d KiB", name, MaxFile>>10)
	}
	info, err := f.target(name, was)
	if err == nil && info == nil {
		err = f.makeFolders(path.Dir(name))
	}
	if err == nil {
		err = f.swap(name, info, was, text)
	}
	return whyNot(name, err)
}

// Delete removes a file that is what it was.
func (f *Folder) Delete(name string, was []byte) error {
	if !rules.IsFile(name) {
		return fmt.Errorf("%s is no file of the configuration", name)
	}
	_, err := f.target(name, was)
	if err == nil {
		err = f.root.Remove(name)
	}
	if err == nil {
		err = f.sync(path.Dir(name))
	}
	return whyNot(name, err)
}

// Blocked returns why a file could not be replaced, before anything is tried:
// nil when nothing speaks against it.
func (f *Folder) Blocked(name string) error {
	dir := path.Dir(name)
	for dir != "." { // the nearest folder that is there
		if info, err := f.root.Lstat(dir); err == nil {
			if info.Mode()&fs.ModeSymlink != 0 {
				return fmt.Errorf("%s: %w: %s is a link", name, ErrReadOnly, dir)
			}
			break
		}
		dir = path.Dir(dir)
	}
	d, err := f.root.Open(dir)
	if err != nil {
		return whyNot(name, err)
	}
	defer d.Close()
	if err := unix.Faccessat(int(d.Fd()), ".", unix.W_OK|unix.X_OK, unix.AT_EACCESS); err != nil {
		return whyNot(name, err)
	}
	info, err := f.root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return whyNot(name, err)
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s: %w: it is a link", name, ErrReadOnly)
	case f.mounted(d, path.Base(name)):
		return whyNot(name, syscall.EBUSY)
	}
	return nil
}

// mounted reports whether a file is a mount of its own, such as a single file
// given to a container. Such a file cannot be replaced.
func (f *Folder) mounted(dir *os.File, name string) bool {
	var own, its unix.Statx_t
	mask := unix.STATX_MNT_ID
	if unix.Statx(int(dir.Fd()), "", unix.AT_EMPTY_PATH, mask, &own) != nil || unix.Statx(int(dir.Fd()), name, unix.AT_SYMLINK_NOFOLLOW, mask, &its) != nil {
		return false
	}
	return own.Mask&uint32(mask) != 0 && its.Mask&uint32(mask) != 0 && own.Mnt_id != its.Mnt_id
}

// target looks at what stands at a name; nil, nil when nothing does and nothing
// should.
func (f *Folder) target(name string, was []byte) (fs.FileInfo, error) {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if info, err := f.root.Lstat(dir); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return nil, fmt.Errorf("%w: %s is a link", ErrReadOnly, dir)
		}
	}
	info, err := f.root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && was == nil:
		return nil, nil
	case errors.Is(err, fs.ErrNotExist), err == nil && was == nil:
		return nil, ErrChanged
	case err != nil:
		return nil, err
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, fmt.Errorf("%w: it is a link", ErrReadOnly)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%w: it is no regular file", ErrReadOnly)
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Nlink > 1 {
		return nil, fmt.Errorf("%w: it has a second name elsewhere (a hard link)", ErrReadOnly)
	}
	return info, f.unchanged(name, was)
}

// unchanged reports a file that is not what it was.
func (f *Folder) unchanged(name string, was []byte) error {
	if was == nil {
		if _, err := f.root.Lstat(name); err == nil {
			return ErrChanged
		}
		return nil
	}
	is, err := f.read(name, MaxFile)
	if err != nil {
		return err
	}
	if !bytes.Equal(is, was) {
		return ErrChanged
	}
	return nil
}

// makeFolders makes the folders above a file that is new.
func (f *Folder) makeFolders(dir string) error {
	if dir == "." {
		return nil
	}
	if err := f.makeFolders(path.Dir(dir)); err != nil {
		return err
	}
	mode, err := f.openness()
	if err == nil {
		err = f.root.Mkdir(dir, mode)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err == nil {
		err = errors.Join(f.root.Chmod(dir, mode), f.likeFolder(dir)) // whatever the umask is
	}
	return err
}

// openness is who may enter the configuration folder: what is new in it is no
// more open and no less.
func (f *Folder) openness() (fs.FileMode, error) {
	info, err := f.root.Stat(".")
	if err != nil {
		return 0, err
	}
	return info.Mode().Perm(), nil
}

// likeFolder gives what root made to the owner of the configuration folder, so
// that the daemon can read it.
func (f *Folder) likeFolder(name string) error {
	info, err := f.root.Stat(".")
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 {
		return nil
	}
	return f.root.Lchown(name, int(st.Uid), int(st.Gid))
}

// swap writes the text beside the file and renames it.
func (f *Folder) swap(name string, info fs.FileInfo, was, text []byte) error {
	dir := path.Dir(name)
	fresh := path.Join(dir, fmt.Sprintf(".%s.tocsin-%d", path.Base(name), os.Getpid()))
	_ = f.root.Remove(fresh) // of a process that was killed
	file, err := f.root.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer f.root.Remove(fresh) // gone when it was renamed
	_, err = file.Write(text)
	if err == nil {
		err = f.dress(file, name, fresh, info)
	}
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := f.unchanged(name, was); err != nil { // as late as can be
		return err
	}
	if err := f.root.Rename(fresh, name); err != nil {
		return err
	}
	return f.sync(dir)
}

// dress gives the new file the mode, the owner and the ACL of the old one.
func (f *Folder) dress(file *os.File, name, fresh string, info fs.FileInfo) error {
	if info == nil {
		mode, err := f.openness()
		if err = errors.Join(err, file.Chmod(mode&0o666)); err != nil {
			return err
		}
		return f.likeFolder(fresh)
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		if err := file.Chown(int(st.Uid), int(st.Gid)); err != nil {
			var own unix.Stat_t
			if unix.Fstat(int(file.Fd()), &own) != nil || own.Uid != st.Uid || own.Gid != st.Gid {
				return fmt.Errorf("%w: its owner is another user, and only root can keep that", ErrReadOnly)
			}
		}
	}
	if err := file.Chmod(info.Mode().Perm()); err != nil {
		return err
	}
	return f.copyACL(file, name)
}

// copyACL copies the access control list, where there is one.
func (f *Folder) copyACL(to *os.File, name string) error {
	const acl = "system.posix_acl_access"
	from, err := f.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer from.Close()
	var list [4096]byte
	n, err := unix.Fgetxattr(int(from.Fd()), acl, list[:])
	if err != nil || n == 0 {
		return nil // none, or a file system that has none
	}
	return unix.Fsetxattr(int(to.Fd()), acl, list[:n], 0)
}

// sync makes a rename last.
func (f *Folder) sync(dir string) error {
	d, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// whyNot names the file in an error, and says what a folder that cannot be
// written is.
func whyNot(name string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%s: %w: the file system is read-only", name, ErrReadOnly)
	case errors.Is(err, syscall.EBUSY):
		return fmt.Errorf("%s: %w: it is mounted as a single file; mount the folder instead", name, ErrReadOnly)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: %w: this user may not write into its folder", name, ErrReadOnly)
	}
	return fmt.Errorf("%s: %w", name, clean(err))
}

// Lock keeps other tocsin processes from writing into the folder until the
// function that it returns is called. It does not wait long: a save is short.
func (f *Folder) Lock() (unlock func(), err error) {
	d, err := f.root.Open(".")
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(d.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		d.Close()
		return nil, err
	}
	return func() { d.Close() }, nil
}
