package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"syscall"
	"time"
)

const (
	patience  = 10 * time.Second // with a file system of the host
	impatient = 2 * time.Second  // with one over the network
)

func readMounts(h *Host, ctx context.Context) ([]item, error) {
	text, err := h.text("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	local := slices.DeleteFunc(parseMounts(text), func(m mount) bool { return !isLocal(m) || ofGuest(m) })
	local = slices.DeleteFunc(once(local), func(m mount) bool {
		info, err := os.Stat(h.at(m.point)) // container runtimes mount single files
		return err == nil && !info.IsDir()
	})
	items := each(local, func(m mount) item {
		it := item{"mount": m.point, "device": m.source, "fstype": m.fstype, "readonly": m.readonly}
		u, err := h.probes.usage(ctx, h.at(m.point), patience)
		if err != nil {
			it["error"] = err.Error()
			return it
		}
		if u.total == 0 {
			return nil
		}
		u.into(it)
		put(it, "inodes_used_percent", u.inodes, u.inodesCounted)
		return it
	})
	return slices.DeleteFunc(items, func(it item) bool { return it == nil }), nil
}

// remote is a mount of another machine's file system.
type remote struct {
	mount
	path string // where it is asked
	ct   container
}

func readRemoteMounts(h *Host, ctx context.Context) ([]item, error) {
	text, err := h.text("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	var all []remote
	for _, m := range parseMounts(text) {
		if isRemote(m.fstype) {
			all = append(all, remote{mount: m, path: h.at(m.point)})
		}
	}
	for _, ct := range h.containers() {
		text, err := h.text(ct.proc + "/mountinfo")
		if err != nil {
			h.warnOnce("remote mounts in containers are not looked at", err)
			continue
		}
		for _, m := range parseMounts(text) {
			if isRemote(m.fstype) {
				all = append(all, remote{mount: m, path: h.at(ct.proc + "/root" + m.point), ct: ct})
			}
		}
	}
	return each(all, func(m remote) item { return h.remote(ctx, m) }), nil
}

func (h *Host) remote(ctx context.Context, m remote) item {
	it := item{"place": m.point, "mount_target": m.point, "mount_source": m.source, "fstype": m.fstype, "stale": false, "readonly": m.readonly}
	if m.ct.id != "" {
		it["place"] = m.ct.id + ":" + m.point
		it["lxc_id"], it["lxc_name"] = numeric(m.ct.id), m.ct.name
	}
	u, err := h.probes.usage(ctx, m.path, impatient)
	if err != nil {
		it["stale"], it["error"] = isStale(err), err.Error()
		return it
	}
	put(it, "used_percent", u.percent, u.percentKnown)
	return it
}

// isStale reports whether an error says that the other machine is not there, rather than
// that tocsin may not look.
func isStale(err error) bool {
	return !errors.Is(err, syscall.EACCES) && !errors.Is(err, syscall.EPERM) && !errors.Is(err, syscall.ENOENT)
}

func readContainerMounts(h *Host, ctx context.Context) ([]item, error) {
	type inside struct {
		mount
		ct container
	}
	var all []inside
	for _, ct := range h.containers() {
		text, err := h.text(ct.proc + "/mountinfo")
		if gone(err) { // it ended meanwhile
			continue
		}
		if errors.Is(err, fs.ErrPermission) {
			err = fmt.Errorf("what is mounted in container %s cannot be seen as tocsin's user: it needs root's rights, or the capability SYS_PTRACE", ct.id)
		}
		if err != nil {
			return nil, err
		}
		for _, m := range once(parseMounts(text)) {
			if isLocal(m) && m.point != "/" && m.fstype != "tmpfs" {
				all = append(all, inside{m, ct})
			}
		}
	}
	return each(all, func(m inside) item {
		it := item{"place": m.ct.id + ":" + m.point, "vmid": numeric(m.ct.id), "name": m.ct.name, "mount": m.point, "fstype": m.fstype, "readonly": m.readonly}
		u, err := h.probes.usage(ctx, h.at(m.ct.proc+"/root"+m.point), patience)
		if err == nil {
			u.into(it)
		}
		return it
	}), nil
}
