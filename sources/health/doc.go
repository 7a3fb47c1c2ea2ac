// Package health judges what is read of a host. It knows which facts there are and
// which fields they have, what a Rule says of one of them, and keeps on a Board what
// is wrong now: each finding is told when it is new, gets worse or better, and ends.
//
// A level counts once it held for a while, in either direction; what cannot be read
// raises and ends nothing. So a value that jumps tells nothing, and neither does a
// restart in the middle, as a Board is made again from the text that it was kept as.
//
// The package is pure: package host below it reads the facts, package watch runs the
// checks.
package health
