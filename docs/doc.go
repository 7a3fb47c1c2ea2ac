// Package docs holds the documentation for operators: the reference of the
// configuration language, which is also the manual page tocsin.hcl(5) that
// docs/manpage makes of it.
//
// It is no place for how tocsin is built (ARCHITECTURE.md). Its tests run every
// example of the reference and hold its tables against the code, so that the
// page cannot promise what the program does not do.
package docs

import _ "embed"

//go:embed language.md
var language string

// Language returns the language reference, in Markdown.
func Language() string { return language }
