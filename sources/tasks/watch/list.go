package watch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

const (
	listName  = "index"
	activ     = "active"
	rotations = 9       // of the list that are looked at, index.1 the newest
	chunk     = 1 << 20 // bytes that are read at once
	maxActive = 1 << 20
	headSize  = 128 // bytes that tell one list from another
)

// fileID tells files apart as long as they exist.
type fileID struct{ device, inode uint64 }

// list is a list of finished tasks that is open.
type list struct {
	*os.File
	fileID
	size  int64
	floor int64 // what ended before is known; 0: nothing is
}

// openList opens a list; one that is not there is nil.
func openList(path string) (*list, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no file", path)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	l := &list{File: f, size: info.Size()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		l.device, l.inode = uint64(st.Dev), uint64(st.Ino)
	}
	return l, nil
}

// openLists opens all lists there are, the oldest first. They are opened newest
// first: one that is renamed meanwhile is met twice and not missed.
func openLists(dir string) (lists []*list, err error) {
	for n := range rotations + 1 {
		name := listName
		if n > 0 {
			name = fmt.Sprintf("%s.%d", listName, n)
		}
		l, err := openList(filepath.Join(dir, name))
		switch {
		case err != nil:
			closeAll(lists)
			return nil, err
		case l == nil:
		case slices.ContainsFunc(lists, func(other *list) bool { return other.fileID == l.fileID }):
			l.Close()
		default:
			lists = append(lists, l)
		}
	}
	slices.Reverse(lists)
	return lists, nil
}

func closeAll(lists []*list) {
	for _, l := range lists {
		l.Close()
	}
}

// head is a digest of what a list begins with, up to what was read of it.
func (l *list) head(read int64) string {
	buf := make([]byte, min(read, headSize))
	n, err := l.ReadAt(buf, 0)
	if n < len(buf) || err != nil && !errors.Is(err, io.EOF) {
		return "?"
	}
	sum := sha256.Sum256(buf)
	return hex.EncodeToString(sum[:6])
}

// is reports whether a list is the one that a position is in.
func (l *list) is(p *position) bool {
	return l.device == p.Device && l.inode == p.Inode && l.size >= p.Offset && (p.Offset == 0 || l.head(p.Offset) == p.Head)
}

// whole returns where the last line ends that is whole.
func (l *list) whole() (int64, error) {
	for end := l.size; end > 0; {
		start := max(end-chunk, 0)
		buf := make([]byte, end-start)
		n, err := l.ReadAt(buf, start)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if i := bytes.LastIndexByte(buf[:n], '\n'); i >= 0 {
			return start + int64(i) + 1, nil
		}
		end = start
	}
	return 0, nil
}

// lines calls each for the lines behind from, with where each begins and ends. A last
// line that has no end yet counts only in a list that nobody writes any more. Of one
// that was written anew since it was looked at, as head tells, it reads nothing: the
// next look finds that.
func (l *list) lines(from int64, head string, closed bool, each func(line string, at, end int64) error) error {
	buf := make([]byte, min(chunk, max(l.size-from, 0)+64<<10))
	for {
		n, err := l.ReadAt(buf, from)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if head != "" && l.head(from) != head {
			return nil
		}
		head = "" // looked at once, before anything is told
		text, last := buf[:n], n < len(buf)
		for {
			i := bytes.IndexByte(text, '\n')
			if i < 0 {
				break
			}
			if err := each(string(text[:i]), from, from+int64(i)+1); err != nil {
				return err
			}
			from, text = from+int64(i)+1, text[i+1:]
		}
		switch {
		case len(text) == len(buf), last && closed && len(text) > 0: // a piece of a line that is far too long, or one that nobody ends
			if err := each(string(text), from, from+int64(len(text))); err != nil {
				return err
			}
			from += int64(len(text))
		}
		if last {
			return nil
		}
	}
}
