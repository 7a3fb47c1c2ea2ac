// Package host reads what there is to say of the start and the end of this host:
// from the kernel, from systemd by its systemctl, and from the files of Proxmox VE.
// It asks nothing of a storage and waits for none, as one that hangs would hold up
// the report.
package host
