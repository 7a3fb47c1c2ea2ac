// Package probe turns what a look at something found into events: the output of
// a command, an answer over HTTP, a file, a certificate. It parses what was
// found, picks the items in it, asks the condition of the source, and remembers
// what was so the last time.
//
// It is pure: package look, below it, runs programs, asks servers and reads files
// at their times. Package rules makes its Rules of source blocks.
package probe
