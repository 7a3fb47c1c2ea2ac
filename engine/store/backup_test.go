package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine"
	"tocsin/engine/event"
)

// TestBackup copies from a process of its own while the daemon commits: the copy
// holds everything that was kept before, whole batches only, and is a store.
func TestBackup(t *testing.T) {
	if os.Getenv(childTask) == "backup" {
		path := os.Getenv(childPath)
		b, err := readAt(t, path).Backup(t.Context(), path+".copy")
		if err != nil {
			t.Fatal(err)
		}
		if err := json.NewEncoder(os.Stdout).Encode(b); err != nil {
			t.Fatal(err)
		}
		return
	}
	s := openTemp(t)
	keep(t, s, batchOfEverything())
	var kept atomic.Int64
	end, ended := make(chan struct{}), make(chan error)
	go func() { ended <- commitPairs(t, s, &kept, end) }()
	for kept.Load() < 20 {
		runtime.Gosched()
	}
	before := kept.Load()
	out, err := child(t, "backup", s.path).Output()
	after := kept.Load()
	close(end)
	if err := errors.Join(err, <-ended); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	line, _, _ := strings.Cut(string(out), "\n")
	var b Backup
	if err := json.Unmarshal([]byte(line), &b); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	info, err := os.Stat(b.Path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != b.Bytes {
		t.Errorf("the copy: %v, %v; told %+v", info, err, b)
	}
	if left, err := filepath.Glob(b.Path + "?*"); err != nil || len(left) > 0 {
		t.Errorf("beside the copy: %v, %v", left, err)
	}
	restored := openAt(t, b.Path)
	parcels := count(t, restored, "outbox") - 1
	if parcels%2 != 0 || parcels/2 < int(before) || parcels/2 > int(after)+1 {
		t.Errorf("the copy has %d parcels; %d pairs were kept before it, %d after", parcels, before, after)
	}
	want, got := snapshot(t, s), snapshot(t, restored)
	if diff := cmp.Diff(want.Saved, got.Saved); diff != "" {
		t.Errorf("what is remembered (-want +got):\n%s", diff)
	}
}

// commitPairs commits two parcels at a time until it is ended.
func commitPairs(t *testing.T, s *Store, kept *atomic.Int64, end <-chan struct{}) error {
	for n := 0; ; n++ {
		select {
		case <-end:
			return nil
		default:
		}
		pair := []event.Parcel{parcel("mail", fmt.Sprint("a", n), event.Info), parcel("mail", fmt.Sprint("b", n), event.Info)}
		if err := s.Commit(t.Context(), &engine.Batch{Queued: pair}); err != nil {
			return err
		}
		kept.Add(1)
	}
}

func count(t *testing.T, s *Store, table string) (n int) {
	t.Helper()
	if err := s.readers.Get(&n, "SELECT count(*) FROM "+table); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestBackupRefuses: it overwrites nothing, and leaves nothing when it fails.
func TestBackupRefuses(t *testing.T) {
	sp := newSpecimen(t)
	path := lay(t, sp.file, nil)
	there := filepath.Join(t.TempDir(), "there.db")
	write(t, there, []byte("mine"))
	if _, err := readAt(t, path).Backup(t.Context(), there); err == nil || !strings.Contains(err.Error(), "exists already") || string(read(t, there)) != "mine" {
		t.Errorf("onto a file: %v", err)
	}
	if _, err := readAt(t, path).Backup(t.Context(), filepath.Join(there, "x")); err == nil {
		t.Error("into a file as a folder: no error")
	}
	for page, name := range sp.names {
		if name == "quiet_pending" {
			clear(sp.file[(page-1)*pageSize : page*pageSize])
		}
	}
	path = lay(t, sp.file, nil)
	_, err := readAt(t, path).Backup(t.Context(), path+".copy")
	wantUnavailable(t, err, "is damaged", path)
	if left, err := filepath.Glob(path + ".copy*"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
