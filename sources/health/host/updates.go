package host

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"
)

const aptTime = 60 * time.Second

// readUpdates asks apt what a full upgrade would do. It changes nothing, takes no lock
// and downloads nothing.
func readUpdates(h *Host, ctx context.Context) ([]item, error) {
	text, err := h.ask(ctx, aptTime, "apt-get", "--simulate", "--quiet", "-o", "Debug::NoLocking=1", "dist-upgrade")
	if errors.Is(err, errAbsent) { // no Debian
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w; see what apt-get update and apt-get check say as root", err)
	}
	it := parseUpgrade(text)
	it["reboot"] = h.has("/run/reboot-required")
	upgraded, since := h.upgraded()
	put(it, "upgraded", upgraded.UTC(), !upgraded.IsZero())
	put(it, "unupgraded", span(time.Since(since)), !since.IsZero())
	for _, path := range []string{"/var/lib/apt/lists", "/var/lib/apt/lists/partial"} { // which apt-get update touches
		if info, err := os.Stat(h.at(path)); err == nil {
			if was, ok := it["refreshed"].(time.Time); !ok || info.ModTime().After(was) {
				it["refreshed"] = info.ModTime().UTC()
			}
		}
	}
	return []item{it}, nil
}

// aptInstall is a line "Inst name [old] (new Origin:suite, … [arch])" of a simulation.
var aptInstall = regexp.MustCompile(`(?m)^Inst (\S+)(?: \[([^\]\n]*)\])? \((\S+) ?([^\n]*)`)

// parseUpgrade counts what apt would install.
func parseUpgrade(text []byte) item {
	total, security, proxmox, kernels := 0.0, 0.0, 0.0, 0.0
	important := []any{}
	for _, m := range aptInstall.FindAllSubmatch(text, -1) {
		name, old, now, origin := string(m[1]), string(m[2]), string(m[3]), string(m[4])
		total++
		if strings.Contains(origin, "-security") || strings.Contains(origin, "Debian-Security") {
			security++
		}
		kernel, ours := isKernel(name), isOfProxmox(name) || strings.Contains(origin, "Proxmox")
		if ours {
			proxmox++
		}
		if kernel {
			kernels++
		}
		if (kernel || isImportant(name)) && len(important) < maxList {
			if old == "" {
				old = "new"
			}
			important = append(important, name+" "+old+" → "+now)
		}
	}
	return item{"total_count": total, "security_count": security, "pve_count": proxmox, "kernel_count": kernels, "important_list": important}
}

func isKernel(name string) bool {
	return hasPrefix(name, "linux-image", "pve-kernel", "proxmox-kernel")
}

func isOfProxmox(name string) bool {
	return hasPrefix(name, "pve-", "proxmox-", "libpve-", "libproxmox-") || name == "qemu-server" || name == "lxc-pve"
}

// isImportant reports whether a package is one of which people want to know the version.
func isImportant(name string) bool {
	switch name {
	case "pve-manager", "proxmox-ve", "qemu-server", "pve-qemu-kvm", "pve-container", "pve-cluster", "corosync", "lxc-pve",
		"zfsutils-linux", "ceph", "openssh-server", "openssl", "systemd", "libc6":
		return true
	}
	return false
}

const (
	maxLogs   = 12      // of dpkg that are looked at: a year
	maxLogged = 8 << 20 // bytes of each
)

// upgraded returns when a package was upgraded last, as dpkg's logs say, and since when
// none was: of a host that never was, since its first package.
func (h *Host) upgraded() (at, since time.Time) {
	for i := range maxLogs + 1 {
		path := "/var/log/dpkg.log"
		switch {
		case i == 1:
			path += ".1"
		case i > 1:
			path += fmt.Sprintf(".%d.gz", i)
		}
		log := h.logged(path)
		if at := lastUpgrade(log); !at.IsZero() {
			return at, at
		}
		if first := timeAt(log); !first.IsZero() {
			since = first
		}
	}
	return time.Time{}, since
}

// timeAt reads the time at the beginning of a line.
func timeAt(line []byte) time.Time {
	at, err := time.ParseInLocation(time.DateTime, string(line[:min(len(time.DateTime), len(line))]), time.Local)
	if err != nil {
		return time.Time{}
	}
	return at
}

// logged reads the end of a log, which may be compressed; nothing when it is not there.
func (h *Host) logged(path string) []byte {
	f, err := os.Open(h.at(path))
	if err != nil {
		return nil
	}
	defer f.Close()
	var from io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if from, err = gzip.NewReader(f); err != nil {
			return nil
		}
	} else if info, err := f.Stat(); err == nil && info.Size() > maxLogged {
		_, _ = f.Seek(-maxLogged, io.SeekEnd)
	}
	text, _ := io.ReadAll(io.LimitReader(from, maxLogged))
	return text
}

// lastUpgrade returns the time of the last line "2026-11-02 03:04:05 upgrade name …".
func lastUpgrade(log []byte) time.Time {
	mark := []byte(" upgrade ")
	for end := len(log); end > 0; {
		i := bytes.LastIndex(log[:end], mark)
		if i < 0 {
			break
		}
		if start := i - len(time.DateTime); start >= 0 && (start == 0 || log[start-1] == '\n') {
			if at := timeAt(log[start:i]); !at.IsZero() {
				return at
			}
		}
		end = i
	}
	return time.Time{}
}
