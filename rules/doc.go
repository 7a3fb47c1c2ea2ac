// Package rules is the configuration language: it compiles HCL files into an
// engine.Policy, templates, channels and settings, or into diagnostics that
// say what is wrong, where, and what to do.
//
// Load takes bytes and functions, and reads nothing itself (rules/folder does).
// It works like a small compiler, one step a file:
//
//	gate, parse    bytes to syntax, bounded before HCL's own parser sees them
//	block, overlay syntax to one tree: the user's blocks lie over the pack's
//	locals         what local.NAME stands for
//	*_block        each kind of block decodes itself, see kinds
//	lower          what the blocks say becomes Policy, Set and channels
//	report         all diagnostics at once, each cause once
//
// Neighbours: rules/condition compiles the expressions of when, templates the
// texts, rules/diag prints the diagnostics, rules/near finds near names.
// The package knows no channel kind by name and never prints a secret.
package rules
