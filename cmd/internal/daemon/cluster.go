package daemon

import (
	"bufio"
	"io"
	"os"
	"strings"
)

// corosyncConf is where a Proxmox node says which cluster it belongs to.
const corosyncConf = "/etc/pve/corosync.conf"

// maxCorosync bounds what is read of it.
const maxCorosync = 1 << 20

// clusterName returns the name of the Proxmox cluster that this host belongs
// to, so that what its nodes say about the same thing is one thing. Without a
// cluster, or the right to read about it, the name is empty.
func clusterName() string {
	f, err := os.Open(corosyncConf)
	if err != nil {
		return ""
	}
	defer f.Close()
	return clusterIn(io.LimitReader(f, maxCorosync))
}

// clusterIn finds "cluster_name: NAME" in the text of a corosync.conf.
func clusterIn(r io.Reader) string {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if name, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), "cluster_name:"); ok {
			return strings.TrimSpace(name)
		}
	}
	return ""
}
