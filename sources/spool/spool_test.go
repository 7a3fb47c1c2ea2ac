package spool

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"tocsin/engine/event"
	"tocsin/sources"
)

// desk keeps what a source hands in.
type desk struct {
	mu      sync.Mutex
	kept    []sources.Finding
	trouble string
	looked  chan struct{} // has one after each look of the source
	keep    func() error  // before anything is kept; nil: nothing hinders
}

func (d *desk) Position() string { return "" }

func (d *desk) Keep(_ context.Context, _ string, findings ...sources.Finding) error {
	if d.keep != nil {
		if err := d.keep(); err != nil {
			return err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kept = append(d.kept, findings...)
	return nil
}

func (d *desk) Report(trouble string) {
	d.mu.Lock()
	d.trouble = trouble
	d.mu.Unlock()
	d.looked <- struct{}{}
}

// titles are those of the kept events, and the types of the notices.
func (d *desk) titles() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var list []string
	for _, f := range d.kept {
		if title, ok := f.Event.Data["title"].(string); ok {
			list = append(list, title)
		} else {
			list = append(list, f.Event.Type)
		}
	}
	return list
}

// decode reads an event well enough for these tests.
func decode(text []byte) (in event.Incoming, err error) {
	if err = json.Unmarshal(text, &in); err == nil && in.Type == "" {
		err = errors.New("it has no type")
	}
	return in, err
}

// hall is a spool with a source and a desk.
type hall struct {
	*testing.T
	data, dir string
	desk      *desk
	log       bytes.Buffer
	source    *Source
}

func newHall(t *testing.T) *hall {
	t.Helper()
	data := t.TempDir()
	h := &hall{T: t, data: data, dir: filepath.Join(data, Name), desk: &desk{looked: make(chan struct{}, 100)}}
	if err := makeFolder(data); err != nil {
		t.Fatal(err)
	}
	h.source = New(Options{Data: data, Decode: decode, Log: slog.New(slog.NewTextHandler(&h.log, nil))})
	return h
}

// run runs the source until the test ends it.
func (h *hall) run() (end func() error) {
	ctx, cancel := context.WithCancel(h.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.source.Run(ctx, h.desk) }()
	return func() error {
		cancel()
		return <-ended
	}
}

// look lets the source look once.
func (h *hall) look() {
	h.Helper()
	end := h.run()
	<-h.desk.looked
	if err := end(); err != nil {
		h.Fatal(err)
	}
}

func (h *hall) put(title string) (id string) {
	h.Helper()
	id = ulid.Make().String()
	if err := Put(h.data, id, text(id, title)); err != nil {
		h.Fatal(err)
	}
	return id
}

func text(id, title string) []byte {
	return fmt.Appendf(nil, `{"id":%q,"event_type":"custom","time":"2026-05-04T03:02:01Z","data":{"title":%q}}`, id, title)
}

// files lists the spool, its folders left out.
func (h *hall) files(dir string) []string {
	h.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		h.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		if e.Name() != badName {
			list = append(list, e.Name())
		}
	}
	return list
}

func TestWhatIsPutIsTakenInOrderAndThenGone(t *testing.T) {
	h := newHall(t)
	for n := range batchFiles + 5 {
		h.put(fmt.Sprint("event ", n))
	}
	first := h.put("last")
	h.desk.keep = func() error {
		if len(h.files(h.dir)) == 0 {
			t.Error("the files are gone before the events are kept")
		}
		return nil
	}
	h.look()
	got := h.desk.titles()
	if len(got) != batchFiles+6 || got[0] != "event 0" || got[batchFiles+5] != "last" {
		t.Errorf("kept are %d: %q", len(got), got)
	}
	last := h.desk.kept[len(h.desk.kept)-1]
	if e := last.Event; e.ID != first || e.Source != "spool" || !e.Time.Equal(time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)) {
		t.Errorf("the event is %+v", e)
	}
	if want := event.KnownBy(first, time.Now()); last.Claim.Key != want.Key || last.Claim.Digest != want.Digest {
		t.Errorf("its claim is %+v", last.Claim)
	}
	if left := h.files(h.dir); len(left) > 0 || h.desk.trouble != "" {
		t.Errorf("left are %q, %s", left, h.desk.trouble)
	}
}

func TestWhatComesLaterIsNoticed(t *testing.T) {
	h := newHall(t)
	end := h.run()
	<-h.desk.looked
	h.put("late")
	for len(h.desk.titles()) == 0 {
		<-h.desk.looked
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}

func TestAFolderThatIsTakenAwayIsMadeAnew(t *testing.T) {
	h := newHall(t)
	ended := make(chan error, 1)
	go func() { ended <- h.source.Run(t.Context(), h.desk) }()
	<-h.desk.looked
	if err := os.Remove(h.dir); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "made anew") {
		t.Errorf("it ended with %v", err)
	}
	h.look()
	h.put("back")
	h.look()
	if got := h.desk.titles(); !slices.Equal(got, []string{"back"}) {
		t.Errorf("kept are %q", got)
	}
}

func TestWhatIsNotKeptStays(t *testing.T) {
	h := newHall(t)
	id := h.put("patient")
	ctx, cancel := context.WithCancel(t.Context())
	h.desk.keep = func() error {
		cancel()
		return ctx.Err()
	}
	if err := h.source.Run(ctx, h.desk); err != nil {
		t.Error(err)
	}
	if left := h.files(h.dir); !slices.Equal(left, []string{id + suffix}) {
		t.Errorf("left are %q", left)
	}
	h.desk.keep = nil
	h.look()
	if got := h.desk.titles(); !slices.Equal(got, []string{"patient"}) {
		t.Errorf("kept are %q", got)
	}
}

func TestWhatIsNoEventIsSetAside(t *testing.T) {
	const id = "01KK8Z4N5V6Q3XW0J9R2T7C1ED"
	outside := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, text(id, "secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	write := func(text []byte) func(string) error {
		return func(path string) error { return os.WriteFile(path, text, 0o600) }
	}
	for name, c := range map[string]struct {
		file   string
		make   func(path string) error
		reason string
	}{
		"link":   {id + suffix, func(path string) error { return os.Symlink(outside, path) }, "no regular file"},
		"second": {id + suffix, func(path string) error { return os.Link(outside, path) }, "second name"},
		"pipe":   {id + suffix, func(path string) error { return syscall.Mkfifo(path, 0o600) }, "no regular file"},
		"folder": {id + suffix, func(path string) error { return os.MkdirAll(path+"/x", 0o700) }, "no regular file"},
		"huge": {id + suffix, func(path string) error {
			return errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, maxFile+1))
		}, "larger than"},
		"name":       {"notes.txt", write(text(id, "x")), "its name"},
		"lower case": {strings.ToLower(id) + suffix, write(text(id, "x")), "its name"},
		"another id": {id + suffix, write(text("01KK8Z4N5V6Q3XW0J9R2T7C1EE", "x")), "not the id"},
		"no id":      {id + suffix, write([]byte(`{"event_type":"custom"}`)), "not the id"},
		"no type":    {id + suffix, write([]byte(`{}`)), "no type"},
		"cut off":    {id + suffix, write([]byte(`{"event_type":`)), "unexpected end"},
		"empty":      {id + suffix, write(nil), "unexpected end"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHall(t)
			if err := c.make(filepath.Join(h.dir, c.file)); err != nil {
				t.Skipf("NOT TESTED, it cannot be made here: %v", err)
			}
			h.put("good")
			h.look()
			got := h.desk.titles()
			slices.Sort(got)
			if !slices.Equal(got, []string{"good", "spool_rejected"}) {
				t.Fatalf("kept are %q", got)
			}
			for _, f := range h.desk.kept {
				if f.Event.Type == "spool_rejected" && (f.Event.Data["file"] != c.file || !strings.Contains(f.Event.Data["reason"].(string), c.reason)) {
					t.Errorf("the notice is %v, want %q", f.Event.Data, c.reason)
				}
			}
			if left := h.files(h.dir); len(left) > 0 {
				t.Errorf("left are %q", left)
			}
			if bad := h.files(filepath.Join(h.dir, badName)); !slices.Equal(bad, []string{c.file, c.file + ".reason"}) {
				t.Errorf("set aside are %q", bad)
			}
			if !strings.Contains(h.log.String(), c.reason) {
				t.Errorf("the log is %s", &h.log)
			}
		})
	}
}

func TestOnlyTheRightOwnersCount(t *testing.T) {
	user, group := uint32(os.Geteuid()), uint32(os.Getegid())
	s := New(Options{})
	for _, c := range []struct {
		uid, gid uint32
		want     bool
	}{{0, 4000, true}, {user, 4000, true}, {4000, group, true}, {4000, 4000, false}} {
		if got := s.trusts(c.uid, c.gid); got != c.want {
			t.Errorf("user %d, group %d: %v", c.uid, c.gid, got)
		}
	}
	h := newHall(t)
	h.put("strange")
	h.source.trusts = func(uint32, uint32) bool { return false }
	h.look()
	if got := h.desk.titles(); !slices.Equal(got, []string{"spool_rejected"}) || !strings.Contains(h.log.String(), "its owner") {
		t.Errorf("kept are %q", got)
	}
}

// Root gives the file away, so that the daemon's user can read it.
func TestRootSharesWithTheDaemon(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	h := newHall(t)
	if err := os.Chown(h.dir, 4001, 4002); err != nil {
		t.Skipf("NOT TESTED: %v", err)
	}
	id := h.put("given")
	info, err := os.Stat(filepath.Join(h.dir, id+suffix))
	if err != nil {
		t.Fatal(err)
	}
	if st := info.Sys().(*syscall.Stat_t); st.Uid != 4001 || st.Gid != 4002 || info.Mode() != 0o660 {
		t.Errorf("it is of %d:%d with %v", st.Uid, st.Gid, info.Mode())
	}
}

func TestOnlyTheNewestAreKeptAside(t *testing.T) {
	h := newHall(t)
	for n := range 2 * maxBad {
		if err := os.WriteFile(filepath.Join(h.dir, fmt.Sprintf("junk%03d", n)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h.look()
	bad := h.files(filepath.Join(h.dir, badName))
	if len(bad) > maxBad || !slices.Contains(bad, fmt.Sprintf("junk%03d", 2*maxBad-1)) {
		t.Errorf("set aside are %d, the last %s", len(bad), bad[len(bad)-1])
	}
}

func TestASenderThatWasKilledLeavesNothing(t *testing.T) {
	h := newHall(t)
	for name, age := range map[string]time.Duration{".old": 2 * leftover, ".new": 0} {
		path := filepath.Join(h.dir, name)
		if err := os.WriteFile(path, []byte(`{"event_`), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	h.look()
	if left := h.files(h.dir); !slices.Equal(left, []string{".new"}) || len(h.desk.kept) > 0 {
		t.Errorf("left are %q, kept %v", left, h.desk.kept)
	}
}

func TestASpoolIsBounded(t *testing.T) {
	h := newHall(t)
	id := ulid.Make().String()
	if err := Put(h.data, id, make([]byte, maxFile+1)); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a huge event: %v", err)
	}
	if err := Put(h.data, "../../etc/x", nil); err == nil || !strings.Contains(err.Error(), "no id") {
		t.Errorf("an id that is a path: %v", err)
	}
	heavy := filepath.Join(h.dir, "heavy")
	if err := errors.Join(os.WriteFile(heavy, nil, 0o600), os.Truncate(heavy, maxBytes)); err != nil {
		t.Fatal(err)
	}
	if err := Put(h.data, id, text(id, "x")); !errors.Is(err, ErrFull) {
		t.Errorf("too many bytes: %v", err)
	}
	if err := os.Remove(heavy); err != nil {
		t.Fatal(err)
	}
	for n := range maxFiles + 1 {
		f, err := os.Create(filepath.Join(h.dir, fmt.Sprint(n)))
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	if err := Put(h.data, id, text(id, "x")); !errors.Is(err, ErrFull) {
		t.Errorf("too many files: %v", err)
	}
	if slices.Contains(h.files(h.dir), "."+id) {
		t.Error("a part of the event was left")
	}
}

func TestWhereNoDaemonHasRunNothingIsPut(t *testing.T) {
	id := ulid.Make().String()
	if err := Put(t.TempDir(), id, text(id, "x")); !errors.Is(err, ErrNone) {
		t.Errorf("error is %v", err)
	}
	data := t.TempDir()
	if err := os.Symlink(t.TempDir(), filepath.Join(data, Name)); err != nil {
		t.Fatal(err)
	}
	if err := Put(data, id, text(id, "x")); !errors.Is(err, errNoFolder) {
		t.Errorf("a link in its place: %v", err)
	}
	if err := New(Options{Data: data}).Run(t.Context(), &desk{}); !errors.Is(err, errNoFolder) {
		t.Errorf("a link in its place is watched: %v", err)
	}
}
