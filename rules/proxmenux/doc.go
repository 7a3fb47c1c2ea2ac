// Package proxmenux makes a configuration of the notification settings of
// ProxMenux Monitor, for who comes from there.
//
//	settings  what it stores, as flat keys, whichever form they come in
//	secret    values that it stores encrypted
//	convert   what each key means in tocsin's language
//	write     the files, with comments that say where a line comes from
//
// It opens no database and writes no file: the import command does. It knows the
// keys of that program alone, and nothing of how tocsin edits files that exist.
package proxmenux
