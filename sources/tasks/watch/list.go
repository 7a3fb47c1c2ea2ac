package watch

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"tocsin/sources/textfile"
)

const (
	listName  = "index"
	activ     = "active"
	rotations = 9 // of the list that are looked at, index.1 the newest
	maxActive = 1 << 20
)

// list is a list of finished tasks that is open.
type list struct {
	*textfile.File
	floor int64 // what ended before is known; 0: nothing is
}

// openList opens a list; one that is not there is nil.
func openList(path string) (*list, error) {
	f, err := textfile.Open(path)
	if f == nil {
		return nil, err
	}
	return &list{File: f}, nil
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
		case slices.ContainsFunc(lists, func(other *list) bool { return other.Same(l.File) }):
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

// all calls each for the lines of a list, from its beginning.
func (l *list) all(each func(line string)) error {
	take := func(line []byte) error {
		each(string(line))
		return nil
	}
	lines, at := textfile.Reader{Each: take, Long: take}, l.Start()
	_, err := lines.Read(l.File, &at, true, math.MaxInt64)
	return err
}
