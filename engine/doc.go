// Package engine is the judge. A Policy is the compiled configuration, a State
// is what it remembers; Step takes one input at one instant and tells what
// follows: what to send, what to hold, what was suppressed and why.
//
// It is pure: no I/O, no clock, no randomness, no goroutine, no logger. It
// knows no configuration language (package rules lowers into it), no template
// and no channel; engine/dispatch performs what it decides and engine/store
// keeps what it remembers.
package engine
