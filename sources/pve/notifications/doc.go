// Package notifications reads and edits the two files in which Proxmox VE keeps
// its notification targets: notifications.cfg and priv/notifications.cfg. It takes
// exactly what Proxmox VE's own parser takes, as one byte that the parser refuses
// keeps a whole cluster from notifying anybody of anything; a file that does not
// parse is told with its line and never mended.
//
// An edit adds or removes the sections of tocsin by splices: every other byte of
// the files stays, and the result is read again and compared before anyone gets to
// see it. What was added comes out again without a trace.
//
// It is pure: texts in, texts out. Package register puts them onto the disk.
package notifications
