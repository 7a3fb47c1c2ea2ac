// Package exec gives messages to a program of this host, as the JSON document of
// package document on its standard input. Its exit code tells what became of the
// message, in the words of sysexits.h.
//
// No event text reaches a shell, the arguments or the environment. Only a file
// of the configuration makes such a channel, never a request (see
// channels.Kind.HostOnly). Its neighbours are channels, whose contract it fulfils,
// channels/program, which runs the program, and channels/document.
package exec
