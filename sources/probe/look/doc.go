// Package look looks: it runs programs, asks servers, reads files and
// certificates, each at its time, and hands what package probe makes of them to
// the desk of the sources. It decides nothing.
//
// A look that hangs hinders its own source alone. Programs run without a shell and
// end with their children when their time is up.
package look
