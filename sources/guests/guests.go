package guests

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"tocsin/engine/event"
)

// Root is where Proxmox VE keeps its configuration.
const Root = "/etc/pve"

// Bounds of what is read and kept.
const (
	maxConf  = 256 << 10 // bytes of a guest's configuration
	maxUsers = 4 << 20   // bytes of the file with the pools
	maxKept  = 20_000    // files
	maxTags  = 64
	maxNodes = 200
)

// Reader reads the guests of a folder such as Root. Its methods may be called from
// many goroutines.
type Reader struct {
	root string

	mu    sync.Mutex
	confs map[string]conf // by path
	users stamp           // of pools
	pools map[string]string
}

// conf is what the configuration of a guest tells.
type conf struct {
	stamp
	name     string
	tags     []string
	onBoot   bool
	template bool
}

// stamp tells whether a file is another than before.
type stamp struct {
	at   time.Time
	size int64
}

// New returns a reader of a folder that need not be there.
func New(root string) *Reader { return &Reader{root: root, confs: map[string]conf{}} }

// Guest returns what is known of a guest. The node is where it is looked for first;
// on which node it is found is in the answer. Of one that no file tells of, only its
// number is known.
func (r *Reader) Guest(id, node string) event.Guest {
	g := event.Guest{ID: id}
	if !isNumber(id) {
		return g
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	g.Pool = r.pool(id)
	for _, n := range r.nodes(node) {
		for _, file := range []string{"qemu-server/" + id + ".conf", "lxc/" + id + ".conf"} {
			if c, ok := r.conf(filepath.Join(r.root, "nodes", n, file)); ok {
				g.Name, g.Tags, g.Node = c.name, c.tags, n
				return g
			}
		}
	}
	return g
}

// nodes lists those of the cluster, the given one first.
func (r *Reader) nodes(first string) []string {
	var list []string
	if first != "" && filepath.IsLocal(first) && !strings.Contains(first, "/") {
		list = append(list, first)
	}
	dir, err := os.Open(filepath.Join(r.root, "nodes"))
	if err != nil {
		return list
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(maxNodes)
	for _, name := range names {
		if name != first {
			list = append(list, name)
		}
	}
	return list
}

// conf reads the configuration of a guest, or takes what it said before.
func (r *Reader) conf(path string) (conf, bool) {
	now, err := stampOf(path)
	if err != nil {
		delete(r.confs, path)
		return conf{}, false
	}
	if old, known := r.confs[path]; known && old.stamp == now {
		return old, true
	}
	text, err := read(path, maxConf)
	if err != nil {
		return conf{}, false
	}
	c := parseConf(text)
	c.stamp = now
	if len(r.confs) >= maxKept {
		clear(r.confs)
	}
	r.confs[path] = c
	return c, true
}

// pool returns the pool that a guest is in.
func (r *Reader) pool(id string) string {
	path := filepath.Join(r.root, "user.cfg")
	now, err := stampOf(path)
	if err != nil {
		r.users, r.pools = stamp{}, nil
		return ""
	}
	if now != r.users || r.pools == nil {
		text, err := read(path, maxUsers)
		if err != nil {
			return ""
		}
		r.users, r.pools = now, parsePools(text)
	}
	return r.pools[id]
}

func stampOf(path string) (stamp, error) {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}, err
	}
	if !info.Mode().IsRegular() {
		return stamp{}, errors.ErrUnsupported // a pipe would keep us waiting
	}
	return stamp{info.ModTime(), info.Size()}, nil
}

// read reads a file that is not larger than it should be.
func read(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fs.ErrInvalid
	}
	return text, err
}

// parseConf reads the configuration of a guest up to that of its first snapshot.
func parseConf(text []byte) conf {
	var c conf
	for raw := range bytes.Lines(text) {
		line := strings.TrimSpace(string(raw))
		if strings.HasPrefix(line, "[") {
			break
		}
		key, value, _ := strings.Cut(line, ":")
		switch value = strings.TrimSpace(value); key {
		case "name", "hostname": // of a machine, of a container
			c.name = event.Clip(event.Clean(value), 253)
		case "tags":
			c.tags = parseTags(value)
		case "onboot":
			c.onBoot = value == "1"
		case "template":
			c.template = value == "1"
		}
	}
	return c
}

// parseTags reads tags, between which stand semicolons, commas or blanks.
func parseTags(text string) []string {
	tags := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(";, \t", r) })
	tags = tags[:min(len(tags), maxTags)]
	for i := range tags {
		tags[i] = event.Clip(event.Clean(tags[i]), 100)
	}
	return tags
}

// parsePools reads lines pool:NAME:comment:guests:storages: and returns the pool of
// each guest.
func parsePools(text []byte) map[string]string {
	pools := map[string]string{}
	for raw := range bytes.Lines(text) {
		part := strings.Split(strings.TrimSpace(string(raw)), ":")
		if len(part) < 4 || part[0] != "pool" {
			continue
		}
		for id := range strings.SplitSeq(part[3], ",") {
			if id = strings.TrimSpace(id); isNumber(id) {
				pools[id] = event.Clip(event.Clean(part[1]), 200)
			}
		}
	}
	return pools
}

// isNumber reports whether s can be the number of a guest, and so part of a path.
func isNumber(s string) bool {
	return s != "" && len(s) <= 9 && strings.Trim(s, "0123456789") == ""
}
