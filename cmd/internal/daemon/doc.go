// Package daemon is the fuse box: it joins configuration, judge, store,
// channels and API into the running program, and takes them apart again. New
// opens everything that can fail, Run serves until its context ends, Reload
// goes on with the files as they are now.
//
// It holds the wiring and nothing else: what to decide, keep, say or send is
// the packages' it joins.
package daemon
