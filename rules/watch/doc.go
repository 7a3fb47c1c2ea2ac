// Package watch tells when a configuration folder may have changed. It watches
// folders, never files, takes every notice as "look again" and waits for a
// moment of rest, so that an editor's save, a git checkout and a swapped link
// are one change. File systems that give no notice are polled.
//
// It reads no file and decides nothing: whether anything changed is found by
// comparing contents, which is the caller's.
package watch
