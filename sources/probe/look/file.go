package look

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"tocsin/engine/event"
	"tocsin/sources/probe"
)

// maxAll bounds what is read of all files of a glob.
const maxAll = 8 << 20

// files reads the files of a rule.
func files(ctx context.Context, r *probe.Rule) probe.Result {
	paths := []string{r.Path}
	if strings.ContainsAny(r.Path, `*?[\`) {
		paths, _ = filepath.Glob(r.Path) // the pattern was checked
	}
	if len(paths) > probe.MaxFiles {
		return probe.Failed("%s finds more than %d files", r.Path, probe.MaxFiles)
	}
	res := probe.Result{Values: map[string]any{"exists": true}}
	now, marks, list, total := time.Now(), []string{}, []any{}, 0
	for _, path := range paths {
		if ctx.Err() != nil {
			return probe.Failed("there was no time to read %s", path)
		}
		f, err := read(path, r.WantsText())
		if errors.Is(err, fs.ErrNotExist) {
			continue // gone meanwhile
		}
		if err != nil {
			return probe.Unreadable(path, err)
		}
		if total += len(f.text.Body); total > maxAll {
			return probe.Failed("the files of %s have more than %d MiB", r.Path, maxAll>>20)
		}
		list = append(list, f.values(now))
		res.Texts = append(res.Texts, f.text)
		marks = append(marks, path, f.mark(r.WantsText()))
	}
	if len(list) == 0 {
		return absent(r)
	}
	newest := slices.MaxFunc(list, func(a, b any) int { return mtime(a).Compare(mtime(b)) }).(map[string]any)
	for _, name := range []string{"mtime", "age"} {
		res.Values[name] = newest[name]
	}
	var size event.Bytes
	for _, f := range list {
		size += f.(map[string]any)["size"].(event.Bytes)
	}
	res.Values["size"], res.Values["files"], res.Values["path"] = size, list, event.Clean(r.Path)
	if len(list) == 1 {
		res.Values["path"], res.Values["content"] = list[0].(map[string]any)["path"], res.Texts[0].Body
	}
	res.Mark = mark(marks...)
	return res
}

func mtime(file any) time.Time { return file.(map[string]any)["mtime"].(time.Time) }

// absent tells of no file: that is what some rules ask for.
func absent(r *probe.Rule) probe.Result {
	if !r.Wants("exists") {
		if strings.ContainsAny(r.Path, `*?[\`) {
			return probe.Missing("no file fits %s", r.Path)
		}
		return probe.Unreadable(r.Path, fs.ErrNotExist)
	}
	return probe.Result{Values: map[string]any{"exists": false, "files": []any{}}, Mark: mark("")}
}

// file is one file that was read.
type file struct {
	path  string
	size  int64
	mtime time.Time
	text  probe.Text
}

// read reads a file, its text only when that is wanted. Only a regular one is
// read: a pipe would hang, and a device never end.
func read(path string, text bool) (file, error) {
	if !text {
		info, err := os.Stat(path)
		return newFile(path, info, err)
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return file{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	out, err := newFile(path, info, err)
	if err == nil && !info.Mode().IsRegular() {
		err = errIrregular
	}
	if err != nil {
		return file{}, err
	}
	body, err := io.ReadAll(io.LimitReader(f, probe.MaxText+1))
	if err != nil {
		return file{}, err
	}
	out.text, err = probe.NewText(path, body)
	return out, err
}

var errIrregular = errors.New("it is no regular file")

// newFile is a file without its text.
func newFile(path string, info fs.FileInfo, err error) (file, error) {
	if err != nil {
		return file{}, err
	}
	return file{path: path, size: info.Size(), mtime: info.ModTime(), text: probe.Text{Path: event.Clean(path)}}, nil
}

// values are the file as an item.
func (f *file) values(now time.Time) map[string]any {
	v := map[string]any{
		"path": f.text.Path, "name": filepath.Base(f.text.Path), "size": event.Bytes(f.size), "mtime": f.mtime,
		"age": event.Duration(max(now.Sub(f.mtime), 0)),
	}
	if f.text.Body != "" {
		v["content"] = f.text.Body
	}
	return v
}

// mark stands for the file.
func (f *file) mark(text bool) string {
	if text {
		return f.text.Body
	}
	return fmt.Sprint(f.size, f.mtime.UnixNano())
}
