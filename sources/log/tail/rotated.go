package tail

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"tocsin/sources/textfile"
)

// Bounds of the search for files that had another name.
const (
	maxNames   = 20_000 // of a folder
	maxRotated = 16     // files, the newest
)

// rotation is what rotating puts behind the name of a file, or before its ending: a
// number or a date. Compressed ones are not read.
var rotation = regexp.MustCompile(`^[.-][0-9][0-9T:._-]{0,40}$`)

// isRotated reports whether a file had the name base before it got this one.
func isRotated(name, base string) bool {
	if rest, ok := strings.CutPrefix(name, base); ok {
		return rotation.MatchString(rest)
	}
	end := filepath.Ext(base)
	rest, ok := strings.CutPrefix(name, strings.TrimSuffix(base, end))
	if !ok || end == "" {
		return false
	}
	rest, ok = strings.CutSuffix(rest, end)
	return ok && rotation.MatchString(rest)
}

// digits are what differs between the names of files of one rotation.
var digits = regexp.MustCompile(`[0-9]+`)

// alike reports whether two files were rotated by the same rule: app.log.1 and
// app.log.2 are, app-1.log is not.
func alike(a, b *textfile.File) bool {
	return digits.ReplaceAllString(a.Name(), "0") == digits.ReplaceAllString(b.Name(), "0")
}

// rotated opens the files that most likely had a name before, the oldest first. What
// cannot be opened is left out: it may have nothing to do with the file.
func rotated(path string) []*textfile.File {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(maxNames)
	var infos []fs.FileInfo
	for _, name := range names {
		if !isRotated(name, filepath.Base(path)) {
			continue
		}
		if info, err := os.Lstat(filepath.Join(dir.Name(), name)); err == nil && info.Mode().IsRegular() {
			infos = append(infos, info)
		}
	}
	slices.SortFunc(infos, func(a, b fs.FileInfo) int {
		return cmp.Or(a.ModTime().Compare(b.ModTime()), cmp.Compare(b.Name(), a.Name())) // .2 is older than .1
	})
	var files []*textfile.File
	for _, info := range infos[max(len(infos)-maxRotated, 0):] {
		if f, err := textfile.Open(filepath.Join(dir.Name(), info.Name())); err == nil && f != nil {
			files = append(files, f)
		}
	}
	return files
}
