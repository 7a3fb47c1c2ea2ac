// Package diag shows diagnostics of the configuration language to people and
// to programs. It prints the guilty line with carets below the guilty part,
// why it is wrong and what to do; or the same as JSON.
//
// It makes no diagnostics: package rules does, and hangs an Extra on each. It
// knows no block kind and does no I/O but on the writer that it is given.
package diag
