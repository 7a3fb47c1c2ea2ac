package store

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"

	"tocsin/engine/store/salvage"
)

// evidence is the database's file and its log as they lie on the disk. They are
// looked at before SQLite opens them, which would pass over a damaged log without
// a word and take an emptied file for a new one.
type evidence struct {
	*salvage.Image
	files     []*os.File
	file, log int64 // bytes
	exists    bool
}

func openEvidence(path string) (*evidence, error) {
	e := new(evidence)
	file, err := e.open(path)
	if err != nil {
		return nil, errors.Join(err, e.close())
	}
	e.exists = len(e.files) > 0
	log, err := e.open(path + "-wal")
	if err != nil {
		return nil, errors.Join(err, e.close())
	}
	e.file, e.log = file.Size(), log.Size()
	e.Image = salvage.Open(file, log)
	return e, nil
}

// open returns an empty reader for a file that is missing.
func (e *evidence) open(path string) (*io.SectionReader, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return io.NewSectionReader(nil, 0, 0), nil
	}
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New(path + " is no file")
	}
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	e.files = append(e.files, file)
	return io.NewSectionReader(file, 0, info.Size()), nil
}

func (e *evidence) close() error {
	var errs []error
	for _, file := range e.files {
		errs = append(errs, file.Close())
	}
	return errors.Join(errs...)
}

// isOurs reports whether this is a database of tocsin, or what is left of one.
// Noted says that one stood here before.
func (e *evidence) isOurs(noted bool) bool {
	if head, ok := e.Header(); ok {
		return head.ApplicationID == applicationID || noted && e.isBlank(head)
	}
	if noted {
		return e.exists || e.log > 0
	}
	return slices.ContainsFunc(e.tables(), func(o salvage.Object) bool { return o.Name == "notification_history" })
}

// isBlank reports a database in which nothing was made yet: all of it may have
// stood in the log.
func (e *evidence) isBlank(head salvage.Header) bool {
	return head == salvage.Header{} && len(e.tables()) == 0
}

func (e *evidence) tables() []salvage.Object {
	tables, _, _ := salvage.NewWalk(e.Image).Schema()
	return tables
}

// damage says what SQLite would not see of a database that is tocsin's; empty:
// nothing.
func (e *evidence) damage() string {
	head, ok := e.Header()
	switch {
	case e.file == 0 && e.log > 0 && !e.exists:
		return "the file is gone, but its write-ahead log is there"
	case e.file == 0:
		return "the file is empty"
	case !ok:
		return "the file does not begin as a database does"
	case e.LogDamaged():
		return "the write-ahead log is not as it was written"
	case e.isBlank(head):
		return "the file holds nothing any more"
	}
	return ""
}

// examine refuses a file that is damaged in a way that SQLite does not see, unless
// a newer tocsin wrote it. It reports whether the file is tocsin's; what is not
// is for SQLite to refuse.
func examine(path string, noted bool, known int) (ours bool, err error) {
	e, err := openEvidence(path)
	if err != nil {
		return false, err
	}
	defer e.close()
	if !e.isOurs(noted) {
		return false, nil
	}
	if head, ok := e.Header(); ok && head.UserVersion > known {
		return true, &NewerError{Path: path, Have: head.UserVersion, Known: known}
	}
	if what := e.damage(); what != "" {
		return true, &damage{what: what}
	}
	return true, nil
}
