// Package host reads the facts of the host that tocsin runs on: of files of the kernel
// and of Proxmox VE where they tell enough, of a few programs where they do not. A fact
// that this host cannot have, as it has no ZFS or no Proxmox VE, is an empty list; one
// that it should have and that cannot be read is an error with cause and remedy.
//
// An item stays on its list as long as its subject is there, also while nothing is known
// of it: then the fields are left out. That an item is gone means that its subject is.
//
// It judges nothing: what a fact means is for the blocks of the configuration, and
// package health.
//
// tocsin runs as a user of its own, without root's rights. So files that everybody or
// the group www-data may read come first: /etc/pve/.rrd, .vmlist and .members tell of
// guests, storages and nodes what pvesh would tell only root. What is left for root are
// smartctl, lvs, qm, fail2ban-client and a look into containers; without the right
// these facts are errors that say so.
//
// Nothing here waits for ever. A fact is read once at a time, and one whose reading
// hangs in the kernel (a dead NFS server, a stuck /etc/pve) holds one goroutine and no
// more, however often it is asked for. Programs run without a shell, with an environment
// of their own, limits of time and output, and are killed as a group. Texts from outside
// are cleaned, lists are cut at maxItems.
//
// To add a fact: describe it in health.Facts, write its file here with a function that
// takes a Host and returns items, and name that in readers. What makes sense of a
// program's output or of a file stands in a function without I/O that FuzzParsers calls.
// A made-up host for the test is a folder in testdata, with programs as scripts in its
// usr/bin; what was read of it is a golden file. TestReaders fails where one of this is
// missing.
package host
