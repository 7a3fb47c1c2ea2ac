package host

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"tocsin/engine/event"
	"tocsin/sources/health"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// machine makes a host of an archive in testdata. A file whose name says "a -> b" is a
// symbolic link; what is in bin and sbin is executable; one called statfs says how full
// file systems are. It must be called in a bubble.
func machine(t *testing.T, name string) *Host {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	for _, file := range archive.Files {
		lay(t, root, file.Name, file.Data)
	}
	h := New(Options{Root: root})
	h.probes.ask = asked(t, root)
	return h
}

func lay(t *testing.T, root, name string, text []byte) {
	t.Helper()
	name, target, isLink := strings.Cut(name, " -> ")
	path := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	var err error
	switch dir := filepath.Base(filepath.Dir(path)); {
	case isLink:
		err = os.Symlink(target, path)
	case strings.HasSuffix(name, "/"):
		err = errors.Join(os.MkdirAll(path, 0o755), os.Chtimes(path, time.Now(), time.Now()))
	case dir == "bin" || dir == "sbin":
		err = os.WriteFile(path, text, 0o755)
	default:
		err = os.WriteFile(path, text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// asked answers as the file statfs says: a path, then blocks of 1 KiB in all, free, and
// free for users, inodes in all and free; or hangs, or the number of an error.
func asked(t *testing.T, root string) func(string) (syscall.Statfs_t, error) {
	ended := make(chan struct{})
	t.Cleanup(func() { close(ended) })
	text, _ := os.ReadFile(filepath.Join(root, "statfs"))
	return func(path string) (st syscall.Statfs_t, err error) {
		for line := range strings.Lines(string(text)) {
			at, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
			if filepath.Join(root, at) != path {
				continue
			}
			var number syscall.Errno
			if rest == "hangs" {
				<-ended
			} else if n, _ := fmt.Sscanf(rest, "error %d", &number); n == 1 {
				return st, number
			}
			st.Bsize = 1024
			_, _ = fmt.Sscan(rest, &st.Blocks, &st.Bfree, &st.Bavail, &st.Files, &st.Ffree)
			return st, nil
		}
		return st, syscall.ENOENT
	}
}

// Each fact of made-up hosts is what its golden file says, in the types that the fact
// declares.
func TestReaders(t *testing.T) {
	names := []string{}
	for _, f := range health.Facts() {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(names)), slices.Sorted(maps.Keys(readers()))); diff != "" {
		t.Errorf("facts and readers differ (-facts +readers):\n%s", diff)
	}
	zone := time.Local // in which dpkg writes its log
	time.Local = time.UTC
	t.Cleanup(func() { time.Local = zone })
	seen := map[string]bool{}
	archives, _ := filepath.Glob("testdata/*.txtar")
	for _, path := range archives {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { compare(t, name, readAll(t, machine(t, name), seen)) })
		})
	}
	for _, f := range health.Facts() {
		for field := range f.Fields {
			if !seen[f.Name+"."+field] {
				t.Errorf("no made-up host has host.%s.%s", f.Name, field)
			}
		}
	}
}

// readAll reads all facts and writes them down.
func readAll(t *testing.T, h *Host, seen map[string]bool) string {
	var b strings.Builder
	for _, f := range health.Facts() {
		if f.Name == "cpu" { // its counters move while it looks
			later := filepath.Join(h.root, "proc/stat.later")
			time.AfterFunc(shortest/2, func() { _ = os.Rename(later, filepath.Join(h.root, "proc/stat")) })
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		items, err := h.Read(ctx, f.Name)
		cancel()
		fmt.Fprintf(&b, "%s\n", f.Name)
		if err != nil {
			fmt.Fprintf(&b, "  error: %s\n", strings.ReplaceAll(err.Error(), h.root, "ROOT"))
		}
		for _, it := range items {
			b.WriteString("  -")
			for _, field := range slices.Sorted(maps.Keys(it)) {
				seen[f.Name+"."+field] = true
				fmt.Fprintf(&b, " %s=%s", field, shown(it[field]))
			}
			b.WriteString("\n")
		}
		examine(t, f, items)
	}
	return b.String()
}

func shown(v any) string {
	switch v := v.(type) {
	case float64:
		return fmt.Sprintf("%.4g", v)
	case string, []any:
		return fmt.Sprintf("%q", v)
	}
	return event.Text(v)
}

// examine holds items against what the fact declares.
func examine(t *testing.T, f health.Fact, items []map[string]any) {
	t.Helper()
	if !f.Each && len(items) > 1 {
		t.Errorf("%s: %d items of a fact that is no list", f.Name, len(items))
	}
	keys := map[any]bool{}
	for _, it := range items {
		checkTypes(t, f, it)
		if f.Each && (it[f.Key] == nil || it[f.Key] == "" || keys[it[f.Key]]) {
			t.Errorf("%s: an item has no key %s of its own: %v", f.Name, f.Key, it)
		}
		keys[it[f.Key]] = true
	}
}

// checkTypes fails for a field that is not what the fact declares.
func checkTypes(t *testing.T, f health.Fact, it item) {
	t.Helper()
	for field, v := range it {
		want, declared := f.Fields[field]
		if got, ok := event.Coerce(v, want); !declared || !ok || reflect.TypeOf(got) != reflect.TypeOf(v) {
			t.Errorf("%s.%s is a %T, declared as %q", f.Name, field, v, want)
		}
		if n, ok := v.(float64); ok && (math.IsNaN(n) || math.IsInf(n, 0)) {
			t.Errorf("%s.%s is %v", f.Name, field, n)
		}
	}
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}
