package register

import (
	"context"
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
	"tocsin/sources/pve/notifications"
)

const (
	others        = "smtp: relay\n\tserver mail.example\n\tfrom-address a@mail.example\n\nmatcher: all\n\ttarget relay\n\ttarget tocsin\n"
	othersWithout = "smtp: relay\n\tserver mail.example\n\tfrom-address a@mail.example\n\nmatcher: all\n\ttarget relay\n"
	othersPrivate = "smtp: relay\n\tpassword pass word"
)

var target = notifications.Target{URL: "http://127.0.0.1:8008/api/notifications/webhook", Secret: event.NewSecret("hush")}

// host makes a folder in place of / with both files in it.
func host(t *testing.T, public, private string) *Host {
	t.Helper()
	h := &Host{Root: t.TempDir(), Backups: filepath.Join(t.TempDir(), "copies")}
	put(t, h.path(notifications.Public), public)
	put(t, h.path(notifications.Private), private)
	return h
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func contents(t *testing.T, h *Host) [2]string {
	t.Helper()
	var out [2]string
	for i, name := range [...]string{notifications.Public, notifications.Private} {
		text, err := os.ReadFile(h.path(name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		out[i] = string(text)
	}
	return out
}

// files lists the files of a folder that are not what they should be called.
func leftovers(t *testing.T, h *Host) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(h.Root, func(path string, d fs.DirEntry, err error) error {
		if !d.IsDir() && d.Name() != "notifications.cfg" || strings.Contains(d.Name(), "file-") {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func setup(t *testing.T, h *Host, target notifications.Target) (*Plan, []string) {
	t.Helper()
	plan, err := h.Setup(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	copies, err := h.Apply(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	return plan, copies
}

func remove(t *testing.T, h *Host) *Plan {
	t.Helper()
	plan, err := h.Removal()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Apply(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	return plan
}

func TestSetupAndRemove(t *testing.T) {
	h := host(t, othersWithout, othersPrivate)
	plan, copies := setup(t, h, target)
	seen, err := h.Look()
	if err != nil || !seen.State.Registered || !seen.State.Secret {
		t.Fatalf("got %+v, %v", seen, err)
	}
	for _, c := range plan.Changed() {
		if strings.Contains(c.Before+c.After, "pass word") || strings.Contains(c.After, "aHVzaA==") {
			t.Errorf("%s is shown with its secrets:\n%s", c.File, c.After)
		}
	}
	for i, want := range [...]string{othersWithout, othersPrivate} {
		got, err := os.ReadFile(copies[i])
		if err != nil || string(got) != want {
			t.Errorf("the copy %s has %q, %v", copies[i], got, err)
		}
		if info, err := os.Stat(copies[i]); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the copy has mode %v, %v", info.Mode(), err)
		}
	}
	if info, err := os.Stat(h.path(notifications.Private)); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("the private file has mode %v, %v", info.Mode(), err)
	}

	plan, copies = setup(t, h, target)
	if len(plan.Changed()) > 0 || copies != nil {
		t.Errorf("a second setup changes %v and copies %v", plan.Changed(), copies)
	}
	remove(t, h)
	if diff := cmp.Diff([2]string{othersWithout, othersPrivate}, contents(t, h)); diff != "" {
		t.Errorf("not as it was (-want +got):\n%s", diff)
	}
	if left := leftovers(t, h); left != nil {
		t.Errorf("left behind: %v", left)
	}
	if len(remove(t, h).Changed()) > 0 {
		t.Error("a second removal changes something")
	}
}

// TestNothingThere: both files, and the folder of the private one, may be missing.
func TestNothingThere(t *testing.T) {
	h := &Host{Root: t.TempDir(), Backups: t.TempDir()}
	if err := os.MkdirAll(h.path(""), 0o755); err != nil {
		t.Fatal(err)
	}
	setup(t, h, target)
	remove(t, h)
	if got := contents(t, h); got != [2]string{} {
		t.Errorf("got %q", got)
	}
}

// TestEveryStepLeavesFilesThatWork: a power cut after any of the steps leaves files
// that Proxmox VE reads, in which the target works, or is not there, and nothing of
// others is missing. Trying again gets to the end.
func TestEveryStepLeavesFilesThatWork(t *testing.T) {
	for _, removes := range []bool{false, true} {
		for n := 0; ; n++ {
			h := host(t, others, othersPrivate)
			if removes {
				setup(t, h, target)
			}
			plan := planOf(t, h, removes)
			steps := h.steps(plan)
			if n > len(steps) {
				break
			}
			for _, step := range steps[:n] {
				if err := step(); err != nil {
					t.Fatal(err)
				}
			}
			seen, err := h.Look()
			if err != nil {
				t.Fatalf("removes %t, after step %d: %v", removes, n, err)
			}
			if st := seen.State; st.URL != "" && !st.Registered {
				t.Errorf("removes %t, after step %d: the target is there and does not work: %q", removes, n, st.Troubles)
			}
			if !strings.Contains(seen.Files.Public.Text, "\tserver mail.example\n") || !strings.Contains(seen.Files.Private.Text, "pass word") {
				t.Errorf("removes %t, after step %d: something of others is missing", removes, n)
			}
			if removes {
				remove(t, h)
			} else {
				setup(t, h, target)
			}
			if left := leftovers(t, h); left != nil {
				t.Errorf("removes %t, after step %d: left behind: %v", removes, n, left)
			}
		}
	}
}

func planOf(t *testing.T, h *Host, removes bool) *Plan {
	t.Helper()
	plan, err := h.Setup(t.Context(), target)
	if removes {
		plan, err = h.Removal()
	}
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// TestLeftOvers: what a killed process of ours left goes, what another one writes stays.
func TestLeftOvers(t *testing.T) {
	h := host(t, "", "")
	dead, living := h.path("notifications.cfg.tmp.4194399"), h.path("notifications.cfg.tmp."+strconv.Itoa(os.Getppid()))
	for _, path := range []string{dead, living, h.path("notifications.cfg.tmp.old"), h.path("notifications.cfg.bak")} {
		put(t, path, "half a li")
	}
	setup(t, h, target)
	if got := len(leftovers(t, h)); got != 3 {
		t.Errorf("%d are left, want 3: %v", got, leftovers(t, h))
	}
	if _, err := os.Stat(dead); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was left is still there: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	broken := host(t, "# mine\n", "")
	if _, err := broken.Setup(t.Context(), target); err == nil || !strings.HasPrefix(err.Error(), "notifications.cfg:1: ") {
		t.Errorf("got %v", err)
	}
	if _, err := broken.Removal(); err == nil {
		t.Error("a broken file was edited")
	}
	if _, err := broken.Look(); err == nil {
		t.Error("a broken file was looked at")
	}
	if got := contents(t, broken)[0]; got != "# mine\n" {
		t.Errorf("got %q", got)
	}

	h := host(t, others, othersPrivate)
	plan := planOf(t, h, false)
	put(t, h.path(notifications.Public), othersWithout)
	_, err := h.Apply(t.Context(), plan)
	checkRefusal(t, err, "changed in the meantime")

	h.Backups = h.path("copies")
	_, err = h.Apply(t.Context(), planOf(t, h, false))
	checkRefusal(t, err, "must not lie in")
	if got := contents(t, h)[0]; got != othersWithout {
		t.Errorf("got %q", got)
	}
}

func checkRefusal(t *testing.T, err error, why string) {
	t.Helper()
	r, ok := errors.AsType[*Refusal](err)
	if !ok || !strings.Contains(r.Why, why) || r.Do == "" {
		t.Errorf("got %v, want a refusal with %q", err, why)
	}
}

// TestRights: whoever may not is told who may.
func TestRights(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may everything")
	}
	h := host(t, others, othersPrivate)
	if err := os.Chmod(h.path(notifications.Private), 0); err != nil {
		t.Fatal(err)
	}
	_, err := h.Look()
	checkRefusal(t, err, "not permitted")
	if r, _ := errors.AsType[*Refusal](err); !r.Rights {
		t.Error("it is not told that root may")
	}
}

// TestLocks: a lock of somebody else is waited for, and in the end respected; ours is
// given back in any case.
func TestLocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := host(t, others, othersPrivate)
		lock := h.lockFolders()[1]
		if err := os.MkdirAll(lock, 0o700); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		_, err := h.Apply(t.Context(), planOf(t, h, false))
		checkRefusal(t, err, "are locked")
		if waited := time.Since(begin); waited != lockTime {
			t.Errorf("waited %s", waited)
		}
		if info, err := os.Stat(lock); err != nil || !info.ModTime().Equal(time.Unix(0, 0)) {
			t.Errorf("the lock was not asked for: %v, %v", info.ModTime(), err)
		}
		if _, err := os.Stat(h.lockFolders()[0]); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("our lock stays: %v", err)
		}

		ctx, cancel := context.WithCancel(t.Context())
		go func() { time.Sleep(2 * time.Second); cancel() }()
		if _, err := h.Apply(ctx, planOf(t, h, false)); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}

		go func() { time.Sleep(5 * time.Second); os.Remove(lock) }()
		setup(t, h, target)
		if got := contents(t, h)[0]; !strings.Contains(got, "webhook: tocsin") {
			t.Errorf("got %s", got)
		}
	})
}

func TestCopiesAreFew(t *testing.T) {
	h := host(t, "", "")
	for range keepCopies {
		setup(t, h, target)
		remove(t, h)
	}
	entries, err := os.ReadDir(h.Backups)
	if err != nil || len(entries) != 2*keepCopies {
		t.Errorf("got %d copies, %v", len(entries), err)
	}
}

// TestFixtures registers over every recorded pair of files and takes it back.
func TestFixtures(t *testing.T) {
	root := os.Getenv("TOCSIN_FIXTURES")
	if root == "" {
		t.Skip("TOCSIN_FIXTURES names no folder of recorded configurations")
	}
	dir := filepath.Join(root, "notifications-cfg")
	file, err := os.Open(filepath.Join(dir, "index.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		t.Run(row[0], func(t *testing.T) {
			public, err := os.ReadFile(filepath.Join(dir, row[0]))
			if err != nil {
				t.Fatal(err)
			}
			private, err := os.ReadFile(filepath.Join(dir, row[1]))
			if err != nil {
				t.Fatal(err)
			}
			h := host(t, string(public), string(private))
			plan, err := h.Setup(t.Context(), target)
			if err == nil {
				_, err = h.Apply(t.Context(), plan)
			}
			if accepted := row[2] == "accept"; accepted != (err == nil) && !strings.Contains(string(public), "matcher: tocsin\n") {
				t.Fatalf("got %v, want %s", err, row[2])
			}
			if err == nil && strings.Contains(string(public)+string(private), "tocsin") {
				return // taking it out is more than what was put in
			}
			if err == nil {
				remove(t, h)
			}
			if diff := cmp.Diff([2]string{string(public), string(private)}, contents(t, h)); diff != "" {
				t.Errorf("not as it was (-want +got):\n%s", diff)
			}
		})
	}
}
