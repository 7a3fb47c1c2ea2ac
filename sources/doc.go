// Package sources is the contract of a collector: what watches something by
// itself and raises events of what it sees. Each kind is a folder below: journal
// follows the log of systemd; pve reads what Proxmox posts, which collects
// nothing by itself and so is no Source.
//
// A kind of collector consists of three parts: a file in rules that decodes its
// block and checks all names in it, a pure part here that turns what was read
// into events, and a Source that reads. Package crew runs them all.
package sources
