package guests

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

// farm writes files below a folder and returns it.
func farm(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		put(t, dir, name, text)
	}
	return dir
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestGuest(t *testing.T) {
	dir := farm(t, map[string]string{
		"nodes/barn/qemu-server/4100.conf": "# a note: name: wrong\nboot: order=scsi0\nname: plough\ntags: field;red, night\n\n[before]\nname: older\ntags: gone\n",
		"nodes/shed/lxc/4200.conf":         "arch: amd64\nhostname: rake\x1b[31m\n",
		"nodes/barn/qemu-server/4300.conf": strings.Repeat("#", maxConf+1),
		"user.cfg":                         "user:root@pam:1:0::::::\n\npool:tools:the: comment:4200:nas:\npool:crops:fields:4100,4300:local,nas:\npool:odd\n",
	})
	r := New(dir)
	for _, c := range []struct {
		id, node string
		want     event.Guest
	}{
		{"4100", "barn", event.Guest{ID: "4100", Name: "plough", Node: "barn", Pool: "crops", Tags: []string{"field", "red", "night"}}},
		{"4200", "barn", event.Guest{ID: "4200", Name: "rake\\u001b[31m", Node: "shed"}},
		{"4300", "", event.Guest{ID: "4300", Pool: "crops"}},
		{"4400", "barn", event.Guest{ID: "4400"}},
		{"4100", "../../x", event.Guest{ID: "4100", Name: "plough", Node: "barn", Pool: "crops", Tags: []string{"field", "red", "night"}}},
		{"../4100", "barn", event.Guest{ID: "../4100"}},
	} {
		got := r.Guest(c.id, c.node)
		if c.id == "4200" {
			if !strings.HasPrefix(got.Name, "rake") || strings.Contains(got.Name, "\x1b") {
				t.Errorf("name %q", got.Name)
			}
			got.Name = c.want.Name
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("guest %s on %s (-want +got):\n%s", c.id, c.node, diff)
		}
	}
}

// A change is seen, and what did not change is not read again.
func TestGuestAgain(t *testing.T) {
	const file = "nodes/barn/qemu-server/4100.conf"
	dir := farm(t, map[string]string{file: "name: plough\n", "user.cfg": "pool:a::4100::\n"})
	r := New(dir)
	if g := r.Guest("4100", "barn"); g.Name != "plough" || g.Pool != "a" {
		t.Fatalf("%+v", g)
	}
	at := time.Now().Add(-time.Hour)
	put(t, dir, file, "name: harrow\n")
	put(t, dir, "user.cfg", "pool:b::4100::\n")
	for _, name := range []string{file, "user.cfg"} {
		if err := os.Chtimes(filepath.Join(dir, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	if g := r.Guest("4100", "barn"); g.Name != "harrow" || g.Pool != "b" {
		t.Errorf("the change is not seen: %+v", g)
	}
	put(t, dir, file, "name: tiller\n")
	if err := os.Chtimes(filepath.Join(dir, file), at, at); err != nil {
		t.Fatal(err)
	}
	if g := r.Guest("4100", "barn"); g.Name != "harrow" {
		t.Errorf("a file with the same size and time is read again: %+v", g)
	}
	if err := os.Remove(filepath.Join(dir, file)); err != nil {
		t.Fatal(err)
	}
	if g := r.Guest("4100", "barn"); g.Name != "" || g.Pool != "b" {
		t.Errorf("a guest that is gone: %+v", g)
	}
}

func TestLocals(t *testing.T) {
	dir := farm(t, map[string]string{
		"nodes/barn/qemu-server/4100.conf": "name: plough\nonboot: 1\n[before]\nonboot: 0\ntemplate: 1\n", "nodes/barn/lxc/900.conf": "hostname: hay\ntags: dry\n",
		"nodes/barn/qemu-server/4101.conf": "name: mould\ntemplate: 1\nonboot: 1\n", "nodes/barn/qemu-server/notes.conf": "name: x\n",
		"nodes/mill/qemu-server/4200.conf": "name: wheel\nonboot: 1\n", "user.cfg": "pool:field::4100::\n",
	})
	r := New(dir)
	if list, err := r.Locals(); len(list) != 0 || err != nil {
		t.Errorf("of a node without a name: %+v, %v", list, err)
	}
	if err := os.Symlink("nodes/barn", filepath.Join(dir, "local")); err != nil {
		t.Fatal(err)
	}
	list, err := r.Locals()
	if err != nil {
		t.Fatal(err)
	}
	want := []Local{
		{Guest: event.Guest{ID: "900", Name: "hay", Node: "barn", Tags: []string{"dry"}}, Container: true},
		{Guest: event.Guest{ID: "4100", Name: "plough", Node: "barn", Pool: "field"}, OnBoot: true},
	}
	if diff := cmp.Diff(want, list); diff != "" || r.Node() != "barn" {
		t.Errorf("node %q, guests (-want +got):\n%s", r.Node(), diff)
	}
}

func TestNoProxmox(t *testing.T) {
	r := New(filepath.Join(t.TempDir(), "none"))
	if diff := cmp.Diff(event.Guest{ID: "4100"}, r.Guest("4100", "barn")); diff != "" {
		t.Error(diff)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("name: a\ntags: b;c\n[snap]\n"))
	f.Add([]byte("pool:a:b:100,101:c:\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c := parseConf(text)
		if len(c.tags) > maxTags || strings.ContainsAny(c.name, "\n\x1b") {
			t.Errorf("%+v", c)
		}
		for id := range parsePools(text) {
			if !isNumber(id) {
				t.Errorf("number %q", id)
			}
		}
	})
}
