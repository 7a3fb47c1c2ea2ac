// Package templates is the printing press: it parses the templates of the
// configuration and turns a notification into a message.
//
// A template is a Go template with an allow-list of sprig's functions, made
// safe for text under a stranger's control. Parse rewrites the tree, the way
// html/template inserts its escapers: every field is read through a function
// that takes a missing field for empty text and reaches no method, every
// printed value passes through one that prints it as people write it, and every
// range body pays a step. So a template cannot fail on an odd event for want of
// a field, cannot run for long and cannot print without end.
//
// The package is pure: no I/O, no clock, no randomness, no logger, except that
// a time zone written in a template is looked up when it is parsed. It knows no
// configuration language (package rules compiles templates into a Set), no
// channel and no markup (a channel puts the message into its own);
// templates/rewrite is the optional pass of a language model over its result.
package templates
