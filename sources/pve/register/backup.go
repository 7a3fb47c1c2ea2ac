package register

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tocsin/sources/pve/notifications"
)

// keepCopies is how many copies of each file are kept.
const keepCopies = 20

// keep copies both files to a folder of ours. It is never below /etc/pve, which every
// node and the web server can read.
func (h *Host) keep(files notifications.Files, now time.Time) ([]string, error) {
	folder, err := filepath.Abs(h.Backups)
	if err != nil {
		return nil, fmt.Errorf("find the folder for copies: %w", err)
	}
	if cluster, err := filepath.Abs(h.path("")); err != nil || within(folder, cluster) {
		return nil, &Refusal{Why: "copies with secrets must not lie in " + h.path(""), Do: "name another data folder with --data"}
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, h.failed("make the folder for copies", err)
	}
	var copies []string
	for _, f := range [...]*notifications.File{files.Public, files.Private} {
		suffix := "-" + strings.ReplaceAll(f.Name, "/", "-")
		path := filepath.Join(folder, now.UTC().Format("20060102T150405.000000000Z")+suffix)
		if err := copyTo(path, f.Text); err != nil {
			return nil, h.failed("keep a copy of "+f.Name, err)
		}
		copies = append(copies, path)
		if err := prune(folder, suffix); err != nil {
			return nil, h.failed("remove old copies", err)
		}
	}
	return copies, nil
}

func within(path, folder string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(rel)
}

func copyTo(path, text string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.WriteString(file, text)
	return errors.Join(err, file.Sync(), file.Close())
}

// prune removes the oldest copies; their names begin with their time.
func prune(folder, suffix string) error {
	list, err := startingWith(folder, "2")
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(path string) bool { return !strings.HasSuffix(path, "Z"+suffix) })
	for _, path := range list[:max(len(list)-keepCopies, 0)] {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}
