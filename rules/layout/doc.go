// Package layout puts configuration files into their canonical layout:
// indentation by two blanks, aligned equals signs, one blank line at most, none
// behind an opening or before a closing brace, and a newline at the end. What a
// file says does not change, nor do its comments, strings and heredocs.
//
// It is pure: it takes and returns bytes.
package layout
