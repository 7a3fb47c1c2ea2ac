// Package log delivers messages to a file or to standard output, as blocks of
// text that are good to read in a terminal: to try tocsin out, and to keep a
// record that needs no service.
//
// It is not the program's own log, which goes through log/slog, and it does not
// rotate: it opens its file anew for every message, so logrotate can. It fulfils
// the contract of channels.
package log
