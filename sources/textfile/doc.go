// Package textfile reads text files that others write: logs and lists that grow
// line by line and are rotated, truncated or replaced. It knows where a reader
// stands in a file and whether a file is still the one that was read, and reads
// whole lines of bounded length.
//
// Which files belong together, and when to look, is the matter of the sources.
package textfile
