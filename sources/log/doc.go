// Package log turns lines of text files into events: of programs that write no
// journal. A Rule says which file it reads and what it makes of a line; a Matcher is
// the rules over one file, compiled so that a line which means nothing costs the
// same however many there are.
//
// A file says nothing about who wrote a line, so its folder must be one that only
// its program writes to, and a pattern is bound to the whole of a line.
//
// The package is pure; package tail below it reads the files.
package log
