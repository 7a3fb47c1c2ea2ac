package host

import (
	"regexp"
	"strings"
)

// container is one that runs on this host.
type container struct {
	id, name string
	proc     string // the folder in /proc of its first process
}

// containers returns those of Proxmox VE that run on this host: the processes in their
// control groups that are the first ones of a namespace.
func (h *Host) containers() []container {
	if len(h.names(h.ownFolder()+"/lxc")) == 0 {
		return nil
	}
	var all []container
	node := h.node()
	for _, pid := range h.names("/proc") {
		if strings.Trim(pid, "0123456789") != "" {
			continue
		}
		dir := "/proc/" + pid
		cgroup, err := h.text(dir + "/cgroup")
		if err != nil {
			continue
		}
		id := containerOf(cgroup)
		if id == "" {
			continue
		}
		if status, err := h.text(dir + "/status"); err == nil && isFirst(status) {
			all = append(all, container{id: id, name: h.guests.Guest(id, node).Name, proc: dir})
		}
	}
	return all
}

// lxcGroup is where the processes of a container are.
var lxcGroup = regexp.MustCompile(`(?m)^[0-9]+:[^:]*:/lxc/([0-9]{1,9})(?:/|$)`)

// containerOf returns the container that /proc/PID/cgroup tells of.
func containerOf(cgroup []byte) string {
	if m := lxcGroup.FindSubmatch(cgroup); m != nil {
		return string(m[1])
	}
	return ""
}

// isFirst reports whether /proc/PID/status is that of the first process of a namespace
// directly below the host's.
func isFirst(status []byte) bool {
	first := false
	fieldsOf(status, 3, func(words []string) {
		if words[0] == "NSpid:" {
			first = len(words) == 3 && words[2] == "1"
		}
	})
	return first
}
