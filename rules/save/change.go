package save

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"tocsin/rules/edit"
	"tocsin/rules/textdiff"
)

// Bounds of the records.
const (
	maxChanges = 50
	maxRecords = 16 << 20 // bytes of all
)

// Change is one saved change. It holds no secret: literal ones in the files are
// masked, values of secrets are not kept at all.
type Change struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Note    string    `json:"note,omitempty"`
	Effects []string  `json:"effects"`
	Files   []File    `json:"files"`
	Secrets []string  `json:"secrets,omitempty"` // names of those that were set
	Undoes  string    `json:"undoes,omitempty"`  // the change that it took back
	Commit  string    `json:"commit,omitempty"`  // of git

	Warning string `json:"-"` // what went wrong without harm, when it was saved
}

// File is what a change made of one file.
type File struct {
	Path   string `json:"path"`
	Before string `json:"before"` // SHA-256; empty: there was none
	After  string `json:"after"`
	Old    string `json:"old"` // the text, literal secrets masked
	New    string `json:"new"`
}

// Diff returns the unified diff of a file, secrets masked.
func (f *File) Diff() string {
	from, to := "a/"+f.Path, "b/"+f.Path
	if f.Before == "" {
		from = "/dev/null"
	}
	if f.After == "" {
		to = "/dev/null"
	}
	return textdiff.Unified(from, to, []byte(f.Old), []byte(f.New))
}

// Diff returns the unified diff of the change, secrets masked.
func (c *Change) Diff() string {
	var b strings.Builder
	for i := range c.Files {
		b.WriteString(c.Files[i].Diff())
	}
	return b.String()
}

// Title says in one line what the change did.
func (c *Change) Title() string {
	switch {
	case c.Undoes != "":
		return "undo change " + c.Undoes
	case len(c.Effects) == 0:
		return "secrets " + strings.Join(c.Secrets, ", ")
	case len(c.Effects) == 1:
		return c.Effects[0]
	}
	return fmt.Sprintf("%s, and %d more", c.Effects[0], len(c.Effects)-1)
}

// Changes lists the saved changes that are kept, the newest first.
func (d *Desk) Changes() ([]*Change, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.changes()
}

func (d *Desk) folder() string { return filepath.Join(d.opts.Data, "changes") }

func (d *Desk) changes() ([]*Change, error) {
	numbers, err := d.numbers()
	if err != nil {
		return nil, err
	}
	var out []*Change
	for _, n := range numbers {
		c, err := d.change(strconv.Itoa(n))
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// numbers lists the changes that are kept, the newest first.
func (d *Desk) numbers() ([]int, error) {
	entries, err := os.ReadDir(d.folder())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the saved changes: %w", err)
	}
	var out []int
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".json")
		if n, err := strconv.Atoi(name); ok && err == nil && n > 0 && strconv.Itoa(n) == name {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(a, b int) int { return cmp.Compare(b, a) })
	return out, nil
}

// Change returns one saved change.
func (d *Desk) Change(id string) (*Change, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.change(id)
}

func (d *Desk) change(id string) (*Change, error) {
	if n, err := strconv.Atoi(id); err != nil || n < 1 || strconv.Itoa(n) != id {
		return nil, &edit.NotFound{What: fmt.Sprintf("%q is no number of a change", id), Do: "tocsin undo --list shows them"}
	}
	text, err := os.ReadFile(filepath.Join(d.folder(), id+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &edit.NotFound{What: fmt.Sprintf("there is no change %s, or it is no longer kept", id), Do: fmt.Sprintf("tocsin undo --list shows the last %d", maxChanges)}
	}
	if err != nil {
		return nil, fmt.Errorf("read change %s: %w", id, err)
	}
	c := new(Change)
	if err := json.Unmarshal(text, c); err != nil {
		return nil, fmt.Errorf("read change %s: %w", id, err)
	}
	c.ID = id
	return c, nil
}

// record keeps a change, and forgets the oldest ones beyond the bounds.
func (d *Desk) record(c *Change) error {
	err := os.MkdirAll(d.folder(), 0o700)
	if err == nil {
		err = giveTo(d.folder(), d.opts.Data)
	}
	numbers, err2 := d.numbers()
	if err = errors.Join(err, err2); err != nil {
		return err
	}
	next := 1
	if len(numbers) > 0 {
		next = numbers[0] + 1
	}
	c.ID = strconv.Itoa(next)
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(d.folder(), ".change-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone when it was renamed
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = giveTo(f.Name(), d.opts.Data)
	}
	if err == nil { // Link, so that two processes never take one number
		err = os.Link(f.Name(), filepath.Join(d.folder(), c.ID+".json"))
	}
	if err != nil {
		return err
	}
	return d.forget(append([]int{next}, numbers...))
}

// forget removes the oldest records beyond the bounds.
func (d *Desk) forget(numbers []int) error {
	total := int64(0)
	for i, n := range numbers {
		path := filepath.Join(d.folder(), strconv.Itoa(n)+".json")
		info, err := os.Stat(path)
		if err != nil {
			continue
		}
		if total += info.Size(); i > 0 && (i >= maxChanges || total > maxRecords) {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}

// giveTo gives what root made to the owner of a folder, so that the daemon's user
// can read it.
func giveTo(path, folder string) error {
	info, err := os.Stat(folder)
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 {
		return nil
	}
	return os.Lchown(path, int(st.Uid), int(st.Gid))
}
