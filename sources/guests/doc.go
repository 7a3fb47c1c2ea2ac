// Package guests tells what Proxmox VE knows of a guest: its name, the node that
// its configuration is on, its pool and its tags. It reads the files in /etc/pve as
// they are asked for, and again only when they have changed.
//
// It knows the guests of the cluster and nothing of whether they run.
package guests
