package register

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"
)

// live makes a host that looks like a node of a cluster.
func live(t *testing.T, members string) *Host {
	t.Helper()
	h := host(t, others, othersPrivate)
	h.Live = true
	h.Version = func(context.Context, string) (string, error) { return "9.0.3", nil }
	put(t, h.path(".members"), members)
	for _, folder := range []string{h.path("priv/lock"), h.path("nodes/birch")} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("nodes/birch", h.path("local")); err != nil {
		t.Fatal(err)
	}
	return h
}

const (
	alone   = `{"nodename": "birch", "version": 0}`
	cluster = `{"nodename": "birch", "version": 7, "cluster": {"name": "wood", "quorate": 1}, "nodelist": {"birch": {"id": 1, "online": 1}, "alder": {"id": 2, "online": 0}}}`
)

func TestVersions(t *testing.T) {
	versions := func(of map[string]string) func(context.Context, string) (string, error) {
		return func(_ context.Context, node string) (string, error) {
			if of[node] == "" {
				return "", errors.New("no route to host")
			}
			return of[node], nil
		}
	}
	for name, tt := range map[string]struct {
		members string
		of      map[string]string
		assume  bool
		why     string
	}{
		"alone":            {alone, map[string]string{"birch": "8.3.0"}, false, ""},
		"alone, old":       {alone, map[string]string{"birch": "8.2.9"}, false, "node birch has Proxmox VE 8.2.9"},
		"very old":         {alone, map[string]string{"birch": "7.4-3"}, false, "node birch has"},
		"new":              {alone, map[string]string{"birch": "10.0~beta1"}, false, ""},
		"cluster":          {cluster, map[string]string{"birch": "9.2", "alder": "8.4.1"}, false, ""},
		"one is old":       {cluster, map[string]string{"birch": "9.2", "alder": "8.1.4"}, true, "node alder has Proxmox VE 8.1.4"},
		"one is down":      {cluster, map[string]string{"birch": "9.2"}, false, "alder cannot be asked: no route"},
		"one is known":     {cluster, map[string]string{"birch": "9.2"}, true, ""},
		"nonsense":         {alone, map[string]string{"birch": "nine"}, false, "birch cannot be asked"},
		"name of a folder": {`{"nodename": "../x"}`, nil, false, "is no name of a node"},
		"no JSON":          {`{`, nil, false, "members"},
	} {
		h := live(t, tt.members)
		h.Version, h.AssumeCurrent = versions(tt.of), tt.assume
		_, err := h.Setup(t.Context(), target)
		if (tt.why == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.why) {
			t.Errorf("%s: got %v, want %q", name, err, tt.why)
		}
	}
}

// TestMount: nothing is written where the cluster's file system is not, or not writable.
func TestMount(t *testing.T) {
	h := live(t, alone)
	setup(t, h, target)
	if err := os.Remove(h.path("local")); err != nil {
		t.Fatal(err)
	}
	for name, look := range map[string]func() error{
		"setup":   func() error { _, err := h.Setup(t.Context(), target); return err },
		"removal": func() error { _, err := h.Removal(); return err },
		"look":    func() error { _, err := h.Look(); return err },
	} {
		if err := look(); err == nil || !strings.Contains(err.Error(), "is not mounted") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for _, isLive := range []bool{true, false} {
		_, err := (&Host{Root: t.TempDir(), Live: isLive}).Look()
		checkRefusal(t, err, "there is no Proxmox VE")
	}
}

// TestQuorum: the cluster's file system shows the lack of it in the mode of the link.
func TestQuorum(t *testing.T) {
	for mode, want := range map[fs.FileMode]bool{0o777: true, 0o755: true, 0o555: false} {
		if got := isWritable(link(fs.ModeSymlink | mode)); got != want {
			t.Errorf("%v: got %t", mode, got)
		}
	}
}

// link is a file of which the mode is known.
type link fs.FileMode

func (l link) Name() string       { return "local" }
func (l link) Size() int64        { return 0 }
func (l link) Mode() fs.FileMode  { return fs.FileMode(l) }
func (l link) ModTime() time.Time { return time.Time{} }
func (l link) IsDir() bool        { return false }
func (l link) Sys() any           { return nil }

func TestProxyIsTold(t *testing.T) {
	h := host(t, others, othersPrivate)
	put(t, h.path("datacenter.cfg"), "keyboard: de\nhttp_proxy: http://user:hunter2@proxy.example:3128\n")
	plan := planOf(t, h, false)
	if len(plan.Warnings) != 1 || !strings.Contains(plan.Warnings[0], "http_proxy") || strings.Contains(plan.Warnings[0], "hunter2") {
		t.Errorf("got %q", plan.Warnings)
	}
	if got := planOf(t, host(t, "", ""), false).Warnings; got != nil {
		t.Errorf("got %q", got)
	}
}
