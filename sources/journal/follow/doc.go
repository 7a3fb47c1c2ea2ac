// Package follow reads systemd's journal as it is written, by a journalctl that
// runs as long as the daemon does. It goes on where it stopped, entry by entry,
// over restarts, rotation and the end of journalctl; what was deleted meanwhile it
// counts.
//
// What an entry means is package journal's matter.
package follow
