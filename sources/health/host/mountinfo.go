package host

import (
	"slices"
	"strings"
)

// mount is a line of /proc/PID/mountinfo.
type mount struct {
	device   string // major:minor
	root     string // the folder of the file system that is mounted
	point    string
	fstype   string
	source   string
	readonly bool // the file system as a whole, not only here
}

// parseMounts reads /proc/PID/mountinfo, without what other mounts at the same place
// cover.
func parseMounts(text []byte) []mount {
	var all []mount
	at := map[string]int{}
	fieldsOf(text, 9, func(words []string) {
		dash := slices.Index(words[6:], "-")
		if dash < 0 || len(words) < 6+dash+3 {
			return
		}
		tail := words[6+dash+1:]
		m := mount{device: words[2], root: unescape(words[3]), point: unescape(words[4]), fstype: tail[0], source: unescape(tail[1])}
		if len(tail) > 2 {
			m.readonly = slices.Contains(strings.Split(tail[2], ","), "ro")
		}
		if !strings.HasPrefix(m.point, "/") {
			return
		}
		if i, covers := at[m.point]; covers {
			all[i] = m
			return
		}
		at[m.point] = len(all)
		all = append(all, m)
	})
	return all
}

// unescape reads what the kernel writes for blanks and backslashes: \040.
func unescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+3 < len(text) && isOctal(text[i+1:i+4]) {
			b.WriteByte((text[i+1]-'0')<<6 | (text[i+2]-'0')<<3 | (text[i+3] - '0'))
			i += 3
			continue
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func isOctal(s string) bool { return s[0] <= '3' && strings.Trim(s, "01234567") == "" }

// isRemote reports whether a file system is another machine's.
func isRemote(fstype string) bool {
	switch fstype {
	case "nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph", "fuse.ceph", "glusterfs", "fuse.glusterfs", "fuse.sshfs":
		return true
	}
	return false
}

// isLocal reports whether a mount is of a file system that keeps data on the host's own
// devices, or of a tmpfs that services die of when it is full.
func isLocal(m mount) bool {
	switch m.fstype {
	case "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "bcachefs", "f2fs", "jfs", "reiserfs", "nilfs2", "vfat", "exfat", "ntfs", "ntfs3", "fuseblk":
		return true
	case "tmpfs":
		return m.point == "/tmp" || m.point == "/run"
	case "overlay":
		return m.point == "/"
	}
	return false
}

// ofGuest reports whether a mount is the volume of a container, which Proxmox VE keeps
// as a ZFS file system of this name.
func ofGuest(m mount) bool {
	base := m.source[strings.LastIndex(m.source, "/")+1:]
	return m.fstype == "zfs" && (strings.HasPrefix(base, "subvol-") || strings.HasPrefix(base, "basevol-")) && strings.Contains(base, "-disk-")
}

// once returns one mount of each file system: of the whole rather than of a part, at the
// shortest path.
func once(mounts []mount) []mount {
	sorted := slices.Clone(mounts)
	slices.SortStableFunc(sorted, func(a, b mount) int {
		if whole := a.root == "/"; whole != (b.root == "/") {
			if whole {
				return -1
			}
			return 1
		}
		return len(a.point) - len(b.point)
	})
	seen := map[string]bool{}
	return slices.DeleteFunc(sorted, func(m mount) bool {
		again := seen[m.device]
		seen[m.device] = true
		return again
	})
}
